"""Transmittance to absorbance: A = -log10(T), clipped where no light came through."""

import numpy as np

from analysis.spectrum import FloatArray, Spectrum

LEAST_TRANSMITTANCE = 1e-4
PER_CENT_FROM = 2.0


def additive_values(spectrum: Spectrum) -> FloatArray:
    """The ordinate in which mixtures add up, shape (points,).

    Transmittance becomes absorbance (fractions and per cent are told apart by the largest value:
    above 2 it is per cent). Absorbance, Raman intensity and counts are additive already.
    """
    if spectrum.kind != "ir-transmittance":
        return spectrum.values
    scale = 100.0 if float(spectrum.values.max()) > PER_CENT_FROM else 1.0
    passed: FloatArray = np.clip(spectrum.values / scale, LEAST_TRANSMITTANCE, None)
    absorbance: FloatArray = -np.log10(passed)
    return absorbance
