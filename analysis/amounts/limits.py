"""From which point on a spectrum is not one that the standards speak for."""

import numpy as np
from scipy.special import chdtri, fdtri, stdtrit

from analysis.spectrum import FloatArray

CONFIDENCE = 0.99
INTERVAL = 0.95
NORMAL_95 = 1.959964


def q_limit(left_out: FloatArray) -> float:
    """The limit of the unexplained part, from standards that were left out.

    Box (1954): a scaled chi squared distribution with the same mean and variance. Never below the
    largest that was seen of a standard.

    Args:
        left_out: of each row, shape (rows,).
    """
    mean, variance = float(left_out.mean()), float(left_out.var(ddof=1))
    largest = float(left_out.max())
    if variance <= 0 or mean <= 0:
        return largest
    freedom = 2.0 * mean**2 / variance
    return max(largest, variance / (2.0 * mean) * float(chdtri(freedom, 1.0 - CONFIDENCE)))


def t2_limit(components: int, standards: int) -> float:
    """The limit of Hotelling's T squared for a new sample (F distribution).

    Counted in standards, not rows: replicates of one are alike.
    """
    n, k = float(standards), float(min(components, standards - 2))
    return k * (n**2 - 1) / (n * (n - k)) * float(fdtri(k, n - k, CONFIDENCE))


def measured_half(deviation: float, reach: float, freedom: int) -> float:
    """Half of a 95 % interval of model and measurement, without sampling.

    The errors of a model that is not quite right are not normal: so the interval also reaches as
    far as the standards that were left out were off (conformal prediction, jackknife).

    Args:
        deviation: standard deviation of model and measurement.
        reach: of `errors_reach`.
        freedom: degrees of freedom behind the deviation.
    """
    return max(float(stdtrit(freedom, 0.5 + INTERVAL / 2)) * deviation, reach)


def errors_reach(errors: FloatArray) -> float:
    """The error that 95 % of new standards stay within: of n the ceil(0.95 (n + 1))-th, or last."""
    ordered = np.sort(np.abs(errors))
    place = int(np.ceil(INTERVAL * (ordered.size + 1)))
    return float(ordered[min(place, ordered.size) - 1])
