"""A watch list as arrays: every reference that is tested, by substance, by family.

Columns are substances, in the order of the groups; units are verdicts.
"""

from dataclasses import dataclass

import numpy as np

from analysis.mixture import IndexArray, MaskArray
from analysis.spectrum import FloatArray
from analysis.watch import Watch

SISTER_AHEAD = 4.0
"""How much what a sister explains more counts against a substance."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Who is tested, as arrays.

    Attributes:
        tested: library indices of the tested references, by group and substance, shape (tested,).
        starts: where each substance's references begin in it, shape (substances,).
        group_of: group of each substance, shape (substances,).
        group_starts: where each group's substances begin, shape (groups,).
        names: of the substances.
        units: the verdicts, as (level, name).
        unit_group: the group of each unit, shape (units,).
        unit_substance: its substance; -1 for a family, shape (units,).
        leads: which units the false positives of the whole list are counted over, shape (units,).
    """

    tested: IndexArray
    starts: IndexArray
    group_of: IndexArray
    group_starts: IndexArray
    names: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    unit_group: IndexArray
    unit_substance: IndexArray
    leads: MaskArray

    @classmethod
    def of(cls, watch: Watch) -> "Panel":
        """The arrays of a watch list that was resolved against a library."""
        tested: list[int] = []
        starts: list[int] = []
        group_of: list[int] = []
        group_starts: list[int] = []
        names: list[str] = []
        units: list[tuple[str, str]] = []
        where: list[tuple[int, int]] = []
        leads: list[bool] = []
        for number, group in enumerate(watch.groups):
            group_starts.append(len(names))
            for k in range(len(group.names)):
                starts.append(len(tested))
                tested.extend(int(m) for m in group.members[group.owner == k])
                group_of.append(number)
            first = len(names)
            names.extend(group.names)
            for level, name in group.units():
                units.append((level, name))
                at = -1 if level == "family" else first + group.names.index(name)
                where.append((number, at))
                leads.append(level == "family" or not group.wanted)
        pairs = np.array(where, dtype=np.intp).reshape(-1, 2)
        return cls(
            np.array(tested, dtype=np.intp),
            np.array(starts, dtype=np.intp),
            np.array(group_of, dtype=np.intp),
            np.array(group_starts, dtype=np.intp),
            tuple(names),
            tuple(units),
            pairs[:, 0],
            pairs[:, 1],
            np.array(leads, dtype=bool),
        )

    @property
    def reference_group(self) -> IndexArray:
        """The group of each tested reference, shape (tested,)."""
        counts = np.diff(np.append(self.starts, self.tested.size))
        return np.repeat(self.group_of, counts)

    def best_references(self, scores: FloatArray) -> IndexArray:
        """For each substance, which column of `tested` scores best, shape (rows, substances)."""
        found = np.zeros((scores.shape[0], len(self.names)), dtype=np.intp)
        stops = np.append(self.starts, self.tested.size)
        for k, start in enumerate(self.starts):
            if stops[k + 1] - start == 1:
                found[:, k] = start
            else:
                found[:, k] = start + scores[:, start : stops[k + 1]].argmax(axis=1)
        return found

    def unit_scores(self, scores: FloatArray) -> FloatArray:
        """Scores of the verdicts from those of the substances, shape (rows, units).

        A family has the best of its members. A member has its own, less what another member of
        the family has more: what is left when a sister explains the same signal better.
        """
        if not self.units:
            return np.zeros((scores.shape[0], 0))
        best = np.maximum.reduceat(scores, self.group_starts, axis=1)[:, self.unit_group]
        own = np.where(self.unit_substance < 0, best, scores[:, self.unit_substance])
        with np.errstate(invalid="ignore"):
            behind = np.where(np.isfinite(own), best - own, 0.0)
        found: FloatArray = own - SISTER_AHEAD * behind
        return found
