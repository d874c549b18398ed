"""Files to spectra: the format is known by what is in the file, never by its name.

JCAMP-DX, Galactic SPC, Thermo SPA, Bruker OPUS and delimited text are read. A file is either a
sound spectrum or a `ReaderError` that says where and why; nothing is ever repaired.
"""

from pathlib import Path

from analysis.readers.delimited import read_delimited
from analysis.readers.errors import ReaderError, UnsupportedError
from analysis.readers.formats import OPUS, SPA, SPC, recognise
from analysis.readers.jcamp.spectra import read_jcamp
from analysis.readers.opus import read_opus
from analysis.readers.spa import read_spa
from analysis.readers.spc import read_spc
from analysis.readers.text import decode_text
from analysis.spectrum import Spectrum

MAX_BYTES = 8 * 1024 * 1024
"""Larger files are refused unread; the largest measured spectra of the field have about 1 MB."""

__all__ = ["MAX_BYTES", "ReaderError", "UnsupportedError", "read"]

_BINARY = {OPUS: read_opus, SPA: read_spa, SPC: read_spc}


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
    reader = _BINARY.get(recognise(source))
    if reader is not None:
        return reader(source, name)
    text = decode_text(source)
    is_jcamp = text.lstrip().startswith("##")
    return read_jcamp(text, name) if is_jcamp else read_delimited(text, name)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise ReaderError(f"the file can't be opened: {problem.strerror}") from problem
