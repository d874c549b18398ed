"""The FA FB driver and the simulated board, joined, with what tests ask of what was learned."""

from collections.abc import Mapping

from firmware_bridge.drivers.fafb import Settings, make
from firmware_bridge.drivers.readings import (
    CountersReading,
    EventReading,
    SlotCounters,
    VendRequestReading,
)
from hardware.simulators.fafb import FafbDevice
from tests.firmware_bridge.drivers.pair import Hurt, Pair, unhurt

ASKING = {"authorise": True}


def pair(
    chosen: Mapping[str, object] | None = None, hurt: Hurt = unhurt, answers: Hurt = unhurt
) -> Pair:
    made = Pair(make(Settings.model_validate(chosen or {})), FafbDevice(), hurt, answers)
    made.open()
    return made


def board(here: Pair) -> FafbDevice:
    assert isinstance(here.device, FafbDevice)
    return here.device


def slots(here: Pair) -> dict[str, SlotCounters]:
    last = [each for each in here.readings if isinstance(each, CountersReading)][-1]
    return {slot.selection: slot for slot in last.slots}


def events(here: Pair, name: str) -> list[bool | None]:
    return [e.active for e in here.readings if isinstance(e, EventReading) and e.name == name]


def wishes(here: Pair) -> list[VendRequestReading]:
    return [each for each in here.readings if isinstance(each, VendRequestReading)]
