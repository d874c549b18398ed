import pytest

from analysis.identifiers import is_cas, is_inchikey, is_pubchem
from analysis.substances import DEFAULT_WATCH, find_substance, folded, names_of, substances


def test_no_name_leads_to_two_substances() -> None:
    owners: dict[str, set[str]] = {}
    for row in substances().values():
        for name in (row.slug, row.name, *row.synonyms):
            owners.setdefault(folded(name), set()).add(row.slug)
    assert {name: slugs for name, slugs in owners.items() if len(slugs) > 1} == {}


def test_no_name_of_a_substance_is_the_name_of_a_family_of_others() -> None:
    families = {folded(row.family) for row in substances().values()}
    for row in substances().values():
        for name in (row.slug, row.name, *row.synonyms):
            assert folded(name) not in families or folded(row.family) == folded(name)


def test_every_inchikey_has_its_shape_and_stands_once() -> None:
    keys = [row.inchikey for row in substances().values() if row.inchikey]
    assert [key for key in keys if not is_inchikey(key)] == []
    assert len(keys) == len(set(keys))


def test_every_judgement_is_one_of_the_four_and_the_watch_list_is_judged() -> None:
    rows = substances().values()
    assert {row.ir_at_street_levels for row in rows} == {"often", "partly", "rarely", ""}
    assert [row.name for row in rows if row.watch and not row.ir_at_street_levels] == []


def test_the_default_watch_list_is_what_the_table_watches() -> None:
    named = {folded(target) for target in DEFAULT_WATCH}
    for row in substances().values():
        assert row.watch == bool(named & {folded(row.name), folded(row.family)}), row.name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Tinuvin 770", "BTMPS"),
        ("bis(2,2,6,6-tetramethyl-4-piperidyl) sebacate", "BTMPS"),
        ("despropionyl fentanyl", "4-ANPP"),
        ("Despropionylfentanyl", "4-ANPP"),
        ("4-fluorofentanyl", "para-fluorofentanyl"),
        ("pFF", "para-fluorofentanyl"),
        ("oMF", "ortho-methylfentanyl"),
        ("acetaminophen", "paracetamol"),
        ("MSM", "dimethyl sulfone"),
        ("dexmedetomidine", "medetomidine"),
        ("diamorphine", "heroin"),
        ("lignocaine", "lidocaine"),
        ("6-MAM", "6-acetylmorphine"),
        ("etonitazepyne", "N-pyrrolidino etonitazene"),
    ],
)
def test_other_names_are_known(said: str, name: str) -> None:
    found = find_substance(said)
    assert found is not None
    assert found.name == name
    assert folded(said) in names_of(name)


# The ranking of what street samples hold that matters most to a matcher, by the names it uses.
TOP = """fentanyl, para-fluorofentanyl, ortho-methylfentanyl, carfentanil, acetylfentanyl, 4-ANPP,
protonitazene, metonitazene, N-pyrrolidino protonitazene, N-desethyl isotonitazene, heroin,
tramadol, xylazine, medetomidine, BTMPS, bromazolam, alprazolam, etizolam, clonazolam, phenazolam,
desalkylgidazepam, lidocaine, procaine, tetracaine, benzocaine, acetaminophen, caffeine,
diphenhydramine, quinine, phenacetin, levamisole, dimethyl sulfone, mannitol, erythritol, inositol,
sucrose, lactose, xylitol, cocaine, methamphetamine, N-isopropylbenzylamine, MDMA, MDA,
N-N-dimethylpentylone, ketamine, 2-fluoro-2-oxo-PCE, deschloroketamine, phenethyl 4-ANPP,
ethyl-4-ANPP, noramidopyrine"""


@pytest.mark.parametrize("name", [" ".join(part.split()) for part in TOP.split(",")])
def test_the_substances_that_matter_most_are_in_the_table(name: str) -> None:
    assert find_substance(name) is not None


def test_identifiers_are_checked() -> None:
    assert is_inchikey("PJMPHNIQZUBGLI-UHFFFAOYSA-N")
    assert not is_inchikey("PJMPHNIQZUBGLI-UHFFFAOYSA")
    assert is_cas("58-08-2")  # caffeine
    assert is_cas("437-38-7")  # fentanyl
    assert not is_cas("58-08-3")
    assert not is_cas("fentanyl")
    assert is_pubchem("2519")
    assert not is_pubchem("CID2519")
