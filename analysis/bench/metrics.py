"""The figures that judge a detector. Pure: arrays in, numbers with intervals out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.spectrum import FloatArray

BoolArray: TypeAlias = NDArray[np.bool_]
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many, with the exact (Clopper-Pearson) 95 % interval.

    Attributes:
        hits: how many.
        of: of how many; 0 where nothing could be counted.
    """

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The fraction; not a number where nothing could be counted."""
        return self.hits / self.of if self.of else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound; 0 and 1 where nothing could be counted."""
        from scipy.special import betaincinv  # noqa: PLC0415 - start-up time

        half, k, n = (1 - CONFIDENCE) / 2, self.hits, self.of
        low = float(betaincinv(k, n - k + 1, half)) if k else 0.0
        high = float(betaincinv(k + 1, n - k, 1 - half)) if k < n else 1.0
        return low, high


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with a bootstrap interval; infinite where the data do not reach it."""

    value: float
    low: float
    high: float


def counted(flags: BoolArray) -> Rate:
    """The rate of True."""
    return Rate(int(np.count_nonzero(flags)), int(flags.size))


def never_falling(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Isotonic regression: the nearest never-falling row (pool adjacent violators).

    Args:
        values: shape (n,).
        weights: how much each counts, above 0, shape (n,).
    """
    blocks: list[list[float]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            v, w, n = blocks.pop()
            u, x, m = blocks[-1]
            blocks[-1] = [(u * x + v * w) / (x + w), x + w, m + n]
    return np.array([value for value, _, n in blocks for _ in range(int(n))])


def detection_limit(shares: FloatArray, rates: FloatArray, n: FloatArray, level: float) -> float:
    """The share at which a never-falling sensitivity curve reaches a level.

    Between two shares the curve is straight over the logarithm of the share.

    Args:
        shares: above 0, rising, shape (k,).
        rates: fraction found at each, shape (k,).
        n: how many samples stand behind each, shape (k,).
        level: such as 0.95.

    Returns:
        The share; the lowest one where that is enough, infinity where the highest is not.
    """
    smooth = never_falling(rates, n)
    above = np.flatnonzero(smooth >= level)
    if not above.size:
        return float("inf")
    k = int(above[0])
    if k == 0:
        return float(shares[0])
    part = (level - smooth[k - 1]) / (smooth[k] - smooth[k - 1])
    logs = np.log(shares)
    return float(np.exp(logs[k - 1] + part * (logs[k] - logs[k - 1])))


def detection_limit_interval(
    found: Mapping[float, Rate], level: float, rng: np.random.Generator, rounds: int = 1000
) -> Estimate:
    """`detection_limit` with a bootstrap interval: each share's samples drawn anew.

    Args:
        found: how many were found, by share.
        level: such as 0.5 or 0.95.
        rng: source of chance.
        rounds: how often to draw.
    """
    shares = np.array(sorted(found))
    n = np.array([found[s].of for s in shares.tolist()], dtype=np.float64)
    rates = np.array([found[s].value for s in shares.tolist()])
    drawn = rng.binomial(n.astype(np.int64), rates, size=(rounds, shares.size)) / n
    again = [detection_limit(shares, row, n, level) for row in drawn]
    # "lower" and "higher": an interval between a number and infinity has no middle.
    low = float(np.quantile(again, (1 - CONFIDENCE) / 2, method="lower"))
    high = float(np.quantile(again, (1 + CONFIDENCE) / 2, method="higher"))
    return Estimate(detection_limit(shares, rates, n, level), low, high)


def mean_interval(values: FloatArray, rng: np.random.Generator, rounds: int = 1000) -> Estimate:
    """The mean with a bootstrap interval; not a number where there is nothing.

    Args:
        values: one per independent sample, shape (n,).
        rng: source of chance.
        rounds: how often to draw.
    """
    if not values.size:
        return Estimate(float("nan"), float("nan"), float("nan"))
    again = [float(values[rng.integers(0, values.size, values.size)].mean()) for _ in range(rounds)]
    low, high = np.quantile(again, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(values.mean()), float(low), float(high))


def conformal_p(calibration: FloatArray, scores: FloatArray) -> FloatArray:
    """How often a calibration blank scores at least as high, itself counted.

    Args:
        calibration: scores of blanks, shape (blanks, targets).
        scores: shape (samples, targets).

    Returns:
        p-values, shape (samples, targets): (1 + number at least as high) / (1 + blanks).
    """
    ordered = np.sort(calibration, axis=0)
    below = [np.searchsorted(ordered[:, t], scores[:, t], "left") for t in range(scores.shape[1])]
    p: FloatArray = (1 + len(calibration) - np.stack(below, axis=1)) / (1 + len(calibration))
    return p


@dataclass(frozen=True, slots=True)
class Uniformity:
    """How far p-values of blanks are from uniform.

    Attributes:
        distance: largest distance of their distribution from uniform (Kolmogorov-Smirnov).
        too_small: the same, only where small p-values are too frequent (false alarms).
        p_value: of the two-sided test; small where they are not uniform.
        of: how many p-values.
    """

    distance: float
    too_small: float
    p_value: float
    of: int


def uniformity(p: FloatArray) -> Uniformity:
    """Kolmogorov-Smirnov against uniform; p-values that are not numbers are left out.

    Args:
        p: p-values of independent blanks, any shape.
    """
    ordered = np.sort(p[np.isfinite(p)].ravel())
    n = ordered.size
    if not n:
        return Uniformity(float("nan"), float("nan"), float("nan"), 0)
    from scipy.special import kolmogorov  # noqa: PLC0415 - start-up time

    above = float((np.arange(1, n + 1) / n - ordered).max())
    below = float((ordered - np.arange(n) / n).max())
    distance = max(above, below)
    return Uniformity(distance, max(above, 0.0), float(kolmogorov(distance * np.sqrt(n))), n)


def worst(rates: Mapping[str, Rate]) -> str:
    """The name with the highest rate, the first of equals.

    Raises:
        ValueError: there is none.
    """
    return max(sorted(rates), key=lambda name: rates[name].value)
