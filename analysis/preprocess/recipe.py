"""The ordered steps from a spectrum to what is compared, as data, with a hash."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import numpy as np

from analysis.preprocess.derivative import savitzky_golay
from analysis.preprocess.ordinate import additive_values
from analysis.preprocess.resample import resample
from analysis.spectrum import FloatArray, Spectrum

VERSION: Final = 1
LEAST_WINDOW = 5


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to a query and to every reference alike.

    Transmittance to absorbance; onto the library's even grid; first derivative (Savitzky-Golay);
    unit norm. No baseline is fitted: the derivative takes slow ones away.

    Attributes:
        kind: "infrared", "raman", "nir" or "counts": what may be compared with what.
        axis_unit: "cm-1" or "nm".
        start: first grid point, in `axis_unit`.
        step: grid step, in `axis_unit`.
        points: number of grid points.
        window: Savitzky-Golay window, in channels (odd).
        order: degree of its polynomial.
        version: of the code of these steps.
    """

    kind: str
    axis_unit: str
    start: float
    step: float
    points: int
    window: int
    order: int = 2
    version: int = VERSION

    def grid(self) -> FloatArray:
        """The library's axis, shape (points,)."""
        grid: FloatArray = self.start + self.step * np.arange(self.points, dtype=np.float64)
        return grid

    def on_grid(self, spectrum: Spectrum) -> FloatArray:
        """The additive ordinate on the grid, shape (points,)."""
        return resample(spectrum.axis, additive_values(spectrum), self.grid())

    def derivative(self, values: FloatArray) -> FloatArray:
        """First derivative per channel, same shape (..., points)."""
        return savitzky_golay(values, self.window, self.order)

    def features(self, values: FloatArray) -> FloatArray:
        """First derivative scaled to unit norm, same shape; zeros stay zeros."""
        slope = self.derivative(values)
        norms = np.linalg.norm(slope, axis=-1, keepdims=True)
        unit: FloatArray = slope / np.where(norms > 0, norms, 1.0)
        return unit

    def as_data(self) -> MappingProxyType[str, str | int | float]:
        """The recipe as plain values, with its hash under "hash"."""
        return MappingProxyType(asdict(self) | {"hash": self.digest()})

    def digest(self) -> str:
        """A short hash that changes when any step does."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def odd_window(width: float, step: float) -> int:
    """The odd number of channels nearest above a width, and never below 5."""
    return max(LEAST_WINDOW, 2 * int(np.ceil(width / step / 2)) + 1)
