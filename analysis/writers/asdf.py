"""Rows of whole numbers in the squeezed difference form of JCAMP-DX (DIF with DUP), with checks.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, section 5 (JCAMP-DX 4.24).
"""

from collections.abc import Callable, Iterator, Sequence

_SQZ_PLUS, _SQZ_MINUS = "@ABCDEFGHI", "@abcdefghi"
_DIF_PLUS, _DIF_MINUS = "%JKLMNOPQR", "%jklmnopqr"
_DUP = "0STUVWXYZs"
_LONGEST_LINE = 78
# Counts of two digits are in the standard, and not in every reader.
_MOST_REPEATS = 9


def difdup_lines(values: Sequence[int], x_text: Callable[[int], str]) -> Iterator[str]:
    """The lines of a table; each begins with X and repeats the last Y of the one before.

    X is parted from Y by a space, so that nobody takes the E of a Y for an exponent of X.

    Args:
        values: Y, whole numbers.
        x_text: X of the point with an index.
    """
    at = 0
    while at < len(values):
        line = f"{x_text(at)} {_squeezed(values[at])}"
        end, parts = _fill(values, at, _LONGEST_LINE - len(line))
        yield line + parts
        if end == at or end == len(values) - 1:
            break
        at = end
    if len(values) > 1:
        yield f"{x_text(len(values) - 1)} {_squeezed(values[-1])}"


def _fill(values: Sequence[int], at: int, room: int) -> tuple[int, str]:
    """Differences from a point on, as many as there is room for; the last point that is in."""
    out = ""
    while at + 1 < len(values):
        step = values[at + 1] - values[at]
        again = 1
        while again < _MOST_REPEATS and at + again + 1 < len(values):
            if values[at + again + 1] - values[at + again] != step:
                break
            again += 1
        token = _difference(step) + (_DUP[again] if again > 1 else "")
        if out and len(out) + len(token) > room:
            break
        out += token
        at += again
    return at, out


def _squeezed(number: int) -> str:
    return _first_digit(number, _SQZ_PLUS, _SQZ_MINUS)


def _difference(number: int) -> str:
    return _first_digit(number, _DIF_PLUS, _DIF_MINUS)


def _first_digit(number: int, plus: str, minus: str) -> str:
    digits = str(abs(number))
    return (minus if number < 0 else plus)[int(digits[0])] + digits[1:]
