"""A site with standards: made-up substances, one instrument, weighed mixtures."""

from dataclasses import dataclass

import numpy as np

from analysis import Spectrum
from analysis.simulate import InstrumentModel, measured, random_bands
from analysis.spectrum import FloatArray

POINTS = 500
AXIS = 650.0 + 2.0 * np.arange(POINTS)
INSTRUMENT = "S1"
ONE_INSTRUMENT = InstrumentModel(
    shift=0.05, warp=0.0, gain=0.0, blur=0.0, curvature=0.0, baseline=0.02, noise=(1e-3, 2e-3)
)
LOW, HIGH = 0.02, 0.4


@dataclass
class Site:
    """Pure substances (the first is the target), and chance."""

    rng: np.random.Generator
    pure: FloatArray
    stranger: FloatArray

    @classmethod
    def make(cls, seed: int) -> "Site":
        rng = np.random.default_rng(seed)
        drawn = [random_bands(POINTS, rng) for _ in range(5)]
        pure = np.array([values / np.ptp(values) for values in drawn])
        return cls(rng, pure[:4], pure[4])

    def mixture(self, fraction: float) -> FloatArray:
        """Mass fractions of all substances, that of the target given."""
        rest = self.rng.dirichlet(np.full(self.pure.shape[0] - 1, 2.0))
        return np.concatenate([[fraction], (1 - fraction) * rest])

    def spectrum(self, parts: FloatArray, strange: float = 0.0) -> Spectrum:
        """One loading: what touches the crystal differs from time to time."""
        values = (1 - strange) * parts @ self.pure + strange * self.stranger
        contact = self.rng.uniform(0.5, 1.0)
        made = measured(contact * values, ONE_INSTRUMENT, 2.0, self.rng)
        return Spectrum(AXIS, made, "ir-absorbance", instrument=INSTRUMENT)

    def standards(
        self, count: int = 24, replicates: int = 3
    ) -> tuple[list[Spectrum], list[float], list[str]]:
        """Spectra, mass fractions and names."""
        spectra, fractions, names = [], [], []
        for k, fraction in enumerate(np.linspace(LOW, HIGH, count).tolist()):
            parts = self.mixture(fraction)
            for _ in range(replicates):
                spectra.append(self.spectrum(parts))
                fractions.append(fraction)
                names.append(f"standard {k}")
        return spectra, fractions, names

    def fresh(self) -> float:
        """The amount in a sample that comes to the table."""
        return float(self.rng.uniform(LOW, HIGH))
