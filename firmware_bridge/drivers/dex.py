"""DEX/UCS: reads the audit of a vending machine as data carrier (EVA-DTS 6.1.1 chapter 7).

The dialogue itself stands in `firmware_bridge.framing.dex_session`; here is when to read, how
often to try, and what is told to people. A read is intrusive: while it lasts many machines do not
vend, so the transmitter is released as soon as it is over, and who hears of a vend by another way
(MDB) can hold reads back. Nothing is ever written to a machine.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum, auto

from firmware_bridge.drivers import _dex_words as words
from firmware_bridge.drivers._dex_settings import Settings
from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import AuditReading, FaultReading, Reading
from firmware_bridge.evadts.audit import Audit
from firmware_bridge.evadts.errors import EvaDtsError
from firmware_bridge.evadts.history import compare
from firmware_bridge.evadts.parser import parse_audit
from firmware_bridge.framing.dex import Request
from firmware_bridge.framing.dex_link import Failed, Timers
from firmware_bridge.framing.dex_session import (
    DexSession,
    Received,
    Refused,
    SessionEnd,
    is_bid,
)

__all__ = ["DexDriver", "Settings", "make"]

REST_S = 1.0
REOPENED_REST_S = 30.0
"""A port that comes and goes must not keep the machine in audit mode."""

LAST_BYTE_S = 0.02


class _Doing(Enum):
    RESTING = auto()
    READING = auto()
    WAITING_TO_RETRY = auto()


class DexDriver:
    """Reads one machine at an interval; never hangs, one fault for each read that failed.

    Attributes:
        answers: requests that are done as soon as they are made, and what to tell who asked.
    """

    answers: Mapping[str, str] = {
        "hold": "reads are held back until they are released, or hold_max_s is over",
        "release": "reads are not held back",
    }

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._timers = Timers(
            turnaround_s=settings.turnaround_s, session_wait_s=settings.session_wait_s
        )
        self._session: DexSession | None = None
        self._doing = _Doing.RESTING
        self._attempt = 0
        self._noise_bytes = 0
        self._next_read_s = 0.0
        self._retry_at_s = 0.0
        self._deaf_until_s = 0.0
        self._push_fault_told = False
        self._held_from_s: float | None = None
        self._held_until_s = 0.0
        self._last_begun_s: float | None = None
        self._last: Audit | None = None

    def opened(self, now_s: float) -> Step:
        """The port is there: read soon; what was whole when it broke off is kept."""
        rescued = self._rescued()
        self._session, self._doing, self._deaf_until_s = None, _Doing.RESTING, now_s
        if rescued is None or _is_events_only(rescued):
            self._next_read_s = self._after_reopening_s(now_s)
        kept = () if rescued is None else (rescued,)
        if self._read_at_s() <= now_s:
            return replace(self._begin_read(now_s), readings=kept)
        return Step(readings=kept, wake_at_s=self._wake_at_s(), tx_enabled=False)

    def _rescued(self) -> Reading | None:
        """What was whole when the line broke: the machine may have cleared its finished events."""
        end = self._session.complete if self._session else None
        if end is None:
            return None
        reading = self._reading(end)
        wanted = _is_final(end, reading) or _is_events_only(reading)
        return self._learned(reading) if wanted else None

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes that arrived."""
        if self._session is not None:
            return self._after(self._session, self._session.feed(data, now_s), now_s)
        if self._settings.accept_pushes and is_bid(data) and now_s >= self._deaf_until_s:
            return self._answer_bid(now_s)
        return Step(wake_at_s=self._wake_at_s())

    def wake(self, now_s: float) -> Step:
        """The time asked for has come, or an earlier one."""
        if self._session is not None:
            return self._after(self._session, self._session.wake(now_s), now_s)
        if self._doing is _Doing.WAITING_TO_RETRY and now_s >= self._read_at_s():
            return self._try_read(now_s)
        if self._doing is _Doing.RESTING and now_s >= self._read_at_s():
            return self._begin_read(now_s)
        return Step(wake_at_s=self._wake_at_s())

    def request(self, what: str, now_s: float) -> Step:
        """Do what was asked.

        "read" reads now, or as soon as reads are released; while a read is going on it changes
        nothing. "hold" keeps new reads back (a vend is going on; a read that has begun is
        finished, as breaking it off would free the machine no sooner), "release" lets them begin.

        Raises:
            UnknownRequestError: anything else.
        """
        if what == "hold":
            self._hold(now_s)
        elif what == "release":
            self._held_from_s = None
        elif what != "read":
            known = "read, hold, release"
            raise UnknownRequestError(f"the DEX driver cannot do {what!r}; it can do: {known}")
        elif self._doing is _Doing.RESTING:
            self._next_read_s = now_s
            if self._session is None and self._read_at_s() <= now_s:
                return self._begin_read(now_s)
        return Step(wake_at_s=self._wake_at_s())

    def _hold(self, now_s: float) -> None:
        """Holds that follow each other without a release do not add up beyond the longest."""
        if self._held_from_s is None or now_s >= self._held_until_s:
            self._held_from_s = now_s
        self._held_until_s = self._held_from_s + self._settings.hold_max_s

    def _read_at_s(self) -> float:
        """When the next read, or the next try of one, may begin."""
        retrying = self._doing is _Doing.WAITING_TO_RETRY
        at_s = self._retry_at_s if retrying else self._next_read_s
        return at_s if self._held_from_s is None else max(at_s, self._held_until_s)

    def _after_reopening_s(self, now_s: float) -> float:
        if self._last_begun_s is None:
            return now_s
        rest_s = min(REOPENED_REST_S, self._settings.poll_interval_s)
        return max(now_s, self._last_begun_s + rest_s)

    def _begin_read(self, now_s: float) -> Step:
        self._attempt = 0
        self._noise_bytes = 0
        self._push_fault_told = False
        self._last_begun_s = now_s
        self._next_read_s = now_s + self._settings.poll_interval_s
        return self._try_read(now_s)

    def _try_read(self, now_s: float) -> Step:
        self._attempt += 1
        self._doing = _Doing.READING
        self._session = self._new_session()
        send = self._session.call(now_s)
        return Step(send, tx_enabled=True, wake_at_s=self._session.wake_at_s)

    def _answer_bid(self, now_s: float) -> Step:
        self._session = self._new_session()
        send = self._session.answer_bid(now_s)
        return Step(send, tx_enabled=True, wake_at_s=self._session.wake_at_s)

    def _new_session(self) -> DexSession:
        request = Request(self._settings.comm_id, "R", self._settings.revision)
        return DexSession(request, self._timers, self._settings.max_audit_bytes)

    def _after(self, session: DexSession, send: bytes, now_s: float) -> Step:
        if session.end is None:
            return Step(send, wake_at_s=session.wake_at_s)
        if send:
            # The last byte must be out before the transmitter is released.
            return Step(send, wake_at_s=now_s + LAST_BYTE_S)
        self._session = None
        self._noise_bytes += session.noise_bytes
        if self._doing is _Doing.READING:
            return self._read_ended(session.end, now_s)
        return self._push_ended(session.end, now_s)

    def _read_ended(self, end: SessionEnd, now_s: float) -> Step:
        reading = self._learned(self._reading(end))
        if self._attempt >= self._settings.attempts or _is_final(end, reading):
            return self._rest((reading,), now_s)
        # A machine that pushed its events instead: they are kept, and the audit is still wanted.
        learned = (reading,) if _is_events_only(reading) else ()
        self._doing = _Doing.WAITING_TO_RETRY
        self._retry_at_s = now_s + self._settings.retry_pause_s
        return Step(readings=learned, wake_at_s=self._wake_at_s(), tx_enabled=False)

    def _push_ended(self, end: SessionEnd, now_s: float) -> Step:
        reading = self._learned(self._reading(end))
        if self._doing is _Doing.WAITING_TO_RETRY:
            return self._push_ended_amid_read(reading, now_s)
        if not isinstance(reading, FaultReading):
            if not _is_events_only(reading):
                self._next_read_s = now_s + self._settings.poll_interval_s
            return self._rest((reading,), now_s)
        self._deaf_until_s = now_s + self._settings.retry_pause_s
        told, self._push_fault_told = self._push_fault_told, True
        return self._rest(() if told else (reading,), now_s)

    def _push_ended_amid_read(self, reading: Reading, now_s: float) -> Step:
        """A whole audit ends the read, however it came; a fault here is not told twice."""
        if isinstance(reading, AuditReading) and not reading.audit.events_only:
            return self._rest((reading,), now_s)
        self._retry_at_s = max(self._retry_at_s, now_s + REST_S)
        learned = (reading,) if isinstance(reading, AuditReading) else ()
        return Step(readings=learned, wake_at_s=self._wake_at_s(), tx_enabled=False)

    def _rest(self, readings: tuple[Reading, ...], now_s: float) -> Step:
        """Back to listening, transmitter released."""
        self._doing = _Doing.RESTING
        self._next_read_s = max(self._next_read_s, now_s + REST_S)
        return Step(readings=readings, wake_at_s=self._wake_at_s(), tx_enabled=False)

    def _wake_at_s(self) -> float:
        if self._session is not None:
            return self._session.wake_at_s
        return self._read_at_s()

    def _learned(self, reading: Reading) -> Reading:
        """A whole audit is held against the one before."""
        if not isinstance(reading, AuditReading) or reading.audit.events_only:
            return reading
        before, self._last = self._last, reading.audit
        found = compare(before, reading.audit) if before else ()
        if not found:
            return reading
        warnings = (*reading.audit.warnings, *found)
        return AuditReading(replace(reading.audit, warnings=warnings), reading.raw)

    def _reading(self, end: SessionEnd) -> Reading:
        if isinstance(end, Refused):
            return words.refusal(end.code)
        if isinstance(end, Failed):
            return words.failure(end, self._noise_bytes)
        readings = [self._audit(raw) for raw in (end.data, *end.doubtful)]
        return min(readings, key=_deviations)

    def _audit(self, raw: bytes) -> Reading:
        try:
            audit = parse_audit(raw, ended=True, text_encoding=self._settings.text_encoding)
        except EvaDtsError as error:
            return words.unreadable(error, raw)
        return AuditReading(audit, raw)


def _is_events_only(reading: Reading) -> bool:
    return isinstance(reading, AuditReading) and reading.audit.events_only


def _deviations(reading: Reading) -> tuple[bool, bool, int]:
    """Orders readings of one transfer, the most consistent first; a checksum counts most."""
    if not isinstance(reading, AuditReading):
        return (True, True, 0)
    return (False, reading.audit.checksum_ok is not True, len(reading.audit.warnings))


def _is_final(end: SessionEnd, reading: Reading) -> bool:
    """Whether another try would give nothing better."""
    if isinstance(end, Received):
        doubtful = bool(end.doubtful) and _is_checksum_wrong(reading)
        return not doubtful and not _is_events_only(reading)
    return isinstance(end, Refused) and end.code != words.CODE_BUSY


def _is_checksum_wrong(reading: Reading) -> bool:
    return isinstance(reading, AuditReading) and reading.audit.checksum_ok is False


def make(settings: Settings) -> Driver:
    """A driver for one DEX machine."""
    return DexDriver(settings)
