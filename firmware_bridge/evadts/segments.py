"""Bytes of an audit into segments (EVA-DTS 6.1.1 chapter 2: syntax).

A segment is a line that ends with CR LF; its fields are parted by asterisks, and empty fields at
its end may be left out. Real files end lines with LF alone, carry an envelope glued before DXS,
or glue two segments together: all of that is taken, and named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from firmware_bridge.evadts.deviations import DeviationLog
from firmware_bridge.evadts.errors import EvaDtsError

MAX_AUDIT_BYTES = 1 << 20
MAX_SEGMENTS = 20_000
MAX_LINE_BYTES = 1024

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_NAME = re.compile(rb"(?:DXS|DXE|G85|[A-Z]{2}[0-9]{0,3})(?=\*|\Z)")
_GLUED_G85 = re.compile(rb"(G85\*[0-9A-Fa-f]{4})([A-Z]{2,3}[0-9]*\*.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name, its fields, and where it stood.

    Attributes:
        name: such as "PA1".
        fields: as sent, still escaped; `fields[0]` is field 01.
        line: counted from 1.
        start: offset of its first byte in the audit.
        content: the whole line without its end.
    """

    name: str
    fields: tuple[bytes, ...]
    line: int
    start: int
    content: bytes

    def raw(self, number: int) -> bytes:
        """Field `number` (01 is 1) as sent, b"" when left out."""
        return self.fields[number - 1] if number <= len(self.fields) else b""


def split(data: bytes, log: DeviationLog, *, ended: bool) -> list[Segment]:
    """The segments of an audit, in order, up to and with DXE.

    Args:
        data: the audit as it came.
        log: takes the deviations.
        ended: the sender is known to have come to its end, so that a last line without a line
            end is not a cut one.

    Raises:
        EvaDtsError: empty, larger than `MAX_AUDIT_BYTES`, or nothing in it is a segment.
    """
    if not data.strip(b"\x00\r\n\t "):
        raise EvaDtsError("the audit is empty: the machine sent nothing that could be parsed")
    if len(data) > MAX_AUDIT_BYTES:
        raise EvaDtsError(f"the audit has {len(data)} bytes, more than the {MAX_AUDIT_BYTES} taken")
    _note_bytes(data, log)
    segments = list(islice(_segments(data, log, ended), MAX_SEGMENTS + 1))
    if not segments:
        raise EvaDtsError("not one EVA-DTS segment was found in line 1 or any other: not an audit")
    if len(segments) > MAX_SEGMENTS:
        log.note("too-many-segments", f"only the first {MAX_SEGMENTS} segments were parsed")
    return _up_to_end(segments[:MAX_SEGMENTS], log)


def _note_bytes(data: bytes, log: DeviationLog) -> None:
    if not data.isascii():
        high = sum(byte > 0x7F for byte in data)
        log.note("non-ascii", f"{high} bytes are outside ASCII; they should be written ^HH^")
    if b"\n" in data and b"\r\n" not in data:
        log.note("line-ends", "lines end with LF alone instead of CR LF")


def _segments(data: bytes, log: DeviationLog, ended: bool) -> Iterator[Segment]:  # noqa: FBT001 - handed on
    for number, found in enumerate(_LINE.finditer(data), start=1):
        content, end = found.group(1), found.group(2)
        if not content.strip(b"\x00\t "):
            continue
        start = found.start(1)
        if len(content) > MAX_LINE_BYTES:
            log.note("line-too-long", f"{len(content)} bytes, more than {MAX_LINE_BYTES}", number)
        elif not end and not ended and not content.startswith(b"DXE"):
            log.note("truncated", "the last line has no end; it may be cut and is not used", number)
        else:
            yield from _line_segments(content, number, start, log)


def _line_segments(content: bytes, line: int, start: int, log: DeviationLog) -> Iterator[Segment]:
    """One line as a rule, more where segments are glued together."""
    envelope = content.find(b"DXS*")
    if envelope > 0:
        log.note("envelope", f"{envelope} bytes stand before DXS and are not used", line)
        content, start = content[envelope:], start + envelope
    glued = _GLUED_G85.match(content)
    if glued:
        log.note("segment-glued", "another segment follows G85 without a line end", line)
        yield from _line_segments(glued.group(1), line, start, log)
        content, start = glued.group(2), start + glued.start(2)
    name = _NAME.match(content)
    if name is None:
        log.note("not-a-segment", f"the line begins with {content[:12]!r}", line)
        return
    fields = tuple(content.split(b"*")[1:])
    yield Segment(name.group().decode("ascii"), fields, line, start, content)


def _up_to_end(segments: list[Segment], log: DeviationLog) -> list[Segment]:
    """Cut off what follows DXE: a second audit behind the first would double every figure."""
    for index, segment in enumerate(segments):
        if segment.name == "DXE":
            behind = len(segments) - index - 1
            if behind:
                log.note("after-dxe", f"{behind} segments after DXE are not used", segment.line)
            return segments[: index + 1]
    return segments
