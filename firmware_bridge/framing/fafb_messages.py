"""What the frames of the "VMC - upper computer" protocol mean; numbers are big-endian. Pure.

Source: the maker's manual, version 3, section 4, from a copy of it. A frame that is too short for
its command means nothing (None); one that is longer is read as far as it is known. Numbers of
cards, which some frames about money carry behind the amount, are never looked at.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from firmware_bridge.framing.fafb import Command, Frame

ALL_SLOTS = 0
TRAYS = range(1000, 1010)
"""Selections that stand for a whole tray in `SlotSetting`."""

_PLAUSIBLE_C = (-40.0, 90.0)
_NUMBER = re.compile(rb"([+-]?\d+(?:[.,]\d+)?)\s*(?:\xb0|\xc2\xb0|')?\s*([CcFf%]?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One slot as the board knows it (command 11)."""

    selection: int
    price_minor: int
    inventory: int
    capacity: int
    product: int
    paused: bool


@dataclass(frozen=True, slots=True)
class SlotSetting:
    """Somebody set one thing of a slot, a tray or all slots (12 to 15).

    Attributes:
        selection: a slot, one of `TRAYS`, or `ALL_SLOTS`.
        what: which thing.
        value: its new value.
    """

    selection: int
    what: Command
    value: int


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a slot can be bought from (02): 1 yes, 2 out of stock, 3 none, 4 paused, ..."""

    status: int
    selection: int


@dataclass(frozen=True, slots=True)
class Bought:
    """The upper computer has a slot turned (03, or 06 directly)."""

    selection: int


@dataclass(frozen=True, slots=True)
class Dispense:
    """How far a slot's turn is (04): 1 running, 2 success, 3 jam, ..., FF ended."""

    status: int
    selection: int | None


@dataclass(frozen=True, slots=True)
class Selected:
    """Somebody chose a slot, or took it back: selection 0 (05)."""

    selection: int


@dataclass(frozen=True, slots=True)
class Money:
    """Money or credit was seen (21, 23, 27, 64), in the smallest unit."""

    amount_minor: int


@dataclass(frozen=True, slots=True)
class Filled:
    """Somebody pressed the "fully loaded" button (17)."""


@dataclass(frozen=True, slots=True)
class SyncAsked:
    """One side wants every slot to be told (31)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineStatus:
    """The machine as a whole (52); None is what it does not say.

    Attributes:
        controller: status of the temperature controller.
        door: status of the door.
        machine_id: what the machine calls itself.
        temperature_c: in the cabinet.
        humidity_percent: in the cabinet.
    """

    controller: int
    door: int
    machine_id: str = ""
    temperature_c: float | None = None
    humidity_percent: float | None = None


@dataclass(frozen=True, slots=True)
class MachineState:
    """What keeps the machine from selling (54): 0 nothing, 3 and 4 the elevator, ..."""

    status: int


Message = (
    Slot
    | SlotSetting
    | Checked
    | Bought
    | Dispense
    | Selected
    | Money
    | Filled
    | SyncAsked
    | MachineStatus
    | MachineState
)


def meaning(frame: Frame) -> Message | None:
    """What a frame says; None for one that says nothing we use, or is too short."""
    if frame.command not in _READERS:
        return None
    least, read = _READERS[frame.command]
    return read(frame) if len(frame.text) >= least else None


def temperature_c(field: bytes) -> float | None:
    """The temperature in a field of eight bytes: text with or without unit, or a plain number.

    None where there is none, or it lies outside -40 to 90 degrees Celsius.
    """
    value, unit = _measured(field)
    if value is not None and unit == "F":
        value = (value - 32) * 5 / 9
    least, most = _PLAUSIBLE_C
    return value if value is not None and least <= value <= most else None


def humidity_percent(field: bytes) -> float | None:
    """The relative humidity in a field of eight bytes; None where there is none."""
    value, _unit = _measured(field)
    return value if value is not None and 0 <= value <= 100 else None


def _measured(field: bytes) -> tuple[float | None, str]:
    """Value and unit: text stands at the left of its field, a plain number at the right."""
    if not field.strip(b"\0 "):
        return None, ""
    if field[0] in (0x00, 0xFF):
        return float(int.from_bytes(field, "big", signed=True)), ""
    if found := _NUMBER.match(field.strip(b"\0 ")):
        return float(found[1].replace(b",", b".")), found[2].decode().upper()
    return None, ""


def _number(text: bytes, start: int, size: int) -> int:
    return int.from_bytes(text[start : start + size], "big")


def _slot(frame: Frame) -> Slot:
    text = frame.text
    return Slot(
        selection=_number(text, 0, 2),
        price_minor=_number(text, 2, 4),
        inventory=text[6],
        capacity=text[7],
        product=_number(text, 8, 2),
        paused=text[10] == 1,
    )


def _setting(frame: Frame) -> SlotSetting:
    size = {Command.SET_PRICE: 4, Command.SET_PRODUCT: 2}.get(Command(frame.command), 1)
    value = _number(frame.text, 2, size)
    return SlotSetting(_number(frame.text, 0, 2), Command(frame.command), value)


def _dispense(frame: Frame) -> Dispense:
    selection = _number(frame.text, 1, 2) if len(frame.text) >= 3 else 0
    return Dispense(frame.text[0], selection or None)


def _status(frame: Frame) -> MachineStatus:
    text = frame.text
    return MachineStatus(
        controller=text[3],
        door=text[4],
        machine_id=text[13:23].strip(b"\0 ").decode("ascii", "replace"),
        temperature_c=temperature_c(text[23:31]),
        humidity_percent=humidity_percent(text[31:39]),
    )


_READERS: Mapping[int, tuple[int, Callable[[Frame], Message]]] = {
    Command.CHECKED: (3, lambda frame: Checked(frame.text[0], _number(frame.text, 1, 2))),
    Command.BUY: (2, lambda frame: Bought(_number(frame.text, 0, 2))),
    Command.DISPENSE: (1, _dispense),
    Command.SELECT: (2, lambda frame: Selected(_number(frame.text, 0, 2))),
    Command.DRIVE: (4, lambda frame: Bought(_number(frame.text, 2, 2))),
    Command.SLOT: (11, _slot),
    Command.SET_PRICE: (6, _setting),
    Command.SET_INVENTORY: (3, _setting),
    Command.SET_CAPACITY: (3, _setting),
    Command.SET_PRODUCT: (4, _setting),
    Command.FILLED: (0, lambda _frame: Filled()),
    Command.MONEY_TAKEN: (5, lambda frame: Money(_number(frame.text, 1, 4))),
    Command.CREDIT: (4, lambda frame: Money(_number(frame.text, 0, 4))),
    Command.MONEY_GIVEN: (5, lambda frame: Money(_number(frame.text, 1, 4))),
    Command.DEDUCT: (4, lambda frame: Money(_number(frame.text, 0, 4))),
    Command.SYNC: (0, lambda _frame: SyncAsked()),
    Command.STATUS: (5, _status),
    Command.STATE: (1, lambda frame: MachineState(frame.text[0])),
}
