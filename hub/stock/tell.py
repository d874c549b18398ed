"""From what is known of a slot to what is said of it: the figure with its confidence and notes."""

from hub.stock.events import BRIDGE_KEPT
from hub.stock.figures import Confidence, StockFigure
from hub.stock.ledger import STUCK, Ledger

NEVER = "Not counted yet: count the slot once, and its level will be followed."
MACHINE_LEVEL_STANDS = BRIDGE_KEPT | {"board"}
"""Sources where the machine's own level does not hang on the counters that were lost."""


def figure(ledger: Ledger, heard_ms: int | None = None) -> StockFigure:
    """The slot's level.

    Args:
        ledger: what is known.
        heard_ms: when the machine was last understood; unchanged counters are true up to then.
    """
    level, confidence, notes = _level(ledger)
    plan = ledger.plan
    if plan.capacity and level is not None and level > plan.capacity:
        notes += (f"More than the capacity of {plan.capacity}: check the count.",)
    low, high = _bounds(ledger, confidence)
    return StockFigure(
        level=level,
        capacity=plan.capacity,
        par=plan.par,
        minimum=plan.minimum,
        as_of_ms=None if level is None else _as_of_ms(ledger, heard_ms),
        confidence=confidence,
        notes=notes,
        low=low,
        high=high,
    )


def _bounds(ledger: Ledger, confidence: Confidence) -> tuple[int, int | None]:
    seen, reckoned = ledger.seen, ledger.reckoned
    if confidence == "sensor" and seen is not None and seen.level is not None:
        return max(0, seen.level - seen.tolerance), seen.level + seen.tolerance
    if confidence in {"machine", "unknown"}:
        return 0, reckoned.high if ledger.sold_out and not reckoned.over else None
    return reckoned.low, None if reckoned.over else reckoned.high


def _as_of_ms(ledger: Ledger, heard_ms: int | None) -> int:
    times = [ledger.anchor_ms, ledger.checked_ms]
    if ledger.newest is not None:
        times += [ledger.newest.observed_ms, heard_ms or 0]
    return max(times)


_Told = tuple[int | None, Confidence, tuple[str, ...]]


def _level(ledger: Ledger) -> _Told:
    if not ledger.anchor:
        return _machine_word(ledger)
    level, notes = ledger.reckoned.level, _notes(ledger)
    if ledger.sold_out:
        return 0, "machine", notes
    machine = _machine_level(ledger)
    if ledger.doubts or ledger.reckoned.over:
        stands = ledger.newest is not None and ledger.newest.source in MACHINE_LEVEL_STANDS
        if level is None and machine is not None and stands:
            return machine, "machine", (*notes, "Meanwhile this is the machine's own figure.")
        return level, "uncertain", notes
    if machine is not None and level is not None and machine != level:
        notes += (f"The machine itself says {machine}: drift. Count again.",)
    return _sound(ledger), _confidence(ledger), notes


def _sound(ledger: Ledger) -> int | None:
    return ledger.reckoned.level if ledger.seen is None else ledger.seen.level


def _confidence(ledger: Ledger) -> Confidence:
    if ledger.seen is not None or ledger.anchor == "sensor":
        return "sensor"
    return "computed" if ledger.touched else "counted"


def _machine_level(ledger: Ledger) -> int | None:
    """What the machine says it holds, if it said so after the last count."""
    newest = ledger.newest
    if newest is None or newest.observed_ms <= ledger.anchor_ms or newest.machine_level is None:
        return None
    return max(0, newest.machine_level)


def _machine_word(ledger: Ledger) -> _Told:
    if ledger.sold_out:
        return 0, "machine", ("The machine reports it sold out.", NEVER)
    newest = ledger.newest
    if newest is not None and newest.machine_level is not None:
        level = max(0, newest.machine_level)
        return level, "machine", ("This is the machine's own figure.", NEVER)
    return None, "unknown", (NEVER,)


def _notes(ledger: Ledger) -> tuple[str, ...]:
    said = list(ledger.doubts.values())
    if ledger.sold_out:
        said = [one for key, one in ledger.doubts.items() if key != STUCK]
        if ledger.stuck:
            said.append(
                f"The machine reports it sold out although {ledger.stuck} should be left: drift."
            )
            said.append("Look for a jam, then count again.")
    if ledger.reckoned.over:
        over = ledger.reckoned.over
        said.append(f"More left the slot than was counted ({over} more): drift. Count again.")
    if ledger.drift_note:
        said.append(ledger.drift_note.strip())
    return tuple(said)
