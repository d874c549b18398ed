"""A calibration: what scores samples without the target reach, kept with the library it is for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any, Literal, TypeAlias

import numpy as np

from analysis.errors import LibraryError
from analysis.spectrum import FloatArray

Source: TypeAlias = Literal["synthetic blanks", "own blanks"]
SHIPPED = "data/demonstration_calibration.npz"
META = "calibration"
ARRAYS = ("edges", "levels", "scores", "limit_factors")


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Conformal calibration, apart for each bin of the unexplained part (Mondrian).

    A p-value is the share of blanks, in the same bin, that score at least as high (Vovk et al.,
    Algorithmic Learning in a Random World, 2005).

    Attributes:
        library_version: the library it was made for.
        targets: the watch list it was made for, as given.
        source: "synthetic blanks" (drawn from the library) or "own blanks".
        blanks: how many blanks were used.
        seed: of the random numbers.
        units: the verdicts it knows, as (level, name).
        edges: of the bins of the unexplained part, ascending, shape (bins - 1,).
        levels: p-values that the table answers, ascending, shape (bins, levels).
        scores: the score above which a p-value is reached, shape (units, bins, levels).
        limit_factors: factor on the odds limit, for families and substances, shape (2, bins).
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
    edges: FloatArray
    levels: FloatArray
    scores: FloatArray
    limit_factors: FloatArray
    list_p: float
    most_unexplained: float
    name_margin: float

    def bin_of(self, unexplained: float) -> int:
        """Which bin a sample falls into."""
        return int(np.searchsorted(self.edges, unexplained, side="right"))

    def knows(self, level: str, name: str) -> bool:
        """Whether this verdict was calibrated."""
        return (level, name) in self.units

    def p_value(self, level: str, name: str, score: float, unexplained: float) -> float:
        """How often a sample without the target scores at least as high, 1 for a usual score."""
        at = self.bin_of(unexplained)
        reached = np.flatnonzero(score > self.scores[self.units.index((level, name)), at])
        return float(self.levels[at, reached[0]]) if reached.size else 1.0

    def threshold(self, level: str, name: str, unexplained: float) -> float:
        """The score above which the verdict is "detected"; infinite where none can be."""
        at = self.bin_of(unexplained)
        low = np.flatnonzero(self.levels[at] <= self.list_p)
        if not low.size:
            return float("inf")
        return float(self.scores[self.units.index((level, name)), at, low[-1]])

    def limit_factor(self, level: str, unexplained: float) -> float:
        """Factor on the odds at which a target reaches the threshold on average."""
        return float(self.limit_factors[int(level == "substance"), self.bin_of(unexplained)])

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
        packed = {f"{META}_{n}": np.asarray(getattr(self, n)).astype(np.float32) for n in ARRAYS}
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
        parts = {name: arrays[f"{META}_{name}"].astype(np.float64) for name in ARRAYS}
        bins, levels = parts["levels"].shape
        fits = (
            parts["scores"].shape == (len(meta["units"]), bins, levels)
            and parts["edges"].shape == (bins - 1,)
            and parts["limit_factors"].shape == (2, bins)
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
