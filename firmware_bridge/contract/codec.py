"""Messages to bytes and back: JSON, strict about what it needs, indifferent to the rest.

`decode_*` raise `DecodeError` and nothing else, whatever the bytes are.
"""

import json
import re
from collections.abc import Callable, Hashable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from firmware_bridge.contract.errors import (
    FieldError,
    MalformedError,
    TopicError,
    UnknownKindError,
    UnknownVersionError,
)
from firmware_bridge.contract.messages import (
    BODIES,
    SCHEMA_VERSION,
    Acknowledgement,
    Body,
    BridgeStatus,
    Envelope,
    Position,
)
from firmware_bridge.contract.topics import require_name

MAX_PAYLOAD_BYTES = 2 * 1024 * 1024
"""No message is larger; a spectrum of 16,384 points with its fit takes about 0.6 MiB."""

MAX_ITEMS = 20_000
MAX_TEXT = 4_000
MAX_INTEGER = 2**63 - 1
END_OF_TIME_MS = 253_402_300_800_000
_BOOT = re.compile("[0-9a-f]{32}")

Json = Any
Converter = Callable[[Json, str], Any]
Value = TypeVar("Value")
Kept = TypeVar("Kept", bound=Body)


def encode(envelope: Envelope) -> bytes:
    """The payload of one message (UTF-8 JSON)."""
    return stamp(encode_unstamped(envelope), envelope.oldest_held)


def encode_unstamped(envelope: Envelope) -> bytes:
    """The payload without `oldest_held`, to be kept until it is sent."""
    document = {"v": SCHEMA_VERSION, "kind": envelope.body.KIND, **_plain(envelope)}
    del document["oldest_held"]
    return _dump(document)


def stamp(unstamped: bytes, oldest_held: int) -> bytes:
    """The payload to send: what was kept, with what the bridge still holds at this moment."""
    return b'{"oldest_held":%d,%b' % (oldest_held, unstamped[1:])


def encode_status(status: BridgeStatus) -> bytes:
    """The payload of a bridge's status."""
    return _dump({"v": SCHEMA_VERSION, **_plain(status)})


def encode_ack(ack: Acknowledgement) -> bytes:
    """The payload of a hub's acknowledgement."""
    return _dump({"v": SCHEMA_VERSION, **_plain(ack)})


def encode_record(record: object) -> bytes:
    """The payload of any other frozen value of the contract."""
    return _dump({"v": SCHEMA_VERSION, **_plain(record)})


def decode_record(payload: bytes, kind: type[Value]) -> Value:
    """Any other frozen value of the contract.

    Raises:
        DecodeError: it can't be taken.
    """
    record: Value = _record(kind)(_load(payload), "")
    return record


def decode(payload: bytes) -> Envelope:
    """One message.

    Raises:
        DecodeError: with `reason` malformed, unknown-version, unknown-kind or field.
    """
    document = _load(payload)
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in BODIES:
        raise UnknownKindError(f"kind {str(kind)[:60]!r} is not one of {', '.join(BODIES)}")
    body = _body_converter(kind)(document.get("body"), "body")
    envelope: Envelope = _envelope_converter()({**document, "body": body}, "")
    _require_sensible(envelope)
    return envelope


def _require_sensible(envelope: Envelope) -> None:
    try:
        for what in ("site", "bridge", "device"):
            require_name(getattr(envelope, what), what)
    except TopicError as error:
        raise FieldError(f"field {error}") from error
    if not _BOOT.fullmatch(envelope.boot):
        raise _refuse("boot", "32 hexadecimal digits", envelope.boot)
    if not 1 <= envelope.oldest_held <= envelope.seq:
        raise _refuse("oldest_held", f"1 to seq ({envelope.seq})", envelope.oldest_held)
    for what in ("device_time_ms", "monotonic_ms"):
        if not 0 <= getattr(envelope, what) < END_OF_TIME_MS:
            raise _refuse(what, "milliseconds from 1970 to 9999", getattr(envelope, what))


def encode_body(body: Body) -> str:
    """One body alone as JSON text, to be kept."""
    return _dump(_plain(body)).decode("utf-8")


def from_plain(kind: type[Value], document: Json) -> Value:
    """A value of one of the contract's classes from plain JSON.

    Raises:
        DecodeError: a field is missing or does not fit; names it.
    """
    made: Value = _converter(cast("Hashable", kind))(document, "")
    return made


def decode_body(kind: type[Kept], text: str) -> Kept:
    """A body that `encode_body` wrote.

    Raises:
        DecodeError: it can't be taken.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not JSON: {str(error)[:200]}") from error
    body: Kept = _converter(cast("Hashable", kind))(document, "body")
    return body


def decode_position(payload: bytes) -> Position | None:
    """Where in its bridge's order a message stands, even one that can't be taken otherwise.

    A message of a kind or version that this program does not know is refused; the hub keeps it as
    a dead letter. It must be acknowledged all the same, or its bridge would send it for ever.

    Returns:
        The position, or None when even that can't be read.
    """
    try:
        document = json.loads(payload) if len(payload) <= MAX_PAYLOAD_BYTES else None
        position: Position = _converter(Position)(document, "")
    except (ValueError, RecursionError):
        return None
    sound = _BOOT.fullmatch(position.boot) and 1 <= position.oldest_held <= position.seq
    return position if sound else None


def decode_status(payload: bytes) -> BridgeStatus:
    """A bridge's status.

    Raises:
        DecodeError: it can't be taken.
    """
    status: BridgeStatus = _converter(BridgeStatus)(_load(payload), "")
    return status


def decode_ack(payload: bytes) -> Acknowledgement:
    """A hub's acknowledgement.

    Raises:
        DecodeError: it can't be taken.
    """
    ack: Acknowledgement = _converter(Acknowledgement)(_load(payload), "")
    return ack


def _dump(document: dict[str, Json]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def _plain(value: Json) -> Json:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _load(payload: bytes) -> dict[str, Json]:
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise MalformedError(f"{len(payload)} bytes; a message has at most {MAX_PAYLOAD_BYTES}")
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not JSON: {str(error)[:200]}") from error
    if not isinstance(document, dict):
        raise MalformedError(f"a JSON object is wanted, not {type(document).__name__}")
    version = document.get("v")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise UnknownVersionError(
            f"schema version {str(version)[:40]!r}; this program knows {SCHEMA_VERSION}"
        )
    return document


def _refuse(path: str, wanted: str, value: Json) -> FieldError:
    return FieldError(f"field {path or 'message'}: {wanted} is wanted, not {str(value)[:60]!r}")


def _text(value: Json, path: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or not _storable(value):
        raise _refuse(path, f"text of at most {MAX_TEXT} characters", ascii(value))
    return value


def _storable(text: str) -> bool:
    """No store takes a lone surrogate, and PostgreSQL takes no NUL."""
    surrogate = not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)
    return "\0" not in text and not surrogate


def _integer(value: Json, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_INTEGER:
        raise _refuse(path, "a whole number", value)
    return value


def _number(value: Json, path: str) -> float:
    if type(value) not in (int, float) or not -1e300 < value < 1e300:
        raise _refuse(path, "a finite number", value)
    return float(value)


def _numbers(value: Json, path: str) -> tuple[float, ...]:
    """A list of numbers, quickly: curves are most of what a message weighs."""
    if (
        isinstance(value, list)
        and len(value) <= MAX_ITEMS
        and {float, int} >= set(map(type, value))
    ):
        try:
            numbers = tuple(map(float, value))
        except OverflowError:
            numbers = (float("nan"),)
        if all(-1e300 < number < 1e300 for number in numbers):
            return numbers
    raise _refuse(path, f"a list of at most {MAX_ITEMS} finite numbers", value)


def _truth(value: Json, path: str) -> bool:
    if not isinstance(value, bool):
        raise _refuse(path, "true or false", value)
    return value


_SIMPLE: dict[Any, Converter] = {str: _text, int: _integer, float: _number, bool: _truth}


@cache
def _converter(annotation: Hashable) -> Converter:
    """What turns plain JSON into a value of this annotation."""
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return _choice(arguments)
    if origin is tuple:
        return _numbers if arguments[0] is float else _list_of(_converter(arguments[0]))
    if origin is UnionType and NoneType in arguments:
        (inner,) = (argument for argument in arguments if argument is not NoneType)
        return _optional(_converter(inner))
    if is_dataclass(annotation) and isinstance(annotation, type):
        return _record(annotation)
    raise TypeError(f"no converter for {annotation!r}: messages are made of simpler things")


def _choice(accepted: tuple[Any, ...]) -> Converter:
    def convert(value: Json, path: str) -> Json:
        if not isinstance(value, str) or value not in accepted:
            raise _refuse(path, f"one of {', '.join(accepted)}", value)
        return value

    return convert


def _optional(inner: Converter) -> Converter:
    def convert(value: Json, path: str) -> Json:
        return None if value is None else inner(value, path)

    return convert


def _list_of(inner: Converter) -> Converter:
    def convert(value: Json, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise _refuse(path, f"a list of at most {MAX_ITEMS}", value)
        return tuple(inner(item, f"{path}[{index}]") for index, item in enumerate(value))

    return convert


def _record(record: type[Value], *, given: tuple[str, ...] = ()) -> Converter:
    """Turns an object into a dataclass; `given` fields are already values."""
    hints = get_type_hints(record)
    members = [
        (
            field,
            (lambda value, _path: value) if field.name in given else _converter(hints[field.name]),
        )
        for field in fields(record)  # type: ignore[arg-type] # only dataclasses come here
    ]

    def convert(value: Json, path: str) -> Value:
        if not isinstance(value, dict):
            raise _refuse(path, "an object", value)
        found = {field.name: _member(value, field, inner, path) for field, inner in members}
        return record(**found)

    return convert


def _member(value: dict[str, Json], field: Field[Any], inner: Converter, path: str) -> Json:
    where = f"{path}.{field.name}" if path else field.name
    if field.name in value:
        return inner(value[field.name], where)
    if "since" in field.metadata and field.default is not MISSING:
        return field.default
    raise FieldError(f"field {where}: missing")


@cache
def _body_converter(kind: str) -> Converter:
    return _record(BODIES[kind])


@cache
def _envelope_converter() -> Converter:
    return _record(Envelope, given=("body",))
