"""The world "raman": the library from one instrument, samples mixed from another's spectra."""

from pathlib import Path

import numpy as np

from analysis.bench.compositions import Part, Stock
from analysis.bench.shared import raman_spectra
from analysis.bench.worlds import World
from analysis.reference import Reference
from analysis.spectrum import FloatArray, Spectrum

LIBRARY_FOLDER = "instrument-a-2026"
SAMPLE_FOLDER = "instrument-b-2025"
AXIS = np.arange(320.0, 2280.1, 1.7)
MOST_TARGETS = 8
LEFT_OUT = 8
FLOOR_CM1 = 150.0
NOISE = 0.001
VISIBLE = (3, 5)
TRACES = (1, 3)


def raman_world(*, seed: int, targets: int, data: Path) -> World:
    """A world of measured Raman spectra; the two sides are different instruments and years.

    Of the substances that both measured, the seed makes some targets (each a family of its own)
    and leaves some out of the library: half of these strangers are met in calibration, the others
    in the test. The rest is bulk. It is the same in both, as a programme's own blanks hold the
    same cutting agents as its samples; each was measured once, so that own calibration blanks
    flatter here, and calibration from the library alone does not.

    Args:
        seed: of that choice.
        targets: most substances to watch; 8 at most.
        data: folder of the measured data.

    Raises:
        AnalysisError: the data is not there.
    """
    rng = np.random.default_rng([seed, 37])
    library = raman_spectra(data / "raman" / LIBRARY_FOLDER, raw=False)
    samples = raman_spectra(data / "raman" / SAMPLE_FOLDER, raw=True)
    common = [str(name) for name in rng.permutation(sorted(set(library) & set(samples)))]
    chosen, others = common[: min(targets, MOST_TARGETS)], common[min(targets, MOST_TARGETS) :]
    left_out, matrix = others[:LEFT_OUT], others[LEFT_OUT:]
    pure = {name: _peak_one(samples[name][0]) for name in common}

    def render(parts: tuple[Part, ...], chance: np.random.Generator) -> Spectrum:
        mixed = sum((p.share * pure[p.substance] for p in parts), np.zeros_like(AXIS))
        gain = float(np.exp(chance.normal(0, 0.3)))
        noise = NOISE * chance.normal(size=AXIS.size)
        return Spectrum(AXIS, 1e4 * gain * (mixed + noise), "raman", instrument="B")

    return World(
        name="raman",
        label="measured Raman spectra: library of one instrument, samples mixed from another's",
        share_meaning="fraction of signal, where each pure spectrum's highest band is 1",
        references=[
            Reference(spectrum, name, name, instrument="A", source="measured Raman spectra")
            for name, spectra in sorted(library.items())
            if name not in set(left_out)
            for spectrum in spectra
        ],
        targets=tuple(sorted(chosen)),
        stock=_stock(matrix, left_out[::2]),
        rehearsal=_stock(matrix, left_out[1::2]),
        render=render,
    )


def _stock(matrix: list[str], unknowns: list[str]) -> Stock:
    return Stock(dict.fromkeys(matrix, 1.0), unknowns, {}, visible=VISIBLE, traces=TRACES)


def _peak_one(spectrum: Spectrum) -> FloatArray:
    """Raw minus dark on `AXIS`, its floor kept, scaled so that the highest band above it is 1.

    The floor is a morphological opening, wider than any band; it only sets the scale.
    """
    from scipy.ndimage import grey_opening, uniform_filter1d  # noqa: PLC0415 - start-up time

    values = np.interp(AXIS, spectrum.axis, spectrum.values)
    smooth = uniform_filter1d(values, 5)
    floor = grey_opening(smooth, size=(round(FLOOR_CM1 / float(AXIS[1] - AXIS[0])),))
    return np.asarray(values / float((smooth - floor).max()), dtype=np.float64)
