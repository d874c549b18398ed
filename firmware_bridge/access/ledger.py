"""What was taken for each code: how often, and lately how much. Pure.

Only a code's hash, two counts and rounded times are kept, and no time at all where no quota needs
one: what lies on the card must say as little as possible of when somebody was there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

STEPS_A_PERIOD = 24
SHORTEST_STEP_MS = 60_000

OPEN = ""
"""The account of a machine that needs no code."""


@dataclass(slots=True)
class _Account:
    uses: int = 0
    taken: list[list[int]] = field(default_factory=list)  # pairs: at the latest when, how many


@dataclass(slots=True)
class Ledger:
    """One account for each code that was ever used here, by its hash."""

    _accounts: dict[str, _Account] = field(default_factory=dict)

    def uses(self, digest: str) -> int:
        """How many sessions a code had."""
        return self._accounts.get(digest, _Account()).uses

    def taken(self, digest: str, now_ms: int, period_s: int) -> int:
        """How many items were taken for a code within the period before now, or a little more."""
        account = self._accounts.get(digest, _Account())
        return sum(items for at_ms, items in account.taken if at_ms > now_ms - period_s * 1000)

    def use(self, digest: str) -> None:
        """A code had a session. A machine that is open counts none."""
        if digest != OPEN:
            self._accounts.setdefault(digest, _Account()).uses += 1

    def take(self, digest: str, items: int, now_ms: int, period_s: int) -> None:
        """Items were taken for a code; the time is kept rounded up to a part of the period."""
        if items <= 0:
            return
        account = self._accounts.setdefault(digest, _Account())
        step_ms = max(SHORTEST_STEP_MS, period_s * 1000 // STEPS_A_PERIOD)
        at_ms = (now_ms // step_ms + 1) * step_ms
        account.taken = [pair for pair in account.taken if pair[0] > now_ms - period_s * 1000]
        if account.taken and account.taken[-1][0] == at_ms:
            account.taken[-1][1] += items
        else:
            account.taken.append([at_ms, items])

    def forget_times(self) -> None:
        """No quota is wanted, so no times either."""
        for account in self._accounts.values():
            account.taken = []

    def keep_only(self, digests: Iterable[str]) -> None:
        """Forget codes that are no longer in force."""
        kept = {OPEN, *digests}
        self._accounts = {name: each for name, each in self._accounts.items() if name in kept}

    def remember(self) -> dict[str, object]:
        """All of it as JSON can hold it."""
        return {name: [each.uses, each.taken] for name, each in self._accounts.items()}

    @classmethod
    def recalled(cls, said: object) -> "Ledger":
        """What `remember` gave; an empty one where it is damaged."""
        try:
            return cls({str(name): _recalled(row) for name, row in said.items()})  # type: ignore[attr-defined]  # tried
        except (AttributeError, TypeError, ValueError):
            return cls()


def _recalled(row: object) -> _Account:
    match row:
        case [int(uses), list(taken)]:
            return _Account(uses, [[int(at_ms), int(items)] for at_ms, items in taken])
    raise ValueError("no account")
