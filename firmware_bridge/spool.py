"""The outbox on disk: what was learned stays here until the hub says that it has stored it.

SQLite in WAL mode, synchronous FULL: a committed row survives a power cut. Telemetry waits up to a
second so that many rows share one commit (a single-row commit writes 24 kB to the card, one of
twenty 3 kB); events are committed at once. The only file of this product that imports sqlite3.
"""

import itertools
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from firmware_bridge.contract.codec import encode_unstamped, stamp
from firmware_bridge.contract.messages import Body, Envelope
from firmware_bridge.contract.topics import BridgeAddress, MessageTopic
from firmware_bridge.errors import SpoolError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    boot TEXT NOT NULL, seq INTEGER NOT NULL,
    topic TEXT NOT NULL, event INTEGER NOT NULL, payload BLOB NOT NULL,
    UNIQUE (boot, seq)
);
CREATE TABLE IF NOT EXISTS unreadable (
    id INTEGER PRIMARY KEY, boot TEXT NOT NULL, seq INTEGER NOT NULL,
    topic TEXT NOT NULL, payload BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS memory (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
GROUP_ROWS = 20
"""So many waiting rows are committed at once even when a second has not passed."""

BATCH_BYTES = 4 * 1024 * 1024
"""A batch read from the spool ends with the message that passes this size."""

UNREADABLE_ROWS = 100
"""So many messages that the card has damaged are set aside; then the oldest go."""

_DROPPED = "spool.dropped"
_LATEST = "clock.latest_ms"


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was learned, by the bridge's clocks."""

    wall_ms: int
    monotonic_ms: int
    sane: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it has a number.

    Attributes:
        device: of which device.
        body: what is said.
        event: True for what must not wait for a group commit and is given up last.
    """

    device: str
    body: Body
    event: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A message that the hub has not yet acknowledged.

    Attributes:
        row: its place in the spool; rises for ever.
        boot: id of the run that made it.
        seq: its number in that run.
        topic: where it is published.
        payload: what is published.
    """

    row: int
    boot: str
    seq: int
    topic: str
    payload: bytes


Row = tuple[int, str, int, str, bytes]


@dataclass(slots=True)
class _Buffer:
    rows: list[tuple[str, int, str, bool, bytes]] = field(default_factory=list)
    memory: dict[str, str] = field(default_factory=dict)
    latest_ms: int = 0


class Spool:
    """One bridge's outbox. Every method may be called from any thread.

    Args:
        path: the database file; its folder is made if it is missing. A file that is damaged is
            set aside beside it (never deleted) and a new one is begun.
        address: whose messages these are.
        boot: id of this run.
        max_rows: more are never held; the oldest telemetry is given up first, and counted.

    Raises:
        SpoolError: the file can't be used.
    """

    def __init__(
        self, path: Path, address: BridgeAddress, boot: str, *, max_rows: int = 200_000
    ) -> None:
        self._address, self._boot, self._max_rows = address, boot, max_rows
        self._path = path
        self._lock = threading.RLock()
        self._buffer = _Buffer()
        self._seq = 0
        self.set_aside: Path | None = None
        with _converted(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._open_or_set_aside()
            self._rows: int = self._db.execute("SELECT count(*) FROM outbox").fetchone()[0]

    def append(
        self, drafts: Sequence[Draft], moment: Moment, memory: dict[str, str] | None = None
    ) -> None:
        """Take messages; at least one event among them commits everything at once.

        Args:
            drafts: what to say, in order.
            moment: when it was learned.
            memory: facts to remember in the same commit, so that what was said and what is known
                to have been said can't disagree.

        Raises:
            SpoolError: the commit failed; the messages are kept in memory for the next try, up to
                `max_rows`.
        """
        with self._lock:
            for draft in drafts:
                self._number(draft, moment)
            self._buffer.memory.update(memory or {})
            self._buffer.latest_ms = max(self._buffer.latest_ms, moment.wall_ms * moment.sane)
            if any(draft.event for draft in drafts) or len(self._buffer.rows) >= GROUP_ROWS:
                self.flush()

    def flush(self) -> None:
        """Commit what waits.

        Raises:
            SpoolError: the disk refused; nothing is lost from memory.
        """
        with self._lock, _converted(self._path):
            if not self._buffer.rows and not self._buffer.memory:
                return
            self._bound_buffer()
            with self._db:
                self._write_buffer()
            self._rows += len(self._buffer.rows)
            self._buffer = _Buffer()
            self._give_up_excess()

    def held_after(self, row: int, limit: int) -> list[Held]:
        """Committed messages behind a row, oldest first, stamped with what is held now.

        Raises:
            SpoolError: the disk refused.
        """
        query = "SELECT id, boot, seq, topic, payload FROM outbox WHERE id > ? ORDER BY id LIMIT ?"
        with self._lock, _converted(self._path):
            found = _up_to_bytes(self._db.execute(query, (row, limit)), BATCH_BYTES)
            oldest = {boot: self._oldest(boot) for boot in {each[1] for each in found}}
        return [
            Held(number, boot, seq, topic, stamp(payload, oldest[boot]))
            for number, boot, seq, topic, payload in found
        ]

    def acknowledge(self, boot: str, upto: int) -> int:
        """The hub has stored everything of that run up to a number: let go of it.

        Returns:
            How many messages left the spool.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock, _converted(self._path), self._db:
            gone = self._db.execute(
                "DELETE FROM outbox WHERE boot = ? AND seq <= ?", (boot, upto)
            ).rowcount
            self._rows -= gone
        return gone

    def set_apart(self, held: Held) -> None:
        """Take a message out of the way that is damaged and that no hub can ever acknowledge.

        It would hold up all that follows it. It stays in the file, and is counted as dropped.

        Raises:
            SpoolError: the disk refused.
        """
        row = (held.row, held.boot, held.seq, held.topic, held.payload)
        with self._lock, _converted(self._path), self._db:
            if self._db.execute("DELETE FROM outbox WHERE id = ?", (held.row,)).rowcount == 0:
                return
            self._db.execute("REPLACE INTO unreadable VALUES (?, ?, ?, ?, ?)", row)
            newest = "SELECT id FROM unreadable ORDER BY id DESC LIMIT ?"
            self._db.execute(
                f"DELETE FROM unreadable WHERE id NOT IN ({newest})",  # noqa: S608 - our own text
                (UNREADABLE_ROWS,),
            )
            self._count_dropped(1)
            self._remember({_DROPPED: self._buffer.memory[_DROPPED]})
            self._rows -= 1

    @property
    def depth(self) -> int:
        """Messages that the hub has not acknowledged, those in memory included."""
        with self._lock:
            return self._rows + len(self._buffer.rows)

    @property
    def dropped(self) -> int:
        """Messages given up because the spool was full or damaged them, since it was made."""
        return int(self.recall(_DROPPED) or 0)

    @property
    def latest_ms(self) -> int:
        """The latest sane wall clock time that this spool has seen (ms since 1970 UTC)."""
        return int(self.recall(_LATEST) or 0)

    def recall(self, name: str) -> str | None:
        """A fact that was remembered, or None.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock, _converted(self._path):
            if name in self._buffer.memory:
                return self._buffer.memory[name]
            row = self._db.execute("SELECT value FROM memory WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, name: str, value: str) -> None:
        """Remember a fact, on disk before this returns, with all that waits.

        Raises:
            SpoolError: the disk refused; it is kept in memory for the next try.
        """
        with self._lock:
            self._buffer.memory[name] = value
            self.flush()

    def forget(self, names: Iterable[str]) -> None:
        """Let go of facts that were remembered.

        Raises:
            SpoolError: the disk refused.
        """
        gone = [(name,) for name in names]
        with self._lock, _converted(self._path), self._db:
            for (name,) in gone:
                self._buffer.memory.pop(name, None)
            self._db.executemany("DELETE FROM memory WHERE name = ?", gone)

    def close(self) -> None:
        """Commit what waits and close the file.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock, _converted(self._path):
            self.flush()
            self._db.close()

    def _number(self, draft: Draft, moment: Moment) -> None:
        self._seq += 1
        address = self._address
        topic = MessageTopic(address.site, address.bridge, draft.device, draft.body.KIND)
        envelope = Envelope(
            site=address.site,
            bridge=address.bridge,
            device=draft.device,
            boot=self._boot,
            seq=self._seq,
            oldest_held=1,
            device_time_ms=moment.wall_ms,
            monotonic_ms=moment.monotonic_ms,
            clock_sane=moment.sane,
            body=draft.body,
        )
        row = (self._boot, self._seq, str(topic), draft.event, encode_unstamped(envelope))
        self._buffer.rows.append(row)

    def _write_buffer(self) -> None:
        self._db.executemany(
            "INSERT INTO outbox (boot, seq, topic, event, payload) VALUES (?, ?, ?, ?, ?)",
            self._buffer.rows,
        )
        facts = dict(self._buffer.memory)
        if self._buffer.latest_ms:
            facts[_LATEST] = str(self._buffer.latest_ms)
        self._remember(facts)

    def _remember(self, facts: dict[str, str]) -> None:
        self._db.executemany("REPLACE INTO memory (name, value) VALUES (?, ?)", facts.items())

    def _oldest(self, boot: str) -> int:
        query = "SELECT min(seq) FROM outbox WHERE boot = ?"
        return int(self._db.execute(query, (boot,)).fetchone()[0])

    def _bound_buffer(self) -> None:
        """While the disk refuses, memory must not grow for ever."""
        excess = len(self._buffer.rows) - self._max_rows
        if excess > 0:
            del self._buffer.rows[:excess]
            self._count_dropped(excess)

    def _give_up_excess(self) -> None:
        """Let go of the oldest telemetry, then of the oldest of anything; count what is lost."""
        excess = self._rows - self._max_rows
        if excess <= 0:
            return
        oldest = "SELECT id FROM outbox ORDER BY event, id LIMIT ?"
        with self._db:
            self._db.execute(f"DELETE FROM outbox WHERE id IN ({oldest})", (excess,))  # noqa: S608 - our own text
            self._remember({_DROPPED: str(self.dropped + excess)})
        self._rows -= excess

    def _count_dropped(self, lost: int) -> None:
        self._buffer.memory[_DROPPED] = str(self.dropped + lost)

    def _open_or_set_aside(self) -> sqlite3.Connection:
        try:
            return _open(self._path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) or not self._path.exists():
                raise
        self.set_aside = _unused(self._path, "damaged")
        self._path.rename(self.set_aside)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return _open(self._path)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_SCHEMA)
        _require_sound(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _up_to_bytes(rows: Iterable[Row], limit: int) -> list[Row]:
    taken, size = [], 0
    for row in rows:
        taken.append(row)
        size += len(row[-1])
        if size > limit:
            break
    return taken


def _require_sound(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _unused(path: Path, word: str) -> Path:
    numbered = (path.with_name(f"{path.name}.{word}-{number}") for number in itertools.count(1))
    return next(candidate for candidate in numbered if not candidate.exists())


@contextmanager
def _converted(path: Path) -> Iterator[None]:
    """Turn what the disk and SQLite raise into our own error."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, SpoolError):
            raise
        raise SpoolError(
            f"the spool {path} can't be used: {error}; look at free space (df) and at the card"
        ) from error


def remembered(text: str | None) -> dict[str, object]:
    """A remembered JSON object, or an empty one where there is none or it is damaged."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
