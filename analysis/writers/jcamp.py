"""Spectra as JCAMP-DX 5.01: one block, or a LINK file of several.

An evenly spaced axis is written as `(X++(Y..Y))`, any other as `(XY..XY)`. AFFN writes all digits
of each value; DIFDUP writes whole numbers times YFACTOR, a power of two of at most a billionth of
the largest value, with a check of X and Y in each line. Provenance goes into a label of our own,
which other programs pass over.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151; Lampen et al., Appl. Spectrosc. 53
(1999) 1 (JCAMP-DX 5.01).
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from analysis.errors import SpectrumError
from analysis.spectrum import FloatArray, Spectrum
from analysis.writers.asdf import difdup_lines
from analysis.writers.csv_text import one_line

FORMS = ("affn", "difdup")
PROVENANCE = "$HARBORLIGHT PROVENANCE"
_DATA_TYPES = {
    "ir-absorbance": ("INFRARED SPECTRUM", "ABSORBANCE"),
    "ir-transmittance": ("INFRARED SPECTRUM", "TRANSMITTANCE"),
    "raman": ("RAMAN SPECTRUM", "INTENSITY"),
    "nir": ("NIR SPECTRUM", "ABSORBANCE"),
    "counts": ("DETECTOR COUNTS", "COUNTS"),
}
_X_UNITS = {"cm-1": "1/CM", "nm": "NANOMETERS"}
_Y_BITS = 30
_EVEN = 1e-6
_PER_LINE = 3
_LEAST_FACTOR = 2.0**-300


def write_jcamp(spectra: Sequence[Spectrum], form: str = "affn") -> bytes:
    """All spectra in one file, in ASCII.

    Args:
        spectra: at least one.
        form: "affn" or "difdup".

    Raises:
        SpectrumError: there is none, or the form is not known.
    """
    if not spectra:
        raise SpectrumError("there is no spectrum to write")
    if form not in FORMS:
        raise SpectrumError(f"form {form!r} is not known; {' or '.join(FORMS)} is wanted")
    blocks = [_block(spectrum, form) for spectrum in spectra]
    if len(blocks) > 1:
        head = ["##TITLE=spectra of one file", "##JCAMP-DX=5.01", "##DATA TYPE=LINK"]
        head.append(f"##BLOCKS={len(blocks)}")
        blocks = ["\n".join(head), *blocks, "##END="]
    return ("\n".join(blocks) + "\n").encode("ascii", "replace")


def _block(spectrum: Spectrum, form: str) -> str:
    x, y = spectrum.axis, spectrum.values
    even = _is_even(x)
    if even and form == "difdup":
        factor = _factor(y)
        whole = np.rint(y / factor).astype(np.int64)
        written: FloatArray = (whole * factor).astype(np.float64)
        rows = difdup_lines(whole.tolist(), lambda at: f"{x[at]:.6f}")
    else:
        factor, written = 1.0, y
        rows = _even_rows(x, y) if even else _pairs(x, y)
    lines = [*_header(spectrum, written, factor), *_provenance(spectrum)]
    lines.append("##XYDATA=(X++(Y..Y))" if even else "##XYPOINTS=(XY..XY)")
    return "\n".join([*lines, *rows, "##END="])


def _header(spectrum: Spectrum, written: FloatArray, factor: float) -> Iterator[str]:
    data_type, y_unit = _DATA_TYPES[spectrum.kind]
    known = spectrum.provenance
    x = spectrum.axis
    yield f"##TITLE={_safe(known.get('title', '') or known.get('file', '')) or 'untitled'}"
    yield "##JCAMP-DX=5.01 $$ Harborlight"
    yield f"##DATA TYPE={data_type}"
    yield "##ORIGIN=Harborlight"
    yield "##OWNER="
    if known.get("instrument"):
        yield f"##SPECTROMETER/DATA SYSTEM={_safe(known['instrument'])}"
    yield f"##XUNITS={_X_UNITS[spectrum.axis_unit]}"
    yield f"##YUNITS={y_unit}"
    yield f"##FIRSTX={float(x[0])!r}"
    yield f"##LASTX={float(x[-1])!r}"
    yield f"##NPOINTS={x.size}"
    yield f"##FIRSTY={float(written[0])!r}"
    yield f"##MINY={float(written.min())!r}"
    yield f"##MAXY={float(written.max())!r}"
    yield "##XFACTOR=1"
    yield f"##YFACTOR={factor!r}"


def _provenance(spectrum: Spectrum) -> Iterator[str]:
    yield f"##{PROVENANCE}="
    for name, text in sorted(spectrum.provenance.items()):
        if _safe(text):
            yield f"{name} = {_safe(text)}"


def _even_rows(x: FloatArray, y: FloatArray) -> Iterator[str]:
    values = [repr(value) for value in y.tolist()]
    for at in range(0, len(values), _PER_LINE):
        yield " ".join([f"{x[at]:.6f}", *values[at : at + _PER_LINE]])


def _pairs(x: FloatArray, y: FloatArray) -> Iterator[str]:
    for one_x, one_y in zip(x.tolist(), y.tolist(), strict=True):
        yield f"{one_x!r}, {one_y!r}"


def _is_even(x: FloatArray) -> bool:
    step = (x[-1] - x[0]) / (x.size - 1)
    away = np.abs(x - np.linspace(x[0], x[-1], x.size)).max()
    # A line's X is written to six digits behind the point.
    return bool(away <= _EVEN * step and step > 1e-5)


def _factor(y: FloatArray) -> float:
    """The power of two that brings the largest value to 30 bits."""
    largest = float(np.abs(y).max())
    if largest == 0:
        return 1.0
    factor: float = 2.0 ** (math.frexp(largest)[1] - _Y_BITS)
    return max(factor, _LEAST_FACTOR)


def _safe(text: str) -> str:
    """Text that begins no label and no comment."""
    plain = one_line(text).encode("ascii", "replace").decode()
    return plain.replace("$$", "$ $").replace("##", "# #")
