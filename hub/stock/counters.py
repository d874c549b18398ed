"""What two readings of one counter say of the time between them. Pure.

Only lasting counters are believed where a machine has both kinds (EVA-DTS 6.1.1, PA201, PA301,
PA401 against PA203, PA303, PA403): the others are set to zero by whoever reads them.
"""

from dataclasses import dataclass

from hub.stock.events import Reading

MAX_LEAP = 10_000
"""No slot sells more between two readings; a greater step is another counter, not sales."""

WRAPS = (10_000, 2**32)
"""Where counters begin anew: four digits, 32 bits."""


@dataclass(frozen=True, slots=True)
class Step:
    """From one reading to the next.

    Attributes:
        sold: so many left for sure; 0 where nothing can be said.
        trouble: why the counter can't be followed past here; "" if it can.
        wrapped: how many left if the counter wrapped round; None if it can't have.
        doubt: why more may have left than `sold`; "" if not.
    """

    sold: int = 0
    trouble: str = ""
    wrapped: int | None = None
    doubt: str = ""


_BOARD = Step(trouble="the machine has another control board")
_INTERVAL = "the machine has only counters that each read may reset"
_RESET = "its counters were reset, and what left just before that is not known"


def another_board(before: Reading, after: Reading) -> bool:
    """Whether somebody else counts now; a board that is not named is not another one."""
    return bool(before.board and after.board and before.board != after.board)


def lasting(before: Reading, after: Reading, most: int) -> Step:
    """From one reading of a lasting counter to the next.

    Args:
        before: the earlier one; both must have `dispensed`.
        after: the later one.
        most: so many can have been in the slot.
    """
    step = (after.dispensed or 0) - (before.dispensed or 0)
    if another_board(before, after):
        return _BOARD
    if step < 0:
        said = f"its counter went back from {before.dispensed} to {after.dispensed}"
        return Step(trouble=said, wrapped=_wrapped(step, most))
    if step > MAX_LEAP:
        return Step(trouble=f"its counter leapt from {before.dispensed} to {after.dispensed}")
    return Step(step)


def _wrapped(step: int, most: int) -> int | None:
    for size in WRAPS:
        if 0 < step + size <= most:
            return step + size
    return None


def interval(before: Reading, after: Reading) -> Step:
    """The same of counters that a read can reset; both readings must have `since_reset`."""
    earlier, later = before.since_reset or 0, after.since_reset or 0
    if another_board(before, after):
        return _BOARD
    if before.resets is None or after.resets is None:
        return Step(later - earlier if later >= earlier else later, doubt=_INTERVAL)
    if after.resets == before.resets:
        if later < earlier:
            said = f"its counter went back from {earlier} to {later} though it says no reset"
            return Step(trouble=said)
        return Step(later - earlier)
    if after.resets < before.resets:
        return Step(trouble="its count of resets went back")
    return Step(later, doubt=_RESET)
