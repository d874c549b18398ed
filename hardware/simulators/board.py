"""A simulated controller board of our own, written from docs/drivers/board.md."""

import time
from datetime import UTC, datetime

from hardware.simulators import board_control
from hardware.simulators.board_wire import Fields, Post, frame, line, messages, token
from hardware.simulators.board_world import BoardSetup, BoardWorld
from hardware.simulators.device import Reply, Request
from hardware.simulators.people import People

PAGE = 16
WAIT_S = 20
CODE_S = 5


class Board:
    """The device that the simulator loop runs.

    Attributes:
        world: slots, people, switches and sensors.
        boots: how often it was started.

    Raises:
        SimulatorError: the state file can't be used.
    """

    answer_after_s = 0.0
    corrupt_checksums = False

    def __init__(self, setup: BoardSetup) -> None:
        self.world = BoardWorld(setup)
        self._people = People(setup.selections, setup.per_hour, str(setup.seed), by_hour=False)
        self._arrived = bytearray()
        self.boots = 0
        self._now_s = time.monotonic()
        self.boot()
        self._await_person()

    @property
    def wake_at_s(self) -> float | None:
        """When something is due."""
        times = [self._report_s, self._person_s, self._post.due_s()]
        return min(each for each in times if each is not None)

    def boot(self) -> None:
        """The board starts: all that it does not store is gone."""
        self.boots += 1
        self._boot = token(self.world.rng.getrandbits(32))
        self._post = Post(self._stamp, frame if self.world.setup.binary else line)
        self._last = 0
        self._answer: Fields = {}
        self._pending: tuple[int, str, float] | None = None
        self._press = self._allowed = 0
        self._allowed_until_s = 0.0
        self._every_s = 30.0
        self._report_s = self._now_s
        self._arrived.clear()
        self._say_hello(new=True)
        self._tell_counters()
        self._tell_switches()

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes of the bridge."""
        self._now_s = now_s
        self._arrived += data
        for message in messages(self._arrived):
            self._hear(message)
        return self._speak()

    def wake(self, now_s: float) -> bytes:
        """Let people come, tell the sensors, send what waits."""
        self._now_s = now_s
        if self._person_s is not None and now_s >= self._person_s:
            chosen = self._people.choose(datetime.now(tz=UTC))
            if chosen is not None:
                self.press(chosen)
            self._await_person()
        if now_s >= self._report_s:
            self._report_s = now_s + self._every_s
            self._tell_figures()
            self._tell_counters()
        return self._speak()

    def control(self, request: Request, now_s: float) -> Reply:
        """Do what a control request says; see docs/hardware/simulators.md.

        Raises:
            RequestError: it does not fit.
        """
        self._now_s = now_s
        return board_control.obey(self, request)

    def line_lost(self) -> None:
        """Half a message is forgotten; what waits is sent again."""
        self._arrived.clear()

    def settle(self) -> None:
        """Write down what outlives the power cord."""
        self.world.settle()

    def press(self, name: str) -> str:
        """Somebody presses a button; what came of it."""
        self.world.slot(name)
        if self.world.on["door"]:
            return self.vend(name, test=True)
        if not self.world.setup.asks:
            return self.vend(name)
        if self._allowed and self._now_s < self._allowed_until_s:
            return self.vend(name, authorised=True)
        self._press += 1
        self._pending = (self._press, name, self._now_s + WAIT_S)
        press: Fields = {"t": "press", "p": self._press, "sel": name, "wait": WAIT_S}
        self._post.put(press, self._now_s + WAIT_S)
        return "asked"

    def code(self, code: str) -> None:
        """Somebody types a code."""
        self._post.put({"t": "code", "code": code}, self._now_s + CODE_S)

    def vend(
        self, name: str, *, test: bool = False, command: int = 0, authorised: bool = False
    ) -> str:
        """The motor turns; how it ended."""
        how = self.world.turn_motor(name, test=test)
        slot = self.world.slot(name)
        if how in ("dropped", "assumed") and authorised and not command:
            self._allowed = max(0, self._allowed - 1)
        told: Fields = {"t": "vend", "sel": name, "how": how, "kind": "test" if test else "free"}
        told |= {"id": command, "auth": int(authorised)}
        self._post.put(told | {"d": slot.dispensed, "f": slot.failed, "x": slot.test})
        if how == "jam":
            self.event("jam", on=True, selection=name)
        self.tell_levels()
        return how

    def event(self, name: str, *, on: bool, selection: str = "", what: str = "") -> None:
        """A condition begins or ends."""
        told: Fields = {"t": "event", "name": name, "on": int(on)}
        told |= {"sel": selection} if selection else {}
        self._post.put(told | ({"what": what} if what else {}))

    def switch(self, name: str, *, on: bool) -> None:
        """One of the switches changes; an open door frees what is jammed."""
        if self.world.on[name] != on:
            self.world.on[name] = on
            self.event(name, on=on)

    def tell_levels(self) -> None:
        """The load cell of the first slot, and the distance in the second."""
        names = list(self.world.planogram)
        for name in names[:1]:
            self._post.put({"t": "load", "slots": [[name, self.world.load(name)]]})
        for name in names[1:2]:
            self._post.put({"t": "distance", "slots": [[name, self.world.distance_mm(name)]]})

    def _await_person(self) -> None:
        wait_s = self._people.wait_s()
        self._person_s = None if wait_s is None else self._now_s + wait_s

    def _speak(self) -> bytes:
        return self._post.take(self._now_s, spoilt=self.corrupt_checksums)

    def _stamp(self) -> Fields:
        return {"b": self._boot, "k": self.world.total(), "m": self._last}

    def _hear(self, message: Fields) -> None:
        kind, number = message.get("t"), message.get("id")
        if kind == "get":
            self._say_hello(new=False)
            self._tell_counters()
            self._tell_switches()
            self._report_s = self._now_s
        elif message.get("b") != self._boot:
            return
        elif kind == "ack":
            self._post.heard(message.get("n"))
        elif isinstance(number, int) and number > self._last:
            self._last = number
            why = self._obey(str(kind), message, number)
            self._answer = {"t": "done", "id": number, "ok": int(not why), "why": why}
            self._post.put(self._answer)
        elif number == self._last:
            self._post.put(self._answer)

    def _obey(self, kind: str, message: Fields, number: int) -> str:
        """Do it; why not, or nothing."""
        name = str(message.get("sel"))
        if kind in ("dispense", "tare") and name not in self.world.kept.slots:
            return "unknown-slot"
        if kind == "dispense":
            self.vend(name, command=number, authorised=True)
        elif kind == "tare":
            slot = self.world.slot(name)
            slot.tare += self.world.load(name)
            self.tell_levels()
        elif kind == "interval":
            self._every_s = float(str(message.get("s")))
        elif kind == "allow":
            self._allowed = int(str(message.get("items")))
            self._allowed_until_s = self._now_s + float(str(message.get("s")))
        elif kind == "answer":
            return self._answered(message)
        elif kind == "cancel":
            self._allowed, self._pending = 0, None
        else:
            return "unknown-command"
        return ""

    def _answered(self, message: Fields) -> str:
        pending, self._pending = self._pending, None
        if pending is None or pending[0] != message.get("p") or self._now_s >= pending[2]:
            return "nothing-pending"
        if message.get("ok") == 1:
            self.vend(pending[1], authorised=True)
        return ""

    def _say_hello(self, *, new: bool) -> None:
        told: Fields = {"t": "hello", "new": int(new), "v": 1, "id": "simulated-board"}
        told |= {"fw": "simulated", "line": token(self.world.kept.lineage), "why": "power"}
        asks = int(self.world.setup.asks)
        self._post.put(told | {"ask": asks, "slots": list(self.world.kept.slots)})

    def _tell_counters(self) -> None:
        rows = [[n, s.dispensed, s.failed, s.test] for n, s in self.world.kept.slots.items()]
        for start in range(0, max(1, len(rows)), PAGE):
            page: Fields = {"t": "counters", "from": start, "of": len(rows), "lost": 0}
            self._post.put(page | {"slots": rows[start : start + PAGE]})

    def _tell_switches(self) -> None:
        for name, on in self.world.on.items():
            self.event(name, on=on)

    def _tell_figures(self) -> None:
        world = self.world
        known = [[name, value] for name, value in world.celsius.items() if value is not None]
        told: Fields = {"t": "sensors", "temp": known, "hum": [["cabinet", world.humidity]]}
        self._post.put(told | {"supply": world.supply, "battery": world.battery})
        self.tell_levels()
