"""What the numbers of a text table are: from names where there are any, else from the numbers.

The two can't be told apart by anybody in some cases (200 to 1100 may be nanometres or a Raman
shift): then the file is refused rather than read in the wrong unit. What a named ordinate means is
judged as in every other format (`analysis.readers.assemble`).
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.readers.assemble import FEWEST_COUNTS, judge, require_plausible
from analysis.readers.errors import ReaderError
from analysis.readers.measurement import (
    ABSORBANCE,
    COUNTS,
    DETECTOR_COUNTS,
    INFRARED,
    INTENSITY,
    NEAR_INFRARED,
    RAMAN,
    STATED,
    UNSAID,
    Words,
)
from analysis.readers.ordinates import ordinate_of

_CM1 = re.compile(r"wavenumber|shift|cm\s*\^?\(?-1|1/cm|cm⁻¹|cm-¹", re.IGNORECASE)
_NM = re.compile(r"wavelength|\bnm\b|nanomet", re.IGNORECASE)
_LONGEST_NM, _FIRST_CM1 = 2600.0, 100.0
_RENISHAW = ("#Wave", "#Intensity")
_TECHNIQUES = (
    ("raman", RAMAN),
    ("detector counts", DETECTOR_COUNTS),
    ("near", NEAR_INFRARED),
    ("infrared", INFRARED),
    ("uv", "UV/VIS"),
)
_KNOWN_TECHNIQUES = {RAMAN, DETECTOR_COUNTS, NEAR_INFRARED, INFRARED, UNSAID}

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Units:
    """What was found, and how.

    Attributes:
        kind: as in `analysis.Spectrum`.
        axis_unit: "cm-1" or "nm".
        axis_known: "stated by the file", or "inferred: " and from what.
        kind_known: the same of the kind.
    """

    kind: str
    axis_unit: str
    axis_known: str
    kind_known: str

    @property
    def confidence(self) -> str:
        """How sure one can be of both: "stated" or "inferred"."""
        return "stated" if self.axis_known == self.kind_known == STATED else "inferred"


def judge_units(
    axis: FloatArray, values: FloatArray, axis_name: str, value_name: str, facts: dict[str, str]
) -> Units:
    """Say what an axis and values are.

    Args:
        axis: shape (points,); may hold NaN.
        values: shape (points,); may hold NaN.
        axis_name: the name of its column, or "".
        value_name: the name of its column, or "".
        facts: what the lines above the table say, by lower-case name.

    Raises:
        UnsupportedError: it is told, and is not read, such as reflectance.
        ReaderError: it can't be told.
    """
    technique = _technique(facts)
    axis_unit, axis_known = _axis_unit(axis, axis_name, is_raman=technique == RAMAN)
    kind, kind_known = _kind(axis, values, axis_unit, (axis_name, value_name), technique)
    words = Words(technique, axis_unit, value_name or ABSORBANCE)
    require_plausible(values, kind, words)
    return Units(kind, axis_unit, axis_known, kind_known)


def _technique(facts: dict[str, str]) -> str:
    """What a line above names; a file that names a laser is one of Raman."""
    stated = (facts.get("technique") or facts.get("data type", "")).lower()
    known = next((ours for word, ours in _TECHNIQUES if word in stated), UNSAID)
    if known == UNSAID and facts.get("data type"):
        return repr(stated[:60])
    has_laser = facts.get("laser wavelength") or facts.get("laser")
    return RAMAN if known == UNSAID and has_laser else known


def _ordinate(axis_name: str, value_name: str) -> str:
    """What the names of the columns say of the values; "" where they say nothing."""
    said = ordinate_of(value_name) or ordinate_of(axis_name)
    return COUNTS if said in {"", INTENSITY} and "raw" in value_name.lower() else said


def _axis_unit(axis: FloatArray, name: str, *, is_raman: bool) -> tuple[str, str]:
    if _CM1.search(name):
        return "cm-1", STATED
    if _NM.search(name):
        return "nm", STATED
    if is_raman:
        return "cm-1", "inferred: the file names a laser"
    known = axis[~np.isnan(axis)]
    if known.size and known.min() < 0 and name == _RENISHAW[0]:
        return "cm-1", "inferred: a shift, for it begins below 0"
    if known.size and known.max() > _LONGEST_NM and known.min() >= _FIRST_CM1:
        return "cm-1", f"inferred: the axis goes to {known.max():.0f}"
    raise ReaderError(
        "it can't be told whether the axis is in cm-1 or nm; name the columns, or save as JCAMP-DX"
    )


def _kind(
    axis: FloatArray,
    values: FloatArray,
    axis_unit: str,
    names: tuple[str, str],
    technique: str,
) -> tuple[str, str]:
    is_over_cm1 = axis_unit == "cm-1"
    if technique not in _KNOWN_TECHNIQUES:
        judge(Words(technique, axis_unit, ""))
    if is_over_cm1 and names == _RENISHAW:
        return "raman", "inferred: the columns are named as by Renishaw WiRE"
    both = " ".join(names).lower()
    if "raman" in both or (is_over_cm1 and (technique == RAMAN or "shift" in both)):
        return "raman", STATED
    ordinate = _ordinate(*names)
    if technique == DETECTOR_COUNTS:
        return "counts", STATED
    if not is_over_cm1 and (technique == RAMAN or ordinate in {"", COUNTS, INTENSITY}):
        return _counts(values, ordinate)
    if is_over_cm1 and ordinate in {"", INTENSITY} and technique != NEAR_INFRARED:
        return _infrared_by_numbers(values, ordinate)
    shortest = float(np.nanmin(axis)) if np.isfinite(axis).any() else 0.0
    judged = judge(Words(technique, axis_unit, ordinate or "not named"), shortest)
    return judged.kind, STATED if is_over_cm1 else judged.kind_known


def _counts(values: FloatArray, ordinate: str) -> tuple[str, str]:
    """Over nm: what is not named is counts only where nothing else is as large."""
    if ordinate == COUNTS:
        return "counts", STATED
    if float(np.nanmax(values, initial=0.0)) >= FEWEST_COUNTS:
        return "counts", "inferred: nm axis, and values of hundreds"
    raise ReaderError(
        "it can't be told whether the values over nm are counts, absorbance, transmittance or "
        "reflectance; name the columns, or save as JCAMP-DX"
    )


def _infrared_by_numbers(values: FloatArray, ordinate: str) -> tuple[str, str]:
    """Absorbance has its baseline at the bottom, near 0; transmittance at the top."""
    if ordinate == INTENSITY:
        raise ReaderError(
            "an intensity over cm-1 may be Raman, emission or a single beam, and the file does "
            "not say; name the axis 'Raman Shift (cm-1)' if it is one, or save as JCAMP-DX"
        )
    known = values[~np.isnan(values)]
    low, middle, high = np.percentile(known, [0.5, 50, 99.5]) if known.size else (0.0, 0.0, 0.0)
    place = (middle - low) / (high - low) if high > low else 0.5
    if place > 0.6 and (0.5 <= high <= 1.5 or 50 <= high <= 150) and low > -0.1 * high:
        return "ir-transmittance", "inferred: the baseline is at the top"
    if place < 0.4 and high <= 10 and low > -0.5 * high:
        return "ir-absorbance", "inferred: the baseline is at the bottom"
    raise ReaderError(
        "it can't be told whether the values are absorbance or transmittance; "
        "name the columns, or save as JCAMP-DX"
    )
