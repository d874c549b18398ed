"""The walk of a performance check: from the standard on the crystal to the hub's page and alert."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard import create_app
from firmware_bridge.contract.clock import Clock, HandClock, SystemClock
from hub import access
from hub.config import load
from hub.judge import Judge
from hub.store import Store, alerts
from tests.walks.road import Road, road, until
from tests.walks.test_check_walk import Table, bands

DAY_MS = 86_400_000
AT_ONCE = """
[rules.alerts]
flap_hold_s = 0
[rules.timing.instrument-check]
pending_s = 0
resolve_after_s = 0
"""
"""An instrument that fails, passes and fails within an hour would else be held as flapping."""


class Office:
    """What a technician at the hub sees, by a clock of their own."""

    def __init__(self, town: Road, clock: Clock) -> None:
        self.store = Store.open(f"sqlite:///{town.folder / 'hub' / 'hub.db'}", clock)
        self.config, self._clock = load(town.hub_config), clock
        app = create_app(self.config, store=self.store, testing=True)
        app.config["WTF_CSRF_ENABLED"] = False
        self.client = app.test_client()
        _join(self.store, self.client, f"Sam {clock.now_ms()}", clock.now_ms())

    def said(self, path: str = "/instruments/") -> str:
        text = re.sub(r"<[^>]+>", " ", self.client.get(path).text)
        return re.sub(r"\s+", " ", unescape(text))

    def alert(self) -> str:
        """The open alert about instruments, in its own words; "" where there is none."""
        with self.store.read() as transaction:
            found = [
                one.condition
                for one in alerts.open_alerts(transaction).values()
                if one.condition.rule == "instrument-check"
            ]
        return " ".join(f"{one.title} {one.detail} {one.advice}" for one in found)

    def judge(self) -> None:
        Judge(self.store, self.config, self._clock).run_once()


def _join(store: Store, client: FlaskClient, name: str, now_ms: int) -> None:
    with store.begin() as transaction:
        token = access.invite(transaction, "technician", now_ms)
    form = {"name": name, "password": "a long enough password", "again": "a long enough password"}
    assert client.post(f"/invite/{token}", data=form).status_code == 302


@contextmanager
def office(town: Road, clock: Clock) -> Iterator[Office]:
    made = Office(town, clock)
    try:
        yield made
    finally:
        made.store.close()


def check(town: Road, table: Table, **scene: object) -> int:
    """Two backgrounds, then what lies on the crystal; the command's exit status."""
    town.tell("ftir-1", do="scene", load="clean")
    town.measure("ftir-1", "background")
    town.measure("ftir-1", "background")
    town.tell("ftir-1", do="scene", **scene)
    return table.run("performance", "ftir-1", "--standard", "polystyrene").returncode


@pytest.mark.slow
def test_a_coordinator_sees_what_a_technician_measured_and_is_told_when_it_is_late(
    tmp_path: Path,
) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.hub_config.write_text(town.hub_config.read_text() + AT_ONCE)
        town.start_hub()
        instrument = town.start_spectrometer("ftir-1", "sim-mid-ir-array", bands(tmp_path))
        town.start_bridge(instrument, head="[instrument]\nwarm_up_s = 0\n")
        until(lambda: "port open" in (tmp_path / "bridge.log").read_text(), "the port is open")
        table = Table(tmp_path)
        with office(town, SystemClock()) as now:
            until(lambda: "Never checked" in now.said(), "the hub knows of the instrument")
            until(lambda: "No performance check: ftir-1" in now.alert(), "nobody checked it yet")

            assert check(town, table, mixture={"polystyrene": 1.0}) == 0
            until(lambda: "Within limits" in now.said(), "the check is at the hub")
            until(lambda: not now.alert(), "the alert has ended by itself")

        _a_week_passes_without_the_hub(town)

        with office(town, SystemClock()) as now:
            town.start_hub()
            until(lambda: not now.alert(), "today it is not late")
            table.do("moved", "ftir-1")
            until(lambda: "Moved, and not checked since: ftir-1" in now.alert(), "it was moved")
            assert check(town, table, load="clean") == 6
            until(lambda: "Performance check failed: ftir-1" in now.alert(), "it failed")
            assert "performance-peak-offset" in now.alert()
            assert "measure the standard again" in now.alert()
            assert "Nobody may set this aside. performance-peak-offset" in now.said()
            assert check(town, table, mixture={"polystyrene": 1.0}) == 0
            until(lambda: not now.alert(), "a good check ends it")
            assert "Within limits" in now.said()
            (page,) = set(re.findall(r"/instruments/\d+", now.client.get("/instruments/").text))
            drawn = now.client.get(f"{page}/peak-offset.json").get_json()
            assert drawn["failed"] == [False, True, False]
            assert now.client.get(page).text.count('data-chart="control"') == 4


def _a_week_passes_without_the_hub(town: Road) -> None:
    """The hub is started again eight days later, and the bridge has not been heard since."""
    town.kill("hub")
    later = HandClock(SystemClock().now_ms() + 8 * DAY_MS)
    with office(town, later) as then:
        then.judge()
        assert "Performance check overdue: ftir-1" in then.alert()
        assert "harborlight check performance ftir-1" in then.alert()
        assert "Not known now" in then.said()
        assert "By what it told last: overdue." in then.said()
