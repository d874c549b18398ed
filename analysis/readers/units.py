"""What the numbers of a text table are: from names where there are any, else from the numbers.

The two can't be told apart by anybody in some cases (200 to 1100 may be nanometres or a Raman
shift): then the file is refused rather than read in the wrong unit.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.readers.errors import ReaderError

STATED = "stated by the file"
_CM1 = re.compile(r"wavenumber|shift|cm\s*\^?\(?-1|1/cm|cm⁻¹|cm-¹", re.IGNORECASE)
_NM = re.compile(r"wavelength|\bnm\b|nanomet", re.IGNORECASE)
_LONGEST_NM = 2600.0
_INFRARED_BY_NAME = (("transmi", "ir-transmittance"), ("absorb", "ir-absorbance"))

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
        ReaderError: it can't be told.
    """
    is_raman = _is_raman(facts)
    axis_unit, axis_known = _axis_unit(axis, axis_name, is_raman=is_raman)
    stated = _stated_kind(facts, f"{axis_name} {value_name}".lower())
    if stated:
        return Units(stated, axis_unit, axis_known, STATED)
    if is_raman and axis_unit == "cm-1":
        return Units("raman", axis_unit, axis_known, STATED)
    kind, kind_known = _kind(values, axis_unit, f"{axis_name} {value_name}".lower())
    return Units(kind, axis_unit, axis_known, kind_known)


def _stated_kind(facts: dict[str, str], names: str) -> str:
    """The kind where a line above names the technique, and the columns the ordinate; else ""."""
    technique = facts.get("technique", "").lower()
    if technique == "detector counts":
        return "counts"
    if technique == "near-infrared" and "absorb" in names:
        return "nir"
    if technique == "infrared":
        return next((kind for word, kind in _INFRARED_BY_NAME if word in names), "")
    return ""


def _is_raman(facts: dict[str, str]) -> bool:
    technique = facts.get("technique", "").lower()
    return "raman" in technique or bool(facts.get("laser wavelength") or facts.get("laser"))


def _axis_unit(axis: FloatArray, name: str, *, is_raman: bool) -> tuple[str, str]:
    if _CM1.search(name):
        return "cm-1", STATED
    if _NM.search(name):
        return "nm", STATED
    if is_raman:
        return "cm-1", "inferred: the file names a laser"
    known = axis[~np.isnan(axis)]
    if known.size and known.max() > _LONGEST_NM and known.min() >= 0:
        return "cm-1", f"inferred: the axis goes to {known.max():.0f}"
    raise ReaderError(
        "it can't be told whether the axis is in cm-1 or nm; name the columns, or save as JCAMP-DX"
    )


def _kind(values: FloatArray, axis_unit: str, names: str) -> tuple[str, str]:
    if "raman" in names or ("shift" in names and axis_unit == "cm-1"):
        return "raman", STATED
    if axis_unit == "nm":
        if "absorb" in names or "reflect" in names:
            return "nir", STATED
        return "counts", STATED if "count" in names or "raw" in names else "inferred: nm axis"
    if "transmi" in names or "%t" in names:
        return "ir-transmittance", STATED
    if "absorb" in names:
        return "ir-absorbance", STATED
    return _infrared_by_numbers(values)


def _infrared_by_numbers(values: FloatArray) -> tuple[str, str]:
    """Absorbance has its baseline at the bottom, near 0; transmittance at the top."""
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
