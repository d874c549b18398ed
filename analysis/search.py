"""Classic library search: the exact best references by cosine, with their margins."""

import numpy as np

from analysis.features import Mode
from analysis.findings import Hit
from analysis.library import Library
from analysis.projection import Float32Array, IntArray, Nearest, scan
from analysis.spectrum import FloatArray

WIDER = 4


def nearest(
    library: Library, query: FloatArray, top: int, mode: Mode = "derivative"
) -> tuple[Hit, ...]:
    """The best references, exactly; ties stand in the order of the library.

    Args:
        library: what is searched.
        query: the sample as `analysis.features.in_mode` makes it, unit norm, shape (points,).
        top: how many hits are wanted.
        mode: "derivative" (first derivatives) or "raw" (values without their mean).
    """
    return nearest_batch(library, query[None], top, mode)[0]


def nearest_batch(
    library: Library, queries: FloatArray, top: int, mode: Mode = "derivative"
) -> list[tuple[Hit, ...]]:
    """The same for each of many queries, shape (queries, points); much quicker for many."""
    count = min(top, len(library))
    if count < 1:
        return [() for _ in queries]
    return [
        _hits(library, found, _rival(library, query, found, mode))
        for query, found in zip(queries, nearest_rows(library, queries, count, mode), strict=True)
    ]


def nearest_rows(
    library: Library, queries: FloatArray | Float32Array, top: int, mode: Mode = "derivative"
) -> list[Nearest]:
    """The rows of the best references and their scores, for each query; as `nearest_batch`."""
    top = min(top, len(library))
    rows, asked = library.unit_rows(mode), np.ascontiguousarray(queries, dtype=np.float32)
    projection = library.projected(mode)
    if projection is None:
        return [scan(rows, query, top) for query in asked]
    return projection.nearest(rows, asked, top)


def _rival(library: Library, query: FloatArray, found: Nearest, mode: Mode) -> float:
    """The best score of any substance but that of the best hit; 0 where there is no other."""
    if len(library.names) == 1:
        return 0.0
    rows, scores = found
    others = _others(library.owner, rows)
    while not others.size:
        rows, scores = nearest_rows(library, query[None], WIDER * rows.size, mode)[0]
        others = _others(library.owner, rows)
    return float(scores[others[0]])


def _others(owner: IntArray, rows: IntArray) -> IntArray:
    """Which of the rows are of another substance than the first."""
    owners = owner[rows]
    return np.flatnonzero(owners != owners[0])


def _hits(library: Library, found: Nearest, rival: float) -> tuple[Hit, ...]:
    rows, scores = (part.tolist() for part in found)
    best, names = scores[0], library.names
    columns = library.entries.columns
    families, forms, instruments = (columns[n] for n in ("family", "form", "instrument"))
    owners = library.owner[found[0]].tolist()
    return tuple(
        Hit(
            substance=names[own],
            score=score,
            margin=score - (rival if own == owners[0] else best),
            family=families[row] or "",
            form=forms[row],
            instrument=instruments[row],
            reference=row,
        )
        for row, score, own in zip(rows, scores, owners, strict=True)
    )
