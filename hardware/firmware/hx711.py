"""HX711: a load cell's 24 bit converter, read without waiting (Avia datasheet, gain 128)."""

from time import sleep_us


class HX711:
    """One converter; `clock` may be shared by several."""

    def __init__(self, clock, data):
        self._clock = clock
        self._data = data
        self._last = None
        self._missed = 0
        clock.value(0)

    def read(self):
        """Counts, signed; what was read last while nothing new is ready; None when it is dead."""
        if self._data.value():
            self._missed += 1
            return self._last if self._missed < 10 else None
        self._missed = 0
        value = 0
        for _bit in range(24):
            self._clock.value(1)
            sleep_us(1)
            value = value << 1 | self._data.value()
            self._clock.value(0)
        self._clock.value(1)  # the 25th: gain 128 next time
        self._clock.value(0)
        self._last = value - (1 << 24) if value & 1 << 23 else value
        return self._last
