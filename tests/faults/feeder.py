"""A bridge without devices: takes events as fast as its spool commits them, and publishes them.

It is a program of its own, so that it can be killed: the real spool and the real publisher, fed
with numbered events. A number is printed only after its commit: the reader knows what must arrive.
"""

import sys
import threading
from pathlib import Path

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.contract.messages import BridgeStatus, MachineEvent
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.identifiers import new_boot_id
from firmware_bridge.publisher import BrokerAccess, Publisher
from firmware_bridge.spool import Draft, Moment, Spool
from harborlight import configure_logging
from tests.walks.road import BRIDGE, SITE


def event(number: int) -> MachineEvent:
    return MachineEvent(
        code=f"N{number}", name="other", selection=None, active=None, count=number, text=""
    )


def main(spool_file: str, url: str, password: str, first: int, last: int) -> None:
    configure_logging("info")
    clock, address, boot = SystemClock(), BridgeAddress(SITE, BRIDGE), new_boot_id()
    spool = Spool(Path(spool_file), address, boot)
    status = BridgeStatus(state="online", boot=boot, software="feeder")
    access = BrokerAccess(url, address.username, password, keepalive_s=5)
    publisher = Publisher(spool, access, address, status, clock)
    threading.Thread(target=publisher.run, daemon=True).start()
    for number in range(first, last + 1):
        moment = Moment(clock.now_ms(), round(clock.monotonic_s() * 1000), sane=True)
        spool.append([Draft("machine-1", event(number), event=True)], moment)
        publisher.nudge()
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        clock.sleep(0.01)
    while spool.depth:
        clock.sleep(0.1)
    publisher.stop()
    sys.stdout.write("delivered\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:6]))  # type: ignore[arg-type]  # five words in order
