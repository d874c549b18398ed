"""The words of a JCAMP-DX block: DATA TYPE, XUNITS and YUNITS in their many spellings.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151; Lampen et al., Appl. Spectrosc. 48
(1994) 1545; and what programs write instead.
"""

from analysis.readers.errors import UnsupportedError
from analysis.readers.jcamp.blocks import Block, normalize_label
from analysis.readers.measurement import (
    DETECTOR_COUNTS,
    INFRARED,
    INTERFEROGRAM,
    MICROMETRE,
    NANOMETRE,
    NEAR_INFRARED,
    RAMAN,
    RAMAN_SHIFT,
    UNSAID,
    WAVENUMBER,
    Words,
)
from analysis.readers.ordinates import ordinate_of

_NOT_SPECTRA = ("PEAK", "ASSIGNMENTS")
# By the first of these that DATA TYPE holds.
_TECHNIQUES = (
    ("RAMAN", RAMAN),
    ("NEAR", NEAR_INFRARED),
    ("INFRARED", INFRARED),
    ("NMR", "NMR"),
    ("NUCLEAR MAGNETIC", "NMR"),
    ("ION MOBILITY", "ion mobility"),
    ("IMS", "ion mobility"),
    ("MASS", "mass"),
    ("NEUTRON", "inelastic neutron scattering"),
    ("UV", "UV/VIS"),
    ("VISIBLE", "UV/VIS"),
    ("FLUORESC", "fluorescence"),
    ("EPR", "EPR"),
    ("ESR", "EPR"),
    ("CHROMATOGRA", "chromatography"),
    ("DIFFRACTION", "X-ray diffraction"),
)
# What our own writer has for counts of a detector, for which the standard has no word.
_DETECTOR = "DETECTOR COUNTS"
_INFRARED_WORDS = {"FTIR", "IR", "FT_IR", "MIR", "ATR"}
_WAVENUMBERS = {"1/CM", "CM1", "CM^1", "CM^(1)", "WAVENUMBER(CM1)", "WAVENUMBERS(CM1)", "CM⁻¹"}
_SHIFTS = {"RAMANSHIFT", "RAMANSHIFT(CM1)", "RAMANSHIFT(1/CM)", "SHIFT(CM1)", "RELATIVE1/CM"}
_NANOMETRES = {"NM", "NANOMETERS", "NANOMETRES", "WAVELENGTH(NM)"}
_MICROMETRES = {"UM", "MICROMETERS", "MICROMETRES", "MICRONS", "MICRON", "WAVELENGTH(UM)"}


def words_of(block: Block) -> Words:
    """What a block says it is.

    Raises:
        UnsupportedError: a table of peaks or assignments, by its DATA TYPE.
    """
    data_type = block.value("DATA TYPE").upper()
    if any(word in data_type for word in _NOT_SPECTRA):
        raise UnsupportedError(f"DATA TYPE {data_type[:60]!r} is no spectrum", line=block.line)
    y = INTERFEROGRAM if INTERFEROGRAM.upper() in data_type else _y_unit(block)
    y = f"derivative of {y}" if "DERIV" in data_type else y
    y = DETECTOR_COUNTS if data_type == _DETECTOR else y
    return Words(_technique(data_type), _x_unit(block), y, line=block.line)


def _technique(data_type: str) -> str:
    if data_type in {"", _DETECTOR}:
        return UNSAID
    first = data_type.replace("-", "").split()[0]
    if first == "NIR":
        return NEAR_INFRARED
    if first in _INFRARED_WORDS:
        return INFRARED
    known = next((name for word, name in _TECHNIQUES if word in data_type), "")
    return known or f"{data_type[:60]!r}"


def _x_unit(block: Block) -> str:
    given = block.value("XUNITS").upper()
    forms = {"".join(given.split()), normalize_label(given)}
    for spellings, unit in (
        (_WAVENUMBERS, WAVENUMBER),
        (_SHIFTS, RAMAN_SHIFT),
        (_NANOMETRES, NANOMETRE),
        (_MICROMETRES, MICROMETRE),
    ):
        if forms & spellings:
            return unit
    return given


def _y_unit(block: Block) -> str:
    given = block.value("YUNITS").upper()
    return ordinate_of(given) or given
