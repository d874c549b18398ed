import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import words
from firmware_bridge.contract.messages import Findings, QualityFinding, TargetFinding
from tests.dashboard import seed

FORBIDDEN = re.compile(
    r"\b(safe(ly|r)?|clean|pure|pass(ed|es)?|ok(ay)?|negative|absent|free of|all clear|harmless"
    r"|no (fentanyl|nitazene|xylazine|opioid|drug|danger|risk)\w*)\b|[✓✔✅]",
    re.IGNORECASE,
)
VERDICTS = ("detected", "not_detected", "inconclusive")
GRADES = ("demonstration", "reference")
TARGETS = ("fentanyls", "nitazenes", "xylazine", "medetomidine", "BTMPS", "fentanyl")

EVERY_TARGET = [
    seed.target(name, verdict, limit=limit, share=share, reason=reason, level=level)
    for name, verdict, limit, share, reason, level in itertools.product(
        TARGETS,
        VERDICTS,
        (None, 0.0, 0.0004, 0.05, 0.5, 1.0),
        (None, 0.0, 0.004, 0.17, 1.0),
        ("", "the spectrum is too weak"),
        ("family", "substance"),
    )
]


def _said(card: words.Card) -> str:
    return " ".join((card.word, card.target, *card.sentences, card.stamp))


def test_the_net_catches_what_must_not_be_said() -> None:
    for bad in ("It is safe.", "No fentanyl found", "Test passed", "OK", "negative", "Pure MDMA"):
        assert FORBIDDEN.search(bad), bad


@pytest.mark.parametrize("grade", GRADES)
def test_no_card_of_any_state_reassures(grade: str) -> None:
    for finding in EVERY_TARGET:
        said = _said(words.card(finding, grade=grade))
        assert not FORBIDDEN.search(said), said


@pytest.mark.parametrize("finding", [t for t in EVERY_TARGET if t.verdict == "not_detected"][:60])
def test_not_detected_never_stands_without_its_limit(finding: TargetFinding) -> None:
    card = words.card(finding, grade="reference")
    told = "limit not known" if finding.limit is None else words.percent(finding.limit)
    assert told in card.word
    assert "can still be there" in _said(card)
    assert card.tone == "unseen"


def test_every_card_of_a_demonstration_library_says_so() -> None:
    for finding in EVERY_TARGET:
        assert words.card(finding, grade="demonstration").stamp == words.DEMONSTRATION_STAMP


def test_a_share_is_never_told_without_saying_that_it_is_not_mass() -> None:
    for finding in EVERY_TARGET:
        if finding.verdict == "detected" and finding.share is not None:
            assert words.NOT_MASS in _said(words.card(finding, grade="reference"))


def test_a_strong_sedative_comes_with_rescue_breaths() -> None:
    card = words.card(seed.target("xylazine", "detected", share=0.2), grade="reference")
    assert "rescue breaths" in _said(card)


def _all_sentences(findings: Findings) -> list[str]:
    quality = [words.quality(one) for one in findings.quality]
    return [
        *words.release(findings),
        words.summary(findings)[1],
        words.unexplained(findings.unexplained),
        words.components(len(findings.components)),
        words.grade(findings.library_grade),
        *quality,
    ]


@given(
    verdicts=st.lists(st.sampled_from(EVERY_TARGET), max_size=6),
    grade=st.sampled_from(GRADES),
    unexplained=st.none() | st.floats(0, 1),
)
def test_no_sentence_about_a_check_reassures(
    verdicts: list[TargetFinding], grade: str, unexplained: float | None
) -> None:
    findings = replace(seed.findings("c" * 32, *verdicts, grade=grade), unexplained=unexplained)
    for sentence in _all_sentences(findings):
        assert not FORBIDDEN.search(sentence), sentence


def test_standing_sentences_do_not_reassure() -> None:
    for sentence in (
        words.USE_STRIPS,
        words.SMALL_SAMPLE,
        words.FIRST_LINE,
        words.NOT_MASS,
        words.DEMONSTRATION,
        words.SEDATIVE,
        words.summary(None)[1],
        words.components(0),
    ):
        assert not FORBIDDEN.search(sentence), sentence


def test_what_was_found_stands_before_what_was_not() -> None:
    findings = seed.findings(
        "c" * 32,
        seed.target("nitazenes", "not_detected", limit=0.1),
        seed.target("xylazine", "inconclusive"),
        seed.target("fentanyls", "detected", share=0.2),
    )
    tones = [card.tone for card in words.cards(findings)]
    assert tones == ["found", "unclear", "unseen"]
    assert words.summary(findings)[0] == "found"


def test_a_demonstration_result_can_never_be_released_whatever_the_message_says() -> None:
    findings = replace(seed.findings("c" * 32), releasable=True)
    assert words.release(findings)[0] == "Can't be released."


def test_a_broken_quality_limit_is_said() -> None:
    broken = QualityFinding(name="band", value=0.1, limit=0.3, ok=False, detail="")
    assert words.quality(broken) == "Outside limits"


def test_a_single_substance_that_was_found_is_never_hidden_behind_families() -> None:
    findings = seed.findings(
        "c" * 32,
        seed.target("fentanyls", "not_detected", limit=0.1),
        seed.target("xylazine", "detected", share=0.3, level="substance"),
        seed.target("BTMPS", "not_detected", limit=0.2, level="substance"),
    )
    assert [card.target for card in words.cards(findings)] == ["xylazine", "fentanyls"]
    assert [card.target for card in words.other_cards(findings)] == ["BTMPS"]
    assert words.summary(findings) == ("found", "Detected: xylazine")


def test_what_is_inconclusive_is_told_beside_what_was_found() -> None:
    findings = seed.findings(
        "c" * 32,
        seed.target("fentanyls", "inconclusive"),
        seed.target("xylazine", "detected", level="substance"),
    )
    assert words.summary(findings)[1] == "Detected: xylazine. Inconclusive: fentanyls"


def test_substances_that_share_a_reason_share_a_card() -> None:
    weak = [
        seed.target(name, "inconclusive", reason="too weak", level="substance") for name in "abc"
    ]
    other = seed.target("d", "inconclusive", reason="close", level="substance")
    found = words.cards(seed.findings("c" * 32, *weak, other))
    assert [card.target for card in found] == ["a, b, c", "d"]


def test_families_are_named_first_and_only_single_substances_are_folded() -> None:
    many = [
        seed.target(f"analogue {n}", "inconclusive", reason="weak", level="substance")
        for n in range(29)
    ]
    unknown = [
        seed.target(f"x{n}", "inconclusive", reason="no reference", level="substance")
        for n in range(9)
    ]
    families = [seed.target(name, "inconclusive", reason="weak") for name in ("A", "B")]
    found = seed.target("xylazine", "detected", level="substance")
    cards = words.cards(seed.findings("c" * 32, *unknown, *many, *families, found))
    assert [card.target for card in cards] == ["xylazine", "A, B", "9 single substances"]
    assert [len(card.members) for card in cards] == [0, 29, 9]


@given(st.lists(st.sampled_from(EVERY_TARGET), max_size=12))
def test_what_was_found_stands_first_and_no_family_or_find_is_ever_folded(
    targets: list[TargetFinding],
) -> None:
    cards = words.cards(seed.findings("c" * 32, *targets))
    tones = [card.tone for card in cards]
    assert tones == sorted(tones, key=["found", "unclear", "unseen"].index)
    folded = [name for card in cards for name in card.members]
    alike = [t.target for t in targets if t.level == "substance" and t.verdict == "inconclusive"]
    assert not [name for name in folded if name not in alike]
    titles = ", ".join(card.target for card in cards).split(", ")
    for target in targets:
        if target.level == "family" or target.verdict == "detected":
            assert target.target in titles


@given(st.lists(st.sampled_from(EVERY_TARGET), max_size=12))
def test_no_target_is_left_out_of_a_check(targets: list[TargetFinding]) -> None:
    findings = seed.findings("c" * 32, *targets)
    cards = (*words.cards(findings), *words.other_cards(findings))
    titles = [one.target for one in cards if not one.target.endswith("single substances")]
    shown = ", ".join([*titles, *(name for one in cards for name in one.members)])
    assert sorted(shown.split(", ")) == sorted(t.target for t in targets) or not targets
