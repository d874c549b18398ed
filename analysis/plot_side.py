"""The text at the side of a picture: what to mind, the watch list, what explains the spectrum.

It shrinks until it fits; what still does not fit is counted, and what was detected stands first.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis import words
from analysis.plot_data import PlotData
from analysis.report import WatchLine

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, GREY, WARNING = "#111111", "#6B6B6B", "#9C1C00"
SIZE_INCHES = (11.7, 8.3)
TEXT_LEFT, TEXT_TOP, TEXT_BOTTOM = 0.675, 0.955, 0.02
TEXT_POINTS, LEAST_TEXT_POINTS, CHARACTERS_AT_8_POINTS = 8.0, 5.5, 56
INDENT = 0.012


@dataclass(frozen=True, slots=True)
class SideLine:
    """One line at the side of the picture.

    Attributes:
        text: as it stands.
        colour: of the ink.
        indent: steps to the right.
        bold: whether it must be seen first.
        head: whether it is a heading.
        gap: free lines above it.
    """

    text: str
    colour: str = INK
    indent: int = 0
    bold: bool = False
    head: bool = False
    gap: float = 0.2


def write_side(drawn: "Figure", data: PlotData) -> None:
    """Verdicts, what explains the spectrum, and what to mind, from top to bottom."""
    points = TEXT_POINTS
    lines = side_lines(data, points)
    while _height(lines, points) > TEXT_TOP - TEXT_BOTTOM and points > LEAST_TEXT_POINTS:
        points -= 0.5
        lines = side_lines(data, points)
    y = TEXT_TOP
    for line in _that_fit(lines, points):
        x, weight = TEXT_LEFT + INDENT * line.indent, "bold" if line.bold else "normal"
        size = points * (1.25 if line.head else 1.0)
        y -= line.gap * _pitch(points)
        drawn.text(
            x, y, line.text, fontsize=size, color=line.colour, fontweight=weight, parse_math=False
        )
        y -= _pitch(points) * (1.3 if line.head else 1.0)


def side_lines(data: PlotData, points: float) -> list[SideLine]:
    """The text at the side, wrapped for a size of letters; what was detected stands first."""
    watch = sorted(data.watch, key=lambda w: _rank(data, w))
    blocks = (
        ("Mind", [SideLine(text, WARNING) for text in data.warnings]),
        ("Watch list", [_watch_line(w) for w in watch]),
        ("What explains the spectrum", [SideLine(text) for text in data.explained]),
    )
    lines: list[SideLine] = []
    for head, own in blocks:
        if own:
            lines.append(SideLine(head, bold=True, head=True, gap=0.8 if lines else 0.0))
            lines.extend(piece for line in own for piece in _wrapped(line, points))
    return lines


def _rank(data: PlotData, line: WatchLine) -> bool:
    """Detected families, with their members, before the rest of the list."""
    at = data.watch.index(line)
    while data.watch[at].member and at:
        at -= 1
    return data.watch[at].verdict != "detected"


def _watch_line(line: WatchLine) -> SideLine:
    found = line.verdict == "detected"
    colour = {"detected": WARNING, "not_detected": INK}.get(line.verdict, GREY)
    return SideLine(line.text, colour, indent=int(line.member), bold=found)


def _wrapped(line: SideLine, points: float) -> list[SideLine]:
    width = int(CHARACTERS_AT_8_POINTS * TEXT_POINTS / points) - 2 * line.indent
    whole = line.text.replace(" %", "\N{NO-BREAK SPACE}%")
    pieces = textwrap.wrap(whole, int(width * (0.9 if line.bold else 1.0)))
    return [
        replace(line, text=piece, indent=line.indent + (k > 0), gap=0.0 if k else line.gap)
        for k, piece in enumerate(pieces)
    ]


def _pitch(points: float) -> float:
    """From line to line, as a fraction of the page."""
    return 1.36 * points / 72 / SIZE_INCHES[1]


def _height(lines: Sequence[SideLine], points: float) -> float:
    return _pitch(points) * sum(line.gap + (1.3 if line.head else 1.0) for line in lines)


def _that_fit(lines: list[SideLine], points: float) -> list[SideLine]:
    """As many lines as the page holds; the last says how many there are more."""
    if _height(lines, points) <= TEXT_TOP - TEXT_BOTTOM:
        return lines
    kept = list(lines)
    while kept and _height(kept, points) > TEXT_TOP - TEXT_BOTTOM - 2 * _pitch(points):
        kept.pop()
    return [*kept, SideLine(words.more_lines(len(lines) - len(kept)), WARNING, bold=True)]
