"""From spectra to the rows that a calibration is fitted to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import AmountError
from analysis.preprocess.derivative import savitzky_golay
from analysis.preprocess.normalise import unit_norm
from analysis.preprocess.ordinate import additive_values
from analysis.preprocess.resample import resample
from analysis.spectrum import FloatArray, Spectrum

WINDOW = 9
MOST_POINTS = 4_000
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """The axis that rows lie on, and what spectra must be to fit.

    Attributes:
        kind: as in `Spectrum`.
        axis_unit: as in `Spectrum`.
        start: first point.
        step: to the next.
        points: how many.
    """

    kind: str
    axis_unit: str
    start: float
    step: float
    points: int

    @property
    def axis(self) -> FloatArray:
        """All points."""
        axis: FloatArray = self.start + self.step * np.arange(self.points, dtype=np.float64)
        return axis


@dataclass(frozen=True, slots=True)
class Bands:
    """Two ranges of the axis for a peak ratio, in its unit.

    Attributes:
        of: a band of the substance.
        against: a band of something that is in every sample.
    """

    of: Range
    against: Range


def grid_of(spectra: Sequence[Spectrum]) -> Grid:
    """The even grid that all spectra cover, as fine as the coarsest of them.

    Raises:
        AmountError: they differ in kind, or cover no common range.
    """
    first = spectra[0]
    if any((s.kind, s.axis_unit) != (first.kind, first.axis_unit) for s in spectra):
        raise AmountError("mixed", "the spectra of the standards are of different kinds")
    low, high = max(s.axis[0] for s in spectra), min(s.axis[-1] for s in spectra)
    step = max(float(np.median(np.diff(s.axis))) for s in spectra)
    points = int((high - low) / step) + 1
    if not 2 * WINDOW <= points <= MOST_POINTS:
        raise AmountError("axis", f"the spectra share {points} points; 18 to {MOST_POINTS} wanted")
    return Grid(first.kind, first.axis_unit, float(low), step, points)


def values_on(grid: Grid, spectra: Sequence[Spectrum]) -> FloatArray:
    """Additive ordinates on the grid, shape (spectra, points).

    Raises:
        AmountError: a spectrum is of another kind, or does not cover the grid.
    """
    axis = grid.axis
    for each in spectra:
        if (each.kind, each.axis_unit) != (grid.kind, grid.axis_unit):
            wanted = f"{grid.kind} over {grid.axis_unit}"
            raise AmountError("kind", f"{each.kind} over {each.axis_unit}: {wanted} is calibrated")
        if each.axis[0] > axis[0] + grid.step or each.axis[-1] < axis[-1] - grid.step:
            span = f"{axis[0]:g} to {axis[-1]:g} {grid.axis_unit}"
            raise AmountError("axis", f"the spectrum does not cover {span}")
    return np.stack([resample(each.axis, additive_values(each), axis) for each in spectra])


def shapes(values: FloatArray) -> FloatArray:
    """First derivatives of unit length: how much touched the crystal, and the floor, drop out."""
    return unit_norm(savitzky_golay(values, WINDOW))


def ratios(grid: Grid, values: FloatArray, bands: Bands) -> FloatArray:
    """The substance's share of two band areas, and its square, shape (spectra, 2).

    The square lets the line bend: areas of two substances weigh differently.

    Raises:
        AmountError: a range holds fewer than five points, or both bands are missing.
    """
    one, other = (_area(grid, values, each) for each in (bands.of, bands.against))
    both = one + other
    if (both <= 0).any():
        raise AmountError("bands", "neither band of the ratio stands in the spectrum")
    share = one / both
    return np.column_stack([share, share**2])


def _area(grid: Grid, values: FloatArray, span: Range) -> FloatArray:
    inside = np.flatnonzero((grid.axis >= span[0]) & (grid.axis <= span[1]))
    if inside.size < 5:
        raise AmountError("bands", f"{span[0]:g} to {span[1]:g} holds fewer than five points")
    part = values[:, inside]
    along = np.linspace(0.0, 1.0, inside.size)
    floor = part[:, :1] * (1 - along) + part[:, -1:] * along
    area: FloatArray = (part - floor).sum(axis=1)
    return area
