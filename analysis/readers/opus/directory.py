"""The blocks of a Bruker OPUS file: their directory, types and parameters.

Layout (little endian): the bytes 0A 0A FE FE, a version at 4, the place of the directory at 12, and
the number of its entries at 20. An entry has a type, a size in words of 4 bytes and a place. The
bits of a type say whether a block holds numbers or parameters, of which kind, and of what; bit 30
is set in all types of the files of newer programs, and changes nothing.
Parameters are a name of three letters, a type, a size in words of 2 bytes, and a value; END ends
them.

The layout is not published by its maker. Source: the description in the documentation of
brukeropus, held against its example and files of another instrument.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.readers.binary import Bytes, require_apart
from analysis.readers.errors import ReaderError

MAGIC = b"\n\n\xfe\xfe"
MAX_BLOCKS = 500
_MAX_PARAMETERS = 1000
_ENTRY_BYTES = 12
_NEWER = 1 << 30

Value = int | float | str


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a file.

    Attributes:
        code: its type, with all bits.
        at: where it begins.
        size: in bytes.
    """

    code: int
    at: int
    size: int

    @property
    def part(self) -> int:
        """1 or 2 where it is the real or imaginary part of complex numbers."""
        return self.code & 3

    @property
    def side(self) -> int:
        """1 sample, 2 reference, 3 the one over the other."""
        return self.code >> 2 & 3

    @property
    def parameters_of(self) -> int:
        """0 numbers; else which parameters: 1 of numbers, 2 of the instrument, ..."""
        return self.code >> 4 & 63

    @property
    def data_kind(self) -> int:
        """1 spectrum, 2 interferogram, 4 absorbance, 5 transmittance, 10 Raman, ..."""
        return self.code >> 10 & 127

    @property
    def derivative(self) -> int:
        """0 for none."""
        return self.code >> 17 & 3

    @property
    def extension(self) -> int:
        """What is neither of these: reports, series, structures."""
        return (self.code & ~_NEWER) >> 19

    @property
    def is_numbers(self) -> bool:
        """Whether it holds a row of numbers."""
        return self.parameters_of == 0 and self.data_kind not in {0, 13} and self.extension == 0

    def describes(self, numbers: "Block") -> bool:
        """Whether it holds the parameters of a block of numbers."""
        return self.parameters_of == 1 and self.code ^ (1 << 4) == numbers.code


def read_directory(data: Bytes) -> list[Block]:
    """All blocks; each lies inside of the file.

    Raises:
        ReaderError: the directory is damaged, or the file was cut short.
    """
    start, _, count = data.unpack("iii", 12, "the header")
    if not 1 <= count <= MAX_BLOCKS:
        raise ReaderError(f"a directory of {count} blocks", byte=20)
    blocks = []
    for number in range(count):
        at = start + number * _ENTRY_BYTES
        code, words, place = data.unpack("Iii", at, "the directory")
        if words < 0 or place < 0:
            raise ReaderError(f"block {number + 1} of {words} words at {place}", byte=at)
        data.require(place, words * 4, f"block {number + 1} ({code:#x})")
        blocks.append(Block(code, place, words * 4))
    require_apart((block.at, block.size) for block in blocks)
    return blocks


def read_parameters(data: Bytes, block: Block) -> Mapping[str, Value]:
    """The parameters of a block by their names.

    Raises:
        ReaderError: they are damaged, or do not end.
    """
    found: dict[str, Value] = {}
    at, end = block.at, block.at + block.size
    for _ in range(_MAX_PARAMETERS):
        if at + 8 > end:
            break
        name = data.raw[at : at + 3].decode("latin-1")
        if name == "END":
            return found
        kind, words = data.unpack("HH", at + 4, "a parameter")
        if not name.isalnum() or at + 8 + 2 * words > end:
            raise ReaderError(f"{name!r} is no parameter, or leaves its block", byte=at)
        found[name] = _value(data, kind, at + 8, 2 * words)
        at += 8 + 2 * words
    raise ReaderError("parameters that do not end", byte=block.at)


def _value(data: Bytes, kind: int, at: int, size: int) -> Value:
    if kind == 0 and size >= 4:
        whole: int = data.number("i", at, "a parameter")
        return whole
    if kind == 1 and size >= 8:
        real: float = data.number("d", at, "a parameter")
        return real
    return data.text(at, size)
