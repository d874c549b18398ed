"""`bridge ask` waits for what comes of it, over a real bridge and a simulated instrument."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.walks.road import Road, road, until

FENTANYL = {"fentanyl": 0.2, "caffeine": 0.4, "mannitol": 0.4}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Road]:
    """A bridge with a spectrometer and a vending machine; no hub is needed to measure."""
    with road(tmp_path, "mosquitto") as made:
        instrument = made.start_spectrometer("ftir-1", "sim-mid-ir-array")
        made.start_bridge(instrument, made.start_machine("machine-1"))
        log = tmp_path / "bridge.log"
        until(lambda: log.read_text().count("port open") == 2, "both ports are open")
        yield made


@contextmanager
def begun(town: Road, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """A sample that is being asked for from another terminal."""
    config = ("--config", str(town.folder / "bridge.toml"))
    command = [sys.executable, "-m", "harborlight", "bridge", "ask", "ftir-1", "sample"]
    with subprocess.Popen(
        [*command, *options, *config], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            until(lambda: asked(town) == "sample", "a sample is asked for", 20)
            yield process
        finally:
            process.kill()


def asked(town: Road) -> str:
    config = ("--config", str(town.folder / "bridge.toml"))
    return str(json.loads(town.run("bridge", "status", *config))["asked"]["ftir-1"])


@pytest.mark.slow
def test_what_came_of_a_measurement_is_told_in_the_words_of_the_matcher(town: Road) -> None:
    town.tell("ftir-1", do="scene", load="clean")
    background = town.ask("ftir-1", "background")
    assert (background.returncode, "will be used" in background.stdout) == (0, True)
    town.tell("ftir-1", do="scene", mixture=FENTANYL)
    sample = town.ask("ftir-1", "sample")
    assert sample.returncode == 0, sample.stderr
    assert "fentanyls: DETECTED, about" in sample.stdout
    assert "DEMONSTRATION library" in sample.stdout
    assert "no dark that fits was taken" in sample.stdout
    again = json.loads(town.ask("ftir-1", "sample", "--json").stdout)
    assert again["state"] == "done"
    assert again["check"]
    assert again["check"] not in sample.stdout


@pytest.mark.slow
def test_a_machine_is_read_and_what_it_can_t_do_is_told(town: Road) -> None:
    read = town.ask("machine-1", "read")
    assert (read.returncode, "selections" in read.stdout) == (0, True), read.stderr
    sung = town.ask("machine-1", "sing")
    assert (sung.returncode, "it can do: read" in sung.stdout) == (3, True)
    nobody = town.ask("machine-9", "read")
    assert (nobody.returncode, "known are" in nobody.stderr) == (1, True)


@pytest.mark.slow
def test_a_second_request_is_refused_and_silence_ends_in_time(town: Road) -> None:
    town.tell("ftir-1", do="fault", kind="silence", seconds=60)
    early = town.ask("ftir-1", "sample", "--timeout-s", "0.2")
    assert (early.returncode, "nothing came within 0.2 s" in early.stdout) == (4, True)
    busy = town.ask("ftir-1", "dark")
    assert (busy.returncode, "'sample' was asked for" in busy.stderr) == (5, True)
    until(lambda: asked(town) == "", "the instrument is given up")
    late = town.ask("ftir-1", "sample")
    assert (late.returncode, "sample: " in late.stdout) == (3, True), late.stdout
    assert "Check power, cable and baud rate" in late.stdout


@pytest.mark.slow
def test_an_instrument_unplugged_meanwhile_and_a_bridge_that_ends_are_told(town: Road) -> None:
    town.ask("ftir-1", "background")
    town.tell("ftir-1", do="fault", kind="silence", seconds=60)
    with begun(town) as waiting:
        town.tell("ftir-1", do="fault", kind="unplug", seconds=60)
        said, _ = waiting.communicate(timeout=30)
        assert (waiting.returncode, "look at the cable" in said) == (3, True), said
    gone = town.ask("ftir-1", "sample")
    assert (gone.returncode, "its port is not there" in gone.stderr) == (1, True)
    town.kill("bridge")
    dead = town.ask("ftir-1", "sample")
    assert (dead.returncode, "harborlight bridge run" in dead.stderr) == (1, True)
