"""When the other line of a machine must wait: a DEX read stops many machines from vending. Pure.

One machine may have two lines: MDB tells of each vend as it happens, DEX is read now and then.
While somebody is about to take something, the read waits.
"""

from typing import Literal

from firmware_bridge.drivers.readings import (
    CodeReading,
    EventReading,
    Reading,
    VendReading,
    VendRequestReading,
)

Word = Literal["hold", "release"]


def word_for(reading: Reading) -> Word | None:
    """What the machine's other line is told after a reading; None for nothing.

    Args:
        reading: what the line that hears vends has learned.
    """
    match reading:
        case CodeReading() | VendRequestReading() | EventReading(code="session-begin"):
            return "hold"
        case VendReading() | EventReading(code="session-end"):
            return "release"
    return None
