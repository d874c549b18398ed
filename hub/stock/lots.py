"""Which lots lie in a slot, in the order in which they were loaded.

Machines do not know lots. What vends first follows from how the machine is built: of a spiral that
is loaded from behind, what was loaded first ("fifo", the default); of a stack that is loaded and
vends from above, what was loaded last. That is an assumption, and people load as they please. So
two figures are kept of each lot: how many are left if the assumption holds, and how many can be
left at most, whatever the order. A recall goes by the second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hub.stock.events import LotCount, VendOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class LotState:
    """One lot in one slot.

    Attributes:
        lot: the maker's number.
        expires: the date on it, "2027-05-31"; "" if not known.
        expected: how many are left if items vend in the order assumed.
        most: how many can be left at most.
        loaded: how many were put in, ever.
        taken: how many left by vending, if in the order assumed.
        first_taken_ms: when the first of these left; None for none.
        last_taken_ms: when the last of these left.
        loaded_ms: when it was first put in.
    """

    lot: str
    expires: str
    expected: int
    most: int
    loaded: int
    taken: int
    first_taken_ms: int | None
    last_taken_ms: int | None
    loaded_ms: int


@dataclass(slots=True, eq=False)
class _Lot:
    lot: str
    expires: str
    loaded_ms: int
    most: int = 0
    loaded: int = 0
    taken: int = 0
    first_taken_ms: int | None = None
    last_taken_ms: int | None = None


@dataclass(slots=True)
class Lots:
    """The layers of one slot; the first of them vends first under "fifo"."""

    vend_order: VendOrder = "fifo"
    _layers: list[list[int | str]] = field(default_factory=list)  # [lot, count]
    _lots: dict[str, _Lot] = field(default_factory=dict)
    _present: list[_Lot] = field(default_factory=list)  # those of which something can be left

    @property
    def total(self) -> int:
        """How many there are in all layers."""
        return sum(int(layer[1]) for layer in self._layers)

    def load(self, count: int, lots: Sequence[LotCount], at_ms: int) -> None:
        """So many were put in behind the others; what no lot is named for is of lot ""."""
        named = 0
        for one in lots:
            self._add(one, at_ms)
            named += one.count
        if count > named:
            self._layers.append(["", count - named])

    def _add(self, one: LotCount, at_ms: int) -> None:
        if one.count <= 0:
            return
        self._layers.append([one.lot, one.count])
        if one.lot:
            known = self._known(one, at_ms)
            known.most += one.count
            known.loaded += one.count

    def _known(self, one: LotCount, at_ms: int) -> _Lot:
        known = self._lots.setdefault(one.lot, _Lot(one.lot, one.expires, at_ms))
        known.expires = known.expires or one.expires
        if known not in self._present:
            self._present.append(known)
        return known

    def vend(self, count: int, at_ms: int) -> None:
        """So many left by vending."""
        for lot, taken in self._take(count):
            known = self._lots.get(lot)
            if known is not None:
                known.taken += taken
                known.first_taken_ms = known.first_taken_ms or at_ms
                known.last_taken_ms = at_ms

    def _take(self, count: int) -> list[tuple[str, int]]:
        """Take from where the machine takes; what is not there can't be taken."""
        taken = []
        place = 0 if self.vend_order == "fifo" else -1
        while count > 0 and self._layers:
            layer = self._layers[place]
            part = min(count, int(layer[1]))
            taken.append((str(layer[0]), part))
            count -= part
            layer[1] = int(layer[1]) - part
            if not layer[1]:
                self._layers.pop(place)
        return taken

    def remove(self, count: int, lots: Sequence[LotCount], reason: str) -> None:
        """A person took so many out: of the lots named, else what expires first, else in front."""
        named = 0
        for one in lots:
            self._take_lot(one.lot, one.count)
            if one.lot in self._lots:
                self._lots[one.lot].most = max(0, self._lots[one.lot].most - one.count)
            named += one.count
        left = count - named
        if reason == "expired":
            for lot in self._by_expiry():
                left -= self._take_lot(lot, left)
        self._take(left)

    def _by_expiry(self) -> list[str]:
        dated = [lot for lot in self._lots.values() if lot.expires]
        return [lot.lot for lot in sorted(dated, key=lambda lot: lot.expires)]

    def _take_lot(self, lot: str, count: int) -> int:
        taken = 0
        for layer in self._layers:
            if layer[0] == lot and taken < count:
                part = min(count - taken, int(layer[1]))
                layer[1] = int(layer[1]) - part
                taken += part
        self._layers = [layer for layer in self._layers if layer[1]]
        return taken

    def count(self, total: int, lots: Sequence[LotCount], at_ms: int) -> None:
        """So many lie there; with lots named, these and no others."""
        if lots:
            self._replace(lots, at_ms)
            named = sum(one.count for one in lots)
            if total > named:
                self._layers.insert(0, ["", total - named])
        elif (surplus := self.total - total) > 0:
            self._take(surplus)
        elif surplus < 0:
            self._layers.append(["", -surplus])
        self.bound(total)

    def _replace(self, lots: Iterable[LotCount], at_ms: int) -> None:
        self._layers = []
        for known in self._present:
            known.most = 0
        self._present = []
        for one in lots:
            if one.count > 0:
                self._layers.append([one.lot, one.count])
            if one.lot and one.count > 0:
                known = self._known(one, at_ms)
                known.most += one.count
                known.loaded = max(known.loaded, known.taken + known.most)

    def bound(self, high: int | None) -> None:
        """There are no more than this many of anything."""
        if high is None or not self._present:
            return
        for known in self._present:
            known.most = min(known.most, high)
        if not high:
            self._present = []

    def states(self) -> tuple[LotState, ...]:
        """Every lot that ever lay here, what expires first in front."""
        left: dict[str, int] = {}
        for lot, count in self._layers:
            left[str(lot)] = left.get(str(lot), 0) + int(count)
        made = [
            LotState(
                lot=one.lot,
                expires=one.expires,
                expected=min(left.get(one.lot, 0), one.most),
                most=one.most,
                loaded=one.loaded,
                taken=one.taken,
                first_taken_ms=one.first_taken_ms,
                last_taken_ms=one.last_taken_ms,
                loaded_ms=one.loaded_ms,
            )
            for one in self._lots.values()
        ]
        return tuple(sorted(made, key=lambda one: (not one.expires, one.expires, one.lot)))
