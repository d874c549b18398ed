"""The walk of a laboratory's answer: from the table to the hub, and down to the table again."""

import json
from pathlib import Path

import pytest

from hub.store import check_facts
from tests.hub.checks.test_lab_csv import HEAD
from tests.walks.road import Road, road, until


def _check(town: Road, *arguments: str) -> str:
    return town.run("check", *arguments, "--config", str(town.folder / "bridge.toml"))


def _at_hub(town: Road, code: str) -> int:
    with town.store.read() as transaction:
        found = check_facts.find_record(transaction, code)
    return 0 if found is None else len(found.trail)


def _waiting(town: Road) -> int:
    with town.store.read() as transaction:
        return len(check_facts.waiting(transaction))


@pytest.mark.slow
def test_a_laboratory_s_answer_comes_to_the_table(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        town.start_bridge(town.start_machine("machine-1"))
        until(lambda: town.device("machine-1") is not None, "the bridge is heard")
        code = json.loads(_check(town, "new", "--expected", "down", "--json"))["code"]
        _check(town, "strip", code, "fentanyl", "--lines", "both", "--mg", "5", "--ml", "50")
        until(lambda: _at_hub(town, code) == 2, "the hub has the table's facts")
        file = tmp_path / "answers.csv"
        file.write_text(f"{HEAD}\n{code},s1,Lab,GC-MS,carfentanil,yes,0.3,0.2,0.4,\n")
        town.run("hub", "checks", "import-lab", str(file), "--config", str(town.hub_config))
        until(lambda: "carfentanil" in _check(town, "show", code), "the table has the answer")
        until(lambda: _waiting(town) == 0, "the hub knows that the table has it")
        assert _at_hub(town, code) == 3
        assert town.refused() == []
