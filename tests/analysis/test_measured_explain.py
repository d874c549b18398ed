"""Measured spectra, band by band: what is there is seen, what is not there is refuted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis import Component, Library, Matcher, Reference, Spectrum
from analysis.explain import explain
from analysis.findings import Identification
from analysis.refutation import refutations
from analysis.spectrum import FloatArray
from analysis.substances import substances
from analysis.subtraction import Subtractor
from tests.analysis.test_measured import OTHER_NAMES, infrared, raman

MIXTURES = (
    {"fentanyl": 0.2, "mannitol": 0.4, "caffeine": 0.3, "lidocaine": 0.1},
    {"heroin": 0.4, "caffeine": 0.3, "paracetamol": 0.3},
    {"etizolam": 0.3, "lactose": 0.7},
    {"cocaine": 0.5, "levamisole": 0.2, "phenacetin": 0.3},
)


def mixed(matcher: Matcher, rows: dict[str, FloatArray], shares: dict[str, float]) -> Spectrum:
    """Measured spectra added up by share of signal, with little noise."""
    recipe, rng = matcher.library.recipe, np.random.default_rng(0)
    norms = {k: np.linalg.norm(recipe.derivative(rows[k])) for k in shares}
    values = sum((s * rows[k] / norms[k] for k, s in shares.items()), np.zeros(recipe.points))
    values = values / values.max() + 0.001 * rng.normal(size=values.size)
    kind = "raman" if recipe.kind == "raman" else "ir-absorbance"
    return Spectrum(recipe.grid(), values, kind)


def put_in(library: Library, found: Identification, name: str) -> Identification:
    """The same result with a fifth of a substance that is not in the sample."""
    family = next(e.family for e in library.entries if e.substance == name)
    rest = tuple(replace(c, share=0.8 * c.share) for c in found.components)
    return replace(found, components=(*rest, Component(name, 0.2, (0.1, 0.3), family, 9.0)))


@pytest.mark.shared_data
@pytest.mark.parametrize("shares", MIXTURES, ids="+".join)
def test_infrared_bands_are_seen_and_a_wrong_substance_is_refuted(
    shared_data: Path, demonstration: Matcher, shares: dict[str, float]
) -> None:
    folder, library = shared_data / "ir" / "measured", demonstration.library
    rows = {k: library.recipe.on_grid(infrared(folder, k)) for k in shares}
    sample = mixed(demonstration, rows, shares)
    found = demonstration.identify(sample)
    true = {substances()[k].name for k in shares}
    evidence = [e for e in explain(library, found) if e.substance in true]
    assert len(evidence) >= len(true) - 1
    assert sum(e.seen for e in evidence) > sum(e.hidden for e in evidence)
    assert sum(e.missing for e in evidence) <= 1
    assert not {r.substance for r in refutations(explain(library, found), "cm-1")} & true
    wrong = explain(library, put_in(library, found, "morphine"))
    assert "morphine" in {r.substance for r in refutations(wrong, "cm-1")}
    steps = Subtractor(library).run(sample, 6).steps
    largest = max(shares, key=lambda k: shares[k])
    assert substances()[largest].name in {s.substance for s in steps}


@pytest.mark.shared_data
def test_raman_bands_of_another_instrument_are_seen(shared_data: Path) -> None:
    files = sorted((shared_data / "raman" / "instrument-a-2026").glob("*.csv"))
    references = [Reference(raman(f, raw=False), f.stem.lower(), f.stem.lower()) for f in files]
    matcher = Matcher(Library.build(references), [])
    library = matcher.library
    rows = {}
    for file in (shared_data / "raman" / "instrument-b-2025").glob("*.csv"):
        name = OTHER_NAMES.get(file.stem.lower(), file.stem.lower())
        rows[name] = library.recipe.on_grid(raman(file, raw=True))
    seen = missing = refuted = tried = 0
    names = sorted(set(rows) - {"glucose"})
    for k, one in enumerate(names[:-2]):
        shares = {one: 0.4, names[k + 1]: 0.35, names[k + 2]: 0.25}
        found = matcher.identify(mixed(matcher, rows, shares))
        evidence = [e for e in explain(library, found) if e.substance in shares]
        seen += sum(e.seen for e in evidence)
        missing += sum(e.missing for e in evidence)
        refuted += len(refutations(tuple(evidence), "cm-1"))
        tried += len(evidence)
    assert tried > 60
    assert missing < 0.03 * seen
    assert refuted == 0
