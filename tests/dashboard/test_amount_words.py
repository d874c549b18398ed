"""Calibrated amounts on a spectrum's page: never bare, never where nothing may be released."""

import itertools
from dataclasses import replace

import pytest

from dashboard import amount_words
from firmware_bridge.contract.messages import AmountFinding, Correction, Findings
from tests.contract.check.test_amounts import amount, refusal
from tests.dashboard import seed
from tests.dashboard.conftest import SignIn
from tests.dashboard.test_words import FORBIDDEN

CHECK = "e" * 32
BY = "caffeine.npz abababab"


def found(*amounts: AmountFinding, **changes: object) -> Findings:
    """A result that may be released, of which nothing speaks against an amount."""
    made = seed.findings(CHECK, grade="reference")
    plain: dict[str, object] = {"quality": (), "unexplained": 0.05, "amounts": amounts}
    return replace(made, **(plain | changes))  # type: ignore[arg-type]  # as in Findings


def test_an_amount_stands_with_its_interval_its_calibration_and_its_range() -> None:
    (row,) = amount_words.rows(found(amount("acetaminophen")))
    assert (row.amount, row.reason, row.has_amount) == ("about 12 % (5 % to 19 %)", "", True)
    assert (row.by, row.span) == ("acetaminophen.npz abababab", "2 % to 40 %")


def test_what_the_spectrum_does_not_name_is_told_to_want_a_technician() -> None:
    (row,) = amount_words.rows(found(amount("caffeine")))
    assert row.reason == amount_words.NOT_NAMED


@pytest.mark.parametrize(
    "change",
    [
        {"library_grade": "demonstration"},
        {"releasable": False},
        {"unexplained": 0.3},
        {"quality": seed.findings(CHECK).quality},
    ],
)
def test_no_figure_where_nothing_may_be_released(change: dict[str, object]) -> None:
    (row,) = amount_words.rows(found(amount("acetaminophen"), **change))
    assert (row.amount, row.has_amount) == ("none said", False)
    assert row.reason


def test_no_row_of_any_kind_reassures() -> None:
    kinds = (amount("acetaminophen"), amount("caffeine"), refusal("out-of-range"))
    lost = replace(refusal("unreadable", ""), from_percent=None, to_percent=None)
    changes: tuple[dict[str, object], ...] = ({}, {"releasable": False}, {"unexplained": None})
    for kind, change in itertools.product((*kinds, lost), changes):
        (row,) = amount_words.rows(found(kind, **change))
        text = f"{row.substance} {row.amount} {row.reason} {row.by} {row.span}"
        assert not FORBIDDEN.search(text), text
        assert "None" not in text
    for sentence in (amount_words.TITLE, amount_words.NOTE, amount_words.NOT_NAMED):
        assert not FORBIDDEN.search(sentence), sentence


def test_the_page_shows_amounts_refusals_and_what_was_mended(
    programme: seed.Programme, sign_in: SignIn
) -> None:
    taken = replace(
        seed.spectrum(CHECK),
        corrections=(
            Correction(name="dark", done="subtracted"),
            Correction(name="nonlinearity", done="not divided: no dark that fits"),
        ),
    )
    findings = found(amount("acetaminophen"), refusal("out-of-range", "<b>lidocaine</b>"))
    programme.say("south", "south-1", "alpha", taken, findings)
    page = sign_in("technician").get(f"/checks/{CHECK}").text
    assert amount_words.TITLE.replace("'", "&#39;") in page
    assert "about 12 % (5 % to 19 %)" in page
    assert "none said" in page
    assert "&lt;b&gt;lidocaine" in page
    assert "not divided: no dark that fits" in page
    assert "Non-linearity of the detector" in page


def test_a_page_without_calibrations_has_no_such_table(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    page = sign_in("technician").get(f"/checks/{seed.FOUND}").text
    assert "own calibration" not in page
    assert "Stray light" not in page
