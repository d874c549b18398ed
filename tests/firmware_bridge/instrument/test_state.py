"""What stands in the way of believing an instrument: each by its name, none without cause."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.instrument.performance import (
    FEWEST,
    RUN,
    FixedLimits,
    PerformanceCheck,
    chart,
)
from firmware_bridge.instrument.state import HOUR_MS, Log, Rules, state

NOW = 1_795_000_000_000
RULES = Rules()


def check(at_ms: int = NOW, **figures: float | None) -> PerformanceCheck:
    plain: dict[str, float | None] = {
        "peak_offset_cm1": 0.1,
        "energy": 0.6,
        "noise": 0.001,
        "line": 0.01,
    }
    return PerformanceCheck(at_ms=at_ms, standard="polystyrene", **(plain | figures))


GOOD = Log(
    needs_background=True,
    on_since_ms=NOW - HOUR_MS,
    background_ms=NOW - 60_000,
    checks=(check(NOW - HOUR_MS),),
)


def names(log: Log, now_ms: int = NOW) -> list[str]:
    return [block.name for block in state(log, RULES, now_ms).blocks]


def test_an_instrument_that_is_looked_after_has_nothing_in_its_way() -> None:
    assert names(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"checks": ()}, "performance-check-missing"),
        ({"checks": (check(NOW - 169 * HOUR_MS),)}, "performance-check-overdue"),
        ({"moved_ms": NOW - 1000}, "performance-check-overdue"),
        ({"checks": (check(NOW, peak_offset_cm1=-1.5),)}, "performance-peak-offset"),
        ({"checks": (check(NOW, energy=0.1),)}, "performance-energy"),
        ({"checks": (check(NOW, noise=0.02),)}, "performance-noise"),
        ({"checks": (check(NOW, line=0.2),)}, "performance-line"),
        ({"on_since_ms": NOW - 60_000}, "warm-up"),
        ({"background_ms": None}, "background-old"),
        ({"background_ms": NOW - 901_000}, "background-old"),
        ({"background_ms": NOW + 1000}, "background-old"),
        ({"needs_dark": True}, "dark-old"),
        ({"last_strong_ms": NOW - 1000}, "blank-missing"),
        (
            {"last_strong_ms": NOW - 1000, "blank_ms": NOW - 500, "blank_share": 0.1},
            "carry-over",
        ),
    ],
)
def test_each_fault_has_its_name(changes: dict[str, object], name: str) -> None:
    assert names(replace(GOOD, **changes)) == [name]  # type: ignore[arg-type]  # fields of Log


def test_a_clean_blank_after_a_strong_sample_is_enough() -> None:
    log = replace(GOOD, last_strong_ms=NOW - 1000, blank_ms=NOW - 500, blank_share=0.01)
    assert names(log) == []


def test_an_instrument_without_background_needs_none() -> None:
    assert names(replace(GOOD, needs_background=False, background_ms=None)) == []


def test_what_breaks_a_fixed_limit_can_be_set_aside_by_nobody() -> None:
    (block,) = state(replace(GOOD, checks=(check(NOW, energy=0.1),)), RULES, NOW).blocks
    assert block.override == "nobody"


def steady(count: int, energy: float = 0.6) -> list[PerformanceCheck]:
    return [check(NOW + k, energy=energy + 0.001 * (-1) ** k) for k in range(count)]


def test_a_chart_has_limits_from_its_own_past() -> None:
    few = chart(steady(FEWEST), "energy", FixedLimits())
    assert few.middle is None
    enough = chart([*steady(FEWEST), check(NOW + 99, energy=0.55)], "energy", FixedLimits())
    assert enough.signals == ("outside-three-sigma",)
    assert (
        chart([*steady(FEWEST), check(NOW + 99, energy=0.65)], "energy", FixedLimits()).signals
        == ()
    )


def test_a_slow_drift_is_seen_before_it_is_far() -> None:
    drifting = [check(NOW + 100 + k, energy=0.5985) for k in range(RUN)]
    assert "run-of-eight" in chart([*steady(20), *drifting], "energy", FixedLimits()).signals


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=40))
def test_any_history_has_a_chart(values: list[float | None]) -> None:
    history = [check(NOW + k, peak_offset_cm1=value) for k, value in enumerate(values)]
    made = chart(history, "peak-offset", FixedLimits())
    assert len(made.points) == sum(value is not None for value in values)
    if made.points and abs(made.points[-1].value) > 1:
        assert "fixed-limit" in made.signals
