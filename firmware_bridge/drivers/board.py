"""Our own controller board, with motors or with sensors alone (docs/drivers/board.md).

Every message of the board proves itself by a CRC, has a number within its boot, and is sent until
it is acknowledged; the acknowledgement leaves after the readings were handed on. Counters come
whole, never as differences, so that a lost line loses nothing.
"""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, Field

from firmware_bridge.drivers import _board_words as words
from firmware_bridge.drivers._board_commands import CommandQueue
from firmware_bridge.drivers._board_counters import CounterTable
from firmware_bridge.drivers._board_levels import Distance, Levels, LoadCell
from firmware_bridge.drivers._board_requests import asked_for
from firmware_bridge.drivers._board_telling import event, figures, vend
from firmware_bridge.drivers._board_trouble import Trouble
from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.readings import (
    CodeReading,
    EventReading,
    Fault,
    FaultReading,
    Reading,
    VendRequestReading,
)
from firmware_bridge.framing.board_lines import BoardReader, Framing, Heard, encode

VERSION = 1
ASK_AGAIN_S = 10.0
"""So often a board that does not speak, or whose counters do not add up, is asked."""

MAX_ACKS = 16


class Settings(BaseModel, extra="forbid", frozen=True):
    """What can be set for a board."""

    report_interval_s: int = Field(
        default=30, ge=5, le=3600, description="How often the board tells its sensors, in seconds."
    )
    silence_s: float = Field(
        default=120.0,
        ge=15.0,
        le=7200.0,
        description="A board that says nothing for so long, and for three intervals, is a fault.",
    )
    begin_s: int = Field(
        default=60, ge=5, le=600, description="How long a person has to choose after `begin`."
    )
    settle_s: float = Field(
        default=2.5,
        ge=0.0,
        le=600.0,
        description="A level is believed when it and the door have rested so long, in seconds.",
    )
    load_cells: dict[str, LoadCell] = Field(
        default_factory=dict, description="Calibration of load cells, by slot."
    )
    distances: dict[str, Distance] = Field(
        default_factory=dict, description="Calibration of distance sensors, by slot."
    )


class BoardDriver:
    """Listens, acknowledges, and asks where something is missing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._silence_s = max(settings.silence_s, 3.0 * settings.report_interval_s)
        self._levels = Levels(settings.load_cells, settings.distances, settings.settle_s)
        self._commands = CommandQueue()
        self._trouble = Trouble()
        self._reader = BoardReader()
        self._framing: Framing | None = None
        self._table: CounterTable | None = None
        self._told_boot = ""
        self._heard_number = 0
        self._lost = 0
        self._press = 0
        self._heard_s = self._ask_s = 0.0
        self._wants_counters = True
        self._acks: list[Mapping[str, object]] = []
        self._kinds: Mapping[str, Callable[[Mapping[str, object], float], list[Reading]]] = {
            "hello": self._hello,
            "counters": self._counters,
            "vend": self._vend,
            "event": self._event,
            "sensors": lambda message, _now_s: list(figures(message)),
            "load": self._load,
            "distance": self._distance,
            "code": lambda message, _now_s: [CodeReading(words.text(message, "code", 20))],
            "press": self._pressed,
            "done": lambda message, _now_s: self._commands.done(message),
        }

    def opened(self, now_s: float) -> Step:
        """The port is there: ask who speaks on it."""
        self._reader = BoardReader()
        self._heard_s = now_s
        self._acks.clear()
        self._wants_counters = True
        self._ask_s = now_s
        return self._step([], now_s)

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes that arrived."""
        readings: list[Reading] = []
        for found in self._reader.feed(data):
            if isinstance(found, Heard):
                self._framing = found.framing
                readings += self._take(found.message, now_s)
            else:
                readings += self._trouble.damaged(found, now_s, knows_it=self._framing is not None)
        return self._step(readings, now_s)

    def wake(self, now_s: float) -> Step:
        """The time asked for has come, or an earlier one."""
        readings = self._commands.given_up(now_s)
        if now_s - self._heard_s >= self._silence_s:
            readings += self._trouble.silent(self._silence_s)
            self._wants_counters = True
        return self._step(readings, now_s)

    def request(self, what: str, now_s: float) -> Step:
        """Do what was asked; the words stand in docs/drivers/board.md.

        Raises:
            UnknownRequestError: it is none of them; the message names them all.
        """
        kind, fields = asked_for(what, press=self._press, begin_s=self._settings.begin_s)
        if kind == "get":
            self._wants_counters, self._ask_s = True, now_s
            return self._step([], now_s)
        if kind == "answer" and not self._press:
            reading = FaultReading(Fault.REFUSED, f"{what}: nobody has pressed a button", "", what)
            return self._step([reading], now_s)
        if not self._commands.add(what, kind, fields, now_s):
            full = FaultReading(Fault.REFUSED, f"{what}: too much is asked for already", "", what)
            return self._step([full], now_s)
        return self._step([], now_s)

    def _step(self, readings: list[Reading], now_s: float) -> Step:
        """What to send now; acknowledgements wait until the readings have been handed on."""
        due: list[Mapping[str, object]] = []
        if not readings:
            due, self._acks = self._acks, []
        command = self._commands.to_send(now_s)
        if command is not None:
            due.append(command)
        sent = b"".join(map(self._encoded, due))
        if self._wants_counters and now_s >= self._ask_s:
            self._ask_s = now_s + ASK_AGAIN_S
            sent += self._encoded({"t": "get"})
        return Step(sent, tuple(readings), now_s if self._acks else self._wake_at_s())

    def _wake_at_s(self) -> float:
        asks_s = self._ask_s if self._wants_counters else float("inf")
        silent_s = self._heard_s + self._silence_s
        if self._trouble.is_silent:
            silent_s = float("inf")
        return min(asks_s, silent_s, self._commands.wake_at_s())

    def _encoded(self, message: Mapping[str, object]) -> bytes:
        """In the framing the board uses; in both while that is not known."""
        if self._framing is not None:
            return encode(message, self._framing)
        return encode(message, Framing.LINES) + encode(message, Framing.COBS)

    def _take(self, message: Mapping[str, object], now_s: float) -> list[Reading]:
        """One whole message: acknowledged whatever it holds, and read once."""
        self._heard_s = now_s
        self._trouble.heard()
        readings: list[Reading] = []
        try:
            boot, number = words.text(message, "b", 16), words.whole(message, "n")
            self._acks = [*self._acks, {"t": "ack", "b": boot, "n": number}][-MAX_ACKS:]
            readings += self._commands.met(boot, words.whole(message, "m"))
            if boot == self._told_boot and number <= self._heard_number:
                return readings
            self._told_boot, self._heard_number = boot, number
            kind = self._kinds.get(words.text(message, "t", 20), _nothing)
            readings += kind(message, now_s)
            self._compare(message, now_s)
        except words.MalformedError as error:
            readings += self._trouble.misunderstood(str(error), now_s)
        return readings

    def _compare(self, message: Mapping[str, object], now_s: float) -> None:
        """Every message states the total of all counters: where ours differs, one was missed."""
        total = words.whole(message, "k", 1 << 48)
        known = self._table is not None and self._table.is_complete
        if known and self._table is not None and total == self._table.total():
            self._wants_counters = False
        elif not self._wants_counters:
            self._wants_counters, self._ask_s = True, max(self._ask_s, now_s + 1.0)

    def _hello(self, message: Mapping[str, object], now_s: float) -> list[Reading]:
        readings: list[Reading] = []
        if words.whole(message, "v") != VERSION:
            readings += self._trouble.other_version(message, now_s)
        table = CounterTable.told(message)
        if self._table is None or not self._table.is_of(table):
            self._table, self._wants_counters = table, True
        if words.whole(message, "new", 1):
            self._press = self._lost = 0
            why = words.text(message, "why", 20)
            readings.append(EventReading(name="restarted", code=f"restarted {why}", text=why))
        interval = {"s": self._settings.report_interval_s}
        self._commands.add("", "interval", interval, now_s)
        return readings

    def _counters(self, message: Mapping[str, object], _now_s: float) -> list[Reading]:
        readings: list[Reading] = []
        lost = words.whole(message, "lost")
        if lost > self._lost:
            text = f"{lost} events could not be kept while the bridge was away"
            readings.append(
                EventReading(name="communication", code="events-lost", count=lost, text=text)
            )
        self._lost = lost
        if self._table is not None and self._table.page(message) and self._table.is_complete:
            readings.append(self._table.reading())
        return readings

    def _vend(self, message: Mapping[str, object], _now_s: float) -> list[Reading]:
        readings: list[Reading] = [vend(message)]
        if self._table is not None:
            self._table.vend(message)
            if self._table.is_complete:
                readings.append(self._table.reading())
        return readings

    def _event(self, message: Mapping[str, object], now_s: float) -> list[Reading]:
        reading = event(message)
        if reading.name == "door-open":
            self._levels.door(now_s, is_open=bool(reading.active))
        return [reading]

    def _load(self, message: Mapping[str, object], now_s: float) -> list[Reading]:
        found = [
            self._levels.take("load-cell", name, words.number(value, "slots"), now_s)
            for name, (value,) in words.rows(message, "slots", 1)
        ]
        return [each for each in found if each is not None]

    def _distance(self, message: Mapping[str, object], now_s: float) -> list[Reading]:
        found = [
            self._levels.take("distance", name, words.number(value, "slots"), now_s)
            for name, (value,) in words.rows(message, "slots", 1)
        ]
        return [each for each in found if each is not None]

    def _pressed(self, message: Mapping[str, object], _now_s: float) -> list[Reading]:
        self._press = words.whole(message, "p")
        slot, wait_s = words.text(message, "sel", words.MAX_NAME), words.whole(message, "wait", 600)
        return [VendRequestReading(selection=slot, price_minor=None, wait_s=float(wait_s))]


def _nothing(_message: Mapping[str, object], _now_s: float) -> list[Reading]:
    """A kind of message that a newer board may have."""
    return []


def make(settings: Settings) -> Driver:
    """A driver for one board."""
    return BoardDriver(settings)
