"""A table without its instruments: the real desk over a real spool, asked over a real socket.

What an instrument would measure is handed in by the test; `tests/walks/test_table_walk.py` has the
whole bridge with a simulated instrument in its place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from dashboard.table.app import create_table_app
from dashboard.table.bridge import Bridge
from dashboard.table.people import People, Role
from dashboard.table.services import TableServices
from firmware_bridge.check_book import CheckBook
from firmware_bridge.check_desk import CheckDesk
from firmware_bridge.contract.check.code import new_code
from firmware_bridge.contract.check.release import InstrumentState
from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import Findings
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.control import ControlServer
from firmware_bridge.errors import ControlError
from firmware_bridge.groups import group_of
from firmware_bridge.instrument.book import InstrumentBook, Nature
from firmware_bridge.instrument.desk import InstrumentDesk
from firmware_bridge.instrument.state import Log, Rules
from firmware_bridge.sighting_book import SightingBook
from firmware_bridge.spool import Draft, Moment, Spool
from tests.contract.samples import SINCE

NOW_MS = 1_795_000_000_000
PIN = "482913"
DEVICE = "ftir-1"


def findings(spectrum: str, **changes: Any) -> Findings:  # noqa: ANN401 - fields of Findings
    """Findings of a library that may be released from."""
    usual = SINCE["findings"]
    assert isinstance(usual, Findings)
    good: dict[str, Any] = {"library_grade": "reference", "releasable": True, "blocked_by": ()}
    return replace(usual, **(good | {"check": spectrum} | changes))


@dataclass
class Town:
    """A table, and what its instrument would answer next."""

    desk: CheckDesk
    instruments: InstrumentDesk
    clock: HandClock
    next_findings: dict[str, Any] = field(default_factory=dict)
    refusal: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def moment(self) -> Moment:
        return Moment(self.clock.now_ms(), 0, sane=True)

    def measured(self) -> str:
        """A spectrum comes from the instrument."""
        name = f"spectrum{next(self._numbers)}"
        self.desk.sightings.keep([Draft(DEVICE, findings(name, **self.next_findings), event=True)])
        return name

    def answer(self, question: dict[str, object]) -> dict[str, object]:
        match question:
            case {"do": "check"}:
                return self.desk.answer(question)
            case {"do": "instrument"}:
                return self.instruments.answer(question)
            case {"do": "status"}:
                return {
                    "folders": [],
                    "techniques": {DEVICE: "ir"},
                    "connected": False,
                    "spool_depth": 3,
                    "clock_sane": True,
                }
            case {"do": "ask", "what": "sample"} if self.refusal:
                return {"state": "failed", "check": "", "lines": [self.refusal]}
            case {"do": "ask", "what": "sample"}:
                return {"state": "done", "check": self.measured(), "lines": []}
            case {"do": "ask", "what": "background"}:
                self.instruments.book.note(DEVICE, background_ms=self.clock.now_ms())
                return {"state": "done", "check": "", "lines": ["background taken"]}
        raise ControlError("not here")


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """Open one, with a control socket that answers."""
    spool = Spool(folder / "spool.sqlite3", BridgeAddress("north", "pi"), "boot-1")
    clock, chance, numbers = HandClock(NOW_MS), Random(7), count(1)

    def moment() -> Moment:
        return Moment(clock.now_ms(), 0, sane=True)

    book = CheckBook(
        spool, moment, lambda: new_code(chance.choice), lambda: f"{next(numbers):032x}"
    )
    nature = Nature(Log(needs_background=True, on_since_ms=NOW_MS - 10_000_000), Rules())
    instruments = InstrumentBook(spool, {DEVICE: nature}, moment)
    desk = CheckDesk(
        book, SightingBook(spool, moment), group_of, lambda _spectrum: InstrumentState()
    )
    made = Town(desk, InstrumentDesk(instruments), clock)
    server = ControlServer(folder / "control.sock", made.answer)
    try:
        yield made
    finally:
        server.close()
        spool.close()


def pages(folder: Path, clock: HandClock, *, testing: bool = True) -> Flask:
    """The pages over the bridge that answers in a folder; tries are counted unless testing."""
    found = TableServices(
        Bridge(folder / "control.sock"), People(folder / "people.json"), clock, "north"
    )
    return create_table_app(found, folder / "key", testing=testing)


def join(app: Flask, folder: Path, name: str, role: Role = "technician") -> FlaskClient:
    """Somebody's tablet, signed in."""
    people = People(folder / "people.json")
    people.join(people.invite(role, NOW_MS), name, PIN, NOW_MS)
    client = app.test_client()
    said = {"name": name, "pin": PIN}
    assert client.post("/sign-in", data=said).status_code == 302
    return client
