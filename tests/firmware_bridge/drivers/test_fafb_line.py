"""The FA FB driver on real pseudo-terminals, against the simulated board."""

from collections import Counter
from pathlib import Path

import pytest

from firmware_bridge.drivers.fafb import Settings, make
from firmware_bridge.drivers.readings import (
    CountersReading,
    EventReading,
    Fault,
    VendReading,
    VendRequestReading,
)
from hardware.simulators.fafb import FafbDevice
from tests.firmware_bridge.drivers.on_a_line import OnALine, on_a_line

QUICK: dict[str, object] = {"silence_s": 8, "status_interval_s": 1}


def driver_settings(**more: object) -> Settings:
    return Settings.model_validate({**QUICK, **more})


def levels(here: OnALine) -> dict[str, int | None]:
    told = [each for each in here.readings if isinstance(each, CountersReading)]
    return {slot.selection: slot.level for slot in told[-1].slots} if told else {}


def vended(here: OnALine) -> Counter[str | None]:
    vends = [each for each in here.readings if isinstance(each, VendReading)]
    return Counter(vend.selection for vend in vends if vend.outcome != "failed")


def true_levels(here: OnALine) -> dict[str, int]:
    state = here.simulator.ask(do="state")["selections"]
    assert isinstance(state, dict)
    return {name: slot["level"] for name, slot in state.items()}


def test_slots_vends_door_and_fill_button_cross_a_real_line(tmp_path: Path) -> None:
    with on_a_line(make(driver_settings()), FafbDevice(hurried=True), tmp_path) as here:
        here.until(lambda: levels(here) == true_levels(here), "every slot")
        here.simulator.ask(do="sell", selection=11, count=3)
        here.until(lambda: vended(here)["11"] == 3, "three vends")
        here.simulator.ask(do="door", state="open")
        here.until(
            lambda: any(
                isinstance(each, EventReading) and each.name == "door-open" and each.active
                for each in here.readings
            ),
            "the open door",
        )
        here.simulator.ask(do="door", state="closed")
        here.simulator.ask(do="fill")
        here.until(lambda: levels(here).get("11") == 12, "filled")
        assert not here.faults


def test_a_selection_is_approved_over_a_real_line(tmp_path: Path) -> None:
    driver = make(driver_settings(authorise=True))
    with on_a_line(driver, FafbDevice(hurried=True), tmp_path) as here:
        here.simulator.ask(do="select", selection=22)
        here.until(
            lambda: any(isinstance(each, VendRequestReading) for each in here.readings), "a wish"
        )
        here.request("approve")
        here.until(lambda: vended(here)["22"] == 1, "the vend")
        here.request("approve")
        here.until(lambda: bool(here.refused), "the refusal of a second yes")


@pytest.mark.slow
def test_after_each_trouble_all_is_told_and_nothing_twice(tmp_path: Path) -> None:
    kinds = ("noise", "crc", "unplug", "silence", "garbage", "slow")
    with on_a_line(make(driver_settings()), FafbDevice(hurried=True), tmp_path) as here:
        for times, kind in enumerate(kinds, start=1):
            here.simulator.ask(do="fault", kind=kind, seconds=0.5)
            here.until(lambda: here.simulator.ask(do="state")["faults"] == [], "the end of it")
            here.simulator.ask(do="sell", selection=11)
            here.until(lambda count=times: vended(here)["11"] == count, f"vend {times}")  # type: ignore[misc]  # bound early
        here.until(lambda: levels(here) == true_levels(here), "every slot")
        assert vended(here) == {"11": len(kinds)}
        assert Fault.PORT_LOST in {fault.fault for fault in here.faults}


def test_packets_that_come_twice_are_vends_that_happened_once(tmp_path: Path) -> None:
    with on_a_line(make(driver_settings()), FafbDevice(hurried=True), tmp_path) as here:
        here.simulator.ask(do="duplicate", seconds=60)
        here.simulator.ask(do="sell", selection=31, count=4)
        here.simulator.ask(do="sell", selection=32)
        here.until(lambda: vended(here)["32"] == 1, "the last of them")
        assert vended(here) == {"31": 4, "32": 1}


def test_a_listener_sends_not_one_byte(tmp_path: Path) -> None:
    """The board asks and asks; nothing but the silence of an upper computer answers."""
    with on_a_line(make(driver_settings(mode="listen")), FafbDevice(), tmp_path) as here:
        here.until(lambda: int(str(here.simulator.ask(do="state")["unanswered"])) >= 5, "five")
        here.simulator.ask(do="sell", selection=11)
        here.until(lambda: vended(here)["11"] == 1, "the vend")
        assert not here.faults
