"""The watch list against a library: which references each target has, and who its relatives are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.entries import Entry
from analysis.mixture import IndexArray
from analysis.substances import find_substance, folded, names_of


@dataclass(frozen=True, slots=True)
class Group:
    """One family that is tested together, left out of the background as a whole.

    Attributes:
        family: its name in the library.
        wanted: True where the family itself is on the watch list.
        members: indices of all its references.
        owner: for each of them, which of `names` it is a reference of.
        names: all substances of the family, in alphabetical order.
        watched: which of `names` get a verdict of their own.
    """

    family: str
    wanted: bool
    members: IndexArray
    owner: IndexArray
    names: tuple[str, ...]
    watched: tuple[str, ...]

    def leads(self) -> tuple[tuple[str, str], ...]:
        """The verdicts that the whole list's false positives are counted over: (level, name)."""
        if self.wanted:
            return (("family", self.family),)
        return tuple(("substance", name) for name in self.watched)

    def units(self) -> tuple[tuple[str, str], ...]:
        """All verdicts it gives, the family's first: (level, name)."""
        own = (("family", self.family),) if self.wanted else ()
        return own + tuple(("substance", name) for name in self.watched)


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch list as one library can serve it.

    Attributes:
        targets: the names as given.
        groups: what can be tested, by family.
        missing: names that the library has no reference of.
        order: the verdicts in the order of the targets, each once: the number of its group and
            its place among the group's units; or a name of `missing`.
    """

    targets: tuple[str, ...]
    groups: tuple[Group, ...]
    missing: tuple[str, ...]
    order: "tuple[tuple[int, int] | str, ...]"


def resolve(targets: Sequence[str], entries: Sequence[Entry]) -> Watch:
    """Find the targets among a library's substances and families, by any of their names.

    Args:
        targets: names of families or substances.
        entries: the library's entries.
    """
    entries = tuple(entries)  # a library makes its records when they are asked for
    families = {folded(e.family): e.family for e in entries}
    wanted: dict[str, bool] = {}
    singled: dict[str, set[str]] = {}
    missing: list[str] = []
    for target in dict.fromkeys(targets):
        if folded(target) in families:
            wanted[families[folded(target)]] = True
            continue
        names = names_of(target)
        found = {(e.family, e.substance) for e in entries if folded(e.substance) in names}
        for family, substance in found:
            singled.setdefault(family, set()).add(substance)
        if not found:
            missing.append(target)
    order = sorted({*wanted, *singled})
    groups = tuple(_group(f, entries, f in wanted, singled.get(f, set())) for f in order)
    ordered = tuple(dict.fromkeys(_ordered(targets, groups, frozenset(missing))))
    return Watch(tuple(targets), groups, tuple(missing), ordered)


def _ordered(
    targets: Sequence[str], groups: tuple[Group, ...], missing: frozenset[str]
) -> Iterator[tuple[int, int] | str]:
    families = {folded(group.family): number for number, group in enumerate(groups)}
    places: dict[str, tuple[int, int]] = {}
    for number, group in enumerate(groups):
        for place, (level, name) in enumerate(group.units()):
            if level == "substance":
                places.setdefault(_same_name(name), (number, place))
    for target in targets:
        family = families.get(folded(target))
        if target in missing:
            yield target
        elif family is not None:
            yield from ((family, place) for place in range(len(groups[family].units())))
        elif (place_of := places.get(_same_name(target))) is not None:
            yield place_of


def _same_name(name: str) -> str:
    row = find_substance(name)
    return folded(name if row is None else row.name)


def _group(family: str, entries: Sequence[Entry], wanted: bool, singled: Iterable[str]) -> Group:  # noqa: FBT001 - a yes or no of the group
    members = [i for i, e in enumerate(entries) if e.family == family]
    names = tuple(sorted({entries[i].substance for i in members}))
    owner = [names.index(entries[i].substance) for i in members]
    return Group(
        family=family,
        wanted=wanted,
        members=np.array(members, dtype=np.intp),
        owner=np.array(owner, dtype=np.intp),
        names=names,
        watched=names if wanted else tuple(sorted(singled)),
    )
