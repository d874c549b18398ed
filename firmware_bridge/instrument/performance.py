"""One performance check of an instrument, and its history as a control chart. Pure.

Limits come from two sides: fixed ones (a band of polystyrene may not be more than 1 cm-1 off), and
the instrument's own past (Shewhart chart: three standard deviations, and a run of eight on one side
of the middle, Western Electric rule 4). A chart has limits once ten checks were good.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Quantity = Literal["peak-offset", "energy", "noise", "line"]

FEWEST = 10
SIGMAS = 3.0
RUN = 8
MOST_KEPT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceCheck:
    """What was measured with a standard on the instrument.

    Attributes:
        at_ms: when, ms since 1970 UTC.
        standard: "polystyrene", "silicon", ...
        peak_offset_cm1: how far the worst of the standard's bands lies from where it belongs.
        energy: counts of the open beam (or of the standard's highest band) at full scale, 0 to 1.
        noise: root mean square of the 100 % line, or of the signal between bands, over its height.
        line: largest departure of the 100 % line from 1.
    """

    at_ms: int
    standard: str
    peak_offset_cm1: float | None
    energy: float | None
    noise: float | None
    line: float | None

    def value(self, quantity: Quantity) -> float | None:
        """One of its figures."""
        return {
            "peak-offset": self.peak_offset_cm1,
            "energy": self.energy,
            "noise": self.noise,
            "line": self.line,
        }[quantity]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedLimits:
    """What no instrument may pass, whatever its past.

    Attributes:
        peak_offset_cm1: at most this far off, either way.
        least_energy: at least this part of full scale.
        most_noise: at most this.
        most_line: at most this.
    """

    peak_offset_cm1: float = 1.0
    least_energy: float = 0.2
    most_noise: float = 0.005
    most_line: float = 0.05


@dataclass(frozen=True, slots=True)
class Point:
    """One check on a chart."""

    at_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class ControlChart:
    """One quantity of one instrument over time.

    Attributes:
        quantity: which.
        points: oldest first.
        middle: mean of the good ones that the limits come from; None while there are too few.
        low: lower limit.
        high: upper limit.
        signals: what the newest point says: "" or a named reason.
    """

    quantity: Quantity
    points: tuple[Point, ...]
    middle: float | None
    low: float | None
    high: float | None
    signals: tuple[str, ...]


def chart(
    history: Sequence[PerformanceCheck], quantity: Quantity, limits: FixedLimits
) -> ControlChart:
    """The chart of one quantity.

    Args:
        history: all checks, oldest first.
        quantity: which.
        limits: what no instrument may pass.
    """
    told = [(one.at_ms, one.value(quantity)) for one in history[-MOST_KEPT:]]
    points = tuple(Point(at_ms, value) for at_ms, value in told if value is not None)
    past = [p.value for p in points[:-1] if not _breaks(quantity, p.value, limits)]
    middle = low = high = None
    if len(past) >= FEWEST:
        middle, spread = statistics.fmean(past), statistics.stdev(past)
        low, high = middle - SIGMAS * spread, middle + SIGMAS * spread
    return ControlChart(
        quantity, points, middle, low, high, tuple(_signals(quantity, points, limits, low, high))
    )


def _breaks(quantity: Quantity, value: float, limits: FixedLimits) -> bool:
    if quantity == "peak-offset":
        return abs(value) > limits.peak_offset_cm1
    if quantity == "energy":
        return value < limits.least_energy
    return value > (limits.most_noise if quantity == "noise" else limits.most_line)


def _signals(
    quantity: Quantity,
    points: Sequence[Point],
    limits: FixedLimits,
    low: float | None,
    high: float | None,
) -> list[str]:
    if not points:
        return []
    newest = points[-1].value
    found = ["fixed-limit"] if _breaks(quantity, newest, limits) else []
    if low is None or high is None:
        return found
    if not low <= newest <= high and _is_worse(quantity, newest, (low + high) / 2):
        found.append("outside-three-sigma")
    middle = (low + high) / 2
    last = [point.value for point in points[-RUN:]]
    worse = [_is_worse(quantity, value, middle) for value in last]
    if len(last) == RUN and all(worse):
        found.append("run-of-eight")
    return found


def _is_worse(quantity: Quantity, value: float, middle: float) -> bool:
    """Whether it lies on the side that matters; an axis may drift either way."""
    if quantity == "peak-offset":
        return abs(value) > abs(middle)
    return value < middle if quantity == "energy" else value > middle
