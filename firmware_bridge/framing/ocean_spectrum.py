"""The spectrum frame of the Ocean letter protocol, in all its forms.

After STX, all in big-endian WORDs (binary mode) or decimal numbers (ASCII mode):

    word   Flame, USB2000+              SAD500 and older
    0      0xFFFF start                 0xFFFF start
    1      0: WORD, 1: DWORD pixels     channel
    2      scans accumulated            scan number
    3      integration time, ms         scans in memory
    4      baseline, high word          integration time, ms
    5      baseline, low word           integration counter
    6      pixel mode                   pixel mode
    ..     its parameters, if not 0     its parameters, if not 0
    ..     the pixels                   the pixels
    last   0xFFFD end                   0xFFFD end
    +1     checksum, if `k` is on       checksum, if `k` is on

0xFFFD may also be the value of a pixel: the pixels are counted, the end is never searched for. The
parameters of the pixel mode are those that were sent with `P` (see `ocean_pixels`).

The checksum is the sum of the pixel words modulo 65536 (SAD500 Technical Note 3); compressed
spectra count otherwise, see `ocean_compression`.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

from firmware_bridge.framing.exchange import ChecksumError, MismatchError, NoiseError
from firmware_bridge.framing.ocean import STX, Mode, Reply
from firmware_bridge.framing.ocean_compression import DifferenceDecoder

HEADER_WORDS = 7
_START = 0xFFFF
_END = 0xFFFD
_ASCII_TOKEN_CAP = 12  # ten digits of a DWORD, and CR LF


class Generation(StrEnum):
    """Which of the two meanings the words of the header have."""

    FLAME = "flame"
    SAD500 = "sad500"


@dataclass(frozen=True, slots=True)
class FrameLayout:
    """What has to be known before a frame can be read.

    Attributes:
        pixels: how many pixels the device sends.
        generation: the meaning of the header's words.
        mode: binary or ASCII.
        compressed: `G` 1 is set (binary mode, WORD pixels).
        checksum: `k` is set: one WORD follows the end.
        pixel_mode: which pixels are sent (`P`).
        parameters: what stands between header and pixels in this mode.
    """

    pixels: int
    generation: Generation = Generation.FLAME
    mode: Mode = Mode.BINARY
    compressed: bool = False
    checksum: bool = True
    pixel_mode: int = 0
    parameters: tuple[int, ...] = ()

    @property
    def header_words(self) -> int:
        """How many WORDs stand before the first pixel."""
        return HEADER_WORDS + len(self.parameters)

    @property
    def longest_bytes(self) -> int:
        """The longest frame of this layout after STX, in bytes."""
        if self.mode is Mode.ASCII:
            return (self.header_words + self.pixels + 2) * _ASCII_TOKEN_CAP + 2
        per_pixel = 3 if self.compressed else 4
        return (self.header_words + 2) * 2 + self.pixels * per_pixel


@dataclass(frozen=True, slots=True)
class SpectrumFrame:
    """One spectrum as it came, its frame, count and checksum found right.

    Attributes:
        pixels: detector counts.
        integration_time_ms: what the device says of each scan.
        scans: how many scans were added; None where this header does not say (SAD500).
        wide: the pixels were DWORDs.
    """

    pixels: tuple[int, ...]
    integration_time_ms: int
    scans: int | None
    wide: bool = False

    def require(self, integration_time_ms: int, scans: int) -> None:
        """Hold the header against what was asked for.

        Raises:
            MismatchError: the device measured something else.
        """
        if self.integration_time_ms != integration_time_ms:
            raise MismatchError(
                f"the frame says {self.integration_time_ms} ms, {integration_time_ms} ms was set"
            )
        if self.scans not in {None, scans}:
            raise MismatchError(f"the frame says {self.scans} scans, {scans} was set")


def spectrum_reply(layout: FrameLayout, echo: bytes = b"") -> Reply[SpectrumFrame]:
    """The reader of the reply to `S` for one layout."""
    if layout.mode is Mode.ASCII:
        return AsciiSpectrumReply(layout, echo)
    return CompressedSpectrumReply(layout) if layout.compressed else PlainSpectrumReply(layout)


class PlainSpectrumReply(Reply[SpectrumFrame]):
    """A binary frame with WORD or DWORD pixels."""

    def __init__(self, layout: FrameLayout) -> None:
        super().__init__(good=STX, cap=layout.longest_bytes)
        self._layout = layout
        self._header: tuple[int, ...] = ()

    def _take(self) -> SpectrumFrame | None:
        count = self._layout.header_words
        if not self._header and len(self._body) >= count * 2:
            self._header = struct.unpack_from(f">{count}H", self._body)
            check_header(self._header, self._layout)
        if not self._header:
            return None
        return self._take_pixels(wide=is_wide(self._header, self._layout))

    def _take_pixels(self, *, wide: bool) -> SpectrumFrame | None:
        count = self._layout.pixels
        tail = "HH" if self._layout.checksum else "H"
        shape = struct.Struct(f">{count}{'I' if wide else 'H'}{tail}")
        start = self._layout.header_words * 2
        if len(self._body) < start + shape.size:
            return None
        words = shape.unpack_from(self._body, start)
        sums = pixel_sums(words[:count], wide=wide)
        check_tail(words[count:], sums, self._layout)
        return frame_of(self._header, words[:count], self._layout)


class CompressedSpectrumReply(Reply[SpectrumFrame]):
    """A binary frame whose pixels are differences; decoded as it comes."""

    def __init__(self, layout: FrameLayout) -> None:
        super().__init__(good=STX, cap=layout.longest_bytes)
        self._layout = layout
        self._header: tuple[int, ...] = ()
        self._at = layout.header_words * 2
        self._decoder = DifferenceDecoder(layout.pixels)

    def _take(self) -> SpectrumFrame | None:
        count = self._layout.header_words
        if not self._header and len(self._body) >= count * 2:
            self._header = struct.unpack_from(f">{count}H", self._body)
            check_header(self._header, self._layout)
        if not self._header:
            return None
        self._at = self._decoder.feed(self._body, self._at)
        tail = struct.Struct(">HH" if self._layout.checksum else ">H")
        if not self._decoder.whole or len(self._body) < self._at + tail.size:
            return None
        sums = frozenset({self._decoder.checksum})
        check_tail(tail.unpack_from(self._body, self._at), sums, self._layout)
        return frame_of(self._header, tuple(self._decoder.pixels), self._layout)


class AsciiSpectrumReply(Reply[SpectrumFrame]):
    """A frame in decimal numbers, parted by any CR, LF or space."""

    def __init__(self, layout: FrameLayout, echo: bytes = b"") -> None:
        super().__init__(echo, good=STX, cap=layout.longest_bytes)
        self._layout = layout
        self._words: list[int] = []
        self._at = 0

    @property
    def _due(self) -> int:
        return self._layout.header_words + self._layout.pixels + (2 if self._layout.checksum else 1)

    def _take(self) -> SpectrumFrame | None:
        end = max(self._body.rfind(gap) for gap in b"\r\n ") + 1
        if end > self._at:
            self._read(bytes(self._body[self._at : end]))
            self._at = end
        if len(self._body) - self._at > _ASCII_TOKEN_CAP or len(self._body) >= self._cap:
            raise NoiseError("a number of more than ten digits came in an ASCII spectrum")
        return self._whole()

    def quiet(self) -> SpectrumFrame | None:
        """The last number may end with the line falling silent."""
        if not self._opened or len(self._words) != self._due - 1:
            return None
        self._read(bytes(self._body[self._at :]))
        self._at = len(self._body)
        return self._whole()

    def _read(self, text: bytes) -> None:
        for token in text.split():
            if not token.isdigit() or len(token) > 10:
                raise NoiseError(f"{token[:16]!r} came where a number was due")
            self._words.append(int(token))
        if len(self._words) >= self._layout.header_words:
            check_header(tuple(self._words[: self._layout.header_words]), self._layout)

    def _whole(self) -> SpectrumFrame | None:
        if len(self._words) < self._due:
            return None
        start = self._layout.header_words
        header, count = tuple(self._words[:start]), start + self._layout.pixels
        pixels = tuple(self._words[start:count])
        wide = is_wide(header, self._layout)
        if max(pixels) > (0xFFFFFFFF if wide else 0xFFFF):
            raise NoiseError("a pixel of an ASCII spectrum is larger than its size allows")
        check_tail(
            tuple(self._words[count : self._due]), pixel_sums(pixels, wide=wide), self._layout
        )
        return frame_of(header, pixels, self._layout)


def pixel_sums(pixels: tuple[int, ...], *, wide: bool) -> frozenset[int]:
    """The checksums that fit uncompressed pixels.

    The manuals do not say whether the upper words of DWORD pixels count: both sums are taken.
    """
    total = sum(pixels)
    if not wide:
        return frozenset({total & 0xFFFF})
    return frozenset({total & 0xFFFF, (total + sum(pixel >> 16 for pixel in pixels)) & 0xFFFF})


def is_wide(header: tuple[int, ...], layout: FrameLayout) -> bool:
    """Whether the pixels are DWORDs; the older header knows only WORDs."""
    return layout.generation is Generation.FLAME and header[1] == 1


def check_header(header: tuple[int, ...], layout: FrameLayout) -> None:
    """Hold the words of a header, and of its pixel mode, against the layout.

    Raises:
        NoiseError: this is no header.
        MismatchError: it is one that this layout does not know.
    """
    if header[0] != _START:
        raise NoiseError(f"a frame began with 0x{header[0]:04X} instead of 0xFFFF")
    if header[6] != layout.pixel_mode:
        raise MismatchError(f"the frame has pixel mode {header[6]}, {layout.pixel_mode} was set")
    if header[7:] != layout.parameters:
        raise MismatchError(f"the frame has pixels {header[7:]}, {layout.parameters} was set")
    if layout.generation is Generation.FLAME and header[1] not in {0, 1}:
        raise MismatchError(f"the data size flag is {header[1]}; is this a SAD500 header?")
    if layout.compressed and is_wide(header, layout):
        raise MismatchError("the frame is compressed and has DWORD pixels; set scans to 1")


def check_tail(tail: tuple[int, ...], sums: frozenset[int], layout: FrameLayout) -> None:
    """Hold the end mark and the checksum against the pixels.

    Raises:
        NoiseError: no end mark where the pixels end, so bytes were lost or added.
        ChecksumError: the checksum is another.
    """
    if tail[0] != _END:
        raise NoiseError(
            f"0x{tail[0]:04X} came instead of the end mark 0xFFFD after {layout.pixels} pixels"
        )
    if layout.checksum and tail[1] not in sums:
        raise ChecksumError(f"the checksum is 0x{tail[1]:04X}, the pixels give 0x{min(sums):04X}")


def frame_of(
    header: tuple[int, ...], pixels: tuple[int, ...], layout: FrameLayout
) -> SpectrumFrame:
    """Name the words of a header that has been checked."""
    if layout.generation is Generation.SAD500:
        return SpectrumFrame(pixels, integration_time_ms=header[4], scans=None)
    return SpectrumFrame(
        pixels, integration_time_ms=header[3], scans=header[2], wide=is_wide(header, layout)
    )
