"""From what lies on the crystal to counts on the pixels: source, dark, noise, converter."""

from dataclasses import dataclass

import numpy as np

from hardware.profile import SpectrometerSimulation
from hardware.simulators.bands import Array

BASELINE_MAX = 0.015
"""How far an ATR baseline is lifted or tilted at most, in absorbance."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How light is collected.

    Attributes:
        integration_ms: per scan.
        scans: how many are added.
        boxcar: half-width of the smoothing, pixels.
    """

    integration_ms: float
    scans: int = 1
    boxcar: int = 0


class Optics:
    """One instrument's light path and detector.

    Args:
        nature: its numbers.
        pixels: how many there are.
        adc_max: the largest count that the converter gives.
        first_pixel: the number that the first pixel has in the calibration.

    Attributes:
        axis_nm: wavelength of each pixel, nanometres.
    """

    def __init__(
        self, nature: SpectrometerSimulation, pixels: int, adc_max: int, first_pixel: int = 0
    ) -> None:
        self._nature = nature
        self._adc_max = adc_max
        index = first_pixel + np.arange(pixels, dtype=np.float64)
        powers = np.vander(index, len(nature.coefficients_nm), increasing=True)
        self.axis_nm: Array = powers @ np.array(nature.coefficients_nm)
        along = np.linspace(0.0, 1.0, pixels)
        self._source: Array = 0.35 + 0.65 * np.exp(-(((along - 0.42) / 0.33) ** 2))

    @property
    def axis_cm1(self) -> Array:
        """The true wavenumber that falls on each pixel: the stated one and the shift."""
        return 1e7 / self.axis_nm + self._nature.shift_cm1

    def through(self, absorbance: Array) -> Array:
        """The light that is left of the source, counts at the reference integration time."""
        peak = self._nature.peak_counts / float(self._source.max())
        transmitted: Array = peak * self._source * 10.0 ** (-absorbance)
        return transmitted

    def baseline(self, rng: np.random.Generator) -> Array:
        """A lifted and tilted ATR baseline, in absorbance, as each new contact has its own."""
        lift, tilt = rng.uniform(0.0, BASELINE_MAX), rng.uniform(-BASELINE_MAX, BASELINE_MAX)
        tilted: Array = lift + tilt * np.linspace(-0.5, 0.5, self.axis_nm.size)
        return tilted

    def detect(self, light: Array, exposure: Exposure, rng: np.random.Generator) -> list[int]:
        """The counts that are sent: light and dark, noise, converter, sum of scans, smoothing."""
        nature = self._nature
        seen = light * (exposure.integration_ms / nature.reference_integration_ms)
        seen = _strayed(seen, nature.stray_light)
        seen = _bent(seen, nature.nonlinearity, self._adc_max)
        spread = np.hypot(nature.read_noise_counts, nature.relative_noise * seen)
        noise = rng.normal(0.0, 1.0, seen.size) * spread / np.sqrt(exposure.scans)
        one = np.clip(np.round(nature.dark_counts + seen + noise), 0, self._adc_max)
        total = one * exposure.scans
        return [int(count) for count in np.round(_boxcar(total, exposure.boxcar))]


def _strayed(light: Array, part: float) -> Array:
    """Light of which that part of the mean of all that is seen falls on every pixel."""
    seen: Array = light + part / (1.0 - part) * light.mean()
    return seen


def _bent(light: Array, nonlinearity: tuple[float, ...], top: float) -> Array:
    """The counts whose quotient by the polynomial of these counts is the light."""
    if nonlinearity == (1.0,):
        return light
    counts = light
    for _turn in range(50):
        seen = np.minimum(counts, top)
        counts = light * np.polynomial.polynomial.polyval(seen, np.array(nonlinearity))
    return counts


def _boxcar(values: Array, half_width: int) -> Array:
    """The mean over each pixel and its neighbours; fewer of them at the ends."""
    if half_width == 0:
        return values
    kernel = np.ones(2 * half_width + 1)
    padded = np.pad(values, half_width)
    weights = np.convolve(np.pad(np.ones_like(values), half_width), kernel, mode="valid")
    smooth: Array = np.convolve(padded, kernel, mode="valid") / weights
    return smooth
