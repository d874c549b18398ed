"""What happens to a slot, as frozen values. The stock engine knows nothing else of the world.

Every time is ms since 1970 UTC. Events come in any order and more than once; `hub.stock.order`
puts them right.
"""

from dataclasses import dataclass
from typing import Literal

from hub.stock.figures import SlotPlan

BRIDGE_KEPT = frozenset({"mdb", "fafb"})
"""Sources whose vends the bridge itself counts: what leaves while it is away is counted nowhere."""

EntryKind = Literal["count", "add", "remove", "fill", "void"]
"""What a person enters: how many lie there now; how many were put in; how many were taken out;
that it was filled to par; that an entry was a mistake and never happened."""

VendOrder = Literal["fifo", "lifo"]
"""Which of the items vends first: the one that was loaded first (a spiral that is loaded from
behind), or the last one (a stack that is loaded from above and vends from above)."""

REASONS = ("expired", "damaged", "recalled", "moved", "missing", "other")
"""Why items were taken out by a person; "missing" is stolen, or gone nobody knows how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One slot's counters at one moment; see `SelectionCount` for the meaning of each.

    Attributes:
        observed_ms: when.
        dispensed: items that left since the counters were made; None if the machine has none.
        since_reset: the same from counters that a read can reset.
        sold_out: whether the machine reports the slot sold out.
        machine_level: what the machine itself believes is left.
        board: identity of the control board; another one may count from elsewhere.
        source: who counted ("dex", "mdb", ...); "" where that was not kept.
        resets: how often the resettable counters were reset.
        presses_sold_out: how often it was asked for while sold out.
        failed: vends that failed; not in `dispensed`.
        test: test vends; in `dispensed`.
        unchanged_ms: until then the reading before still stood, as far as is known. What changed
            came after it. None: it came at the very time of this reading.
        seq: orders readings of the same time.
    """

    observed_ms: int
    dispensed: int | None = None
    since_reset: int | None = None
    sold_out: bool | None = None
    machine_level: int | None = None
    board: str = ""
    source: str = ""
    resets: int | None = None
    presses_sold_out: int | None = None
    failed: int | None = None
    test: int | None = None
    unchanged_ms: int | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What a level sensor saw; only what has settled counts.

    Attributes:
        tolerance: it can be so many items wrong.
    """

    at_ms: int
    level: int | None
    settled: bool = True
    tolerance: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class VendSeen:
    """One vend as it was seen. It explains; the counters are what is reckoned with.

    Attributes:
        outcome: "success", "failed" (the item stayed or came back) or "assumed" (the machine was
            reset before it could say; it counts as a success).
        test: whether it was a test vend.
        here: False where the machine did not say from which slot.
        key: tells two vends of the same millisecond apart.
    """

    at_ms: int
    outcome: Literal["success", "failed", "assumed"] = "success"
    test: bool = False
    here: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something that the machine reported of the slot or of itself: "jam", "vend-failed", ..."""

    at_ms: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A bridge that counts for the machine was away from `from_ms` to `at_ms`."""

    at_ms: int
    from_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotCount:
    """So many items of one lot.

    Attributes:
        lot: the maker's number; "" for a lot that nobody read.
        expires: the date on the item, "2027-05-31"; "" if not known.
        count: how many.
    """

    lot: str
    expires: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a person said of a slot.

    Attributes:
        at_ms: when they stood before the machine.
        kind: see `EntryKind`.
        count: how many; for "fill" the par, or None: that of the plan of the time.
        lots: of a count: all that lies in the slot; of the others: what was put in or taken out.
        reason: of a removal, one of `REASONS`.
        entry_id: who enters it gives it a name, so that it can come twice and be corrected.
        corrects: the entry that this one takes the place of; "" for none.
        recorded_ms: when the hub learned of it; of two corrections the later one stands.
        dispensed_at: what the counter showed then, where that is known better than from readings.
    """

    at_ms: int
    kind: EntryKind
    count: int | None = None
    lots: tuple[LotCount, ...] = ()
    reason: str = ""
    entry_id: str = ""
    corrects: str = ""
    recorded_ms: int = 0
    dispensed_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """A version of the planogram took effect.

    Attributes:
        service_ms: when the restock began at whose close it took effect; a count since then is
            already one of the new product.
    """

    at_ms: int
    plan: SlotPlan
    product: str = ""
    vend_order: VendOrder = "fifo"
    service_ms: int | None = None


Event = Reading | Level | VendSeen | Word | Away | Entry | PlanChange
