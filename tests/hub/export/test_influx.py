"""The export against a real server: down, up, refusing; nothing is lost."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from hub.errors import ConfigError
from hub.export.influx import Exported, InfluxExporter
from hub.export.points import Point
from hub.export.settings import InfluxSettings
from hub.export.worker import ExportWorker
from hub.store import outbox, tables
from tests.conftest import server_program
from tests.hub.fleet import START_MS, Config, Fleet

DAY_AGO_MS = (time.time_ns() // 1_000_000) - 86_400_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def victoria_metrics(folder: Path, port: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    program = [server_program("victoria-metrics"), f"-storageDataPath={folder}"]
    process = subprocess.Popen(
        [*program, f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=12"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"{url}/health")
        yield url
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            get(url)
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{url} does not answer")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
        return str(answer.read().decode())


def put(fleet: Fleet, count: int, start: int = 0) -> None:
    made = [
        Point("harborlight_stock", {"selection": "1"}, {"level": n}, DAY_AGO_MS + n * 1_000)
        for n in range(start, start + count)
    ]
    with fleet.store.begin() as transaction:
        outbox.queue_export(transaction, ((p.measurement, p.to_json()) for p in made))


def waiting(fleet: Fleet) -> int:
    with fleet.store.read() as transaction:
        return outbox.export_waiting(transaction)


def stored(url: str) -> list[float]:
    get(f"{url}/internal/force_flush")
    text = get(f"{url}/api/v1/export?match[]=harborlight_stock_level")
    values = [value for line in text.splitlines() for value in json.loads(line)["values"]]
    return sorted(float(value) for value in values)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    port = free_port()
    influx = InfluxSettings(
        enabled=True, url=f"http://127.0.0.1:{port}", timeout_s=5, batch_rows=100
    )
    made = Fleet(tmp_path, Config(influx=influx))
    yield made
    made.store.close()


def test_nothing_is_lost_while_the_server_is_down(fleet: Fleet, tmp_path: Path) -> None:
    influx = fleet.config.influx
    port = int(influx.url.rsplit(":", 1)[1])
    worker = ExportWorker(fleet.store, fleet.config, fleet.clock)
    put(fleet, 350)
    down = worker.run_once()
    assert (down.rows, waiting(fleet)) == (0, 350)
    assert "can't be reached" in down.error
    with victoria_metrics(tmp_path / "vm", port) as url:
        assert worker.run_once() == Exported(), "a server that failed is left alone for a while"
        fleet.clock.sleep(5)
        assert worker.run_once() == Exported(rows=350)
        assert stored(url) == [float(n) for n in range(350)]
    put(fleet, 250, start=350)
    assert worker.run_once().error
    assert waiting(fleet) == 250
    with victoria_metrics(tmp_path / "vm", port) as url:
        fleet.clock.sleep(200)
        assert worker.run_once().rows == 250
        assert waiting(fleet) == 0
        assert stored(url) == [float(n) for n in range(600)]


def test_what_the_judge_queues_arrives_with_its_labels(fleet: Fleet, tmp_path: Path) -> None:
    fleet.clock.wall_ms = DAY_AGO_MS
    fleet.add_bridge()
    fleet.count(fleet.add_machine(slots=1), "1", counted=7, dispensed=5)
    fleet.judge.run_once()
    port = int(fleet.config.influx.url.rsplit(":", 1)[1])
    with victoria_metrics(tmp_path / "vm", port) as url:
        assert InfluxExporter(fleet.store, fleet.config.influx).run_once().rows == 2
        get(f"{url}/internal/force_flush")
        text = get(f"{url}/api/v1/export?match[]=harborlight_stock_level")
    line = json.loads(text)
    assert line["values"] == [7]
    assert line["metric"]["site"] == "north"
    assert line["metric"]["selection"] == "1"


class Picky(BaseHTTPRequestHandler):
    """Refuses every batch that holds one certain value; answers 401 while locked."""

    locked = False
    taken: list[str]

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        lines = text.splitlines()
        bad = any("level=13i" in line for line in lines)
        if not (bad or type(self).locked):
            self.taken += lines
        self.send_response(401 if type(self).locked else 400 if bad else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in http.server
        """Say nothing."""


@pytest.fixture
def picky() -> type[Picky]:
    class Fresh(Picky):
        taken: list[str] = []  # noqa: RUF012 - one server, one list

    return Fresh


@contextmanager
def serving(handler: type[Picky], port: int) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", port), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_a_refused_point_is_kept_and_does_not_hold_up_the_others(
    fleet: Fleet, picky: type[Picky]
) -> None:
    put(fleet, 60)
    exporter = InfluxExporter(fleet.store, fleet.config.influx)
    with serving(picky, int(fleet.config.influx.url.rsplit(":", 1)[1])):
        assert exporter.run_once() == Exported(rows=59, refused=1)
        assert len(picky.taken) == 59
        put(fleet, 5, start=100)
        assert exporter.run_once() == Exported(rows=5, refused=1)
    with fleet.store.read() as transaction:
        (kept,) = transaction.execute(select(tables.export_row)).all()
    assert '"level":13' in kept.line_json
    fleet.clock.wall_ms = DAY_AGO_MS + 86_400_000
    fleet.judge.run_once()
    (alert,) = fleet.open().values()
    assert "refused 1 point" in alert.condition.detail


def test_a_refused_point_does_not_stand_before_the_others(fleet: Fleet, picky: type[Picky]) -> None:
    put(fleet, 4, start=13)
    one_by_one = fleet.config.influx.model_copy(update={"batch_rows": 1})
    exporter = InfluxExporter(fleet.store, one_by_one)
    with serving(picky, int(one_by_one.url.rsplit(":", 1)[1])):
        assert exporter.run_once() == Exported(refused=1)
        assert exporter.run_once() == Exported(rows=3, refused=1)


def test_a_server_that_does_not_know_us_costs_no_point(fleet: Fleet, picky: type[Picky]) -> None:
    picky.locked = True
    put(fleet, 20)
    with serving(picky, int(fleet.config.influx.url.rsplit(":", 1)[1])):
        done = InfluxExporter(fleet.store, fleet.config.influx).run_once()
    assert "401" in done.error
    assert waiting(fleet) == 20


def test_the_export_is_off_unless_it_was_asked_for(fleet: Fleet) -> None:
    put(fleet, 1)
    assert InfluxExporter(fleet.store, InfluxSettings()).run_once() == Exported()
    assert waiting(fleet) == 1


def test_an_outbox_that_is_full_takes_no_more_and_a_late_export_is_shown(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, Config(influx=InfluxSettings(enabled=True, max_rows=1_000)))
    fleet.clock.wall_ms = START_MS
    fleet.add_bridge()
    put(fleet, 1_000)
    assert fleet.judge.run_once().exported == 0
    (alert,) = fleet.open().values()
    assert alert.condition.rule == "undelivered"
    assert "1000 still being tried" in alert.condition.detail
    fleet.store.close()


def test_a_token_that_can_not_be_read_is_named(fleet: Fleet, tmp_path: Path) -> None:
    put(fleet, 1)
    settings = fleet.config.influx.model_copy(update={"token_file": tmp_path / "none"})
    with pytest.raises(ConfigError, match=r"influx\.token_file: .*none can't be read"):
        InfluxExporter(fleet.store, settings).run_once()
