"""Classic evidence of a library search: which bands of a hit the sample has too."""

from dataclasses import dataclass

import numpy as np

from analysis.findings import Hit, Identification
from analysis.library import Library
from analysis.parts import check_same_library
from analysis.peaks import blurred, expected_peaks
from analysis.spectrum import FloatArray

TOLERANCE_CHANNELS = 1.5
SAMPLE_LEAST = 0.02
SAMPLE_MOST = 200


@dataclass(frozen=True, slots=True)
class HitPeaks:
    """One hit, band by band.

    Attributes:
        reference: index of the reference in the library.
        substance: what it is of.
        score: as in the hit.
        matched: places of its bands that the sample has within 1.5 channels, in the axis's unit.
        missed: places of the others.
    """

    reference: int
    substance: str
    score: float
    matched: tuple[float, ...]
    missed: tuple[float, ...]


def hit_peaks(library: Library, found: Identification) -> tuple[HitPeaks, ...]:
    """Compare the bands of each hit with those of the sample, by place alone.

    A band of a mixture may belong to anything, and a large one can swallow a small one: a count,
    not a proof.

    Args:
        library: the one that the result was made with.
        found: what `Matcher.identify` answered.

    Raises:
        LibraryError: the result was made with another library.
    """
    check_same_library(library, found)
    if not found.measured:
        return ()
    grid = library.recipe.grid()
    curve = blurred(np.array(found.measured), library.recipe.window)
    sample = expected_peaks(grid, curve, SAMPLE_MOST, SAMPLE_LEAST)
    places = np.array([p.position for p in sample])
    return tuple(_compared(library, grid, places, hit) for hit in found.hits)


def _compared(library: Library, grid: FloatArray, places: FloatArray, hit: Hit) -> HitPeaks:
    values = np.asarray(library.values[hit.reference], dtype=np.float64)
    curve = blurred(values, library.recipe.window)
    wanted = [p.position for p in expected_peaks(grid, curve)]
    reach = TOLERANCE_CHANNELS * float(grid[1] - grid[0])
    there = [bool((np.abs(places - at) <= reach).any()) for at in wanted]
    matched = tuple(at for at, is_there in zip(wanted, there, strict=True) if is_there)
    missed = tuple(at for at, is_there in zip(wanted, there, strict=True) if not is_there)
    return HitPeaks(hit.reference, hit.substance, hit.score, matched, missed)
