"""The adapter itself: is it there, is it set up, is it still itself. Pure: lines and time in.

    V            every `check_s`, and first of all: it must answer with its version
    C,0          its cashless device off, because it takes settings only then
    C,SETCONF,.. one by one; one that is not taken is named, and the rest goes on
    C,1          cashless device on (where it is to be one)
    X,1          tell of all blocks on the bus (where it is to listen)

It keeps its settings only while it has power. That it was restarted shows when it says OFFLINE or
"cashless is off" unasked, or takes a `C,1` while it should be on already: then it is set up anew.
"""

from dataclasses import dataclass
from enum import Enum, auto

from firmware_bridge.framing.mdb_lines import (
    Refusal,
    Said,
    SettingTaken,
    Sniffed,
    SniffSet,
    State,
    Status,
    Switched,
    Version,
)

REPLY_S = 2.0
TRIES = 3
RETRY_S = 10.0
"""Pause before an adapter that did not answer is called again."""

IS_ON = "cashless is on"
IS_OFF = "cashless is off"


@dataclass(frozen=True, slots=True)
class Plan:
    """How the adapter is to be set up.

    Attributes:
        settings: `C,SETCONF` names and values, in order.
        cashless: it is to be a cashless device.
        sniff: it is to tell of all blocks.
        check_s: how often it is asked whether it is still there.
    """

    settings: tuple[tuple[str, str], ...]
    cashless: bool
    sniff: bool
    check_s: float


class Link(Enum):
    """How it stands."""

    CALLING = auto()
    SETTING_UP = auto()
    UP = auto()
    DOWN = auto()


@dataclass(frozen=True, slots=True)
class News:
    """What a turn brought.

    Attributes:
        send: lines to send.
        came_up: it is set up, and ready from now on.
        restarted: it had begun anew by itself.
        silent: it does not answer.
        unset: names of settings that it did not take.
        cannot: a command without which it is of no use was refused; "" for none.
        checked: it answered a check.
    """

    send: tuple[str, ...] = ()
    came_up: bool = False
    restarted: bool = False
    silent: bool = False
    unset: tuple[str, ...] = ()
    cannot: str = ""
    checked: bool = False


class AdapterLink:
    """The dialogue that brings an adapter up and keeps it up."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._steps = _steps(plan)
        self._step = 0
        self._tries = 0
        self._unset: list[str] = []
        self._awaiting = False
        self._probed = False
        self.link = Link.DOWN
        self.version = ""
        self.wake_at_s = 0.0

    def begin(self, now_s: float) -> News:
        """Call it, and set it up from the start."""
        self.link, self._tries = Link.CALLING, 0
        return self._call(now_s)

    def check(self, now_s: float) -> News:
        """Ask now whether it is there."""
        if self.link is Link.DOWN:
            return self.begin(now_s)
        if self.link is not Link.UP:
            return News()
        self._tries = 0
        return self._call(now_s)

    def take(self, said: Said, now_s: float, *, quiet: bool) -> News:
        """A line of it.

        Args:
            said: the line.
            now_s: the time.
            quiet: nobody is vending, so that `C,1` may be tried to see whether it is on.
        """
        if self.link is Link.SETTING_UP:
            return self._set_up(said, now_s)
        if self.link is Link.UP and self._has_restarted(said):
            return News(self.begin(now_s).send, restarted=True)
        if not isinstance(said, Version):
            return News()
        self.version = said.text
        if self.link is not Link.UP:
            return self._first_step(now_s)
        checked, self._awaiting = self._awaiting, False
        self.wake_at_s = now_s + self._plan.check_s
        self._probed = quiet and self._plan.cashless
        return News(("C,1",) if self._probed else (), checked=checked)

    def wake(self, now_s: float) -> News:
        """Time has passed."""
        if now_s < self.wake_at_s:
            return News()
        if self.link is Link.SETTING_UP:
            return self._step_overdue(now_s)
        if self.link is Link.DOWN:
            return self.begin(now_s)
        if self._awaiting and self._tries >= TRIES:
            self.link, self._awaiting = Link.DOWN, False
            self.wake_at_s = now_s + RETRY_S
            return News(silent=True)
        self._tries = self._tries if self._awaiting else 0
        return self._call(now_s)

    def sniff_again(self) -> News:
        """Nothing was told of the bus for long: it may have forgotten that it was to tell."""
        return News(("X,1",) if self.link is Link.UP and self._plan.sniff else ())

    def _call(self, now_s: float) -> News:
        self._tries += 1
        self._awaiting = True
        self.wake_at_s = now_s + REPLY_S
        return News(("V",))

    def _first_step(self, now_s: float) -> News:
        self.link, self._step = Link.SETTING_UP, 0
        self._awaiting = self._probed = False
        self._unset = []
        self.wake_at_s = now_s + REPLY_S
        return News((self._steps[0],))

    def _set_up(self, said: Said, now_s: float) -> News:
        command = self._steps[self._step]
        refused = isinstance(said, Refusal) and said.part == command[0].lower()
        if refused and command != "C,0" and not _says(said, IS_ON):
            return self._not_taken(command, now_s)
        if refused or _answers(said, command):
            return self._next_step(now_s)
        return News()

    def _step_overdue(self, now_s: float) -> News:
        command = self._steps[self._step]
        return self._next_step(now_s) if command == "C,0" else self._not_taken(command, now_s)

    def _not_taken(self, command: str, now_s: float) -> News:
        """Only the last thing that it is there for is worth giving up for."""
        if command == ("C,1" if self._plan.cashless else "X,1"):
            self.link = Link.DOWN
            self.wake_at_s = now_s + RETRY_S
            return News(cannot=command)
        self._unset.append(_name_of(command))
        return self._next_step(now_s)

    def _next_step(self, now_s: float) -> News:
        self._step += 1
        if self._step < len(self._steps):
            self.wake_at_s = now_s + REPLY_S
            return News((self._steps[self._step],))
        self.link = Link.UP
        self.wake_at_s = now_s + self._plan.check_s
        return News(came_up=True, unset=tuple(self._unset))

    def _has_restarted(self, said: Said) -> bool:
        if not self._plan.cashless:
            return False
        if isinstance(said, Status):
            return said.state is State.OFFLINE
        if isinstance(said, Switched):
            # A probe that is taken, instead of refused with "cashless is on".
            return self._probed or not said.on
        return _says(said, IS_OFF)


def _steps(plan: Plan) -> tuple[str, ...]:
    settings = [f"C,SETCONF,{name}={value}" for name, value in plan.settings]
    on = ["C,1"] if plan.cashless else []
    return ("C,0", *settings, *on, *(["X,1"] if plan.sniff else []))


def _answers(said: Said, command: str) -> bool:
    """Whether a line is the answer that a command waits for."""
    if command in ("C,0", "C,1"):
        off = isinstance(said, Status) and said.state is State.OFFLINE
        on = isinstance(said, Status) and not off
        switched = isinstance(said, Switched) and said.on == (command == "C,1")
        return switched or (off if command == "C,0" else on)
    if command == "X,1":
        return isinstance(said, SniffSet | Sniffed)
    return isinstance(said, SettingTaken)


def _name_of(command: str) -> str:
    return command.removeprefix("C,SETCONF,").partition("=")[0]


def _says(said: Said, text: str) -> bool:
    return isinstance(said, Refusal) and said.text.lower() == text
