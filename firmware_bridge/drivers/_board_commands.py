"""What our own controller board is asked to do: one command after the other, each at most once.

A command carries the boot id of the board and the next number after the highest that the board
says it has taken. The board takes a number once; sending it again can't do it again, and a board
that restarted meanwhile takes it not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firmware_bridge.drivers import _board_words as words
from firmware_bridge.drivers.readings import EventReading, Fault, FaultReading, Reading

RESEND_S = 1.5
GIVE_UP_S = 20.0
"""A board is silent while a motor turns: twice 7.5 s where nothing falls at first."""

MOST_WAITING = 8


@dataclass(slots=True)
class Command:
    """Something that was asked for.

    Attributes:
        asked: in the words it was asked in; "" for what the driver wants by itself.
        kind: of the message.
        fields: what else the message says.
        number: under which the board is asked; 0 before it was sent.
        ends_s: when it is given up.
        taken: the board has it.
    """

    asked: str
    kind: str
    fields: Mapping[str, object]
    ends_s: float
    number: int = 0
    taken: bool = False


@dataclass(slots=True)
class CommandQueue:
    """Commands on their way.

    Attributes:
        boot: of the board; "" before it is known.
        last: the highest number that the board has taken in this boot.
    """

    boot: str = ""
    last: int = 0
    _waiting: list[Command] = field(default_factory=list)
    _resend_s: float = 0.0

    def add(self, asked: str, kind: str, fields: Mapping[str, object], now_s: float) -> bool:
        """Queue a command; False when too many wait."""
        if len(self._waiting) >= MOST_WAITING:
            return False
        self._waiting.append(Command(asked, kind, fields, now_s + GIVE_UP_S))
        return True

    def met(self, boot: str, last: int) -> list[Reading]:
        """The board of this boot has taken so many; what was under way in another boot is over."""
        if boot == self.boot:
            self.last = max(self.last, last)
            for command in self._waiting[:1]:
                command.taken = command.taken or 0 < command.number <= last
            return []
        lost = [each for each in self._waiting if each.number]
        self._waiting = [each for each in self._waiting if not each.number]
        self.boot, self.last = boot, last
        return [_restarted(each) for each in lost if each.asked]

    def done(self, message: Mapping[str, object]) -> list[Reading]:
        """The board answers a command.

        Raises:
            MalformedError: the message does not fit.
        """
        number, ok = words.whole(message, "id"), words.whole(message, "ok", 1)
        if not self._waiting or self._waiting[0].number != number:
            return []
        command = self._waiting.pop(0)
        if ok:
            return _after(command)
        return [_refused(command, str(message.get("why", "")))] if command.asked else []

    def to_send(self, now_s: float) -> Mapping[str, object] | None:
        """The message that is to go out now."""
        if not self._waiting or not self.boot:
            return None
        command = self._waiting[0]
        if command.taken or (command.number and now_s < self._resend_s):
            return None
        if not command.number:
            self.last += 1
            command.number = self.last
            command.ends_s = now_s + GIVE_UP_S
        self._resend_s = now_s + RESEND_S
        return {"t": command.kind, "b": self.boot, "id": command.number, **command.fields}

    def given_up(self, now_s: float) -> list[Reading]:
        """What was not answered in time."""
        over = [each for each in self._waiting if now_s >= each.ends_s]
        self._waiting = [each for each in self._waiting if now_s < each.ends_s]
        return [_unanswered(each) for each in over if each.asked]

    def wake_at_s(self) -> float:
        """When something here is due; infinity for never."""
        if not self._waiting:
            return float("inf")
        ends_s = min(each.ends_s for each in self._waiting)
        sends = bool(self.boot) and self._waiting[0].number and not self._waiting[0].taken
        return min(ends_s, self._resend_s) if sends else ends_s


def _after(command: Command) -> list[Reading]:
    if command.kind != "tare":
        return []
    slot = str(command.fields["sel"])
    text = f"the load cell of {slot} was set to zero"
    return [EventReading(name="other", code="tared", selection=slot, text=text)]


def _refused(command: Command, why: str) -> FaultReading:
    said, advice = words.REFUSALS.get(why, (f"it said {why[:40]!r}", "See docs/drivers/board.md."))
    detail = f"the board did not do {command.asked!r}: {said}"
    return FaultReading(Fault.REFUSED, detail, advice, command.asked)


def _restarted(command: Command) -> FaultReading:
    detail = f"the board restarted while {command.asked!r} was under way; it is not repeated"
    advice = "Look at the counters before asking again: it may have happened."
    return FaultReading(Fault.NO_REPLY, detail, advice, command.asked)


def _unanswered(command: Command) -> FaultReading:
    detail = f"the board did not answer {command.asked!r} within {GIVE_UP_S:g} s"
    advice = "Look at its power and cable."
    if command.number:
        advice += " It may have happened all the same: look at the counters before asking again."
    return FaultReading(Fault.NO_REPLY, detail, advice, command.asked)
