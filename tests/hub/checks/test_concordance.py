"""Strip, spectrum and laboratory side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import concordance
from hub.check_samples import samples
from hub.store import Store
from tests.contract.check.test_facts import verdict
from tests.hub.checks import world as w
from tests.hub.checks.world import Table


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # from Wilson's own formula, worked out apart by its quadratic equation
        (10, 20, 0.2993, 0.7007),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_intervals_are_wilson_s(hits: int, n: int, low: float, high: float) -> None:
    assert concordance.wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(of: tuple[int, int]) -> None:
    low, high = concordance.wilson(*of)
    assert 0 <= low <= of[0] / of[1] + 1e-12
    assert of[0] / of[1] - 1e-12 <= high <= 1


def _table(store: Store, least: int, pair: str, site: str = "all") -> concordance.Table:
    with store.read() as transaction:
        found = concordance.tables(samples(transaction, 0, 2**53), {"s2": "north/alpha"}, least)
    (table,) = [
        each
        for each in found
        if (each.group, each.pair, each.site) == ("fentanyls", pair, site)
        and each.instrument == "all"
    ]
    return table


def test_strips_and_spectra_are_measured_by_the_laboratory(store: Store, table: Table) -> None:
    cases = (
        ("positive", "not_detected", True),
        ("positive", "detected", True),
        ("negative", "inconclusive", True),
        ("negative", "not_detected", False),
        ("invalid", "detected", False),
    )
    for number, (strip, spectrum, there) in enumerate(cases, 1):
        code = w.code(number)
        table.fact(code, intake=w.INTAKE)
        table.fact(code, strip=w.dipped(strip))  # type: ignore[arg-type]  # as above
        table.spectrum(code, f"s{number}", verdict("fentanyls", spectrum, 0.05))
        told = w.found("fentanyls", seen=there, group="fentanyls")
        table.fact(code, lab=w.answer(told))
    strips = _table(store, 3, "strip-laboratory")
    assert (strips.both, strips.missed, strips.extra, strips.neither) == (2, 1, 0, 1)
    assert strips.sensitivity.share == pytest.approx(2 / 3)
    assert strips.specificity.share is None
    assert strips.specificity.n == 1
    spectra = _table(store, 3, "spectrum-laboratory", "north")
    assert (spectra.both, spectra.missed, spectra.extra, spectra.neither) == (1, 1, 1, 1)
    assert (spectra.unclear, spectra.n) == (1, 5)
    assert spectra.sensitivity.share == pytest.approx(1 / 3), "what is unclear was not found"
    both = _table(store, 1, "spectrum-strip")
    assert (both.both, both.missed, both.neither, both.unclear) == (1, 1, 1, 1)


def test_a_sample_of_which_people_say_different_things_is_left_out(
    store: Store, table: Table
) -> None:
    code = w.code(1)
    start = table.fact(code, strip=w.dipped("positive"))
    for seen in (True, False):
        table.heads[code] = (start.event,)
        table.fact(code, lab=w.answer(w.found("fentanyls", seen=seen, group="fentanyls")))
    with store.read() as transaction:
        assert concordance.tables(samples(transaction, 0, 2**53), {}, 1) == []
