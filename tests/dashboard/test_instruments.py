"""What the pages say of instruments: each standing in a word and a shape, with its age."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import instrument_words
from dashboard.charts import control_chart
from dashboard.conditions import Condition
from firmware_bridge.contract.instrument import PerformanceFigure
from firmware_bridge.instrument.performance import chart
from hub.instruments import GONE_MS, Care, troubles
from hub.store.views import fleet, instruments
from hub.store.views.instruments import InstrumentView
from tests.dashboard import instruments_seed, seed
from tests.dashboard.conftest import SignIn
from tests.dashboard.instruments_seed import RULES, WEEK_MS, Instrument
from tests.dashboard.test_pages import _text
from tests.dashboard.test_words import FORBIDDEN

HOUR_MS = seed.HOUR_MS


@pytest.fixture
def looked_after(filled: seed.Programme) -> seed.Programme:
    filled.seqs = dict.fromkeys(filled.seqs, 5_000)  # no number is taken that lies too far ahead
    instruments_seed.fill(filled)
    return filled


def number(programme: seed.Programme, name: str) -> int:
    with programme.store.read() as transaction:
        (found,) = [one.id for one in fleet.devices(transaction) if one.device == name]
    return found


def cards(html: str) -> dict[str, str]:
    """What each card says, by the name of its instrument."""
    found = re.findall(r'<li class="card is-.*?(?=<li class="card|</section>)', html, re.DOTALL)
    return {_text(one).split()[0]: _text(one) for one in found}


def test_each_instrument_says_how_it_stands_in_a_word_and_a_shape(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    html = sign_in("technician").get("/instruments/").text
    said = cards(html)
    assert "Within limits" in said["ftir-1"]
    assert "Last check 1 d ago" in said["ftir-1"]
    assert "Next check due in 5 d" in said["ftir-1"]
    assert "Background 12 min ago" in said["ftir-1"]
    assert "Check failed" in said["ftir-2"]
    assert "Noise: 1.25 % , limit at most 0.5 %" in said["ftir-2"]
    assert "Nobody may set this aside." in said["ftir-2"]
    assert "Overdue" in said["raman-1"]
    assert "Next check due 2 d ago" in said["raman-1"]
    assert "Background" not in said["raman-1"]
    assert "Moved since" in said["ftir-van"]
    assert "Next check due now" in said["ftir-van"]
    assert "Never checked" in said["ftir-new"]
    assert "4 of 6 want somebody" in _text(html)
    for mark in ("live", "trouble", "warning", "unknown", "stale"):
        assert f"#shape-{mark}" in html


def test_what_a_silent_bridge_told_is_not_shown_as_of_now(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("technician")
    said = cards(client.get("/instruments/live").text)["alpha"]
    assert "Not known now" in said
    assert "By what it told last: within limits." in said
    assert "Told by its bridge 2 d ago" in said
    looked_after.clock.sleep(61)
    later = client.get("/instruments/live").text
    assert 'class="condition is-live"' not in later
    assert "By what it told last: check failed." in _text(later)


def test_time_alone_makes_an_instrument_overdue(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("technician")
    looked_after.clock.sleep(5.5 * 86_400)
    looked_after.say("north", "north-1", "bridge", seed.HEALTH)
    assert "Not told any more" in cards(client.get("/instruments/").text)["ftir-1"]
    one = Instrument("north", "ftir-1", "BX-1042")
    one.check(looked_after.clock.now_ms() - WEEK_MS - 1)
    instruments_seed.tell(looked_after, one)
    said = cards(client.get("/instruments/").text)["ftir-1"]
    assert "Overdue" in said
    assert "its figures are not here" in said


def test_one_instrument_shows_its_charts_and_the_same_figures_as_a_table(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    client, device_id = sign_in("technician"), number(looked_after, "ftir-2")
    html = client.get(f"/instruments/{device_id}").text
    said = _text(html)
    assert html.count('data-chart="control"') == 4
    assert "Outside the limit for every instrument; outside this instrument's own past" in said
    assert "What to do: Wipe it, let it warm up, and measure the standard again" in said
    rows = re.findall(r'<tr><td class="num head"><time.*?</tr>', html, re.DOTALL)
    assert len(rows) == 16
    assert "Failed" in _text(rows[0])
    assert "1.25 % failed" in _text(rows[0])
    assert "Within limits" in _text(rows[1])


def test_a_chart_draws_what_the_bridge_charts(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    client, device_id = sign_in("technician"), number(looked_after, "ftir-2")
    drawn = client.get(f"/instruments/{device_id}/noise.json").get_json()
    now = looked_after.clock.now_ms()
    same = Instrument("north", "ftir-2", "BX-0977")
    for week in range(14, -1, -1):
        same.check(now - WEEK_MS - week * WEEK_MS)
    same.check(now - 2 * HOUR_MS, noise=0.0125, energy=0.41)
    wanted = chart(same.checks, "noise", RULES.limits)
    assert drawn["x"] == [point.at_ms / 1000 for point in wanted.points]
    assert drawn["lines"][0]["values"] == pytest.approx(
        [100 * point.value for point in wanted.points], rel=1e-3
    )
    assert drawn["failed"] == [False] * 15 + [True]
    assert wanted.middle is not None
    assert wanted.high is not None
    assert drawn["usual"] == pytest.approx(100 * wanted.middle, rel=1e-3)
    assert drawn["usual_high"] == pytest.approx(100 * wanted.high, rel=1e-3)
    assert (drawn["least"], drawn["most"], drawn["unit"]) == (None, 0.5, "%")


def test_another_instrument_at_the_same_place_has_charts_of_its_own(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    client, device_id = sign_in("technician"), number(looked_after, "ftir-2")
    instruments_seed.tell(looked_after, Instrument("north", "ftir-2", "BX-2000"))
    now_there = _text(client.get(f"/instruments/{device_id}").text)
    assert "Never checked" in now_there
    assert "Other instruments that stood here: BX-0977 (16 checks)" in now_there
    before = client.get(f"/instruments/{device_id}?serial=BX-0977").text
    assert "Control charts, serial number BX-0977" in _text(before)
    assert "serial=BX-0977" in before


def test_the_alert_leads_to_the_instrument_and_says_what_to_do(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    looked_after.judge()
    looked_after.clock.sleep(601)
    looked_after.say("north", "north-1", "bridge", seed.HEALTH)
    looked_after.judge()
    client, device_id = sign_in("coordinator"), number(looked_after, "ftir-2")
    alerts = client.get("/alerts/").text
    assert "Performance check failed: ftir-2 at north" in alerts
    assert "Performance check overdue: raman-1 at north" in alerts
    assert "Moved, and not checked since: ftir-van at north" in alerts
    assert "No performance check: ftir-new at north" in alerts
    link = re.search(r'href="(/alerts/\d+)">Performance check failed', alerts)
    assert link is not None
    page = client.get(link[1]).text
    assert f"/instruments/{device_id}" in page
    assert "it is too noisy (performance-noise)" in _text(page)


def test_staff_who_restock_are_not_sent_to_a_page_that_they_may_not_see(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("staff")
    assert client.get("/instruments/").status_code == 403
    for path in ("/", f"/machines/{number(looked_after, 'ftir-2')}"):
        assert "/instruments/" not in client.get(path).text
    assert "/instruments/" in sign_in("technician").get("/").text


def test_a_machine_is_no_instrument_and_an_unknown_figure_draws_nothing(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    client, device_id = sign_in("technician"), number(looked_after, "ftir-2")
    assert client.get("/instruments/1").status_code == 404
    assert client.get("/instruments/999/noise.json").status_code == 404
    assert client.get(f"/instruments/{device_id}/x.json").get_json()["x"] == []


def test_nothing_here_could_be_read_as_of_a_sample(
    looked_after: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("admin")
    with looked_after.store.read() as transaction:
        known = [one.device.id for one in instruments.instruments(transaction)]
    for path in ("/instruments/", *(f"/instruments/{one}" for one in known)):
        said = _text(client.get(path).text)
        assert not FORBIDDEN.search(said), FORBIDDEN.search(said)


def test_an_instrument_of_an_older_bridge_is_not_told(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    said = cards(sign_in("technician").get("/instruments/").text)["alpha"]
    assert "Not told" in said
    assert "older version" in said


FIGURES = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.builds(
        PerformanceFigure,
        quantity=st.sampled_from([*instrument_words.QUANTITIES, "etalon"]),
        value=FIGURES,
        least=FIGURES,
        most=FIGURES,
        usual=FIGURES,
        usual_low=FIGURES,
        usual_high=FIGURES,
        signals=st.lists(st.sampled_from(["fixed-limit", "run-of-eight", "new"])).map(tuple),
        override=st.sampled_from(["", "technician", "coordinator", "nobody"]),
    )
)
def test_any_figure_has_words(one: PerformanceFigure) -> None:
    said = [instrument_words.figure(one.quantity, one.value), instrument_words.limits(one)]
    said += [instrument_words.usual(one), instrument_words.quantity_name(one.quantity)]
    assert all(said)
    assert bool(instrument_words.why(one)) == bool(one.signals)


TIMES = st.none() | st.integers(0, 2 * seed.NOW_MS)


@given(
    care=st.builds(
        Care,
        serial=st.just("S"),
        told_ms=st.integers(0, seed.NOW_MS),
        received_ms=st.integers(seed.NOW_MS - 2 * GONE_MS, seed.NOW_MS),
        every_h=st.floats(-1e9, 1e299),
        told_check_ms=TIMES,
        checked_ms=TIMES,
        failed=st.sampled_from([(), ("performance-noise",)]),
        was_moved=st.booleans(),
        moved_ms=TIMES,
        background_ms=TIMES,
        sees_backgrounds=st.booleans(),
    ),
    mark=st.sampled_from(["live", "stale", "trouble", "unknown"]),
)
def test_only_what_is_heard_and_has_no_trouble_is_within_limits(care: Care, mark: str) -> None:
    bridge = fleet.BridgeView(
        **dict.fromkeys(fleet.BridgeView.__dataclass_fields__, None)  # type: ignore[arg-type]  # not looked at
        | {"last_heard_ms": seed.NOW_MS}
    )
    device = fleet.DeviceView(
        **dict.fromkeys(fleet.DeviceView.__dataclass_fields__, None) | {"bridge": bridge}  # type: ignore[arg-type]  # as above
    )
    condition = Condition(mark, "word")  # type: ignore[arg-type]  # the four that there are
    view = InstrumentView(device, care, None)
    found = instrument_words.standing(view, condition, seed.NOW_MS)
    gone = seed.NOW_MS - care.received_ms > GONE_MS
    wants = bool(troubles(care, seed.NOW_MS))
    assert (found.word == instrument_words.GOOD) == (not gone and mark != "stale" and not wants)
    assert (found.mark == "live") == (found.word == instrument_words.GOOD)
    assert instrument_words.due_words(care, seed.NOW_MS)


def test_a_chart_of_nothing_is_empty() -> None:
    drawn = control_chart((), "noise")
    assert (drawn["x"], drawn["failed"], drawn["usual"]) == ([], [], None)
    assert json.dumps(drawn)
