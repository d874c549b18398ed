"""A slot's past from its events: what it held at any time, and every step on the way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.stock.drift import Drift
from hub.stock.events import Away, Entry, Event, Level, PlanChange, Reading, VendSeen, Word
from hub.stock.figures import SlotPlan, StockFigure
from hub.stock.ledger import Ledger
from hub.stock.order import at_ms, in_order
from hub.stock.tell import figure


@dataclass(frozen=True, slots=True)
class Anchor:
    """A counted restock: how many lay in the slot, and what the counter showed then."""

    counted: int
    dispensed_at: int | None
    observed_ms: int

    def entry(self) -> Entry:
        """The same as an entry."""
        at = self.observed_ms
        return Entry(at_ms=at, kind="count", count=self.counted, dispensed_at=self.dispensed_at)


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to a slot, and what is said of it from then on.

    Attributes:
        at_ms: when, ms since 1970 UTC.
        what: "counters", "level", "vend", "word", "away", "plan", or the kind of an entry.
        figure: what is said from then on.
        happened: what was noticed, in words.
    """

    at_ms: int
    what: str
    figure: StockFigure
    happened: tuple[str, ...] = ()


_WHAT: dict[type, str] = {
    Reading: "counters",
    Level: "level",
    VendSeen: "vend",
    Word: "word",
    Away: "away",
    PlanChange: "plan",
}


def replay(events: Iterable[Event], until_ms: int | None = None) -> Ledger:
    """What is known of a slot after its events, in whatever order they are given.

    Args:
        events: all that is known of the slot.
        until_ms: leave out what happened later: the slot as it was then, as we know now.
    """
    ledger = Ledger()
    for event in in_order(events):
        if until_ms is not None and at_ms(event) > until_ms:
            break
        ledger.take(event)
    return ledger


def figure_at(
    events: Iterable[Event], until_ms: int | None = None, heard_ms: int | None = None
) -> StockFigure:
    """What is said of a slot at a time; see `replay` and `hub.stock.tell.figure`."""
    return figure(replay(events, until_ms), heard_ms)


def steps(events: Iterable[Event]) -> Iterator[Step]:
    """Every step of a slot's past, oldest first."""
    ledger = Ledger()
    for event in in_order(events):
        ledger.take(event)
        what = event.kind if isinstance(event, Entry) else _WHAT[type(event)]
        yield Step(at_ms(event), what, figure(ledger), tuple(ledger.happened))


def drifts(events: Iterable[Event]) -> list[Drift]:
    """Every difference that was ever found in a slot, oldest first."""
    return replay(events).drifts


def stock_figure(
    plan: SlotPlan,
    anchor: Anchor | None,
    readings: Iterable[Reading],
    heard_ms: int | None = None,
) -> StockFigure:
    """The level of one slot of which only counts and counters are known.

    Args:
        plan: what the slot is meant to hold.
        anchor: the newest counted restock, None if it was never counted.
        readings: its counters: the newest at or before the anchor (if there is one) and all after
            it. Unchanged readings may be left out.
        heard_ms: when the machine was last understood; unchanged counters are true up to then.
    """
    ledger = Ledger(plan)
    entries: list[Event] = [anchor.entry()] if anchor else []
    for event in in_order([*entries, *readings]):
        ledger.take(event)
    return figure(ledger, heard_ms)
