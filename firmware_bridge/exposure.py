"""How long to expose: a pure controller that brings the brightest pixel to a wanted level.

It scales the integration time by the light that was seen above the dark level, halves and more
where the detector is saturated (how far above the top it was is not known), and stops where the
level is near enough, where nothing more can be gained, or after a few steps. Levels are parts of
the largest count of one scan.
"""

from dataclasses import dataclass

STEPS_MAX = 8
NEAR = 0.15
"""A level within this part of the wanted one is left alone, so that a dark stays usable."""
GROWTH_MAX = 16.0
SATURATED_CUT = 0.25


@dataclass(frozen=True, slots=True)
class ExposureGoal:
    """What is wanted, and what the instrument can do.

    Attributes:
        target: the wanted level of the brightest pixel, a part of `top`, such as 0.8.
        top: the count at which one scan is saturated.
        shortest_us: the shortest integration time, microseconds.
        longest_us: the longest one that is wanted, microseconds.
        step_us: the grain of the integration time, microseconds.
    """

    target: float
    top: float
    shortest_us: int
    longest_us: int
    step_us: int = 1


class ExposureFinder:
    """Finds the integration time over a few spectra of the same scene.

    Args:
        goal: what is wanted.
        floor: the count of a pixel that sees no light, as far as it is known (0 if not).
    """

    def __init__(self, goal: ExposureGoal, floor: float = 0.0) -> None:
        self._goal = goal
        self._floor = floor
        self._steps = 0

    def next_us(self, used_us: int, peak: float) -> int | None:
        """The integration time to try next; None where the spectrum just taken is to be kept.

        Args:
            used_us: the integration time it was taken with.
            peak: the brightest pixel's count of one scan.
        """
        self._steps += 1
        wanted_us = self._fitted(used_us * self._factor(peak))
        done = self._is_near(peak) or wanted_us == used_us or self._steps > STEPS_MAX
        return None if done else wanted_us

    def _is_near(self, peak: float) -> bool:
        goal = self._goal
        level = (peak - self._floor) / (goal.target * goal.top - self._floor)
        return peak < goal.top and abs(level - 1.0) <= NEAR

    def _factor(self, peak: float) -> float:
        goal = self._goal
        if peak >= goal.top:
            return SATURATED_CUT
        light = max(peak - self._floor, 1.0)
        return min((goal.target * goal.top - self._floor) / light, GROWTH_MAX)

    def _fitted(self, time_us: float) -> int:
        goal = self._goal
        steps = round(time_us / goal.step_us)
        return min(max(steps * goal.step_us, goal.shortest_us), goal.longest_us)
