"""The gate: never more than the policy allows, whatever is cut off, restarted or replayed."""

import json
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.access.decision import WORDS, Decision, Refusal
from firmware_bridge.access.gate import GRACE_S, SESSION_S, Gate
from firmware_bridge.contract.access import DAY_MIN, OpenHours
from firmware_bridge.contract.access_codes import MOST_GUESSES_A_DAY, with_check
from tests.firmware_bridge.access.builders import CODES, START_MS, at, digest, group, policy
from tests.firmware_bridge.access.world import World

WRONG = with_check("wwwwwwww", "letters")

waits = st.sampled_from([0, 1, 20, SESSION_S, SESSION_S + GRACE_S, 1800, 3470, 3599, 3600, 90_000])
within = st.sampled_from(
    [
        ("take", True),
        ("take", True),
        ("take", False),
        ("again", 0),
        ("wait", 0),
        ("wait", GRACE_S),
        ("jam", 0),
        ("cut", (True, 20)),
        ("cut", (False, 3470)),
        ("clock", True),
        ("clock", False),
    ]
)


@st.composite
def visits(draw: st.DrawFn) -> list[tuple[str, object]]:
    """One visit: a code or a choice, what happens in it, and how long it is quiet afterwards.

    Half of them let the session run out, as who walks away does.
    """
    code = draw(st.sampled_from(CODES[:2]))
    begin = [("enter", code), ("choose", 0)]
    middle = [
        ("enter", code) if what == "again" else (what, how)
        for what, how in draw(st.lists(within, max_size=4))
    ]
    end = [("wait", SESSION_S), ("wait", GRACE_S)] if draw(st.booleans()) else []
    return [*begin, *middle, *end, ("wait", draw(waits))]


actions = st.lists(visits(), max_size=7).map(lambda each: [step for one in each for step in one])


def live(world: World, walk: list[tuple[str, object]]) -> None:
    for what, how in walk:
        match what, how:
            case "wait", int(seconds):
                world.wait(seconds)
            case "enter", str(code):
                world.enter(code)
            case "choose", _ if world.policy.mode == "open":
                world.choose()
            case "take", bool(told):
                world.take(told=told)
            case "jam", _:
                world.jam()
            case "cut", (bool(item), int(off_s)):
                world.cut_power(item_on_its_way=item, off_s=off_s)
            case "clock", bool(sane):
                world.sane = sane


@settings(deadline=None, max_examples=150)
@given(
    actions,
    st.integers(1, 4),
    st.integers(1, 5),
    st.one_of(st.none(), st.integers(1, 3)),
)
def test_no_code_gives_more_than_its_quota_or_its_uses_whatever_happens(
    walk: list[tuple[str, object]], items: int, quota: int, uses: int | None
) -> None:
    world = World(
        policy(
            items_per_session=items,
            quota_items=quota,
            quota_period_s=3600,
            codes=(group(uses=uses),),
        )
    )
    live(world, walk)
    for code in CODES:
        assert world.most_in_a_period(code) <= quota
        assert uses is None or world.sessions()[code] <= uses
    assert world.most_in_a_session() <= items


@settings(deadline=None, max_examples=150)
@given(actions, st.integers(1, 3), st.integers(1, 5))
def test_an_open_machine_gives_no_more_than_its_quota(
    walk: list[tuple[str, object]], items: int, quota: int
) -> None:
    world = World(
        policy(
            mode="open", items_per_session=items, quota_items=quota, quota_period_s=3600, codes=()
        )
    )
    live(world, [(what, how) for what, how in walk if what != "enter"])
    assert world.most_in_a_period("") <= quota


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([*CODES, WRONG, "typo"]), waits), max_size=20),
    st.sets(st.sampled_from(["paused", "closed", "expired"])),
)
def test_nobody_is_let_in_outside_the_policy(
    tries: list[tuple[str, int]], against: set[str]
) -> None:
    hours = (OpenHours(weekday=1, from_min=0, to_min=1),) if "closed" in against else ()
    until_ms = START_MS if "expired" in against else None
    world = World(
        policy(paused="paused" in against, hours=hours, codes=(group(until_ms=until_ms),))
    )
    for code, wait_s in tries:
        decision = world.enter(code)
        assert decision.granted == (decision.items > 0) == (decision.refusal is None)
        if decision.granted:
            assert not against
            assert code in CODES
        world.wait(min(wait_s, 3600))


def refusal(gate: Gate, code: str, seconds: float = 0, *, sane: bool = True) -> Refusal | None:
    found = gate.read(code, at(seconds, sane=sane))
    if not isinstance(found, Decision):
        found = gate.decide(digest(found), at(seconds, sane=sane))
    return found.refusal


def gate(**changes: object) -> Gate:
    made = Gate()
    made.set_policy(policy(**changes), at())
    return made


def test_each_reason_has_its_word() -> None:
    assert refusal(Gate(), CODES[0]) == "no-policy"
    assert refusal(gate(paused=True), CODES[0]) == "paused"
    assert refusal(gate(), WRONG) == "unknown-code"
    assert refusal(gate(), CODES[0][:-1] + "z") == "mistyped"
    assert refusal(gate(codes=(group(until_ms=START_MS),)), CODES[0]) == "expired"
    later = replace(group(), valid_from_ms=START_MS + 1000)
    assert refusal(gate(codes=(later,)), CODES[0]) == "expired"
    assert refusal(gate(hours=(OpenHours(weekday=1, from_min=0, to_min=9),)), CODES[0]) == "closed"
    busy = gate()
    assert refusal(busy, CODES[0]) is None
    assert refusal(busy, CODES[1]) == "busy"
    busy.vended(success=True, moment=at())
    assert refusal(busy, CODES[0]) == "used-up"
    assert refusal(busy, CODES[1]) is None
    lately = gate(quota_items=1, codes=(group(uses=None),))
    assert refusal(lately, CODES[0]) is None
    lately.vended(success=True, moment=at())
    assert refusal(lately, CODES[0], 60) == "quota"
    assert refusal(lately, CODES[0], 9 * 86_400) is None
    assert set(WORDS) == set(get_args(Refusal))


def test_where_the_clock_cannot_be_believed_hours_and_dates_close_nothing() -> None:
    hours = (OpenHours(weekday=1, from_min=0, to_min=1),)
    strict = gate(hours=hours, codes=(group(until_ms=START_MS),))
    assert refusal(strict, CODES[0]) == "closed"
    assert refusal(strict, CODES[0], 1, sane=False) is None
    strict.vended(success=True, moment=at(2, sane=False))
    assert refusal(strict, CODES[0], 3, sane=False) == "used-up"


def test_guessing_is_slowed_down_also_for_the_right_code_and_over_a_restart() -> None:
    guessed = gate()
    seen = [refusal(guessed, WRONG) for _ in range(8)]
    assert seen[:6] == ["unknown-code"] * 6
    assert seen[6:] == ["too-many-tries"] * 2
    again = Gate(guessed.remember())
    again.set_policy(policy(), at())
    assert refusal(again, CODES[0]) == "too-many-tries"
    assert refusal(again, CODES[0], 200) is None


def test_slips_of_the_finger_are_no_guesses() -> None:
    slips = gate()
    assert {refusal(slips, CODES[0][:-1] + "z") for _ in range(50)} == {"mistyped"}
    assert refusal(slips, CODES[0]) is None


def test_a_day_of_guessing_tries_no_more_codes_than_the_length_was_made_for() -> None:
    guessed = gate()
    tried = sum(refusal(guessed, WRONG, second) == "unknown-code" for second in range(0, 86_400, 5))
    assert tried <= MOST_GUESSES_A_DAY


def test_a_session_in_which_nothing_came_costs_nothing() -> None:
    world = World(policy())
    assert world.enter(CODES[0]).granted
    world.wait(SESSION_S)
    world.wait(GRACE_S)
    assert not world.gate.serving
    assert world.enter(CODES[0]).granted


def test_a_session_that_a_power_cut_ended_counts_as_used() -> None:
    world = World(policy())
    assert world.enter(CODES[0]).granted
    world.cut_power(item_on_its_way=False, off_s=5)
    assert world.enter(CODES[0]).refusal == "used-up"


def test_an_item_that_is_told_late_still_counts() -> None:
    world = World(policy(codes=(group(uses=1),)))
    world.enter(CODES[0])
    world.wait(SESSION_S)
    world.wait(GRACE_S)
    world.gate.vended(success=True, moment=world.moment())
    assert world.enter(CODES[0]).refusal == "used-up"


def test_who_types_the_code_again_goes_on_with_the_same_session() -> None:
    world = World(policy(items_per_session=3))
    assert world.enter(CODES[0]).items == 3
    world.take(told=True)
    again = world.enter(CODES[0])
    assert (again.items, again.resumed) == (2, True)


def test_a_vend_that_failed_costs_nothing() -> None:
    world = World(policy(mode="open", quota_items=1, codes=()))
    for _ in range(3):
        assert world.choose()
        world.jam()
    assert world.choose()
    world.take(told=True)
    assert not world.choose()


def test_after_the_line_was_lost_the_same_code_gets_no_more_than_it_may() -> None:
    world = World(policy(items_per_session=2, codes=(group(uses=2),), quota_items=2))
    world.enter(CODES[0])
    world.take(told=False)
    assert world.enter(CODES[0]).refusal == "quota"
    world.take(told=True)
    world.wait(8 * 86_400)
    assert world.enter(CODES[0]).items == 2


def test_what_was_lost_in_a_session_that_ran_out_counts_as_taken() -> None:
    world = World(policy(items_per_session=2, codes=(group(uses=1),), quota_items=9))
    world.enter(CODES[0])
    world.take(told=False)
    world.wait(SESSION_S)
    world.wait(GRACE_S)
    assert world.enter(CODES[0]).refusal == "used-up"


def test_a_pause_ends_no_session_but_begins_none() -> None:
    world = World(policy(items_per_session=2))
    world.enter(CODES[0])
    world.gate.set_policy(policy(paused=True), world.moment())
    world.take(told=True)
    assert world.enter(CODES[1]).refusal == "paused"


def test_a_code_that_is_revoked_is_unknown_at_once() -> None:
    world = World(policy())
    world.gate.set_policy(policy(codes=(group(CODES[1]),)), world.moment())
    assert world.enter(CODES[0]).refusal == "unknown-code"


def test_counts_hold_what_happened_and_no_code() -> None:
    world = World(policy(items_per_session=2))
    world.enter(CODES[0])
    world.take(told=True)
    world.enter(WRONG)
    (hour,) = world.gate.counts(at(3600))
    assert (hour.granted, hour.items) == (1, 1)
    assert [(each.reason, each.count) for each in hour.refused] == [("unknown-code", 1)]
    assert world.gate.counts(at(7200)) == []


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"ledger": 5, "session": [1], "tally": {}}'])
def test_a_damaged_memory_begins_anew(damage: str) -> None:
    fresh = Gate(damage)
    fresh.set_policy(policy(), at())
    assert refusal(fresh, CODES[0]) is None


def test_what_is_remembered_is_small_and_holds_hashes_only() -> None:
    world = World(policy(items_per_session=1, quota_items=3, codes=(group(uses=9),)))
    for number in range(9):
        world.enter(CODES[number % 3])
        world.take(told=True)
        world.wait(90_000)
    assert len(world.saved) < 2000
    assert not any(code in world.saved for code in CODES)
    assert set(json.loads(world.saved)) == {"elapsed", "throttle", "ledger", "tally", "session"}


def test_at_night_over_midnight_it_is_open() -> None:
    night = tuple(
        OpenHours(weekday=day, from_min=1020, to_min=DAY_MIN + 540) for day in range(1, 8)
    )
    here = gate(hours=night)
    assert refusal(here, CODES[0], 0) == "closed"  # Friday noon
    assert refusal(here, CODES[0], 5 * 3600) is None
    assert refusal(gate(hours=night), CODES[0], 20 * 3600) is None
