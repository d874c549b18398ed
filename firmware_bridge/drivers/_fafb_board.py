"""What an FA FB board tells, as readings: slots, vends, door, cooling, temperature. Pure.

It knows nothing of who else is on the line, so that listening and being the upper computer share
it.
"""

from firmware_bridge.drivers._fafb_slots import Slots
from firmware_bridge.drivers._fafb_vends import Vends
from firmware_bridge.drivers.readings import EventReading, Reading, SensorReading
from firmware_bridge.framing.fafb import Command, Frame
from firmware_bridge.framing.fafb_messages import (
    Bought,
    Checked,
    Dispense,
    Filled,
    MachineState,
    MachineStatus,
    Money,
    Slot,
    SlotSetting,
    meaning,
)

SETTLED_S = 1.0
"""Slots are told together once no more has changed for so long."""

SETTLED_AT_MOST_S = 30.0
RESENT_WITHIN_S = 10.0
"""The same frame with the same number within this time is the same frame, sent again."""

_REMEMBERED = 32
_MONEY_TEXT_BYTES = 5
_MONEY = frozenset({Command.MONEY_TAKEN, Command.MONEY_GIVEN})
_ELEVATOR = frozenset({3, 4})
_Key = tuple[int, int, bytes]


class Board:
    """Takes frames, gives what is learned from them.

    Args:
        levels: see `Slots`.
        door_open_value: the door's status byte when it is open; the other of 0 and 1 is shut.
        cooling_fault_value: the temperature controller's status byte when it is at fault.
    """

    def __init__(self, *, levels: bool, door_open_value: int, cooling_fault_value: int) -> None:
        self.slots = Slots(levels=levels)
        self.vends = Vends(self.slots.price_minor)
        self._door_open_value = door_open_value
        self._cooling_fault_value = cooling_fault_value
        self._recent: dict[_Key, float] = {}
        self._changed_at_s: float | None = None
        self._first_change_s = 0.0
        self._door_open: bool | None = None

    @property
    def due_s(self) -> float | None:
        """When `due` has something to say."""
        times = [self.vends.due_s]
        if self._changed_at_s is not None:
            settled_s = self._changed_at_s + SETTLED_S
            times.append(min(settled_s, self._first_change_s + SETTLED_AT_MOST_S))
        return min((when for when in times if when is not None), default=None)

    def tell_slots(self, now_s: float) -> None:
        """Have all slots told soon, changed or not."""
        if self._changed_at_s is None:
            self._first_change_s = now_s
        self._changed_at_s = now_s

    def is_resent(self, frame: Frame, now_s: float) -> bool:
        """Whether this frame was taken already; from now on it was."""
        key = _key(frame)
        before_s = self._recent.pop(key, None)
        self._recent[key] = now_s
        if len(self._recent) > _REMEMBERED:
            del self._recent[next(iter(self._recent))]
        return before_s is not None and now_s - before_s < RESENT_WITHIN_S

    def take(self, frame: Frame, now_s: float) -> list[Reading]:
        """What one frame, that was not taken already, is worth."""
        readings: list[Reading] = []
        match meaning(frame):
            case Slot() | SlotSetting() | Checked() as told:
                readings += self._slot(told, now_s)
            case Bought(selection):
                readings += self.vends.bought(selection, now_s, authorised=False)
            case Dispense() as dispense:
                readings += self.vends.take(dispense, now_s)
            case Money(amount_minor):
                self.vends.money(amount_minor)
            case Filled():
                text = '"fully loaded" was pressed'
                readings.append(EventReading(name="filled", code="17", text=text))
            case MachineStatus() as status:
                self.tell_slots(now_s)
                readings += self._status(status)
            case MachineState(status=state):
                stands = state in _ELEVATOR
                readings.append(EventReading(name="elevator", code="54", active=stands))
        return readings

    def due(self, now_s: float) -> list[Reading]:
        """What is to be told because time has passed."""
        readings: list[Reading] = list(self.vends.overdue(now_s))
        if self._changed_at_s is not None and (
            now_s - self._changed_at_s >= SETTLED_S
            or now_s - self._first_change_s >= SETTLED_AT_MOST_S
        ):
            self._changed_at_s = None
            readings.append(self.slots.reading())
        return readings

    def _slot(self, told: Slot | SlotSetting | Checked, now_s: float) -> list[EventReading]:
        self.tell_slots(now_s)
        if isinstance(told, Slot):
            return self.slots.told(told)
        if isinstance(told, Checked):
            self.slots.checked(told)
        else:
            self.slots.set(told)
        return []

    def _status(self, status: MachineStatus) -> list[Reading]:
        self.slots.machine_id = status.machine_id or self.slots.machine_id
        readings: list[Reading] = []
        if status.temperature_c is not None:
            readings.append(_sensor("temperature", status.temperature_c, "C"))
        if status.humidity_percent is not None:
            readings.append(_sensor("humidity", status.humidity_percent, "%"))
        faulty = status.controller == self._cooling_fault_value
        text = f"temperature controller: status {status.controller}"
        readings.append(
            EventReading(name="cooling-fault", code="52-controller", active=faulty, text=text)
        )
        return [*readings, *self._door(status.door)]

    def _door(self, value: int) -> list[EventReading]:
        """The door as it stands; that it was shut is told when it was seen open before."""
        if value not in (0, 1):
            return []
        was_open, self._door_open = self._door_open, value == self._door_open_value
        readings = [EventReading(name="door-open", code="52-door", active=self._door_open)]
        if was_open and not self._door_open:
            readings.append(EventReading(name="door-closed", code="52-door"))
        return readings


def _sensor(quantity: str, value: float, unit: str) -> SensorReading:
    if quantity == "temperature":
        return SensorReading(sensor="cabinet", quantity="temperature", value=value, unit=unit)
    return SensorReading(sensor="cabinet", quantity="humidity", value=value, unit=unit)


def _key(frame: Frame) -> _Key:
    """What tells a frame from another one, without the number of a card."""
    text = frame.text[:_MONEY_TEXT_BYTES] if frame.command in _MONEY else frame.text
    return frame.command, frame.number, text
