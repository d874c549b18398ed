"""The DDCMP driver on real pseudo-terminals, against the simulated machine."""

from pathlib import Path

import pytest

from firmware_bridge.drivers.ddcmp import Settings, make
from firmware_bridge.drivers.readings import AuditReading, Fault
from hardware.simulators.ddcmp import DdcmpMachine
from hardware.simulators.vending_world import Setup
from tests.firmware_bridge.drivers.on_a_line import OnALine, on_a_line

QUICK = Settings(poll_interval_s=1, retry_pause_s=0.2, turnaround_s=0.01)


def audits(here: OnALine) -> list[AuditReading]:
    return [each for each in here.readings if isinstance(each, AuditReading)]


def free_vends(reading: AuditReading, selection: str) -> int | None:
    found = [each for each in reading.audit.selections if each.selection_id == selection]
    return found[0].free_vends


def test_what_was_sold_is_in_the_next_audit(tmp_path: Path) -> None:
    with on_a_line(make(QUICK), DdcmpMachine(Setup(), hurried=True), tmp_path) as here:
        here.until(lambda: bool(audits(here)), "an audit")
        before = free_vends(audits(here)[0], "A1")
        assert before is not None
        here.simulator.ask(do="sell", selection="A1", count=3)
        here.until(lambda: free_vends(audits(here)[-1], "A1") == before + 3, "three more")
        assert set(map(str, here.simulator.ask(do="state")["lists"])) == {"2"}  # type: ignore[call-overload]  # a list
        assert {reading.source for reading in audits(here)} == {"ddcmp"}
        assert not here.faults


@pytest.mark.parametrize("kinds", [("noise", "crc", "unplug"), ("silence", "garbage")])
def test_after_each_trouble_whole_audits_come_again(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    with on_a_line(make(QUICK), DdcmpMachine(Setup(), hurried=True), tmp_path) as here:
        here.until(lambda: bool(audits(here)), "an audit")
        for kind in kinds:
            here.simulator.ask(do="fault", kind=kind, seconds=0.7)
            here.until(lambda: here.simulator.ask(do="state")["faults"] == [], "the end of it")
            known = len(audits(here))
            here.until(lambda count=known: len(audits(here)) > count, f"one after {kind}")  # type: ignore[misc]  # bound early
        assert all(reading.audit.checksum_ok for reading in audits(here))
        assert not any(reading.audit.warnings for reading in audits(here))
        assert (Fault.PORT_LOST in {fault.fault for fault in here.faults}) == ("unplug" in kinds)


@pytest.mark.shared_data
def test_a_real_audit_crosses_the_line_byte_for_byte(tmp_path: Path, shared_data: Path) -> None:
    real = max((shared_data / "dex" / "eva-dts").rglob("*.*"), key=lambda file: file.stat().st_size)
    file = tmp_path / "audit"
    file.write_bytes(real.read_bytes()[:20_000])
    machine = DdcmpMachine(Setup(audit_file=file), hurried=True)
    with on_a_line(make(QUICK), machine, tmp_path) as here:
        here.until(lambda: bool(audits(here)), "the audit")
        assert audits(here)[0].raw == machine.world.audit()
