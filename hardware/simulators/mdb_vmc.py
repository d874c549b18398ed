"""A simulated vending machine controller on an MDB bus, and the people before the machine.

It polls the adapter's cashless device (if that is on), knows one other card reader, takes cash,
and keeps book of what really left: `ledger` is the truth that a driver is held against.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hardware.errors import RequestError
from hardware.simulators import mdb_frames as frames
from hardware.simulators.machine import Machine
from hardware.simulators.mdb_adapter import Adapter, Stand
from hardware.simulators.planogram import Selection

CARD_NUMBER = bytes.fromhex("04a1b2c3")
SCALE = 1
LEDGER_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Manners:
    """How this machine behaves.

    Attributes:
        multi_vend: it keeps a session open after a vend.
        always_idle: it asks the reader without a session, where the reader can be asked so.
        vend_s: how long the motor turns.
        init_s: from the first answered poll to READER ENABLE.
        session_s: so long it waits for a choice in a session.
        poll_s: how often a poll is told while the adapter tells of blocks.
        other_reader: address of another card reader on the bus; 0 for none.
        knows_items: else every item number is FFFF.
        two_byte_items: A1 is item 0101h; else selections are numbered from 1.
    """

    multi_vend: bool = False
    always_idle: bool = True
    vend_s: float = 0.3
    init_s: float = 0.2
    session_s: float = 60.0
    poll_s: float = 0.5
    other_reader: int = 0x60
    knows_items: bool = True
    two_byte_items: bool = False


@dataclass(slots=True)
class _Motor:
    """A vend that was approved and has no result yet."""

    selection: str
    done_s: float


@dataclass(slots=True)
class Ledger:
    """What really happened: selections in order, by outcome."""

    taken: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def row(self, selection: str, *, took: bool) -> None:
        """One vend more."""
        rows = self.taken if took else self.failed
        if len(rows) < LEDGER_MAX:
            rows.append(selection)


class Vmc:
    """The controller. Pure: it is told the time through `time_s`."""

    def __init__(self, adapter: Adapter, rows: Sequence[Selection], manners: Manners) -> None:
        self.adapter, self.manners = adapter, manners
        adapter.vmc = self
        self.machine = Machine(rows)
        self.ledger = Ledger()
        self.time_s = 0.0
        self.is_on = True
        self.reader_enabled = True
        self._ready_s: float | None = None
        self._poll_s: float | None = None
        self._motor: _Motor | None = None
        self._wanted: str | None = None
        self._answer_by_s: float | None = None
        self._session_by_s: float | None = None
        self._names = list(self.machine.planogram)

    @property
    def wake_at_s(self) -> float | None:
        """When `wake` has something to do."""
        times = [self._ready_s, self._poll_s, self._answer_by_s, self._session_by_s]
        times.append(self._motor.done_s if self._motor else None)
        return min((when for when in times if when is not None), default=None)

    def item(self, selection: str) -> int:
        """The item number of a selection."""
        if not self.manners.knows_items:
            return frames.UNKNOWN
        if self.manners.two_byte_items:
            return (ord(selection[0]) - 64) << 8 | int(selection[1:] or 0)
        return self._names.index(selection) + 1

    def wake(self) -> None:
        """Whatever is due."""
        if self._due(self._ready_s):
            self._ready_s = None
            self._initialise()
        if self._motor is not None and self._due(self._motor.done_s):
            self._motor_stops(self._motor)
        if self._due(self._answer_by_s):
            self.cancel()
        if self._due(self._session_by_s):
            self.complete()
        if self._due(self._poll_s):
            self._poll()

    # What the device does.

    def reader_on(self) -> None:
        """The adapter's device answers from now on."""
        if self.is_on:
            self._ready_s = self.time_s + self.manners.init_s

    def session_begun(self, funds: int) -> None:
        """A session was offered and taken."""
        self._polled(frames.begin_session(min(funds, frames.UNKNOWN)))
        self._session_by_s = self.time_s + self.manners.session_s

    def session_stopped(self) -> None:
        """The device wants to end the session: it is ended."""
        self._polled(b"\x04")
        self.complete()

    def approved(self) -> None:
        """The motor turns."""
        if self._wanted is None or self.adapter.asked is None:
            return
        self._polled(frames.approved(self._cents(self._wanted)))
        self._motor = _Motor(self._wanted, self.time_s + self.manners.vend_s)
        self._wanted = self._answer_by_s = None

    def denied(self) -> None:
        """Nothing is vended, and the session is over."""
        self._polled(frames.DENIED)
        self._wanted = self._answer_by_s = None
        self.adapter.become(Stand.IDLE)
        self.complete()

    # What people and staff do.

    def choose(self, selection: str) -> str:
        """Somebody presses a button without paying; what comes of it, in a word."""
        column = self.machine.column(selection)
        if not self.is_on or self._motor is not None or self._wanted is not None:
            return "busy" if self.is_on else "off"
        if column.level == 0:
            return "sold-out"
        idle = self.adapter.stand is Stand.ENABLED and self.manners.always_idle
        if self.adapter.stand is not Stand.IDLE and not (idle and self.adapter.is_always_idle):
            return "pay-first"
        self._wanted = selection
        self._session_by_s = None
        self._answer_by_s = self.time_s + float(self.adapter.settings.get("mdb-timeout", "5"))
        price = self._cents(selection)
        request = frames.vend_request(self.adapter.address, price, self.item(selection))
        self.adapter.bus(request, frames.ACK)
        self.adapter.request(price, self.item(selection))
        return "asked"

    def cash(self, selection: str, kind: str) -> str:
        """Somebody pays with coins ("paid"), or staff try it ("free", "test"); it is vended."""
        bits = {"paid": 0, "free": frames.FREE, "test": frames.TEST}[kind]
        outcome = self._vends(selection)
        if outcome == "vended":
            unknown = not self.manners.knows_items
            word = frames.UNKNOWN if unknown else self.item(selection) | bits
            price = self._cents(selection) if kind == "paid" else 0
            for address, listens in self._listeners():
                sale = frames.cash_sale(address, price, word)
                self.adapter.bus(sale, frames.ACK if listens else None)
        return outcome

    def card(self, selection: str, kind: int = 0) -> str:
        """Somebody pays at the other card reader."""
        address = self.manners.other_reader
        if not address:
            raise RequestError("there is no other card reader on this bus")
        price, bus = self._cents(selection), self.adapter.bus
        bus(frames.poll(address), frames.begin_session(1000, CARD_NUMBER, kind))
        bus(frames.vend_request(address, price, self.item(selection)), frames.ACK)
        bus(frames.poll(address), frames.approved(price))
        outcome = self._vends(selection)
        success = frames.vend_success(address, self.item(selection))
        bus(success if outcome == "vended" else frames.vend_failure(address), frames.ACK)
        bus(frames.session_complete(address), frames.END_SESSION)
        return outcome

    def cancel(self) -> None:
        """The machine takes its request back."""
        if self._wanted is None:
            return
        self._wanted = self._answer_by_s = None
        self.adapter.bus(frames.vend_cancel(self.adapter.address), frames.DENIED)
        if self.adapter.stand is not Stand.VEND:
            return
        self.adapter.say("c,ERR,VEND 1")
        self.adapter.become(Stand.IDLE)
        self.complete()

    def complete(self) -> None:
        """The machine ends the session (somebody pressed the return lever, or it is done)."""
        self._session_by_s = None
        if self.adapter.stand in (Stand.IDLE, Stand.APPROVED):
            self.adapter.bus(frames.session_complete(self.adapter.address), frames.END_SESSION)
            enabled = Stand.ENABLED if self.reader_enabled else Stand.DISABLED
            self.adapter.become(enabled)

    def restart(self, *, drops: bool) -> None:
        """The controller is reset; an item whose motor turned drops out, or it does not."""
        if self._motor is not None and drops:
            self._vends(self._motor.selection)
        self._forget()
        self.adapter.bus(frames.reset(self.adapter.address), frames.ACK)
        if self.adapter.stand is not Stand.OFFLINE:
            self.adapter.become(Stand.INACTIVE)
            self._ready_s = self.time_s + self.manners.init_s

    def power(self, *, on: bool) -> None:
        """The machine is switched on or off."""
        if self.is_on and not on:
            self.restart(drops=False)
            self._ready_s = None
        elif on and not self.is_on and self.adapter.stand is not Stand.OFFLINE:
            self._ready_s = self.time_s + self.manners.init_s
        self.is_on = on

    def enable(self, *, on: bool) -> None:
        """READER ENABLE or DISABLE; a vend that is under way goes on."""
        self.reader_enabled = on
        self.adapter.bus(frames.enable(self.adapter.address, on=on), frames.ACK)
        if self.adapter.stand in (Stand.DISABLED, Stand.ENABLED, Stand.IDLE):
            self._session_by_s = None
            self.adapter.become(Stand.ENABLED if on else Stand.DISABLED)

    def _initialise(self) -> None:
        adapter = self.adapter
        if adapter.stand is not Stand.INACTIVE:
            return
        options = 0x08 if adapter.wants_cash_sales else 0
        answer_s = int(float(adapter.settings.get("mdb-timeout", "5")))
        config = frames.config("1840", SCALE, adapter.decimals, answer_s, options)
        adapter.bus(frames.poll(adapter.address), frames.JUST_RESET)
        adapter.bus(frames.setup(adapter.address), config)
        adapter.bus(frames.request_id(adapter.address, "HLS000000138", "SIM-250"), frames.ACK)
        adapter.become(Stand.DISABLED)
        if self.reader_enabled:
            self.enable(on=True)

    def _motor_stops(self, motor: _Motor) -> None:
        self._motor = None
        adapter, outcome = self.adapter, self._vends(motor.selection)
        if outcome == "sold-out":
            self.ledger.row(motor.selection, took=False)
        lost = adapter.stand is not Stand.APPROVED
        if outcome == "vended":
            adapter.bus(frames.vend_success(adapter.address, self.item(motor.selection)), b"")
        else:
            adapter.bus(frames.vend_failure(adapter.address), frames.ACK)
        if lost:
            return
        adapter.say("c,VEND,SUCCESS" if outcome == "vended" else "c,ERR,VEND 3")
        adapter.become(Stand.IDLE)
        if self.manners.multi_vend:
            self._session_by_s = self.time_s + self.manners.session_s
        else:
            self.complete()

    def _vends(self, selection: str) -> str:
        """The motor turns; whether something came out."""
        outcome = self.machine.press(selection, datetime.fromtimestamp(0, UTC)).value
        if outcome != "sold-out":
            self.ledger.row(selection, took=outcome == "vended")
        return outcome

    def _listeners(self) -> list[tuple[int, bool]]:
        """Who is told of cash sales: every reader that asked for it."""
        own = [(self.adapter.address, True)] if self.adapter.wants_cash_sales else []
        other = self.manners.other_reader
        return own + ([(other, True)] if other else [])

    def _poll(self) -> None:
        self._poll_s = self.time_s + self.manners.poll_s
        if self.is_on:
            off = self.adapter.stand in (Stand.OFFLINE, Stand.INACTIVE)
            self.adapter.bus(frames.poll(self.adapter.address), None if off else frames.ACK)

    def poll_from_now(self) -> None:
        """Begin to poll."""
        self._poll_s = self.time_s

    def _polled(self, answer: bytes) -> None:
        self.adapter.bus(frames.poll(self.adapter.address), answer)

    def _forget(self) -> None:
        self._motor = self._wanted = None
        self._answer_by_s = self._session_by_s = None
        self.adapter.asked = None

    def _cents(self, selection: str) -> int:
        return self.machine.planogram[selection].price_cents

    def _due(self, when_s: float | None) -> bool:
        return when_s is not None and when_s <= self.time_s
