"""Which calibrated amounts may stand on a card: every rule, in every combination."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmware_bridge.contract.check import amounts as rules
from firmware_bridge.contract.check.facts import Sighting, amounts, card_facts
from firmware_bridge.contract.check.record import Record, record
from firmware_bridge.contract.check.say import say, statements
from firmware_bridge.contract.check_events import Attachment, Component, Lab, LabFinding
from firmware_bridge.contract.messages import (
    AmountFinding,
    ComponentFinding,
    Findings,
    QualityFinding,
)
from firmware_bridge.contract.strips import StripResult
from tests.contract.check.test_facts import GROUPS, TODAY, findings, verdict
from tests.contract.check.test_record import fact, intake
from tests.contract.check.test_strips import strip

Named = Literal["component", "detected", "inconclusive", "nowhere"]
Word = Literal["none", "confirmed", "added", "rejected", "family-rejected"]
LabHas = Literal["none", "pending", "found", "amount", "other", "not-found"]
Fault = Literal["none", "demonstration", "not-releasable", "quality", "unexplained"]
Other = Literal["none", "agrees", "disagrees", "out-of-range", "instrument"]

CHANGES: dict[str, dict[str, Any]] = {
    "none": {},
    "demonstration": {"library_grade": "demonstration"},
    "not-releasable": {"releasable": False, "blocked_by": ("the background is old",)},
    "quality": {
        "quality": (QualityFinding(name="noise", value=2.0, limit=1.0, ok=False, detail="noisy"),)
    },
    "unexplained": {"unexplained": 0.3},
}


def amount(
    substance: str = "caffeine", percent: float = 12.0, low: float = 5.0, high: float = 19.0
) -> AmountFinding:
    return AmountFinding(
        substance=substance,
        percent=percent,
        low_percent=low,
        high_percent=high,
        refused="",
        reason="",
        calibration=f"{substance}.npz",
        calibration_hash="ab" * 32,
        from_percent=2.0,
        to_percent=40.0,
    )


def refusal(name: str, substance: str = "caffeine") -> AmountFinding:
    bare = {"percent": None, "low_percent": None, "high_percent": None}
    return replace(amount(substance), **bare, refused=name, reason="why")  # type: ignore[arg-type]  # as in AmountFinding


@dataclass(frozen=True)
class Case:
    """A sample with one spectrum that has an amount, and perhaps another."""

    substance: Literal["caffeine", "fentanyl"] = "caffeine"
    named: Named = "component"
    strip: StripResult = "not-done"
    lab: LabHas = "none"
    word: Word = "none"
    fault: Fault = "none"
    other: Other = "none"

    @property
    def sightings(self) -> list[Sighting]:
        first = self._findings(amount(self.substance), **CHANGES[self.fault])
        second = {
            "none": [],
            "agrees": [self._findings(amount(self.substance, 20, 15, 25))],
            "disagrees": [self._findings(amount(self.substance, 30, 25, 35))],
            "out-of-range": [self._findings(refusal("out-of-range", self.substance))],
            "instrument": [self._findings(refusal("instrument", self.substance))],
        }[self.other]
        return [Sighting(f"s{n}", each) for n, each in enumerate([first, *second], 1)]

    def _findings(self, found: AmountFinding, **changes: Any) -> Findings:  # noqa: ANN401 - as in Findings
        part = ComponentFinding(
            substance=self.substance, share=0.3, share_low=None, share_high=None
        )
        return findings(
            *(
                [verdict(self.substance, self.named)]
                if self.named in {"detected", "inconclusive"}
                else []
            ),
            components=(part,) if self.named == "component" else (),
            amounts=(found,),
            **changes,
        )

    @property
    def record(self) -> Record:
        linked = [Attachment(spectrum=e.spectrum, linked=True, reason="") for e in self.sightings]
        told = [fact(attachment=each) for each in linked]
        told.append(fact(strip=strip(result=self.strip)))
        if self.lab != "none":
            told.append(fact(lab=self._lab))
        if self.word != "none":
            name = "fentanyls" if self.word == "family-rejected" else self.substance
            said = self.word.removeprefix("family-")
            told.append(
                fact(
                    component=Component(
                        spectrum="s1",
                        substance=name,
                        word=said,  # type: ignore[arg-type]  # as in Component
                        band="",
                        reason="x",
                    )
                )
            )
        return record(told)

    @property
    def _lab(self) -> Lab:
        group = "fentanyls" if self.substance == "fentanyl" else ""
        other = "para-fluorofentanyl" if group else "lidocaine"
        finding = LabFinding(
            substance=other if self.lab == "other" else self.substance,
            group=group,
            found=self.lab != "not-found",
            amount_percent=8.0 if self.lab == "amount" else None,
            low_percent=None,
            high_percent=None,
            limit_percent=None,
        )
        pending = self.lab == "pending"
        return Lab(
            split="1",
            state="pending" if pending else "complete",
            name="",
            method="",
            findings=() if pending else (finding,),
        )

    @property
    def may_be_said(self) -> bool:
        """The rules once more, in other words."""
        stood_for = self.word in {"confirmed", "added"}
        grouped = self.substance == "fentanyl"
        shown = stood_for or self.named in ({"detected"} if grouped else {"component", "detected"})
        rejected = self.word == "rejected" or (grouped and self.word == "family-rejected")
        against_strip = grouped and self.strip == "negative" and self.lab not in {"found", "amount"}
        lab_against = self.lab in {"amount", "not-found"} or (grouped and self.lab == "other")
        first_counts = self.fault == "none"
        second_counts = self.other == "agrees" or (self.other == "disagrees" and not first_counts)
        alone = self.other in {"none", "instrument", "agrees"}
        counted = (first_counts and alone) or (
            self.fault not in {"none", "demonstration"} and second_counts
        )
        return shown and not rejected and not against_strip and not lab_against and counted


SUBSTANCES: tuple[Literal["caffeine"], Literal["fentanyl"]] = ("caffeine", "fentanyl")
CASES = [
    Case(substance, *each)
    for substance in SUBSTANCES
    for each in product(
        get_args(Named),
        get_args(StripResult),
        get_args(LabHas),
        get_args(Word),
        get_args(Fault),
        get_args(Other),
    )
]


def told(case: Case) -> rules.Amounts:
    return amounts(case.record, case.sightings, GROUPS, TODAY)


def test_an_amount_is_said_exactly_where_every_rule_lets_it() -> None:
    said = 0
    for case in CASES:
        found = told(case)
        assert bool(found.said) == case.may_be_said, (case, found)
        said += bool(found.said)
        if not found.said:
            assert found.refused, case
    assert said > 100


@given(st.sampled_from(CASES))
def test_what_is_said_has_an_interval_around_every_spectrum_and_stands_on_the_card(
    case: Case,
) -> None:
    found = told(case)
    facts = card_facts(case.record, case.sightings, GROUPS, TODAY)
    assert facts.amounts == found.said
    keys = [each.key for each in statements(facts)]
    assert keys.count("amount-calibrated") == len(found.said)
    for one in found.said:
        assert one.low_percent <= one.percent <= one.high_percent
        counting = case.sightings[0 if case.fault == "none" else 1 :]
        for a in (a for each in counting for a in each.findings.amounts if not a.refused):
            assert one.low_percent <= (a.low_percent or 0)
            assert (a.high_percent or 0) <= one.high_percent


@given(st.sampled_from(CASES))
def test_every_refusal_is_told_to_staff_and_none_stands_on_the_card(case: Case) -> None:
    found = told(case)
    lines = rules.in_words(found)
    assert all(f"({each.name}" in "\n".join(lines) for each in found.refused)
    assert len(lines) >= len(found.said)
    facts = card_facts(case.record, case.sightings, GROUPS, TODAY)
    card = " ".join(say(each, "en", "full") for each in statements(facts))
    assert "no amount" not in card
    if not found.said:
        assert "of its weight is" not in card


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (Case(fault="demonstration"), "demonstration"),
        (Case(fault="not-releasable"), "not-releasable"),
        (Case(fault="quality"), "quality"),
        (Case(fault="unexplained"), "unexplained"),
        (Case(named="nowhere"), "not-shown"),
        (Case(named="inconclusive"), "not-shown"),
        (Case(word="rejected"), "rejected"),
        (Case("fentanyl", "detected", word="family-rejected"), "rejected"),
        (Case("fentanyl", "detected", strip="negative"), "standing"),
        (Case("fentanyl", "detected", lab="other"), "laboratory-differs"),
        (Case(lab="not-found"), "laboratory-differs"),
        (Case(lab="amount"), "laboratory"),
        (Case(other="out-of-range"), "spectrum-refused"),
        (Case(other="disagrees"), "spectra-disagree"),
    ],
)
def test_each_reason_has_its_name(case: Case, name: str) -> None:
    assert name in {each.name for each in told(case).refused}


def test_a_named_component_whose_own_verdict_is_open_gets_no_amount_until_it_is_confirmed() -> None:
    part = ComponentFinding(substance="caffeine", share=0.3, share_low=None, share_high=None)
    found = findings(verdict("caffeine", "inconclusive"), components=(part,), amounts=(amount(),))
    linked = fact(attachment=Attachment(spectrum="s1", linked=True, reason=""))
    one = [Sighting("s1", found)]
    before = amounts(record([linked]), one, GROUPS, TODAY)
    assert [each.name for each in before.refused] == ["verdict"]
    yes = Component(spectrum="s1", substance="caffeine", word="confirmed", band="", reason="")
    assert amounts(record([linked, fact(linked, component=yes)]), one, GROUPS, TODAY).said


def test_another_of_the_group_that_was_rejected_matters_until_this_one_is_confirmed() -> None:
    case = Case("fentanyl", "detected")
    linked = fact(attachment=Attachment(spectrum="s1", linked=True, reason=""))
    no = Component(spectrum="s1", substance="carfentanil", word="rejected", band="", reason="1730")
    yes = Component(spectrum="s1", substance="fentanyl", word="confirmed", band="", reason="")
    rejected = fact(linked, component=no)
    before = amounts(record([linked, rejected]), case.sightings, GROUPS, TODAY)
    assert "rejected" in {each.name for each in before.refused}
    assert not before.said
    both = record([linked, rejected, fact(rejected, component=yes)])
    assert amounts(both, case.sightings, GROUPS, TODAY).said


def test_only_spectra_of_the_sample_give_amounts() -> None:
    case = Case()
    elsewhere = [Sighting("elsewhere", case.sightings[0].findings)]
    assert amounts(case.record, elsewhere, GROUPS, TODAY) == rules.Amounts()


def test_a_conflict_is_settled_before_any_amount() -> None:
    case = Case()
    linked = fact(attachment=Attachment(spectrum="s1", linked=True, reason=""))
    sides = [fact(linked, intake=intake("one")), fact(linked, intake=intake("other"))]
    found = amounts(record([linked, *sides]), case.sightings, GROUPS, TODAY)
    assert [each.name for each in found.refused] == ["conflict"]


FIGURE = st.none() | st.floats() | st.floats(-5, 105)


@example((12.0, 5.0, 100.5))
@example((12.0, -0.5, 19.0))
@example((12.0, 5.0, 100.0))
@given(st.tuples(FIGURE, FIGURE, FIGURE))
def test_figures_that_do_not_fit_together_are_never_said(
    figures: tuple[float | None, float | None, float | None],
) -> None:
    percent, low, high = figures
    bad = replace(amount(), percent=percent, low_percent=low, high_percent=high)
    case = Case()
    one = [Sighting("s1", replace(case.sightings[0].findings, amounts=(bad,)))]
    found = amounts(case.record, one, GROUPS, TODAY)
    fits = None not in figures and 0 <= (low or 0) <= (percent or 0) <= (high or 0) <= 100
    assert bool(found.said) == fits
    assert bool(found.refused) != fits


def test_the_mean_of_two_spectra_has_an_interval_that_holds_both() -> None:
    (one,) = told(Case(other="agrees")).said
    assert (one.percent, one.low_percent, one.high_percent) == (16.0, 5.0, 25.0)
    assert one.calibrations == ("caffeine.npz abababababababab",)


def test_the_salt_and_the_hyphen_make_no_other_substance_and_another_name_does() -> None:
    assert rules.folded("Fentanyl HCl") == rules.folded("fentanyl")
    assert rules.folded("para-fluorofentanyl") == rules.folded("Para fluorofentanyl")
    assert rules.folded("fentanyl") != rules.folded("para-fluorofentanyl")
    assert rules.folded("citrate")


def test_a_calibration_that_can_not_be_read_is_told_and_takes_nothing_from_others() -> None:
    broken = replace(refusal("unreadable", ""), calibration="old.npz")
    case = Case()
    both = replace(case.sightings[0].findings, amounts=(broken, amount()))
    found = amounts(case.record, [Sighting("s1", both)], GROUPS, TODAY)
    assert [each.substance for each in found.said] == ["caffeine"]
    assert [(each.name, each.calibration) for each in found.refused] == [("unreadable", "old.npz")]
