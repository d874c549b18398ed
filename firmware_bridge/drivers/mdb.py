"""MDB/ICP through a 9-bit adapter with a text protocol: hears vends, and allows free ones.

Mode "observe" listens and never speaks on the bus. Mode "cashless" is a cashless device: a vend is
let through when the bridge says so. The adapter's lines are in `firmware_bridge.framing.mdb_lines`,
what a cashless device does in `mdb_session`, what can be heard in `mdb_observer`, the adapter's
own care in `mdb_adapter`; here is what of it people and the bridge are told.
"""

import re

from firmware_bridge.drivers import _mdb_words as words
from firmware_bridge.drivers._mdb_settings import Settings
from firmware_bridge.drivers._mdb_teller import Teller
from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import Fault
from firmware_bridge.framing.mdb import NON_RESPONSE_S
from firmware_bridge.framing.mdb_adapter import IS_OFF, IS_ON, AdapterLink, Link, News
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
from firmware_bridge.framing.mdb_observer import Observer
from firmware_bridge.framing.mdb_session import CashlessSession
from firmware_bridge.framing.mdb_turn import Turn

NOISY_LINES = 20
NOISE_WINDOW_S = 60.0
_BEGIN = re.compile(r"begin ([1-9][0-9]?)")
_SPEAKING = (State.DISABLED, State.ENABLED, State.IDLE, State.VEND)


class MdbDriver:
    """One machine behind one adapter. Every fault is told once, and its end is told."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._teller = Teller(settings)
        self._send: list[str] = []
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
        self._noise, self._noise_from_s = 0, 0.0
        self._quiet_from_s: float | None = 0.0
        self._disabled_from_s: float | None = None
        self._disabled_told = False

    def opened(self, now_s: float) -> Step:
        """The port is there: what was approved before has no result that could be heard."""
        self._lines.reset()
        self._noise, self._teller.trouble = 0, "hello"
        self._quiet_from_s = now_s
        self._lost(now_s)
        self._news(self._link.begin(now_s), now_s)
        return self._step(now_s)

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes that arrived."""
        dropped = self._lines.overlong
        for line in self._lines.feed(data):
            said = parse(line)
            if said is None:
                self._noise += 1
            else:
                self._take(said, now_s)
        self._noise += self._lines.overlong - dropped
        self._judge_noise(now_s)
        return self._step(now_s)

    def wake(self, now_s: float) -> Step:
        """Time has passed."""
        if self._session is not None:
            self._turn(self._session.wake(now_s), now_s)
        self._teller.learned(self._observer.wake(now_s))
        self._news(self._link.wake(now_s), now_s)
        self._judge_noise(now_s)
        return self._step(now_s)

    def request(self, what: str, now_s: float) -> Step:
        """Do what was asked: "read" says how it stands; the others see `CashlessSession`.

        Raises:
            UnknownRequestError: there is no such request, or not in this mode.
        """
        if what == "read":
            self._teller.asked = True
            self._news(self._link.check(now_s), now_s)
        else:
            self._turn(self._asked(what, now_s), now_s)
        return self._step(now_s)

    def _asked(self, what: str, now_s: float) -> Turn:
        session, begin = self._session, _BEGIN.fullmatch(what)
        if session is not None and begin is not None:
            return session.begin(int(begin[1]), now_s)
        if session is None or what not in ("approve", "deny", "cancel"):
            can = words.CAN[self._settings.mode]
            raise UnknownRequestError(f"the MDB driver cannot do {what!r}; it can do: {can}")
        acts = {"approve": session.approve, "deny": session.deny, "cancel": session.cancel}
        return acts[what](now_s)

    def _take(self, said: Said, now_s: float) -> None:
        was_up, quiet = self._link.link is Link.UP, self._session is None or self._session.is_quiet
        self._news(self._link.take(said, now_s, quiet=quiet), now_s)
        if isinstance(said, Sniffed):
            self._teller.learned(self._observer.take(said, now_s))
        elif self._session is not None and (
            self._link.link in (Link.SETTING_UP, Link.UP) or isinstance(said, Vended)
        ):
            self._turn(self._heard(self._session, said, now_s), now_s)
        if was_up and isinstance(said, Refusal):
            self._judge_error(said)

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

    def _turn(self, turn: Turn, now_s: float) -> None:
        self._send += turn.send
        self._teller.learned(turn.seen)
        if turn.stuck:
            self._lost(now_s)
            self._teller.fault("error", Fault.PROTOCOL, turn.stuck, words.STUCK)
            self._news(self._link.begin(now_s), now_s)

    def _news(self, news: News, now_s: float) -> None:
        """What is new of the adapter itself."""
        self._send += news.send
        for name in news.unset:
            self._teller.event("setting-refused", f"the adapter does not take {name}")
        if news.restarted:
            self._lost(now_s)
            self._teller.fault("error", Fault.PROTOCOL, "the adapter has restarted", words.RESTART)
        if news.silent:
            self._lost(now_s)
            noisy = self._noise > 0
            fault = Fault.LINE_NOISE if noisy else Fault.NO_REPLY
            detail = "the adapter does not say its version"
            detail += f"; {self._noise} lines came that are none of it" if noisy else ""
            self._teller.fault("adapter", fault, detail, words.NOISE if noisy else words.NO_ADAPTER)
        if news.cannot:
            detail = f"the adapter did not take {news.cannot}"
            self._teller.fault("adapter", Fault.REFUSED, detail, words.ERROR_LINE)
        if news.came_up:
            self._quiet_from_s = now_s
            self._teller.trouble = (
                "hello" if self._teller.trouble == "adapter" else self._teller.trouble
            )
        if news.came_up or news.checked:
            self._noise = 0
        if news.checked:
            self._checked(now_s)

    def _checked(self, now_s: float) -> None:
        """The adapter gave a sign of life; whoever asked is told how the bus stands too."""
        if self._session is None and not self._speaks(now_s):
            self._send += self._link.sniff_again().send
        if self._quiet_from_s is None:
            self._teller.well()
        elif self._teller.asked:
            detail = "the adapter answers, but nothing comes from the machine"
            self._teller.fault("bus", Fault.NO_REPLY, detail, words.NO_BUS)

    def _lost(self, now_s: float) -> None:
        """The adapter heard nothing for a while, or was not heard."""
        if self._session is not None:
            self._turn(self._session.lost(), now_s)
        self._teller.learned(self._observer.interrupted(now_s))

    def _judge_error(self, said: Refusal) -> None:
        """An error line that is no answer to anything is worth a look."""
        expected = said.command in ("VEND", "START", "STOP") or said.text.lower() in (IS_ON, IS_OFF)
        if not expected:
            detail = f"the adapter said: {said.text[:60]}"
            self._teller.fault("error", Fault.PROTOCOL, detail, words.ERROR_LINE)

    def _judge_noise(self, now_s: float) -> None:
        if now_s - self._noise_from_s > NOISE_WINDOW_S:
            self._noise, self._noise_from_s = 0, now_s
        if self._noise >= NOISY_LINES and self._link.link is Link.UP:
            detail = f"{self._noise} lines came that are none of an adapter's"
            self._teller.fault("error", Fault.LINE_NOISE, detail, words.NOISE)

    def _judge_bus(self, now_s: float) -> None:
        """Does the machine's controller speak on the bus?"""
        if self._link.link is not Link.UP:
            return
        if self._speaks(now_s):
            self._quiet_from_s = None
            if self._teller.trouble in ("hello", "bus") or self._teller.asked:
                self._teller.well()
            return
        if self._quiet_from_s is None:
            heard_at_s = self._observer.heard_at_s if self._session is None else None
            self._quiet_from_s = now_s if heard_at_s is None else heard_at_s
        if now_s - self._quiet_from_s >= self._settings.bus_wait_s:
            self._quiet_from_s = now_s
            self._send += self._link.sniff_again().send
            detail = f"nothing from the machine for {self._settings.bus_wait_s:g} s"
            self._teller.fault("bus", Fault.NO_REPLY, detail, words.NO_BUS)

    def _speaks(self, now_s: float) -> bool:
        if self._session is not None and self._session.state in _SPEAKING:
            return True
        heard_at_s = self._observer.heard_at_s
        return (
            self._session is None and heard_at_s is not None and now_s - heard_at_s < NON_RESPONSE_S
        )

    def _judge_disabled(self, now_s: float) -> None:
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
            self._teller.condition("disabled", active=long)

    def _step(self, now_s: float) -> Step:
        self._judge_bus(now_s)
        self._judge_disabled(now_s)
        send = "".join(f"{line}\r\n" for line in self._send).encode("ascii")
        self._send.clear()
        return Step(send, self._teller.take(), wake_at_s=max(now_s, self._wake_at_s(now_s)))

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
