"""The counters of our own controller board, put together from pages and vends."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firmware_bridge.drivers import _board_words as words
from firmware_bridge.drivers.readings import CountersReading, SlotCounters


@dataclass(frozen=True, slots=True)
class Counts:
    """One slot: all that left it (tests too), what failed, and how many of the first were tests."""

    dispensed: int
    failed: int
    test: int


@dataclass(slots=True)
class CounterTable:
    """What one board has told of its slots. A figure that goes back is passed on as it is.

    Attributes:
        board: its id.
        lineage: names the row of counting; another one counts anew.
        model: firmware, for people.
        names: the slots, in the board's order.
    """

    board: str
    lineage: str
    model: str
    names: tuple[str, ...]
    _counts: dict[str, Counts] = field(default_factory=dict)

    @classmethod
    def told(cls, hello: Mapping[str, object]) -> "CounterTable":
        """The empty table of the board that says hello.

        Raises:
            MalformedError: the message does not fit.
        """
        names = hello.get("slots")
        if not isinstance(names, list) or len(names) > words.MAX_SLOTS:
            raise words.MalformedError(f'"slots" must be a list of at most {words.MAX_SLOTS}')
        if not all(isinstance(name, str) and 0 < len(name) <= words.MAX_NAME for name in names):
            raise words.MalformedError(f"a slot's name has 1 to {words.MAX_NAME} characters")
        return cls(
            board=words.text(hello, "id"),
            lineage=words.text(hello, "line", 16),
            model=f"board, firmware {words.text(hello, 'fw', 20)}",
            names=tuple(names),
        )

    def is_of(self, other: "CounterTable") -> bool:
        """Whether the other one goes on with these counters."""
        mine = (self.board, self.lineage, self.names)
        return mine == (other.board, other.lineage, other.names)

    def page(self, message: Mapping[str, object]) -> bool:
        """Take one page; whether it was the last one.

        Raises:
            MalformedError: the message does not fit.
        """
        start = words.whole(message, "from", words.MAX_SLOTS)
        rows = words.rows(message, "slots", 3)
        for name, values in rows:
            dispensed, failed, test = (words.count(value, "slots") for value in values)
            self._set(name, Counts(dispensed, failed, test))
        return start + len(rows) >= words.whole(message, "of", words.MAX_SLOTS)

    def vend(self, message: Mapping[str, object]) -> None:
        """Take the counters that a vend brings with it.

        Raises:
            MalformedError: the message does not fit.
        """
        dispensed, failed, test = (words.whole(message, key) for key in ("d", "f", "x"))
        self._set(words.text(message, "sel", words.MAX_NAME), Counts(dispensed, failed, test))

    @property
    def is_complete(self) -> bool:
        """Whether every slot has been told of."""
        return self._counts.keys() == set(self.names)

    def total(self) -> int:
        """All that was counted, as every message of the board states it."""
        return sum(each.dispensed + each.failed for each in self._counts.values())

    def reading(self) -> CountersReading:
        """All of it. Nothing on this board takes money: what is no test is a free vend."""
        return CountersReading(
            source="board",
            slots=tuple(_slot(name, self._counts[name]) for name in self.names),
            serial=self.board,
            model=self.model,
            board=f"{self.board} {self.lineage}",
        )

    def _set(self, name: str, counts: Counts) -> None:
        if name in self.names:
            self._counts[name] = counts


def _slot(name: str, counts: Counts) -> SlotCounters:
    return SlotCounters(
        selection=name,
        dispensed=counts.dispensed,
        free=max(0, counts.dispensed - counts.test),
        test=counts.test,
        failed=counts.failed,
    )
