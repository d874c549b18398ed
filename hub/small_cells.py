"""Counts with small cells suppressed, so that nobody can be picked out of them. Pure.

A cell below the limit is hidden, and so are others beside it until the total minus what is shown
tells nothing: at least one cell that is not small, and together at least twice the limit. Cells of
equal size are hidden together, so that what is hidden does not depend on where it stands; that is
why each hidden cell could also be any other of them. Where that can't be had, all is hidden, the
total too. A zero is shown, as nobody is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Counts as they may be shown; None is hidden."""

    cells: tuple[int | None, ...]
    total: int | None


def suppress(cells: Sequence[int], least: int) -> Suppressed:
    """Hide what is below `least`, and what would give it away.

    Args:
        cells: counts that add up to a total which is shown as well.
        least: the smallest count that may be seen.
    """
    if not any(0 < cell < least for cell in cells):
        return Suppressed(tuple(cells), sum(cells))
    shown_from = _threshold(cells, least)
    if shown_from is None:
        return Suppressed((None,) * len(cells), None)
    shown = tuple(cell if cell == 0 or cell >= shown_from else None for cell in cells)
    return Suppressed(shown, sum(cells))


def _threshold(cells: Sequence[int], least: int) -> int | None:
    """From which size on cells are shown; None where hiding all that is not zero is not enough."""
    for level in sorted({cell for cell in cells if cell >= least}):
        if sum(cell for cell in cells if cell <= level) >= 2 * least:
            return level + 1
    return None
