"""From the dispense status of an FA FB board to vends: one for each turn of a slot. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from firmware_bridge.drivers.readings import VendReading
from firmware_bridge.framing.fafb_messages import Dispense

RESULT_WAIT_S = 60.0
"""A turn that says nothing for so long will say nothing any more."""

_SUCCESS, _TAKE_OUT = 0x02, 0x24
_PROGRESS = frozenset({0x01, 0x10, 0x11, 0x14, 0x16, 0x18, 0x19, 0x22, 0x23, 0x26})
_ENDED = 0xFF
_REASONS = {
    0x03: "jam",
    0x04: "jam",
    0x06: "vend-failed",
    0x07: "elevator",
    0x12: "elevator",
    0x13: "elevator",
    0x25: "vend-failed",
    0x28: "vend-failed",
    0x29: "elevator",
    _ENDED: "vend-failed",
}


@dataclass(slots=True)
class _Turn:
    """One slot that is being turned.

    Attributes:
        selection: which.
        authorised: the bridge let it happen.
        heard_at_s: when it last gave a sign.
        settled: its outcome was told.
    """

    selection: int
    authorised: bool
    heard_at_s: float
    settled: bool = False


class Vends:
    """Follows the turns of slots.

    Args:
        price_minor: what a slot costs, None where that is not known.
    """

    def __init__(self, price_minor: Callable[[int | None], int | None]) -> None:
        self._price_minor = price_minor
        self._turn: _Turn | None = None
        self._money_seen = False

    @property
    def due_s(self) -> float | None:
        """When `overdue` has something to say."""
        turn = self._turn
        return None if turn is None or turn.settled else turn.heard_at_s + RESULT_WAIT_S

    def money(self, amount_minor: int) -> None:
        """Money was seen: what is vended next is paid, unless it costs nothing."""
        self._money_seen = self._money_seen or amount_minor > 0

    def bought(self, selection: int, now_s: float, *, authorised: bool) -> list[VendReading]:
        """A slot was ordered to turn; what was not settled before is now."""
        lost = self._assumed()
        self._turn = _Turn(selection, authorised, now_s)
        return lost

    def take(self, dispense: Dispense, now_s: float) -> list[VendReading]:
        """How far a turn is."""
        turn = self._turn
        selection = dispense.selection or (turn.selection if turn else None)
        mine = turn is not None and turn.selection == selection
        if dispense.status in _PROGRESS:
            return self._goes_on(selection, now_s)
        if dispense.status == _SUCCESS:
            return self._ended("success", selection, now_s)
        if dispense.status == _TAKE_OUT:
            told = mine and turn is not None and turn.settled
            return [] if told else self._ended("success", selection, now_s)
        if dispense.status not in _REASONS or (mine and turn is not None and turn.settled):
            return []
        if dispense.status == _ENDED and not mine:
            return []
        return self._ended("failed", selection, now_s, _REASONS[dispense.status])

    def overdue(self, now_s: float) -> list[VendReading]:
        """A turn whose result never came is taken to have brought its item."""
        if self.due_s is None or now_s < self.due_s:
            return []
        return self._assumed()

    def refused(self, selection: int) -> VendReading:
        """An order of ours never reached the board."""
        turn = self._turn
        if turn is not None and turn.selection == selection:
            turn.settled = True
        return self._vend("failed", selection, "communication", authorised=True)

    def _goes_on(self, selection: int | None, now_s: float) -> list[VendReading]:
        turn = self._turn
        if turn is not None and not turn.settled and turn.selection == selection:
            turn.heard_at_s = now_s
            return []
        if selection is None:
            return []
        return self.bought(selection, now_s, authorised=False)

    def _ended(
        self,
        outcome: Literal["success", "failed"],
        selection: int | None,
        now_s: float,
        reason: str = "",
    ) -> list[VendReading]:
        turn = self._turn
        if turn is None or turn.settled or turn.selection != selection:
            lost = self._assumed()
            turn = _Turn(selection or 0, authorised=False, heard_at_s=now_s)
        else:
            lost = []
        turn.settled = True
        self._turn = turn
        vend = self._vend(outcome, selection, reason, authorised=turn.authorised)
        return [*lost, vend]

    def _assumed(self) -> list[VendReading]:
        turn = self._turn
        if turn is None or turn.settled:
            return []
        turn.settled = True
        return [self._vend("assumed", turn.selection, "", authorised=turn.authorised)]

    def _vend(
        self,
        outcome: Literal["success", "failed", "assumed"],
        selection: int | None,
        reason: str,
        *,
        authorised: bool,
    ) -> VendReading:
        price_minor = self._price_minor(selection)
        payment: Literal["paid", "free", "unknown"] = "unknown"
        if authorised or price_minor == 0:
            payment = "free"
        elif self._money_seen:
            payment = "paid"
        if outcome != "failed":
            self._money_seen = False
        return VendReading(
            source="fafb",
            selection=None if not selection else str(selection),
            outcome=outcome,
            payment=payment,
            price_minor=price_minor,
            authorised=authorised,
            reason=reason,
        )
