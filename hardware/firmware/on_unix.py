"""The firmware without a Pico, on MicroPython's unix port: the same files, simulated hardware.

    micropython on_unix.py STATE FIFO FRAMING ACCESS

The line is stdin and stdout. Counters lie in the folder STATE. What happens to the hardware comes as
words over the FIFO (the `do_` methods below); what really fell is written, item by item, to
STATE/fell: the truth that the tests hold the counters against. Not needed on a Pico.
"""

import os
import select
import sys
import time

import config
import protocol
import surroundings

STATE, FIFO, FRAMING, ACCESS = sys.argv[1:5]

config.FRAMING, config.ACCESS = FRAMING, ACCESS
config.REPORT_S, config.WAIT_S = 5, 4
config.TURN_MS, config.DROP_WAIT_MS, config.HOME_LEAVE_MS = 200, 60, 30
config.MOVING_S = 0.6
protocol.RESEND_FIRST_MS, protocol.RESEND_MOST_MS = 150, 600
config.SLOTS = () if ACCESS == "sensors" else ("A1", "A2", "A3", "A4")
surroundings.LOOK_MS = 100
TURN_MS = 40

from app import App
from store import Store


class Board:
    """Motors that turn in 40 ms, and what else the words over the FIFO make of it."""

    id = "test-board"
    why = "power"

    def __init__(self):
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._fifo = open(FIFO, "r+b")
        self._fifo_poll = select.poll()
        self._fifo_poll.register(self._fifo, select.POLLIN)
        self._line = b""
        self._running = None
        self._has_fallen = False
        self._buttons, self._keys = [], []
        self._stuck, self._empty = set(), set()
        self._beam = False
        self._fell = False
        self._switches = {"door": False, "tamper": False, "mains-lost": False}
        self._celsius = [("cabinet", 21.5), ("outside", 4.25)]
        self._loads, self._distances = {0: 120000}, {1: 300}

    def ticks(self):
        return time.ticks_ms()

    def ticks_between(self, before, after):
        return time.ticks_diff(after, before)

    def rest(self):
        time.sleep_ms(1)

    def read(self):
        self._hear_the_world()
        data = b""
        while len(data) < 64:
            ready = self._poll.poll(0)
            if not ready:
                break
            byte = sys.stdin.buffer.read(1)
            if not byte:
                sys.exit(0)
            data += byte
        return data

    def write(self, data):
        sys.stdout.buffer.write(data)

    def motor(self, slot, on):
        self._running = (slot, self.ticks()) if on else None
        self._has_fallen = False

    def home(self, slot):
        if self._running is None or slot in self._stuck:
            return self._running is None
        ran = time.ticks_diff(self.ticks(), self._running[1])
        if ran > TURN_MS // 2 and not self._has_fallen and slot not in self._empty:
            self._has_fallen = True
            self._fall(slot)
        return ran > TURN_MS or ran < 10

    def _fall(self, slot):
        with open(STATE + "/fell", "a") as file:
            file.write("A%d\n" % (slot + 1))
        self._fell = True

    def drop(self):
        fell, self._fell = self._fell, False
        return fell or self._beam

    def switches(self):
        return self._switches

    def button(self):
        return self._buttons.pop(0) if self._buttons else None

    def key(self):
        return self._keys.pop(0) if self._keys else None

    def has_load(self, slot):
        return slot in self._loads

    def load(self, slot):
        return self._loads.get(slot)

    def has_distance(self, slot):
        return slot in self._distances

    def distance(self, slot):
        return self._distances[slot]

    def temperatures(self):
        return self._celsius

    def humidities(self):
        return [("cabinet", 41.0)]

    def volts(self):
        return 12.1, 3.9

    def _hear_the_world(self):
        while self._fifo_poll.poll(0):
            byte = self._fifo.read(1)
            if byte != b"\n":
                self._line += byte
                continue
            words, self._line = self._line.decode().split(), b""
            getattr(self, "do_" + words[0])(*words[1:])

    def do_press(self, slot):
        self._buttons.append(int(slot[1:]) - 1)

    def do_keys(self, keys):
        self._keys += list(keys)

    def do_switch(self, name, on):
        self._switches[name] = on == "1"

    def do_stuck(self, slot, on):
        (self._stuck.add if on == "1" else self._stuck.discard)(int(slot[1:]) - 1)

    def do_empty(self, slot, on):
        (self._empty.add if on == "1" else self._empty.discard)(int(slot[1:]) - 1)

    def do_beam(self, on):
        self._beam = on == "1"

    def do_load(self, slot, counts):
        self._loads[int(slot[1:]) - 1] = None if counts == "none" else int(counts)

    def do_distance(self, slot, far):
        self._distances[int(slot[1:]) - 1] = int(far)

    def do_cold(self, name):
        self._celsius = [(n, None if n == name else c) for n, c in self._celsius]


board = Board()
boot = "".join("%02x" % byte for byte in os.urandom(4))
app = App(board, Store(STATE, config.SLOTS, os.urandom(4)), config, boot)
while True:
    if not app.turn():
        sys.exit("the watchdog would bite")
    board.rest()
