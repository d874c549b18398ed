"""The walk of a vend: machine, DEX on a pty, bridge, broker, hub's store."""

import json
from pathlib import Path

import pytest

from firmware_bridge.evadts.parser import parse_audit
from tests.walks.road import BROKERS, road, until


@pytest.mark.slow
@pytest.mark.parametrize("broker", BROKERS)
def test_a_vend_reaches_the_hub_and_a_restart_doubles_nothing(broker: str, tmp_path: Path) -> None:
    with road(tmp_path, broker) as town:
        town.start_hub()
        town.start_bridge(town.start_machine("machine-1", "--state", str(tmp_path / "state.json")))
        until(lambda: "A1" in town.dispensed("machine-1"), "the first audit is in the hub")
        before = town.dispensed("machine-1")["A1"] or 0
        town.tell("machine-1", do="sell", selection="A1", count=3)
        until(lambda: town.dispensed("machine-1")["A1"] == before + 3, "three vends are counted")
        town.tell("machine-1", do="jam", selection="A2")
        until(lambda: "jam" in town.events("machine-1"), "the jam is told")
        events = town.events("machine-1")
        town.kill("bridge")
        town.tell("machine-1", do="sell", selection="A1", count=2)
        town.start("bridge", "bridge", "run", "--config", str(tmp_path / "bridge.toml"))
        until(lambda: town.dispensed("machine-1")["A1"] == before + 5, "the rest is counted")
        assert town.events("machine-1") == events
        assert town.refused() == []


@pytest.mark.slow
def test_a_pulled_cable_is_told_and_the_machine_comes_back(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        town.start_bridge(town.start_machine("machine-1"))

        def state() -> str:
            device = town.device("machine-1")
            return device.state if device else ""

        until(lambda: state() == "ok", "the machine is heard")
        town.tell("machine-1", do="fault", kind="unplug", seconds=4)
        until(lambda: state() == "unreachable", "the hub knows that it is away")
        until(lambda: state() == "ok", "it is heard again")
        town.tell("machine-1", do="fault", kind="silence", seconds=40)
        until(lambda: state() in {"fault", "unreachable"}, "its silence is told")
        until(lambda: state() == "ok", "the line has recovered")
        assert town.refused() == []


@pytest.mark.slow
@pytest.mark.shared_data
def test_every_real_audit_walks_the_road(shared_data: Path, tmp_path: Path) -> None:
    audits = sorted((shared_data / "dex" / "eva-dts").rglob("*.*"))
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        town.start_bridge(town.start_machine("machine-1"))
        until(lambda: town.device("machine-1") is not None, "the machine is known")
        walked = 0
        for file in audits:
            parsed = parse_audit(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            if not parsed.selections:
                continue
            walked += 1
            town.tell("machine-1", do="serve", file=str(file))
            told = {each.selection_id: each.dispensed for each in parsed.selections}
            wanted = {name: count for name, count in told.items() if count is not None}

            def arrived(wanted: dict[str, int] = wanted) -> bool:
                return wanted.items() <= town.dispensed("machine-1").items()

            until(arrived, f"{file.name}: {json.dumps(wanted)[:200]}")
        assert walked >= 8
        assert town.refused() == []
