"""Decides who may take what from one machine, and counts it. Pure.

Clocks that can't be believed: hours and dates of validity are then not enforced, since a closed
machine can cost a life and an open one at night costs some supplies; uses and quotas hold all the
same, by time that certainly passed (`elapsed`).

A session begins when somebody is let in. It is remembered before anything may leave the machine.
When it ends and every item was told, the use counts if an item left. When it ends without that
being known (power cut, line lost), the use counts and so do all the items that were allowed.
"""

import hmac
import json
from dataclasses import dataclass, field
from typing import Literal

from firmware_bridge.access.decision import Decision, Refusal
from firmware_bridge.access.elapsed import Elapsed
from firmware_bridge.access.hours import is_open
from firmware_bridge.access.ledger import OPEN, Ledger
from firmware_bridge.access.tally import Tally
from firmware_bridge.access.throttle import Throttle
from firmware_bridge.contract.access import CodeGroup, DeviceAccess
from firmware_bridge.contract.access_codes import is_well_typed, normalized
from firmware_bridge.contract.messages import AccessCounts
from firmware_bridge.spool import Moment, remembered

SESSION_S = 90
"""So long somebody may take to choose, counted from the last item."""

GRACE_S = 30
"""After a session was called off, an item that is on its way may still be told for so long."""

_UNCOUNTED: frozenset[Refusal] = frozenset({"busy", "no-policy"})


@dataclass(slots=True)
class _Session:
    digest: str
    allowed: int
    since_ms: int
    items: int = 0
    approved: int = 0
    unsure: bool = False
    ending: bool = False
    charged: int = 0  # items that count as taken, though nobody told of them


@dataclass(slots=True)
class Gate:
    """The gate of one machine.

    Attributes:
        memory: what was counted before, as `remember` gave it; "" for a new machine.
        policy: what the hub said last; None: nothing, so nobody is let in by the bridge.
    """

    memory: str = ""
    policy: DeviceAccess | None = None
    _elapsed: Elapsed = field(default_factory=Elapsed)
    _throttle: Throttle = field(default_factory=Throttle)
    _ledger: Ledger = field(default_factory=Ledger)
    _tally: Tally = field(default_factory=Tally)
    _session: _Session | None = None
    _last: _Session | None = None
    _restored: bool = False

    def __post_init__(self) -> None:
        said = remembered(self.memory)
        self._elapsed = Elapsed.recalled(said.get("elapsed"))
        self._throttle = Throttle.recalled(said.get("throttle"))
        self._ledger = Ledger.recalled(said.get("ledger"))
        self._tally = Tally.recalled(said.get("tally"))
        self._session = _recalled(said.get("session"))
        self._restored = self._session is not None

    def remember(self) -> str:
        """What to keep before anything that was decided may happen."""
        session = self._session
        said = {
            "elapsed": self._elapsed.remember(),
            "throttle": self._throttle.remember(),
            "ledger": self._ledger.remember(),
            "tally": self._tally.remember(),
            "session": session and [session.digest, session.allowed, session.items],
        }
        return json.dumps(said, separators=(",", ":"))

    def set_policy(self, policy: DeviceAccess | None, moment: Moment) -> None:
        """Take what the hub says of this machine. A session that is open goes on.

        One that was open when the bridge ended is settled now, as it can't be before: what was
        allowed in it counts as taken.
        """
        self._now(moment)
        self.policy = policy
        if policy is None:
            return
        if self._restored:
            self._end_in_doubt()
        self._ledger.keep_only(digest for group in policy.codes for digest in group.digests)
        if policy.quota_items is None:
            self._ledger.forget_times()

    def hurdle(self, moment: Moment) -> Refusal | None:
        """What stands against letting anybody in now, whatever the code."""
        now_ms, policy = self._now(moment), self.policy
        if policy is None:
            return "no-policy"
        if policy.paused:
            return "paused"
        if policy.mode != "open" and self._throttle.is_paused(now_ms):
            return "too-many-tries"
        if moment.sane and not is_open(policy, moment.wall_ms):
            return "closed"
        return None

    def knock(self, moment: Moment) -> Decision | None:
        """Whether it is worth waiting for a code: the refusal where it is not."""
        refusal = self.hurdle(moment)
        return None if refusal is None else self._refuse(refusal, moment)

    def read(self, code: str, moment: Moment) -> Decision | str:
        """The first half of a decision on a code: what stands against it, or what is to be hashed.

        Hashing takes long and is done by the caller, who then calls `decide`.
        """
        refusal = self.hurdle(moment)
        if refusal is not None:
            return self._refuse(refusal, moment)
        if self.policy is not None and self.policy.mode == "open":
            session = self._session
            resumes = session is not None and not session.unsure and not session.ending
            return self._admit(OPEN, moment) if resumes else self.decide_open(moment)
        typed = normalized(code)
        return typed if is_well_typed(typed) else self._refuse("mistyped", moment)

    def decide(self, digest: str, moment: Moment) -> Decision:
        """The second half: the decision on a code by its keyed hash."""
        refusal = self.hurdle(moment)
        group = self._group(digest)
        if refusal is None and group is None:
            self._throttle.wrong(self._now(moment))
            refusal = "unknown-code"
        if refusal is None and group is not None:
            refusal = self._against(digest, group, moment)
        return self._admit(digest, moment) if refusal is None else self._refuse(refusal, moment)

    def decide_open(self, moment: Moment, items: int | None = None) -> Decision:
        """The decision where no code is asked for.

        Args:
            moment: now.
            items: how many are wanted; as many as a session may have, if not given.
        """
        refusal = self.hurdle(moment)
        if refusal is None:
            self._end_in_doubt()  # the machine asks anew, and of the last item nothing came
        if refusal is None and self._left(OPEN, moment) < 1:
            refusal = "quota"
        if refusal is not None:
            return self._refuse(refusal, moment)
        return self._admit(OPEN, moment, items)

    def choose(self) -> bool:
        """Whether one more choice at the machine belongs to the session that is open."""
        session = self._session
        if session is None or session.ending or session.approved >= session.allowed:
            return False
        session.approved += 1
        return True

    def vended(self, *, success: bool, moment: Moment) -> None:
        """The machine told of a vend that we allowed."""
        now_ms, session = self._now(moment), self._session
        if session is not None and not success:
            session.approved = max(0, session.approved - 1)
        if not success:
            return
        if self.policy is not None:
            self._tally.item(self.policy.mode, moment.wall_ms)
        if session is None:
            self._late(now_ms)
            return
        self._count(session.digest, 1, first=session.items == 0, now_ms=now_ms)
        session.items += 1
        session.since_ms = now_ms
        session.approved = max(session.approved, session.items)
        if session.items >= session.allowed:
            self._close(session)

    def doubt(self) -> None:
        """The machine could not be heard for a while: what left it may be unknown."""
        if self._session is not None:
            self._session.unsure = True

    def overdue(self, moment: Moment) -> Literal["", "cancel", "end"]:
        """What is due of the session: to call it off at the machine, and later to end it."""
        now_ms, session = self._now(moment), self._session
        if session is None:
            return ""
        if session.ending:
            return "end" if now_ms >= session.since_ms + GRACE_S * 1000 else ""
        if now_ms < session.since_ms + SESSION_S * 1000:
            return ""
        session.ending, session.since_ms = True, now_ms
        return "cancel"

    def end(self) -> None:
        """The session is over. What is not known to have stayed in the machine counts.

        That is: choices that were approved and of which nothing was told; and all that was allowed,
        if the machine could not be heard for a while.
        """
        session = self._session
        if session is None:
            return
        possible = session.allowed if session.unsure else session.approved
        session.charged = max(0, possible - session.items)
        if session.charged:
            first = session.items == 0
            self._count(session.digest, session.charged, first=first, now_ms=self._elapsed.now_ms)
        self._close(session)

    def counts(self, moment: Moment) -> list[AccessCounts]:
        """The hours that are over, once."""
        mode = self.policy.mode if self.policy is not None else None
        return self._tally.told(mode, moment.wall_ms)

    @property
    def serving(self) -> bool:
        """Whether a session is open."""
        return self._session is not None

    def _now(self, moment: Moment) -> int:
        return self._elapsed.advance(moment.monotonic_ms)

    def _group(self, digest: str) -> CodeGroup | None:
        """The group of a code, looked for in the same time wherever it stands."""
        found: CodeGroup | None = None
        for group in self.policy.codes if self.policy is not None else ():
            for each in group.digests:
                if hmac.compare_digest(each, digest):
                    found = group
        return found

    def _against(self, digest: str, group: CodeGroup, moment: Moment) -> Refusal | None:
        if moment.sane and not _is_valid(group, moment.wall_ms):
            return "expired"
        session = self._session
        if session is not None and session.digest == digest and session.unsure:
            self.end()
            session = None
        if session is not None:
            return "busy" if session.ending or session.digest != digest else None
        if group.uses is not None and self._ledger.uses(digest) >= group.uses:
            return "used-up"
        return None if self._left(digest, moment) >= 1 else "quota"

    def _left(self, digest: str, moment: Moment) -> int:
        policy, now_ms = self.policy, self._now(moment)
        if policy is None:
            return 0
        if policy.quota_items is None:
            return policy.items_per_session
        taken = self._ledger.taken(digest, now_ms, policy.quota_period_s)
        return min(policy.items_per_session, policy.quota_items - taken)

    def _admit(self, digest: str, moment: Moment, items: int | None = None) -> Decision:
        """Begin a session; who types the same code again goes on with the one that is open."""
        session = self._session
        if session is not None:
            session.since_ms = self._now(moment)
            return Decision(session.allowed - session.items, resumed=True)
        left = self._left(digest, moment)
        allowed = left if items is None else min(items, left)
        self._session = _Session(digest, allowed, self._now(moment))
        if self.policy is not None:
            self._tally.grant(self.policy.mode, moment.wall_ms)
        return Decision(allowed)

    def _refuse(self, refusal: Refusal, moment: Moment) -> Decision:
        if self.policy is not None and refusal not in _UNCOUNTED:
            self._tally.refuse(refusal, self.policy.mode, moment.wall_ms)
        return Decision(0, refusal)

    def _late(self, now_ms: int) -> None:
        """An item was told after its session: it belongs to the last one, if not counted yet."""
        last = self._last
        if last is None:
            return
        if last.charged:
            last.charged -= 1
        else:
            self._count(last.digest, 1, first=last.items == 0, now_ms=now_ms)
        last.items += 1

    def _count(self, digest: str, items: int, *, first: bool, now_ms: int) -> None:
        if first:
            self._ledger.use(digest)
        if self.policy is not None and self.policy.quota_items is not None:
            self._ledger.take(digest, items, now_ms, self.policy.quota_period_s)

    def _end_in_doubt(self) -> None:
        self.doubt()
        self.end()

    def _close(self, session: _Session) -> None:
        self._session, self._last, self._restored = None, session, False


def _is_valid(group: CodeGroup, wall_ms: int) -> bool:
    begun = group.valid_from_ms is None or group.valid_from_ms <= wall_ms
    return begun and (group.valid_until_ms is None or wall_ms < group.valid_until_ms)


def _recalled(said: object) -> _Session | None:
    match said:
        case [str(digest), int(allowed), int(items)]:
            return _Session(digest, allowed, 0, items)
    return None
