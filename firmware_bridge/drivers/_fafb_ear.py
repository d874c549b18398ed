"""Hearing an FA FB line: frames out of bytes and time, and when nothing sensible is heard. Pure."""

from firmware_bridge.drivers.readings import Fault, FaultReading
from firmware_bridge.framing.fafb import FafbDecoder, Frame

GAP_S = 0.1
"""A frame in which nothing came for so long is given up: what follows is a new one."""

NOISY_BYTES = 8

_TOLD = {
    Fault.NO_REPLY: (
        "nothing was heard from the board for {seconds:g} s",
        "Check that the machine is on, that RX and TX are not swapped, and 57600 8N1.",
    ),
    Fault.LINE_NOISE: (
        "for {seconds:g} s only bytes came that are no frames",
        "Check ground, level converter (RS-232, not TTL) and 57600 8N1.",
    ),
    Fault.BAD_CHECKSUM: (
        "for {seconds:g} s only frames with a wrong check came",
        "Check the cable and its ground, and keep it off motors and lamps.",
    ),
}


class Ear:
    """Hears one line.

    Args:
        silence_s: without one good frame for so long it is a fault, told once.

    Attributes:
        is_silent: the fault was told, and nothing has been heard since.
    """

    def __init__(self, silence_s: float) -> None:
        self.is_silent = False
        self._silence_s = silence_s
        self._decoder = FafbDecoder()
        self._byte_at_s = 0.0
        self._frame_at_s = 0.0
        self._bad_frames = self._noise_bytes = 0

    @property
    def due_s(self) -> float | None:
        """When `wake` or `fault` has something to do."""
        times = [self._byte_at_s + GAP_S] if self._decoder.in_frame else []
        if not self.is_silent:
            times.append(self._frame_at_s + self._silence_s)
        return min(times, default=None)

    def opened(self, now_s: float) -> None:
        """The port is there: forget half frames."""
        self._decoder = FafbDecoder()
        self._heard(now_s)

    def feed(self, data: bytes, now_s: float) -> list[Frame]:
        """The frames that these bytes complete."""
        frames = self.wake(now_s)
        frames += self._decoder.feed(data)
        self._byte_at_s = now_s
        if frames:
            self._heard(now_s)
        return frames

    def wake(self, now_s: float) -> list[Frame]:
        """The frames that stood behind a half one that is given up now."""
        if not self._decoder.in_frame or now_s < self._byte_at_s + GAP_S:
            return []
        frames = self._decoder.flush()
        if frames:
            self._heard(now_s)
        return frames

    def fault(self, now_s: float) -> FaultReading | None:
        """The fault of a silent line, once."""
        if self.is_silent or now_s < self._frame_at_s + self._silence_s:
            return None
        self.is_silent = True
        return self.silence()

    def silence(self) -> FaultReading:
        """What is known of the silence, as a fault."""
        fault = Fault.NO_REPLY
        if self._decoder.noise_bytes - self._noise_bytes >= NOISY_BYTES:
            fault = Fault.LINE_NOISE
        if self._decoder.bad_frames > self._bad_frames:
            fault = Fault.BAD_CHECKSUM
        detail, advice = _TOLD[fault]
        return FaultReading(fault, detail.format(seconds=self._silence_s), advice)

    def _heard(self, now_s: float) -> None:
        self.is_silent = False
        self._frame_at_s = now_s
        self._bad_frames = self._decoder.bad_frames
        self._noise_bytes = self._decoder.noise_bytes
