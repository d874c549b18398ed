"""What is remembered of one slot between its events."""

from hub.stock.drift import Drift, Evidence
from hub.stock.events import Level, Reading
from hub.stock.figures import SlotPlan
from hub.stock.lots import Lots
from hub.stock.reckoned import Reckoned


class SlotState:
    """One slot, as far as its events have been taken in."""

    def __init__(self, plan: SlotPlan | None = None) -> None:
        self.plan = plan or SlotPlan()
        self.product = ""
        self.reckoned = Reckoned()
        self.lots = Lots()
        self.anchor = ""  # "count", "fill" or "sensor": what the level goes back to
        self.anchor_ms = 0
        self.touched = False  # whether anything moved since the anchor
        self.doubts: dict[str, str] = {}
        self.drift_note = ""
        self.drifts: list[Drift] = []
        self.newest: Reading | None = None
        self.checked_ms = 0  # when a sensor last agreed
        self.seen: Level | None = None  # what a sensor saw, until the counters have caught up
        self.sold_out = False
        self.stuck: int | None = None  # how many should be left in spite of "sold out"
        self.wrapped: int | None = None  # the level, if a counter that went back had wrapped
        self.presses = 0
        self.happened: list[str] = []
        self.evidence = Evidence()
        self.source = ""
        self.last: Reading | None = None  # the newest with a lasting counter
        self.interval: Reading | None = None  # the newest with a counter that reads reset
        self.explicit = False  # whether the counter at the anchor is known from elsewhere
        self.vends: list[int] = []  # times of vends since the last reading
        self.pressed: Reading | None = None

    def settle(self, level: int, anchor: str, at_ms: int, tolerance: int = 0) -> None:
        """From here on everything is reckoned anew."""
        self.reckoned.put(level, tolerance)
        self.anchor, self.anchor_ms, self.checked_ms = anchor, at_ms, at_ms
        self.touched, self.explicit, self.wrapped = False, False, None
        self.doubts.clear()
        self.seen, self.evidence = None, Evidence()

    def touch(self, change: int) -> None:
        """Something moved since the anchor."""
        self.touched = True
        if self.wrapped is not None:
            self.wrapped = max(0, self.wrapped + change)

    def found_drift(self, drift: Drift) -> None:
        """Something else was found than was reckoned."""
        self.drifts.append(drift)
        of = "" if drift.reckoned is None else f" instead of {drift.reckoned}"
        self.happened.append(f"drift: {drift.found} found{of}")

    def reasons(self, difference: int) -> tuple[str, ...]:
        """What may have made this difference, in words."""
        return self.evidence.reasons(difference)
