"""One slot's events, one after the other, into what is in it: the stock engine.

    level = counted - (dispensed now - dispensed when counted)

and whatever makes that doubtful is remembered until a person counts, or a level sensor sees, what
there is. The engine guesses nothing: where the machine's counters do not allow a figure, it says
so, with the least and the most that there can be. EVA-DTS 6.1.1 PA1 to PA5 is where the counters
come from; MDB/ICP 4.2 what a vend without an end means.
"""

from dataclasses import replace

from hub.stock.counting import Counting
from hub.stock.drift import Drift
from hub.stock.events import (
    BRIDGE_KEPT,
    Away,
    Entry,
    Event,
    Level,
    PlanChange,
    Reading,
    VendSeen,
    Word,
)

AWAY = (
    "Re-count needed: the bridge, which counts for this machine, was away; what left meanwhile is "
    "not in the figure."
)
ASSUMED = "The machine was reset during a vend: one more may be left."
ELSEWHERE = "The machine vended without saying from which slot: fewer may be left."
PRODUCT = "Re-count needed: the slot holds another product now."
CLEARED = "Re-count needed: it was sold out and is not any more, but no restock was entered."
STUCK = "Re-count needed: the machine called it sold out while items should have been left."


class Ledger(Counting):
    """What is known of one slot; `take` wants its events in the order of `hub.stock.order`."""

    def take(self, event: Event) -> None:
        """Take in what happened next."""
        self.happened = []
        match event:
            case Reading():
                self._reading(event)
            case VendSeen():
                self._vend(event)
            case Entry():
                self._entry(event)
            case Level():
                self._level(event)
            case Word(name=name):
                self.evidence.word(name)
            case Away():
                self._away(event)
            case PlanChange():
                self._plan_change(event)
        self.lots.bound(self.reckoned.high)

    def _reading(self, now: Reading) -> None:
        if not now.board and self.newest is not None and self.newest.board:
            now = replace(now, board=self.newest.board)  # not named is not another one
        self.source = now.source or self.source
        self.count_reading(now)
        before, self.newest = self.newest, now
        if self.seen is not None and now.observed_ms >= self.seen.at_ms:
            rise = (now.dispensed or 0) - ((before and before.dispensed) or 0)
            self._catch_up(max(0, rise))
        self._confirm_wrap(now.machine_level)
        self._flag(sold_out=bool(now.sold_out))

    # ---- words of the machine and of sensors

    def _flag(self, *, sold_out: bool) -> None:
        """The machine's word on whether the slot is sold out (EVA-DTS event ELB)."""
        if not sold_out:
            if self.sold_out and self.anchor and self.anchor != "sensor":
                self.doubts[CLEARED] = CLEARED
                self.reckoned.lose_sight(unbounded=True)
                self.happened.append("no longer sold out, without an entry")
            self.sold_out, self.stuck = False, None
            return
        self.sold_out = True
        left = self.reckoned.level
        if self.anchor and (left or self.reckoned.high):
            self.stuck = left or self.stuck
            if left:
                self.found_drift(Drift(self._now_ms, left, 0, "sold-out", self.reasons(-left)))
            self.doubts[STUCK] = STUCK
            self.reckoned.level, self.reckoned.low = 0, 0
            self.touched = True

    @property
    def _now_ms(self) -> int:
        return self.newest.observed_ms if self.newest else self.anchor_ms

    def _level(self, seen: Level) -> None:
        if not seen.settled or seen.level is None:
            return
        if self.wrapped is not None and abs(self.wrapped - seen.level) <= seen.tolerance:
            self._confirm_wrap(self.wrapped)
        if not self.anchor or self.doubts or self.reckoned.over or self.reckoned.level is None:
            self.settle(seen.level, "sensor", seen.at_ms, seen.tolerance)
            self.lots.count(seen.level, (), seen.at_ms)
            return
        self.checked_ms = seen.at_ms
        self.seen = None if self._is_near(seen) else seen
        self.drift_note = self._sensor_note() if self.seen else ""

    def _is_near(self, seen: Level) -> bool:
        left = self.reckoned.level
        return left is not None and abs(left - (seen.level or 0)) <= seen.tolerance

    def _sensor_note(self) -> str:
        seen, left = self.seen, self.reckoned.level or 0
        if seen is None or seen.level is None:
            return ""
        reasons = self.reasons(seen.level - left)
        likely = f" Likely: {reasons[0]}." if reasons else ""
        return f"The sensor sees {seen.level}, {left} were reckoned: drift.{likely}"

    def _catch_up(self, sold: int) -> None:
        """Counters are read every few minutes, a sensor sees at once: now they can be compared."""
        seen, left = self.seen, self.reckoned.level
        if seen is None or seen.level is None:
            return
        self.seen = None
        if self._is_near(seen) and not self.doubts:
            self.drift_note = ""
            return
        if left is not None:
            reasons = self.reasons(seen.level - left)
            self.found_drift(Drift(seen.at_ms, left, seen.level, "sensor", reasons))
        note = self.drift_note
        self.settle(seen.level, "sensor", seen.at_ms, seen.tolerance)
        self.lots.count(seen.level, (), seen.at_ms)
        self.reckoned.low = max(0, self.reckoned.low - sold)
        self.drift_note = note

    def _confirm_wrap(self, level: int | None) -> None:
        """Something that knows the level says what the wrapped counter would make it."""
        if self.wrapped is None or level is None or level != self.wrapped:
            return
        surplus = self.lots.total - self.wrapped
        if surplus > 0:
            self.lots.vend(surplus, self._now_ms)
        self.reckoned.put(self.wrapped)
        self.doubts.clear()
        self.wrapped = None
        self.happened.append("the counter began anew from 0: confirmed by the level")

    def _vend(self, vend: VendSeen) -> None:
        bridge_counts = not self.source or self.source in BRIDGE_KEPT
        if vend.outcome == "failed":
            self.evidence.failed += 1
            return
        if not vend.here:
            self.evidence.elsewhere += 1
            if self.anchor and bridge_counts:
                self.doubts[ELSEWHERE] = ELSEWHERE
                self.reckoned.low = max(0, self.reckoned.low - 1)
            return
        self.vends.append(vend.at_ms)
        self.evidence.tests += vend.test
        if vend.outcome == "assumed" and bridge_counts and self.anchor:
            self.evidence.assumed += 1
            self.doubts[ASSUMED] = ASSUMED
            if self.reckoned.high is not None:
                self.reckoned.high += 1

    def _away(self, away: Away) -> None:
        if self.source and self.source not in BRIDGE_KEPT:
            return
        self.evidence.away += 1
        if self.anchor and away.at_ms > self.anchor_ms:
            self.doubts[AWAY] = AWAY
            self.reckoned.doubt_low()

    # ---- people

    def _plan_change(self, change: PlanChange) -> None:
        another = bool(self.product and change.product and self.product != change.product)
        self.plan, self.product = change.plan, change.product or self.product
        self.lots.vend_order = change.vend_order
        from_ms = change.at_ms if change.service_ms is None else change.service_ms
        if another and self.anchor and self.anchor_ms < from_ms:
            self.doubts[PRODUCT] = PRODUCT
            self.reckoned.lose_sight(unbounded=True)
            self.happened.append(f"holds {change.product} now")

    def _entry(self, entry: Entry) -> None:
        if entry.kind in {"add", "remove"}:
            self._moved(entry, entry.count or 0)
            return
        count = self.plan.par if entry.count is None else entry.count
        if count is None:
            self.happened.append("filled, but to what level nobody has said")
            return
        self._counted(entry, count)

    def _moved(self, entry: Entry, count: int) -> None:
        self.sold_out, self.stuck = self.sold_out and entry.kind == "remove", None
        if self.seen is not None:  # the sensor will say anew
            self.seen, self.drift_note = None, ""
        if entry.kind == "add":
            self.lots.load(count, entry.lots, entry.at_ms)
            self.reckoned.gain(count)
            self.touch(count)
        else:
            self.lots.remove(count, entry.lots, entry.reason)
            self.reckoned.leave(count)
            self.touch(-count)

    def _counted(self, entry: Entry, count: int) -> None:
        left = self.reckoned.level
        if self.wrapped is not None and count == self.wrapped:
            self.happened.append("the counter began anew from 0: confirmed by the count")
        if entry.kind == "count" and self.anchor:
            reasons = self.reasons(count - left) if left is not None else ()
            if left != count:
                self.found_drift(Drift(entry.at_ms, left, count, "count", reasons))
        if entry.kind == "fill":
            put_in = sum(one.count for one in entry.lots)
            self.lots.count(max(0, count - put_in), (), entry.at_ms)
            self.lots.load(put_in, entry.lots, entry.at_ms)
        else:
            self.lots.count(count, entry.lots, entry.at_ms)
        self.settle(count, entry.kind, entry.at_ms)
        self.drift_note = ""
        self.sold_out, self.stuck = False, None
        if entry.dispensed_at is not None:
            self._base(entry, entry.dispensed_at)

    def _base(self, entry: Entry, dispensed: int) -> None:
        """The counter at the time of the count is known better than from readings."""
        here = Reading(observed_ms=entry.at_ms, dispensed=dispensed)
        self.last = replace(self.last or here, observed_ms=entry.at_ms, dispensed=dispensed)
        self.explicit = True
