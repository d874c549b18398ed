"""A calibration: what scores samples without the target reach, kept with the library it is for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from typing import Any, Literal, TypeAlias

import numpy as np

from analysis.errors import LibraryError
from analysis.mixture import IndexArray
from analysis.spectrum import FloatArray

Source: TypeAlias = Literal["synthetic blanks", "own blanks"]
SHIPPED = "data/demonstration_calibration.npz"
META = "calibration"
ARRAYS = ("unit_scales", "edges", "levels", "scores", "limit_factors", "share_factors")


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Conformal calibration, apart for each bin of the unexplained part (Mondrian).

    A p-value is the share of blanks, in the same bin, that score at least as high (Vovk et al.,
    Algorithmic Learning in a Random World, 2005). Each verdict's scores are first brought to one
    scale (its own upper quantile, shrunk towards that of all); then the blanks of all verdicts
    make one table, so that it reaches far enough down for a long watch list.

    Attributes:
        library_version: the library it was made for.
        targets: the watch list it was made for, as given.
        source: "synthetic blanks" (drawn from the library) or "own blanks".
        blanks: how many blanks were used.
        seed: of the random numbers.
        units: the verdicts it knows, as (level, name).
        unit_scales: what a score of each is divided by, shape (units,).
        edges: of the bins of the unexplained part, ascending, shape (bins - 1,).
        levels: p-values that the table answers, ascending, shape (levels,).
        scores: the scaled score above which a p-value is reached, shape (bins, levels).
        limit_factors: factor on the odds limit, for families and substances, shape (2, bins).
        share_factors: 2.5 and 97.5 % quantiles of estimated over true odds, shape (2,).
        list_p: p-value of a lead verdict at which at most 1.5 % of blanks show any.
        most_unexplained: beyond this nothing was seen in calibration.
        name_margin: squared score by which one sister must lead to be named.
    """

    library_version: str
    targets: tuple[str, ...]
    source: str
    blanks: int
    seed: int
    units: tuple[tuple[str, str], ...]
    unit_scales: FloatArray
    edges: FloatArray
    levels: FloatArray
    scores: FloatArray
    limit_factors: FloatArray
    share_factors: FloatArray
    list_p: float
    most_unexplained: float
    name_margin: float
    _index: dict[tuple[str, str], int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        index = {unit: k for k, unit in enumerate(self.units)}
        object.__setattr__(self, "_index", index)

    def bins_of(self, unexplained: FloatArray) -> IndexArray:
        """Which bin each sample falls into, shape (rows,)."""
        found: IndexArray = np.searchsorted(self.edges, unexplained, side="right")
        return found

    def knows(self, level: str, name: str) -> bool:
        """Whether this verdict was calibrated."""
        return (level, name) in self._index

    def places(self, units: tuple[tuple[str, str], ...]) -> IndexArray:
        """Where these verdicts stand in the calibration's own order, shape (units,)."""
        return np.array([self._index[unit] for unit in units], dtype=np.intp)

    def p_values(self, scores: FloatArray, places: IndexArray, bins: IndexArray) -> FloatArray:
        """How often samples without the target score at least as high; 1 for a usual score.

        Args:
            scores: of the verdicts, shape (rows, units).
            places: of the verdicts, from `places`.
            bins: of the rows, from `bins_of`.
        """
        scaled = scores / self.unit_scales[places]
        found = np.ones(scaled.shape)
        for at in np.unique(bins):
            rows = bins == at
            # Thresholds fall as levels rise: the first that a score is above is its level.
            first = np.searchsorted(-self.scores[at], -scaled[rows], side="right")
            known = np.append(self.levels, 1.0)
            found[rows] = known[np.minimum(first, self.levels.size)]
        return found

    def walls(self, bins: IndexArray) -> FloatArray:
        """The scaled score above which a verdict is "detected"; infinite where none can be."""
        low = np.flatnonzero(self.levels <= self.list_p)
        if not low.size:
            return np.full(bins.shape, np.inf)
        found: FloatArray = self.scores[bins, low[-1]]
        return found

    def rare_score(self, unexplained: float, level: float, otherwise: float) -> float:
        """The score that a reference which is not there reaches no more often than `level`.

        Args:
            unexplained: of the sample.
            level: a p-value; where the table does not reach so far, its rarest score is taken.
            otherwise: the answer where there is no table.
        """
        at = int(self.bins_of(np.array([unexplained]))[0])
        known = np.isfinite(self.scores[at]) & (self.levels <= max(level, self.levels[0]))
        if not self.units or not known.any():
            finite = self.scores[at][np.isfinite(self.scores[at])]
            return float(max(finite.max(), 0.0)) if self.units and finite.size else otherwise
        return float(max(self.scores[at][known][-1], 0.0))

    def as_arrays(self) -> dict[str, np.ndarray[Any, np.dtype[Any]]]:
        """For the library file: names to arrays, all prefixed."""
        meta = {
            "library_version": self.library_version,
            "targets": self.targets,
            "source": self.source,
            "blanks": self.blanks,
            "seed": self.seed,
            "units": self.units,
            "list_p": self.list_p,
            "most_unexplained": self.most_unexplained,
            "name_margin": self.name_margin,
        }
        packed = {f"{META}_{n}": np.asarray(getattr(self, n), np.float64) for n in ARRAYS}
        return packed | {META: np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray[Any, Any]]) -> "Calibration | None":
        """The other way; None when the file has no calibration.

        Raises:
            LibraryError: the arrays do not fit each other.
        """
        if META not in arrays:
            return None
        meta = json.loads(bytes(arrays[META].astype(np.uint8)))
        missing = [name for name in ARRAYS if f"{META}_{name}" not in arrays]
        if missing:
            raise LibraryError(f"this calibration lacks {', '.join(missing)}: calibrate again")
        parts = {name: arrays[f"{META}_{name}"].astype(np.float64) for name in ARRAYS}
        bins, levels = parts["edges"].size + 1, parts["levels"].size
        fits = (
            parts["scores"].shape == (bins, levels)
            and parts["unit_scales"].shape == (len(meta["units"]),)
            and parts["limit_factors"].shape == (2, bins)
            and parts["share_factors"].shape == (2,)
        )
        if not fits:
            raise LibraryError("damaged: the calibration's tables do not fit each other")
        meta["units"] = tuple((str(level), str(name)) for level, name in meta["units"])
        meta["targets"] = tuple(meta["targets"])
        fields: dict[str, Any] = meta | parts
        return cls(**fields)

    @classmethod
    def shipped(cls) -> "Calibration | None":
        """The demonstration library's; None when the installation has none."""
        home = files("analysis").joinpath(SHIPPED)
        if not home.is_file():
            return None
        with as_file(home) as path, np.load(path, allow_pickle=False) as archive:
            return cls.from_arrays(archive)
