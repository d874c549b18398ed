"""Many made-up spectra quickly, for timing: families of sisters, bands of three widths."""

import numpy as np

from analysis.bench.bands import BUSY_CM1, BUSY_SPREAD_CM1
from analysis.reference import Reference
from analysis.spectrum import FloatArray, Spectrum

START_CM1, STOP_CM1 = 600.0, 1800.0
WIDTHS_CM1 = (7.0, 12.0, 24.0)
FAMILY = 8
SHARED_BANDS, OWN_BANDS = 12, 10
CHUNK = 2000


def axis_of(points: int) -> FloatArray:
    """The axis of all spectra of a crowd, cm-1, shape (points,)."""
    return np.linspace(START_CM1, STOP_CM1, points)


def crowd(n: int, points: int, rng: np.random.Generator) -> np.ndarray:
    """Absorbance of n made-up substances, float32, shape (n, points), each with a peak of 1.

    Rows 8 k to 8 k + 7 are sisters: they share about half of their bands.

    Args:
        n: how many.
        points: channels of each.
        rng: source of chance.
    """
    parts = [_chunk(min(CHUNK, n - start), points, rng) for start in range(0, n, CHUNK)]
    return np.concatenate(parts)


def references_of(values: np.ndarray, *, instrument: str = "A") -> list[Reference]:
    """The rows of a crowd as references, in families of eight."""
    axis = axis_of(values.shape[1])
    return [
        Reference(Spectrum(axis, row), f"s{k:05d}", f"f{k // FAMILY:05d}", instrument=instrument)
        for k, row in enumerate(values)
    ]


def mixtures(values: np.ndarray, n: int, rng: np.random.Generator) -> list[Spectrum]:
    """Noisy mixtures of four rows each, a little moved: fresh queries for timing."""
    axis, found = axis_of(values.shape[1]), []
    for _ in range(n):
        rows = values[rng.integers(0, len(values), 4)].astype(np.float64)
        mixed = rng.dirichlet(np.ones(4)) @ (rows * np.exp(0.1 * rng.normal(size=(4, 1))))
        moved = np.interp(axis - rng.normal(0, 0.7), axis, mixed)
        found.append(Spectrum(axis, moved + 0.002 * moved.max() * rng.normal(size=axis.size)))
    return found


def _chunk(n: int, points: int, rng: np.random.Generator) -> np.ndarray:
    families = -(-n // FAMILY)
    total = np.zeros((n, points))
    for width in WIDTHS_CM1:
        core = _spikes(families, SHARED_BANDS // 3, points, rng)
        own = _spikes(n, -(-OWN_BANDS // 3), points, rng)
        total += _smeared(np.repeat(core, FAMILY, axis=0)[:n] + own, width)
    total /= total.max(axis=1, keepdims=True)
    return total.astype(np.float32)


def _spikes(n: int, bands: int, points: int, rng: np.random.Generator) -> FloatArray:
    spread = BUSY_SPREAD_CM1 * rng.normal(size=(n, bands))
    busy = rng.choice(np.array(BUSY_CM1, dtype=np.float64), (n, bands)) + spread
    place = np.where(rng.random((n, bands)) < 0.6, busy, rng.uniform(610, 1790, (n, bands)))
    channel = np.rint((place - START_CM1) / (STOP_CM1 - START_CM1) * (points - 1)).astype(np.intp)
    rows = np.zeros((n, points))
    height = np.exp(0.8 * rng.normal(size=(n, bands)))
    np.add.at(rows, (np.arange(n)[:, None], np.clip(channel, 0, points - 1)), height)
    return rows


def _smeared(rows: FloatArray, width_cm1: float) -> FloatArray:
    """Each spike as a Lorentzian of that full width."""
    points = rows.shape[1]
    reach = (np.arange(2 * points) - points) * (STOP_CM1 - START_CM1) / (points - 1)
    kernel = np.fft.rfft(np.fft.ifftshift(1.0 / (1.0 + (2 * reach / width_cm1) ** 2)))
    wide = np.fft.irfft(np.fft.rfft(rows, 2 * points, axis=1) * kernel, 2 * points, axis=1)
    smeared: FloatArray = wide[:, :points]
    return smeared
