"""Thermo OMNIC SPA and SPG: one spectrum or a group of them, their axes given by their ends.

Layout (little endian): the text "Spectral Data File" at 0, a title at 30, the number of records at
294, and from 304 on records of 16 bytes: a kind, and the place (+2) and size (+6) of what it names.
Kind 2 is the header of the spectrum (points +4, axis unit +8, ordinate +12, first X +16, last X
+20, scans +36, background scans +52), kind 3 its values as 32-bit floats, kind 27 its history. A
group has such records of each spectrum one after the other, and its title as kind 107.

The layout is not published by its maker. Source: the description in SpectroChemPy's documentation
of its OMNIC reader, held against files of three instruments.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.readers.assemble import assemble_all
from analysis.readers.binary import Bytes, require_apart
from analysis.readers.errors import ReaderError
from analysis.readers.measurement import (
    ABSORBANCE,
    INFRARED,
    INTENSITY,
    INTERFEROGRAM,
    KUBELKA_MUNK,
    LOG_REFLECTANCE,
    MICROMETRE,
    NANOMETRE,
    RAMAN_SHIFT,
    REFLECTANCE,
    SINGLE_BEAM,
    TRANSMITTANCE,
    UNSAID,
    WAVENUMBER,
    Measurement,
    Words,
)
from analysis.spectrum import Spectrum

MAGIC = b"Spectral Data File"
_RECORDS_AT, _COUNT_AT, _RECORD_BYTES, _MAX_RECORDS = 304, 294, 16, 500
_TITLE_AT, _TITLE_BYTES = 30, 256
_HEADER, _VALUES, _HISTORY, _OWN_TITLE = 2, 3, 27, 107
_ENDS = {0, 1}
_X_WORDS = {
    1: WAVENUMBER,
    2: "points",
    3: NANOMETRE,
    4: MICROMETRE,
    32: RAMAN_SHIFT,
}
_Y_WORDS = {
    11: REFLECTANCE,
    12: LOG_REFLECTANCE,
    15: SINGLE_BEAM,
    16: TRANSMITTANCE,
    17: ABSORBANCE,
    20: KUBELKA_MUNK,
    21: REFLECTANCE,
    22: INTERFEROGRAM,
    26: "photoacoustic",
    31: INTENSITY,
}
_SERIAL = re.compile(r"(?:Bench Serial Number|Num.ro S.rie du banc):\s*([\w-]{1,40})")


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    at: int
    size: int


def read_spa(raw: bytes, file: str = "") -> list[Spectrum]:
    """The spectrum of a file, or all of a group.

    Args:
        raw: the whole file.
        file: its name, for the provenance.

    Raises:
        UnsupportedError: it holds no spectrum that is read, but a single beam, an interferogram.
        ReaderError: it is damaged, or disagrees with itself.
    """
    return assemble_all(spa_measurements(raw), file)


def spa_measurements(raw: bytes) -> Iterator[Measurement]:
    """The numbers of a file, whatever they are of.

    Raises:
        ReaderError: as for `read_spa`.
    """
    data = Bytes(raw)
    records = _records(data)
    groups = _groups(records)
    for number, group in enumerate(groups):
        facts = _facts(data, group)
        if len(groups) > 1:
            facts["format"], facts["page"] = "Thermo SPG", str(number + 1)
        yield _measurement(data, group, facts)


def _measurement(data: Bytes, group: list[_Record], facts: dict[str, str]) -> Measurement:
    header, values = _only(group, _HEADER), _only(group, _VALUES)
    points = data.number("I", header.at + 4, "the header")
    first, last = data.unpack("ff", header.at + 16, "the header")
    if points * 4 != values.size:
        reason = f"the header says {points:,} points, the values have {values.size:,} bytes"
        raise ReaderError(reason, byte=header.at + 4)
    if points < 2 or not (np.isfinite([first, last]).all() and first != last):
        reason = f"{points} points from {first:g} to {last:g} are no axis"
        raise ReaderError(reason, byte=header.at + 16)
    y = data.finite("f4", values.at, points, "the values")
    return Measurement(_words(data, header), np.linspace(first, last, points), y, facts)


def _groups(records: list[_Record]) -> list[list[_Record]]:
    """The records of each spectrum: from its header up to the next."""
    starts = [at for at, record in enumerate(records) if record.kind == _HEADER]
    if len(starts) < 2:  # of a single spectrum the records may stand in any order
        return [records]
    return [records[at:end] for at, end in pairwise([*starts, len(records)])]


def _records(data: Bytes) -> list[_Record]:
    count = data.number("H", _COUNT_AT, "the directory")
    if not 1 <= count <= _MAX_RECORDS:
        raise ReaderError(f"a directory of {count} records", byte=_COUNT_AT)
    found = []
    for number in range(count):
        at = _RECORDS_AT + number * _RECORD_BYTES
        kind = data.number("B", at, "the directory")
        place, size = data.unpack("II", at + 2, "the directory")
        if kind in _ENDS:
            reason = f"the directory ends after {number} records, the header says {count}"
            raise ReaderError(reason, byte=at)
        data.require(place, size, f"record {number + 1} (kind {kind})")
        found.append(_Record(kind, place, size))
    ends = (0, _RECORDS_AT + count * _RECORD_BYTES)
    require_apart([ends, *((record.at, record.size) for record in found)])
    return found


def _only(group: list[_Record], kind: int) -> _Record:
    found = [record for record in group if record.kind == kind]
    if len(found) != 1:
        what = "header" if kind == _HEADER else "row of values"
        raise ReaderError(f"{len(found)} records are a {what}; one is wanted", byte=_RECORDS_AT)
    return found[0]


def _words(data: Bytes, header: _Record) -> Words:
    x_code = data.number("B", header.at + 8, "the header")
    y_code = data.number("B", header.at + 12, "the header")
    x = _X_WORDS.get(x_code, f"code {x_code}")
    y = _Y_WORDS.get(y_code, f"code {y_code}")
    technique = INFRARED if x == WAVENUMBER and y in {ABSORBANCE, TRANSMITTANCE} else UNSAID
    return Words(technique, x, y, byte=header.at + 8)


def _facts(data: Bytes, group: list[_Record]) -> dict[str, str]:
    header = _only(group, _HEADER)
    facts = {
        "format": "Thermo SPA",
        "title": data.text(_TITLE_AT, _TITLE_BYTES),
        "scans": str(data.number("I", header.at + 36, "the header")),
        "background_scans": str(data.number("I", header.at + 52, "the header")),
    }
    for record in group:
        if record.kind == _OWN_TITLE:
            facts["title"] = data.text(record.at, min(record.size, _TITLE_BYTES))
        if record.kind == _HISTORY:
            history = data.raw[record.at : record.at + min(record.size, 65536)].decode("latin-1")
            serial = _SERIAL.search(history)
            if serial is not None:
                facts["serial"] = serial.group(1)
    return facts
