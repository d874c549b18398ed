"""What the hub tells a bridge of who may take what: one table for all machines of the bridge.

The table is a retained message (`BridgeAddress.access_topic`), so that a bridge has it as soon as
it is connected, and keeps it for as long as it is not. Codes are in it only as keyed hashes, see
`firmware_bridge.contract.access_codes`. No field is for a person.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from firmware_bridge.contract import codec
from firmware_bridge.contract.errors import FieldError, TopicError
from firmware_bridge.contract.topics import require_name

DAY_MIN = 1440
MAX_CODES = 10_000
"""So many codes can be in force at the machines of one bridge."""

MAX_ITEMS_PER_SESSION = 50
MAX_QUOTA_ITEMS = 1_000
MAX_PERIOD_S = 366 * 86_400
MAX_TIME_MS = codec.END_OF_TIME_MS
_DIGEST = re.compile("[0-9a-f]{32}")

Mode = Literal["open", "shared", "issued"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHours:
    """One span of a week in which a machine may be used, by the clock of its place.

    Attributes:
        weekday: on which it begins, 1 Monday to 7 Sunday (ISO 8601).
        from_min: minutes after that day's midnight.
        to_min: minutes after the same midnight, itself not included; more than 1440 is in the next
            day (17:00 to 09:00 is 1020 to 1980).
    """

    weekday: int
    from_min: int
    to_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGroup:
    """Codes to which the same holds, by their keyed hashes.

    Attributes:
        digests: `access_codes.digest_of` each code, 32 hexadecimal digits.
        uses: how many sessions each code is good for; None for any number.
        valid_from_ms: from when, ms since 1970 UTC; None for always.
        valid_until_ms: until when, itself not included; None for always.
    """

    digests: tuple[str, ...]
    uses: int | None
    valid_from_ms: int | None
    valid_until_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAccess:
    """The policy of one machine.

    Attributes:
        device: which machine of the bridge.
        mode: "open": everybody in its hours; "shared": whoever has the one code; "issued": codes
            given out one by one.
        paused: nobody at all, for as long as it stands.
        hours: when it may be used; none given is always.
        timezone: IANA name of the zone in which `hours` are meant.
        items_per_session: so many items may be taken for one code or one choice.
        quota_items: so many items in any period, for each code; for the machine as a whole where
            it is open. None for no quota.
        quota_period_s: that period.
        codes: who may, where a code is asked for.
    """

    device: str
    mode: Mode
    paused: bool
    hours: tuple[OpenHours, ...]
    timezone: str
    items_per_session: int
    quota_items: int | None
    quota_period_s: int
    codes: tuple[CodeGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTable:
    """The policies of every machine of one bridge. Always whole: a machine not in it has none.

    Attributes:
        site: of the bridge.
        bridge: its name; a table of another bridge is refused.
        version: rises with every change; an older one is refused.
        devices: one policy a machine.
    """

    site: str
    bridge: str
    version: int
    devices: tuple[DeviceAccess, ...]


def encode(table: AccessTable) -> bytes:
    """The payload of a table (UTF-8 JSON)."""
    return codec.encode_record(table)


def content_of(table: AccessTable) -> bytes:
    """What a table says, without its version: two with the same say the same."""
    return encode(replace(table, version=0))


def decode(payload: bytes) -> AccessTable:
    """One table.

    Raises:
        DecodeError: it can't be taken; nothing of it may be used.
    """
    table: AccessTable = codec.decode_record(payload, AccessTable)
    _require_names(table)
    if not 1 <= table.version <= codec.MAX_INTEGER:
        raise _refused("version", "1 or more")
    for device in table.devices:
        _require_policy(device)
    digests = sum(len(group.digests) for each in table.devices for group in each.codes)
    if digests > MAX_CODES:
        raise _refused("devices", f"at most {MAX_CODES} codes")
    return table


def _require_names(table: AccessTable) -> None:
    devices = [each.device for each in table.devices]
    try:
        for what in ("site", "bridge"):
            require_name(getattr(table, what), what)
        for name in devices:
            require_name(name, "device")
    except TopicError as error:
        raise FieldError(f"field {error}") from error
    if len(set(devices)) != len(devices):
        raise _refused("devices", "each machine once")


def _require_policy(policy: DeviceAccess) -> None:
    where = f"devices[{policy.device}]"
    for span in policy.hours:
        fits = 1 <= span.weekday <= 7 and 0 <= span.from_min < DAY_MIN
        if not fits or not span.from_min < span.to_min <= span.from_min + DAY_MIN:
            raise _refused(f"{where}.hours", "a weekday 1 to 7 and a span of at most a day")
    if not 1 <= policy.items_per_session <= MAX_ITEMS_PER_SESSION:
        raise _refused(f"{where}.items_per_session", f"1 to {MAX_ITEMS_PER_SESSION}")
    if policy.quota_items is not None and not 1 <= policy.quota_items <= MAX_QUOTA_ITEMS:
        raise _refused(f"{where}.quota_items", f"1 to {MAX_QUOTA_ITEMS}")
    if not 1 <= policy.quota_period_s <= MAX_PERIOD_S:
        raise _refused(f"{where}.quota_period_s", f"1 to {MAX_PERIOD_S} s")
    for group in policy.codes:
        _require_group(group, f"{where}.codes")


def _require_group(group: CodeGroup, where: str) -> None:
    if not all(map(_DIGEST.fullmatch, group.digests)):
        raise _refused(f"{where}.digests", "32 hexadecimal digits each")
    if group.uses is not None and group.uses < 1:
        raise _refused(f"{where}.uses", "1 or more, or null")
    for at_ms in (group.valid_from_ms, group.valid_until_ms):
        if at_ms is not None and not 0 <= at_ms < MAX_TIME_MS:
            raise _refused(f"{where}.valid_from_ms, valid_until_ms", "ms from 1970 to 9999")


def _refused(field: str, wanted: str) -> FieldError:
    """Says which field, never what stood in it: a table is full of hashes."""
    return FieldError(f"field {field}: {wanted} is wanted")
