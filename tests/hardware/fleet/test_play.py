"""The fleet's story: the same for a seed, in order, with books that balance, and lifelike."""

import itertools
import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from hardware.cli import simulate
from hardware.errors import SimulatorError
from hardware.simulators.fleet import town
from hardware.simulators.fleet.play import DAY_MS, play
from hardware.simulators.fleet.setup import FleetSetup

SETUP = FleetSetup(machines=6, months=3, seed=4)
Line = dict[str, Any]


@pytest.fixture(scope="module")
def story() -> list[Line]:
    return list(play(SETUP))


def of(story: list[Line], kind: str, machine: str = "") -> list[Line]:
    return [
        line
        for line in story
        if line["kind"] == kind and (not machine or line["machine"] == machine)
    ]


def test_the_same_seed_tells_the_same_story_and_another_another(story: list[Line]) -> None:
    assert list(play(SETUP)) == story
    other = play(FleetSetup(machines=6, months=3, seed=5))
    assert list(itertools.islice(other, 300)) != story[:300]


def test_lines_come_in_order_and_are_plain_json(story: list[Line]) -> None:
    times = [line["t"] for line in story]
    assert times == sorted(times)
    assert [json.loads(json.dumps(line)) for line in story] == story
    assert {line["kind"] for line in story} == {
        "fleet", "machine", "counters", "event", "temperatures", "service", "truth", "offline",
    }  # fmt: skip


def test_each_machine_is_introduced_before_it_speaks(story: list[Line]) -> None:
    known: set[str] = set()
    for line in story[1:]:
        if line["kind"] == "machine":
            known.add(line["machine"])
        assert line["machine"] in known
    assert len(known) == SETUP.machines


def test_the_books_balance(story: list[Line]) -> None:
    """What people wanted, less what they went without, is what the counters counted."""
    checked = 0
    for machine in {line["machine"] for line in story[1:]}:
        audits = of(story, "counters", machine)
        if len({line["board"] for line in audits}) > 1:
            continue
        first = {name: vended(said) for name, said in audits[0]["slots"].items()}
        last = dict(first)
        for line in audits:
            last |= {name: vended(said) for name, said in line["slots"].items()}
        wanted, unmet = totals(story, machine)
        # Only the last half hour of the play is not read.
        sold = sum(last.values()) - sum(first.values())
        assert 0 <= sum(wanted.values()) - sum(unmet.values()) - sold < 15
        checked += 1
    assert checked > 1


def vended(said: dict[str, int]) -> int:
    return said["paid"] + said["free"]


def dispensed(said: dict[str, int]) -> int:
    return vended(said) + said["test"]


def totals(story: list[Line], machine: str) -> tuple[Counter[str], Counter[str]]:
    wanted, unmet = Counter[str](), Counter[str]()
    for line in of(story, "truth", machine):
        wanted.update({name: len(minutes) for name, minutes in line["wanted"].items()})
        unmet.update(line["missed"])
        unmet.update(line["stuck"])
    return wanted, unmet


def test_counters_only_rise_while_the_board_stays(story: list[Line]) -> None:
    before: dict[tuple[str, str, str], int] = {}
    for line in of(story, "counters"):
        for name, said in line["slots"].items():
            key = (line["machine"], line["board"], name)
            assert dispensed(said) >= before.get(key, 0)
            before[key] = dispensed(said)


def test_what_happens_in_the_field_happens_here() -> None:
    long = list(play(FleetSetup(machines=8, months=6, seed=2)))
    events = Counter(line["name"] for line in of(long, "event"))
    assert {"sold-out", "jam", "door-open", "door-closed", "power-outage"} <= set(events)
    boards = {(line["machine"], line["board"]) for line in of(long, "counters")}
    assert len(boards) > 8
    assert any(line["counted"] != line["really"] for line in of(long, "service"))
    assert any(None in line["c"] for line in of(long, "temperatures"))
    read = [each for line in of(long, "temperatures") for each in line["c"] if each is not None]
    assert min(read) < 8
    assert max(read) > 28
    missed = sum(sum(line["missed"].values()) for line in of(long, "truth"))
    assert missed > 0
    assert len(of(long, "machine")) == 8
    assert len({line["t"] for line in of(long, "machine")}) > 1


def test_days_differ_more_than_independent_people_would_make_them(story: list[Line]) -> None:
    daily = [
        sum(len(minutes) for minutes in line["wanted"].values())
        for line in of(story, "truth", "machine-01")
    ]
    mean = sum(daily) / len(daily)
    assert sum((each - mean) ** 2 for each in daily) / len(daily) > 2 * mean


def test_benefits_are_paid_on_the_first() -> None:
    assert town.pay_day(date(2026, 3, 1)) > 1.3 > town.pay_day(date(2026, 3, 15)) > 0.9
    assert town.pay_day(date(2026, 3, 28)) < 1


@pytest.mark.parametrize(
    "wrong", [{"machines": 0}, {"months": -1}, {"read_min": 7}, {"late_share": 2}]
)
def test_what_can_not_be_played_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(SimulatorError, match=next(iter(wrong))):
        FleetSetup(**wrong)


def test_the_command_writes_the_story() -> None:
    arguments = ["fleet", "--machines", "2", "--months", "0.2", "--seed", "3"]
    done = CliRunner().invoke(simulate, arguments)
    assert done.exit_code == 0
    lines = [json.loads(row) for row in done.output.splitlines()]
    assert lines == list(play(FleetSetup(machines=2, months=0.2, seed=3)))
    assert lines[-1]["t"] < lines[0]["t"] + 7 * DAY_MS
    refused = CliRunner().invoke(simulate, ["fleet", "--read-min", "7"])
    assert (refused.exit_code, "read_min" in refused.output) == (1, True)
