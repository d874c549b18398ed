"""The ASCII squeezed difference forms of JCAMP-DX: AFFN, PAC, SQZ, DIF and DUP.

A table `(X++(Y..Y))` has lines of one X and some Y. Four ways to write a Y may be mixed:

    AFFN, PAC   a number; in PAC its sign parts it from the one before
    SQZ         @ A..I a..i stand for the first digit 0 1..9 -1..-9 of a number
    DIF         % J..R j..r the same, of the difference to the Y before
    DUP         S..Z s      the same for 1..9, how often the Y (or difference) before stands in all
    ?           a Y that is missing

After a line that ends in a difference, the next line repeats the last Y as a check.

All lines are decoded at once with numpy: where numbers begin is found by looking each byte up, and
then their forms, signs and values are three arrays. What a DUP asks for is added up before anything
is repeated, so that a short file can't ask for gigabytes.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, sections 4 and 5 (JCAMP-DX 4.24).
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.readers.errors import ReaderError

_BLANK_LINES = 100
_SPACE, _LINE, _DIGIT, _VALUE, _DIF, _DUP, _MISSING, _WRONG = range(8)
_BEGINNERS = (_VALUE, _DIF, _DUP, _MISSING)
_EXPONENT = re.compile(rb"(?<=[0-9.])[Ee]([+-])(?=(?:0[0-9]{3}|[0-9]{1,3})(?![0-9]))")
_NOT_A_NUMBER = re.compile(rb"(?<!\S)[+-]?(nan|inf|infinity)(?!\S)", re.IGNORECASE)
_PLUS_EXPONENT, _MINUS_EXPONENT = b"\x01", b"\x02"


def _alphabet() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float64]]:
    """For each byte: what it is, the digit that it stands for, and the sign of its number."""
    form = np.full(256, _WRONG, dtype=np.uint8)
    digit = np.arange(256, dtype=np.uint8)
    sign = np.ones(256)

    def put(letters: bytes, meaning: int, stands_for: bytes = b"") -> None:
        at = np.frombuffer(letters, np.uint8)
        form[at] = meaning
        if stands_for:
            digit[at] = np.frombuffer(stands_for, np.uint8)

    put(b" \t\v\f", _SPACE, b"    ")
    put(b"\n", _LINE, b" ")
    put(b"0123456789." + _PLUS_EXPONENT + _MINUS_EXPONENT, _DIGIT)
    put(b"@ABCDEFGHIabcdefghi+-", _VALUE, b"012345678912345678900")
    put(b"%JKLMNOPQRjklmnopqr", _DIF, b"0123456789123456789")
    put(b"STUVWXYZs", _DUP, b"123456789")
    put(b"?", _MISSING, b"0")
    sign[np.frombuffer(b"abcdefghijklmnopqr-", np.uint8)] = -1
    return form, digit, sign


_FORM, _AS_DIGIT, _SIGN = _alphabet()


@dataclass(frozen=True, slots=True)
class Table:
    """A decoded table, its Y-checks held and taken out; nothing is scaled yet.

    Attributes:
        y: the Y in order, NaN where one is missing; shape (points,).
        line_x: the X that each line begins with; shape (lines,).
        line_start: the index in `y` of the point that this X belongs to; shape (lines,).
        line_number: the line in the file; shape (lines,).
    """

    y: NDArray[np.float64]
    line_x: NDArray[np.float64]
    line_start: NDArray[np.int64]
    line_number: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The numbers of a text: form, value, and the line they stand in (counted from 0)."""

    form: NDArray[np.uint8]
    value: NDArray[np.float64]
    line: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "_Tokens":
        return _Tokens(self.form[chosen], self.value[chosen], self.line[chosen])


def decode(text: str, points: int, first_line: int = 1) -> Table:
    """Decode the lines of a table.

    Args:
        text: the lines, without comments, parted by LF.
        points: how many Y there must be (NPOINTS).
        first_line: the number of the first line in the file, for messages.

    Raises:
        ReaderError: a line is damaged, a Y-check fails, or the count is another.
    """
    # Each line has a Y, and at most every second one is a check.
    if text.count("\n") > 2 * points + _BLANK_LINES:
        raise ReaderError(f"more lines than NPOINTS {points} can fill", line=first_line)
    tokens = _tokens(text, points, first_line)
    if not tokens.form.size:
        raise ReaderError("the table is empty", line=first_line)
    starts = np.flatnonzero(np.diff(tokens.line, prepend=-1))
    _require(
        tokens.form[starts] == _VALUE, "a line does not begin with an X", tokens, starts, first_line
    )
    line_x, line = tokens.value[starts], tokens.line[starts]
    ordinates = tokens.where(np.delete(np.arange(tokens.form.size), starts))
    expanded = _expand(ordinates, points, line.size, first_line)
    heads = np.searchsorted(expanded.line, line)
    _require_ordinates(expanded, heads, line, first_line)
    y = _add_up(expanded, first_line)
    table = _without_checks(expanded, y, heads, line_x, line + first_line)
    if table.y.size != points:
        raise wrong_count(table.y.size, points, first_line)
    return table


def wrong_count(found: float, points: int, line: int) -> ReaderError:
    """The error of a table that has more or fewer points than its header says."""
    return ReaderError(f"the table has {found:.0f} points, NPOINTS says {points}", line=line)


def _tokens(text: str, points: int, first_line: int) -> _Tokens:
    """Find where numbers begin, part them by spaces, and let Python read them all."""
    raw = _with_exponents_marked(text, first_line)
    letters = np.frombuffer(raw, np.uint8)
    form = _FORM[letters]
    line = np.cumsum(form == _LINE)
    begins = np.isin(form, _BEGINNERS)
    begins[form == _DIGIT] = np.isin(np.roll(form, 1), (_SPACE, _LINE, _MISSING))[form == _DIGIT]
    begins[0] = form[0] > _LINE
    starts = np.flatnonzero(begins)
    _require_letters(letters, form, line, first_line)
    # A line may begin with an X and a check; a DUP is a token of its own.
    if starts.size > 2 * (points + int(line[-1]) + 1) + int(line[-1]):
        raise wrong_count(starts.size, points, first_line)
    spaced = np.insert(_AS_DIGIT[letters], starts, ord(" ")).tobytes()
    parts = spaced.replace(_PLUS_EXPONENT, b"e").replace(_MINUS_EXPONENT, b"e-").split()
    value = _SIGN[letters[starts]] * _numbers(parts, line[starts] + first_line)
    return _Tokens(np.maximum(form[starts], _VALUE), value, line[starts])


def _with_exponents_marked(text: str, first_line: int) -> bytes:
    """The bytes of the lines; the two letters of an exponent become one byte."""
    raw = text.encode("ascii", "replace").replace(b"\x01", b"\x00").replace(b"\x02", b"\x00")
    lowered = raw.lower()
    if b"nan" in lowered or b"inf" in lowered:
        wrong = _NOT_A_NUMBER.search(raw)
        if wrong is not None:
            line = first_line + raw.count(b"\n", 0, wrong.start())
            raise ReaderError(f"{wrong.group().decode()} is no number", line=line)
    if b"e+" in lowered or b"e-" in lowered:
        marks = {b"+": _PLUS_EXPONENT, b"-": _MINUS_EXPONENT}
        raw = _EXPONENT.sub(lambda found: marks[found.group(1)], raw)
    return raw or b"\n"


def _require_letters(
    letters: NDArray[np.uint8],
    form: NDArray[np.uint8],
    line: NDArray[np.int64],
    first_line: int,
) -> None:
    """Refuse letters without a meaning, and signs without a number."""
    is_sign = (letters == ord("+")) | (letters == ord("-"))
    followed = np.append(form[1:], np.uint8(_SPACE)) == _DIGIT
    wrong = (form == _WRONG) | (is_sign & ~followed)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise ReaderError(
            f"{chr(letters[at])!r} has no meaning here in a table of numbers",
            line=int(line[at]) + first_line,
        )


def _numbers(parts: list[bytes], line: NDArray[np.int64]) -> NDArray[np.float64]:
    try:
        return np.array(list(map(float, parts)), dtype=np.float64)
    except ValueError:
        for part, at in zip(parts, line, strict=True):
            _require_number(part, int(at))
        raise


def _require_number(part: bytes, line: int) -> None:
    try:
        float(part)
    except ValueError as problem:
        raise ReaderError(f"{part[:40].decode()!r} is no number", line=line) from problem


def _require(
    held: NDArray[np.bool_],
    reason: str,
    tokens: _Tokens,
    index: NDArray[np.int64],
    first_line: int,
) -> None:
    """Refuse at the first of the tokens named by `index` for which `held` is false."""
    if not held.all():
        line = int(tokens.line[index[np.argmin(held)]]) + first_line
        raise ReaderError(reason, line=line)


def _expand(tokens: _Tokens, points: int, lines: int, first_line: int) -> _Tokens:
    """Repeat what DUP tokens ask for, after counting how much that is."""
    dup = np.flatnonzero(tokens.form == _DUP)
    before = dup - 1
    is_fit = (
        (before >= 0) & (tokens.line[before] == tokens.line[dup]) & (tokens.form[before] != _DUP)
    )
    _require(is_fit, "a repeat count follows no Y", tokens, dup, first_line)
    counts = np.ones(tokens.form.size)
    counts[before] = tokens.value[dup]
    counts[dup] = 0
    wanted = float(counts.sum())
    whole = (counts == np.floor(counts)) & (counts >= (tokens.form != _DUP))
    _require(whole, "a repeat count is no whole number", tokens, np.arange(counts.size), first_line)
    # Each line may repeat the last Y of the one before as a check.
    if not points <= wanted <= points + lines:
        raise wrong_count(wanted, points, first_line)
    return tokens.where(np.repeat(np.arange(tokens.form.size), counts.astype(np.int64)))


def _require_ordinates(
    tokens: _Tokens, heads: NDArray[np.int64], line: NDArray[np.int64], first_line: int
) -> None:
    """Each line must have a Y, and the first must stand for itself."""
    inside = heads < tokens.form.size
    safe = np.minimum(heads, max(tokens.form.size - 1, 0))
    has_y = inside & (tokens.line[safe] == line) if tokens.form.size else inside
    if not has_y.all():
        at = int(line[np.argmin(has_y)]) + first_line
        raise ReaderError("a line has an X and no Y", line=at)
    absolute = tokens.form[heads] != _DIF
    _require(absolute, "a line begins with a difference", tokens, heads, first_line)


def _add_up(tokens: _Tokens, first_line: int) -> NDArray[np.float64]:
    """Turn differences into values; every run of them begins at an absolute Y."""
    is_dif = tokens.form == _DIF
    index = np.arange(tokens.form.size)
    base = np.maximum.accumulate(np.where(is_dif, 0, index))
    after_missing = is_dif & (tokens.form[base] == _MISSING)
    _require(~after_missing, "a difference follows a missing Y", tokens, index, first_line)
    total = np.cumsum(np.where(is_dif, tokens.value, 0.0))
    y = tokens.value[base] + (total - total[base])
    return np.where(tokens.form == _MISSING, np.nan, y)


def _without_checks(
    tokens: _Tokens,
    y: NDArray[np.float64],
    heads: NDArray[np.int64],
    line_x: NDArray[np.float64],
    line_number: NDArray[np.int64],
) -> Table:
    """Hold each line after a difference against the last Y, and take the repeated Y out."""
    checked = np.zeros(heads.size, dtype=np.bool_)
    checked[1:] = tokens.form[heads[1:] - 1] == _DIF
    check = heads[checked]
    # Differences are whole numbers; what is left is rounding of files that write fractions.
    room = 1e-6 + 1e-15 * np.abs(y[check])
    agrees = np.abs(y[check] - y[check - 1]) < room
    if not agrees.all():
        at = int(np.argmin(agrees))
        expected, found = y[check[at] - 1], y[check[at]]
        reason = f"the Y-check {found:.12g} is not the last Y {expected:.12g}; a line is damaged"
        raise ReaderError(reason, line=int(line_number[checked][at]))
    kept = np.ones(y.size, dtype=np.bool_)
    kept[check] = False
    # The X of a checked line belongs to the Y it repeats: the last of the line before.
    start = np.cumsum(kept)[heads] - 1
    return Table(y[kept], line_x, start.astype(np.int64), line_number)
