"""The pins of a Raspberry Pi Pico. The only file that knows them; README.md has the drawing.

Motors hang on a chain of 74HC595 (through drivers), home switches and buttons on a chain of
74HC165, both three wires however many slots there are. /OE of the 74HC595 is pulled up, so that
motors are off while the Pico starts or is broken.
"""

import select
import sys
import time
from binascii import hexlify

import machine
import micropython
from machine import ADC, I2C, UART, Pin

OUT_DATA, OUT_CLOCK, OUT_LATCH, OUT_OFF = 2, 3, 4, 5
IN_DATA, IN_CLOCK, IN_LOAD = 6, 7, 8
DROP, PROBE_WIRE = 9, 10
SWITCH_PINS = {"door": 11, "tamper": 12, "tilt": 13, "mains-lost": 14}
LOAD_CLOCK = 15
SDA, SCL = 20, 21
SUPPLY, BATTERY = 26, 27
KEYPAD = 0x20  # PCF8574: rows on P0 to P3, columns on P4 to P7
SHT = 0x44
KEYS = ("123A", "456B", "789C", "*0#D")
WATCHDOG_MS = 8000  # the RP2040 can't do more than 8388
KEY_EVERY_MS = 20
CONVERT_MS = 800

_CAUSES = {machine.PWRON_RESET: "power", machine.WDT_RESET: "watchdog"}


def watchdog():
    """The hardware watchdog; from now on it must be fed."""
    return machine.WDT(timeout=WATCHDOG_MS)


class Board:
    """The hardware as app.py wants it."""

    def __init__(self, config):
        self._off = Pin(OUT_OFF, Pin.OUT, value=1)
        self._config = config
        self._slots = len(config.SLOTS)
        self._out = [Pin(each, Pin.OUT, value=0) for each in (OUT_DATA, OUT_CLOCK, OUT_LATCH)]
        self._in = (Pin(IN_DATA, Pin.IN), Pin(IN_CLOCK, Pin.OUT), Pin(IN_LOAD, Pin.OUT, value=1))
        self._shift_out(None)
        self._off.value(0)
        self._drop = Pin(DROP, Pin.IN, Pin.PULL_UP)
        self._fell = False
        self._drop.irq(self._has_fallen, Pin.IRQ_FALLING)
        self._switches = [(n, Pin(SWITCH_PINS[n], Pin.IN, Pin.PULL_UP)) for n in config.SWITCHES]
        self._inputs, self._inputs_at = 0, None
        self._held = self._held_key = None
        self._key_at = 0
        self.id = "pico-" + hexlify(machine.unique_id()).decode()
        self.why = _CAUSES.get(machine.reset_cause(), "reset")
        self._open_line(config.LINK)
        self._fit_sensors(config)

    def _open_line(self, link):
        self._uart = UART(0, 115200, rxbuf=1024, txbuf=2048) if link == "uart" else None
        if self._uart is None:
            micropython.kbd_intr(-1)  # a byte 03 in a frame is no Ctrl-C
            self._poll = select.poll()
            self._poll.register(sys.stdin, select.POLLIN)

    def _fit_sensors(self, config):
        from hx711 import HX711
        from vl53 import VL53

        clock = Pin(LOAD_CLOCK, Pin.OUT, value=0)
        names = list(config.SLOTS)
        self._loads = {
            names.index(slot): HX711(clock, Pin(pin, Pin.IN))
            for slot, pin in config.LOAD_CELLS.items()
        }
        self._i2c = I2C(0, sda=Pin(SDA), scl=Pin(SCL), freq=100_000, timeout=20_000)
        self._distances = {
            names.index(slot): VL53(self._i2c, channel)
            for slot, channel in config.DISTANCES.items()
        }
        self._find_probes(config.PROBES)

    def _find_probes(self, names):
        self._probes, self._roms, self._converting = None, [], None
        if names:
            import ds18x20
            import onewire

            self._probes = ds18x20.DS18X20(onewire.OneWire(Pin(PROBE_WIRE)))
            self._scan()

    def _scan(self):
        try:
            self._roms = sorted(bytes(rom) for rom in self._probes.scan())
        except Exception:  # the wire is open or shorted
            self._roms = []

    # ---- time and line

    def ticks(self):
        return time.ticks_ms()

    def ticks_between(self, before, after):
        return time.ticks_diff(after, before)

    def rest(self):
        time.sleep_ms(1)

    def read(self):
        """What has arrived, at most 64 bytes."""
        if self._uart is not None:
            return self._uart.read(64) if self._uart.any() else b""
        data = b""
        while len(data) < 64 and self._poll.poll(0):
            data += sys.stdin.buffer.read(1)
        return data

    def write(self, data):
        (sys.stdout.buffer if self._uart is None else self._uart).write(data)

    # ---- motors, switches, buttons, keypad

    def motor(self, slot, on):
        self._shift_out(slot if on else None)

    def all_off(self):
        """Every output off, whatever the chain holds."""
        self._off.value(1)

    def home(self, slot):
        """Home switches are the first inputs of the chain, closed (low) at home."""
        if not self._config.HOME_SWITCHES:
            return None
        return not self._shift_in() >> slot & 1

    def drop(self):
        """The receiver of the light curtain pulls low while the beam is broken, however shortly."""
        if not self._config.DROP_SENSOR:
            return None
        fell, self._fell = self._fell, False
        return fell or not self._drop.value()

    def _has_fallen(self, _pin):
        self._fell = True

    def switches(self):
        """Every switch closes to ground in peace: high (open, or a cut wire) is the alarm."""
        return {name: bool(pin.value()) for name, pin in self._switches}

    def button(self):
        """A slot whose button has just gone down; buttons come after the home switches."""
        pressed = ~self._shift_in() >> (self._slots if self._config.HOME_SWITCHES else 0)
        down = None
        for slot in range(self._slots):
            if pressed >> slot & 1:
                down = slot
                break
        before, self._held = self._held, down
        return down if down != before else None

    def key(self):
        """A key that has just gone down."""
        if not self._config.KEYPAD or time.ticks_diff(self.ticks(), self._key_at) < KEY_EVERY_MS:
            return None
        self._key_at = self.ticks()
        before, self._held_key = self._held_key, self._scan_keys()
        return self._held_key if self._held_key != before else None

    def _scan_keys(self):
        try:
            for row in range(4):
                self._i2c.writeto(KEYPAD, bytes((0xFF & ~(1 << row),)))
                columns = ~self._i2c.readfrom(KEYPAD, 1)[0] >> 4 & 15
                for column in range(4):
                    if columns >> column & 1:
                        return KEYS[row][column]
        except OSError:
            pass
        return None

    def _shift_out(self, slot):
        """One output on, or none; the last bit of the chain goes first."""
        data, clock, latch = self._out
        for place in range(-(-self._slots // 8) * 8 - 1, -1, -1):
            data.value(place == slot)
            clock.value(1)
            clock.value(0)
        latch.value(1)
        latch.value(0)

    def _shift_in(self):
        """All inputs, read at most once a millisecond."""
        now = self.ticks()
        if now == self._inputs_at:
            return self._inputs
        data, clock, load = self._in
        load.value(0)
        load.value(1)
        count = self._slots * (2 if self._config.HOME_SWITCHES else 1)
        bits = 0
        for place in range(count):
            bits |= data.value() << place
            clock.value(1)
            clock.value(0)
        self._inputs, self._inputs_at = bits, now
        return bits

    # ---- sensors

    def has_load(self, slot):
        return slot in self._loads

    def load(self, slot):
        return self._loads[slot].read() if slot in self._loads else None

    def has_distance(self, slot):
        return slot in self._distances

    def distance(self, slot):
        return self._distances[slot].read()

    def temperatures(self):
        """Of the conversion before; the next is started."""
        if self._probes is None:
            return []
        ready = self._converting is not None
        ready = ready and time.ticks_diff(self.ticks(), self._converting) >= CONVERT_MS
        values = [self._probe(place) if ready else None for place in range(len(self._config.PROBES))]
        if len(self._roms) < len(values):
            self._scan()
        try:
            self._probes.convert_temp()
            self._converting = self.ticks()
        except Exception:  # no probe answers
            self._converting = None
        return list(zip(self._config.PROBES, values)) if ready or not self._roms else []

    def _probe(self, place):
        if place >= len(self._roms):
            return None
        try:
            value = self._probes.read_temp(self._roms[place])
        except Exception:  # its checksum is wrong, or it is gone
            return None
        return None if value == 85.0 else value  # what it shows before any conversion

    def humidities(self):
        """SHT3x, single shot without clock stretching; the reading before."""
        if not self._config.HUMIDITY:
            return []
        value = None
        try:
            data = self._i2c.readfrom(SHT, 6)
            value = 100 * (data[3] << 8 | data[4]) / 65535
        except OSError:
            pass
        try:
            self._i2c.writeto(SHT, b"\x24\x00")
        except OSError:
            pass
        return [(self._config.HUMIDITY[0], value)]

    def volts(self):
        """Supply and battery; None where nothing is wired."""
        return (
            self._volts(SUPPLY, self._config.SUPPLY_RATIO),
            self._volts(BATTERY, self._config.BATTERY_RATIO),
        )

    def _volts(self, pin, ratio):
        return ADC(pin).read_u16() * 3.3 / 65535 * ratio if ratio else None
