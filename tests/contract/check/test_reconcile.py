"""The written rules, over every combination of strip, spectrum and laboratory."""

from itertools import product
from typing import get_args

import pytest

from firmware_bridge.contract.check.reconcile import (
    PRESENT,
    LabSays,
    LabWord,
    Outcome,
    SpectrumSays,
    SpectrumWord,
    outcome_of,
    standing,
    together,
)
from firmware_bridge.contract.strips import StripResult
from tests.contract.check.test_strips import strip

ALL = list(product(get_args(StripResult), get_args(SpectrumSays), get_args(LabSays)))
TODAY = "2026-11-27"


@pytest.mark.parametrize(("strip_says", "spectrum", "lab"), ALL)
def test_every_combination_keeps_the_rules(
    strip_says: StripResult, spectrum: SpectrumSays, lab: LabSays
) -> None:
    outcome = outcome_of(strip_says, spectrum, lab)
    assert outcome in get_args(Outcome)
    if strip_says == "positive" or spectrum == "shows" or lab == "found":
        assert outcome in PRESENT
    else:
        assert outcome not in PRESENT
    if spectrum == "unclear" and lab not in {"found", "not-found"} and strip_says != "positive":
        assert outcome.startswith("unclear")
    if strip_says in {"invalid", "not-done"}:
        assert "strip" not in outcome
    if spectrum == "none":
        assert "spectrum" not in outcome
        assert "either" not in outcome


def test_every_outcome_comes_from_some_combination() -> None:
    assert {outcome_of(*combination) for combination in ALL} == set(get_args(Outcome))


def test_of_several_strips_any_positive_one_counts() -> None:
    positive = strip(result="positive", expires="2020-01")
    assert together([strip(), positive, strip(result="invalid")], TODAY) == ("positive", positive)


def test_a_negative_strip_counts_only_before_its_date() -> None:
    assert together([strip(expires="2026-10")], TODAY)[0] == "invalid"
    assert together([strip(expires="2026-11")], TODAY)[0] == "negative"
    assert together([], TODAY) == ("not-done", None)
    assert together([strip(result="not-done")], TODAY) == ("not-done", None)


def test_the_limit_is_that_of_the_strip_that_shows_least() -> None:
    fine, coarse = strip(mg=10, ml=5), strip(mg=5, ml=50)
    found = standing(
        "fentanyls", [coarse, fine], SpectrumWord(says="none"), LabWord(says="none"), TODAY
    )
    assert found.outcome == "not-seen-by-strip"
    assert found.strip_limit == fine.limit_share


def test_a_strip_of_another_kind_says_nothing() -> None:
    found = standing(
        "xylazine",
        [strip(result="positive")],
        SpectrumWord(says="none"),
        LabWord(says="none"),
        TODAY,
    )
    assert found.outcome == "not-tested"
