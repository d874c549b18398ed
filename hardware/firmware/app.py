"""What the board does, one turn of its loop at a time. It waits for nothing and touches no pin.

`board` is the hardware (board_pico.py; a simulated one in the tests). Its methods are called here
and nowhere else, but for the motor pins, which belong to motors.py.
"""

import motors
import people
import store as stores
import surroundings
from commands import Commands
from protocol import Outbox, Reader

VERSION = "1.0"


class App:
    """The board: vends, people, sensors, the line."""

    def __init__(self, board, store, config, boot):
        self.board, self.store, self.config = board, store, config
        self.boot = boot
        self.now = 0
        self._ticks = board.ticks()
        self.out = Outbox(self._stamp, config.FRAMING == "cobs")
        self._reader = Reader()
        self.dispenser = motors.Dispenser(board, config)
        self.commands = Commands(self)
        self.people = people.People(self)
        self.senses = surroundings.Senses(self)
        self.jammed = set()
        self.running = None  # what the vend under way is: index, kind, command, authorised
        self._store_ok = True
        self._say_hello(True)

    def turn(self):
        """One turn; True while everything is as it should be: only then may the watchdog be fed."""
        ticks = self.board.ticks()
        self.now += self.board.ticks_between(self._ticks, ticks)
        self._ticks = ticks
        data = self.board.read()
        if data:
            for message, checked in self._reader.feed(data):
                self.commands.take(message, checked)
        self._vending()
        self.people.look()
        self.senses.look()
        if not self.dispenser.is_turning():  # a line that nobody reads can hold up a write
            sent = self.out.to_send(self.now)
            if sent is not None:
                self.board.write(sent)
        return not self.dispenser.is_overdue(self.now)

    def name(self, index):
        """What stands on the front of a slot."""
        return self.store.slots[index].name

    def index(self, name):
        """The slot of that name; None where there is none."""
        for index, slot in enumerate(self.store.slots):
            if slot.name == name:
                return index
        return None

    def vend(self, index, kind, command=0, authorised=False):
        """Begin a vend; "" or why not: "busy", "jam", "store"."""
        if self.running is not None:
            return "busy"
        if index in self.jammed:
            return "jam"
        if not self._written(self.store.begin, index, kind):
            return "store"
        self.running = (index, kind, command, authorised)
        self.dispenser.start(index, self.now)
        return ""

    def tare(self, index, counts):
        """The load cell of this slot shows nothing now; False where that can't be kept."""
        return self._written(self.store.tare, index, counts)

    def tell_all(self):
        """Everything anew: who we are, what is counted, what stands."""
        self._say_hello(False)
        self.tell_counters()
        self.senses.tell_states()

    def tell_counters(self):
        """All counters, in pages."""
        slots = self.store.slots
        for start in range(0, max(1, len(slots)), surroundings.PAGE):
            page = {
                "t": "counters",
                "from": start,
                "of": len(slots),
                "lost": self.out.lost,
                "slots": [
                    [s.name, s.dispensed, s.failed, s.test] for s in slots[start : start + surroundings.PAGE]
                ],
            }
            self.out.put(page, ("counters", start))

    def event(self, name, on, slot=None, what=None, again=False):
        """A condition begins or ends; `again`: it is only told anew how it stands."""
        message = {"t": "event", "name": name, "on": int(on)}
        if slot is not None:
            message["sel"] = self.name(slot)
        if what is not None:
            message["what"] = what
        self.out.put(message, ("event", name, slot, what) if again else None)

    def free_jams(self):
        """The door was opened: whoever did that frees what is jammed."""
        for index in sorted(self.jammed):
            self.event("jam", False, index)
        self.jammed = set()

    def _vending(self):
        outcome = self.dispenser.poll(self.now)
        if outcome is None:
            return
        index, kind, command, authorised = self.running
        self.running = None
        gone = outcome in (motors.DROPPED, motors.ASSUMED) or self.dispenser.fell
        self._written(self.store.finish, gone)
        how = motors.DROPPED if gone and outcome == motors.JAM else outcome
        self._tell_vend(index, kind, how, command, authorised)
        if gone and authorised and not command:
            self.people.took_one()
        self.senses.drop_fault(self.dispenser.drop_fault)
        if outcome == motors.JAM:
            self.jammed.add(index)
            self.event("jam", True, index)

    def _tell_vend(self, index, kind, outcome, command, authorised):
        slot = self.store.slots[index]
        self.out.put({
            "t": "vend",
            "sel": slot.name,
            "how": outcome,
            "kind": "test" if kind == stores.TEST else "free",
            "id": command,
            "auth": int(authorised),
            "d": slot.dispensed,
            "f": slot.failed,
            "x": slot.test,
        })

    def _say_hello(self, new):
        self.out.put({
            "t": "hello",
            "new": int(new),
            "v": 1,
            "id": self.board.id,
            "fw": VERSION,
            "line": self.store.lineage,
            "why": self.board.why,
            "ask": int(self.config.ACCESS == "ask"),
            "slots": [slot.name for slot in self.store.slots],
        }, None if new else "hello")
        if not new:
            return
        self.tell_counters()
        if self.store.assumed is not None:
            index, kind = self.store.assumed
            self._tell_vend(index, kind, "assumed", 0, False)
        if self.store.was_damaged:
            self.event("store", True)

    def _stamp(self, number):
        """What every message carries."""
        return {
            "n": number,
            "b": self.boot,
            "k": self.store.total(),
            "m": self.commands.last,
        }

    def _written(self, write, *what):
        """Whether the store took it; its trouble is told when it begins and ends."""
        try:
            write(*what)
        except OSError:
            if self._store_ok:
                self._store_ok = False
                self.event("store", True)
            return False
        if not self._store_ok:
            self._store_ok = True
            self.event("store", False)
        return True
