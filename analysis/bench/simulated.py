"""The worlds "open-sim" and "other-sim": made-up substances, simulated ATR infrared spectra."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.bench.bands import (
    Bands,
    MadeUp,
    Style,
    lookalike,
    made_up_families,
    normalised,
    random_bands,
    sharp_bands,
)
from analysis.bench.compositions import Part, Stock
from analysis.bench.instrument import LIBRARY_LAW, OPEN_LAW, OTHER_LAW, Law, seen_bands
from analysis.bench.worlds import World
from analysis.errors import AnalysisError
from analysis.reference import Reference
from analysis.spectrum import FloatArray, Spectrum

LEAST_REFERENCES = 40
UNKNOWNS = 150
PER_FAMILY = 3
REFERENCES_PER_FAMILY = 7.5


@dataclass(frozen=True, slots=True)
class Shape:
    """What makes one simulated world different from the other."""

    style: Style
    law: Law
    library_axis: FloatArray
    sample_axis: FloatArray
    sparse_unknowns: bool
    salt: int


SHAPES: Mapping[str, Shape] = {
    "open-sim": Shape(
        Style(), OPEN_LAW, np.arange(600.0, 1800.1, 2.0), np.arange(600.7, 1799.5, 1.93), False, 0
    ),
    "other-sim": Shape(
        Style(gaussian=True, bands=(10, 18), width_cm1=14.0, busy=0.4),
        OTHER_LAW,
        np.arange(610.0, 1790.1, 1.6),
        np.arange(609.3, 1790.5, 2.1),
        True,
        7919,
    ),
}


def simulated_world(
    name: str, *, seed: int, targets: int, references: int, replicates: int = 1
) -> World:
    """A world of made-up substances.

    Args:
        name: "open-sim" or "other-sim".
        seed: of substances and watch list.
        targets: how many substances are watched.
        references: how many substances the library has.
        replicates: references of each, the first by the library's instrument, the others each
            through the sample side's law.

    Raises:
        AnalysisError: too few references for the watch list.
    """
    if references < LEAST_REFERENCES or targets > references // 4:
        raise AnalysisError(
            f"{references} references for {targets} targets: at least {LEAST_REFERENCES}, and four"
            " times as many as targets, are wanted"
        )
    shape = SHAPES[name]
    rng = np.random.default_rng([seed, shape.salt, 11])
    known, chosen, relatives = _cast(shape, references, targets, rng)
    strangers = [_stranger(k, shape, rng) for k in range(UNKNOWNS)]
    tables = {each.substance: each.bands for each in (*known, *strangers)}
    watched = {each.family for each in known if each.substance in set(chosen)}
    near = {name for names in relatives.values() for name in names}
    matrix = {
        e.substance: 1.0 for e in known if e.family not in watched and e.substance not in near
    }

    def render(parts: tuple[Part, ...], chance: np.random.Generator) -> Spectrum:
        mixed = [(tables[part.substance], part.share) for part in parts]
        values = seen_bands(
            mixed, shape.sample_axis, shape.law, chance, gaussian=shape.style.gaussian
        )
        return Spectrum(shape.sample_axis, values, "ir-absorbance", instrument="B (simulated)")

    return World(
        name=name,
        label=f"simulated ATR infrared, {references} made-up substances; nothing is measured",
        share_meaning="weight fraction, where each pure spectrum has a peak of 1",
        references=[r for each in known for r in _measured(each, shape, replicates, rng)],
        targets=tuple(chosen),
        stock=Stock(matrix, [each.substance for each in strangers[::2]], relatives),
        rehearsal=Stock(matrix, [each.substance for each in strangers[1::2]], relatives),
        render=render,
    )


def _cast(
    shape: Shape, references: int, targets: int, rng: np.random.Generator
) -> tuple[list[MadeUp], list[str], dict[str, list[str]]]:
    """All substances of the library, the watched ones, and each one's near relatives."""
    plain = references - references // 25
    families = max(5, min(plain // 2, round(plain / REFERENCES_PER_FAMILY)))
    known = made_up_families(plain, rng, shape.style, families)
    chosen = _watched(known, targets, rng)
    by_name = {each.substance: each for each in known}
    relatives = {
        name: [
            each.substance
            for each in known
            if each.family == by_name[name].family and each.substance not in chosen
        ]
        for name in chosen
    }
    for k in range(references - plain):
        of = chosen[k % len(chosen)]
        alike = lookalike(by_name[of], f"lookalike {k:03d}", rng, shape.style)
        known.append(alike)
        relatives[of].append(alike.substance)
    return known, chosen, relatives


def _watched(known: list[MadeUp], targets: int, rng: np.random.Generator) -> list[str]:
    """At most three of a family, and at most half of it, so that sisters are left as relatives."""
    families = sorted({each.family for each in known})
    chosen: list[str] = []
    for family in rng.permutation(families):
        members = [each.substance for each in known if each.family == family]
        some = rng.permutation(members)[: min(PER_FAMILY, len(members) // 2)]
        chosen += [str(name) for name in some]
        if len(chosen) >= targets:
            break
    return chosen[:targets]


def _stranger(number: int, shape: Shape, rng: np.random.Generator) -> MadeUp:
    bands = sharp_bands(rng) if shape.sparse_unknowns else random_bands(rng, shape.style)
    name = f"stranger {number:03d}"
    return MadeUp(name, name, normalised(bands, gaussian=shape.style.gaussian))


def _measured(
    of: MadeUp, shape: Shape, replicates: int, rng: np.random.Generator
) -> list[Reference]:
    """The references of one substance, each from an instrument of its own."""
    return [
        Reference(
            _reference_spectrum(of.bands, shape, LIBRARY_LAW if k == 0 else shape.law, rng),
            of.substance,
            of.family,
            instrument=f"{'A' if k == 0 else f'A{k}'} (simulated)",
            source="made up by the benchmark",
        )
        for k in range(replicates)
    ]


def _reference_spectrum(bands: Bands, shape: Shape, law: Law, rng: np.random.Generator) -> Spectrum:
    values = seen_bands([(bands, 1.0)], shape.library_axis, law, rng, gaussian=shape.style.gaussian)
    return Spectrum(shape.library_axis, values / values.max(), "ir-absorbance")
