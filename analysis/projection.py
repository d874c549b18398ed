"""Exact nearest rows by cosine, most of them ruled out by a bound in a few dimensions.

The rows f are unit vectors. In an orthonormal basis V (the principal axes of the rows) the
Cauchy-Schwarz inequality gives, for a query q,

    f.q <= (Vf).(Vq) + |f - V'Vf| |q - V'Vq|

so that a row whose right-hand side lies below the k-th best score can't be among the best k. It is
asked twice: with 127 axes for all rows, then with 128 more (kept in one byte each, their rounding
error in the bound) for those that are left. The few that remain are scored in full. The basis makes
this quick, never wrong: a poor one only leaves more to be scored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.spectrum import FloatArray

NEAR_AXES = 127
FAR_AXES = 128
SAMPLE_ROWS = 8192
BLOCK_ROWS = 1024
QUERY_BLOCK = 64
LEAST_QUERY_BLOCK = 16
BLOCK_BOUNDS = 800_000
"""Bounds that are looked at together: they should stay near the processor."""
GROUPS_PER_HIT = 16
SLACK = 3e-5
"""More than float32 can be wrong by, in a sum of 255 products of unit vectors."""
SCAN_SLACK = 1e-4
"""The same for a product over all points."""
RESIDUAL_FLOOR = 1e-6
FULL_SCAN_FROM = 0.5

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]
Nearest: TypeAlias = tuple[IntArray, FloatArray]


class UnitRows(Protocol):
    """Rows of unit norm (or zero), float32, that need not all be in memory."""

    def __len__(self) -> int: ...

    def take(self, rows: IntArray | slice) -> Float32Array:
        """These rows, shape (rows taken, points); the same bits whenever they are asked for."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class KeptRows:
    """Unit rows that are all in memory, float32, shape (rows, points)."""

    array: Float32Array

    def __len__(self) -> int:
        return len(self.array)

    def take(self, rows: IntArray | slice) -> Float32Array:
        """These rows."""
        return self.array[rows]


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """Where each row lies along the axes, and how long the rest of it is.

    Attributes:
        near: along the first 127 axes, then the length of the rest; float32, shape (rows, 128).
        far: along the next 128 axes, in steps of `far_step`; int8, shape (rows, up to 128).
        far_step: float32, shape (rows,).
        far_error: length of what the rounding to int8 left out, float32, shape (rows,).
        rest: length of what all axes leave out, float32, shape (rows,).
    """

    near: Float32Array
    far: NDArray[np.int8]
    far_step: Float32Array
    far_error: Float32Array
    rest: Float32Array

    @classmethod
    def of(cls, basis: Float32Array, rows: Float32Array) -> "Coordinates":
        """Those of a block of rows."""
        along = rows @ basis.T
        near, far = along[:, :NEAR_AXES], along[:, NEAR_AXES:]
        whole = _squares(rows)
        step = np.abs(far).max(axis=1, initial=0.0) / np.float32(127)
        steps = np.rint(far / np.where(step > 0, step, 1)[:, None]).astype(np.int8)
        error = far - steps.astype(np.float32) * step[:, None]
        left = _length(whole - _squares(near))[:, None].astype(np.float32)
        return cls(
            np.ascontiguousarray(np.hstack([near, left])),
            steps,
            step.astype(np.float32),
            (np.sqrt(_squares(error)) + 1e-6).astype(np.float32),
            _length(whole - _squares(along)).astype(np.float32),
        )

    def taken(self, rows: IntArray) -> "Coordinates":
        """Those of these rows."""
        return Coordinates(**{name: part[rows] for name, part in self.parts().items()})

    def joined(self, *others: "Coordinates") -> "Coordinates":
        """Those of all rows."""
        every = [self.parts(), *(other.parts() for other in others)]
        return Coordinates(**{n: np.concatenate([p[n] for p in every]) for n in every[0]})

    def parts(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, as a file keeps them."""
        return {name: getattr(self, name) for name in self.__slots__}


def _squares(rows: NDArray[np.float32]) -> FloatArray:
    squares: FloatArray = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
    return squares


def _length(squares: FloatArray) -> FloatArray:
    """Square root, never too small for the rounding of a difference of nearly equal squares."""
    length: FloatArray = np.sqrt(np.maximum(squares, 0.0) + RESIDUAL_FLOOR)
    return length


def blocks(count: int) -> Iterator[slice]:
    """Slices that walk over so many rows."""
    return (slice(start, start + BLOCK_ROWS) for start in range(0, count, BLOCK_ROWS))


def principal_axes(rows: UnitRows) -> Float32Array:
    """The first 255 principal axes of a sample of the rows, orthonormal, shape (axes, points)."""
    stride = max(1, len(rows) // SAMPLE_ROWS)
    points = rows.take(slice(0, 1)).shape[1]
    gram = np.zeros((points, points), dtype=np.float32)
    chosen: IntArray = np.arange(0, len(rows), stride, dtype=np.intp)
    for part in blocks(chosen.size):
        block = rows.take(chosen[part])
        gram += block.T @ block
    _, axes = np.linalg.eigh(gram.astype(np.float64))
    basis: Float32Array = np.ascontiguousarray(
        axes[:, ::-1][:, : NEAR_AXES + FAR_AXES].T, dtype=np.float32
    )
    return basis


def score(rows: Float32Array, query: Float32Array) -> FloatArray:
    """The score itself: products of float32 summed in float64, the same for the same row.

    Never by BLAS, whose last bits depend on where in a block a row stands: equal rows must tie.
    """
    products = rows.astype(np.float64)
    products *= query
    total: FloatArray = np.add.reduce(products, axis=1)
    return total


def best(scores: FloatArray, rows: IntArray, top: int) -> Nearest:
    """The best so many, best first, ties in the order of the rows (which must ascend)."""
    order = np.argsort(-scores, kind="stable")[:top]
    return rows[order], scores[order]


def scan(rows: UnitRows, query: Float32Array, top: int) -> Nearest:
    """The best rows by looking at all of them."""
    count = len(rows)
    top = min(top, count)
    rough = np.concatenate([rows.take(part) @ query for part in blocks(count)])
    wall = np.partition(rough, count - top)[count - top]
    left = np.flatnonzero(rough >= wall - SCAN_SLACK)
    scores = [score(rows.take(left[part]), query) for part in blocks(left.size)]
    return best(np.concatenate(scores), left, top)


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Finds the nearest of many rows.

    Attributes:
        basis: orthonormal rows, float32, shape (axes, points).
        at: the rows' coordinates.
    """

    basis: Float32Array
    at: Coordinates

    @classmethod
    def of(cls, rows: UnitRows, basis: Float32Array | None = None) -> "Projection":
        """Of these rows, along their own principal axes or given ones."""
        axes = principal_axes(rows) if basis is None else basis
        parts = [Coordinates.of(axes, rows.take(part)) for part in blocks(len(rows))]
        return cls(axes, parts[0].joined(*parts[1:]))

    def is_sound(self, count: int, points: int) -> bool:
        """Whether the parts fit each other and so many rows of so many points."""
        axes, at = len(self.basis), self.at
        near = min(axes, NEAR_AXES)
        return (
            self.basis.shape == (axes, points)
            and at.near.shape == (count, near + 1)
            and at.far.shape == (count, axes - near)
            and all(p.shape == (count,) for p in (at.far_step, at.far_error, at.rest))
            and self.basis.dtype == at.near.dtype == np.float32
            and at.far.dtype == np.int8
        )

    def nearest(self, rows: UnitRows, queries: Float32Array, top: int) -> list["Nearest"]:
        """The best rows for each query, with their scores: best first, ties in row order.

        Args:
            rows: those that the projection was made of.
            queries: unit norm, float32, shape (queries, points).
            top: how many are wanted, 1 or more.
        """
        found: list[Nearest] = []
        size = min(QUERY_BLOCK, max(LEAST_QUERY_BLOCK, BLOCK_BOUNDS // len(rows)))
        for start in range(0, len(queries), size):
            block = queries[start : start + size]
            found.extend(self._block(rows, block, min(top, len(rows))))
        return found

    def _block(self, rows: UnitRows, queries: Float32Array, top: int) -> list["Nearest"]:
        count, asked = len(queries), _Asked.of(self.basis, queries)
        bounds = asked.near @ self.at.near.T
        seeds = _Pairs.of(bounds >= _k_th_largest(bounds, top)[:, None])
        middle, half = self._closer(bounds, seeds, asked)
        possible = bounds >= (seeds.walls(middle - half, count, top) - SLACK)[:, None]
        crowded = np.count_nonzero(possible, axis=1) > max(FULL_SCAN_FROM * len(rows), BLOCK_ROWS)
        possible[crowded] = False
        pairs = _Pairs.of(possible)
        middle, half = self._closer(bounds, pairs, asked)
        walls = pairs.walls(middle - half, count, top)
        pairs = pairs.only(middle + half >= walls[pairs.query])
        ends = pairs.ends(count).tolist()
        found = []
        for k, (start, stop) in enumerate(pairwise(ends)):
            if crowded[k]:
                found.append(scan(rows, queries[k], top))
                continue
            left = pairs.row[start:stop]
            found.append(best(score(rows.take(left), queries[k]), left, top))
        return found

    def _closer(
        self, bounds: Float32Array, pairs: "_Pairs", asked: "_Asked"
    ) -> tuple[Float32Array, Float32Array]:
        """Scores along all axes, and how far the true ones can lie from them."""
        at, row, query = self.at, pairs.row, pairs.query
        about = bounds[query, row] - at.near[row, -1] * asked.near[query, -1]
        far = at.far[row].astype(np.float32)
        ends = pairs.ends(len(bounds)).tolist()
        along = np.empty(row.size, dtype=np.float32)
        for k, (start, stop) in enumerate(pairwise(ends)):
            along[start:stop] = far[start:stop] @ asked.far[k]
        about += at.far_step[row] * along
        half = at.rest[row] * asked.rest[query] + at.far_error[row] * asked.far_length[query]
        return about, half + np.float32(SLACK)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A block of queries along the axes; as `Coordinates`, not quantised."""

    near: Float32Array
    far: Float32Array
    far_length: Float32Array
    rest: Float32Array

    @classmethod
    def of(cls, basis: Float32Array, queries: Float32Array) -> "_Asked":
        along = queries @ basis.T
        near, far = along[:, :NEAR_AXES], along[:, NEAR_AXES:]
        whole, near_squares, far_squares = _squares(queries), _squares(near), _squares(far)
        left = _length(whole - near_squares)[:, None].astype(np.float32)
        return cls(
            np.hstack([near, left]),
            far,
            np.sqrt(far_squares).astype(np.float32),
            _length(whole - near_squares - far_squares).astype(np.float32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Queries of a block and the rows that they still ask about, in order of both."""

    query: IntArray
    row: IntArray

    @classmethod
    def of(cls, wanted: NDArray[np.bool_]) -> "_Pairs":
        """From a mask, shape (queries, rows)."""
        query, row = np.divmod(np.flatnonzero(wanted), wanted.shape[1])
        return cls(query, row)

    def only(self, kept: NDArray[np.bool_]) -> "_Pairs":
        """Those of a mask, shape (pairs,)."""
        return _Pairs(self.query[kept], self.row[kept])

    def ends(self, queries: int) -> IntArray:
        """Where each query's pairs begin, and where the last one's end, shape (queries + 1,)."""
        return np.searchsorted(self.query, np.arange(queries + 1))

    def walls(self, lower: Float32Array, queries: int, top: int) -> Float32Array:
        """For each query a score that `top` of its rows surely reach; -inf where it has none."""
        walls = np.full(queries, -np.inf, dtype=np.float32)
        ends = self.ends(queries).tolist()
        for k, (start, stop) in enumerate(pairwise(ends)):
            if stop - start >= top:
                part = lower[start:stop].copy()
                part.partition(stop - start - top)
                walls[k] = part[stop - start - top]
        return walls


def _k_th_largest(bounds: Float32Array, top: int) -> Float32Array:
    """At most the top-th largest of each row: found among the largest of groups, which is quicker.

    Args:
        bounds: shape (queries, rows).
        top: at most the number of rows.
    """
    queries, count = bounds.shape
    groups = GROUPS_PER_HIT * top
    depth = count // groups
    if depth > 1:
        body = bounds[:, : depth * groups].reshape(queries, depth, groups)
        bounds = body.max(axis=1)
    count = bounds.shape[1]
    return np.partition(bounds, count - top, axis=1)[:, count - top]
