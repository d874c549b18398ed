"""Bruker OPUS files (`.0`, `.1`, ...): absorbance, transmittance and Raman blocks.

A file often holds the single beams and interferograms of a measurement too; they are passed over.
Each row of numbers is held against the parameters beside it: points, ends, largest and smallest
value.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from analysis.readers.assemble import assemble_all
from analysis.readers.binary import Bytes
from analysis.readers.errors import ReaderError
from analysis.readers.measurement import (
    ABSORBANCE,
    INFRARED,
    INTENSITY,
    INTERFEROGRAM,
    KUBELKA_MUNK,
    LOG_REFLECTANCE,
    MICROMETRE,
    RAMAN,
    RAMAN_SHIFT,
    REFLECTANCE,
    SINGLE_BEAM,
    TRANSMITTANCE,
    UNSAID,
    WAVENUMBER,
    Measurement,
    Words,
)
from analysis.readers.opus.directory import (
    MAGIC,
    Block,
    Value,
    read_directory,
    read_parameters,
)
from analysis.spectrum import Spectrum

__all__ = ["MAGIC", "opus_measurements", "read_opus"]

_FLOATS = 1
_INSTRUMENT, _ACQUISITION, _ORIGIN = 2, 3, 10
_RATIO = 3
_LARGEST_SHIFT = 4500.0
_INTERFEROGRAM, _RAMAN_BLOCK = 2, 10
_Y_WORDS = {
    1: SINGLE_BEAM,
    _INTERFEROGRAM: INTERFEROGRAM,
    3: "phase",
    4: ABSORBANCE,
    5: TRANSMITTANCE,
    6: KUBELKA_MUNK,
    10: INTENSITY,
    11: "emission",
    12: REFLECTANCE,
    15: LOG_REFLECTANCE,
    16: "ATR units (absorbance over wavenumber)",
    17: "photoacoustic",
    18: TRANSMITTANCE,
    19: ABSORBANCE,
}
_X_WORDS = {"WN": WAVENUMBER, "MI": MICROMETRE, "PNT": "points", "MIN": "min"}
# Names of parameters that are kept, and what they are called here; no name of a person.
_KEPT = {
    "INS": "instrument",
    "SRN": "serial",
    "RES": "resolution",
    "NSS": "scans",
    "APF": "apodization",
    "SNM": "title",
}


def read_opus(raw: bytes, file: str = "") -> list[Spectrum]:
    """All spectra of a file.

    Args:
        raw: the whole file.
        file: its name, for the provenance.

    Raises:
        UnsupportedError: it holds none that is read, but single beams, reflectance or such.
        ReaderError: it is damaged, or disagrees with itself.
    """
    return assemble_all(opus_measurements(raw), file)


def opus_measurements(raw: bytes) -> Iterator[Measurement]:
    """All rows of numbers, whatever they are of.

    Raises:
        ReaderError: as for `read_opus`.
    """
    data = Bytes(raw)
    blocks = read_directory(data)
    rows = [block for block in blocks if block.is_numbers]
    if not rows:
        raise ReaderError("the file holds no numbers", byte=20)
    facts = _facts(data, blocks)
    for row in rows:
        parameters = _parameters_of(data, blocks, row)
        yield _measurement(data, row, parameters, facts)


def _parameters_of(data: Bytes, blocks: list[Block], row: Block) -> Mapping[str, Value]:
    """The parameters of a row; where a type comes more than once, in the same order."""
    alike = [block for block in blocks if block.is_numbers and block.code == row.code]
    found = [block for block in blocks if block.describes(row)]
    if len(found) != len(alike):
        raise ReaderError(
            f"{len(alike)} rows of numbers of type {row.code:#x} and {len(found)} blocks of "
            "parameters for them",
            byte=row.at,
        )
    return read_parameters(data, found[alike.index(row)])


def _measurement(
    data: Bytes, row: Block, parameters: Mapping[str, Value], facts: Mapping[str, str]
) -> Measurement:
    points = _whole(parameters, "NPT", row)
    # A block is filled up to a whole number of 8 bytes, and no further.
    if not (points >= 2 and 0 <= row.size // 4 - points <= 1):
        reason = f"NPT says {points:,} points, the block has {row.size // 4:,} numbers"
        raise ReaderError(reason, byte=row.at)
    if _whole(parameters, "DPF", row) != _FLOATS:
        raise ReaderError(f"numbers of format {parameters['DPF']} are not known", byte=row.at)
    first, last = _real(parameters, "FXV", row), _real(parameters, "LXV", row)
    if first == last:
        raise ReaderError(f"the first and the last X are both {first:g}", byte=row.at)
    values = data.finite("f4", row.at, points, "the values")
    y = values * _real(parameters, "CSF", row)
    _check_range(y, parameters, row)
    own = {"date": " ".join(str(parameters.get(name, "")) for name in ("DAT", "TIM")).strip()}
    if row.data_kind in {18, 19}:
        own["note"] = "the result of arithmetic on other spectra"
    words = _words(row, str(parameters.get("DXU", "")), max(abs(first), abs(last)))
    return Measurement(words, np.linspace(first, last, points), y, {**facts, **own})


def _check_range(y: np.ndarray, parameters: Mapping[str, Value], row: Block) -> None:
    """Hold the values against MNY and MXY, which OPUS keeps beside them.

    Those of an interferogram may be of the signal before it was scaled.
    """
    if row.data_kind == _INTERFEROGRAM:
        return
    low, high = float(y.min()), float(y.max())
    room = 1e-5 * (high - low) + 1e-6 * max(abs(low), abs(high))
    for name, found in (("MNY", low), ("MXY", high)):
        if name in parameters and abs(_real(parameters, name, row) - found) > room:
            raise ReaderError(
                f"{name} is {parameters[name]:.6g} and the values have {found:.6g}", byte=row.at
            )


def _words(row: Block, unit: str, largest_x: float) -> Words:
    x = _X_WORDS.get(unit, unit or "nothing")
    y = _Y_WORDS.get(row.data_kind, f"code {row.data_kind}")
    if row.derivative:
        y = f"derivative of {y}"
    if row.part in {1, 2}:
        y = f"one part of complex {y}"
    if row.data_kind == _RAMAN_BLOCK:
        # Absolute wavenumbers of a Raman line begin above 5000 for all lasers in use.
        x = RAMAN_SHIFT if x == WAVENUMBER and largest_x < _LARGEST_SHIFT else f"absolute {x}"
        return Words(RAMAN, x, y, byte=row.at)
    is_infrared = row.side == _RATIO and y in {ABSORBANCE, TRANSMITTANCE, LOG_REFLECTANCE}
    return Words(INFRARED if is_infrared else UNSAID, x, y, byte=row.at)


def _facts(data: Bytes, blocks: list[Block]) -> dict[str, str]:
    facts = {"format": "Bruker OPUS"}
    for block in blocks:
        if block.parameters_of in {_INSTRUMENT, _ACQUISITION, _ORIGIN} and block.side == 0:
            parameters = read_parameters(data, block)
            facts |= {
                ours: str(parameters[name]) for name, ours in _KEPT.items() if name in parameters
            }
    return facts


def _whole(parameters: Mapping[str, Value], name: str, row: Block) -> int:
    value = parameters.get(name)
    if not isinstance(value, int):
        raise ReaderError(f"{name} must be a whole number, not {value!r}", byte=row.at)
    return value


def _real(parameters: Mapping[str, Value], name: str, row: Block) -> float:
    value = parameters.get(name)
    if isinstance(value, str) or value is None or not abs(value) < 1e30:
        raise ReaderError(f"{name} must be a number, not {value!r}", byte=row.at)
    return float(value)
