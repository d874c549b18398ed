"""Bands of a curve: where they lie, how high they stand, how wide they are.

Written with numpy alone, as the derivatives are: start-up counts on a small computer.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.spectrum import FloatArray

IndexArray: TypeAlias = NDArray[np.intp]

LEAST_PROMINENCE = 0.1
NOISE_FACTOR = 6.0
MOST_PEAKS = 12
MAD_TO_DEVIATION = 1.4826
FOURTH_DIFFERENCE_NORM = 70.0**0.5
END_CHANNELS = 2


@dataclass(frozen=True, slots=True)
class Peak:
    """One band that a reference has.

    Attributes:
        position: of its top, between channels, in the axis's unit.
        height: its prominence as a share of the most prominent band's, 0 to 1.
        width: full width at half prominence, in the axis's unit.
        channel: the channel of its top.
    """

    position: float
    height: float
    width: float
    channel: int


def noise_level(values: FloatArray) -> float:
    """Standard deviation of the noise of one curve, from fourth differences (no band is so sharp).

    Args:
        values: evenly spaced, shape (points,).
    """
    fourth = np.diff(values, n=4)
    return MAD_TO_DEVIATION * float(np.median(np.abs(fourth))) / FOURTH_DIFFERENCE_NORM


def blurred(curves: FloatArray, window: int) -> FloatArray:
    """Curves at a lower resolution, so that two instruments' bands look alike, same shape.

    A triangle of `window` channels; at the ends the outermost values are held.

    Args:
        curves: evenly spaced, shape (..., points).
        window: odd number of channels.
    """
    half = window // 2
    kernel = (half + 1.0) - np.abs(np.arange(-half, half + 1))
    pad = [(0, 0)] * (curves.ndim - 1) + [(half, half)]
    views = np.lib.stride_tricks.sliding_window_view(np.pad(curves, pad, mode="edge"), window, -1)
    soft: FloatArray = views @ (kernel / kernel.sum())
    return soft


def expected_peaks(
    grid: FloatArray, curve: FloatArray, most: int = MOST_PEAKS, least: float = LEAST_PROMINENCE
) -> tuple[Peak, ...]:
    """The bands of a curve that stand out, in the order of the axis.

    A band counts by its prominence: how far its top stands above the higher of the two valleys
    that part it from anything higher.

    Args:
        grid: evenly spaced, ascending, shape (points,).
        curve: shape (points,).
        most: how many are kept, the most prominent first.
        least: least prominence, as a share of the largest.
    """
    tops = np.flatnonzero((curve[1:-1] > curve[:-2]) & (curve[1:-1] >= curve[2:])) + 1
    tops = tops[(tops >= END_CHANNELS) & (tops < curve.size - END_CHANNELS)]
    if not tops.size:
        return ()
    prominences = _prominences(curve, tops)
    wall = max(least * float(prominences.max()), NOISE_FACTOR * noise_level(curve))
    order = np.argsort(-prominences, kind="stable")[:most]
    kept = np.sort(order[prominences[order] >= wall])
    if not kept.size:
        return ()
    step = float(grid[1] - grid[0])
    widths = _widths(curve, tops[kept], prominences[kept])
    heights = prominences[kept] / prominences[kept].max()
    return tuple(
        Peak(
            float(grid[top]) + step * _offset(curve, int(top)), float(h), step * float(w), int(top)
        )
        for top, h, w in zip(tops[kept], heights, widths, strict=True)
    )


def _offset(curve: FloatArray, top: int) -> float:
    """Where between channels the top lies, by the parabola through three points."""
    left, middle, right = curve[top - 1 : top + 2]
    bend = left - 2 * middle + right
    return float(0.5 * (left - right) / bend) if bend < 0 else 0.0


def _prominences(curve: FloatArray, tops: IndexArray) -> FloatArray:
    channels = np.arange(curve.size)
    higher = curve > curve[tops][:, None]
    before, after = channels < tops[:, None], channels > tops[:, None]
    left = np.where(higher & before, channels, -1).max(axis=1)
    right = np.where(higher & after, channels, curve.size).min(axis=1)
    on_left = (channels > left[:, None]) & before
    on_right = (channels < right[:, None]) & after
    valleys = [np.where(side, curve, np.inf).min(axis=1) for side in (on_left, on_right)]
    deeper: FloatArray = curve[tops] - np.maximum(*valleys)
    return deeper


def _widths(curve: FloatArray, tops: IndexArray, prominences: FloatArray) -> FloatArray:
    """Full widths, in channels, where the curve falls to half the prominence."""
    level = curve[tops] - prominences / 2
    channels = np.arange(curve.size)
    low = curve < level[:, None]
    left = np.where(low & (channels < tops[:, None]), channels, 0).max(axis=1)
    right = np.where(low & (channels > tops[:, None]), channels, curve.size - 1).min(axis=1)
    at_left = left + _crossing(curve[left], curve[left + 1], level)
    at_right = right - _crossing(curve[right], curve[right - 1], level)
    widths: FloatArray = at_right - at_left
    return widths


def _crossing(low: FloatArray, high: FloatArray, level: FloatArray) -> FloatArray:
    rise = high - low
    part: FloatArray = np.clip((level - low) / np.where(rise > 0, rise, np.inf), 0.0, 1.0)
    return part
