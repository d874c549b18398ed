"""The access table: read as it was written then, refused whole when anything in it is wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.contract import access, codec
from firmware_bridge.contract.access import CodeGroup
from firmware_bridge.contract.errors import DecodeError
from tests.contract.samples import ACCESS
from tests.contract.test_golden import GOLDEN, SCHEMAS

Change = Callable[[dict[str, Any]], object]


def test_the_table_of_version_1_is_read_and_written_as_then() -> None:
    payload = (GOLDEN / "access.json").read_bytes()
    assert access.decode(payload) == ACCESS
    assert access.encode(ACCESS) == payload


def test_the_schema_takes_the_table() -> None:
    schema = json.loads((Path(SCHEMAS) / "access.schema.json").read_text())
    jsonschema.validate(json.loads(access.encode(ACCESS)), schema)


def test_its_content_is_the_same_whatever_its_version() -> None:
    assert access.content_of(ACCESS) == access.content_of(replace(ACCESS, version=7))
    assert access.content_of(ACCESS) != access.content_of(replace(ACCESS, devices=()))


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.update(version=0),
        lambda table: table.update(v=2),
        lambda table: table.update(site="Not A Name"),
        lambda table: table.pop("bridge"),
        lambda table: table["devices"].append(table["devices"][0]),
        lambda table: table["devices"][0].update(device="access"),
        lambda table: table["devices"][0].update(mode="everybody"),
        lambda table: table["devices"][0].update(paused="no"),
        lambda table: table["devices"][0].update(items_per_session=0),
        lambda table: table["devices"][0].update(quota_items=0),
        lambda table: table["devices"][0].update(quota_period_s=0),
        lambda table: table["devices"][0]["hours"][0].update(weekday=8),
        lambda table: table["devices"][0]["hours"][0].update(to_min=1020),
        lambda table: table["devices"][0]["hours"][0].update(to_min=1020 + 1441),
        lambda table: table["devices"][0]["codes"][0].update(digests=["clear code"]),
        lambda table: table["devices"][0]["codes"][0].update(uses=0),
        lambda table: table["devices"][0]["codes"][0].update(valid_until_ms=-1),
    ],
)
def test_a_table_with_anything_wrong_is_refused_whole(change: Change) -> None:
    table = json.loads(access.encode(ACCESS))
    change(table)
    with pytest.raises(DecodeError):
        access.decode(json.dumps(table).encode())


def test_more_codes_than_a_bridge_can_hold_are_refused() -> None:
    digests = tuple(f"{number:032x}" for number in range(access.MAX_CODES + 1))
    group = CodeGroup(digests=digests, uses=1, valid_from_ms=None, valid_until_ms=None)
    first = replace(ACCESS.devices[0], codes=(group,))
    payload = access.encode(replace(ACCESS, devices=(first,)))
    assert len(payload) < codec.MAX_PAYLOAD_BYTES
    with pytest.raises(DecodeError, match="at most 10000 codes"):
        access.decode(payload)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_nothing_else_is_raised(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        access.decode(payload)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_table_is_refused_or_still_a_table(data: st.DataObject) -> None:
    payload = bytearray(access.encode(ACCESS))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place] = data.draw(st.integers(0, 255))
    try:
        access.decode(bytes(payload))
    except DecodeError:
        return
