"""Fields of a segment as values; each one that does not hold what it should is noted.

Text: 7-bit ASCII, any other byte and the asterisk written ^HH^ (EVA-DTS 6.1.1 chapter 2). Which
alphabet the bytes above 7F mean is not said by the standard; Russian machines send Windows-1251.
"""

import re

from firmware_bridge.evadts.deviations import DeviationLog
from firmware_bridge.evadts.segments import Segment

# 32 bits all ones is how several makers write "undefined".
UNDEFINED = 0xFFFFFFFF

_ESCAPE = re.compile(rb"\^([0-9A-Fa-f]{2})\^")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DECIMAL = re.compile(rb"[+-]?[0-9]{1,6}(\.[0-9]{1,6})?")


class Fields:
    """Reads fields out of segments.

    Args:
        log: takes the deviations.
        text_encoding: what bytes above 7F mean, such as "latin-1" or "cp1251".
    """

    def __init__(self, log: DeviationLog, text_encoding: str) -> None:
        self._log = log
        self._text_encoding = text_encoding

    def text(self, segment: Segment, number: int) -> str:
        """Field `number` as text, ^HH^ undone, without padding and control characters."""
        raw = _ESCAPE.sub(lambda found: bytes([int(found.group(1), 16)]), segment.raw(number))
        text = raw.decode(self._text_encoding, errors="replace")
        kept = _CONTROL.sub(" ", text)
        if kept != text:
            self._note("control-characters", segment, number, "has some, replaced by blanks")
        return kept.strip()

    def integer(self, segment: Segment, number: int) -> int | None:
        """Field `number` as a whole number from 0; None when empty, undefined or not a number."""
        raw = segment.raw(number).strip()
        if not raw:
            return None
        if not raw.isdigit() or len(raw) > 10 or int(raw) > UNDEFINED:
            self._note("not-a-number", segment, number, f"holds {raw[:20]!r}")
            return None
        if int(raw) == UNDEFINED:
            self._note("undefined-value", segment, number, f"holds {UNDEFINED}")
            return None
        return int(raw)

    def decimal(self, segment: Segment, number: int) -> float | None:
        """Field `number` as a number with sign and point; None when empty or not a number."""
        raw = segment.raw(number).strip()
        if not raw:
            return None
        if not _DECIMAL.fullmatch(raw):
            self._note("not-a-number", segment, number, f"holds {raw[:20]!r}")
            return None
        return float(raw)

    def _note(self, name: str, segment: Segment, number: int, what: str) -> None:
        self._log.note(name, f"{segment.name}{number:02d} {what}", segment.line)
