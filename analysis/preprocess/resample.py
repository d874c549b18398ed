"""Onto the library's grid: the query is resampled, never the library."""

import numpy as np

from analysis.spectrum import FloatArray


def resample(axis: FloatArray, values: FloatArray, grid: FloatArray) -> FloatArray:
    """Values on an even grid, shape (grid points,).

    A finer spectrum is averaged over each grid channel, so that its noise averages out too; a
    coarser one is interpolated with cubic Hermite pieces (Catmull-Rom on an uneven axis). Beyond
    its ends the nearest value is held.

    Args:
        axis: strictly ascending, shape (points,).
        values: shape (points,).
        grid: evenly spaced, ascending, shape (grid points,), same unit as the axis.
    """
    step = float(grid[1] - grid[0])
    if float(np.median(np.diff(axis))) < 0.75 * step:
        return _channel_means(axis, values, grid, step)
    return _hermite(axis, values, np.clip(grid, axis[0], axis[-1]))


def shifted(values: FloatArray, shift_channels: float) -> FloatArray:
    """Values moved by a fraction of a channel: result[i] = values at i + shift, ends held.

    Args:
        values: evenly spaced, shape (..., points).
        shift_channels: how far to look to the right; any size.
    """
    whole = int(np.floor(shift_channels))
    part = shift_channels - whole
    weights = (
        -part * (part - 1) * (part - 2) / 6,
        (part + 1) * (part - 1) * (part - 2) / 2,
        -(part + 1) * part * (part - 2) / 2,
        (part + 1) * part * (part - 1) / 6,
    )
    last = values.shape[-1] - 1
    at = np.arange(last + 1) + whole
    taken = (values[..., np.clip(at + k - 1, 0, last)] for k in range(4))
    moved: FloatArray = sum(
        (w * v for w, v in zip(weights, taken, strict=True)), start=np.zeros_like(values)
    )
    return moved


def shifted_rows(rows: FloatArray, shifts_channels: FloatArray) -> FloatArray:
    """`shifted` for many rows, each by its own shift.

    Args:
        rows: evenly spaced, shape (rows, points).
        shifts_channels: how far to look to the right, shape (rows,).
    """
    whole = np.floor(shifts_channels).astype(np.intp)
    part = (shifts_channels - whole)[:, None]
    weights = (
        -part * (part - 1) * (part - 2) / 6,
        (part + 1) * (part - 1) * (part - 2) / 2,
        -(part + 1) * part * (part - 2) / 2,
        (part + 1) * part * (part - 1) / 6,
    )
    last = rows.shape[-1] - 1
    at = np.arange(last + 1) + whole[:, None]
    moved = np.zeros(rows.shape)
    for k, weight in enumerate(weights):
        moved += weight * np.take_along_axis(rows, np.clip(at + k - 1, 0, last), axis=1)
    return moved


def _channel_means(
    axis: FloatArray, values: FloatArray, grid: FloatArray, step: float
) -> FloatArray:
    areas = 0.5 * (values[1:] + values[:-1]) * np.diff(axis)
    running = np.concatenate([[0.0], np.cumsum(areas)])
    edges = np.concatenate([grid - step / 2, [grid[-1] + step / 2]])
    inside = np.clip(edges, axis[0], axis[-1])
    widths = np.diff(inside)
    means: FloatArray = np.interp(grid, axis, values)
    wide = widths > 0.25 * step
    integrals = np.diff(_integral_at(axis, values, running, inside))
    means[wide] = integrals[wide] / widths[wide]
    return means


def _integral_at(
    axis: FloatArray, values: FloatArray, running: FloatArray, x: FloatArray
) -> FloatArray:
    at = np.clip(np.searchsorted(axis, x, side="right") - 1, 0, axis.size - 2)
    along = x - axis[at]
    slope = (values[at + 1] - values[at]) / (axis[at + 1] - axis[at])
    total: FloatArray = running[at] + along * (values[at] + 0.5 * slope * along)
    return total


def _hermite(axis: FloatArray, values: FloatArray, x: FloatArray) -> FloatArray:
    tangents = np.gradient(values, axis)
    at = np.clip(np.searchsorted(axis, x, side="right") - 1, 0, axis.size - 2)
    width = axis[at + 1] - axis[at]
    t = (x - axis[at]) / width
    start, end = values[at], values[at + 1]
    curve: FloatArray = (
        (1 + 2 * t) * (1 - t) ** 2 * start
        + t * (1 - t) ** 2 * width * tangents[at]
        + t**2 * (3 - 2 * t) * end
        - t**2 * (1 - t) * width * tangents[at + 1]
    )
    return curve
