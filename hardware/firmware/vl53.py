"""VL53L0X: distance by time of flight, one shot at a time, as it comes from the factory.

Registers: 00 starts (SYSRANGE_START), 13 tells that a result is there (RESULT_INTERRUPT_STATUS),
1E is the distance (RESULT_RANGE_STATUS + 10), 0B clears. No tuning: good for about 3 cm to 1 m.
"""

ADDRESS = 0x29
MUX = 0x70
_OUT_OF_RANGE = 8190


class VL53:
    """One sensor behind one channel of a TCA9548A."""

    def __init__(self, i2c, channel):
        self._i2c = i2c
        self._channel = bytes((1 << channel,))
        self._started = False

    def read(self):
        """Millimetres of the shot before, and starts the next; None where there is none."""
        try:
            self._i2c.writeto(MUX, self._channel)
            return self._shot()
        except OSError:
            self._started = False
            return None

    def _shot(self):
        i2c, result = self._i2c, None
        if self._started and i2c.readfrom_mem(ADDRESS, 0x13, 1)[0] & 7:
            high, low = i2c.readfrom_mem(ADDRESS, 0x1E, 2)
            i2c.writeto_mem(ADDRESS, 0x0B, b"\x01")
            result = high << 8 | low
        i2c.writeto_mem(ADDRESS, 0x00, b"\x01")
        self._started = True
        return None if result is None or result >= _OUT_OF_RANGE else result
