"""Trouble on the line, on request: what it is, how long it lasts, what it does to bytes."""

import random

from hardware.errors import RequestError
from hardware.simulators import requests
from hardware.simulators.device import Request

KINDS = ("noise", "crc", "silence", "slow", "unplug", "garbage")
SLOW_BYTES_PER_S = 15.0
"""One byte in 67 ms: inside the 100 ms between bytes that DEX allows, and painful."""
GARBAGE_BYTES_PER_S = 8_000
NOISE_SHARE = 0.02
SECONDS_MAX = 86_400.0
GARBAGE_STEP_S = 0.05


class Faults:
    """Which troubles are on, each until its own time.

    noise: about one byte in fifty of what is sent is followed by a random one, or changed by it;
    crc: every checksum that is sent is wrong; silence: nothing is heard and nothing is said;
    slow: bytes dribble out; unplug: the port is gone, and comes back under the same name;
    garbage: a flood of random bytes.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._until_s: dict[str, float] = {}
        self._unplug_after_bytes: int | None = None
        self._unplug_for_s = 0.0

    def request(self, request: Request, now_s: float) -> list[str]:
        """Begin or end trouble as a control request says; the kinds that are on then.

        Raises:
            RequestError: the kind or the seconds do not fit.
        """
        kind = requests.choice(request, "kind", (*KINDS, "none"))
        if kind == "none":
            self._until_s.clear()
            self._unplug_after_bytes = None
            return []
        seconds = requests.number(request, "seconds", 5.0, least=0, most=SECONDS_MAX)
        if kind == "unplug" and "after_bytes" in request:
            after = requests.whole(request, "after_bytes", least=0, most=1_000_000)
            self._unplug_after_bytes, self._unplug_for_s = after, seconds
        else:
            self.start(kind, seconds, now_s)
        return self.active(now_s)

    def allowed(self, data: bytes, now_s: float) -> bytes:
        """What of this goes out before the plug is pulled, where that was asked for."""
        left = self._unplug_after_bytes
        if left is None:
            return data
        self._unplug_after_bytes = left - len(data)
        if self._unplug_after_bytes > 0:
            return data
        self._unplug_after_bytes = None
        self.start("unplug", self._unplug_for_s, now_s)
        return data[:left]

    def start(self, kind: str, seconds: float, now_s: float) -> None:
        """Begin one kind of trouble.

        Raises:
            RequestError: there is no such kind.
        """
        if kind not in KINDS:
            raise RequestError(f"no such fault: {kind!r}; there are {', '.join(KINDS)}")
        self._until_s[kind] = now_s + seconds

    def on(self, kind: str, now_s: float) -> bool:
        """Whether this trouble is on."""
        return now_s < self._until_s.get(kind, float("-inf"))

    def active(self, now_s: float) -> list[str]:
        """The kinds that are on, in the order of `KINDS`."""
        return [kind for kind in KINDS if self.on(kind, now_s)]

    def next_change_s(self, now_s: float) -> float | None:
        """When something must be done about a trouble; None while there is none."""
        times = [until for until in self._until_s.values() if until > now_s]
        if self.on("garbage", now_s):
            times.append(now_s + GARBAGE_STEP_S)
        return min(times, default=None)

    def noisy(self, data: bytes) -> bytes:
        """The bytes with noise among them; at least one byte of it in each piece."""
        sure = self._rng.randrange(len(data)) if data else 0
        spoilt = bytearray()
        for place, byte in enumerate(data):
            if place != sure and self._rng.random() >= NOISE_SHARE:
                spoilt.append(byte)
            elif self._rng.random() < 0.5:
                spoilt += bytes([byte, self._rng.randrange(256)])
            else:
                spoilt.append(byte ^ self._rng.randrange(1, 256))
        return bytes(spoilt)

    def garbage(self, seconds: float) -> bytes:
        """What a flood of random bytes brings in that time; at most one second of it."""
        return self._rng.randbytes(round(min(seconds, 1.0) * GARBAGE_BYTES_PER_S))
