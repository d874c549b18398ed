"""How far each run of each bridge is stored: what is a repeat, and what may be acknowledged."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from hub.store.dialect import upsert
from hub.store.tables import ahead, progress

MAX_AHEAD = 10_000
"""A message so far beyond the first gap is not taken. A bridge never has so many on their way, and
its spool still holds what was not taken."""


@dataclass(slots=True)
class Run:
    """One run (boot) of one bridge, as read at the beginning of a transaction.

    Attributes:
        bridge_id: of which bridge.
        boot: which run.
        upto: everything up to here is stored or was given up by the bridge.
        first_ms: orders the runs of a bridge.
        last_ms: the newest time that was said in it.
        stored_ahead: stored messages beyond `upto`.
        added: of these, the ones that this transaction adds.
    """

    bridge_id: int
    boot: str
    upto: int
    first_ms: int
    last_ms: int = 0
    stored_ahead: set[int] = field(default_factory=set)
    added: set[int] = field(default_factory=set)

    def is_repeat(self, seq: int) -> bool:
        """Whether this message is stored already."""
        return seq <= self.upto or seq in self.stored_ahead

    def is_too_far(self, seq: int, oldest_held: int) -> bool:
        """Whether this message can't be taken yet."""
        return seq > max(self.upto, oldest_held - 1) + MAX_AHEAD

    def advance(self, seq: int, oldest_held: int) -> None:
        """This message is stored; what is below `oldest_held` is not waited for."""
        self.stored_ahead.add(seq)
        self.added.add(seq)
        self.upto = max(self.upto, oldest_held - 1)
        while self.upto + 1 in self.stored_ahead:
            self.upto += 1


def read_run(transaction: Connection, bridge_id: int, boot: str) -> Run | None:
    """What is known of a run; None: nothing."""
    of_run = (progress.c.bridge_id == bridge_id) & (progress.c.boot == boot)
    c = progress.c
    row = transaction.execute(select(c.upto, c.first_ms, c.last_ms).where(of_run)).first()
    if row is None:
        return None
    beyond = select(ahead.c.seq).where(ahead.c.bridge_id == bridge_id, ahead.c.boot == boot)
    stored = set(transaction.scalars(beyond))
    return Run(bridge_id, boot, row.upto, row.first_ms, row.last_ms or row.first_ms, stored)


def first_ms(transaction: Connection, bridge_id: int, boot: str) -> int:
    """The place of a run among the runs of its bridge; 0 for one that is not known."""
    of_run = (progress.c.bridge_id == bridge_id) & (progress.c.boot == boot)
    return transaction.scalar(select(progress.c.first_ms).where(of_run)) or 0


def write_run(transaction: Connection, run: Run) -> None:
    """Keep what `advance` changed."""
    row = {
        "bridge_id": run.bridge_id,
        "boot": run.boot,
        "upto": run.upto,
        "first_ms": run.first_ms,
        "last_ms": run.last_ms,
    }
    change = {"upto": run.upto, "last_ms": run.last_ms}
    upsert(transaction, progress, ("bridge_id", "boot"), row, change=change)
    _drop_reached(transaction, run)
    _insert(transaction, run, (seq for seq in run.added if seq > run.upto))
    run.stored_ahead = {seq for seq in run.stored_ahead if seq > run.upto}
    run.added.clear()


def _drop_reached(transaction: Connection, run: Run) -> None:
    if run.stored_ahead != run.added:  # nothing stands in the table when all came just now
        transaction.execute(
            delete(ahead).where(
                ahead.c.bridge_id == run.bridge_id,
                ahead.c.boot == run.boot,
                ahead.c.seq <= run.upto,
            )
        )


def _insert(transaction: Connection, run: Run, seqs: Iterable[int]) -> None:
    rows = [{"bridge_id": run.bridge_id, "boot": run.boot, "seq": seq} for seq in seqs]
    if rows:
        transaction.execute(insert(ahead), rows)
