"""DDCMP: reads the audit of a European vending machine (EVA-DTS 6.1.1 chapter 3).

The dialogue itself stands in `firmware_bridge.framing.ddcmp_session`; here is when to read, how
often to try, and what is told to people. Only list 2 is read, which resets nothing. Nobody can
change a line's rate amid a session here, so the rate is kept as it is.
"""

from enum import Enum, auto
from typing import Literal

from pydantic import BaseModel, Field

from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import AuditReading, Fault, FaultReading, Reading
from firmware_bridge.evadts.errors import EvaDtsError
from firmware_bridge.evadts.parser import parse_audit
from firmware_bridge.framing.ddcmp_session import (
    DdcmpSession,
    Refused,
    SessionEnd,
    Timers,
    Who,
)
from firmware_bridge.framing.dex_link import Failed, Trouble

REST_S = 1.0
LAST_BYTE_S = 0.02
NOISY_BYTES = 8
WHOLE_AUDIT = (0x0000, 0xFFFF)
"""Both are used for "all of it"; a machine that refuses the one is asked by the other."""

_FAULTS = {
    Trouble.SILENCE: Fault.NO_REPLY,
    Trouble.DAMAGE: Fault.BAD_CHECKSUM,
    Trouble.OVERSIZED: Fault.OVERSIZED_FRAME,
    Trouble.BROKEN_OFF: Fault.PROTOCOL,
    Trouble.NONSENSE: Fault.PROTOCOL,
}
_ADVICE = {
    Fault.NO_REPLY: "Check that the optical head sits on the window, or the plug is in; 2400 8N1.",
    Fault.LINE_NOISE: "Check the rate (2400 8N1 as a rule), ground, and light on the window.",
    Fault.BAD_CHECKSUM: "Check how the optical head sits, and cable and plug for wear.",
    Fault.OVERSIZED_FRAME: "If the audit really is so long, raise max_audit_bytes.",
    Fault.PROTOCOL: "If it stays, switch the machine off and on, and report the machine's model.",
    Fault.UNREADABLE: "The line works; keep the audit and report the machine's model.",
}
_ACCESS = {"maintenance": 0x0B, "route": 0x0C}


class Settings(BaseModel, extra="forbid", frozen=True):
    """What can be set for a DDCMP machine."""

    poll_interval_s: float = Field(
        default=900.0, ge=1.0, le=86_400.0, description="Seconds from one read to the next."
    )
    attempts: int = Field(
        default=3, ge=1, le=10, description="Whole reads tried before it is a fault."
    )
    retry_pause_s: float = Field(
        default=5.5, ge=0.1, le=60.0, description="Pause between two of these, in seconds."
    )
    baud: int = Field(
        default=2400,
        ge=1200,
        le=115_200,
        description="Rate of the line, by which is waited; taken from the profile's line.",
    )
    turnaround_s: float = Field(
        default=0.05, ge=0.01, le=0.5, description="Pause before each answer of ours, in seconds."
    )
    security_code: str = Field(
        default="0000", pattern=r"^[0-9A-F]{4}$", description="The machine's security code."
    )
    pass_code: str = Field(
        default="0000", pattern=r"^[0-9A-F]{4}$", description="The machine's pass code."
    )
    access: Literal["route", "maintenance"] = Field(
        default="route", description="As whom we introduce ourselves."
    )
    max_audit_bytes: int = Field(
        default=131_072, ge=1024, le=1_048_576, description="A longer audit is refused."
    )
    text_encoding: str = Field(
        default="latin-1",
        pattern=r"^(latin-1|cp125[0-8]|utf-8)$",
        description="Alphabet of product texts above ASCII: latin-1, cp1250 to cp1258, utf-8.",
    )


class _Doing(Enum):
    RESTING = auto()
    READING = auto()
    WAITING_TO_RETRY = auto()


class DdcmpDriver:
    """Reads one machine at an interval; never hangs, one fault for each read that failed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._timers = Timers(rate_baud=settings.baud, turnaround_s=settings.turnaround_s)
        codes = bytes.fromhex(settings.security_code), bytes.fromhex(settings.pass_code)
        self._who = Who(*codes, access=_ACCESS[settings.access])
        self._session: DdcmpSession | None = None
        self._doing = _Doing.RESTING
        self._attempt = 0
        self._asks_whole_by = 0
        self._noise_bytes = 0
        self._next_read_s = 0.0
        self._retry_at_s = 0.0

    def opened(self, now_s: float) -> Step:
        """The port is there: forget what was going on and read at once."""
        return self._begin_read(now_s)

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes that arrived; outside a read they are nobody's."""
        if self._session is not None:
            return self._after(self._session, self._session.feed(data, now_s), now_s)
        return Step(wake_at_s=self._wake_at_s())

    def wake(self, now_s: float) -> Step:
        """The time asked for has come, or an earlier one."""
        if self._session is not None:
            return self._after(self._session, self._session.wake(now_s), now_s)
        if self._doing is _Doing.WAITING_TO_RETRY and now_s >= self._retry_at_s:
            return self._try_read(now_s)
        if self._doing is _Doing.RESTING and now_s >= self._next_read_s:
            return self._begin_read(now_s)
        return Step(wake_at_s=self._wake_at_s())

    def request(self, what: str, now_s: float) -> Step:
        """Do what was asked: "read" reads now; while a read is going on it changes nothing.

        Raises:
            UnknownRequestError: anything but "read".
        """
        if what != "read":
            raise UnknownRequestError(f"the DDCMP driver cannot do {what!r}; it can do: read")
        if self._doing is _Doing.RESTING:
            return self._begin_read(now_s)
        return Step(wake_at_s=self._wake_at_s())

    def _begin_read(self, now_s: float) -> Step:
        self._attempt = self._noise_bytes = 0
        self._next_read_s = now_s + self._settings.poll_interval_s
        return self._try_read(now_s)

    def _try_read(self, now_s: float) -> Step:
        self._attempt += 1
        self._doing = _Doing.READING
        segment_bytes = WHOLE_AUDIT[self._asks_whole_by]
        limit_bytes = self._settings.max_audit_bytes
        self._session = DdcmpSession(self._who, self._timers, limit_bytes, segment_bytes)
        send = self._session.call(now_s)
        return Step(send, tx_enabled=True, wake_at_s=self._session.wake_at_s)

    def _after(self, session: DdcmpSession, send: bytes, now_s: float) -> Step:
        if session.end is None:
            return Step(send, wake_at_s=session.wake_at_s)
        if send:
            # The last byte must be out before the transmitter is released.
            return Step(send, wake_at_s=now_s + LAST_BYTE_S)
        self._session = None
        self._noise_bytes += session.noise_bytes
        return self._read_ended(session.end, session.other_rate_baud, now_s)

    def _read_ended(self, end: SessionEnd, other_rate_baud: int, now_s: float) -> Step:
        if end == Refused("read"):
            self._asks_whole_by = 1 - self._asks_whole_by
        reading = self._reading(end, other_rate_baud)
        if self._attempt >= self._settings.attempts or _is_final(end, reading):
            self._doing = _Doing.RESTING
            self._next_read_s = max(self._next_read_s, now_s + REST_S)
            return Step(readings=(reading,), wake_at_s=self._wake_at_s(), tx_enabled=False)
        self._doing = _Doing.WAITING_TO_RETRY
        self._retry_at_s = now_s + self._settings.retry_pause_s
        return Step(wake_at_s=self._wake_at_s())

    def _wake_at_s(self) -> float:
        if self._session is not None:
            return self._session.wake_at_s
        return self._retry_at_s if self._doing is _Doing.WAITING_TO_RETRY else self._next_read_s

    def _reading(self, end: SessionEnd, other_rate_baud: int) -> Reading:
        if isinstance(end, Refused):
            return _refusal(end)
        if isinstance(end, Failed):
            return self._failure(end, other_rate_baud)
        try:
            audit = parse_audit(end.data, ended=True, text_encoding=self._settings.text_encoding)
        except EvaDtsError as error:
            detail = f"read, but could not parse: {error}"
            return FaultReading(Fault.UNREADABLE, detail, _ADVICE[Fault.UNREADABLE])
        return AuditReading(audit, end.data, source="ddcmp")

    def _failure(self, end: Failed, other_rate_baud: int) -> FaultReading:
        fault = _FAULTS[end.trouble]
        if fault is Fault.NO_REPLY and self._noise_bytes >= NOISY_BYTES:
            fault = Fault.LINE_NOISE
        advice = _ADVICE[fault]
        if other_rate_baud:
            advice = (
                f"The machine wants to go on at {other_rate_baud} baud, which is not followed; "
                f"try a profile of your own with [line] baud = {other_rate_baud}."
            )
        detail = f"could not read: {end.detail}"
        if self._attempt > 1:
            detail += f"; {self._attempt} reads were tried"
        return FaultReading(fault, detail, advice)


def _is_final(end: SessionEnd, reading: Reading) -> bool:
    """Whether another try would give nothing better."""
    if isinstance(end, Refused):
        return end.what == "who"
    if isinstance(end, Failed):
        return False
    return not (isinstance(reading, AuditReading) and reading.audit.checksum_ok is False)


def _refusal(end: Refused) -> FaultReading:
    if end.what == "who":
        detail = "the machine answered no to who we are"
        advice = "Set security_code and pass_code as in the machine's menu, or access."
    else:
        detail = "the machine refuses to give its audit without a reset (list 2)"
        advice = "It can't be read by us: list 1 may clear the operator's data. Report its model."
    return FaultReading(Fault.REFUSED, detail, advice)


def make(settings: Settings) -> Driver:
    """A driver for one DDCMP machine."""
    return DdcmpDriver(settings)
