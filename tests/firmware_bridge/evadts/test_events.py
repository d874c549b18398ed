"""Events and temperatures."""

import pytest

from firmware_bridge.evadts.audit import Event, Temperature
from firmware_bridge.evadts.events import EVENT_NAMES, event_name
from firmware_bridge.evadts.parser import parse_audit
from tests.firmware_bridge.evadts.building import audit


def events(*lines: str) -> tuple[Event, ...]:
    return parse_audit(audit(*lines)).events


def test_a_sold_out_selection_of_a_crane_machine_is_an_active_event() -> None:
    (event,) = events("EA2*ELB_501*0*5**1*21716")
    assert (event.code, event.base, event.suffix) == ("ELB_501", "ELB", "501")
    assert event.name == "selection sold out"
    assert (event.active, event.count, event.count_since_reset) == (True, 5, 0)
    assert (event.duration_min, event.segment, event.line) == (21716, "EA2", 3)


def test_a_door_event_has_its_date_and_time_as_sent() -> None:
    (event,) = events("EA1*EGS*250606*1209***42")
    assert (event.date, event.time, event.text) == ("250606", "1209", "42")
    assert event.active is None


@pytest.mark.parametrize(("said", "active"), [("1", True), ("0", False), ("", None), ("7", None)])
def test_an_event_is_active_only_where_the_machine_says_so(
    said: str, *, active: bool | None
) -> None:
    (event,) = events(f"EA2*ELB*1*1**{said}")
    assert event.active is active


@pytest.mark.parametrize(
    ("code", "base", "suffix", "name"),
    [
        ("LOWCHANGE", "LOWCHANGE", "", "low on change"),
        ("OCM mdb", "OCM", "mdb", ""),
        ("EO_1", "EO", "1", "refrigeration"),
        ("EOC", "EOC", "", "refrigeration"),
        ("EC_ON", "EC", "ON", "control board"),
        ("EA_7", "EA", "7", ""),
        ("6A", "6A", "", ""),
        ("ELB_COL 1", "ELB", "COL 1", "selection sold out"),
    ],
)
def test_codes_of_makers_are_kept(code: str, base: str, suffix: str, name: str) -> None:
    (event,) = events(f"EA1*{code}*261101*1200")
    assert (event.code, event.base, event.suffix, event.name) == (code, base, suffix, name)


def test_each_occurrence_is_an_event_of_its_own() -> None:
    assert len(events(*["EA1*EC*20230831*1140*126631**8Q"] * 3)) == 3


def test_an_event_without_code_is_left_out_and_named() -> None:
    parsed = parse_audit(audit("EA2**1"))
    assert parsed.events == ()
    assert [warning.name for warning in parsed.warnings] == ["event-without-code"]


@pytest.mark.parametrize("base", sorted(EVENT_NAMES))
def test_every_name_is_in_plain_words(base: str) -> None:
    assert event_name(base).islower()


def test_what_a_machine_pushes_has_events_only() -> None:
    assert parse_audit(b"EA1*EGS*261101*1200\r\n").events_only
    assert not parse_audit(audit("EA1*EGS*261101*1200", "PA1*1")).events_only


def test_ams_states_its_temperature_in_both_units() -> None:
    parsed = parse_audit(audit("MA5*TEMP*41*5"))
    assert parsed.temperatures_c == (Temperature("MA5*TEMP", 5.0),)
    assert parsed.warnings == ()


def test_fahrenheit_alone_is_converted() -> None:
    parsed = parse_audit(audit("MA5*TEMP*-4"))
    assert parsed.temperatures_c == (Temperature("MA5*TEMP", -20.0),)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("MA5*TEMP*41*41", "temperature-contradiction"),
        ("MA5*TEMP**400", "temperature-implausible"),
        ("MA5*TEMP**ERR", "not-a-number"),
    ],
)
def test_a_temperature_that_cannot_be_is_not_claimed(line: str, name: str) -> None:
    parsed = parse_audit(audit(line))
    assert parsed.temperatures_c == ()
    assert [warning.name for warning in parsed.warnings] == [name]


def test_the_cabinet_temperature_of_a_door_event_is_fahrenheit_with_ams() -> None:
    parsed = parse_audit(audit("EA1*EGS*250606*1209***42", dxs="DXS*AMS0000001*VA*V0/6*1"))
    assert parsed.temperatures_c == (Temperature("EA1*EGS", 5.6, "250606 1209"),)
    assert [warning.name for warning in parsed.warnings] == ["temperature-unit-assumed"]


def test_other_makers_door_texts_are_no_temperatures() -> None:
    assert parse_audit(audit("EA1*EGS*250606*1209***42")).temperatures_c == ()
