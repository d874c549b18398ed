"""The picture of one result: what was measured, what explains it, what is left, what it says.

For print (A4, landscape), for colour-blind eyes (Okabe and Ito's colours, and labels at the
curves), and never without its verdicts, their limits and the mark of a demonstration library.
"""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analysis import words
from analysis.errors import AnalysisError
from analysis.plot_data import PlotData
from analysis.plot_labels import label_places
from analysis.plot_side import GREY, INK, SIZE_INCHES, WARNING, write_side

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENDINGS = (".png", ".svg")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#AA4499", "#B8860B", "#3A9BDC", "#882255", "#44AA99")
DOTS_PER_INCH = 150
LEFT, RIGHT, TOP, BOTTOM = 0.075, 0.655, 0.9, 0.075
LEAST_RESIDUAL_SHARE = 0.22
STRIP_SHARE_PER_ROW = 0.035
BANDS_KEY = (
    "\N{BLACK CIRCLE} seen    \N{MULTIPLICATION SIGN} not seen    | hidden by others or by noise"
)
MARKERS = {"seen": "o", "missing": "x", "hidden": "|"}


class PlotError(AnalysisError, ValueError):
    """A picture can't be made: matplotlib is not there, or the ending is not known."""


def check_plot(path: Path) -> None:
    """Say beforehand whether a picture of this name can be made.

    Raises:
        PlotError: matplotlib is not installed, or the name ends in neither .png nor .svg.
    """
    if path.suffix.lower() not in ENDINGS:
        raise PlotError(f"{path}: a picture ends in {' or '.join(ENDINGS)}")
    try:
        import matplotlib as _  # noqa: F401, ICN001 - an extra, and slow to load
    except ModuleNotFoundError as problem:
        raise PlotError(words.NO_MATPLOTLIB) from problem


def draw(data: PlotData, path: Path, title: str) -> None:
    """Write the picture of one result; PNG or SVG by the name's ending.

    Args:
        data: what to draw.
        path: where to.
        title: what the spectrum is called; no name of a person.

    Raises:
        PlotError: matplotlib is not there, the ending is not known, or the file can't be written.
    """
    check_plot(path)
    import matplotlib as mpl

    dated = {"Date": None} if path.suffix.lower() == ".svg" else {}
    try:
        with mpl.rc_context({"svg.hashsalt": "harborlight", "font.size": 9, "axes.linewidth": 0.7}):
            figure(data, title).savefig(path, dpi=DOTS_PER_INCH, metadata=dated)
    except OSError as problem:
        raise PlotError(f"{path}: can't be written: {problem.strerror or problem}") from problem


def figure(data: PlotData, title: str) -> "Figure":
    """The picture as a figure of matplotlib, for a caller who wants to go on from there."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=SIZE_INCHES, facecolor="white")
    drawn.text(LEFT, 0.955, title, fontsize=13, fontweight="bold", color=INK, parse_math=False)
    foot = f"Harborlight, library {data.library}, recipe {data.recipe}"
    drawn.text(LEFT, 0.012, foot, fontsize=6.5, color=GREY)
    if data.axis:
        _panels(drawn, data)
    else:
        drawn.text(LEFT, 0.6, "\n".join(textwrap.wrap(words.NOTHING_DRAWN, 60)), fontsize=11)
    write_side(drawn, data)
    if data.mark:
        drawn.text(LEFT, 0.93, data.mark, fontsize=9, fontweight="bold", color=WARNING)
        drawn.text(
            (LEFT + RIGHT) / 2,
            (TOP + BOTTOM) / 2,
            data.mark.replace(" \N{EN DASH} ", "\n"),
            fontsize=34,
            fontweight="bold",
            color=WARNING,
            alpha=0.13,
            rotation=28,
            ha="center",
            va="center",
            zorder=10,
        )
    return drawn


def _panels(drawn: "Figure", data: PlotData) -> None:
    floor = min(*data.measured, *data.fit)
    height = max(*data.measured, *data.fit) - floor
    deepest = max(1.15 * max(map(abs, data.residual)), LEAST_RESIDUAL_SHARE * height / 2)
    rows = len(data.components)
    ratios = [1.12 * height, 2 * deepest, max(1, rows + 1) * STRIP_SHARE_PER_ROW * 2 * height]
    grid = drawn.add_gridspec(
        3, 1, height_ratios=ratios, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM, hspace=0.07
    )
    top = drawn.add_subplot(grid[0])
    middle = drawn.add_subplot(grid[1], sharex=top)
    strip = drawn.add_subplot(grid[2], sharex=top)
    _curves(top, data, floor)
    top.set_ylim(-0.02 * height, 1.1 * height)
    _residual(middle, data, deepest)
    _strip(strip, data)
    ends = (data.axis[-1], data.axis[0]) if data.falling else (data.axis[0], data.axis[-1])
    top.set_xlim(*ends)
    for panel in (top, middle, strip):
        panel.spines[["top", "right"]].set_visible(b=False)
    for panel in (top, middle):
        panel.tick_params(labelbottom=False)
        panel.ticklabel_format(axis="y", style="sci", scilimits=(-3, 4))
    drawn.align_ylabels((top, middle, strip))


def _curves(panel: "Axes", data: PlotData, floor: float) -> None:
    measured, fit = np.array(data.measured) - floor, np.array(data.fit) - floor
    (line,) = panel.plot(data.axis, measured, color=INK, linewidth=1.3, zorder=4)
    line.set_label("measured")
    if data.components:
        (line,) = panel.plot(data.axis, fit, color=GREY, linewidth=1.6, linestyle=(0, (4, 2)))
        line.set(zorder=5, label="fit: the coloured curves together")
    rows = [np.array(c.values) for c in data.components]
    places = label_places(rows, measured)
    for k, (curve, row, at) in enumerate(zip(data.components, rows, places, strict=True)):
        colour = COLOURS[k % len(COLOURS)]
        panel.plot(data.axis, row, color=colour, linewidth=1.1, zorder=3)
        panel.annotate(
            curve.substance,
            (data.axis[at.channel], row[at.channel]),
            xytext=(0, at.lift_points),
            textcoords="offset points",
            ha="center",
            color=colour,
            fontsize=8.5,
            fontweight="bold",
            zorder=6,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5},
            bbox={
                "boxstyle": "square,pad=0.1",
                "facecolor": "white",
                "alpha": 0.65,
                "linewidth": 0,
            },
            parse_math=False,
        )
    panel.set_ylabel(f"{data.ordinate.capitalize()}, from its lowest point")
    panel.legend(loc="best", frameon=False, fontsize=8)


def _residual(panel: "Axes", data: PlotData, deepest: float) -> None:
    panel.axhline(0, color=GREY, linewidth=0.8)
    panel.fill_between(data.axis, data.residual, 0, color=INK, alpha=0.12, linewidth=0)
    panel.plot(data.axis, data.residual, color=INK, linewidth=0.9)
    panel.set_ylim(-deepest, deepest)
    panel.set_ylabel("Residual,\nsame scale")


def _strip(panel: "Axes", data: PlotData) -> None:
    names = [c.substance for c in data.components]
    for mark in data.peaks:
        row = names.index(mark.substance)
        hidden = mark.seen == "hidden"
        size = 20 + 60 * mark.height
        colour = GREY if hidden else COLOURS[row % len(COLOURS)]
        marker = MARKERS[mark.seen]
        panel.scatter([mark.position], [row], s=size, marker=marker, color=colour, linewidths=1.4)
    panel.set_ylim(max(len(names), 1) - 0.4, -0.6)
    panel.set_yticks([])
    for row, name in enumerate(names):
        panel.annotate(
            name,
            (0, row),
            xycoords=("axes fraction", "data"),
            xytext=(3, 4),
            textcoords="offset points",
            color=COLOURS[row % len(COLOURS)],
            fontsize=7.5,
            parse_math=False,
        )
    panel.set_ylabel("Bands")
    panel.set_xlabel(f"{data.axis_label}          {BANDS_KEY}")
