"""Files to spectra: the format is known by what is in the file, never by its name.

JCAMP-DX and delimited text are read. A file is either a sound spectrum or a `ReaderError` that says
where and why; nothing is ever repaired.
"""

import re
from pathlib import Path

from analysis.readers.delimited import read_delimited
from analysis.readers.errors import ReaderError, UnsupportedError
from analysis.readers.jcamp.spectra import read_jcamp
from analysis.spectrum import Spectrum

MAX_BYTES = 8 * 1024 * 1024
"""Larger files are refused unread; the largest measured spectra of the field have about 1 MB."""

__all__ = ["MAX_BYTES", "ReaderError", "UnsupportedError", "read"]

_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f\x7f]")

# What a file begins with (at an offset), and what it is.
_KNOWN_BINARIES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\n\n\xfe\xfe", "a Bruker OPUS file is not read yet; save it as JCAMP-DX or DPT"),
    (0, b"Spectral Data File", "a Thermo SPA file is not read yet; save it as JCAMP-DX or CSV"),
    (0, b"PK\x03\x04", "this is an archive or a spreadsheet; save the table as CSV"),
    (0, b"\xd0\xcf\x11\xe0", "this is an old spreadsheet; save the table as CSV"),
    (0, b"%PDF", "this is a PDF"),
    (0, b"\xff\xfe", "the text is in UTF-16; save it as UTF-8"),
    (0, b"\xfe\xff", "the text is in UTF-16; save it as UTF-8"),
    (1, b"\x4b", "a Galactic SPC file is not read yet; save it as JCAMP-DX or CSV"),
    (1, b"\x4d", "an old Galactic SPC file is not read yet; save it as JCAMP-DX or CSV"),
)


def read(source: Path | bytes, name: str = "") -> list[Spectrum]:
    """Read all spectra of a file.

    Args:
        source: the file, or its bytes.
        name: what to call it in the provenance (`file`); the name of the file where it is one.

    Raises:
        ReaderError: the file is damaged, disagrees with itself, or is of no format that is read;
            also where it can't be opened or is larger than `MAX_BYTES`.
    """
    if isinstance(source, Path):
        name = name or source.name
        source = _bytes_of(source)
    if len(source) > MAX_BYTES:
        raise ReaderError(f"the file has {len(source):,} bytes; up to {MAX_BYTES:,} are read")
    text = _text_of(source)
    found = read_jcamp(text) if text.lstrip().startswith("##") else read_delimited(text)
    return [_named(spectrum, name) for spectrum in found]


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise ReaderError(f"the file can't be opened: {problem.strerror}") from problem


def _text_of(raw: bytes) -> str:
    """Decode text, lines parted by LF; refuse what is none."""
    if not raw.strip():
        raise ReaderError("the file is empty", byte=0)
    nul = raw.find(b"\0")
    for offset, magic, reason in _KNOWN_BINARIES:
        is_text_like = offset and nul < 0
        if raw.startswith(magic, offset) and not is_text_like:
            raise UnsupportedError(reason, byte=offset)
    if nul >= 0:
        raise ReaderError("this is no text: it has NUL bytes", byte=nul)
    raw = raw.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x1a")  # the end mark of DOS
    control = _CONTROL.search(raw)
    if control is not None:
        raise ReaderError("this is no text: it has control characters", byte=control.start())
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _named(spectrum: Spectrum, name: str) -> Spectrum:
    if not name:
        return spectrum
    provenance = {**spectrum.provenance, "file": name[:200]}
    return Spectrum(spectrum.axis, spectrum.values, spectrum.kind, spectrum.axis_unit, **provenance)
