"""Counts vends for machines that keep no lasting counters themselves. Pure.

MDB and FA FB tell of each vend as it happens, and a lost message would be a lost item. So the
bridge counts what it heard into counters that only rise, and sends those; a message that never
arrives costs nothing, the next one carries the whole. The counters live in the bridge's memory
(see `firmware_bridge.spool`) under a name of their own, the lineage: a new SD card starts a new
lineage, which the hub treats like a new control board.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from firmware_bridge.drivers.readings import SlotCounters, VendReading

MAX_SELECTIONS = 1_000
"""No machine has more; a line full of rubbish must not grow the memory."""


@dataclass(slots=True)
class _Tally:
    paid: int = 0
    free: int = 0
    test: int = 0
    failed: int = 0


@dataclass(slots=True)
class VendCounts:
    """What the bridge counted, by selection.

    Attributes:
        lineage: names this row of counting; "" until the first vend.
    """

    lineage: str = ""
    _tallies: dict[str, _Tally] = field(default_factory=dict)

    @classmethod
    def recalled(cls, said: object) -> "VendCounts":
        """What `remember` gave; nothing, where it is damaged."""
        if not isinstance(said, Mapping) or not isinstance(said.get("slots"), Mapping):
            return cls()
        try:
            tallies = {str(name): _Tally(*map(int, row)) for name, row in said["slots"].items()}
        except (TypeError, ValueError):
            return cls()
        return cls(str(said.get("lineage", "")), tallies)

    def remember(self) -> dict[str, object]:
        """All of it as JSON can hold it."""
        rows = {name: [t.paid, t.free, t.test, t.failed] for name, t in self._tallies.items()}
        return {"lineage": self.lineage, "slots": rows}

    def count(self, vend: VendReading, new_lineage: str) -> None:
        """Count one vend; one whose selection is not known can't be counted for any slot."""
        if vend.selection is None:
            return
        if vend.selection not in self._tallies and len(self._tallies) >= MAX_SELECTIONS:
            return
        self.lineage = self.lineage or new_lineage
        tally = self._tallies.setdefault(vend.selection, _Tally())
        if vend.outcome == "failed":
            tally.failed += 1
        elif vend.payment == "test":
            tally.test += 1
        elif vend.payment == "free":
            tally.free += 1
        else:
            tally.paid += 1

    def added_to(self, slots: tuple[SlotCounters, ...]) -> tuple[SlotCounters, ...]:
        """What a device tells of its slots, with our counters where it has none of its own."""
        told = {slot.selection: slot for slot in slots}
        for name in self._tallies:
            told.setdefault(name, SlotCounters(selection=name))
        return tuple(self._with_tally(slot) for slot in told.values())

    def _with_tally(self, slot: SlotCounters) -> SlotCounters:
        if not self.lineage or slot.dispensed is not None:
            return slot
        tally = self._tallies.get(slot.selection, _Tally())
        return replace(
            slot,
            paid=tally.paid,
            free=tally.free,
            test=tally.test,
            failed=tally.failed if slot.failed is None else slot.failed,
            dispensed=tally.paid + tally.free + tally.test,
        )
