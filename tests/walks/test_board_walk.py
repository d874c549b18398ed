"""The walk of a vend on our own board: simulated board on a pty, bridge, broker, hub's store."""

from pathlib import Path

import pytest

from tests.walks.road import road, until


@pytest.mark.slow
def test_a_vend_of_our_board_reaches_the_hub_and_a_restart_doubles_nothing(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        town._simulate("machine-1", "board", "--state", str(tmp_path / "state.json"))
        town.start_bridge(town._device("machine-1", "board-vending", "{ report_interval_s = 5 }"))
        until(lambda: town.dispensed("machine-1").get("A1") == 0, "the counters are in the hub")
        town.tell("machine-1", do="press", selection="A1", count=3)
        until(lambda: town.dispensed("machine-1")["A1"] == 3, "three vends are counted")
        asked = town.ask("machine-1", "dispense B1")
        assert asked.returncode == 0, asked.stdout + asked.stderr
        assert "B1: success" in asked.stdout
        refused = town.ask("machine-1", "dispense Z9")
        assert refused.returncode != 0
        assert "no such slot" in refused.stdout + refused.stderr
        read = town.ask("machine-1", "sync")
        assert "tells of 10 slots" in read.stdout
        town.kill("bridge")
        town.tell("machine-1", do="press", selection="A1", count=2)
        town.start("bridge", "bridge", "run", "--config", str(tmp_path / "bridge.toml"))
        until(lambda: town.dispensed("machine-1")["A1"] == 5, "the rest is counted")
        assert town.dispensed("machine-1")["B1"] == 1
        assert town.events("machine-1").count("restarted") == 1
        assert set(town.refused()) <= {"not-kept"}, "only what this hub has no table for"
