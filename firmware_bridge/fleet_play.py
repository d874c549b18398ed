"""Sends a simulated fleet's messages as its bridges would: to load a hub, and to show a full one.

Each bridge has a spool and a publisher of its own, as a real one; only the devices are missing.
First all spools are filled, then all bridges send at once, and the time runs until the hub has
acknowledged every message.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from firmware_bridge.contract.clock import Clock
from firmware_bridge.contract.messages import BridgeStatus
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import FeedError
from firmware_bridge.fleet_feed import Told
from firmware_bridge.publisher import BrokerAccess, Publisher
from firmware_bridge.spool import Draft, Moment, Spool

ALL = 10_000_000
"""No spool of a play gives anything up."""

LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Played:
    """What was sent.

    Attributes:
        bridges: how many bridges sent.
        messages: how many messages the hub has acknowledged.
        seconds: from the first connection to the last acknowledgement.
        left: messages not acknowledged when nothing came any more.
    """

    bridges: int
    messages: int
    seconds: float
    left: int


class Play:
    """The bridges of a fleet.

    Args:
        folder: for the spools; on a disk in memory it is the hub alone that is measured.
        access: the broker, and how a bridge is let in.
        boot_id: makes the id of a bridge's run.
        clock: for the time it takes.
    """

    def __init__(
        self,
        folder: Path,
        access: Callable[[BridgeAddress], BrokerAccess],
        boot_id: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._folder, self._access, self._boot_id, self._clock = folder, access, boot_id, clock
        self._spools: dict[BridgeAddress, tuple[str, Spool]] = {}

    def fill(self, said: Iterable[Told], shift_ms: int = 0) -> int:
        """Put messages into the spools; how many.

        Raises:
            FeedError: nothing is told at all.
            SpoolError: the folder can't be used.
        """
        number = 0
        for each in said:
            spool = self._spool(each.bridge)
            moment = Moment(each.at_ms + shift_ms, each.at_ms, sane=True)
            spool.append([Draft(each.device, each.body)], moment)
            number += 1
        if not number:
            raise FeedError("no machine says anything in it: make one with harborlight simulate")
        for _, spool in self._spools.values():
            spool.flush()
        return number

    def send(self, patience_s: float, tell: Callable[[str], None]) -> Played:
        """Send all of it; give up after `patience_s` without an acknowledgement."""
        whole = self._left()
        publishers = [self._publisher(address) for address in self._spools]
        threads = [threading.Thread(target=each.run, daemon=True) for each in publishers]
        began_s = self._clock.monotonic_s()
        for thread in threads:
            thread.start()
        ended_s = self._wait(began_s, patience_s, tell)
        for publisher in publishers:
            publisher.stop()
        for thread in threads:
            thread.join(timeout=5)
        left = self._left()
        return Played(len(publishers), whole - left, ended_s - began_s, left)

    def close(self) -> None:
        """Close the spools."""
        for _, spool in self._spools.values():
            spool.close()

    def _wait(self, began_s: float, patience_s: float, tell: Callable[[str], None]) -> float:
        before, moved_s, told_s = self._left(), began_s, began_s
        while before:
            self._clock.sleep(LOOK_S)
            now_s, left = self._clock.monotonic_s(), self._left()
            if left < before:
                before, moved_s = left, now_s
            elif now_s - moved_s > patience_s:
                break
            if now_s - told_s > 10:
                told_s = now_s
                tell(f"{left} messages left")
        return moved_s

    def _left(self) -> int:
        return sum(spool.depth for _, spool in self._spools.values())

    def _spool(self, address: BridgeAddress) -> Spool:
        if address not in self._spools:
            boot = self._boot_id()
            file = self._folder / f"{address.site}-{address.bridge}.db"
            self._spools[address] = (boot, Spool(file, address, boot, max_rows=ALL))
        return self._spools[address][1]

    def _publisher(self, address: BridgeAddress) -> Publisher:
        boot, spool = self._spools[address]
        status = BridgeStatus(state="online", boot=boot, software="play")
        return Publisher(spool, self._access(address), address, status, self._clock)
