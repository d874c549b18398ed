"""One line for each check, kept in memory.

Findings hold long curves, and lists are asked for every few seconds.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from dashboard import words
from hub.store.engine import Transaction
from hub.store.views import checks

KEPT = 500
"""So many lines are kept; the longest unused goes first."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A check in one line.

    Attributes:
        tone: how strongly it speaks.
        line: the words.
        stamp: "" or what must be read with it.
    """

    tone: words.Tone
    line: str
    stamp: str


@dataclass(slots=True)
class Summaries:
    """Lines by check and by the time of its findings. Threads may share it."""

    _known: OrderedDict[tuple[str, int | None], Summary] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, transaction: Transaction, row: checks.CheckRow) -> Summary:
        """The line of one check."""
        key = (row.id, row.findings_ms)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = _summary(transaction, row)
        with self._lock:
            self._known[key] = made
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return made


def _summary(transaction: Transaction, row: checks.CheckRow) -> Summary:
    findings = checks.findings(transaction, row.id)
    tone, line = words.summary(findings)
    marked = findings is not None and findings.library_grade != "reference"
    return Summary(tone, line, words.DEMONSTRATION_STAMP if marked else "")
