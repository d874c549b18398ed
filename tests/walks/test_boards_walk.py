"""The walk of an FA FB board and of a DDCMP machine: pty, bridge, broker, hub's store."""

from pathlib import Path

import pytest

from tests.walks.road import road, until


@pytest.mark.slow
def test_a_board_and_a_ddcmp_machine_reach_the_hub_side_by_side(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        town._simulate("board-1", "fafb")
        town._simulate("audit-1", "ddcmp")
        board = town._device("board-1", "fafb-generic", "{ status_interval_s = 1 }")
        audit = town._device("audit-1", "ddcmp-generic", "{ poll_interval_s = 2 }")
        town.start_bridge(board, audit)
        until(lambda: "A1" in town.dispensed("audit-1"), "the first audit is in the hub")
        until(lambda: "11" in town.dispensed("board-1"), "the board's slots are in the hub")
        before = town.dispensed("audit-1")["A1"] or 0
        town.tell("audit-1", do="sell", selection="A1", count=2)
        town.tell("board-1", do="sell", selection=11, count=2)
        town.tell("board-1", do="jam", selection=12)
        town.tell("board-1", do="sell", selection=12)
        until(lambda: town.dispensed("audit-1")["A1"] == before + 2, "two vends by DDCMP")
        until(lambda: town.dispensed("board-1")["11"] == 2, "two vends by FA FB")
        until(lambda: "jam" in town.events("board-1"), "the jam is told")
        asked = town.ask("board-1", "read")
        assert (asked.returncode, "8 slots" in asked.stdout) == (0, True), asked.stdout
        # Single vends and measurements explain; a hub that keeps only counters may leave them.
        assert set(town.refused()) <= {"not-kept"}
