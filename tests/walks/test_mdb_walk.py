"""The walk of a vend on MDB: machine, adapter's lines on a pty, bridge, broker, hub's store."""

from pathlib import Path

import pytest

from tests.walks.road import road, until


@pytest.mark.slow
def test_vends_on_mdb_are_counted_in_the_hub_and_a_restart_doubles_nothing(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        town._simulate("machine-1", "mdb", "--two-byte-items", "--vend-s", "0.1")
        settings = '{ item_format = "{letter}{low}", check_s = 5, bus_wait_s = 5 }'
        town.start_bridge(town._device("machine-1", "mdb-generic", settings))

        def state() -> str:
            device = town.device("machine-1")
            return device.state if device else ""

        until(lambda: state() == "ok", "the machine is heard")
        assert town.ask("machine-1", "read").returncode == 0
        town.tell("machine-1", do="sell", selection="A1", pay="cash", count=3)
        until(lambda: town.dispensed("machine-1").get("A1") == 3, "three cash sales are counted")
        asked = town.ask("machine-1", "begin 1", "--no-wait")
        assert asked.returncode == 0, asked.stderr
        until(lambda: bool(town.tell("machine-1", do="state")["busy"]), "a session is open")
        town.tell("machine-1", do="sell", selection="B2", pay="none")
        until(lambda: town.dispensed("machine-1").get("B2") == 1, "the free vend is counted")
        town.kill("bridge")
        town.tell("machine-1", do="restart-adapter")
        town.start("bridge", "bridge", "run", "--config", str(tmp_path / "bridge.toml"))
        until(
            lambda: bool(town.tell("machine-1", do="state")["sniffing"]),
            "the adapter is set up anew",
        )
        town.tell("machine-1", do="jam", selection="A2")
        town.tell("machine-1", do="sell", selection="A2", pay="card")
        town.tell("machine-1", do="sell", selection="A1", pay="cash")
        until(lambda: town.dispensed("machine-1").get("A1") == 4, "it counts on")
        until(lambda: "vend-failed" in town.events("machine-1"), "the failed vend is told")
        assert town.dispensed("machine-1").get("B2") == 1
        assert not town.dispensed("machine-1").get("A2")
