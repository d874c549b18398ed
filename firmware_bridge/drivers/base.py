"""What every driver is: bytes and time in, bytes and readings out.

A driver holds the dialogue with one device and nothing else. It never opens a port, never sleeps
and never reads a clock: whoever owns the port hands it bytes and the time, and does what the
returned `Step` says. That is why a driver can be tested whole, byte by byte, with loss, with
rubbish, and in any order of time.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from firmware_bridge.drivers.readings import Reading


@dataclass(frozen=True, slots=True)
class Step:
    """What a driver wants done now.

    Attributes:
        send: bytes to put on the line at once.
        readings: what has been learned, oldest first.
        wake_at_s: monotonic time at which `Driver.wake` must be called if nothing arrives before
            (seconds); None leaves the time asked for last as it is.
        tx_enabled: True asks for the transmitter to be driven, False for it to be released to
            high impedance, None leaves it as it is (EVA-DTS 6.1.1 chapter 7: a carrier that keeps
            driving the line holds many machines in audit mode, in which they do not vend).
        baud: set the port to this speed before `send` goes out; None leaves it as it is. A port
            that is opened again has the speed of its line settings.
    """

    send: bytes = b""
    readings: tuple[Reading, ...] = ()
    wake_at_s: float | None = None
    tx_enabled: bool | None = None
    baud: int | None = None


@runtime_checkable
class Driver(Protocol):
    """A dialogue with one device. All times are monotonic seconds from the same clock."""

    def opened(self, now_s: float) -> Step:
        """The port has just been opened or re-opened: forget half frames and begin."""

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes that arrived."""

    def wake(self, now_s: float) -> Step:
        """The time asked for with `Step.wake_at_s` has come."""

    def request(self, what: str, now_s: float) -> Step:
        """Do something now that somebody asked for.

        Raises:
            UnknownRequestError: this driver has no such request; the message names those it has.
        """
