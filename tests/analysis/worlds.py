"""Made-up references and mixtures: bands of nothing, quick to match."""

from pathlib import Path

import numpy as np

from analysis import Reference, Spectrum
from analysis.spectrum import FloatArray

AXIS: FloatArray = np.arange(600.0, 1400.0, 4.0)


def bands(rng: np.random.Generator, axis: FloatArray = AXIS) -> FloatArray:
    """Twelve Lorentzian bands at random places, highest point at 1."""
    centres = rng.uniform(axis[0], axis[-1], size=(12, 1))
    heights = rng.exponential(size=(12, 1)) + 0.1
    values: FloatArray = (heights / (1 + ((axis - centres) / 7) ** 2)).sum(axis=0)
    scaled: FloatArray = values / values.max()
    return scaled


def references(count: int, seed: int, kind: str = "ir-absorbance") -> list[Reference]:
    """References of as many substances; the first four are of the family "targets"."""
    rng = np.random.default_rng(seed)
    return [
        Reference(
            Spectrum(AXIS, bands(rng), kind),
            substance=f"target {k}" if k < 4 else f"plain {k}",
            family="targets" if k < 4 else f"class {k % 5}",
        )
        for k in range(count)
    ]


def mixture(
    parts: list[Reference], shares: list[float], seed: int = 0, noise: float = 0.001
) -> Spectrum:
    """References added up by share, a little shifted and curved, with noise and baseline."""
    rng = np.random.default_rng(seed)
    axis = parts[0].spectrum.axis
    values = np.zeros(axis.size)
    for part, share in zip(parts, shares, strict=True):
        moved = np.interp(axis + rng.normal(0, 0.5), axis, part.spectrum.values)
        values += share * moved ** rng.uniform(0.95, 1.05)
    values += 0.05 * np.linspace(0, 1, axis.size) + noise * rng.normal(size=axis.size)
    return Spectrum(axis, values, parts[0].spectrum.kind)


def write_csv(path: Path, spectrum: Spectrum) -> Path:
    """Two columns with a head that names the unit and the quantity."""
    rows = [f"{x:.4f},{y:.6f}" for x, y in zip(spectrum.axis, spectrum.values, strict=True)]
    path.write_text("wavenumber (cm-1),absorbance\n" + "\n".join(rows) + "\n")
    return path
