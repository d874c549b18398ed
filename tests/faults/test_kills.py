"""Killed at any moment, nothing is lost and nothing doubled.

A history checker: a bridge takes 2,000 numbered events while bridge, hub and broker are killed with
SIGKILL at ten random moments and started again. Every event whose commit was confirmed must be in
the hub's store, each once.
"""

import contextlib
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.walks.road import BROKERS, Road, road, until

EVENTS, KILLS = 2_000, 10
PATIENCE_S = 200


class Feeder:
    """The feeding bridge, started again behind the last number that it confirmed."""

    def __init__(self, town: Road) -> None:
        self._town = town
        self.confirmed = 0
        self.delivered = False
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        town = self._town
        password = town.password.read_text().strip()
        url = f"mqtt://127.0.0.1:{town.broker_port}"
        spool, numbers = str(town.folder / "spool.sqlite3"), (str(self.confirmed + 1), str(EVENTS))
        with (town.folder / "feeder.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.feeder", spool, url, password, *numbers],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, args=(self._process,))
        self._reader.start()

    def kill(self) -> None:
        if self._process is not None and self._reader is not None:
            self._process.kill()
            self._process.wait()
            self._reader.join()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if line == "delivered\n":
                    self.delivered = True
                elif line.endswith("\n"):
                    self.confirmed = int(line)


def stored(town: Road) -> list[int]:
    """The numbers of all events in the hub's store, as they were stored."""
    with town.store.read() as transaction:
        rows = transaction.execute(text("SELECT code FROM machine_event ORDER BY id"))
        return [int(code[1:]) for (code,) in rows]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("broker", BROKERS)
def test_ten_kills_lose_nothing_and_double_nothing(broker: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("HARBORLIGHT_KILL_SEED", "20261123"))
    chance = random.Random(seed)
    with road(tmp_path, broker) as town:
        town.start_hub()
        feeder = Feeder(town)
        feeder.start()
        try:
            _let_it_be_killed(town, feeder, chance)
            until(lambda: feeder.delivered, f"all is delivered (seed {seed})", PATIENCE_S)
        finally:
            feeder.kill()
        numbers = stored(town)
        # An event whose commit was not yet confirmed when the bridge was killed is taken anew by
        # this feeder: the same number twice, from two runs, is two events, each stored once.
        assert set(numbers) == set(range(1, EVENTS + 1))
        assert len(numbers) - EVENTS <= KILLS
        assert town.refused() == []


def _let_it_be_killed(town: Road, feeder: Feeder, chance: random.Random) -> None:
    """Ten kills over the whole run, each part at least twice."""
    victims = ["bridge", "hub", "broker"] * 3 + ["hub"]
    chance.shuffle(victims)
    for number, victim in enumerate(victims, start=1):
        threshold = EVENTS * number // (KILLS + 2)
        until(lambda least=threshold: feeder.confirmed >= least, "events flow", PATIENCE_S)  # type: ignore[misc]  # bound on purpose
        time.sleep(chance.random() * 0.5)
        if victim == "bridge":
            feeder.kill()
            feeder.start()
        elif victim == "hub":
            town.kill("hub")
            town.start_hub()
        else:
            with contextlib.suppress(KeyError):
                town.kill_broker()
