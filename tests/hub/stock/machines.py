"""A plain machine with one slot, and what can be known of it: the oracle of the stock engine.

Written from what machines do (EVA-DTS, MDB/ICP), apart from the engine: it knows how many items
really lie there, and for itself whether anybody who only sees its counters could know. It shares
with the engine nothing but the shape of what is told (`hub.stock.events`).
"""

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from hub.stock import Away, Entry, Event, Level, PlanChange, Reading, SlotPlan, VendSeen, Word

State = Literal["uncounted", "exact", "uncertain", "hidden"]
"""What can be known: nothing was counted; the level; that the level can't be known; or something
happened that leaves no trace (an item taken by hand), until somebody counts again."""

CAPACITY, PAR = 20, 15
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Claim:
    """At this time so many lay there, and that much could be known."""

    at_ms: int
    items: int
    state: State
    hidden: bool


@dataclass
class Machine:
    """Time goes on with every act; `told` is what reached the hub, `claims` is the truth."""

    rng: Random
    items: int = 0
    now_ms: int = 1_000_000
    told: list[Event] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    found: list[tuple[int, int]] = field(default_factory=list)  # (time, difference) at counts
    counted: bool = False
    blind: bool = False
    hidden: bool = False
    hidden_items: int = 0
    names: int = 0

    def later(self, least_ms: int = 1, most_ms: int = 20 * MINUTE_MS) -> None:
        self.now_ms += self.rng.randint(least_ms, most_ms)

    def tell(self, event: Event, *, lost: float = 0.0) -> bool:
        """Whether it arrived; sometimes it comes twice."""
        if self.rng.random() < lost:
            return False
        self.told.append(event)
        if self.rng.random() < 0.1:
            self.told.append(event)
        return True

    def claim(self) -> None:
        if not self.counted:
            state: State = "uncounted"
        elif self.blind:
            state = "uncertain"
        else:
            state = "hidden" if self.hidden else "exact"
        self.claims.append(Claim(self.now_ms, self.items, state, self.hidden))

    def __post_init__(self) -> None:
        self.tell(PlanChange(at_ms=0, plan=SlotPlan(CAPACITY, PAR, 3), product="gauze"))

    def is_told(self) -> bool:
        """Whether the hub knows of every vend so far."""
        return True

    # ---- what people do

    def _name(self) -> str:
        self.names += 1
        return f"e{self.names}"

    def count(self, *, fill: bool = False) -> None:
        if fill:
            self.items = max(self.items, PAR)
            fill = self.items == PAR
        if self.counted and not self.blind and self.is_told() and not fill:
            self.found.append((self.now_ms, self.hidden_items))
        self.counted, self.blind, self.hidden, self.hidden_items = True, False, False, 0
        self._write("fill" if fill else "count", None if fill else self.items)

    def add(self) -> None:
        more = self.rng.randint(1, 6)
        self.items += more
        self._write("add", more)

    def remove(self) -> None:
        if self.items:
            less = self.rng.randint(1, self.items)
            self.items -= less
            self._write("remove", less)

    def _write(self, kind: Literal["count", "add", "remove", "fill"], count: int | None) -> None:
        """Enter it; sometimes wrongly at first, and sometimes hours later."""
        name, at = self._name(), self.now_ms
        recorded = at + self.rng.choice([0, 10, 5 * 3_600_000])
        right = Entry(at_ms=at, kind=kind, count=count, entry_id=name, recorded_ms=recorded)
        if self.rng.random() < 0.15 and count is not None:
            wrong = Entry(at_ms=at, kind=kind, count=count + 3, entry_id=name, recorded_ms=recorded)
            mended = self._name()
            self.tell(wrong)
            right = Entry(
                at_ms=at,
                kind=kind,
                count=count,
                entry_id=mended,
                corrects=name,
                recorded_ms=recorded + 5,
            )
        self.tell(right)

    def mistake(self) -> None:
        """An entry that was meant for another slot, taken back."""
        name = self._name()
        self.tell(Entry(at_ms=self.now_ms, kind="count", count=99, entry_id=name))
        void = Entry(
            at_ms=self.now_ms, kind="void", entry_id=self._name(), corrects=name, recorded_ms=7
        )
        self.tell(void)

    def take_by_hand(self) -> None:
        """Nobody writes it down."""
        if self.items:
            self.items -= 1
            self.hidden, self.hidden_items = True, self.hidden_items - 1

    def other_product(self) -> None:
        plan = SlotPlan(CAPACITY, PAR, 3)
        self.tell(PlanChange(at_ms=self.now_ms, plan=plan, product=f"product {self._name()}"))
        self.blind = self.blind or self.counted


@dataclass
class DexMachine(Machine):
    """It counts itself, and is read every few minutes."""

    counter: int = 0
    modulus: int = 2**63
    board: str = "B1"
    sold_out: bool = False
    presses: int = 0
    failed: int = 0
    ever_read: bool = False
    read_ms: int = 0
    read_counter: int = 0
    read_board: str = ""
    left_since_read: int = 0
    broken: bool = False
    count_ms: int = 0

    def vend(self, *, test: bool = False) -> None:
        del test  # a test vend moves stock and the counter alike
        if not self.items:
            self.sold_out, self.presses = True, self.presses + 1
            return
        self.items -= 1
        self._raise_counter()

    def _raise_counter(self) -> None:
        self.left_since_read += 1
        self.counter += 1
        if self.counter >= self.modulus:
            self.counter, self.broken = 0, True

    def is_told(self) -> bool:
        return self.ever_read and not self.left_since_read and not self.broken

    def fail(self) -> None:
        self.failed += 1
        self.tell(Word(at_ms=self.now_ms, name="jam"))

    def count(self, *, fill: bool = False) -> None:
        super().count(fill=fill)
        self.count_ms = self.now_ms
        self.sold_out = self.sold_out and not self.items

    def add(self) -> None:
        super().add()
        self.sold_out = False

    def new_board(self) -> None:
        self.board = f"B{self._name()}"
        self.counter, self.broken = self.rng.choice([0, self.counter, 700, 50_000]), True

    def clear_counters(self) -> None:
        self.counter, self.broken = 0, True

    def level(self) -> int | None:
        return None

    def read(self, lost: float = 0.15) -> None:
        said = Reading(
            observed_ms=self.now_ms,
            dispensed=self.counter,
            sold_out=self.sold_out,
            presses_sold_out=self.presses,
            failed=self.failed,
            board=self.board if self.rng.random() > 0.1 else "",
            source="dex",
            machine_level=self.level(),
            unchanged_ms=self.read_ms if self.ever_read else None,
        )
        if not self.tell(said, lost=lost):
            return
        self._learn(said.board)
        self.claim()

    def _learn(self, board: str) -> None:
        """What a reader can know now."""
        another = bool(board and self.read_board and board != self.read_board)
        step = self.counter - self.read_counter
        jumped = self.broken and not 0 <= step <= 10_000
        if self.counted and (not self.ever_read or another or jumped):
            self.blind = True
        elif self.counted and self.broken:
            self.hidden, self.hidden_items = True, 10**6  # it looks like sales
        elif self.counted and self.left_since_read and self.read_ms < self.count_ms:
            self.blind = True  # before or after the count?
        self.broken, self.left_since_read = False, 0
        self.ever_read, self.read_ms, self.read_counter = True, self.now_ms, self.counter
        self.read_board = board or self.read_board


@dataclass
class IntervalMachine(DexMachine):
    """It has only counters that whoever reads them may set to zero."""

    resets: int | None = 0
    was_reset: bool = False

    def new_board(self) -> None:
        self.clear_counters()

    def clear_counters(self) -> None:
        self.counter, self.was_reset = 0, True
        if self.resets is not None:
            self.resets += 1

    def read(self, lost: float = 0.15) -> None:
        said = Reading(
            observed_ms=self.now_ms,
            since_reset=self.counter,
            resets=self.resets,
            sold_out=self.sold_out,
            board=self.board,
            source="dex",
            unchanged_ms=self.read_ms if self.ever_read else None,
        )
        if not self.tell(said, lost=lost):
            return
        if self.counted and (self.was_reset or self.resets is None):
            self.blind = True
        self.was_reset = False
        self._learn(self.board)
        self.claim()


@dataclass
class SensorMachine(DexMachine):
    """As a DEX machine, with a level sensor that is wrong by one at most."""

    def see(self) -> None:
        noise = self.rng.choice([-1, 0, 0, 1])
        self.tell(Level(at_ms=self.now_ms, level=max(0, self.items + noise)))
        if self.rng.random() < 0.3:  # a hand in the slot
            self.later(1, 50)
            self.tell(Level(at_ms=self.now_ms, level=self.rng.randint(0, 40), settled=False))

    def vend(self, *, test: bool = False) -> None:
        super().vend(test=test)
        self.later(1, 2000)
        self.see()

    def add(self) -> None:
        super().add()
        self.later(1, 2000)
        self.see()

    def take_by_hand(self) -> None:
        super().take_by_hand()
        self.later(1, 2000)
        self.see()


@dataclass
class MdbMachine(Machine):
    """The bridge listens to every vend and counts it; while it is away it hears none."""

    tally: int = 0
    lineage: str = ""
    unheard: int = 0  # counted, but the message with the counter was lost
    seen: int = 0  # vends seen since the last counter that arrived
    ever_read: bool = False
    count_ms: int = 0
    read_ms: int = -1

    def count(self, *, fill: bool = False) -> None:
        super().count(fill=fill)
        self.count_ms = self.now_ms

    def vend(self, *, test: bool = False) -> None:
        if self.items:
            self.items -= 1
            self._heard(VendSeen(at_ms=self.now_ms, test=test))

    def fail(self) -> None:
        self.tell(VendSeen(at_ms=self.now_ms, outcome="failed"))

    def is_told(self) -> bool:
        return self.ever_read and not self.unheard

    def vend_cut_short(self) -> None:
        """The machine is reset in the middle; the standard calls that a success."""
        if self.items:
            left = self.rng.random() < 0.5
            self.items -= left
            arrived = self._heard(VendSeen(at_ms=self.now_ms, outcome="assumed"), claim=False)
            if self.counted and arrived:
                self.blind = True
            elif self.counted and not left:
                self.hidden, self.hidden_items = True, self.hidden_items + 1
            if not self.unheard:
                self.claim()

    def vend_somewhere(self) -> None:
        """The machine does not say from which slot."""
        here = bool(self.items) and self.rng.random() < 0.5
        self.items -= here
        if self.tell(VendSeen(at_ms=self.now_ms, here=False), lost=0.1):
            self.blind = self.blind or self.counted
        elif here:
            self.hidden, self.hidden_items = True, self.hidden_items - 1

    def _heard(self, vend: VendSeen, *, claim: bool = True) -> bool:
        self.lineage = self.lineage or f"L{self._name()}"
        self.tally, self.unheard = self.tally + 1, self.unheard + 1
        arrived = self.tell(vend, lost=0.1)
        self.seen += arrived
        said = Reading(
            observed_ms=self.now_ms,
            dispensed=self.tally,
            source="mdb",
            board=self.lineage,
            unchanged_ms=self.read_ms if self.ever_read else None,
        )
        if not self.tell(said, lost=0.1):
            return arrived
        if self.counted:
            if not self.ever_read and self.seen != self.tally:
                self.blind = True
            elif self.read_ms < self.count_ms and self.seen != self.unheard:
                self.blind = self.blind or self.unheard > 0
        self.unheard, self.seen, self.ever_read, self.read_ms = 0, 0, True, self.now_ms
        if claim:
            self.claim()
        return arrived

    def away(self) -> None:
        from_ms = self.now_ms
        self.later(3 * MINUTE_MS)
        self.items -= min(self.items, self.rng.randint(0, 3))
        self.later()
        self.tell(Away(at_ms=self.now_ms, from_ms=from_ms))
        self.blind = self.blind or self.counted
