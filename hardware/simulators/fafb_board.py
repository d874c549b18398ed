"""A touch-screen machine's board: FA FB on one side, people and motors on the other.

Written from the maker's manual of the "VMC - upper computer" protocol, version 3.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from hardware.simulators.fafb_machine import FafbMachine, Status
from hardware.simulators.fafb_talk import ANSWER_S, POLL_EVERY_S, FafbTalk
from hardware.simulators.people import People
from hardware.simulators.planogram import Selection
from hardware.simulators.vending_world import local_time

TURN_S = 1.5
TURNS_WAITING_MAX = 1000
CANCELLED = b"\0\0"

PLANOGRAM = tuple(
    Selection(selection=number, product=product, capacity=capacity, par=capacity, minimum=2)
    for number, product, capacity in (
        ("11", "Naloxone nasal 4 mg", 12),
        ("12", "Naloxone IM kit", 10),
        ("13", "Fentanyl strips", 20),
        ("21", "Safer smoking kit", 15),
        ("22", "Sterile syringes 10-pack", 15),
        ("23", "Condoms", 25),
        ("31", "Wound care kit", 10),
        ("32", "Water", 16),
    )
)
"""Eight slots on three trays; nothing costs anything."""


class FafbBoard:
    """The board, without the control socket.

    Args:
        planogram: what stands where; selections are numbers.
        per_hour: how many people come on average.
        asks: people's choices are put to the upper computer (05), which must have them turned.
        seed: for people.
        now: the clock on the wall.
        hurried: no pauses, so that tests are quick.

    Attributes:
        machine: the slots.
        talk: the dialogue.
        time_s: monotonic seconds of the last call.
        selected: the slot that waits for the upper computer; 0 for none.
        per_hour: how many people come on average.

    Raises:
        SimulatorError: a selection of the planogram is no number.
    """

    answer_after_s = 0.0

    def __init__(
        self,
        planogram: Sequence[Selection] = PLANOGRAM,
        *,
        per_hour: float = 0.0,
        asks: bool = False,
        seed: int = 0,
        now: Callable[[], datetime] = local_time,
        hurried: bool = False,
    ) -> None:
        self.machine = FafbMachine(planogram)
        self.talk = FafbTalk(self._obey, 0.02 if hurried else POLL_EVERY_S, ANSWER_S)
        self.selected = 0
        self._turn_s = 0.05 if hurried else TURN_S
        self._asks = asks
        self._now = now
        self.time_s = 0.0
        self._turns: deque[int] = deque()
        self._turning: tuple[int, float] | None = None
        self._planogram, self._seed = planogram, str(seed)
        self.sell_at(per_hour)
        self._duplicate_until_s = 0.0
        self._orders: Mapping[int, Callable[[bytes], None]] = {
            0x01: self._check,
            0x03: self._buy,
            0x05: self._select,
            0x06: self._drive,
            0x12: self._price,
            0x13: self._inventory,
            0x31: self._sync,
            0x51: self._status,
            0x53: self._state,
        }

    @property
    def corrupt_checksums(self) -> bool:
        """While True every check that is sent is wrong."""
        return self.talk.corrupt_checksums

    @corrupt_checksums.setter
    def corrupt_checksums(self, wrong: bool) -> None:
        self.talk.corrupt_checksums = wrong

    @property
    def wake_at_s(self) -> float:
        """When `wake` must be called."""
        times = [self.talk.next_s]
        times += [self._turning[1]] if self._turning else []
        times += [self._person_s] if self._person_s is not None else []
        return min(times)

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes from the upper computer."""
        self.time_s = now_s
        return self.talk.feed(data, now_s)

    def wake(self, now_s: float) -> bytes:
        """Let people come, motors turn, and the dialogue go on."""
        self.time_s = now_s
        self.talk.duplicate = now_s < self._duplicate_until_s
        self._let_people_come()
        self._go_on_turning()
        return self.talk.wake(now_s)

    def line_lost(self) -> None:
        """Forget half packets."""
        self.talk.line_lost()

    def settle(self) -> None:
        """Nothing outlives the program."""

    def sell(self, number: int, count: int = 1) -> None:
        """Somebody has a slot turned at the machine's own keys."""
        self.machine.slot(number)
        for _each in range(count):
            if len(self._turns) < TURNS_WAITING_MAX:
                self._turns.append(number)
        self._go_on_turning()

    def select(self, number: int) -> None:
        """Somebody chooses a slot and waits for the upper computer; 0 takes it back."""
        if number:
            self.machine.slot(number)
        self.selected = number
        self.talk.tell(0x05, number.to_bytes(2, "big"))

    def sell_at(self, per_hour: float) -> None:
        """From now on so many people come."""
        self.per_hour = per_hour
        self._people = People(self._planogram, per_hour, self._seed)
        self._person_s: float | None = None

    def duplicate(self, seconds: float) -> None:
        """Send every packet of data twice for so long."""
        self._duplicate_until_s = self.time_s + seconds

    def _let_people_come(self) -> None:
        if self._person_s is not None and self.time_s >= self._person_s:
            choice = int(self._people.choose(self._now()) or 0)
            if choice and self._asks:
                self.select(choice)
            elif choice:
                self.sell(choice)
            self._person_s = None
        if self._person_s is None and (wait_s := self._people.wait_s()) is not None:
            self._person_s = self.time_s + wait_s

    def _go_on_turning(self) -> None:
        if self._turning is not None and self.time_s >= self._turning[1]:
            number, self._turning = self._turning[0], None
            self._report(self.machine.turn(number), number)
        if self._turning is None and self._turns:
            number = self._turns.popleft()
            self._report(Status.RUNNING, number)
            self._turning = (number, self.time_s + self._turn_s)

    def _report(self, status: Status, number: int) -> None:
        self.talk.tell(0x04, bytes([status]) + number.to_bytes(2, "big"))

    def _obey(self, command: int, text: bytes) -> None:
        if command in self._orders:
            self._orders[command](text)

    def _check(self, text: bytes) -> None:
        status = self.machine.check(_number(text))
        self.talk.tell(0x02, bytes([status]) + text[:2])

    def _buy(self, text: bytes) -> None:
        self.selected = 0
        if len(self._turns) < TURNS_WAITING_MAX:
            self._turns.append(_number(text))
        self._go_on_turning()

    def _drive(self, text: bytes) -> None:
        self._buy(text[2:])

    def _select(self, text: bytes) -> None:
        self.selected = 0 if text[:2] == CANCELLED else _number(text)

    def _price(self, text: bytes) -> None:
        for slot in self.machine.chosen(_number(text)):
            slot.price = int.from_bytes(text[2:6], "big")

    def _inventory(self, text: bytes) -> None:
        for slot in self.machine.chosen(_number(text)):
            slot.inventory = min(int.from_bytes(text[2:3], "big"), slot.capacity)

    def _sync(self, _text: bytes) -> None:
        for number in self.machine.slots:
            self.talk.tell(0x11, self.machine.slot_text(number))

    def _status(self, _text: bytes) -> None:
        self.talk.tell(0x52, self.machine.status_text())

    def _state(self, _text: bytes) -> None:
        self.talk.tell(0x54, b"\0")


def _number(text: bytes) -> int:
    return int.from_bytes(text[:2], "big")
