"""The walk of a code in a real dialogue: the hub's sheet, bridge, MDB, item, the hub's counters."""

from pathlib import Path

import pytest

from tests.walks.road import Road, road, until
from tests.walks.test_access_walk import (
    CODE,
    MACHINE,
    assert_nowhere,
    enter,
    hub_command,
    refused_kinds,
)

SETTINGS = '{ item_format = "{letter}{low}", check_s = 5, bus_wait_s = 5 }'


def set_access(town: Road, *options: str) -> None:
    hub_command(town, "access", "set", MACHINE, *options)


@pytest.mark.slow
def test_a_code_lets_one_item_out_and_an_open_machine_needs_none(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        town._simulate("machine-1", "mdb", "--two-byte-items", "--vend-s", "0.1")
        machine = town._device("machine-1", "mdb-generic", SETTINGS)
        town.start_bridge(machine, head='access_key_file = "password.access.key"')
        until(lambda: town.device("machine-1") is not None, "the machine is known")
        set_access(town, "--mode", "issued", "--items", "1")
        sheet = tmp_path / "sheet.html"
        hub_command(
            town, "codes", "issue", MACHINE, "--count", "2", "--uses", "1", "--sheet", str(sheet)
        )
        first, second = CODE.findall(sheet.read_text())

        until(lambda: enter(town, first).returncode == 0, "the bridge has the table")
        until(lambda: bool(town.tell("machine-1", do="state")["busy"]), "a session is open")
        town.tell("machine-1", do="sell", selection="B2", pay="none")
        until(lambda: town.dispensed("machine-1").get("B2") == 1, "the item is counted")
        assert enter(town, first).returncode == 3
        town.tell("machine-1", do="sell", selection="B2", pay="none")  # nobody is let in

        set_access(town, "--mode", "open", "--items", "1")

        def given() -> bool:
            town.tell("machine-1", do="sell", selection="B3", pay="none")
            return bool(town.dispensed("machine-1").get("B3"))

        until(given, "an open machine gives by itself")
        assert town.dispensed("machine-1").get("B2") == 1
        assert refused_kinds(town) == set()
        sheet.unlink()
        for code in (first, second):
            assert_nowhere(tmp_path, code)
