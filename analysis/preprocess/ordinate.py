"""Transmittance to absorbance: A = -log10(T), clipped where no light came through."""

import numpy as np

from analysis.spectrum import FloatArray, Spectrum

LEAST_TRANSMITTANCE = 1e-4
PER_CENT_FROM = 2.0


def transmittance_fraction(values: FloatArray) -> FloatArray:
    """Transmittance as a fraction, same shape (..., points).

    Fractions and per cent are told apart by the largest value of each row: above 2 it is per cent.
    """
    largest = values.max(axis=-1, keepdims=True)
    fraction: FloatArray = values / np.where(largest > PER_CENT_FROM, 100.0, 1.0)
    return fraction


def absorbance(transmittance: FloatArray) -> FloatArray:
    """Absorbance from transmittance in either scale, same shape (..., points); at most 4."""
    passed = np.clip(transmittance_fraction(transmittance), LEAST_TRANSMITTANCE, None)
    converted: FloatArray = -np.log10(passed)
    return converted


def additive_values(spectrum: Spectrum) -> FloatArray:
    """The ordinate in which mixtures add up, shape (points,).

    Transmittance becomes absorbance. Absorbance, Raman intensity and counts are additive already.
    """
    return additive_rows(spectrum.kind, spectrum.values)


def additive_rows(kind: str, values: FloatArray) -> FloatArray:
    """As `additive_values`, for rows (..., points) of one kind of spectrum."""
    return absorbance(values) if kind == "ir-transmittance" else values
