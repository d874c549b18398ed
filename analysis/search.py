"""Classic library search: exact, by cosine of first derivatives."""

import numpy as np

from analysis.container import Entry
from analysis.findings import Hit
from analysis.spectrum import FloatArray


def nearest(
    query: FloatArray, atoms: FloatArray, entries: tuple[Entry, ...], top: int
) -> tuple[Hit, ...]:
    """The best references, exactly; ties stand in the order of the library.

    Args:
        query: unit-norm features of the sample, shape (points,).
        atoms: unit-norm features of the library, shape (references, points).
        entries: what they are.
        top: how many hits are wanted.
    """
    scores = np.asarray(atoms @ query.astype(atoms.dtype), dtype=np.float64)
    count = min(max(top, 0), scores.size)
    if not count:
        return ()
    wall = np.partition(scores, scores.size - count)[scores.size - count]
    at_least = np.flatnonzero(scores >= wall)
    order = at_least[np.argsort(-scores[at_least], kind="stable")][:count]
    best, second = _two_best(scores, entries)
    return tuple(_hit(int(i), scores, entries, best, second) for i in order)


def _two_best(scores: FloatArray, entries: tuple[Entry, ...]) -> tuple[int, float]:
    """The best reference, and the best score of any other substance (0 when there is none)."""
    best = int(scores.argmax())
    name = entries[best].substance
    others = np.fromiter((e.substance != name for e in entries), dtype=bool, count=len(entries))
    return best, float(scores[others].max()) if others.any() else 0.0


def _hit(
    index: int, scores: FloatArray, entries: tuple[Entry, ...], best: int, second: float
) -> Hit:
    entry, score = entries[index], float(scores[index])
    rival = second if entry.substance == entries[best].substance else float(scores[best])
    return Hit(
        entry.substance, score, score - rival, entry.family, entry.form, entry.instrument, index
    )
