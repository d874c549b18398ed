"""What makes a library weak: found by looking at all of it, one sentence each."""

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from analysis.library import Library
from analysis.search import nearest_rows

ALIKE = 0.98
NEIGHBOURS = 16
FEW_SUBSTANCES = 20
BLOCK_ROWS = 256

Progress = Callable[[int, int], None]


def weaknesses(library: Library, progress: Progress | None = None) -> list[str]:
    """What makes a library weak, one sentence each.

    Args:
        library: the library.
        progress: called with done and total references.
    """
    return [*_as_a_whole(library), *_names(library), *_doubles(library, progress)]


def _as_a_whole(library: Library) -> Iterator[str]:
    if library.calibration_note:
        yield f"its calibration is {library.calibration_note}"
    if library.calibration is None:
        yield "not calibrated: every verdict will be inconclusive"
    if len(library.names) < FEW_SUBSTANCES:
        yield f"{len(library.names)} substances are few: much will be unexplained"
    if not library.entries.columns["licence"].table:
        yield "no reference says under which licence it may be used"
    for row in np.flatnonzero(library.quantised.scales == 0).tolist():
        yield f"a reference of {library.names[library.owner[row]]} has the same value everywhere"


def _names(library: Library) -> Iterator[str]:
    """Names and identifiers that do not go together."""
    families: dict[str, set[str]] = defaultdict(set)
    substances: dict[str, set[str]] = defaultdict(set)
    columns = library.entries.columns
    for substance, family, inchikey in zip(
        columns["substance"], columns["family"], columns["inchikey"], strict=True
    ):
        families[substance or ""].add(family or "")
        if inchikey:
            substances[inchikey].add(substance or "")
    yield from (f"{n} is in several families" for n, f in families.items() if len(f) > 1)
    for inchikey, names in substances.items():
        if len(names) > 1:
            yield f"{inchikey} stands for several substances: {', '.join(sorted(names))}"


def _doubles(library: Library, progress: Progress | None) -> Iterator[str]:
    """Different substances whose spectra are all but the same."""
    count, names, owner = len(library), library.names, library.owner
    alike: set[tuple[int, int]] = set()
    for start in range(0, count, BLOCK_ROWS):
        rows = np.arange(start, min(count, start + BLOCK_ROWS))
        found = nearest_rows(library, library.feature_rows(rows), NEIGHBOURS)
        for row, (near, scores) in zip(rows.tolist(), found, strict=True):
            own = int(owner[row])
            others = {int(o) for o in owner[near[scores > ALIKE]]} - {own}
            alike |= {(min(own, o), max(own, o)) for o in others}
        if progress is not None:
            progress(min(count, start + BLOCK_ROWS), count)
    for one, other in sorted(alike):
        yield f"{names[one]} and {names[other]} are all but the same spectrum"
