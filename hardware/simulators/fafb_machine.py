"""The machine behind a simulated FA FB board: slots that turn, a door, a cabinet."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from hardware.errors import RequestError, SimulatorError
from hardware.simulators.planogram import Selection

ALL = 0
FIRST_TRAY, LAST_TRAY = 1000, 1009


class Status(IntEnum):
    """How far a turn is, as the board reports it."""

    RUNNING = 0x01
    SUCCESS = 0x02
    JAMMED = 0x03
    NO_MOTOR = 0x06
    ENDED = 0xFF


class Check(IntEnum):
    """Whether a slot can be bought from, as the board reports it."""

    FINE = 1
    EMPTY = 2
    NO_SUCH = 3
    PAUSED = 4
    DOOR = 6


@dataclass(slots=True)
class SlotState:
    """One slot.

    Attributes:
        product: product number.
        price: in the smallest unit.
        inventory: what the board believes is left; here it is true.
        capacity: how many fit.
        jammed: the next turn brings nothing.
        paused: the board refuses to sell from it.
        vended: items that left it since the start.
        failed: turns that brought nothing.
    """

    product: int
    price: int
    inventory: int
    capacity: int
    jammed: bool = False
    paused: bool = False
    vended: int = 0
    failed: int = 0


class FafbMachine:
    """Slots by number, and what is around them.

    Args:
        planogram: what stands where; selections are numbers from 1 to 999 here.

    Raises:
        SimulatorError: a selection is no such number.
    """

    def __init__(self, planogram: Sequence[Selection]) -> None:
        self.slots = {
            _number(row.selection): SlotState(
                product=100 + place,
                price=row.price_cents,
                inventory=row.capacity,
                capacity=row.capacity,
            )
            for place, row in enumerate(planogram)
        }
        self.door_open = False
        self.cooling_fault = False
        self.temperature: float | None = 21.5
        self.humidity: float | None = 40.0
        self.machine_id = "HLFAFB0001"

    def slot(self, number: int) -> SlotState:
        """One slot.

        Raises:
            RequestError: there is none of that number.
        """
        if number not in self.slots:
            known = ", ".join(map(str, self.slots))
            raise RequestError(f"no selection {number}; there are {known}")
        return self.slots[number]

    def chosen(self, number: int) -> list[SlotState]:
        """The slots that a number in a setting stands for: one, a tray, or all."""
        if number == ALL:
            return list(self.slots.values())
        if FIRST_TRAY <= number <= LAST_TRAY:
            tray = number - FIRST_TRAY
            return [slot for place, slot in self.slots.items() if place // 10 == tray]
        return [self.slots[number]] if number in self.slots else []

    def check(self, number: int) -> Check:
        """Whether it could be bought from now."""
        slot = self.slots.get(number)
        if slot is None:
            return Check.NO_SUCH
        if self.door_open:
            return Check.DOOR
        if slot.paused:
            return Check.PAUSED
        return Check.FINE if slot.inventory else Check.EMPTY

    def turn(self, number: int) -> Status:
        """The motor has turned once: what came of it."""
        slot = self.slots.get(number)
        if slot is None:
            return Status.NO_MOTOR
        if self.check(number) is not Check.FINE:
            return Status.ENDED
        if slot.jammed:
            slot.failed += 1
            return Status.JAMMED
        slot.inventory -= 1
        slot.vended += 1
        return Status.SUCCESS

    def slot_text(self, number: int) -> bytes:
        """What command 11 says of a slot."""
        slot = self.slots[number]
        return (
            number.to_bytes(2, "big")
            + slot.price.to_bytes(4, "big")
            + bytes([slot.inventory, slot.capacity])
            + slot.product.to_bytes(2, "big")
            + bytes([slot.paused])
        )

    def status_text(self) -> bytes:
        """What command 52 says of the machine."""
        devices = bytes([0, 0, 0, self.cooling_fault, self.door_open])
        change = (0).to_bytes(8, "big")
        return (
            devices
            + change
            + self.machine_id.encode("ascii")[:10].ljust(10, b"\0")
            + _measured(self.temperature)
            + _measured(self.humidity)
        )


def _measured(value: float | None) -> bytes:
    text = "" if value is None else f"{value:.1f}"
    return text.encode("ascii")[:8].ljust(8, b"\0")


def _number(selection: str) -> int:
    if not selection.isdecimal() or not 0 < int(selection) < FIRST_TRAY:
        raise SimulatorError(
            f"selection {selection!r}: on this board selections are numbers, 1 to 999"
        )
    return int(selection)
