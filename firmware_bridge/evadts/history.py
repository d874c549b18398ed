"""Two audits of one machine held against each other: what can't be, noticed and never guessed.

A counter since initialisation only ever rises. Where one fell, the board was changed, somebody
cleared it, or it ran over its end (some count to 9999, to 65535 or to 32 bits): which of these it
was is for a person, so no vend is counted over it.
"""

from collections.abc import Iterator

from firmware_bridge.evadts.audit import Audit, Deviation, Identity, Selection

COUNTER_ENDS = (9_999, 65_535, 99_999, 999_999, 99_999_999, 0xFFFFFFFF)
"""The highest figures that counters are known or likely to have."""

NEAR_AN_END = 100
"""A counter that was at most so far from its end, and is at most so far behind zero, ran over."""

MAX_NOTED = 25

_COUNTERS = ("paid_vends", "free_vends", "test_vends")


def compare(before: Audit, after: Audit) -> tuple[Deviation, ...]:
    """What of `after` can't follow on `before`; at most `MAX_NOTED` of it."""
    found: list[Deviation] = []
    for deviation in _compared(before, after):
        if len(found) < MAX_NOTED:
            found.append(deviation)
    return tuple(found)


def _compared(before: Audit, after: Audit) -> Iterator[Deviation]:
    if _board(before.identity) != _board(after.identity):
        detail = f"was {_board(before.identity)}, is {_board(after.identity)}: counters begin anew"
        yield Deviation("machine-changed", detail)
        return
    if len(before.clock_date) == len(after.clock_date) and _clock(after) < _clock(before):
        detail = f"the machine's clock was {_clock(before)}, is {_clock(after)}"
        yield Deviation("clock-went-back", detail)
    now = {selection.selection_id: selection for selection in after.selections}
    for selection in before.selections:
        if selection.selection_id not in now:
            detail = f"{selection.selection_id!r} was in the audit before, and is not any more"
            yield Deviation("selection-gone", detail)
        else:
            yield from _counters(selection, now[selection.selection_id])


def _counters(before: Selection, after: Selection) -> Iterator[Deviation]:
    for name in _COUNTERS:
        was, is_now = getattr(before, name), getattr(after, name)
        if was is None or is_now is None or is_now >= was:
            continue
        what = f"{after.selection_id!r}: {name} was {was}, is {is_now}"
        end = next((end for end in COUNTER_ENDS if _ran_over(was, is_now, end)), None)
        if end is None:
            yield Deviation("counter-went-back", f"{what}; no vend is counted over that")
        else:
            detail = f"{what}: it may have run over {end}; no vend is counted over that"
            yield Deviation("counter-wrapped", detail)


def _ran_over(was: int, is_now: int, end: int) -> bool:
    return end - NEAR_AN_END <= was <= end and is_now <= NEAR_AN_END


def _board(who: Identity) -> tuple[str, str, str, str]:
    return (who.serial, who.board_serial, who.board_model, who.board_software)


def _clock(audit: Audit) -> str:
    return f"{audit.clock_date} {audit.clock_time}".strip()
