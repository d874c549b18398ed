"""Words of Galactic SPC: codes for axes, ordinates and techniques.

Source: Galactic Industries, "Universal Data Format Specification" (SPC.H), the tables of
`fxtype`, `fytype` and `fexper`.
"""

from analysis.readers.measurement import (
    ABSORBANCE,
    ARBITRARY,
    COUNTS,
    INFRARED,
    INTENSITY,
    INTERFEROGRAM,
    KUBELKA_MUNK,
    LOG_REFLECTANCE,
    MICROMETRE,
    NANOMETRE,
    NEAR_INFRARED,
    RAMAN,
    RAMAN_SHIFT,
    REFLECTANCE,
    SINGLE_BEAM,
    TRANSMITTANCE,
    UNSAID,
    WAVENUMBER,
)
from analysis.readers.ordinates import ordinate_of

X_WORDS = {
    0: ARBITRARY,
    1: WAVENUMBER,
    2: MICROMETRE,
    3: NANOMETRE,
    4: "s",
    5: "min",
    6: "Hz",
    7: "kHz",
    8: "MHz",
    9: "m/z",
    10: "ppm",
    11: "days",
    12: "years",
    13: RAMAN_SHIFT,
    14: "eV",
    16: "diode number",
    17: "channel",
    18: "degrees",
    19: "degrees Fahrenheit",
    20: "degrees Celsius",
    21: "K",
    22: "points",
    23: "ms",
    24: "us",
    25: "ns",
    26: "GHz",
    27: "cm",
    28: "m",
    29: "mm",
    30: "h",
    255: "double interferogram",
}
Y_WORDS = {
    0: ARBITRARY,
    1: INTERFEROGRAM,
    2: ABSORBANCE,
    3: KUBELKA_MUNK,
    4: COUNTS,
    5: "V",
    6: "degrees",
    7: "mA",
    8: "mm",
    9: "mV",
    10: LOG_REFLECTANCE,
    11: "per cent",
    12: INTENSITY,
    13: INTENSITY,
    14: "energy",
    16: "dB",
    19: "degrees Fahrenheit",
    20: "degrees Celsius",
    21: "K",
    22: "index of refraction",
    23: "extinction coefficient",
    24: "real part",
    25: "imaginary part",
    26: "complex",
    128: TRANSMITTANCE,
    129: REFLECTANCE,
    130: SINGLE_BEAM,
    131: "emission",
}
_TECHNIQUES = {
    1: "gas chromatography",
    2: "chromatography",
    3: "HPLC",
    5: NEAR_INFRARED,
    6: "UV/VIS",
    8: "X-ray diffraction",
    9: "mass",
    10: "NMR",
    11: RAMAN,
    12: "fluorescence",
    13: "atomic",
    14: "diode array chromatography",
}
# What an axis alone gives away.
_BY_AXIS = {"m/z": "mass", "ppm": "NMR"}
_OLD_LABELS = 15
_LABELS = (
    ("raman shift", RAMAN_SHIFT),
    ("wavenumber", WAVENUMBER),
    ("cm-1", WAVENUMBER),
    ("(nm)", NANOMETRE),
    ("nanomet", NANOMETRE),
)


def x_word(code: int, label: str) -> str:
    """The unit of an axis by its code; by its label where the code leaves it open."""
    if code in {0, _OLD_LABELS} and label:
        lowered = label.lower()
        return next((word for part, word in _LABELS if part in lowered), label)
    return X_WORDS.get(code, f"code {code}")


def y_word(code: int, label: str) -> str:
    """The ordinate by its code; by its label where that says it in full."""
    if code == 0 and label:
        # Intensity in whatever unit is what the code says already.
        said = ordinate_of(label)
        return ARBITRARY if said in {"", INTENSITY} else said
    return Y_WORDS.get(code, f"code {code}")


def technique(code: int, axis: str, ordinate: str) -> str:
    """The technique by the code of the experiment (0 in most files), or by the axis."""
    if code == 4:  # FT-IR, FT-NIR or FT-Raman: the axis and ordinate have to say which
        return INFRARED if ordinate in {ABSORBANCE, TRANSMITTANCE} else UNSAID
    return _TECHNIQUES.get(code) or _BY_AXIS.get(axis, UNSAID)
