import pytest

from analysis import Matcher
from analysis.entries import Entry
from analysis.substances import DEFAULT_WATCH, find_substance, substances
from analysis.watch import resolve

ENTRIES = (
    Entry("a", "Acetaminophen", "analgesics"),
    Entry("b", "fentanyl", "fentanyls"),
    Entry("c", "Tinuvin 770", "additives"),
    Entry("d", "carfentanil", "fentanyls"),
)


def test_a_family_brings_its_members_and_a_synonym_finds_its_substance() -> None:
    watch = resolve(["Fentanyls", "BTMPS", "medetomidine"], ENTRIES)
    assert watch.missing == ("medetomidine",)
    by_family = {g.family: g for g in watch.groups}
    assert by_family["fentanyls"].units() == (
        ("family", "fentanyls"),
        ("substance", "carfentanil"),
        ("substance", "fentanyl"),
    )
    assert by_family["additives"].watched == ("Tinuvin 770",)
    assert by_family["additives"].leads() == (("substance", "Tinuvin 770"),)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Tinuvin 770", "btmps"),
        ("despropionyl fentanyl", "4-anpp"),
        ("ACETAMINOPHEN", "paracetamol"),
        ("4-fluorofentanyl", "para-fluorofentanyl"),
        ("tranq", "xylazine"),
    ],
)
def test_names_in_use_find_the_substance(name: str, slug: str) -> None:
    found = find_substance(name)
    assert found is not None
    assert found.slug == slug


def test_the_table_is_whole() -> None:
    rows = substances().values()
    assert len(rows) >= 74
    assert len({r.name for r in rows}) == len(rows)
    assert {r.ir_at_street_levels for r in rows} <= {"often", "partly", "rarely", ""}
    assert find_substance("not a substance") is None


def test_every_default_target_gets_a_verdict_even_without_reference(
    demonstration: Matcher,
) -> None:
    entries = demonstration.library.entries
    assert set(resolve(DEFAULT_WATCH, entries).missing) == {"medetomidine", "BTMPS"}
