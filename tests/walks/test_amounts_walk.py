"""The walk of an amount: standards on the crystal, a calibration, and a card with its interval."""

import json
from pathlib import Path
from random import Random

import pypdfium2
import pytest

from firmware_bridge.contract.check import amounts as rules
from firmware_bridge.contract.check.facts import amounts
from hub import check_cards
from hub.check_groups import group_of
from hub.check_samples import Sample, samples
from tests.walks.road import Road, road, until
from tests.walks.test_check_walk import Table, bands, library

LEAST, MOST, STANDARDS = 0.10, 0.50, 12
SERIAL = "SIM-IR-0001"
DILUENTS = ("mannitol", "paracetamol")


def mixture(caffeine: float, chance: Random) -> dict[str, float]:
    """Weighed: caffeine as wanted, and the rest in varying shares."""
    part = chance.uniform(0.2, 0.8) * (1 - caffeine)
    return {"caffeine": caffeine, DILUENTS[0]: part, DILUENTS[1]: 1 - caffeine - part}


def opened(town: Road, device: str) -> None:
    log = town.folder / "bridge.log"
    before = log.read_text().count("port open") if log.exists() else 0
    head = f'[library]\nfile = "{town.folder / "table.hlib"}"\n[instrument]\nwarm_up_s = 0\n'
    town.start_bridge(device, head=head)
    until(lambda: log.read_text().count("port open") > before, "the port is open")
    town.tell("ftir-1", do="scene", load="clean")
    town.measure("ftir-1", "background")


def measured(town: Road, parts: dict[str, float]) -> str:
    """The id of a sample's spectrum; no check is made of it."""
    town.tell("ftir-1", do="scene", mixture=parts)
    asked = town.ask("ftir-1", "sample", "--json")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    return str(json.loads(asked.stdout)["check"])


def calibrated(town: Road) -> Path:
    """Standards measured, taken from the hub as files, and fitted on the command line."""
    chance, folder = Random(7), town.folder / "standards"
    rows, names = ["file,standard,mass_percent"], []
    for number in range(STANDARDS):
        caffeine = LEAST + (MOST - LEAST) * number / (STANDARDS - 1)
        parts = mixture(caffeine, chance)
        for _replicate in range(2):
            names.append(measured(town, parts))
            rows.append(f"{names[-1]}.jdx,standard {number},{100 * caffeine}")
    until(lambda: len(town.checks()) == len(names), "the hub has every standard")
    config = ("--config", str(town.hub_config))
    town.run("hub", "export-spectra", *names, "--out", str(folder), *config)
    (folder / "caffeine.csv").write_text("\n".join(rows))
    out = town.folder / "caffeine.npz"
    fitted = town.run(
        *("library", "amounts", "fit", str(folder / "caffeine.csv"), "--substance", "caffeine"),
        *("--instrument", SERIAL, "--out", str(out)),
    )
    assert "NOT GOOD ENOUGH" not in fitted
    return out


def at_hub(town: Road, code: str) -> tuple[Sample, tuple[str, ...]]:
    """A sample as the hub has it, and its amounts in words for staff."""
    with town.store.read() as transaction:
        (one,) = [s for s in samples(transaction, 0, 2**53) if s.record.code == code]
        seen = check_cards.sightings_of(transaction, one.record)
        return one, rules.in_words(amounts(one.record, seen, group_of, "2026-11-27"))


def done_at_the_table(town: Road, table: Table, parts: dict[str, float]) -> str:
    """Everything up to the release; the code."""
    code = str(table.do("new", "--expected", "caffeine")["code"])
    town.tell("ftir-1", do="scene", mixture=parts)
    table.do("measure", code, "--device", "ftir-1")
    table.do("strip", code, "fentanyl", "--lines", "both", "--mg", "5", "--ml", "50")
    table.do("read", code, "caffeine", "--confirm")
    aside = ("--override", "performance-check-missing", "--reason", "a walk without a standard")
    released = table.do("release", code, *aside, "--role", "coordinator")
    assert released["state"] == "released"
    return code


def card_text(table: Table, folder: Path, code: str) -> str:
    card = folder / f"{code}.pdf"
    made = table.run("card", code, "--out", str(card), "--language", "en", "--level", "full")
    assert made.returncode == 0, made.stderr
    pages = pypdfium2.PdfDocument(card)
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.slow
def test_a_site_with_standards_says_amounts_and_where_it_has_none_says_why(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        library(tmp_path)
        town.start_hub()
        device = town.start_spectrometer("ftir-1", "sim-mid-ir-array", bands(tmp_path))
        opened(town, device)
        calibration = calibrated(town)
        assert not any(view.findings.amounts for view in town.checks() if view.findings)

        town.kill("bridge")
        opened(town, f'{device}amounts = ["{calibration}", "gone.npz"]\n')
        assert "gives none" in (tmp_path / "bridge.log").read_text()
        told = town.run("bridge", "check-config", "--config", str(tmp_path / "bridge.toml"))
        assert f"caffeine, 10 to 50 %, instrument {SERIAL}" in told
        assert "gone.npz: gives no amounts" in told

        table, chance = Table(tmp_path), Random(8)
        inside = done_at_the_table(town, table, mixture(0.30, chance))
        (line,) = [s for s in _says(table, inside) if "of its weight" in s]
        assert "caffeine. It could be anything from" in line
        assert "of its weight is caffeine" in card_text(table, tmp_path, inside)

        outside = done_at_the_table(town, table, mixture(0.62, chance))
        assert not [s for s in _says(table, outside) if "of its weight" in s]
        assert "of its weight" not in card_text(table, tmp_path, outside)

        until(lambda: _known(town) >= {inside, outside}, "the hub has both samples")
        one, words = at_hub(town, inside)
        (amount,) = one.facts.amounts
        assert amount.low_percent < 30 < amount.high_percent
        assert any(word.startswith("caffeine: ") for word in words)
        assert any("gone.npz" in word and "can't be read" in word for word in words)
        other, words = at_hub(town, outside)
        assert other.facts.amounts == ()
        (refused,) = [each for each in words if each.startswith("no amount of caffeine")]
        assert any(f"({name}, by caffeine.npz" in refused for name in rules.OF_THE_SAMPLE), refused
        assert town.refused() == []


def _says(table: Table, code: str) -> list[str]:
    says = table.do("show", code)["says"]
    assert isinstance(says, list)
    return says


def _known(town: Road) -> set[str]:
    """Samples whose release has come to the hub."""
    with town.store.read() as transaction:
        found = samples(transaction, 0, 2**53)
        return {each.record.code for each in found if each.record.releases and each.sightings}
