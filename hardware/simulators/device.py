"""What the simulator loop wants of a simulated device: bytes and time in, bytes out."""

from collections.abc import Mapping
from typing import Protocol

Request = Mapping[str, object]
Reply = dict[str, object]


class Device(Protocol):
    """One simulated device. All times are monotonic seconds from the same clock.

    Attributes:
        answer_after_s: how long the device thinks before it answers.
        corrupt_checksums: while True, every checksum that is sent is wrong.
    """

    answer_after_s: float
    corrupt_checksums: bool

    @property
    def wake_at_s(self) -> float | None:
        """When `wake` must be called if nothing else happens; None for never."""

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that arrived; what is to be sent now."""

    def wake(self, now_s: float) -> bytes:
        """The time asked for has come; what is to be sent now."""

    def control(self, request: Request, now_s: float) -> Reply:
        """Change the simulated world, or tell of it.

        Raises:
            RequestError: the request does not fit.
            SimulatorError: it fits, but can't be done.
        """

    def line_lost(self) -> None:
        """The line was unplugged: forget half frames and the session."""

    def settle(self) -> None:
        """Whatever must outlive this process is written down now."""
