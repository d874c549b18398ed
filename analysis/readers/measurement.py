"""What every reader hands over: numbers with the words that the file has for them.

A parser of a format ends here; which of our kinds the words mean, and what is refused, is one
judgement for all formats (`analysis.readers.assemble`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

STATED = "stated by the file"

# Units of an axis that all formats share; any other text is kept as the file has it.
WAVENUMBER = "cm-1"
RAMAN_SHIFT = "Raman shift (cm-1)"
NANOMETRE = "nm"
MICROMETRE = "um"

# Ordinates; any other text is kept as the file has it.
ABSORBANCE = "absorbance"
TRANSMITTANCE = "transmittance"
LOG_REFLECTANCE = "log(1/R)"
REFLECTANCE = "reflectance"
KUBELKA_MUNK = "Kubelka-Munk"
COUNTS = "counts"
DETECTOR_COUNTS = "detector counts"
INTENSITY = "intensity"
ARBITRARY = "arbitrary units"
SINGLE_BEAM = "single beam"
INTERFEROGRAM = "interferogram"

# Techniques that are read; "" is one that the file does not say.
INFRARED, RAMAN, NEAR_INFRARED, UNSAID = "infrared", "Raman", "near-infrared", ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a file says its numbers are.

    Attributes:
        technique: `INFRARED`, `RAMAN`, `NEAR_INFRARED`, `UNSAID`, or the name of another.
        x_unit: of the axis.
        y_unit: of the values.
        line: where that stands in a text, counted from 1.
        byte: where that stands in a binary file, counted from 0.
    """

    technique: str
    x_unit: str
    y_unit: str
    line: int | None = None
    byte: int | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of numbers out of a file.

    Attributes:
        words: what it is.
        x: shape (points,), in the unit that the words have.
        y: shape (points,), all finite.
        facts: what is kept beside it, as text; "format" among them.
    """

    words: Words
    x: FloatArray
    y: FloatArray
    facts: Mapping[str, str] = field(default_factory=dict)
