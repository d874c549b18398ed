"""Which instruments want their check, in which words, and when the alert comes and goes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract.instrument import InstrumentTold
from hub.instruments import FUTURE_MS, GONE_MS, HOUR_MS, Care, believed_ms, care_of, troubles
from hub.rules.base import Condition
from hub.rules.facts import Facts, InstrumentFact
from hub.rules.instrument_check import RULE, judge
from hub.rules.settings import RuleSettings
from tests.contract.samples import BODIES
from tests.hub.rules.builders import NOW_MS, bridge, device

WEEK_MS = 168 * HOUR_MS
GOOD = Care(
    serial="S1",
    told_ms=NOW_MS - 60_000,
    received_ms=NOW_MS - 60_000,
    every_h=168.0,
    told_check_ms=1,
    checked_ms=NOW_MS - HOUR_MS,
    failed=(),
    was_moved=False,
    moved_ms=None,
    background_ms=None,
    sees_backgrounds=True,
)


def judged(**changes: object) -> list[Condition]:
    """What is told of this instrument; `state` and `heard_s` are of its bridge."""
    state, heard_s = str(changes.pop("state", "online")), changes.pop("heard_s", 10.0)
    assert isinstance(heard_s, float)
    care = replace(GOOD, **changes)  # type: ignore[arg-type]  # fields of Care
    of = device(device="ftir-1", kind="spectrometer", of=bridge(state=state, heard_s=heard_s))
    facts = Facts(instruments=(InstrumentFact(device=of, care=care),))
    return list(judge(facts, RuleSettings(), NOW_MS))


def test_an_instrument_that_is_looked_after_raises_nothing() -> None:
    assert judged() == []
    assert judged(checked_ms=NOW_MS - WEEK_MS) == []


@pytest.mark.parametrize(
    ("changes", "title", "words", "advice"),
    [
        (
            {"told_check_ms": None, "checked_ms": None},
            "No performance check",
            "It has no performance check",
            "harborlight check performance ftir-1",
        ),
        (
            {"failed": ("performance-noise",)},
            "Performance check failed",
            "it is too noisy (performance-noise)",
            "measure the standard again",
        ),
        (
            {"was_moved": True, "moved_ms": NOW_MS - 60_000},
            "Moved, and not checked since",
            "It was moved after its last performance check, 2027-01-15 07:59 UTC",
            "harborlight check performance ftir-1",
        ),
        (
            {"checked_ms": None},
            "Performance check of unknown age",
            "can't be believed",
            "harborlight check performance ftir-1",
        ),
        (
            {"checked_ms": NOW_MS - WEEK_MS - 1},
            "Performance check overdue",
            "of 2027-01-08 07:59 UTC may be 7 days old; the next was due 2027-01-15 07:59 UTC",
            "harborlight check performance ftir-1",
        ),
    ],
)
def test_each_trouble_says_what_it_is_and_what_to_do(
    changes: dict[str, object], title: str, words: str, advice: str
) -> None:
    (told,) = judged(**changes)
    assert told.title == f"{title}: ftir-1 at north"
    assert words in told.detail
    assert "Serial number S1." in told.detail
    assert advice in told.advice


def test_what_failed_and_is_overdue_as_well_is_one_alert_that_says_both() -> None:
    (told,) = judged(failed=("performance-line",), checked_ms=NOW_MS - 2 * WEEK_MS)
    assert told.title.startswith("Performance check failed")
    assert "may be 7 days old" in told.detail


def test_the_alert_of_one_instrument_has_one_key_whatever_is_wrong() -> None:
    kinds: tuple[dict[str, object], ...] = (
        {"failed": ("performance-x",)},
        {"told_check_ms": None},
        {"was_moved": True},
    )
    assert len({judged(**changes)[0].key for changes in kinds}) == 1


def test_silence_does_not_hide_what_is_overdue_and_says_what_may_have_happened() -> None:
    late = NOW_MS - 2 * WEEK_MS
    away: dict[str, object] = {"told_ms": late, "received_ms": late, "checked_ms": late}
    (told,) = judged(state="offline", heard_s=14.0 * 86_400, **away)
    assert "a check made meanwhile is told when it is back" in told.detail


def test_an_instrument_that_its_bridge_does_not_have_any_more_is_let_go() -> None:
    late = NOW_MS - GONE_MS - 60_000
    assert judged(told_check_ms=None, received_ms=late) == []
    assert judged(told_check_ms=None, received_ms=late, heard_s=86_400.0) != []


def told(**changes: object) -> InstrumentTold:
    base = BODIES["instrument"]
    assert isinstance(base, InstrumentTold)
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of InstrumentTold


@given(
    age_ms=st.integers(0, 10 * WEEK_MS),
    wrong_ms=st.integers(-(10**11), 10**11),
    later_ms=st.integers(0, 10 * WEEK_MS),
)
def test_a_bridge_whose_clock_is_wrong_is_overdue_no_sooner_and_no_later(
    age_ms: int, wrong_ms: int, later_ms: int
) -> None:
    """What counts is how long ago the check was when it was told, and how long ago that is."""
    said_ms = NOW_MS + wrong_ms
    body = told(checked_ms=said_ms - age_ms, failed=(), moved_ms=None)
    care = care_of(body, said_ms, NOW_MS, NOW_MS)
    overdue = age_ms + later_ms > WEEK_MS
    assert troubles(care, NOW_MS + later_ms) == (("overdue",) if overdue else ())


@given(at_ms=st.integers(-(2**63), 2**63), said_ms=st.integers(0, 2**42))
def test_a_time_is_never_of_the_future_nor_before_1970_and_such_a_one_is_not_believed(
    at_ms: int, said_ms: int
) -> None:
    found = believed_ms(at_ms, said_ms, said_ms)
    if 0 <= at_ms <= said_ms:
        assert found == at_ms
    elif at_ms > said_ms + FUTURE_MS or at_ms < 0:
        assert found is None
    else:
        assert found == said_ms


def test_a_check_of_the_future_is_not_believed_for_years() -> None:
    body = told(checked_ms=NOW_MS + 10 * WEEK_MS, failed=(), moved_ms=None)
    assert troubles(care_of(body, NOW_MS, NOW_MS, NOW_MS), NOW_MS) == ("undated",)


def test_a_move_counts_by_the_bridges_own_clock() -> None:
    for moved_ms, found in ((9, ()), (10, ()), (11, ("moved",))):
        body = told(checked_ms=10, failed=(), moved_ms=moved_ms)
        assert troubles(care_of(body, 20, NOW_MS, NOW_MS), NOW_MS) == found
    never = told(checked_ms=None, failed=(), moved_ms=5)
    assert troubles(care_of(never, 20, NOW_MS, NOW_MS), NOW_MS) == ("missing",)


def test_a_technician_at_work_is_given_time_before_anybody_is_told() -> None:
    assert RULE.pending_s >= 600
    assert not RULE.until_acknowledged
