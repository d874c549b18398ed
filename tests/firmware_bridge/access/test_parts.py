"""The parts of the gate: certain time, the brake on guessing, hours, counts by the hour."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_bridge.access import throttle as throttle_module
from firmware_bridge.access.elapsed import Elapsed
from firmware_bridge.access.hours import is_open
from firmware_bridge.access.ledger import Ledger
from firmware_bridge.access.tally import HOUR_MS, Tally
from firmware_bridge.access.throttle import FADE_S, LONGEST_PAUSE_S, Throttle
from firmware_bridge.contract.access import OpenHours
from firmware_bridge.contract.access_codes import MOST_GUESSES_A_DAY
from tests.firmware_bridge.access.builders import START_MS, policy

DAY_S = 86_400


def tries(waits_s: list[float]) -> list[float]:
    """When somebody who waits so long after each pause gets to try a wrong code, in seconds."""
    brake, now_ms, tried = Throttle(), 0, list[float]()
    for wait_s in waits_s:
        now_ms = max(now_ms + round(wait_s * 1000), brake.until_ms)
        assert not brake.is_paused(now_ms)
        brake.wrong(now_ms)
        tried.append(now_ms / 1000)
    return tried


@settings(deadline=None)
@given(st.lists(st.one_of(st.just(0.0), st.floats(0, 400)), max_size=30))
def test_no_pause_is_longer_than_some_minutes_and_a_few_slips_cost_nothing(
    waits_s: list[float],
) -> None:
    brake, now_ms = Throttle(), 0
    for number, wait_s in enumerate(waits_s):
        now_ms += round(wait_s * 1000)
        brake.wrong(now_ms)
        assert brake.until_ms <= now_ms + LONGEST_PAUSE_S * 1000
        assert number >= throttle_module.FREE_TRIES or not brake.is_paused(now_ms)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([0.0, 0.1, 1.0, 10.0, 60.0, 179.0, 180.0, 181.0]), min_size=1))
@example([0.0])
@example([180.0])
def test_however_it_is_paced_a_day_of_guessing_has_no_more_than_so_many_tries(
    pattern: list[float],
) -> None:
    waits_s = (pattern * (MOST_GUESSES_A_DAY + 60))[: MOST_GUESSES_A_DAY + 60]
    tried = tries(waits_s)
    within_a_day = [at_s for at_s in tried if at_s - tried[0] < DAY_S]
    assert len(within_a_day) <= MOST_GUESSES_A_DAY


def test_the_strain_is_gone_after_a_quiet_time_and_a_restart_does_not_end_a_pause() -> None:
    brake = Throttle()
    for _ in range(9):
        brake.wrong(1000)
    assert brake.is_paused(2000)
    assert Throttle.recalled(brake.remember()) == brake
    brake.wrong(1000 + 20 * FADE_S * 1000)
    assert not brake.is_paused(1001 + 20 * FADE_S * 1000)
    assert Throttle.recalled({"a": 1}) == Throttle()
    assert Throttle.recalled([9.0, 0, 10**15]).until_ms <= LONGEST_PAUSE_S * 1000


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.booleans(), st.integers(0, 10**7)), max_size=30)
)
def test_time_that_certainly_passed_is_never_more_than_passed(
    walk: list[tuple[int, bool, int]],
) -> None:
    """Each step: so long it runs, is it restarted, so long it is then off."""
    true_ms = boot_ms = running_ms = 0
    time = Elapsed()
    time.advance(0)
    for runs_ms, restarted, off_ms in walk:
        true_ms += runs_ms
        running_ms += runs_ms
        assert time.advance(true_ms - boot_ms) == running_ms <= true_ms
        if restarted:
            true_ms += off_ms
            boot_ms = true_ms
            time = Elapsed.recalled(time.remember())
            time.advance(0)


def test_a_time_that_runs_back_or_is_damaged_counts_nothing() -> None:
    time = Elapsed()
    assert [time.advance(at_ms) for at_ms in (5000, 3000, 4000, 6000)] == [0, 0, 0, 1000]
    rubbish: list[object] = [None, [], "x", -5, {}]
    for damaged in rubbish:
        assert Elapsed.recalled(damaged).now_ms == 0


def ms_at(text: str, zone: str = "America/Toronto") -> int:
    when = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))
    return round(when.timestamp() * 1000)


def test_hours_are_those_of_the_place_over_midnight_and_over_the_change_of_clocks() -> None:
    night = tuple(OpenHours(weekday=day, from_min=1020, to_min=1980) for day in range(1, 6))
    here = policy(hours=night, timezone="America/Toronto")
    opened = {
        "2026-11-20 16:59": False,
        "2026-11-20 17:00": True,
        "2026-11-21 08:59": True,  # Saturday, still Friday's night
        "2026-11-21 09:00": False,
        "2026-11-21 17:00": False,
        "2026-11-23 03:00": False,  # Sunday's night is none
        "2026-03-09 17:30": True,  # the day after clocks went forward
        "2026-03-10 08:59": True,
    }
    assert {text: is_open(here, ms_at(text)) for text in opened} == opened


def test_no_hours_and_a_zone_that_is_not_known_close_nothing() -> None:
    hours = (OpenHours(weekday=1, from_min=0, to_min=1),)
    assert is_open(policy(hours=()), START_MS)
    assert is_open(policy(hours=hours, timezone="Nowhere/Town"), START_MS)
    assert not is_open(policy(hours=hours), START_MS)


def test_an_hour_is_told_once_when_it_is_over_also_after_a_restart() -> None:
    tally = Tally()
    tally.grant("issued", START_MS + 5)
    tally.item("issued", START_MS + 6)
    tally.refuse("quota", "issued", START_MS + 7)
    assert tally.told("issued", START_MS + HOUR_MS - 1) == []
    tally = Tally.recalled(tally.remember())
    (told,) = tally.told("issued", START_MS + HOUR_MS)
    assert (told.from_ms, told.period_s, told.mode) == (START_MS, 3600, "issued")
    assert (told.granted, told.items) == (1, 1)
    assert [(each.reason, each.count) for each in told.refused] == [("quota", 1)]
    assert tally.told("issued", START_MS + 2 * HOUR_MS) == []
    for damaged in (None, [[1]], [5], "x"):
        assert Tally.recalled(damaged).told(None, START_MS) == []


def test_a_new_mode_begins_a_count_of_its_own() -> None:
    tally = Tally()
    tally.grant("open", START_MS)
    assert [each.mode for each in tally.told("issued", START_MS)] == ["open"]


def test_a_ledger_forgets_codes_that_are_gone_and_times_that_no_quota_needs() -> None:
    ledger = Ledger()
    for code in ("a", "b"):
        ledger.use(code)
        ledger.take(code, 2, 0, 3600)
    ledger.keep_only(["a"])
    assert (ledger.uses("a"), ledger.uses("b"), ledger.taken("b", 0, 3600)) == (1, 0, 0)
    assert Ledger.recalled(ledger.remember()) == ledger
    ledger.forget_times()
    assert (ledger.uses("a"), ledger.taken("a", 0, 3600)) == (1, 0)
    rubbish: list[object] = [None, [], {"a": 3}, {"a": [1, [["x"]]]}]
    for damaged in rubbish:
        assert Ledger.recalled(damaged) == Ledger()


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), max_size=60), st.integers(60, 10**6))
def test_a_ledger_counts_at_least_what_was_taken_in_the_period_in_few_rows(
    waits_s: list[int], period_s: int
) -> None:
    ledger, now_ms, taken = Ledger(), 0, list[int]()
    for wait_s in waits_s:
        now_ms += wait_s * 1000
        truly = sum(at_ms > now_ms - period_s * 1000 for at_ms in taken)
        assert ledger.taken("a", now_ms, period_s) >= truly
        ledger.take("a", 1, now_ms, period_s)
        taken.append(now_ms)
    rows = ledger.remember().get("a", [0, []])
    assert isinstance(rows, list)
    assert len(rows[1]) <= 27
