"""What the counters of a slot say of it, reading by reading (EVA-DTS 6.1.1, PA1 to PA5)."""

from dataclasses import replace

from hub.stock import counters
from hub.stock.events import BRIDGE_KEPT, Reading
from hub.stock.state import SlotState

NO_BASE = "Re-count needed: the counter was not known when it was counted."
NO_COUNTERS = "Re-count needed: the machine sends no counters."
LIKELY_MOST = 60
"""So many can have been in a slot of which nothing is known."""


class Counting(SlotState):
    """The side of a slot that follows its counters."""

    def count_reading(self, now: Reading) -> None:
        """Take in what the counters show now."""
        self._count_presses(now)
        if now.dispensed is not None:
            self._lasting(now, now.dispensed)
        elif now.since_reset is not None:
            self._resettable(now)
        elif self.anchor and self.source not in BRIDGE_KEPT:
            self.doubts[NO_COUNTERS] = NO_COUNTERS
            self.reckoned.doubt_low()

    def _lasting(self, now: Reading, dispensed: int) -> None:
        before, self.last = self.last, now
        if self.doubts.pop(NO_COUNTERS, None) and not self.doubts and self.anchor != "sensor":
            self.reckoned.low = self.reckoned.level or 0
        if before is not None:
            self._follow(counters.lasting(before, now, self._most()), before, now)
        elif self.source in BRIDGE_KEPT and len(self.vends) == dispensed:
            self._left(dispensed, Reading(observed_ms=-1, unchanged_ms=-1), now)
        else:
            self._no_base()

    def _resettable(self, now: Reading) -> None:
        before, self.interval = self.interval, now
        if before is not None:
            self._follow(counters.interval(before, now), before, now)
        else:
            self._no_base()

    def _no_base(self) -> None:
        """A first reading: what left between the count and it is not known."""
        self.vends = []
        if self.anchor:
            self.reckoned.doubt_low()
        if self.anchor and self.anchor != "sensor":  # a sensor would have seen it
            self.doubts[NO_BASE] = NO_BASE

    def _follow(self, step: counters.Step, before: Reading, now: Reading) -> None:
        if step.trouble:
            self._trouble(step)
            return
        if step.doubt and self.anchor:
            self.doubts[step.doubt] = f"Re-count needed: {step.doubt}."
            self.reckoned.doubt_low()
        if step.sold:
            self._left(step.sold, before, now)
        if now.test is not None and before.test is not None and now.test > before.test:
            self.evidence.tests += now.test - before.test
        if now.failed is not None and before.failed is not None and now.failed > before.failed:
            self.evidence.failed += now.failed - before.failed

    def _trouble(self, step: counters.Step) -> None:
        self.happened.append(step.trouble)
        self.evidence.troubles.append(step.trouble)
        self.vends = []
        if not self.anchor:
            return
        said = f"Re-count needed: {step.trouble}."
        self.wrapped = None
        if step.wrapped is not None and self.reckoned.level is not None and not self.doubts:
            self.wrapped = max(0, self.reckoned.level - step.wrapped)
            said += f" If it began anew from 0, {step.wrapped} left and {self.wrapped} are there."
            self.happened.append(f"possible wrap of the counter: {step.wrapped} left")
        self.doubts[step.trouble] = said
        self.reckoned.lose_sight()

    def _most(self) -> int:
        """How many can have been in the slot."""
        known = [self.reckoned.high, self.plan.capacity]
        return max([number for number in known if number is not None], default=LIKELY_MOST)

    def _left(self, count: int, before: Reading, now: Reading) -> None:
        """The counter rose: so many left between two readings, before or after the anchor."""
        vends, self.vends = self.vends, []
        if not self.anchor:
            self.lots.vend(count, now.observed_ms)
            return
        since_ms = before.observed_ms if now.unchanged_ms is None else now.unchanged_ms
        fresh = before.observed_ms <= self.anchor_ms and not self.explicit
        told = now.unchanged_ms is not None or self.anchor == "sensor" or before.observed_ms < 0
        if fresh and told and since_ms < self.anchor_ms:
            count = self._around(count, vends)
        self.explicit = False
        if count:
            self.reckoned.leave(count)
            self.lots.vend(count, now.observed_ms)
            self.touch(-count)

    def _around(self, count: int, vends: list[int]) -> int:
        """Some of these left before the anchor, some after it; how many surely after it."""
        if len(vends) == count:
            after = sum(at_ms > self.anchor_ms for at_ms in vends)
            self._explain(count - after, surely=True)
            return after
        self._explain(count, surely=False)
        if self.anchor == "sensor":  # it would have told of what left after it
            self.reckoned.low = max(0, self.reckoned.low - count)
            return 0
        self.doubts["around"] = (
            f"{count} left the slot around the time of the count; whether before or after it is "
            f"not known, so up to {count} more may be there."
        )
        self.reckoned.leave_perhaps(count)
        self.lots.vend(count, self.anchor_ms)
        self.touch(-count)
        return 0

    def _explain(self, count: int, *, surely: bool) -> None:
        """Of what was missing at the count, so many were, or may have been, sold before it."""
        if not self.drifts or self.drifts[-1].at_ms != self.anchor_ms or not count:
            return
        drift = self.drifts.pop()
        if not surely or drift.reckoned is None:
            self.drifts.append(replace(drift, unread=count))
        elif drift.reckoned - count != drift.found:
            self.drifts.append(replace(drift, reckoned=drift.reckoned - count))

    def _count_presses(self, now: Reading) -> None:
        if now.presses_sold_out is None:
            return
        before, self.pressed = self.pressed, now
        if before is not None and not counters.another_board(before, now):
            rise = now.presses_sold_out - (before.presses_sold_out or 0)
            self.presses += rise if 0 < rise <= counters.MAX_LEAP else 0
