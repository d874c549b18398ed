"""Read models and the pure parts of pages."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dashboard import assets, cli
from dashboard.ages import age_words
from dashboard.charts import spectrum_chart, temperature_chart
from dashboard.conditions import bridge_condition, device_condition
from dashboard.errors import AssetsError
from firmware_bridge.contract.messages import Findings
from hub.errors import ConfigError
from hub.stock import Anchor, Reading, SlotPlan, stock_figure
from hub.store.views import checks, fleet, machine, slots
from tests.conftest import ROOT
from tests.dashboard import seed

BRIDGE = fleet.BridgeView(
    id=1,
    site="north",
    bridge="north-1",
    state="online",
    software="",
    last_heard_ms=100_000,
    heartbeat_s=30,
    spool_depth=0,
    spool_dropped=0,
    disk_free_mb=5_000,
    cpu_temperature_c=None,
    undervoltage=False,
    clock_sane=True,
)
DEVICE = fleet.DeviceView(
    id=1,
    bridge=BRIDGE,
    device="lobby",
    kind="vending",
    title="",
    serial="",
    model="",
    state="ok",
    fault="",
    detail="",
    advice="",
    faults=0,
    last_heard_ms=100_000,
    audit_ms=100_000,
)


def test_a_bridge_is_live_for_two_heartbeats_and_then_silent() -> None:
    assert bridge_condition(BRIDGE, 160_000).mark == "live"
    assert bridge_condition(BRIDGE, 160_001).mark == "stale"
    assert bridge_condition(replace(BRIDGE, last_heard_ms=None), 0).mark == "unknown"
    assert bridge_condition(replace(BRIDGE, state="offline"), 100_001).word == "Offline"


@given(
    state=st.sampled_from(["ok", "fault", "unreachable", "unknown"]),
    said=st.sampled_from(["online", "offline", ""]),
    unheard_ms=st.none() | st.integers(0, 10**9),
)
def test_no_device_behind_a_bridge_that_is_not_heard_is_ever_live(
    state: str, said: str, unheard_ms: int | None
) -> None:
    heard_ms = None if unheard_ms is None else 10**9 - unheard_ms
    bridge = replace(BRIDGE, state=said, last_heard_ms=heard_ms)
    condition = device_condition(replace(DEVICE, bridge=bridge, state=state), 10**9)
    silent = said == "offline" or unheard_ms is None or unheard_ms > 60_000
    if silent:
        assert condition.mark == "stale"
    else:
        assert (condition.mark == "live") == (state == "ok")


def test_trouble_at_a_bridge_is_named() -> None:
    bad = replace(BRIDGE, undervoltage=True, spool_depth=9_000, clock_sane=False)
    said = bridge_condition(bad, 100_000)
    assert said.mark == "trouble"
    for words in ("power supply", "9000 messages wait", "clock is not set"):
        assert words in said.detail


STEPS = st.lists(st.integers(0, 3), max_size=30)


@given(counted=st.integers(0, 60), sold=STEPS, known=st.booleans())
def test_the_chart_ends_where_the_figure_stands(
    counted: int,
    sold: list[int],
    known: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    readings, total = [Reading(observed_ms=0, dispensed=50)], 50
    for number, step in enumerate(sold, start=1):
        total += step
        readings.append(Reading(observed_ms=number * 10, dispensed=total))
    anchor = Anchor(counted, 50 if known else None, 5)
    points = slots.levels([anchor], readings, 0)
    figure = stock_figure(SlotPlan(), anchor, readings)
    if known or not sold:
        assert points[-1].level == figure.level
    assert all(point.level is None or point.level >= 0 for point in points)


def test_a_counter_that_goes_back_leaves_a_gap_until_the_next_count() -> None:
    readings = [
        Reading(observed_ms=10, dispensed=105),
        Reading(observed_ms=20, dispensed=2),
        Reading(observed_ms=30, dispensed=3),
        Reading(observed_ms=50, dispensed=4),
    ]
    points = slots.levels([Anchor(10, 100, 5), Anchor(8, 3, 40)], readings, 0)
    assert [point.level for point in points] == [10, 5, None, None, 8, 7]


def test_a_chart_begins_with_what_was_true_before_its_window() -> None:
    points = slots.levels([Anchor(10, 100, 5)], [Reading(observed_ms=90, dispensed=101)], 50)
    assert [(point.at_ms, point.level) for point in points] == [(50, 10), (90, 9)]


@given(st.lists(st.floats(-30, 60), min_size=1, max_size=600), st.integers(4, 50))
def test_thinning_never_loses_an_excursion(values: list[float], most: int) -> None:
    points = [machine.TemperaturePoint(number, value) for number, value in enumerate(values)]
    kept = machine.thinned(points, most)
    assert len(kept) <= max(most, 2) + 2
    assert max(point.temperature_c for point in kept) == max(values)
    assert min(point.temperature_c for point in kept) == min(values)
    assert [point.at_ms for point in kept] == sorted(point.at_ms for point in kept)


def test_probes_with_other_times_share_one_axis() -> None:
    at = machine.TemperaturePoint
    chart = temperature_chart({"a": [at(1000, 4.0)], "b": [at(2000, 5.0)]}, 5, 40)
    assert chart["x"] == [1.0, 2.0]
    assert [line["values"] for line in chart["lines"]] == [[4.0, None], [None, 5.0]]


def test_curves_of_unequal_length_are_not_drawn() -> None:
    broken = replace(seed.findings("e" * 32), fit=(1.0,))
    row = checks.CheckRow("e" * 32, 1, "alpha", "south", 0, 0)
    chart = spectrum_chart(checks.CheckView(row, seed.spectrum("e" * 32), broken))
    assert [line["label"] for line in chart["lines"]] == ["measured"]
    assert spectrum_chart(checks.CheckView(row, None, None))["x"] == []


def test_a_falling_axis_is_turned_round() -> None:
    made = seed.findings("e" * 32)
    turned = replace(
        made,
        **{name: getattr(made, name)[::-1] for name in ("axis", "measured", "fit", "residual")},
    )
    row = checks.CheckRow("e" * 32, 1, "alpha", "south", 0, 0)
    charts = [spectrum_chart(checks.CheckView(row, None, one)) for one in (made, turned)]
    assert charts[0] == charts[1]


@given(st.text(max_size=200))
def test_a_stored_body_that_is_rubbish_is_nothing(text: str) -> None:
    assert checks.body(Findings, text) is None


def test_a_stored_body_comes_back_whole() -> None:
    made = seed.findings("e" * 32, seed.target("fentanyls", "detected", share=0.2))
    assert checks.body(Findings, json.dumps(asdict(made))) == made


def test_slots_sort_as_people_count() -> None:
    assert sorted(["A10", "A2", "B1", "12", "3"], key=slots.natural) == [
        "3",
        "12",
        "A2",
        "A10",
        "B1",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (7200, "2 h"), (10**6, "11 d")],
)
def test_ages_are_told_in_the_greatest_unit(seconds: float, words: str) -> None:
    assert age_words(seconds) == words


def test_the_lock_file_names_no_place_to_download_from() -> None:
    lock = (ROOT / "dashboard" / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "http" not in lock
    pinned = json.loads((ROOT / "dashboard" / "package.json").read_text(encoding="utf-8"))
    assert all(version[0].isdigit() for version in pinned["dependencies"].values())


def test_missing_assets_are_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    with pytest.raises(AssetsError, match=r"python -m dashboard\.assets"):
        assets.require()


def test_the_first_link_can_be_had_from_the_command_line(tmp_path: Path) -> None:
    settings = tmp_path / "hub.toml"
    settings.write_text(f'[hub]\ndata_dir = "{tmp_path}"\n', encoding="utf-8")
    told = CliRunner().invoke(cli.dashboard, ["first-link", "--config", str(settings)])
    assert told.exit_code == 0
    assert told.output.startswith("http://127.0.0.1:8080/invite/")
    assert len(told.output.strip().rsplit("/", 1)[1]) > 40


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    settings = tmp_path / "hub.toml"
    settings.write_text("[dashboard]\nport = 0\n", encoding="utf-8")
    told = CliRunner().invoke(cli.dashboard, ["run", "--config", str(settings)])
    assert told.exit_code == 1
    assert "port" in told.output
    assert "Traceback" not in told.output
    assert not isinstance(told.exception, ConfigError)


@pytest.mark.parametrize("command", [[], ["run"], ["first-link"]])
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    told = CliRunner().invoke(cli.dashboard, [*command, "--help"])
    assert "harborlight dashboard" in told.output
    assert "Example:" in told.output
