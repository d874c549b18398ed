"""The record: the same whatever the order, nothing lost, conflicts shown until they are settled."""

from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract.check.facts import card_facts, known_groups
from firmware_bridge.contract.check.record import record
from firmware_bridge.contract.check_events import (
    Amendment,
    Attachment,
    CheckEvent,
    Component,
    Intake,
    Lab,
    LabFinding,
    Release,
    Settlement,
    Withdrawal,
)
from tests.contract.check.test_strips import strip

CODE = "K7M2-P9QW"
_numbers = count(1)


def fact(*after: CheckEvent, at: int = 0, by: str = "ana", **what: Any) -> CheckEvent:  # noqa: ANN401 - as in CheckEvent
    number = next(_numbers)
    names = tuple(event.event for event in after)
    return CheckEvent(
        check=CODE, event=f"{number:032x}", after=names, at_ms=at or number, by=by, **what
    )


def intake(expected: str) -> Intake:
    return Intake(expected=expected, form="", colour="", texture="", packaging="", effects="")


def component(word: str, substance: str = "caffeine") -> Component:
    return Component(spectrum="s1", substance=substance, word=word, band="", reason="1700 cm-1")  # type: ignore[arg-type]  # as in Component


RELEASE = Release(language="en", overridden=(), reason="", words=("...",))


def test_a_later_fact_replaces_what_its_author_had_seen() -> None:
    first = fact(intake=intake("heroin"))
    second = fact(first, intake=intake("down"))
    found = record([first, second])
    assert found.intake.expected == "down"
    assert found.conflicts == ()
    assert found.heads == (second.event,)
    assert len(found.trail) == 2


def test_facts_that_did_not_know_of_each_other_are_a_conflict_until_it_is_settled() -> None:
    start = fact(intake=intake("heroin"))
    here = fact(start, component=component("confirmed"))
    there = fact(start, component=component("rejected"), by="ben", at=99_999)
    found = record([start, here, there])
    (conflict,) = found.conflicts
    assert {event.by for event in conflict.events} == {"ana", "ben"}
    assert found.components[0].word == "confirmed", "what speaks for a substance stands meanwhile"
    settled = fact(here, there, settlement=Settlement(matter=conflict.matter, event=there.event))
    after = record([start, here, there, settled])
    assert after.conflicts == ()
    assert after.components[0].word == "rejected"


def test_the_same_said_twice_is_no_conflict() -> None:
    assert record([fact(intake=intake("x")), fact(intake=intake("x"))]).conflicts == ()


def test_a_fact_that_came_after_a_settlement_from_elsewhere_opens_it_again() -> None:
    here, there = fact(intake=intake("a")), fact(intake=intake("b"))
    settled = fact(here, there, settlement=Settlement(matter="intake", event=here.event))
    late = fact(intake=intake("c"))
    found = record([here, there, settled, late])
    assert {e.intake.expected for e in found.conflicts[0].events if e.intake} == {"a", "c"}


def test_a_wrong_spectrum_is_unlinked_and_stays_in_the_trail() -> None:
    linked = fact(attachment=Attachment(spectrum="s1", linked=True, reason=""))
    gone = fact(linked, attachment=Attachment(spectrum="s1", linked=False, reason="other bag"))
    found = record([linked, gone])
    assert found.spectra == ()
    assert len(found.trail) == 2


def test_a_strip_entered_by_mistake_is_withdrawn_with_its_reason() -> None:
    wrong, right = fact(strip=strip(result="negative")), fact(strip=strip(result="positive"))
    gone = fact(wrong, withdrawal=Withdrawal(event=wrong.event, reason="read the wrong way"))
    assert [one.result for one in record([wrong, right, gone]).strips] == ["positive"]


def test_what_comes_after_a_release_marks_the_card() -> None:
    first = fact(strip=strip())
    released = fact(first, release=RELEASE)
    assert record([first, released]).state == "released"
    second = fact(released, strip=strip(result="positive"))
    why = fact(second, amendment=Amendment(reason="second strip"))
    found = record([first, released, second, why])
    assert (found.state, found.changed, found.amendments) == (
        "amended",
        ("strip",),
        ("second strip",),
    )
    again = fact(why, release=RELEASE)
    done = record([first, released, second, why, again])
    assert (done.state, len(done.releases)) == ("released", 2)


def test_a_strip_from_another_tablet_that_the_release_had_not_seen_marks_it_too() -> None:
    first = fact(strip=strip())
    elsewhere = fact(first, strip=strip(result="positive"), at=1)
    released = fact(first, release=RELEASE)
    assert record([first, elsewhere, released]).state == "amended"


def test_a_laboratory_that_found_something_stands_while_a_conflict_is_open() -> None:
    found = LabFinding(
        substance="carfentanil",
        group="fentanyls",
        found=True,
        amount_percent=None,
        low_percent=None,
        high_percent=None,
        limit_percent=None,
    )
    yes = fact(lab=Lab(split="1", state="complete", name="", method="", findings=(found,)))
    no = fact(lab=Lab(split="1", state="complete", name="", method="", findings=()), at=9_999_999)
    both = record([yes, no])
    assert both.labs[0].findings == (found,)
    assert both.conflicts


def test_facts_of_two_checks_are_refused() -> None:
    other = CheckEvent(check="X", event="0" * 32, after=(), at_ms=1, by="", intake=intake(""))
    with pytest.raises(ValueError, match="one check"):
        record([fact(intake=intake("")), other])
    with pytest.raises(ValueError, match="one check"):
        record([])


@st.composite
def histories(draw: st.DrawFn) -> list[CheckEvent]:
    """Facts by up to three devices that see a random part of what came before."""
    events: list[CheckEvent] = []
    for number in range(draw(st.integers(1, 12))):
        seen = draw(st.lists(st.sampled_from(events), max_size=3)) if events else []
        what: dict[str, Any] = draw(
            st.sampled_from(
                [
                    {"intake": intake(str(number % 3))},
                    {"component": component(draw(st.sampled_from(["confirmed", "rejected"])))},
                    {"strip": strip()},
                    {"release": RELEASE},
                    {"attachment": Attachment(spectrum="s1", linked=number % 2 == 0, reason="r")},
                ]
            )
        )
        events.append(fact(*seen, at=draw(st.integers(1, 5)), **what))
    return events


@given(histories(), st.randoms(use_true_random=False))
def test_the_record_is_the_same_in_any_order_and_with_repeats(
    events: list[CheckEvent], chance: Random
) -> None:
    mixed = [*events, *events[:3]]
    chance.shuffle(mixed)
    assert record(mixed) == record(events)
    assert {event.event for event in record(mixed).trail} == {event.event for event in events}


@given(histories())
def test_a_strip_is_never_lost(events: list[CheckEvent]) -> None:
    assert len(record(events).strips) == sum(event.strip is not None for event in events)


def test_facts_that_name_each_other_in_a_ring_do_no_harm() -> None:
    one = CheckEvent(
        check=CODE, event="a" * 32, after=("b" * 32,), at_ms=1, by="", intake=intake("1")
    )
    two = CheckEvent(
        check=CODE, event="b" * 32, after=("a" * 32,), at_ms=2, by="", intake=intake("2")
    )
    assert record([one, two]).intake.expected == "2"


def test_of_answers_side_by_side_all_that_any_of_them_found_is_said() -> None:
    start = fact(intake=intake("heroin"))

    def answer(*found: tuple[str, bool]) -> Lab:
        findings = tuple(
            LabFinding(
                substance=name,
                group=name,
                found=seen,
                amount_percent=None,
                low_percent=None,
                high_percent=None,
                limit_percent=None,
            )
            for name, seen in found
        )
        return Lab(split="s1", state="complete", name="Lab", method="", findings=findings)

    one, other = answer(("xylazine", True)), answer(("xylazine", False), ("nitazenes", True))
    events = [start, fact(start, lab=one), fact(start, lab=other)]
    for order in (events, events[::-1]):
        found = record(order)
        assert set(found.labs) == {one, other}
        said = card_facts(found, (), known_groups({}), "2026-11-27")
        present = {each.group for each in said.standings if each.is_present}
        assert present == {"xylazine", "nitazenes"}
    settled = record(
        [
            *events,
            fact(*events[1:], settlement=Settlement(matter="laboratory s1", event=events[2].event)),
        ]
    )
    assert settled.labs == (other,)
