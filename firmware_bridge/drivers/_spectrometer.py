"""The dialogue that the drivers of spectrometers share: time, tries, pauses, and what is told.

A dialect says what is said (see `firmware_bridge.framing.exchange`); this keeps the time, tries
again, and tells. A measurement is tried three times. Whatever goes wrong, the next try begins with
the whole set-up, in which a dialect makes sure that the device is done with all that it was asked
before: so a late spectrum is never taken for the one that was asked for after it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import (
    Fault,
    FaultReading,
    Purpose,
    Reading,
    SpectrumReading,
)
from firmware_bridge.framing.exchange import (
    ChecksumError,
    Exchange,
    MismatchError,
    NoiseError,
    NoReplyError,
    RefusedError,
    ReplyError,
    Talk,
)

TRIES = 3
QUIET_S = 0.3
IDLE_S = 60.0
BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)

FAULTS: Mapping[type[ReplyError], Fault] = {
    RefusedError: Fault.REFUSED,
    NoiseError: Fault.LINE_NOISE,
    ChecksumError: Fault.BAD_CHECKSUM,
    MismatchError: Fault.PROTOCOL,
    NoReplyError: Fault.NO_REPLY,
}


class Dialect(Protocol):
    """What one family of spectrometers says, and what it makes of the answers.

    Attributes:
        name: the driver's name.
        advice: what to do about each kind of fault.
        interval_s: take a sample every so many seconds; None for on request only.
    """

    @property
    def name(self) -> str:
        """The driver's name."""

    @property
    def advice(self) -> Mapping[Fault, str]:
        """What to do about each kind of fault."""

    @property
    def interval_s(self) -> float | None:
        """How often a sample is taken without being asked for."""

    def forget(self) -> None:
        """Another device may be on the line: nothing that the last one said is kept."""

    def set_up(self) -> Talk[list[FaultReading]]:
        """Bring the device from any state to the wanted one; what is wrong but can be lived with.

        Raises:
            ReplyError: it can't be done.
        """

    def measure(self, purpose: Purpose) -> Talk[SpectrumReading]:
        """Take one spectrum.

        Raises:
            ReplyError: none came that can be taken.
        """


class SpectrometerDriver:
    """The dialogue with one spectrometer (see `firmware_bridge.drivers.base.Driver`).

    Args:
        dialect: what is said to it.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._waiting: list[Purpose] = []
        self._current: Purpose | None = None
        self._talk: Talk[None] | None = None
        self._exchange: Exchange | None = None
        self._limit_s = self._heard_s = 0.0
        self._retry_s: float | None = None
        self._sample_s: float | None = None
        self._found: list[Reading] = []
        self._open = self._ready = False
        self._tries = self._outages = 0
        self._told_down = False

    @property
    def is_ready(self) -> bool:
        """Whether the device answers and is set up."""
        return self._ready

    def opened(self, now_s: float) -> Step:
        """Begin with the set-up; a measurement that was under way counts as one failed try."""
        self._open, self._ready = True, False
        self._dialect.forget()
        self._outages = 0
        if self._current is None:
            return self._begin_afresh(now_s)
        return self._try_failed(
            Fault.PORT_LOST, "the port was re-opened", "Check cable and power.", now_s
        )

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes; those that nobody asked for are dropped."""
        exchange = self._exchange
        if exchange is None or not data:
            return self.wake(now_s)
        self._heard_s = now_s
        if exchange.reply is None:
            return self.wake(now_s)
        return self._hear(partial(exchange.reply.feed, data), now_s)

    def wake(self, now_s: float) -> Step:
        """Notice silence, a time limit, the end of a pause, or that a sample is due."""
        exchange = self._exchange
        if exchange is None:
            return self._rest(now_s) if self._open else Step()
        if now_s < self._heard_s + QUIET_S:
            return self._wait_on(now_s)
        if exchange.reply is None:
            return self._proceed(None, now_s)
        return self._hear(exchange.reply.quiet, now_s)

    def request(self, what: str, now_s: float) -> Step:
        """Take a spectrum: "sample", "background" or "dark"; each waits at most once.

        Raises:
            UnknownRequestError: this driver does nothing else.
        """
        if what not in set(Purpose):
            known = ", ".join(Purpose)
            name = self._dialect.name
            raise UnknownRequestError(f"{name} can't do {what!r}; it takes spectra: {known}")
        self._queue(Purpose(what))
        if self._open and self._exchange is None:
            return self._begin_afresh(now_s)
        return Step()

    def _queue(self, purpose: Purpose) -> None:
        if purpose not in self._waiting:
            self._waiting.append(purpose)

    def _hear(self, listen: Callable[[], object], now_s: float) -> Step:
        """Let the answer say whether it is whole."""
        try:
            value = listen()
        except ReplyError as problem:
            return self._trouble(problem, now_s)
        return self._wait_on(now_s) if value is None else self._proceed(value, now_s)

    def _wait_on(self, now_s: float) -> Step:
        if self._exchange is not None and now_s >= self._limit_s:
            return self._trouble(self._exchange.too_late(), now_s)
        quiet_s = self._heard_s + QUIET_S
        return self._step(min(quiet_s, self._limit_s) if quiet_s > now_s else self._limit_s)

    def _step(self, wake_at_s: float, exchange: Exchange | None = None) -> Step:
        readings, self._found = tuple(self._found), []
        if exchange is None:
            return Step(readings=readings, wake_at_s=wake_at_s)
        return Step(exchange.send, readings, wake_at_s, baud=exchange.baud)

    def _begin_afresh(self, now_s: float) -> Step:
        self._tries = 0
        return self._begin(now_s)

    def _begin(self, now_s: float) -> Step:
        """Start a try: the set-up where it is needed, then the next measurement, if any."""
        if self._talk is not None:
            self._talk.close()
        self._retry_s = None
        self._talk = self._one_try()
        return self._proceed(None, now_s)

    def _one_try(self) -> Talk[None]:
        if self._current is None and self._waiting:
            self._current = self._waiting.pop(0)
        if not self._ready:
            wrong = yield from self._dialect.set_up()
            self._found += wrong
            self._ready = True
        if self._current is not None:
            reading = yield from self._dialect.measure(self._current)
            self._found.append(reading)

    def _proceed(self, value: object, now_s: float) -> Step:
        return self._go_on(lambda talk: talk.send(value), now_s)

    def _trouble(self, problem: ReplyError, now_s: float) -> Step:
        """Tell the talk first: it may know what to do."""
        return self._go_on(lambda talk: talk.throw(problem), now_s)

    def _go_on(self, move: Callable[[Talk[None]], Exchange], now_s: float) -> Step:
        if self._talk is None:
            return self._rest(now_s)
        try:
            self._exchange = move(self._talk)
        except StopIteration:
            return self._try_done(now_s)
        except ReplyError as problem:
            fault = FAULTS.get(type(problem), Fault.PROTOCOL)
            return self._try_failed(fault, str(problem), self._dialect.advice.get(fault, ""), now_s)
        self._heard_s, self._limit_s = now_s, now_s + self._exchange.limit_s
        return self._step(min(now_s + QUIET_S, self._limit_s), self._exchange)

    def _try_done(self, now_s: float) -> Step:
        self._talk = self._exchange = self._current = None
        self._outages = 0
        self._told_down = False
        return self._begin_afresh(now_s) if self._waiting else self._rest(now_s)

    def _try_failed(self, fault: Fault, detail: str, advice: str, now_s: float) -> Step:
        self._ready = False
        self._tries += 1
        # A set-up that is known to fail is tried once per pause; a measurement always in full.
        if self._tries < TRIES and (self._current is not None or not self._told_down):
            return self._begin(now_s)
        self._tell(fault, detail, advice)
        self._talk = self._exchange = self._current = None
        if self._waiting:
            return self._begin_afresh(now_s)
        self._retry_s = now_s + BACKOFF_S[min(self._outages, len(BACKOFF_S) - 1)]
        self._outages += 1
        return self._rest(now_s)

    def _tell(self, fault: Fault, detail: str, advice: str) -> None:
        """One fault per failed measurement, and one for a device that can't be set up."""
        if self._current is not None:
            told = f"{self._current}: {detail}"
            self._found.append(FaultReading(fault, told, advice, self._current.value))
        elif not self._told_down:
            self._found.append(FaultReading(fault, f"set-up: {detail}", advice))
        self._told_down = True

    def _rest(self, now_s: float) -> Step:
        """Nothing is under way: wait for a pause to end or for a sample to be due."""
        if self._retry_s is not None and now_s >= self._retry_s:
            return self._begin_afresh(now_s)
        interval_s = self._dialect.interval_s
        if self._ready and interval_s is not None:
            if self._sample_s is None:
                self._sample_s = now_s + interval_s
            if now_s >= self._sample_s:
                self._sample_s = now_s + interval_s
                self._queue(Purpose.SAMPLE)
                return self._begin_afresh(now_s)
        due = [at_s for at_s in (self._retry_s, self._sample_s) if at_s is not None]
        return self._step(min([at_s for at_s in due if at_s > now_s], default=now_s + IDLE_S))
