"""Bytes to text: which encoding it is, and whether it is text at all."""

import codecs
import re

from analysis.readers.errors import ReaderError

_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f\x7f]")
_WIDE_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_DOS_END = b"\x1a"
# Of UTF-16 without a mark, every second byte of plain text is NUL.
_LOOKED_AT = 400


def decode_text(raw: bytes) -> str:
    """Decode text, lines parted by LF: UTF-8, UTF-16 with its mark, else Latin-1.

    Raises:
        ReaderError: it is empty or no text.
    """
    if not raw.strip():
        raise ReaderError("the file is empty", byte=0)
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = _utf16(raw) if wide else _narrow(raw)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utf16(raw: bytes) -> str:
    try:
        text = raw.decode("utf-16")
    except UnicodeDecodeError as problem:
        reason = "this begins as UTF-16 and is none; it was cut short or damaged"
        raise ReaderError(reason, byte=problem.start) from problem
    control = _WIDE_CONTROL.search(text)
    if control is not None:
        raise ReaderError("this is no text: it has control characters", byte=2 * control.start())
    if not text.strip():
        raise ReaderError("the file is empty", byte=0)
    return text.removesuffix("\x1a")


def _narrow(raw: bytes) -> str:
    nul = raw.find(b"\0")
    if nul >= 0:
        start = raw[:_LOOKED_AT]
        if start.count(b"\0") * 3 > len(start):
            raise ReaderError("this may be UTF-16 without its mark; save it as UTF-8", byte=nul)
        raise ReaderError("this is no text: it has NUL bytes", byte=nul)
    raw = raw.removeprefix(codecs.BOM_UTF8).rstrip(_DOS_END)
    control = _CONTROL.search(raw)
    if control is not None:
        raise ReaderError("this is no text: it has control characters", byte=control.start())
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
