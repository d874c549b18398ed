"""Step-by-step subtraction, as a technician does it: search, take away, look, search again.

The rule of each step. What is left and the reference stand on their lower hulls (the straight
pieces that touch a spectrum from below, "rubber band"). Of the best hit as much is taken away as
digs negative bands of 2 % of the area that is taken away, no more. A hit of which that leaves less
than 2 % of the sample's signal is passed over for the next, twice at most. A substance is taken
once. This finds no trace and proves nothing: it is there to be looked at beside the joint fit,
and to be measured against.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from analysis.library import Library
from analysis.peaks import noise_level
from analysis.spectrum import FloatArray, Spectrum

Stop: TypeAlias = Literal["steps", "noise", "nothing fits", "negative bands"]

NEGATIVE_SHARE = 0.02
LEAST_SIGNAL = 0.02
LEAST_SCORE = 0.3
SMALLEST_REST = 0.1
NOISE_FACTOR = 2.0
MOST_TRIED = 3
DIGITS = 6
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class SubtractionStep:
    """One hit that was taken away.

    Attributes:
        reference: its index in the library.
        substance: what it is of.
        factor: how much of the reference, as it stands in the library, was taken away.
        score: its cosine of first derivatives with what was there before.
        signal: strength (norm of the first derivative) of what was taken away over the sample's.
            These do not add up to 1; `Subtraction.shares` does.
        before: what was searched, on the library's grid, on its lower hull.
        after: before minus factor times the reference (on its lower hull), with what is negative
            in it; the next step puts it on its hull again.
        negative_share: negative area that this step dug, as a fraction of the area taken away.
        passed_over: better hits of which hardly anything could be taken without negative bands.
    """

    reference: int
    substance: str
    factor: float
    score: float
    signal: float
    before: tuple[float, ...]
    after: tuple[float, ...]
    negative_share: float
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subtraction:
    """All steps, and why they ended.

    Attributes:
        steps: in their order.
        stop: "steps" (as many as were asked for), "noise" (what is left is noise, or below a
            hundredth of the signal's energy), "nothing fits" (no hit is like it), "negative bands"
            (the best hits would leave such).
    """

    steps: tuple[SubtractionStep, ...]
    stop: Stop

    def shares(self) -> dict[str, float]:
        """Share of what was taken away, by substance: of signal, not of mass."""
        total = sum(step.signal for step in self.steps) or 1.0
        return {step.substance: step.signal / total for step in self.steps}


class Subtractor:
    """Subtracts with one library. Any number of threads may use one.

    Args:
        library: references are searched and taken from it.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        slopes = library.recipe.derivative(library.values.astype(np.float64))
        self._strengths: FloatArray = np.linalg.norm(slopes, axis=1) + TINY
        self._atoms = (slopes / self._strengths[:, None]).astype(np.float32)
        names: dict[str, int] = {}
        owner = [names.setdefault(e.substance, len(names)) for e in library.entries]
        self._owner = np.array(owner, dtype=np.intp)
        self._flat: dict[int, FloatArray] = {}

    def run(self, spectrum: Spectrum, most: int = 5) -> Subtraction:
        """Up to `most` steps on a spectrum of the library's technique."""
        return self.run_values(self._library.recipe.on_grid(spectrum), most)

    def run_values(self, values: FloatArray, most: int = 5) -> Subtraction:
        """The same on additive values that lie on the library's grid, shape (points,)."""
        recipe = self._library.recipe
        rest = on_hull(values)
        whole = float(np.linalg.norm(recipe.derivative(values))) + TINY
        noise = noise_level(values) * _noise_gain(recipe.derivative, values.size)
        smallest = max(SMALLEST_REST * whole, NOISE_FACTOR * noise)
        free = np.ones(len(self._library), dtype=bool)
        steps: list[SubtractionStep] = []
        while len(steps) < most:
            slope = recipe.derivative(rest)
            strength = float(np.linalg.norm(slope))
            if strength <= smallest:
                return Subtraction(tuple(steps), "noise")
            scores = np.where(free, self._atoms @ (slope / strength).astype(np.float32), -np.inf)
            step, stop = self._step(rest, scores, whole)
            if step is None:
                return Subtraction(tuple(steps), stop)
            steps.append(step)
            rest = on_hull(rest - step.factor * self._on_hull(step.reference))
            free &= self._owner != self._owner[step.reference]
        return Subtraction(tuple(steps), "steps")

    def _step(
        self, rest: FloatArray, scores: FloatArray, whole: float
    ) -> tuple[SubtractionStep | None, Stop]:
        passed: list[str] = []
        for _ in range(MOST_TRIED):
            best = int(scores.argmax())
            if not scores[best] >= LEAST_SCORE:
                break
            reference = self._on_hull(best)
            factor, negative = largest_factor(rest, reference)
            name = self._library.entries[best].substance
            signal = factor * float(self._strengths[best]) / whole
            if signal >= LEAST_SIGNAL:
                after = _kept(rest - factor * reference)
                score = float(scores[best])
                return SubtractionStep(
                    best, name, factor, score, signal, _kept(rest), after, negative, tuple(passed)
                ), "steps"
            passed.append(name)
            scores = np.where(self._owner == self._owner[best], -np.inf, scores)
        return None, "negative bands" if passed else "nothing fits"

    def _on_hull(self, reference: int) -> FloatArray:
        known = self._flat.get(reference)
        if known is None:
            known = on_hull(np.asarray(self._library.values[reference], dtype=np.float64))
            self._flat[reference] = known
        return known


def largest_factor(
    sample: FloatArray, reference: FloatArray, allowed: float = NEGATIVE_SHARE
) -> tuple[float, float]:
    """How much of a reference can be taken away before it digs negative bands.

    The negative area that is dug grows faster than the factor, so that the largest factor is
    found exactly, between two channels' ratios. What was negative before does not count again.

    Args:
        sample: what is left so far, shape (points,).
        reference: not negative, shape (points,).
        allowed: negative area allowed, as a fraction of the area that is taken away.

    Returns:
        The factor, and the fraction of negative area that it digs.
    """
    used = reference > TINY * float(reference.max() or 1.0)
    heights, there = reference[used], np.clip(sample[used], 0.0, None)
    if not heights.size:
        return 0.0, 0.0
    order = np.argsort(there / heights, kind="stable")
    spent, dug_by = np.cumsum(there[order]), np.cumsum(heights[order])
    area = float(dug_by[-1])
    ratios = (there / heights)[order]
    dug = ratios * dug_by - spent
    over = np.flatnonzero(dug > allowed * area * ratios)
    last = int(over[0]) - 1 if over.size else ratios.size - 1
    if last < 0 or spent[last] <= 0:
        return 0.0, 0.0
    return float(spent[last] / (dug_by[last] - allowed * area)), allowed


def on_hull(values: FloatArray) -> FloatArray:
    """A curve above its lower convex hull: nowhere negative, shape (points,)."""
    at: list[int] = []
    heights: list[float] = values.tolist()
    for i, y in enumerate(heights):
        while len(at) > 1 and _above(at[-2], at[-1], i, heights, y):
            at.pop()
        at.append(i)
    hull = np.interp(np.arange(values.size), at, values[at])
    stood: FloatArray = np.clip(values - hull, 0.0, None)
    return stood


def _above(first: int, middle: int, last: int, heights: list[float], y: float) -> bool:
    """Whether the middle point lies on or above the line between its neighbours."""
    low = heights[first]
    return (heights[middle] - low) * (last - first) >= (y - low) * (middle - first)


def _noise_gain(derivative: Callable[[FloatArray], FloatArray], points: int) -> float:
    """Norm of the derivative of white noise of unit deviation."""
    pulse = np.zeros(points)
    pulse[points // 2] = 1.0
    return float(np.linalg.norm(derivative(pulse)) * np.sqrt(points))


def _kept(values: FloatArray) -> tuple[float, ...]:
    return tuple(np.round(values, DIGITS).tolist())
