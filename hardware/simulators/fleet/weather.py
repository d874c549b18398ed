"""The temperature in a machine: the season, the hour, the weather, and a cooling that can fail."""

import math
import random
from datetime import date, timedelta

from hardware.simulators.fleet.town import Climate


class Cabinet:
    """The air in one machine, hour by hour.

    Args:
        climate: where it stands.
        rng: chance.
    """

    def __init__(self, climate: Climate, rng: random.Random) -> None:
        self._climate, self._rng = climate, rng
        self._weather_c = rng.gauss(0, 3)
        self._cooling_fails_until = -1
        self._sunny_c = rng.uniform(0, 6)

    def day(self, first_day: date, day: int, minutes: int) -> list[float | None]:
        """Degrees Celsius, one each `minutes`; None where the probe gave nothing."""
        when = first_day + timedelta(days=day)
        self._weather_c = 0.8 * self._weather_c + self._rng.gauss(0, 2.2)
        if self._rng.random() < 1 / 150:
            self._cooling_fails_until = day + self._rng.randint(1, 4)
        return [self._at(when, day, minute / 60) for minute in range(0, 1440, minutes)]

    def _at(self, when: date, day: int, hour: float) -> float | None:
        if self._rng.random() < 0.003:
            return None
        yearly = -math.cos(2 * math.pi * (when.timetuple().tm_yday - 20) / 365)
        daily = -math.cos(2 * math.pi * (hour - 3) / 24)
        outside = 11 + 13 * yearly + 5 * daily + self._weather_c
        if self._climate == "indoors":
            celsius = 21.5 + 0.08 * (outside - 15)
        elif day <= self._cooling_fails_until:
            celsius = outside + max(0.0, daily) * (4 + self._sunny_c)
        else:
            celsius = min(30.0, max(7.0, outside + 3 + max(0.0, daily) * self._sunny_c))
        return round(celsius + self._rng.gauss(0, 0.3), 1)
