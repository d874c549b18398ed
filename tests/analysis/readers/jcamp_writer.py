"""Writes JCAMP-DX in every form, for tests; made from the standard, not from our reader."""

from collections.abc import Sequence
from itertools import groupby, pairwise

FORMS = ("affn", "pac", "sqz", "dif", "difdup")
_POSITIVE_SQZ, _NEGATIVE_SQZ = "@ABCDEFGHI", "@abcdefghi"
_POSITIVE_DIF, _NEGATIVE_DIF = "%JKLMNOPQR", "%jklmnopqr"
_DUP = "0STUVWXYZs"


def squeezed(number: int, positive: str = _POSITIVE_SQZ, negative: str = _NEGATIVE_SQZ) -> str:
    digits = str(abs(number))
    return (negative if number < 0 else positive)[int(digits[0])] + digits[1:]


def difference(number: int) -> str:
    return squeezed(number, _POSITIVE_DIF, _NEGATIVE_DIF)


def repeated(tokens: Sequence[str]) -> str:
    """Write tokens that come again as DUP, as often as one digit or more can say."""
    out = ""
    for token, group in groupby(tokens):
        count = len(list(group))
        digits = str(count)
        out += token + (_DUP[int(digits[0])] + digits[1:] if count > 1 else "")
    return out


def line_of(form: str, values: Sequence[int]) -> str:
    if form == "affn":
        return " " + " ".join(map(str, values))
    if form == "pac":
        return "".join(f"{value:+d}" for value in values)
    if form == "sqz":
        return "".join(map(squeezed, values))
    steps = [difference(later - before) for before, later in pairwise(values)]
    return squeezed(values[0]) + ("".join(steps) if form == "dif" else repeated(steps))


def table(form: str, values: Sequence[int], per_line: int = 7, first_x: int = 0) -> str:
    """Write the lines of a table with X = first_x, first_x + 1, ..."""
    lines, at, last_was_dif = [], 0, False
    while at < len(values):
        begin = at - 1 if last_was_dif else at
        end = min(at + per_line, len(values))
        lines.append(f"{first_x + begin}{line_of(form, values[begin:end])}")
        last_was_dif = form.startswith("dif") and end - begin > 1
        at = end
    if last_was_dif:
        lines.append(f"{first_x + len(values) - 1}{squeezed(values[-1])}")
    return "\n".join(lines)


def block(form: str, values: Sequence[int], **changes: str) -> str:
    """Write a whole block; `changes` replace or (as "") leave out header values."""
    header = {
        "TITLE": "a test",
        "JCAMP-DX": "4.24 $$ of tests",
        "DATA TYPE": "INFRARED SPECTRUM",
        "XUNITS": "1/CM",
        "YUNITS": "ABSORBANCE",
        "XFACTOR": "1",
        "YFACTOR": "0.001",
        "FIRSTX": "600",
        "LASTX": str(600 + len(values) - 1),
        "NPOINTS": str(len(values)),
        "FIRSTY": f"{values[0] / 1000:.3f}",
        "MINY": f"{min(values) / 1000:.3f}",
        "MAXY": f"{max(values) / 1000:.3f}",
    }
    header |= {name.replace("_", " "): value for name, value in changes.items()}
    lines = [f"##{label}={value}" for label, value in header.items() if value]
    return "\n".join([*lines, "##XYDATA=(X++(Y..Y))", table(form, values, first_x=600), "##END=\n"])
