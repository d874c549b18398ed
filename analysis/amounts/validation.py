"""How far a calibration can be believed: one standard at a time is left out and predicted.

A standard is left out with all its replicates: they share its weighing, and one of them would
give the others away.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.amounts import limits, pls
from analysis.spectrum import FloatArray

LEAST_STANDARDS = 8
LEAST_R2 = 0.9

Owners = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One standard, predicted by all others.

    Attributes:
        name: of the standard.
        true: its mass fraction.
        predicted: mean over its replicates.
    """

    name: str
    true: float
    predicted: float


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a validation; amounts are mass fractions.

    Attributes:
        components: chosen: the fewest whose error is within one standard error of the least.
        by_components: root mean square error with 1, 2, ... components.
        rmsep: that of the chosen, one measurement at a time.
        bias: mean error, predicted less true.
        r2: 1 less squared errors over squared departures from the mean.
        repeatability: standard deviation between replicates of one standard.
        model: standard deviation of what is left without the repeatability.
        reach: how far off standards were, as an interval must reach (`limits.errors_reach`).
        standards: each, as predicted without itself.
    """

    components: int
    by_components: tuple[float, ...]
    rmsep: float
    bias: float
    r2: float
    repeatability: float
    model: float
    reach: float
    standards: tuple[LeftOut, ...]

    @property
    def worst(self) -> LeftOut:
        """The standard that was predicted worst."""
        return max(self.standards, key=lambda one: abs(one.predicted - one.true))

    @property
    def faults(self) -> tuple[str, ...]:
        """Why no amount may be said with this calibration; empty where it may."""
        found = []
        if len(self.standards) < LEAST_STANDARDS:
            found.append(f"{len(self.standards)} standards; at least {LEAST_STANDARDS} are wanted")
        if self.r2 < LEAST_R2:
            found.append(f"R2 {self.r2:.2f} of standards left out; at least {LEAST_R2:g} is wanted")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """Every row as predicted without its standard.

    Attributes:
        predicted: with 1, 2, ... components, shape (rows, components).
        q: the unexplained part with as many, same shape.
    """

    predicted: FloatArray
    q: FloatArray


def leave_out(
    rows: FloatArray, fractions: FloatArray, owners: Owners, most_components: int
) -> CrossValidation:
    """Predict each standard by the others.

    Args:
        rows: shape (n, p).
        fractions: shape (n,).
        owners: which standard each row is of, counted from 0, shape (n,).
        most_components: tried; fewer where the rows hold no more.
    """
    predicted = np.full((rows.shape[0], most_components), np.nan)
    q = np.full_like(predicted, np.nan)
    for one in range(int(owners.max()) + 1):
        out = owners == one
        model = pls.fit(rows[~out], fractions[~out], most_components)
        predicted[out, : model.components] = model.predict_each(rows[out])
        for count in range(1, model.components + 1):
            q[out, count - 1] = model.cut(count).q(rows[out])
    whole = int(np.isfinite(predicted).all(axis=0).sum())
    return CrossValidation(predicted[:, :whole], q[:, :whole])


def chosen_components(predicted: FloatArray, fractions: FloatArray, owners: Owners) -> int:
    """The one-standard-error rule over standards (Breiman 1984; Hastie, Tibshirani, Friedman)."""
    return one_standard_error((predicted - fractions[:, None]) ** 2, owners)


def one_standard_error(squares: FloatArray, owners: Owners) -> int:
    """The fewest components whose mean square is within one standard error of the least.

    Args:
        squares: of each row with 1, 2, ... components, shape (rows, components).
        owners: which standard each row is of, shape (rows,).
    """
    each = np.array([squares[owners == k].mean(axis=0) for k in range(int(owners.max()) + 1)])
    mean = each.mean(axis=0)
    best = int(mean.argmin())
    error = float(each[:, best].std(ddof=1)) / each.shape[0] ** 0.5
    return int(np.flatnonzero(mean <= mean[best] + error)[0]) + 1


def report(
    predicted: FloatArray, fractions: FloatArray, owners: Owners, names: tuple[str, ...]
) -> Report:
    """The figures.

    Args:
        predicted: as in `CrossValidation`.
        fractions: shape (n,).
        owners: shape (n,).
        names: of the standards.
    """
    components = chosen_components(predicted, fractions, owners)
    errors = predicted - fractions[:, None]
    told = errors[:, components - 1]
    groups = [told[owners == k] for k in range(len(names))]
    means = np.array([group.mean() for group in groups])
    repeat_variance = _within(groups)
    each = np.array([group.size for group in groups])
    model_variance = float(np.mean(means**2 - repeat_variance / each))
    true = [float(fractions[owners == k][0]) for k in range(len(names))]
    return Report(
        components=components,
        by_components=tuple(np.sqrt((errors**2).mean(axis=0)).tolist()),
        rmsep=float(np.sqrt((told**2).mean())),
        bias=float(means.mean()),
        r2=1.0 - float((told**2).sum() / ((fractions - fractions.mean()) ** 2).sum()),
        repeatability=repeat_variance**0.5,
        model=max(model_variance, 0.0) ** 0.5,
        reach=limits.errors_reach(means),
        standards=tuple(
            LeftOut(name, t, t + m) for name, t, m in zip(names, true, means.tolist(), strict=True)
        ),
    )


def _within(groups: list[FloatArray]) -> float:
    """Pooled variance between replicates; 0 where there are none (the model's part then has it)."""
    freedom = sum(group.size - 1 for group in groups)
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
    return squares / freedom if freedom else 0.0
