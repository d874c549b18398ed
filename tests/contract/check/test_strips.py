"""Strips: one line is positive; limits follow from the dilution."""

import pytest

from firmware_bridge.contract.strips import KINDS, Strip, StripKind, StripResult, result_of


def strip(
    kind: StripKind = "fentanyl",
    result: StripResult = "negative",
    *,
    mg: float | None = 5,
    ml: float | None = 50,
    expires: str = "",
    limit: float | None = None,
) -> Strip:
    return Strip(
        kind=kind,
        result=result,
        lot="L1",
        expires=expires,
        mass_mg=mg,
        water_ml=ml,
        limit_ng_ml=limit,
    )


def test_one_line_is_positive_and_any_second_line_negative() -> None:
    assert result_of(control_line=True, test_line=False) == "positive"
    assert result_of(control_line=True, test_line=True) == "negative"
    assert result_of(control_line=False, test_line=False) == "invalid"
    assert result_of(control_line=False, test_line=True) == "invalid"


@pytest.mark.parametrize(
    ("kind", "mg", "ml", "percent"),
    [
        ("fentanyl", 5, 50, 0.2),
        ("fentanyl", 1, 2, 0.04),
        ("fentanyl", 10, 5, 0.01),
        ("xylazine", 5, 50, 2.5),
        ("xylazine", 10, 5, 0.125),
        ("nitazene", 1, 2, 0.6),
    ],
)
def test_the_limit_at_a_dilution_is_that_of_the_table(
    kind: StripKind, mg: float, ml: float, percent: float
) -> None:
    share = strip(kind, mg=mg, ml=ml).limit_share
    assert share is not None
    assert 100 * share == pytest.approx(percent)


@pytest.mark.parametrize(("mg", "ml"), [(None, 5), (5, None), (0, 5), (5, 0), (-1, 5), (1e9, 1)])
def test_an_unknown_dilution_has_no_limit(mg: float | None, ml: float | None) -> None:
    assert strip(mg=mg, ml=ml).limit_share is None


def test_a_lot_of_which_more_is_known_goes_by_that() -> None:
    known = strip(limit=1000.0).limit_share
    assert known == pytest.approx(0.01)


def test_other_drugs_can_make_a_fentanyl_strip_positive_from_one_mg_per_ml() -> None:
    assert strip(mg=10, ml=5).may_be_false
    assert not strip(mg=5, ml=50).may_be_false
    assert strip(mg=None).may_be_false
    assert not any(strip(kind, mg=10, ml=5).may_be_false for kind in KINDS if kind != "fentanyl")


def test_a_month_counts_to_its_end() -> None:
    assert not strip(expires="2026-11").is_expired("2026-11-30")
    assert strip(expires="2026-11").is_expired("2026-12-01")
    assert strip(expires="2026-11-26").is_expired("2026-11-27")
    assert not strip(expires="").is_expired("2099-01-01")


@pytest.mark.parametrize(
    ("mg", "ml", "limit"),
    [(5e-324, 50.0, None), (1e-310, 1e4, None), (5.0, 50.0, float("nan")), (5.0, 50.0, -1.0)],
)
def test_figures_that_cannot_be_make_no_limit(mg: float, ml: float, limit: float | None) -> None:
    assert strip(mg=mg, ml=ml, limit=limit).limit_share is None
