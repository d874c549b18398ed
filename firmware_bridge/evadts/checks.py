"""Checks of an audit as a whole: envelope, count, checksum (EVA-DTS 6.1.1 chapter 2)."""

import re
from collections.abc import Sequence
from datetime import date

from firmware_bridge.evadts.deviations import DeviationLog
from firmware_bridge.evadts.fields import Fields
from firmware_bridge.evadts.segments import Segment
from firmware_bridge.framing.crc import crc16_arc

_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_CLOCK_YEARS = range(2010, 2036)


def check_envelope(segments: Sequence[Segment], fields: Fields, log: DeviationLog) -> None:
    """Note which of DXS, ST, G85, SE and DXE are missing, or say what they should not."""
    present = {segment.name for segment in segments}
    for name in ("DXS", "ST", "G85", "SE", "DXE"):
        if name not in present:
            log.note(f"no-{name.lower()}", f"the audit has no {name} segment")
    if "DXS" in present and segments[0].name != "DXS":
        log.note("segment-before-dxs", f"{segments[0].name} stands before DXS", segments[0].line)
    for segment in segments:
        if segment.name == "DXS":
            _check_dxs(segment, fields, log)


def _check_dxs(segment: Segment, fields: Fields, log: DeviationLog) -> None:
    # VX is the functional identifier of gear from before version 6.0.
    if fields.text(segment, 2) not in {"VA", "VX"}:
        log.note("dxs-function", "DXS02 is neither VA nor VX", segment.line)
    if fields.text(segment, 4) != "1":
        log.note("dxs-control-number", "DXS04 is not 1", segment.line)
    if len(segment.fields) > 4:
        log.note("dxs-more-fields", f"DXS has {len(segment.fields)} fields, not 4", segment.line)


def check_count(segments: Sequence[Segment], fields: Fields, log: DeviationLog) -> None:
    """SE01 must be the number of segments from ST to SE, both included; real ones often lie."""
    start: int | None = None
    for index, segment in enumerate(segments):
        if segment.name == "ST":
            start = index
        elif segment.name == "SE" and start is not None:
            said, counted = fields.integer(segment, 1), index - start + 1
            if said != counted:
                log.note("segment-count", f"SE01 says {said}, counted {counted}", segment.line)
            start = None


def check_sum(data: bytes, segments: Sequence[Segment], log: DeviationLog) -> bool | None:
    """Whether every G85 agrees; None when there is none, or no ST to count from.

    G85 covers the 'S' of ST through the CR LF before G85 and is sent most significant byte first,
    unlike the CRC of a DEX block. Gear from before version 6.0 may swap the bytes.
    """
    start: int | None = None
    verdicts: list[bool] = []
    for index, segment in enumerate(segments):
        if segment.name == "ST":
            start = index
        elif segment.name == "G85" and start is not None:
            verdicts.append(_agrees(data, segments[start], segment, log))
            start = None
    return all(verdicts) if verdicts else None


def _agrees(data: bytes, first: Segment, g85: Segment, log: DeviationLog) -> bool:
    said = g85.raw(1).strip()
    if not _HEX.fullmatch(said):
        log.note("checksum-malformed", f"G85 holds {said[:12]!r}, not 4 hex digits", g85.line)
        return False
    if said != said.upper():
        log.note("checksum-lower-case", "G85 is in small letters; it is taken", g85.line)
    covered = data[first.start : g85.start]
    expected = (crc16_arc(covered), crc16_arc(_with_crlf(covered)))
    if int(said, 16) in expected:
        return True
    if int.from_bytes(bytes.fromhex(said.decode("ascii")), "little") in expected:
        log.note("checksum-swapped", "G85 has its two bytes the other way round", g85.line)
        return True
    wanted = f"{expected[1]:04X}"
    log.note("checksum-wrong", f"G85 says {said.decode('ascii')}, computed {wanted}", g85.line)
    return False


def _with_crlf(covered: bytes) -> bytes:
    """A file that was stored with LF, as it was on the wire."""
    return re.sub(rb"\r\n|\n|\r", b"\r\n", covered)


def check_clock(day: str, line: int, log: DeviationLog) -> None:
    """Note a date that is none, or one from no plausible year; `day` has 6 or 8 digits."""
    if len(day) == 6:
        log.note("date-without-century", "ID501 has six digits; 20YY is assumed", line)
    year_first = f"20{day}" if len(day) == 6 else day
    try:
        year = date.fromisoformat(year_first).year if len(year_first) == 8 else 0
    except ValueError:
        year = 0
    if not year:
        log.note("clock-not-a-date", f"ID501 is {day[:20]!r}, not YYMMDD or YYYYMMDD", line)
    elif year not in _CLOCK_YEARS:
        log.note("clock-implausible", f"the machine's clock says {year}", line)
