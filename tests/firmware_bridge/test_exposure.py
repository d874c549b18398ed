"""The exposure controller against detectors of any brightness."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.exposure import STEPS_MAX, ExposureFinder, ExposureGoal

TOP = 65535.0


def found(goal: ExposureGoal, start_us: int, light_per_us: float, floor: float) -> tuple[int, int]:
    """The time that a detector with this light is left with, and how many spectra it took."""
    finder, used_us, taken = ExposureFinder(goal, floor), start_us, 0
    while True:
        taken += 1
        peak = min(floor + light_per_us * used_us, goal.top)
        wanted_us = finder.next_us(used_us, peak)
        if wanted_us is None:
            return used_us, taken
        used_us = wanted_us


@given(
    light=st.floats(1e-4, 10),
    start_us=st.integers(10, 10_000_000),
    floor=st.floats(0, 3000),
)
def test_the_level_is_reached_wherever_it_can_be(light: float, start_us: int, floor: float) -> None:
    goal = ExposureGoal(0.8, TOP, 1, 10_000_000_000)
    used_us, taken = found(goal, start_us, light, floor)
    assert taken <= STEPS_MAX + 1
    exact_us = (0.8 * TOP - floor) / light
    if 0.1 < start_us / exact_us < 1e4:
        assert 0.8 * exact_us <= used_us <= 1.2 * exact_us + 1


@given(
    light=st.floats(0, 100),
    start=st.integers(1, 1000),
    limits=st.tuples(st.integers(1, 500), st.integers(0, 10_000)),
    step=st.sampled_from([1, 10, 1000]),
)
def test_the_time_stays_within_its_limits_and_the_search_ends(
    light: float, start: int, limits: tuple[int, int], step: int
) -> None:
    shortest_us, span = limits[0] * step, limits[1] * step
    goal = ExposureGoal(0.5, 1000.0, shortest_us, shortest_us + span, step)
    used_us, taken = found(goal, start * step, light, 0.0)
    assert taken <= STEPS_MAX + 1
    if taken > 1:
        assert shortest_us <= used_us <= shortest_us + span
        assert used_us % step == 0


def test_a_level_that_is_near_is_left_alone_so_that_a_dark_stays_good() -> None:
    goal = ExposureGoal(0.8, 1000.0, 1, 10**9)
    for peak in (700.0, 800.0, 900.0):
        assert ExposureFinder(goal).next_us(5000, peak) is None
    assert ExposureFinder(goal).next_us(5000, 600.0) == 6667
    assert ExposureFinder(goal).next_us(5000, 1000.0) == 1250
