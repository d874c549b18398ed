"""What a file claims costs nothing: memory and time are bounded by what it has."""

import struct
import tracemalloc

import pytest

from analysis.readers import ReaderError, read
from tests.analysis.readers.binary_writers import Spc, opus, opus_row, spa
from tests.analysis.readers.jcamp_writer import block

ROW = [(31 * at) % 770 - 300 for at in range(40)]
VALUES = [0.01 * (at % 77) for at in range(41)]
BILLION = struct.pack("<i", 2**31 - 1)


def claims() -> dict[str, bytes]:
    """Small files whose headers speak of gigabytes."""
    text = block("difdup", [100 + at % 7 for at in range(60)])
    row = opus_row(VALUES, NPT=2**31 - 1)
    return {
        "SPC points": Spc([ROW], changes={4: BILLION}).made(),
        "SPC points, X written out": Spc([ROW], flags=0x80, changes={4: BILLION}).made(),
        "SPC subfiles": Spc([ROW], flags=0x04, changes={24: BILLION}).made(),
        "SPC directory": Spc([ROW], flags=0xC4, x=ROW, changes={24: BILLION}).made(),
        "SPC log": Spc([ROW], exponent=20, x_code=9, log="a=b", changes={704: BILLION}).made(),
        "old SPC points": Spc([ROW], version=0x4D, changes={4: struct.pack("<f", 1.5e7)}).made(),
        "SPA points": spa(VALUES, points=2**31 - 1),
        "OPUS points": opus(row),
        "OPUS blocks": opus(row).replace(struct.pack("<i", len(row)), BILLION, 1),
        "NPOINTS": text.replace("NPOINTS=60", "NPOINTS=249999").encode(),
        "more NPOINTS": text.replace("NPOINTS=60", "NPOINTS=4000000000").encode(),
        "a repeat": text.replace("##END", "600A1S99999999\n##END").encode(),
        "lines": b"1\n" * 200_000,
        "cells": b"1,2\n" + b"1," * 2_000 + b"1\n",
        "deflated": b"\x1f\x8b" + bytes(1000),
    }


@pytest.mark.parametrize("name", claims())
def test_a_claim_of_gigabytes_takes_no_memory(name: str) -> None:
    raw = claims()[name]
    tracemalloc.start()
    try:
        with pytest.raises(ReaderError):
            read(raw)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 100 * len(raw) + 1_000_000


MILLION = "1" * 1_000_000
LONG_NUMBERS = {
    "a header of a table": f"{MILLION[:4000]}x,1\n" * 900 + "1,2\n",
    "decimal commas": f"{MILLION[:4000]}x;1\n" * 900 + "1,5;2\n",
    "FIRSTX": block("affn", ROW, FIRSTX=f"{MILLION}x"),
    "NPOINTS": block("affn", ROW, NPOINTS=MILLION),
    "YUNITS": block("affn", ROW, YUNITS="D LOG -LOG(" * 90_000),
    "a table": block("affn", ROW).replace("##END", f"{MILLION}x\n##END"),
    "pairs": block("affn", ROW[:2]).replace("(X++(Y..Y))", f"(XY..XY)\n1 2 3 {MILLION}x\n$$"),
    "counts": f"NPOINTS{' ' * 3000}x\n" * 900 + "XYDATA\n1\t2\n",
    "marks": f"{'>' * 4000}x\n" * 900 + "1\t2\n",
}


@pytest.mark.parametrize("name", LONG_NUMBERS)
def test_a_long_number_or_name_is_looked_at_once(name: str) -> None:
    """Where a pattern may match in two ways, each of these takes minutes to hours."""
    with pytest.raises(ReaderError):
        read(LONG_NUMBERS[name].encode())
