"""How much is left in a slot, and how far that figure can be believed. Pure, and from events only.

Few machines say what they hold (EVA-DTS PA108 is optional and rare). What they do say is how many
items ever left. So the level is what a person counted, less what has left since. A figure never
pretends: it carries the time it is true for, where it comes from, and why it may be wrong.

`events` is what can happen, `ledger` is the engine, `past` any time before now, `tell` the
figure, `lots` which lot lies where, `unmet` who came in vain.
"""

from hub.stock.counters import MAX_LEAP
from hub.stock.drift import Drift
from hub.stock.events import (
    BRIDGE_KEPT,
    REASONS,
    Away,
    Entry,
    EntryKind,
    Event,
    Level,
    LotCount,
    PlanChange,
    Reading,
    VendOrder,
    VendSeen,
    Word,
)
from hub.stock.figures import Confidence, SlotPlan, StockFigure
from hub.stock.forecast import DAY_MS, days_to_empty
from hub.stock.ledger import Ledger
from hub.stock.lots import LotState
from hub.stock.past import Anchor, Step, figure_at, replay, steps, stock_figure
from hub.stock.tell import figure

__all__ = [
    "BRIDGE_KEPT",
    "DAY_MS",
    "MAX_LEAP",
    "REASONS",
    "Anchor",
    "Away",
    "Confidence",
    "Drift",
    "Entry",
    "EntryKind",
    "Event",
    "Ledger",
    "Level",
    "LotCount",
    "LotState",
    "PlanChange",
    "Reading",
    "SlotPlan",
    "Step",
    "StockFigure",
    "VendOrder",
    "VendSeen",
    "Word",
    "days_to_empty",
    "figure",
    "figure_at",
    "replay",
    "steps",
    "stock_figure",
]
