"""Evidence for one more substance beside a fit: a robust likelihood ratio, many at a time.

What is left of a sample after its fit is weighed twice. First plainly, for every reference that is
asked for (a generalised likelihood ratio under channel weights): that costs two products. Those
that reach a low level are weighed again beside a fit that may move along the directions of
mismatch, with channels near large leftovers counting less (Student's t over a short window): an
unknown component spoils some stretches of the axis and not the others, and a substance that is
there shows in all of its own.
"""

from dataclasses import dataclass

import numpy as np

from analysis.mismatch import Mismatch, strongest
from analysis.mixture import (
    Atoms,
    Fits,
    Float32Array,
    IndexArray,
    MaskArray,
    channel_weights,
    product,
)
from analysis.spectrum import FloatArray

PARTS = 5
DIRECTIONS = 60
HEIGHT = 0.15
POSITION = 0.25
FREEDOM = 2.0
REWEIGHTINGS = 1
STEPS = 4
SCREEN = 2.0
MOST_CANDIDATES = 24
CANDIDATE_STEP = 4
ROWS_AT_ONCE = 64
LEAST_SCALE = 0.05
MAD_TO_SIGMA = 0.6745
TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """What each reference that was asked for says, shape (rows, tested) each.

    Attributes:
        scores: above 0 the robust evidence, in standard deviations; at or below 0 it was not
            worth a second look, and the number only orders them.
        amounts: how much of the unit-norm reference fits best.
        least: the amount at which the plain score would be one on average.
    """

    scores: FloatArray
    amounts: FloatArray
    least: FloatArray


def weigh(
    queries: FloatArray,
    atoms: Atoms,
    fits: Fits,
    tested: IndexArray,
    wanted: MaskArray,
    mismatch: Mismatch,
    library_index: IndexArray,
    window: int,
) -> Weighed:
    """Evidence of references against fits that do not use them.

    Args:
        queries: aligned unit-norm features, shape (rows, points).
        atoms: references that the fits count.
        fits: of the rows.
        tested: which references to test, counted as `fits` does, shape (tested,).
        wanted: which of them to test in which row, shape (rows, tested).
        mismatch: of the library.
        library_index: where each of `atoms` stands in the library, shape (references,).
        window: channels that are spoilt together, odd.
    """
    scores, amounts, least = plain(queries, atoms, fits, tested)
    scores = np.where(wanted, scores, -np.inf)
    result = np.minimum(scores - SCREEN, 0.0)
    for rows, columns in _in_parts(scores):
        robust, amount = _again(
            queries[rows],
            atoms,
            fits.taken(rows),
            tested[columns],
            strongest(
                mismatch, library_index[fits.support[rows]], fits.amounts[rows], PARTS, DIRECTIONS
            ),
            mismatch.scale,
            window,
        )
        again = np.take_along_axis(scores[rows], columns, axis=1) > SCREEN
        at = np.broadcast_to(rows[:, None], columns.shape)[again], columns[again]
        result[at], amounts[at] = robust[again], amount[again]
    return Weighed(result, amounts, least)


def _in_parts(scores: FloatArray) -> list[tuple[IndexArray, IndexArray]]:
    """Rows with candidates, and their candidates, in portions.

    How many columns a row gets depends on that row alone, so that its result does.
    """
    counts = np.minimum((scores > SCREEN).sum(axis=1), MOST_CANDIDATES)
    wide = np.minimum(-(-counts // CANDIDATE_STEP) * CANDIDATE_STEP, scores.shape[1])
    parts = []
    for width in np.unique(wide[wide > 0]):
        same = np.flatnonzero(wide == width)
        for start in range(0, same.size, ROWS_AT_ONCE):
            rows = same[start : start + ROWS_AT_ONCE]
            best = np.argsort(-scores[rows], axis=1, kind="stable")
            parts.append((rows, best[:, : int(width)]))
    return parts


def plain(
    queries: FloatArray, atoms: Atoms, fits: Fits, tested: IndexArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Plain score, amount, and amount per unit of score, shape (rows, tested) each."""
    rows, slots = fits.amounts.shape
    basis = _basis(atoms.rows[fits.support] * fits.weights[:, None, :], fits.amounts > 0)
    left = (queries - fits.models(atoms)).astype(np.float32) * fits.weights
    left = left - np.matmul(np.matmul(left[:, None, :], basis.transpose(0, 2, 1)), basis)[:, 0]
    features = atoms.rows[tested]
    moments = product(left * fits.weights, features).astype(np.float64)
    squares = product(fits.weights**2, atoms.squares[tested]).astype(np.float64)
    shadows = product((basis * fits.weights[:, None, :]).reshape(rows * slots, -1), features) ** 2
    apart = squares - shadows.reshape(rows, slots, -1).sum(axis=1)
    norms = np.sqrt(np.maximum(apart, 1e-4 * squares)) + TINY
    scale = np.sqrt(np.mean(left.astype(np.float64) ** 2, axis=1))[:, None] + TINY
    # An unknown component makes the mean large and hardly moves the median.
    usual = np.median(np.abs(left), axis=1)[:, None] / MAD_TO_SIGMA + TINY
    return moments / norms / usual, np.clip(moments / norms**2, 0.0, None), scale / norms


def _basis(used: Float32Array, live: MaskArray) -> Float32Array:
    """Orthonormal rows that span the used ones, shape (rows, slots, points)."""
    curves = (used * live[..., None]).astype(np.float64)
    gram = np.matmul(curves, curves.transpose(0, 2, 1))
    slots = np.arange(live.shape[1])
    diagonal = gram[:, slots, slots]
    gram[:, slots, slots] += np.where(live, TINY * diagonal + 1e-12, 1.0)
    inverse = np.linalg.inv(np.linalg.cholesky(gram))
    basis: Float32Array = np.matmul(inverse, curves).astype(np.float32)
    return basis


def _again(
    queries: FloatArray,
    atoms: Atoms,
    fits: Fits,
    tested: IndexArray,
    directions: Float32Array,
    scale: float,
    window: int,
) -> tuple[FloatArray, FloatArray]:
    """Robust score and amount beside a fit that may move; tested has shape (rows, candidates)."""
    live = fits.amounts > 0
    used = atoms.rows[fits.support] * live[..., None]
    free = np.concatenate([used, directions], axis=1).astype(np.float32)
    prior = np.ones(free.shape[:2])
    prior[:, : live.shape[1]] = np.where(live, 0.0, 1.0)
    base = channel_weights(atoms, fits.support, fits.amounts, scale * HEIGHT, scale * POSITION)
    weights = _settled(queries, free, prior, base, window)
    curves = free * weights[:, None, :]
    gram = _with_prior(curves, prior)
    data = queries.astype(np.float32) * weights
    looked = atoms.rows[tested] * weights[:, None, :]
    sides = np.concatenate([data[:, None, :], looked], axis=1)
    shares = np.linalg.solve(gram, np.matmul(curves, sides.transpose(0, 2, 1)).astype(np.float64))
    apart = sides - np.matmul(shares.transpose(0, 2, 1).astype(np.float32), curves)
    rest, pointed = apart[:, 0], apart[:, 1:]
    width = _spread(rest)[:, None]
    return _ratio(rest / width, pointed / width[..., None], window)


def _settled(
    queries: FloatArray, free: Float32Array, prior: FloatArray, base: Float32Array, window: int
) -> Float32Array:
    """Channel weights after stretches with large leftovers have lost theirs."""
    weights = base
    data = queries.astype(np.float32)
    for _ in range(REWEIGHTINGS):
        curves = free * weights[:, None, :]
        gram = _with_prior(curves, prior)
        sides = np.matmul(curves, (data * weights)[:, :, None]).astype(np.float64)
        shares = np.linalg.solve(gram, sides)[..., 0].astype(np.float32)
        rest = (data - np.matmul(shares[:, None, :], free)[:, 0]) * weights
        size = (rest / _spread(rest)[:, None]) ** 2
        weights = (base / np.sqrt(1.0 + windowed(size, window) / FREEDOM)).astype(np.float32)
    return weights


def _with_prior(curves: Float32Array, prior: FloatArray) -> FloatArray:
    gram: FloatArray = np.matmul(curves, curves.transpose(0, 2, 1)).astype(np.float64)
    at = np.arange(prior.shape[1])
    gram[:, at, at] = gram[:, at, at] * (1.0 + 1e-7) + prior + 1e-9
    return gram


def _spread(rest: Float32Array) -> Float32Array:
    """Robust standard deviation of each row, shape (rows,)."""
    middle = np.median(np.abs(rest), axis=1) / MAD_TO_SIGMA
    return np.maximum(middle, LEAST_SCALE).astype(np.float32)


def windowed(values: Float32Array, window: int) -> Float32Array:
    """Means over a window of channels, ends held, same shape (..., points)."""
    half = window // 2
    pad = [(0, 0)] * (values.ndim - 1) + [(half, half)]
    held = np.pad(values, pad, mode="edge")
    total = held[..., : values.shape[-1]].copy()
    for k in range(1, window):
        total += held[..., k : k + values.shape[-1]]
    total *= np.float32(1.0 / window)
    return total


def _ratio(rest: Float32Array, pointed: Float32Array, window: int) -> tuple[FloatArray, FloatArray]:
    """Root of twice the log likelihood ratio, and the amount, by reweighted steps."""
    squares = pointed * pointed
    moments = pointed * rest[:, None, :]
    trust = 1.0 / (1.0 + windowed(rest * rest, window) / np.float32(FREEDOM))[:, None, :]
    amount = np.zeros(pointed.shape[:2])
    spoilt = np.zeros(pointed.shape, dtype=np.float32)
    for _ in range(STEPS):
        above = (moments * trust).sum(axis=2, dtype=np.float64)
        below = (squares * trust).sum(axis=2, dtype=np.float64)
        amount = np.clip(above / np.maximum(below, 1e-30), 0.0, None)
        left = rest[:, None, :] - amount[..., None].astype(np.float32) * pointed
        spoilt = windowed(left * left, window) / np.float32(FREEDOM)
        trust = 1.0 / (1.0 + spoilt)
    before = np.log1p(windowed(rest * rest, window) / np.float32(FREEDOM))
    gained = before.sum(axis=1, dtype=np.float64)[:, None] - np.log1p(spoilt).sum(
        axis=2, dtype=np.float64
    )
    score: FloatArray = np.sqrt(np.maximum((FREEDOM + 1.0) * gained, 0.0))
    return score, amount
