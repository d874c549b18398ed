"""From findings and a technician's words to what a card may say, and what stands in its way."""

from dataclasses import replace
from typing import Any

import pytest

from firmware_bridge.contract.check.card import card
from firmware_bridge.contract.check.facts import Sighting, card_facts, known_groups
from firmware_bridge.contract.check.record import Record, record
from firmware_bridge.contract.check.release import Block, InstrumentState, blocks
from firmware_bridge.contract.check.say import CardFacts
from firmware_bridge.contract.check_events import Attachment, Component, Lab, LabFinding
from firmware_bridge.contract.messages import (
    ComponentFinding,
    Findings,
    QualityFinding,
    TargetFinding,
)
from tests.contract.check.test_record import RELEASE, fact
from tests.contract.check.test_strips import strip
from tests.contract.samples import BODIES

TODAY = "2026-11-27"
GROUPS = known_groups({"fentanyl": "fentanyls", "carfentanil": "fentanyls", "xylazine": "xylazine"})


def verdict(target: str, said: str, limit: float | None = None) -> TargetFinding:
    return TargetFinding(
        target=target,
        level="family" if target.endswith("s") else "substance",
        verdict=said,  # type: ignore[arg-type]  # as in TargetFinding
        p_value=None,
        share=None,
        share_low=None,
        share_high=None,
        limit=limit,
        reason="",
    )


def findings(*verdicts: TargetFinding, **changes: Any) -> Findings:  # noqa: ANN401 - as in Findings
    base = BODIES["findings"]
    assert isinstance(base, Findings)
    plain: dict[str, Any] = {
        "targets": verdicts,
        "components": (),
        "quality": (),
        "unexplained": 0.02,
        "library_grade": "reference",
        "releasable": True,
        "blocked_by": (),
    }
    return replace(base, **(plain | changes))


def sample(*spectra: str, **facts: Any) -> Record:  # noqa: ANN401 - as in CheckEvent
    linked = [fact(attachment=Attachment(spectrum=one, linked=True, reason="")) for one in spectra]
    told = [fact(**{name: value}) for name, value in facts.items()]
    return record([*linked, *told] or [fact(strip=strip(result="not-done"))])


def facts_of(of: Record, *found: Findings) -> CardFacts:
    sightings = [Sighting(f"s{number}", each) for number, each in enumerate(found, 1)]
    return card_facts(of, sightings, GROUPS, TODAY)


def said(facts: CardFacts, group: str = "fentanyls") -> str:
    (one,) = [each for each in facts.standings if each.group == group]
    return one.outcome


def test_a_spectrum_of_another_sample_says_nothing_here() -> None:
    detected = findings(verdict("fentanyls", "detected"))
    assert said(facts_of(sample("other"), detected)) == "not-tested"
    assert said(facts_of(sample("s1"), detected)) == "found-by-spectrum"


def test_what_a_technician_rejects_is_unclear_and_never_unseen() -> None:
    no = Component(spectrum="s1", substance="fentanyl", word="rejected", band="", reason="1650")
    found = facts_of(sample("s1", component=no), findings(verdict("fentanyls", "detected")))
    assert said(found) == "unclear"


def test_what_a_technician_adds_is_shown() -> None:
    yes = Component(spectrum="s1", substance="Carfentanil", word="added", band="", reason="1730")
    found = facts_of(sample("s1", component=yes), findings(verdict("fentanyls", "not_detected")))
    assert said(found) == "found-by-spectrum"


def test_the_spectrum_that_shows_most_counts() -> None:
    unseen = findings(verdict("fentanyls", "not_detected", 0.08))
    better = findings(verdict("fentanyls", "not_detected", 0.05))
    unclear = findings(verdict("fentanyls", "inconclusive"))
    shows = findings(verdict("carfentanil", "detected"))
    both = facts_of(sample("s1", "s2"), unseen, better)
    assert both.standings[0].spectrum.limit == 0.05
    assert said(facts_of(sample("s1", "s2"), unseen, unclear)) == "unclear"
    assert said(facts_of(sample("s1", "s2", "s3"), unseen, unclear, shows)) == "found-by-spectrum"


def test_members_without_their_family_are_as_unseen_as_the_worst_of_them() -> None:
    found = facts_of(
        sample("s1"),
        findings(
            verdict("fentanyl", "not_detected", 0.05), verdict("carfentanil", "not_detected", 0.2)
        ),
    )
    assert found.standings[0].spectrum.limit == 0.2
    one = facts_of(
        sample("s1"),
        findings(verdict("fentanyl", "not_detected", 0.05), verdict("carfentanil", "inconclusive")),
    )
    assert said(one) == "unclear"


def test_components_have_bands_and_never_numbers() -> None:
    parts = tuple(
        ComponentFinding(substance=name, share=share, share_low=None, share_high=None)
        for name, share in (
            ("caffeine", 0.5),
            ("xylitol", 0.2),
            ("sucrose", 0.04),
            ("fentanyl", 0.1),
        )
    )
    no = Component(spectrum="s1", substance="sucrose", word="rejected", band="", reason="990")
    of = facts_of(sample("s1", component=no), findings(components=parts, unexplained=0.4))
    assert [(named.substance, named.band) for named in of.components] == [
        ("caffeine", "main"),
        ("xylitol", "minor"),
    ]
    assert of.has_unknown


def lab(substance: str, *, found: bool) -> Lab:
    finding = LabFinding(
        substance=substance,
        group="fentanyls",
        found=found,
        amount_percent=None,
        low_percent=None,
        high_percent=None,
        limit_percent=None,
    )
    return Lab(split="1", state="complete", name="", method="GC-MS", findings=(finding,))


def test_one_member_that_a_laboratory_did_not_find_says_nothing_of_its_group() -> None:
    one = sample(lab=lab("acetylfentanyl", found=False))
    assert said(facts_of(one)) == "not-tested"
    whole = sample(lab=lab("fentanyls", found=False))
    assert said(facts_of(whole)) == "lab-not-found"
    assert said(facts_of(sample(lab=lab("acetylfentanyl", found=True)))) == "confirmed"


def names(of: Record, facts: CardFacts, count: int, *states: InstrumentState) -> list[str]:
    return [each.name for each in blocks(of, facts, count, states)]


def test_an_empty_check_can_not_be_released() -> None:
    of = sample()
    assert names(of, facts_of(of), 0) == ["nothing-tested", "no-fentanyl-strip"]


def test_a_demonstration_can_not_be_released_by_anybody() -> None:
    of = sample("s1", strip=strip())
    facts = facts_of(of, findings(library_grade="demonstration"))
    (block,) = blocks(of, facts, 1, ())
    assert (block.name, block.override) == ("demonstration-library", "nobody")


def test_each_reason_stands_in_the_way_by_its_name() -> None:
    shows = findings(verdict("fentanyls", "detected"))
    of = sample("s1", strip=strip(result="invalid"))
    overdue = Block("performance-check-overdue", "Measure polystyrene.", "coordinator")
    found = names(of, facts_of(of, shows), 0, InstrumentState(blocks=(overdue,)))
    assert found == ["no-findings", "strip-invalid", "not-read", "performance-check-overdue"]


def test_what_blocks_a_spectrum_blocks_the_card_until_it_is_taken_away() -> None:
    bad = findings(releasable=False, blocked_by=("the background is older than 15 minutes",))
    of = sample("s1", strip=strip())
    (block,) = blocks(of, facts_of(of, bad), 1, ())
    assert (block.name, block.override) == ("spectrum-blocked", "nobody")
    assert "15 minutes. Measure again" in block.text
    without = sample("other", strip=strip())
    assert "spectrum-blocked" not in names(without, facts_of(without, bad), 1)


def test_a_whole_check_has_nothing_in_its_way() -> None:
    yes = Component(spectrum="s1", substance="fentanyl", word="confirmed", band="", reason="")
    of = sample("s1", strip=strip(result="positive"), component=yes)
    assert names(of, facts_of(of, findings(verdict("fentanyls", "detected"))), 1) == []


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_a_card_holds_code_day_and_sentences_and_the_change_first(language: Any) -> None:  # noqa: ANN401 - a literal
    of = sample("s1", strip=strip(result="positive"))
    facts = facts_of(of, findings(verdict("fentanyls", "detected")))
    made = card(of, facts, language, TODAY, "plain")
    assert (made.code, made.day, made.version) == (of.code, TODAY, "")
    assert made.lines[0].weight == "found"
    assert all(line.text for line in made.lines)
    changed = replace(facts, amendments=("second strip",))
    assert card(of, changed, language, TODAY, "full").lines[0].weight == "warning"


def test_a_changed_card_has_a_number() -> None:
    first = fact(strip=strip())
    released = fact(first, release=RELEASE)
    later = fact(released, strip=strip(result="positive"))
    of = record([first, released, later])
    assert card(of, facts_of(of), "en", TODAY, "plain").version == "Version 2"
    again = record([first, released, later, fact(later, release=RELEASE)])
    assert card(again, facts_of(again), "en", TODAY, "plain").version == "Version 2"


def test_a_fault_of_the_measurement_is_told_on_the_card() -> None:
    weak = QualityFinding(
        name="contact", value=0.1, limit=0.3, ok=False, detail="Too little sample."
    )
    facts = facts_of(sample("s1"), findings(quality=(weak,)))
    assert facts.quality == ("Too little sample.",)
