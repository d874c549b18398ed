"""Listening to an FA FB board and its tablet: everything is heard, nothing is ever sent."""

import pytest

from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.fafb import Settings, make
from firmware_bridge.drivers.readings import CountersReading, VendReading, VendRequestReading
from tests.firmware_bridge.drivers.fafb_pair import ASKING, board, pair


class Listening:
    """A tablet that is the upper computer, and a driver that hears both."""

    def __init__(self, *, both: bool) -> None:
        self.tablet = pair(ASKING)
        self.ear = make(Settings(mode="listen"))
        self.readings = list(self.ear.opened(0).readings)
        self._both, self._from, self._to = both, 0, 0

    def run(self, seconds: float) -> None:
        for _tick in range(int(seconds * 100)):
            self.tablet.run(0.01)
            heard, self._from = bytes(self.tablet.heard[self._from :]), len(self.tablet.heard)
            said, self._to = bytes(self.tablet.sent[self._to :]), len(self.tablet.sent)
            step = self.ear.feed(heard + (said if self._both else b""), self.tablet.now_s)
            assert not step.send
            assert step.tx_enabled is False
            self.readings += step.readings

    @property
    def vends(self) -> list[VendReading]:
        return [each for each in self.readings if isinstance(each, VendReading)]


@pytest.mark.parametrize("both", [True, False], ids=["both lines", "the board's line"])
def test_listening_hears_what_the_upper_computer_hears(*, both: bool) -> None:
    here = Listening(both=both)
    board(here.tablet).select(11)
    here.run(3)
    here.tablet.request("approve")
    here.run(8)
    assert [(v.selection, v.outcome, v.authorised) for v in here.vends] == [
        ("11", "success", False)
    ]
    last = [each for each in here.readings if isinstance(each, CountersReading)][-1]
    assert {slot.selection: slot.level for slot in last.slots}["11"] == 11
    assert not [each for each in here.readings if isinstance(each, VendRequestReading)]


def test_listening_follows_what_the_tablet_sets() -> None:
    ear = make(Settings(mode="listen"))
    ear.opened(0)
    here = pair()
    here.run(6)
    ear.feed(bytes(here.heard), 1)
    frames = [
        "fafb 13 04 01 000b 03 E7".replace("E7", ""),
        "fafb 12 07 02 0000 00000032",
        "fafb 13 04 03 03ea 09",
    ]
    for frame in frames:
        raw = bytes.fromhex(frame)
        check = 0
        for byte in raw:
            check ^= byte
        ear.feed(raw + bytes([check]), 2)
    (reading,) = ear.wake(4).readings
    assert isinstance(reading, CountersReading)
    levels = {slot.selection: slot.level for slot in reading.slots}
    assert (levels["11"], levels["21"], levels["22"], levels["31"]) == (3, 9, 9, 10)
    assert {slot.price_minor for slot in reading.slots} == {50}


def test_a_listener_can_be_asked_for_nothing() -> None:
    ear = make(Settings(mode="listen"))
    for what in ("read", "approve", "check 11"):
        with pytest.raises(UnknownRequestError, match="listens"):
            ear.request(what, 0)
