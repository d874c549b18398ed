"""Payloads of every schema version are kept for ever: an old bridge must always be understood.

A new version gets a folder of its own beside v1; a file in an old folder is never changed.
"""

import json
from pathlib import Path

import pytest

from firmware_bridge.contract import codec, schema
from firmware_bridge.contract.messages import BODIES
from tests.contract.samples import ACK, SINCE, STATUS, envelope
from tests.contract.samples import BODIES as SAMPLES

GOLDEN = Path(__file__).parent / "golden" / "v1"
FIELDS_SINCE = Path(__file__).parent / "golden" / "v1-fields-since"
SCHEMAS = Path(__file__).parents[2] / "docs" / "contract"


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_kind_of_version_1_is_read_as_it_was_written_then(kind: str) -> None:
    payload = (GOLDEN / f"{kind}.json").read_bytes()
    assert codec.decode(payload) == envelope(SAMPLES[kind])


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_kind_is_written_as_it_was_then(kind: str) -> None:
    written = json.loads(codec.encode(envelope(SAMPLES[kind])))
    assert _holds(written, json.loads((GOLDEN / f"{kind}.json").read_bytes()))


@pytest.mark.parametrize("kind", sorted(SINCE))
def test_a_kind_that_gained_fields_is_read_and_written_with_them(kind: str) -> None:
    payload = (FIELDS_SINCE / f"{kind}.json").read_bytes()
    assert codec.decode(payload) == envelope(SINCE[kind])
    assert codec.encode(envelope(SINCE[kind])) == payload


def _holds(written: object, then: object) -> bool:
    """Whether all that was written then is still written; fields may have been gained."""
    if isinstance(written, dict) and isinstance(then, dict):
        return all(name in written and _holds(written[name], then[name]) for name in then)
    if isinstance(written, list) and isinstance(then, list):
        return len(written) == len(then) and all(map(_holds, written, then))
    return written == then


def test_status_and_acknowledgement_of_version_1_are_read_and_written_as_then() -> None:
    status, ack = (GOLDEN / "status.json").read_bytes(), (GOLDEN / "ack.json").read_bytes()
    assert (codec.decode_status(status), codec.decode_ack(ack)) == (STATUS, ACK)
    assert (codec.encode_status(STATUS), codec.encode_ack(ACK)) == (status, ack)


def test_the_schema_files_in_the_docs_are_those_of_the_messages(tmp_path: Path) -> None:
    schema.write(tmp_path)
    written = {file.name: file.read_text() for file in tmp_path.iterdir()}
    kept = {file.name: file.read_text() for file in SCHEMAS.glob("*.schema.json")}
    assert kept == written, "run: python -m firmware_bridge.contract.schema docs/contract"
