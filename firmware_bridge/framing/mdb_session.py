"""A cashless device's part in vending, over the adapter's text lines. Pure: lines and time in.

    begin N ->  C,START,funds     c,STATUS,IDLE       a session: N items may be taken
                                  c,STATUS,VEND,p,i   somebody chose
                C,VEND,p                              approved by itself, up to N times
                                  c,VEND,SUCCESS      it left the machine
                                  c,ERR,VEND 3        or not: the item may be chosen again
                C,STOP            c,STATUS,ENABLED    over

    without a session             c,STATUS,VEND,p,i   asked onward; "approve" or "deny" answers
                C,VEND,p or C,STOP

What was approved ends exactly once: with the machine's result, or as "assumed" when a reset, or
the end of the session, or a long silence takes the result away (MDB/ICP 4.2: a reset between
approval and success counts as success). Every state has a time after which it is left.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from firmware_bridge.framing.mdb import NON_RESPONSE_S
from firmware_bridge.framing.mdb_lines import Refusal, State, Status
from firmware_bridge.framing.mdb_turn import Asked, Ended, Rules, Told, Turn

SETTLE_S = 2.0
"""The machine went on without a result: so long one may still come."""

LINGER_S = 1.0
"""A session whose last item was taken is left to the machine so long, then it is ended."""

TRIES = 2
CANCELLED_BY_MACHINE = 1
FAILED_IN_MACHINE = 3


@dataclass(slots=True)
class _Vend:
    """A request of the machine, until it has its end."""

    item: int | None
    amount: Decimal
    until_s: float
    approved: bool = False
    counted: bool = False
    settling: bool = False


@dataclass(slots=True)
class _Session:
    """What a code opened.

    Attributes:
        left: items that may still be taken.
        until_s: when it ends by itself.
        is_open: the machine has it; else it was asked for, or the machine ended it.
        waits: an earlier one is being ended; it is asked for when that is over.
        tries: how often it was asked for.
        vended: an item was taken since the machine has it.
    """

    left: int
    until_s: float
    is_open: bool = False
    waits: bool = False
    tries: int = 0
    start_by_s: float | None = None
    vended: bool = False


class CashlessSession:
    """The state of one cashless device behind an adapter."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._session: _Session | None = None
        self._vend: _Vend | None = None
        self._stop_by_s: float | None = None
        self._stop_tries = 0
        self._result_owed = False
        self.state = State.OFFLINE

    @property
    def is_quiet(self) -> bool:
        """Whether nobody is vending now."""
        return self._session is None and self._vend is None and self._stop_by_s is None

    @property
    def wake_at_s(self) -> float | None:
        """When `wake` has something to do."""
        session, vend = self._session, self._vend
        times = [self._stop_by_s]
        times += [vend.until_s] if vend else []
        if session is not None and vend is None:
            times.append(session.start_by_s if session.start_by_s is not None else session.until_s)
        return min((when for when in times if when is not None), default=None)

    def lost(self) -> Turn:
        """The adapter, the port or the machine's controller began anew: nothing goes on."""
        turn = self._assume()
        if self._vend is not None:
            turn += Turn(seen=(Told("vend-cancelled", item=self._vend.item),))
        self._vend, self._stop_by_s = None, None
        self.state = State.OFFLINE
        return turn + self._forget_session()

    def begin(self, items: int, now_s: float) -> Turn:
        """A code was accepted: so many items may be taken now."""
        renewed = _Session(items, now_s + self._rules.choose_s)
        if self._vend is not None and not self._vend.approved:
            self._session = replace(renewed, is_open=True)
            return Turn(seen=(Told("session-begin"),)) + self._approve(now_s)
        if self._session is not None:
            self._session.left, self._session.until_s = items, renewed.until_s
            return Turn(seen=(Told("session-begin"),))
        if self._vend is not None:
            self._session = replace(renewed, is_open=True)
            return Turn(seen=(Told("session-begin"),))
        if self._stop_by_s is not None:
            start_by_s = now_s + NON_RESPONSE_S
            self._session = replace(renewed, waits=True, start_by_s=start_by_s)
            return Turn(seen=(Told("session-begin"),))
        if self.state is not State.ENABLED:
            return Turn(seen=(Told("session-refused", _WHY_NOT.get(self.state, "not ready")),))
        self._session = renewed
        return Turn(seen=(Told("session-begin"),)) + self._start(now_s)

    def approve(self, now_s: float) -> Turn:
        """The request that waits may be vended; one that waits no more is refused."""
        if self._vend is None or self._vend.approved or now_s >= self._vend.until_s:
            return Turn(seen=(Told("approval-late", "the request had ended before its answer"),))
        return self._approve(now_s)

    def deny(self, now_s: float) -> Turn:
        """The request that waits may not be vended."""
        if self._vend is None or self._vend.approved:
            return Turn()
        return self._deny(now_s)

    def cancel(self, now_s: float) -> Turn:
        """Nothing more may be taken; what was approved already goes on."""
        turn = self.deny(now_s)
        if self._session is None:
            return turn
        self._session.left = 0
        return turn if self._vend is not None else turn + self._end_session(now_s)

    def status(self, said: Status, now_s: float) -> Turn:
        """The adapter says where it stands."""
        self.state = said.state
        if said.state is State.VEND:
            return self._requested(said, now_s)
        if said.state in (State.INACTIVE, State.OFFLINE):
            turn, self.state = self.lost(), said.state
            return turn
        turn = self._passed_on(now_s) if said.state in (State.IDLE, State.ENABLED) else Turn()
        readers = {State.IDLE: self._idle, State.ENABLED: self._enabled}
        if said.state in readers:
            return turn + readers[said.state](now_s)
        return turn + self._disabled() if said.state is State.DISABLED else turn

    def vended(self, now_s: float) -> Turn:
        """What was approved has left the machine."""
        vend = self._vend
        if vend is None or not vend.approved:
            owed, self._result_owed = self._result_owed, False
            return Turn() if owed else Turn(seen=(Told("vend-unknown", _UNKNOWN_VEND),))
        self._vend = None
        return Turn(seen=(Ended(vend.item, vend.amount, "success"),)) + self._after_vend(now_s)

    def refused(self, said: Refusal, now_s: float) -> Turn:
        """An error line about one of our commands, or about what the machine did."""
        code = said.code if said.code is not None else 0
        if said.command == "VEND":
            return self._vend_refused(code, now_s)
        if said.command == "START" and self._session is not None and not self._session.is_open:
            return self._again(now_s)
        if said.command == "STOP":
            # There was nothing to stop: whatever was heard of a session is over, or was none.
            self._stop_by_s = None
            if self._vend is None and self.state in (State.VEND, State.IDLE):
                self.state = State.ENABLED
        return Turn()

    def wake(self, now_s: float) -> Turn:
        """Time has passed."""
        turn = Turn()
        if self._vend is not None and now_s >= self._vend.until_s:
            turn += self._vend_overdue(self._vend, now_s)
        if self._stop_by_s is not None and now_s >= self._stop_by_s:
            turn += self._stop_overdue(now_s)
        session = self._session
        if session is None or self._vend is not None:
            return turn
        if session.start_by_s is not None and now_s >= session.start_by_s:
            return turn + self._again(now_s)
        if session.start_by_s is None and now_s >= session.until_s:
            return turn + self._end_session(now_s)
        return turn

    def _requested(self, said: Status, now_s: float) -> Turn:
        vend = self._vend
        waits = vend is not None and not vend.approved
        if vend is not None and waits and (vend.item, vend.amount) == (said.item, said.amount):
            return Turn()
        turn = self._assume()
        self._vend, self._stop_by_s = None, None
        if self._session is not None:
            self._session.is_open, self._session.start_by_s = True, None
            self._session.waits = False
        if said.amount is None:
            return turn + self._deny(now_s, "vend-unreadable")
        self._vend = _Vend(said.item, said.amount, now_s + self._rules.answer_s)
        return turn + self._judge(said.amount, now_s)

    def _judge(self, amount: Decimal, now_s: float) -> Turn:
        """Approve within a session, ask onward outside, deny what is too dear or not wanted."""
        session = self._session
        if amount > self._rules.funds:
            return self._deny(now_s, "vend-too-dear")
        if session is not None and session.left > 0:
            return self._approve(now_s)
        if session is None and self._rules.selection_first and self._vend is not None:
            wait_s = self._rules.answer_s
            return Turn(seen=(Asked(self._vend.item, amount, wait_s),))
        return self._deny(now_s)

    def _approve(self, now_s: float) -> Turn:
        vend = self._vend
        if vend is None:
            return Turn()
        vend.approved, vend.until_s = True, now_s + self._rules.result_s
        self._result_owed = False
        if self._session is not None and self._session.left > 0:
            self._session.left -= 1
            vend.counted = True
        return Turn(send=(f"C,VEND,{vend.amount:f}",))

    def _deny(self, now_s: float, what: str = "vend-denied") -> Turn:
        item = None if self._vend is None else self._vend.item
        self._vend = None
        self._stop_by_s, self._stop_tries = now_s + NON_RESPONSE_S, 1
        return Turn(send=(self._rules.deny,), seen=(Told(what, item=item),))

    def _passed_on(self, now_s: float) -> Turn:
        """The machine is past the vend: a request is gone, a result must come now or never."""
        vend, self._stop_by_s = self._vend, None
        if vend is None:
            return Turn()
        if vend.approved:
            vend.until_s = vend.until_s if vend.settling else min(vend.until_s, now_s + SETTLE_S)
            vend.settling = True
            return Turn()
        self._vend = None
        return Turn(seen=(Told("vend-cancelled", item=vend.item),))

    def _idle(self, now_s: float) -> Turn:
        if self._session is not None and not self._session.waits:
            self._session.is_open, self._session.start_by_s = True, None
        elif self._vend is None:
            # A session that nobody here opened: the machine ends it, or we do.
            self._stop_by_s, self._stop_tries = now_s + NON_RESPONSE_S, 0
        return Turn()

    def _enabled(self, now_s: float) -> Turn:
        session = self._session
        if session is not None and session.waits:
            return self._start(now_s)
        if session is None or not session.is_open:
            return Turn()
        session.is_open = False
        return self._go_on(session, now_s) if self._vend is None else Turn()

    def _disabled(self) -> Turn:
        """By the standard a vend that is under way goes on; a session without one is over."""
        return Turn() if self._vend is not None else self._forget_session()

    def _after_vend(self, now_s: float) -> Turn:
        session = self._session
        if session is None:
            return Turn()
        session.vended = True
        wait_s = self._rules.choose_s if session.left else LINGER_S
        session.until_s = now_s + wait_s
        return Turn() if session.is_open else self._go_on(session, now_s)

    def _go_on(self, session: _Session, now_s: float) -> Turn:
        """The machine ended the session. It goes on if an item was taken and more may be."""
        if not session.vended or session.left <= 0 or now_s >= session.until_s:
            return self._forget_session()
        session.vended, session.tries = False, 0
        return self._start(now_s)

    def _start(self, now_s: float) -> Turn:
        session = self._session
        if session is None:
            return Turn()
        session.waits = False
        if not self._rules.code_first:
            session.is_open, session.start_by_s = True, None
            return Turn()
        session.tries += 1
        session.start_by_s = now_s + NON_RESPONSE_S
        return Turn(send=(f"C,START,{self._rules.funds:f}",))

    def _again(self, now_s: float) -> Turn:
        """A session was asked for and did not come."""
        session = self._session
        if session is None:
            return Turn()
        if session.tries < TRIES:
            turn = self._start(now_s)
            return Turn(send=("C,STOP", *turn.send))
        if self._rules.selection_first:
            # A machine that is always idle needs no session: the next request is approved.
            session.is_open, session.start_by_s = True, None
            return Turn()
        self._session = None
        return Turn(seen=(Told("session-refused", "the machine did not take the session"),))

    def _end_session(self, now_s: float) -> Turn:
        self._stop_by_s, self._stop_tries = now_s + NON_RESPONSE_S, 1
        return Turn(send=("C,STOP",)) + self._forget_session()

    def _forget_session(self) -> Turn:
        if self._session is None:
            return Turn()
        self._session = None
        return Turn(seen=(Told("session-end"),))

    def _vend_refused(self, code: int, now_s: float) -> Turn:
        vend = self._vend
        if vend is None:
            return Turn()
        self._vend = None
        if not vend.approved:
            return Turn(seen=(Told("vend-cancelled", item=vend.item),))
        if vend.counted and self._session is not None:
            self._session.left += 1
        why = "vend-failed" if code == FAILED_IN_MACHINE else "communication"
        ended = Ended(vend.item, vend.amount, "failed", why)
        return Turn(seen=(ended,)) + self._after_vend(now_s)

    def _assume(self) -> Turn:
        """The result of what was approved will not be heard."""
        vend = self._vend
        if vend is None or not vend.approved:
            return Turn()
        self._vend, self._result_owed = None, True
        if self._session is not None:
            self._session.vended = True
        return Turn(seen=(Ended(vend.item, vend.amount, "assumed"),))

    def _vend_overdue(self, vend: _Vend, now_s: float) -> Turn:
        if not vend.approved:
            return self._deny(now_s, "vend-unanswered")
        settled = vend.settling
        turn = self._assume()
        if settled:
            return turn + self._after_vend(now_s)
        stuck = f"approved, and no result within {self._rules.result_s:g} s"
        return turn + Turn(stuck=stuck)

    def _stop_overdue(self, now_s: float) -> Turn:
        if self._stop_tries >= TRIES:
            self._stop_by_s = None
            return Turn(stuck="it did not leave a session that was to end")
        self._stop_tries += 1
        self._stop_by_s = now_s + NON_RESPONSE_S
        return Turn(send=("C,STOP",))


_WHY_NOT = {
    State.OFFLINE: "the adapter is not ready",
    State.ONLINE: "the adapter waits for the machine",
    State.INACTIVE: "the machine does not talk to the adapter",
    State.DISABLED: "the machine has its card reader switched off",
}
_UNKNOWN_VEND = "a vend ended that this bridge did not approve"
