"""The header of a Galactic SPC file: new (512 bytes, either byte order) and old (256 bytes).

Source: Galactic Industries, "Universal Data Format Specification" (SPC.H): SPCHDR, OSPCHDR, SUBHDR
and the flags of `ftflgs`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.readers.binary import Bytes
from analysis.readers.errors import ReaderError
from analysis.readers.measurement import Words
from analysis.readers.spc.words import technique, x_word, y_word

NEW_LITTLE, NEW_BIG, OLD = 0x4B, 0x4C, 0x4D
SHIMADZU = 0xCF
NEW_BYTES, OLD_BYTES, SUB_BYTES = 512, 256, 32
FLOAT_EXPONENT = -128

_NAMES = {NEW_LITTLE: "new, little endian", NEW_BIG: "new, big endian", OLD: "old"}
_LEAST_FLOAT, _LARGEST_POINTS = 1.0, 16_000_000.0


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says.

    Attributes:
        version: the second byte.
        flags: the first byte, see the properties.
        exponent: of a single array of whole numbers; -128 for floats.
        points: of each array; with `own_x` in each subfile where their directory is.
        first: the first X.
        last: the last X.
        subfiles: how many; 0 where an old file does not say.
        words: what the numbers are.
        z_unit: of what changes from subfile to subfile.
        log_at: where the log begins; 0 where there is none.
        facts: title, date, resolution, source.
    """

    version: int
    flags: int
    exponent: int
    points: int
    first: float
    last: float
    subfiles: int
    words: Words
    z_unit: str
    log_at: int
    facts: Mapping[str, str]

    @property
    def is_old(self) -> bool:
        """Whether it is of the format before 1996."""
        return self.version == OLD

    @property
    def is_short(self) -> bool:
        """Whether Y have 16 bits."""
        return bool(self.flags & 0x01)

    @property
    def is_multi(self) -> bool:
        """Whether there is more than one array, each with its own exponent."""
        return bool(self.flags & 0x04)

    @property
    def own_x(self) -> bool:
        """Whether each subfile has an X of its own."""
        return bool(self.flags & 0x40)

    @property
    def has_x(self) -> bool:
        """Whether X are written out."""
        return bool(self.flags & 0x80)


def open_file(raw: bytes) -> Bytes:
    """The bytes in their order.

    Raises:
        ReaderError: the version is none of SPC.
    """
    version = raw[1] if len(raw) > 1 else 0
    if version not in _NAMES:
        raise ReaderError(f"{version:#04x} is no version of SPC", byte=1)
    return Bytes(raw, ">" if version == NEW_BIG else "<")


def read_header(data: Bytes) -> Header:
    """Read the header of either format.

    Raises:
        ReaderError: it is cut short, or says what can't be.
    """
    return _old(data) if data.raw[1] == OLD else _new(data)


def _new(data: Bytes) -> Header:
    data.require(0, NEW_BYTES, "the header")
    flags, version, experiment, exponent = data.unpack("BBBb", 0, "the header")
    points, first, last, subfiles = data.unpack("iddi", 4, "the header")
    x_code, y_code, z_code = data.unpack("BBB", 28, "the header")
    labels = _labels(data, 218) if flags & 0x20 else ("", "", "")
    x, y = x_word(x_code, labels[0]), y_word(y_code, labels[1])
    facts = {
        "format": f"Galactic SPC ({_NAMES[version]})",
        "title": data.text(88, 130),
        "date": _date(data.number("I", 32, "the header")),
        "resolution": data.text(36, 9),
        "instrument": data.text(45, 9),
    }
    return Header(
        version=version,
        flags=flags,
        exponent=exponent,
        points=points,
        first=first,
        last=last,
        subfiles=subfiles,
        words=Words(technique(experiment, x, y), x, y, byte=28),
        z_unit=x_word(z_code, labels[2]),
        log_at=data.number("i", 248, "the header"),
        facts=facts,
    )


def _old(data: Bytes) -> Header:
    data.require(0, OLD_BYTES, "the header")
    flags, version, exponent, count, first, last = data.unpack("BBhfff", 0, "the header")
    if not (_LEAST_FLOAT < count < _LARGEST_POINTS and count == int(count)):
        raise ReaderError(f"{count:g} is no number of points", byte=4)
    if not -128 <= exponent <= 127:
        raise ReaderError(f"{exponent} is no exponent", byte=2)
    x_code, y_code = data.unpack("BB", 16, "the header")
    labels = _labels(data, 194) if flags & 0x20 or x_code == 15 else ("", "", "")
    x, y = x_word(x_code, labels[0]), y_word(y_code, labels[1])
    facts = {
        "format": f"Galactic SPC ({_NAMES[version]})",
        "title": data.text(64, 130),
        "resolution": data.text(24, 8),
    }
    return Header(
        version=version,
        flags=flags,
        exponent=exponent,
        points=int(count),
        first=first,
        last=last,
        subfiles=0 if flags & 0x04 else 1,
        words=Words(technique(0, x, y), x, y, byte=16),
        z_unit="",
        log_at=0,
        facts=facts,
    )


def _labels(data: Bytes, at: int) -> tuple[str, str, str]:
    """The three texts for X, Y and Z, one after the other in 30 bytes."""
    parts = [*data.raw[at : at + 30].split(b"\0"), b"", b"", b""]
    plain = [part.decode("latin-1").strip() for part in parts[:3]]
    return plain[0], plain[1], plain[2]


def _date(packed: int) -> str:
    """Year, month, day, hour and minute out of 12, 4, 5, 5 and 6 bits; "" where there is none."""
    year, month, day = packed >> 20, packed >> 16 & 15, packed >> 11 & 31
    hour, minute = packed >> 6 & 31, packed & 63
    if not (1900 <= year < 2200 and 1 <= month <= 12 and day >= 1 and hour < 24 and minute < 60):
        return ""
    return f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}"
