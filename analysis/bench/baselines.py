"""What a good matcher must beat: library score, plain unmixing, and subtraction by hand.

Each gives every sample one score per target. All see the same first-derivative features, and get
the same calibration blanks, so that only the method differs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.library import Library
from analysis.spectrum import FloatArray, Spectrum

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Bench:
    """A library as the baselines need it.

    Attributes:
        library: for the recipe.
        atoms: unit-norm features, shape (references, points).
        members: for each target, the indices of its references.
    """

    library: Library
    atoms: FloatArray
    members: tuple[NDArray[np.intp], ...]


Scorer = Callable[[Bench, FloatArray], FloatArray]
"""(bench, unit-norm features of one sample) -> one score per target."""


def bench_of(library: Library, targets: Sequence[str]) -> Bench:
    """Prepare a library and a watch list for the baselines."""
    names = np.array([entry.substance for entry in library.entries])
    members = tuple(np.flatnonzero(names == target) for target in targets)
    return Bench(library, library.features().astype(np.float64), members)


def scored(bench: Bench, spectra: Sequence[Spectrum], scorer: Scorer) -> FloatArray:
    """Scores, shape (spectra, targets)."""
    recipe = bench.library.recipe
    rows = [scorer(bench, recipe.features(recipe.on_grid(spectrum))) for spectrum in spectra]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(bench.members))


def library_score(bench: Bench, query: FloatArray) -> FloatArray:
    """The classic hit quality: cosine of first derivatives with the target's best reference."""
    return _best(bench.atoms @ query, bench.members)


def plain_nnls(bench: Bench, query: FloatArray) -> FloatArray:
    """Non-negative least squares on the whole library, run to its end; the target's share."""
    from scipy.optimize import nnls  # noqa: PLC0415 - start-up time

    amounts, _ = nnls(bench.atoms.T, query)
    total = float(amounts.sum()) or 1.0
    return np.array([float(amounts[rows].sum()) / total for rows in bench.members])


def subtraction(bench: Bench, query: FloatArray) -> FloatArray:
    """As a technician works: take the best hit, subtract it, search what is left; five rounds.

    Each round fits all that was named so far together, and none of it below zero. The score is
    the best likeness of the target in any round.
    """
    from scipy.optimize import nnls  # noqa: PLC0415 - start-up time

    named: list[int] = []
    left, best = query, np.full(len(bench.members), -np.inf)
    for _ in range(ROUNDS):
        likeness = bench.atoms @ (left / (float(np.linalg.norm(left)) or 1.0))
        best = np.maximum(best, _best(likeness, bench.members))
        likeness[named] = -np.inf
        named.append(int(likeness.argmax()))
        chosen = bench.atoms[named].T
        left = query - chosen @ nnls(chosen, query)[0]
    return best


def _best(scores: FloatArray, members: tuple[NDArray[np.intp], ...]) -> FloatArray:
    return np.array([float(scores[rows].max()) for rows in members])


BASELINES: Mapping[str, Scorer] = {
    "library score (HQI)": library_score,
    "NNLS with threshold": plain_nnls,
    "subtraction, 5 rounds": subtraction,
}
"""The baselines by the name they have in tables."""
