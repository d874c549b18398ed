"""From a file's words and numbers to a `Spectrum`: one judgement for all formats.

Infrared needs absorbance or transmittance, near-infrared absorbance; a Raman spectrum may have any
intensity. Where the technique is not said, the units may tell it: absorbance over cm-1 is infrared,
absorbance over nm from 780 nm up is near-infrared (ASTM E131), a Raman shift is Raman, counts over
nm are detector counts. What they leave open is refused, with what it might be.

log(1/R) is an absorbance; reflectance and Kubelka-Munk are ordinates of their own (JCAMP-DX 4.24
names them beside absorbance), which fall where absorbance rises or bend its scale: they are refused
over any axis and in any format.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import SpectrumError
from analysis.readers.errors import ReaderError, UnsupportedError
from analysis.readers.measurement import (
    ABSORBANCE,
    ARBITRARY,
    COUNTS,
    DETECTOR_COUNTS,
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
    STATED,
    TRANSMITTANCE,
    UNSAID,
    WAVENUMBER,
    FloatArray,
    Measurement,
    Words,
)
from analysis.spectrum import Spectrum

MAX_SPECTRA = 2000
"""Of one file."""

MAX_TOTAL_POINTS = 4_000_000
"""Of all spectra of one file together."""

_READ = "infrared, Raman and near-infrared spectra are read"
_SCALES = {WAVENUMBER: ("cm-1", 1.0), RAMAN_SHIFT: ("cm-1", 1.0), NANOMETRE: ("nm", 1.0)}
_SCALES |= {MICROMETRE: ("nm", 1e3)}
_KEPT_LENGTH = 200
# Beyond 10 no detector sees the light that is left; noise of a saturated one may lie above.
_LARGEST_ABSORBANCE, _LARGEST_INFRARED = 20.0, 1e4
FEWEST_COUNTS = 200.0
"""What is smaller and has no name may be an absorbance, or a share of light in per cent."""
_NEAR_INFRARED_NM = 780.0
_ABSORBANCES = {ABSORBANCE, LOG_REFLECTANCE}


@dataclass(frozen=True, slots=True)
class Judged:
    """What words mean to us.

    Attributes:
        kind: as in `analysis.Spectrum`.
        axis_unit: "cm-1" or "nm".
        scale: what X has to be multiplied with.
        kind_known: "stated by the file", or "inferred: " and from what.
    """

    kind: str
    axis_unit: str
    scale: float
    kind_known: str


def judge(words: Words, shortest: float = math.inf) -> Judged:
    """Say what words mean.

    Args:
        words: of the file.
        shortest: the smallest X, in their unit; without it what might be read is not refused.

    Raises:
        UnsupportedError: it is no spectrum that is read, or can't be told to be one.
    """
    if words.y_unit == INTERFEROGRAM:
        raise _refused(words, "an INTERFEROGRAM is no spectrum; export the finished spectrum")
    if words.technique not in {INFRARED, RAMAN, NEAR_INFRARED, UNSAID}:
        raise _refused(words, f"this is {_article(words.technique)}; {_READ}")
    if words.x_unit not in _SCALES:
        raise _refused(words, _why_no_axis(words))
    axis_unit, scale = _SCALES[words.x_unit]
    kind, known = _kind(words, axis_unit, shortest * scale)
    return Judged(kind, axis_unit, scale, known)


def assemble(measurement: Measurement, file: str = "") -> Spectrum:
    """Make the spectrum.

    Args:
        measurement: from any parser.
        file: the name of the file, for the provenance.

    Raises:
        UnsupportedError: as for `judge`.
        ReaderError: the numbers are no spectrum.
    """
    words = measurement.words
    judged = judge(words, float(measurement.x.min(initial=math.inf)))
    facts = {name: text[:_KEPT_LENGTH] for name, text in measurement.facts.items() if text}
    facts |= {"kind_known": judged.kind_known, "axis_known": STATED}
    facts.setdefault("x_unit", words.x_unit)
    facts.setdefault("y_unit", words.y_unit)
    if file:
        facts["file"] = file[:_KEPT_LENGTH]
    require_plausible(measurement.y, judged.kind, words)
    x = measurement.x * judged.scale if judged.scale != 1.0 else measurement.x
    try:
        return Spectrum(x, measurement.y, judged.kind, judged.axis_unit, **facts)
    except SpectrumError as problem:
        raise ReaderError(str(problem), line=words.line, byte=words.byte) from problem


def assemble_all(measurements: Iterable[Measurement], file: str = "") -> list[Spectrum]:
    """Make all spectra of a file; what is none is passed over where there is at least one.

    Raises:
        UnsupportedError: there is no spectrum; the reason is that of the first.
        ReaderError: one of them is damaged, or there are too many.
    """
    spectra: list[Spectrum] = []
    others: list[UnsupportedError] = []
    points = 0
    for measurement in measurements:
        try:
            spectra.append(assemble(measurement, file=file))
        except UnsupportedError as other:
            others.append(other)
            continue
        points += len(spectra[-1])
        require_room(len(spectra), points)
    return settled(spectra, others)


def require_room(spectra: int, points: int) -> None:
    """Refuse a file that holds more than can be kept.

    Raises:
        ReaderError: there are more spectra or points than the caps of this module.
    """
    if spectra > MAX_SPECTRA or points > MAX_TOTAL_POINTS:
        raise ReaderError(
            f"the file holds more than {MAX_SPECTRA:,} spectra or {MAX_TOTAL_POINTS:,} points"
        )


def settled(spectra: list[Spectrum], others: Sequence[UnsupportedError]) -> list[Spectrum]:
    """The spectra of a file, with a note where something else was passed over.

    Raises:
        UnsupportedError: there is none.
    """
    if not spectra:
        raise others[0] if others else UnsupportedError("the file holds no data")
    if not others:
        return spectra
    note = f"{len(others)}: {others[0].reason}"[:_KEPT_LENGTH]
    return [
        Spectrum(s.axis, s.values, s.kind, s.axis_unit, **{**s.provenance, "passed_over": note})
        for s in spectra
    ]


def require_plausible(values: FloatArray, kind: str, words: Words) -> None:
    """Refuse what no detector gives: the mark of a wrong factor, exponent or ordinate.

    Args:
        values: may hold NaN.
        kind: as in `analysis.Spectrum`.
        words: of the file.

    Raises:
        ReaderError: the values can't be of that kind.
        UnsupportedError: arbitrary units over nm, too few of them to be counts.
    """
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    reason = f"{words.y_unit} of {largest:.3g} can't be: "
    if kind.startswith("ir-") and largest > _LARGEST_INFRARED:
        reason += "the scale of the values is damaged"
    elif kind in {"ir-absorbance", "nir"} and largest > _LARGEST_ABSORBANCE:
        reason += (
            "the file names the wrong ordinate (it may be Raman, a single beam or counts), or its "
            "scale is damaged"
        )
    elif kind == "counts" and words.y_unit == ARBITRARY and largest < FEWEST_COUNTS:
        raise _refused(
            words,
            f"{ARBITRARY} over nm, up to {largest:.3g}, may be absorbance, reflectance or any",
        )
    else:
        return
    raise ReaderError(reason, line=words.line, byte=words.byte)


def _why_no_axis(words: Words) -> str:
    if not words.x_unit:
        return "the file does not say the unit of its axis; cm-1, nm and um are read"
    return f"the unit of the axis is {words.x_unit[:60]!r}; cm-1, nm and um are read"


def _kind(words: Words, axis_unit: str, shortest: float) -> tuple[str, str]:
    if words.technique == RAMAN or words.x_unit == RAMAN_SHIFT:
        known = STATED if words.technique == RAMAN else "inferred: the axis is a Raman shift"
        return "raman", known
    if words.y_unit in {REFLECTANCE, KUBELKA_MUNK}:
        raise _refused(words, f"{words.y_unit} is no absorbance; export absorbance or log(1/R)")
    if words.technique == NEAR_INFRARED:
        return _near_infrared(words)
    if words.technique == INFRARED:
        return _infrared(words), STATED
    if words.y_unit == DETECTOR_COUNTS:
        return "counts", STATED
    if axis_unit == "cm-1":
        return _infrared(words), "inferred: absorbance or transmittance over cm-1"
    return _over_nm(words, shortest)


def _infrared(words: Words) -> str:
    if words.y_unit == TRANSMITTANCE:
        return "ir-transmittance"
    if words.y_unit in _ABSORBANCES:
        return "ir-absorbance"
    if words.y_unit == SINGLE_BEAM:
        raise _refused(words, "a single beam is no spectrum; export it over its background")
    what = f"the unit of the values, {words.y_unit[:60]!r}, is neither absorbance nor transmittance"
    if words.technique == UNSAID:
        what += "; it may be Raman, emission or a single beam: save it as JCAMP-DX with its type"
    raise _refused(words, what)


def _near_infrared(words: Words) -> tuple[str, str]:
    if words.y_unit in _ABSORBANCES:
        return "nir", STATED
    reason = f"the unit of the values is {words.y_unit[:60]!r}; export absorbance or log(1/R)"
    raise _refused(words, reason)


def _over_nm(words: Words, shortest_nm: float) -> tuple[str, str]:
    if words.y_unit in {COUNTS, INTENSITY, ARBITRARY}:
        known = STATED if words.y_unit == COUNTS else "inferred: an intensity over nm"
        return "counts", known
    if words.y_unit in _ABSORBANCES and shortest_nm >= _NEAR_INFRARED_NM:
        return "nir", f"inferred: {words.y_unit} over nm, from {_NEAR_INFRARED_NM:.0f} nm up"
    reason = (
        f"{words.y_unit[:60]} over nm may be UV/VIS or near-infrared, and the file does not say; "
        "save it as JCAMP-DX with its type"
    )
    raise _refused(words, reason)


def _article(technique: str) -> str:
    name = technique[:60]
    vowel = name.startswith(("NMR", "X-ray", "ion", "atomic", "inelastic", "EPR", "emission"))
    return f"{'an' if vowel else 'a'} {name} spectrum"


def _refused(words: Words, reason: str) -> UnsupportedError:
    return UnsupportedError(reason, line=words.line, byte=words.byte)
