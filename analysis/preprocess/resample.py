"""Onto the library's grid: the query is resampled, never the library."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.spectrum import FloatArray

FINER = 0.75
LEAST_CHANNEL = 0.25
ROWS_AT_ONCE = 64
PLANS_KEPT = 8
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Plan:
    """How rows on one axis come onto one grid: two steps that are linear in the values.

    Attributes:
        axis: what it was made for, shape (points,).
        grid: where it leads, shape (grid points,).
        at: first of the values that each grid point is made of, shape (taps, grid points).
        weights: what each counts, same shape.
        means: the averages over channels that replace these where they can, or None.
    """

    axis: FloatArray
    grid: FloatArray
    at: Index
    weights: FloatArray
    means: "Means | None"

    def apply(self, values: FloatArray) -> FloatArray:
        """Values on the grid, shape (..., grid points); each row by the same operations."""
        rows = values.reshape(-1, values.shape[-1])
        out = np.empty((rows.shape[0], self.grid.size))
        for first in range(0, rows.shape[0], ROWS_AT_ONCE):
            part = slice(first, first + ROWS_AT_ONCE)
            self._some(rows[part], out[part])
        return out.reshape(*values.shape[:-1], self.grid.size)

    def _some(self, rows: FloatArray, out: FloatArray) -> None:
        if self.means is not None and self.means.everywhere:
            out[:] = self.means.apply(rows)
            return
        np.multiply(rows.take(self.at[0], axis=1), self.weights[0], out=out)
        for at, weights in zip(self.at[1:], self.weights[1:], strict=True):
            out += rows.take(at, axis=1) * weights
        if self.means is not None:
            out[:, self.means.wide] = self.means.apply(rows)


@dataclass(frozen=True, slots=True)
class Means:
    """Averages over grid channels: differences of the running integral at the channels' edges.

    Attributes:
        wide: the grid points whose channel lies inside the axis, or most of it.
        everywhere: whether these are all.
        half_steps: half the distance between neighbours of the axis.
        edge: the point before each edge.
        before, after: what that point and the next one add to the integral up to the edge.
        widths: of the channels, as far as they lie inside the axis.
    """

    wide: NDArray[np.bool_]
    everywhere: bool
    half_steps: FloatArray
    edge: Index
    before: FloatArray
    after: FloatArray
    widths: FloatArray

    def apply(self, rows: FloatArray) -> FloatArray:
        """Averages of rows (n, points), shape (n, wide grid points)."""
        running = np.zeros(rows.shape)
        areas = np.add(rows[:, 1:], rows[:, :-1], out=running[:, 1:])
        areas *= self.half_steps
        np.cumsum(areas, axis=1, out=areas)
        integral = running.take(self.edge, axis=1)
        integral += rows.take(self.edge, axis=1) * self.before
        integral += rows.take(self.edge + 1, axis=1) * self.after
        means = np.diff(integral, axis=1)
        if not self.everywhere:
            means = means[:, self.wide]
        means /= self.widths
        return means


class _Plans:
    """The last few plans: spectra of one instrument share an axis."""

    def __init__(self) -> None:
        self._kept: tuple[Plan, ...] = ()

    def get(self, axis: FloatArray, grid: FloatArray) -> Plan:
        for plan in self._kept:
            if _same(plan.axis, axis) and _same(plan.grid, grid):
                return plan
        made = _plan(axis, grid)
        # A new tuple in one step: two threads may lose a plan to each other, and never mix them.
        self._kept = (made, *self._kept[: PLANS_KEPT - 1])
        return made


_PLANS = _Plans()


def resample(axis: FloatArray, values: FloatArray, grid: FloatArray) -> FloatArray:
    """Values on an even grid, shape (..., grid points).

    A finer spectrum is averaged over each grid channel, so that its noise averages out too; a
    coarser one is interpolated with cubic Hermite pieces (Catmull-Rom on an uneven axis). Beyond
    its ends the nearest value is held.

    Args:
        axis: strictly ascending, shape (points,).
        values: shape (..., points).
        grid: evenly spaced, ascending, shape (grid points,), same unit as the axis.
    """
    return _PLANS.get(axis, grid).apply(values)


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


def _same(one: FloatArray, other: FloatArray) -> bool:
    if one is other:
        return True
    return one.size == other.size and one[0] == other[0] and np.array_equal(one, other)


def _plan(axis: FloatArray, grid: FloatArray) -> Plan:
    step = float(grid[1] - grid[0])
    inside = np.clip(grid, axis[0], axis[-1])
    if float(np.median(np.diff(axis))) < FINER * step:
        return Plan(axis, grid, *_linear(axis, inside), _means(axis, grid, step))
    return Plan(axis, grid, *_hermite(axis, inside), None)


def _before(axis: FloatArray, x: FloatArray) -> Index:
    return np.clip(np.searchsorted(axis, x, side="right") - 1, 0, axis.size - 2)


def _linear(axis: FloatArray, x: FloatArray) -> tuple[Index, FloatArray]:
    at = _before(axis, x)
    along = (x - axis[at]) / (axis[at + 1] - axis[at])
    return np.stack([at, at + 1]), np.stack([1 - along, along])


def _means(axis: FloatArray, grid: FloatArray, step: float) -> Means:
    edges = np.concatenate([grid - step / 2, [grid[-1] + step / 2]])
    inside = np.clip(edges, axis[0], axis[-1])
    widths = np.diff(inside)
    wide = widths > LEAST_CHANNEL * step
    at, spacing = _before(axis, inside), np.diff(axis)
    along = inside - axis[at]
    after = 0.5 * along**2 / spacing[at]
    return Means(wide, bool(wide.all()), 0.5 * spacing, at, along - after, after, widths[wide])


def _hermite(axis: FloatArray, x: FloatArray) -> tuple[Index, FloatArray]:
    """Four neighbours and their weights; the tangents are those of `numpy.gradient`."""
    last = axis.size - 1
    at = _before(axis, x)
    width = axis[at + 1] - axis[at]
    t = (x - axis[at]) / width
    taps = np.clip(at + np.arange(-1, 3)[:, None], 0, last)
    weights = np.zeros((4, x.size))
    weights[1], weights[2] = (1 + 2 * t) * (1 - t) ** 2, t**2 * (3 - 2 * t)
    for place, share in ((0, t * (1 - t) ** 2 * width), (1, -(t**2) * (1 - t) * width)):
        weights[place : place + 3] += share * _tangent(axis, at + place)
    return taps, weights


def _tangent(axis: FloatArray, at: Index) -> FloatArray:
    """Weights of the neighbours at -1, 0 and 1 in the slope there, shape (3, at's size).

    One-sided at the ends, where the neighbour that is missing has weight 0.
    """
    last = axis.size - 1
    left = axis[at] - axis[np.maximum(at - 1, 0)]
    right = axis[np.minimum(at + 1, last)] - axis[at]
    first, end = at == 0, at == last
    a, b = np.where(first, 1.0, left), np.where(end, 1.0, right)
    low = np.where(first, 0.0, np.where(end, -1.0 / a, -b / (a * (a + b))))
    high = np.where(end, 0.0, np.where(first, 1.0 / b, a / (b * (a + b))))
    return np.stack([low, -(low + high), high])
