"""The codec: whole round trips, and every way in which a payload can be wrong."""

import json
from dataclasses import fields
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract import codec, schema
from firmware_bridge.contract.errors import DecodeError
from firmware_bridge.contract.messages import BODIES, Position
from tests.contract.samples import BODIES as SAMPLES
from tests.contract.samples import BOOT, envelope

PAYLOADS = {kind: codec.encode(envelope(body)) for kind, body in SAMPLES.items()}
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)
count = st.integers(-(2**53), 2**53)
number = st.floats(allow_nan=False, allow_infinity=False, width=32)


st.register_type_strategy(str, text)
st.register_type_strategy(int, count)
st.register_type_strategy(float, number)
bodies = st.one_of([st.from_type(body) for body in BODIES.values()])


@given(bodies)
def test_what_is_encoded_decodes_to_the_same(body: Any) -> None:  # noqa: ANN401 - a body of any kind
    whole = envelope(body)
    assert codec.decode(codec.encode(whole)) == whole


@given(bodies)
def test_what_is_encoded_fits_the_schema_in_the_docs(body: Any) -> None:  # noqa: ANN401 - a body of any kind
    document = json.loads(codec.encode(envelope(body)))
    jsonschema.validate(document, schema.schemas()[f"{body.KIND}.schema.json"])


@given(st.binary(max_size=400))
def test_rubbish_is_refused_and_nothing_else_happens(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        codec.decode(payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(PAYLOADS)), st.data())
def test_one_wrong_value_anywhere_is_taken_or_refused_but_never_crashes(
    kind: str, data: st.DataObject
) -> None:
    document = json.loads(PAYLOADS[kind])
    place = document if data.draw(st.booleans()) else document["body"]
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(json_values)
    payload = json.dumps(document).encode("utf-8", "surrogatepass")
    try:
        taken = codec.decode(payload)
    except DecodeError:
        return
    assert codec.decode(codec.encode(taken)) == taken


def _paths(document: dict[str, Any], prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in document.items():
        found.append((*prefix, key))
        if isinstance(value, dict):
            found += _paths(value, (*prefix, key))
    return found


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_missing_field_is_refused_by_name(kind: str) -> None:
    added_later = {("body", each.name) for each in fields(BODIES[kind]) if "since" in each.metadata}
    for path in _paths(json.loads(PAYLOADS[kind])):
        if path in added_later:
            continue
        document = json.loads(PAYLOADS[kind])
        place = document
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]
        with pytest.raises(DecodeError, match=path[-1] if path[-1] != "v" else "version"):
            codec.decode(json.dumps(document).encode())


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_unknown_fields_are_ignored(kind: str) -> None:
    document = json.loads(PAYLOADS[kind])
    document["added_in_2031"] = {"x": [1]}
    document["body"]["added_in_2031"] = 5
    assert codec.decode(json.dumps(document).encode()) == envelope(SAMPLES[kind])


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("v", 2, "unknown-version"),
        ("v", True, "unknown-version"),
        ("kind", "weather", "unknown-kind"),
        ("site", "Harbour Street", "field"),
        ("device", "status", "field"),
        ("boot", "xyz", "field"),
        ("seq", 0, "field"),
        ("seq", 2.5, "field"),
        ("oldest_held", 8, "field"),
        ("device_time_ms", -1, "field"),
        ("device_time_ms", 10**15, "field"),
        ("clock_sane", "yes", "field"),
    ],
)
def test_the_reason_of_a_refusal_is_named(field: str, value: object, reason: str) -> None:
    document = json.loads(PAYLOADS["temperature"]) | {field: value}
    with pytest.raises(DecodeError) as refusal:
        codec.decode(json.dumps(document).encode())
    assert refusal.value.reason == reason


@pytest.mark.parametrize("text_value", ["with \0 nul", "with \ud800 surrogate", "x" * 5000])
def test_text_that_no_store_can_keep_is_refused(text_value: str) -> None:
    document = json.loads(PAYLOADS["temperature"])
    document["body"]["probe"] = text_value
    with pytest.raises(DecodeError, match="probe"):
        codec.decode(json.dumps(document).encode())


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "true", '"5"'])
def test_a_number_that_is_none_is_refused(literal: str) -> None:
    payload = PAYLOADS["temperature"].replace(b"41.5", literal.encode())
    with pytest.raises(DecodeError, match="temperature_c"):
        codec.decode(payload)


def test_a_payload_over_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(DecodeError, match="at most"):
        codec.decode(b" " * (codec.MAX_PAYLOAD_BYTES + 1))


def test_a_deep_nest_is_refused() -> None:
    with pytest.raises(DecodeError):
        codec.decode(b"[" * 100_000)


def test_a_refused_message_still_tells_its_place_in_the_order() -> None:
    payload = PAYLOADS["temperature"].replace(b'"v":1', b'"v":99')
    assert codec.decode_position(payload) == Position(
        site="harbour-street", bridge="pi-1", boot=BOOT, seq=7, oldest_held=5
    )


@given(st.binary(max_size=200))
def test_rubbish_has_no_place_in_the_order(payload: bytes) -> None:
    assert codec.decode_position(payload) is None


def test_what_is_kept_is_stamped_when_it_is_sent() -> None:
    kept = codec.encode_unstamped(envelope(SAMPLES["temperature"], seq=9))
    assert codec.decode(codec.stamp(kept, 9)).oldest_held == 9
    assert codec.decode(codec.stamp(kept, 2)).oldest_held == 2
