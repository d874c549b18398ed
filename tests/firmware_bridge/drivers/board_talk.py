"""A board made of words, for the driver's tests: what it says, and what it is told."""

from collections.abc import Mapping

from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.board import BoardDriver, Settings
from firmware_bridge.drivers.readings import Reading
from firmware_bridge.framing.board_lines import BoardReader, Framing, Heard, encode

HELLO = {
    "t": "hello",
    "new": 1,
    "v": 1,
    "id": "b-1",
    "fw": "1.0",
    "line": "0a0b0c0d",
    "why": "power",
    "ask": 1,
    "slots": ["A1", "A2"],
}


class Talk:
    """A driver, a clock, and the board's side of the line."""

    def __init__(self, settings: Settings | None = None, framing: Framing = Framing.LINES) -> None:
        self.driver = BoardDriver(settings or Settings())
        self.framing = framing
        self.now_s = 100.0
        self.readings: list[Reading] = []
        self.sent: list[Mapping[str, object]] = []
        self.boot, self.number, self.taken, self.total = "b00t", 0, 0, 0
        self._reader = BoardReader()
        self.did(self.driver.opened(self.now_s))

    def did(self, step: Step) -> Step:
        """Do what the driver wants, at once."""
        first = step
        while True:
            self.readings += step.readings
            found = self._reader.feed(step.send)
            self.sent += [each.message for each in found if isinstance(each, Heard)]
            if step.wake_at_s is None or step.wake_at_s > self.now_s:
                return first
            step = self.driver.wake(self.now_s)

    def say(self, message: Mapping[str, object], **changes: object) -> None:
        """The board says something new."""
        self.number += 1
        stamp = {"n": self.number, "b": self.boot, "k": self.total, "m": self.taken}
        self.line(encode({**message, **stamp, **changes}, self.framing))

    def line(self, data: bytes) -> None:
        self.did(self.driver.feed(data, self.now_s))

    def hello(self, **changes: object) -> None:
        self.say({**HELLO, **changes})

    def counters(self, *rows: list[object], of: int = 2, lost: int = 0) -> None:
        self.total = sum(int(str(row[1])) + int(str(row[2])) for row in rows)
        page = {"t": "counters", "from": 0, "of": of, "lost": lost, "slots": list(rows)}
        self.say(page)

    def introduced(self) -> "Talk":
        """Hello and counters are over; what was learned is forgotten, for the test to begin."""
        self.hello()
        self.counters(["A1", 5, 1, 2], ["A2", 0, 0, 0])
        interval = self.told("interval")[-1]
        self.done(interval)
        self.readings.clear()
        self.sent.clear()
        return self

    def done(self, command: Mapping[str, object], why: str = "") -> None:
        self.taken = int(str(command["id"]))
        self.say({"t": "done", "id": command["id"], "ok": int(why == ""), "why": why})

    def ask(self, what: str) -> None:
        self.did(self.driver.request(what, self.now_s))

    def told(self, kind: str) -> list[Mapping[str, object]]:
        return [each for each in self.sent if each["t"] == kind]

    def wait(self, seconds: float) -> None:
        """Time passes; the driver is woken when it wants to be."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s = min(end_s, self.now_s + 0.25)
            self.did(self.driver.wake(self.now_s))
