"""MDB/ICP through a 9-bit adapter with a text protocol: hears vends, and allows free ones.

Mode "observe" listens and never speaks on the bus. Mode "cashless" is a cashless device: a vend is
let through when the bridge says so. The adapter's lines are in `firmware_bridge.framing.mdb_lines`,
what a cashless device does in `mdb_session`, what can be heard in `mdb_observer`, the adapter's
own care in `mdb_adapter`; here is what of it people and the bridge are told.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from firmware_bridge.drivers import _mdb_words as words
from firmware_bridge.drivers._mdb_settings import Settings
from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import (
    CountersReading,
    EventReading,
    Fault,
    FaultReading,
    Reading,
    VendReading,
    VendRequestReading,
)
from firmware_bridge.framing.mdb import NON_RESPONSE_S
from firmware_bridge.framing.mdb_adapter import IS_OFF, IS_ON, AdapterLink, Link, News
from firmware_bridge.framing.mdb_items import minor
from firmware_bridge.framing.mdb_lines import (
    LineSplitter,
    Refusal,
    Said,
    Sniffed,
    State,
    Status,
    Vended,
    parse,
)
from firmware_bridge.framing.mdb_observer import MachineSeen, Observer, Seen, SessionSeen, VendSeen
from firmware_bridge.framing.mdb_session import CashlessSession
from firmware_bridge.framing.mdb_turn import Asked, Ended, Told, Turn

NOISY_LINES = 20
NOISE_WINDOW_S = 60.0
_BEGIN = re.compile(r"begin ([1-9][0-9]?)")
_SESSION = ("session-begin", "session-end")
_SPEAKING = (State.DISABLED, State.ENABLED, State.IDLE, State.VEND)


@dataclass(slots=True)
class _Out:
    """What one turn of the driver brings together."""

    send: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


class MdbDriver:
    """One machine behind one adapter. Every fault is told once, and its end is told."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._items = settings, settings.items_map()
        self._lines = LineSplitter()
        self._link = AdapterLink(settings.plan())
        cashless = settings.mode == "cashless"
        self._session = CashlessSession(settings.rules()) if cashless else None
        self._observer = Observer(
            scale=settings.scale_factor,
            decimals=settings.currency_decimals,
            result_wait_s=settings.result_s,
            own=int(settings.cashless_address, 16) if cashless else None,
        )
        self._machine = MachineSeen("", "")
        self._trouble: Literal["", "hello", "adapter", "bus", "error"] = "hello"
        self._last_fault = FaultReading(Fault.NO_REPLY, "", "")
        self._read_wanted = False
        self._noise, self._noise_from_s = 0, 0.0
        self._quiet_from_s: float | None = 0.0
        self._disabled_from_s: float | None = None
        self._disabled_told = False

    def opened(self, now_s: float) -> Step:
        """The port is there: what was approved before has no result that could be heard."""
        out = _Out()
        self._lines.reset()
        self._noise, self._trouble = 0, "hello"
        self._quiet_from_s = now_s
        self._lost(out, now_s)
        self._news(self._link.begin(now_s), out, now_s)
        return self._step(out, now_s)

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes that arrived."""
        out, dropped = _Out(), self._lines.overlong
        for line in self._lines.feed(data):
            said = parse(line)
            if said is None:
                self._noise += 1
            else:
                self._take(said, out, now_s)
        self._noise += self._lines.overlong - dropped
        self._judge_noise(out, now_s)
        return self._step(out, now_s)

    def wake(self, now_s: float) -> Step:
        """Time has passed."""
        out = _Out()
        if self._session is not None:
            self._turn(self._session.wake(now_s), out, now_s)
        self._seen(self._observer.wake(now_s), out)
        self._news(self._link.wake(now_s), out, now_s)
        self._judge_noise(out, now_s)
        return self._step(out, now_s)

    def request(self, what: str, now_s: float) -> Step:
        """Do what was asked: "read" says how it stands; the others see `CashlessSession`.

        Raises:
            UnknownRequestError: there is no such request, or not in this mode.
        """
        out = _Out()
        if what == "read":
            self._read_wanted = True
            self._news(self._link.check(now_s), out, now_s)
        else:
            self._turn(self._asked(what, now_s), out, now_s)
        return self._step(out, now_s)

    @property
    def _is_away(self) -> bool:
        """Whether the last word on the device is that it can't be reached."""
        return self._trouble in ("adapter", "bus")

    def _asked(self, what: str, now_s: float) -> Turn:
        session, begin = self._session, _BEGIN.fullmatch(what)
        if session is not None and begin is not None:
            return session.begin(int(begin[1]), now_s)
        if session is None or what not in ("approve", "deny", "cancel"):
            can = words.CAN[self._settings.mode]
            raise UnknownRequestError(f"the MDB driver cannot do {what!r}; it can do: {can}")
        acts = {"approve": session.approve, "deny": session.deny, "cancel": session.cancel}
        return acts[what](now_s)

    def _take(self, said: Said, out: _Out, now_s: float) -> None:
        quiet = self._session is None or self._session.is_quiet
        self._news(self._link.take(said, now_s, quiet=quiet), out, now_s)
        if isinstance(said, Sniffed):
            self._seen(self._observer.take(said, now_s), out)
        elif self._session is not None and (
            self._link.link in (Link.SETTING_UP, Link.UP) or isinstance(said, Vended)
        ):
            self._turn(self._heard(self._session, said, now_s), out, now_s)
        if isinstance(said, Refusal):
            self._judge_error(said, out)

    @staticmethod
    def _heard(session: CashlessSession, said: Said, now_s: float) -> Turn:
        match said:
            case Status():
                return session.status(said, now_s)
            case Vended():
                return session.vended(now_s)
            case Refusal(part="c"):
                return session.refused(said, now_s)
        return Turn()

    def _turn(self, turn: Turn, out: _Out, now_s: float) -> None:
        out.send += turn.send
        for seen in turn.seen:
            match seen:
                case Ended(item=item, amount=amount, outcome=outcome, why=why):
                    vend = VendSeen(item, amount, outcome, "paid")
                    out.readings.append(self._vend(vend, reason=why, authorised=True))
                case Asked(item=item, amount=amount, wait_s=wait_s):
                    price = minor(amount, self._settings.currency_decimals)
                    selection = self._items.selection(item)
                    asked = VendRequestReading(
                        selection=selection, price_minor=price, wait_s=wait_s
                    )
                    out.readings.append(asked)
                case Told(what=what, text=text, item=item):
                    self._tell(what, text, item, out)
        if turn.stuck:
            self._lost(out, now_s)
            self._fault("error", Fault.PROTOCOL, turn.stuck, words.STUCK, out)
            self._news(self._link.begin(now_s), out, now_s)

    def _seen(self, seen: list[Seen], out: _Out) -> None:
        for each in seen:
            match each:
                case VendSeen():
                    out.readings.append(self._vend(each))
                case SessionSeen(what=what, item=item):
                    self._tell(what, "", item, out)
                case MachineSeen():
                    self._machine = each
                    out.readings += [] if self._trouble else [self._alive()]

    def _vend(self, seen: VendSeen, *, reason: str = "", authorised: bool = False) -> VendReading:
        return VendReading(
            source="mdb",
            selection=self._items.selection(seen.item),
            outcome=seen.outcome,
            payment=seen.payment,
            price_minor=minor(seen.amount, self._settings.currency_decimals),
            authorised=authorised,
            reason=reason,
        )

    def _tell(self, what: str, text: str, item: int | None, out: _Out) -> None:
        if self._is_away:
            # Whatever is told now would look like a sign of life.
            if what == "session-refused":
                detail = f"a code was accepted, but {text}"
                out.readings.append(replace(self._last_fault, detail=detail))
            return
        if what in _SESSION and not self._settings.session_events:
            return
        selection = self._items.selection(item)
        event = EventReading(name="cashless", code=what, selection=selection, text=text)
        out.readings.append(event)

    def _news(self, news: News, out: _Out, now_s: float) -> None:
        """What is new of the adapter itself."""
        out.send += news.send
        for name in news.unset:
            self._tell("setting-refused", f"the adapter does not take {name}", None, out)
        if news.restarted:
            self._lost(out, now_s)
            self._fault("error", Fault.PROTOCOL, "the adapter has restarted", words.RESTART, out)
        if news.silent:
            self._lost(out, now_s)
            noisy = self._noise > 0
            fault = Fault.LINE_NOISE if noisy else Fault.NO_REPLY
            detail = "the adapter does not say its version"
            detail += f"; {self._noise} lines came that are none of it" if noisy else ""
            self._fault("adapter", fault, detail, words.NOISE if noisy else words.NO_ADAPTER, out)
        if news.cannot:
            detail = f"the adapter did not take {news.cannot}"
            self._fault("adapter", Fault.REFUSED, detail, words.ERROR_LINE, out)
        if news.came_up:
            self._quiet_from_s = now_s
            self._trouble = "hello" if self._trouble == "adapter" else self._trouble
        if news.came_up or news.checked:
            self._noise = 0
        if news.checked:
            self._checked(out, now_s)

    def _checked(self, out: _Out, now_s: float) -> None:
        """The adapter gave a sign of life; whoever asked is told how the bus stands too."""
        if self._session is None and not self._speaks(now_s):
            out.send += self._link.sniff_again().send
        if self._quiet_from_s is None:
            self._say_alive(out)
        elif self._read_wanted:
            detail = "the adapter answers, but nothing comes from the machine"
            self._fault("bus", Fault.NO_REPLY, detail, words.NO_BUS, out)

    def _lost(self, out: _Out, now_s: float) -> None:
        """The adapter heard nothing for a while, or was not heard."""
        if self._session is not None:
            self._turn(self._session.lost(), out, now_s)
        self._seen(self._observer.interrupted(now_s), out)

    def _fault(
        self,
        kind: Literal["adapter", "bus", "error"],
        fault: Fault,
        detail: str,
        advice: str,
        out: _Out,
    ) -> None:
        """Told once for each trouble, and to whoever asked."""
        self._last_fault = FaultReading(fault, detail, advice)
        if self._trouble != kind or self._read_wanted:
            out.readings.append(self._last_fault)
        self._trouble, self._read_wanted = kind, False

    def _judge_error(self, said: Refusal, out: _Out) -> None:
        """An error line that is no answer to anything is worth a look."""
        expected = said.command in ("VEND", "START", "STOP") or said.text.lower() in (IS_ON, IS_OFF)
        if self._link.link is Link.UP and not expected:
            shown = said.text[:60]
            self._fault(
                "error", Fault.PROTOCOL, f"the adapter said: {shown}", words.ERROR_LINE, out
            )

    def _judge_noise(self, out: _Out, now_s: float) -> None:
        if now_s - self._noise_from_s > NOISE_WINDOW_S:
            self._noise, self._noise_from_s = 0, now_s
        if self._noise >= NOISY_LINES and self._link.link is Link.UP:
            detail = f"{self._noise} lines came that are none of an adapter's"
            self._fault("error", Fault.LINE_NOISE, detail, words.NOISE, out)

    def _judge_bus(self, out: _Out, now_s: float) -> None:
        """Does the machine's controller speak on the bus?"""
        if self._link.link is not Link.UP:
            return
        if self._speaks(now_s):
            self._quiet_from_s = None
            if self._trouble in ("hello", "bus") or self._read_wanted:
                self._say_alive(out)
            return
        if self._quiet_from_s is None:
            heard_at_s = self._observer.heard_at_s if self._session is None else None
            self._quiet_from_s = now_s if heard_at_s is None else heard_at_s
        if now_s - self._quiet_from_s >= self._settings.bus_wait_s:
            self._quiet_from_s = now_s
            out.send += self._link.sniff_again().send
            detail = f"nothing from the machine for {self._settings.bus_wait_s:g} s"
            self._fault("bus", Fault.NO_REPLY, detail, words.NO_BUS, out)

    def _speaks(self, now_s: float) -> bool:
        if self._session is not None and self._session.state in _SPEAKING:
            return True
        heard_at_s = self._observer.heard_at_s
        return (
            self._session is None and heard_at_s is not None and now_s - heard_at_s < NON_RESPONSE_S
        )

    def _judge_disabled(self, out: _Out, now_s: float) -> None:
        """A reader that stays switched off lets nobody take anything: that is told."""
        disabled = self._session is not None and self._session.state is State.DISABLED
        if not disabled:
            self._disabled_from_s = None
        elif self._disabled_from_s is None:
            self._disabled_from_s = now_s
        since_s = self._disabled_from_s
        long = since_s is not None and now_s - since_s >= self._settings.disabled_wait_s
        if long != self._disabled_told and (long or not disabled):
            self._disabled_told = long
            out.readings.append(EventReading(name="cashless", code="disabled", active=long))

    def _say_alive(self, out: _Out) -> None:
        """It is heard: said after trouble, and to whoever asked."""
        if self._trouble or self._read_wanted:
            self._trouble, self._read_wanted = "", False
            out.readings.append(self._alive())

    def _alive(self) -> CountersReading:
        machine = self._machine
        return CountersReading(source="mdb", slots=(), serial=machine.serial, model=machine.model)

    def _step(self, out: _Out, now_s: float) -> Step:
        self._judge_bus(out, now_s)
        self._judge_disabled(out, now_s)
        if self._is_away and out.readings and not isinstance(out.readings[-1], FaultReading):
            out.readings.append(self._last_fault)
        send = "".join(f"{line}\r\n" for line in out.send).encode("ascii")
        return Step(send, tuple(out.readings), wake_at_s=max(now_s, self._wake_at_s(now_s)))

    def _wake_at_s(self, now_s: float) -> float:
        times = [self._link.wake_at_s, self._observer.wake_at_s]
        times += [] if self._session is None else [self._session.wake_at_s]
        if self._link.link is Link.UP:
            quiet_s = self._quiet_from_s if self._quiet_from_s is not None else now_s
            times.append(quiet_s + self._settings.bus_wait_s)
        if self._disabled_from_s is not None and not self._disabled_told:
            times.append(self._disabled_from_s + self._settings.disabled_wait_s)
        return min(when for when in times if when is not None)


def make(settings: Settings) -> Driver:
    """A driver for one machine behind an MDB adapter."""
    return MdbDriver(settings)
