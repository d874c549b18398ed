"""What is played: how many machines, how long, from when, how often they are read."""

from dataclasses import dataclass
from datetime import date

from hardware.errors import SimulatorError

DAYS_A_MONTH = 30.4375
FIRST_DAY = date(2026, 1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSetup:
    """A fleet to play.

    Attributes:
        machines: how many.
        months: how long, months of 30.4 days.
        seed: the same seed, the same town and the same chance.
        first_day: the first day. The town's clock is UTC.
        read_min: minutes between two readings of a machine's counters; divides a day.
        temperature_min: minutes between two temperatures; divides a day.
        late_share: share of the machines that are put up only after a third of the time.

    Raises:
        SimulatorError: a number is out of range; the message says which.
    """

    machines: int = 40
    months: float = 6
    seed: int = 1
    first_day: date = FIRST_DAY
    read_min: int = 30
    temperature_min: int = 60
    late_share: float = 0.15

    def __post_init__(self) -> None:
        wanted = {
            "machines": 1 <= self.machines <= 2000,
            "months": 0 < self.months <= 60,
            "read_min": self.read_min > 0 and 1440 % self.read_min == 0,
            "temperature_min": self.temperature_min > 0 and 1440 % self.temperature_min == 0,
            "late_share": 0 <= self.late_share <= 1,
        }
        for name, fits in wanted.items():
            if not fits:
                raise SimulatorError(f"{name} can't be {getattr(self, name)}: see the help")

    @property
    def days(self) -> int:
        """How many days are played."""
        return max(1, round(self.months * DAYS_A_MONTH))
