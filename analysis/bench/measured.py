"""The worlds "open-ir" and "other-ir": measured infrared spectra, street-like mixtures.

Only one measurement of each substance exists. It stands in the library; the sample side sees it
through a simulated second instrument. That is labelled wherever a figure of these worlds is shown.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from analysis.bench.compositions import Part, Stock
from analysis.bench.instrument import OPEN_LAW, OTHER_LAW, Law, detected, field, moved, set_up
from analysis.bench.shared import how_often, infrared_spectra
from analysis.bench.worlds import World
from analysis.reference import Reference
from analysis.spectrum import FloatArray, Spectrum
from analysis.substances import Substance, substances

LAWS: Mapping[str, tuple[Law, float, float]] = {
    "open-ir": (OPEN_LAW, 22.0, 35.0),
    "other-ir": (OTHER_LAW, 40.0, 60.0),
}
"""Law, and the lengths (cm-1) over which a component's heights and positions vary together."""
AXIS = np.arange(680.0, 1880.1, 4.0)
LEFT_OUT = 16
RARE = 20.0
NEVER_LEFT_OUT = frozenset({"paracetamol", "caffeine", "lidocaine", "mannitol", "lactose"})
ALIKE_ELSEWHERE: Mapping[str, tuple[str, ...]] = {"fentanyls": ("4-anpp",)}
"""Near relatives that the substance table has in a family of their own."""


def infrared_world(name: str, *, seed: int, targets: int, data: Path) -> World:
    """A world of the measured infrared spectra.

    Half of each watched family is watched and half is met as a near relative; sixteen other
    substances, chosen by the seed, are in no library.

    Args:
        name: "open-ir" or "other-ir".
        seed: of the watch list and of what is left out.
        targets: most substances to watch.
        data: folder of the measured data.

    Raises:
        AnalysisError: the data is not there.
    """
    rng = np.random.default_rng([seed, len(name), 23])
    spectra, table = infrared_spectra(data), substances()
    chosen = _watched(list(spectra), table, rng)[:targets]
    relatives = {s: _relatives(s, chosen, list(spectra), table) for s in chosen}
    kin = {s for names in relatives.values() for s in names}
    plain = [s for s in spectra if not table[s].watch and s not in kin]
    rest = [str(s) for s in rng.permutation([s for s in plain if s not in NEVER_LEFT_OUT])]
    left_out, counts = rest[:LEFT_OUT], how_often(data)
    matrix = {s: RARE + counts.get(s, 0.0) for s in plain if s not in set(left_out)}
    curves = {slug: _on_axis(spectrum) for slug, spectrum in spectra.items()}
    law, tall, wide = LAWS[name]

    def render(parts: tuple[Part, ...], chance: np.random.Generator) -> Spectrum:
        mixed = [(curves[part.substance], part.share) for part in parts]
        values = seen_curves(mixed, law, tall, wide, chance)
        return Spectrum(AXIS, values, "ir-absorbance", instrument="B (simulated)")

    return World(
        name=name,
        label=f"{len(spectra)} measured infrared spectra as library; the sample side is the same"
        " measurement through a simulated second instrument",
        share_meaning="weight fraction, where each measured spectrum has a highest point of 1",
        references=[_reference(spectra[s], table[s]) for s in spectra if s not in set(left_out)],
        targets=tuple(chosen),
        stock=Stock(matrix, left_out[::2], relatives),
        rehearsal=Stock(matrix, left_out[1::2], relatives),
        render=render,
    )


def seen_curves(
    parts: list[tuple[FloatArray, float]],
    law: Law,
    tall: float,
    wide: float,
    rng: np.random.Generator,
) -> FloatArray:
    """A mixture of measured curves (on `AXIS`) as a second instrument sees it.

    Args:
        parts: curve and share of each component.
        law: how far the instrument differs.
        tall: length over which heights vary together, cm-1.
        wide: length over which positions vary together, cm-1.
        rng: source of chance.
    """
    setting = set_up(law, rng)
    far = moved(AXIS, setting)
    pure = np.zeros_like(AXIS)
    for curve, share in parts:
        louder = np.exp(field(AXIS, law.height, tall, rng))
        place = AXIS - far - field(AXIS, law.jitter_cm1, wide, rng)
        pure += share * louder * np.interp(place, AXIS, curve)
    return detected(_broadened(pure, setting.broadening_cm1), AXIS, law, setting, rng)


def _broadened(values: FloatArray, full_width: float) -> FloatArray:
    """Convolved with a Gaussian slit of that full width, cm-1."""
    sigma = full_width / 2.355 / float(AXIS[1] - AXIS[0])
    reach = np.arange(-6, 7)
    kernel = np.exp(-0.5 * (reach / max(sigma, 1e-3)) ** 2)
    padded = np.pad(values, 6, mode="edge")
    wider: FloatArray = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    return wider


def _on_axis(spectrum: Spectrum) -> FloatArray:
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 - start-up time

    inside = np.clip(AXIS, spectrum.axis[0], spectrum.axis[-1])
    return np.asarray(PchipInterpolator(spectrum.axis, spectrum.values)(inside), dtype=np.float64)


def _watched(
    slugs: list[str], table: Mapping[str, Substance], rng: np.random.Generator
) -> list[str]:
    """Half of each family of the default watch list, one at least."""
    chosen: list[str] = []
    for family in sorted({table[s].family for s in slugs if table[s].watch}):
        members = rng.permutation([s for s in slugs if table[s].family == family])
        chosen += [str(s) for s in members[: max(1, len(members) // 2)]]
    return chosen


def _relatives(
    slug: str, chosen: list[str], slugs: list[str], table: Mapping[str, Substance]
) -> list[str]:
    family = table[slug].family
    sisters = [s for s in slugs if table[s].family == family and s not in chosen]
    return sisters + [s for s in ALIKE_ELSEWHERE.get(family, ()) if s in slugs]


def _reference(spectrum: Spectrum, row: Substance) -> Reference:
    return Reference(
        spectrum,
        row.slug,
        row.family,
        form=spectrum.provenance.get("form") or None,
        inchikey=row.inchikey or None,
        instrument="A",
        source="measured infrared spectra of the benchmark",
        licence="local benchmarks only",
    )
