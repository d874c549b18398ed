"""ATR depth: light reaches deeper at low wavenumbers, so that bands there look too strong.

The depth goes with the wavelength (Harrick, Internal Reflection Spectroscopy, 1967). A * nu /
nu_ref takes that out, and leaves the height at nu_ref as it was. The refractive index is taken as
constant: no anomalous dispersion is corrected.
"""

from analysis.spectrum import FloatArray


def depth_corrected(axis: FloatArray, absorbance: FloatArray, reference_cm1: float) -> FloatArray:
    """ATR absorbance as a transmission measurement would show it, same shape (..., points).

    Args:
        axis: wavenumbers in cm-1, shape (points,).
        absorbance: shape (..., points).
        reference_cm1: the wavenumber whose height stays, above 0.
    """
    corrected: FloatArray = absorbance * (axis / reference_cm1)
    return corrected
