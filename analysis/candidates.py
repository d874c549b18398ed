"""What a detection needs of a library, whatever its size.

A library of some thousand references is used whole. Of a larger one each sample sees the
references that are nearest to it, and nearest to what those leave; and all that are tested.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.chosen import Chosen
from analysis.library import Library
from analysis.mismatch import Mismatch, learned_scale
from analysis.mixture import (
    LEAST_UNWEIGHTED,
    Atoms,
    IndexArray,
    MaskArray,
    greedy,
    summed,
)
from analysis.panel import Panel
from analysis.search import nearest_rows
from analysis.spectrum import FloatArray

WHOLE = 2000
NEAREST = 96
NEAREST_TO_REST = 48
ROWS_OF_LARGE = 32
RAMAN_SCALE = 0.6
"""Raman references differ less from instrument to instrument than infrared ones."""
TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """References as the detection uses them.

    Attributes:
        atoms: the references; none of a large library, until `near` has chosen.
        index: where each stands in the library, ascending, shape (references,).
        families: the group of the panel that each belongs to; -1 for none.
        strengths: height of a unit-norm reference's highest band, shape (references,).
        mismatch: of the library.
        window: channels that are spoilt together, odd.
        library: all references, where only a part is used at a time.
        always: of a large library, those that are always among the chosen.
        groups: as `families`, for all references of the library.
        learned: how far its replicates differ, relative to the usual.
    """

    atoms: Atoms
    index: IndexArray
    families: IndexArray
    strengths: FloatArray
    mismatch: Mismatch
    window: int
    library: Library | None
    always: Chosen | None
    groups: IndexArray
    learned: float

    @classmethod
    def of(cls, library: Library, panel: Panel) -> "Candidates":
        """For a library and a watch list; the mismatch is learned where it has replicates."""
        recipe = library.recipe
        groups: IndexArray = np.full(len(library), -1, dtype=np.intp)
        groups[panel.tested] = panel.reference_group
        usual = RAMAN_SCALE if recipe.kind in {"raman", "counts"} else 1.0
        learned = learned_scale(
            library.feature_rows, Mismatch(library.rows, recipe, usual), library.owner
        )
        mismatch = Mismatch(library.rows, recipe, usual * learned)
        window = 2 * (recipe.window // 3) + 1
        large = len(library) > WHOLE
        first = np.unique(panel.tested) if large else np.arange(len(library), dtype=np.intp)
        chosen = Chosen.of(library, first)
        none = first[:0]
        return cls(
            Atoms(chosen.features[none] if large else chosen.features),
            none if large else first,
            groups[none] if large else groups,
            chosen.heights[none] if large else chosen.heights,
            mismatch,
            window,
            library if large else None,
            chosen if large else None,
            groups,
            learned,
        )

    def rows_at_once(self, usual: int) -> int:
        """How many samples to take at a time."""
        return usual if self.library is None else ROWS_OF_LARGE

    def places(self, references: IndexArray) -> IndexArray:
        """Where these references of the library stand in `index`."""
        found: IndexArray = np.searchsorted(self.index, references)
        return found

    def near(
        self, features: FloatArray, tested: IndexArray, barred: Sequence[IndexArray] | None
    ) -> "tuple[Candidates, MaskArray | None]":
        """The references to use for some samples, and which of them each sample may use.

        Args:
            features: unit-norm features of the samples, shape (rows, points).
            tested: references that must be among them.
            barred: references that may not be used, for each row.
        """
        library, always = self.library, self.always
        if library is None or always is None:
            return self, _allowed(len(features), len(self.atoms), barred)
        first = self._nearest(features, NEAREST, barred)
        index, allowed = _pool(first, tested, barred)
        chosen = always.with_only(library, index)
        atoms = Atoms(chosen.features)
        plain = np.ones(features.shape, dtype=np.float32)
        support, amounts = greedy(features, plain, atoms, LEAST_UNWEIGHTED, allowed)
        rest = features - summed(amounts, atoms.rows[support])
        rest = rest / np.maximum(np.linalg.norm(rest, axis=1), TINY)[:, None]
        second = self._nearest(rest, NEAREST_TO_REST, barred)
        both = [np.union1d(a, b) for a, b in zip(first, second, strict=True)]
        index, allowed = _pool(both, tested, barred)
        return self._only(chosen.with_only(library, index)), allowed

    def _nearest(
        self, features: FloatArray, count: int, barred: Sequence[IndexArray] | None
    ) -> list[IndexArray]:
        if self.library is None or not len(features):
            return []
        more = max((len(b) for b in barred), default=0) if barred is not None else 0
        found = nearest_rows(self.library, features, count + more)
        return [np.sort(rows.astype(np.intp)) for rows, _ in found]

    def _only(self, chosen: Chosen) -> "Candidates":
        return Candidates(
            Atoms(chosen.features),
            chosen.index,
            self.groups[chosen.index],
            chosen.heights,
            self.mismatch,
            self.window,
            None,
            None,
            self.groups,
            self.learned,
        )


def _pool(
    pools: list[IndexArray], tested: IndexArray, barred: Sequence[IndexArray] | None
) -> tuple[IndexArray, MaskArray]:
    """The references of all samples' pools and of the tested, and which each sample may use."""
    index = np.unique(np.concatenate([tested, *pools])).astype(np.intp)
    allowed = np.zeros((len(pools), index.size), dtype=bool)
    allowed[:, np.searchsorted(index, tested)] = True
    for row, pool in zip(allowed, pools, strict=True):
        row[np.searchsorted(index, pool)] = True
    for k, gone in enumerate(barred or ()):
        allowed[k] &= ~np.isin(index, gone)
    return index, allowed


def _allowed(rows: int, references: int, barred: Sequence[IndexArray] | None) -> MaskArray | None:
    if barred is None:
        return None
    allowed = np.ones((rows, references), dtype=bool)
    for row, gone in zip(allowed, barred, strict=True):
        row[gone] = False
    return allowed
