"""No rule may say, or seem to say, that a sample is harmless; and every rule is a whole rule."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import hub.rules
from hub.instruments import Care
from hub.rules.base import RANK, Rule
from hub.rules.errors import RuleShapeError, UnknownRuleError
from hub.rules.facts import (
    BridgeFact,
    CheckFact,
    DeadLetterFact,
    DeviceFact,
    EventFact,
    ExcursionFact,
    Facts,
    InstrumentFact,
    SlotFact,
    TemperatureFact,
    UndeliveredFact,
)
from hub.rules.find import _require_rule, find_rules, require_known
from hub.rules.settings import RuleSettings
from hub.stock import StockFigure

FORBIDDEN = re.compile("safe|clean|pass|no fentanyl|absent", re.IGNORECASE)
NOW_MS = 1_800_000_000_000

times = st.integers(NOW_MS - 10**9, NOW_MS + 10**6)
maybe_time = st.none() | times
small = st.none() | st.integers(0, 5_000)
flag = st.none() | st.booleans()
words = st.text("xyz 0", max_size=8)

bridges = st.builds(
    BridgeFact,
    site=st.sampled_from(["north", "south"]),
    bridge=st.sampled_from(["pi-1", "pi-2"]),
    state=st.sampled_from(["", "online", "offline"]),
    last_heard_ms=maybe_time,
    heartbeat_s=st.none() | st.integers(1, 600),
    spool_depth=small,
    spool_dropped=small,
    disk_free_mb=small,
    undervoltage=flag,
    clock_sane=flag,
)
devices = st.builds(
    DeviceFact,
    device_id=st.integers(1, 9),
    device=st.just("lobby"),
    kind=st.sampled_from(["vending", "spectrometer", "other"]),
    bridge=bridges,
    title=words,
    state=st.sampled_from(["ok", "fault", "unreachable", "unknown"]),
    detail=words,
    advice=words,
    last_heard_ms=maybe_time,
)
figures = st.builds(
    StockFigure,
    level=st.none() | st.integers(0, 9),
    capacity=small,
    par=small,
    minimum=st.none() | st.integers(0, 9),
    as_of_ms=maybe_time,
    confidence=st.sampled_from(["counted", "computed", "machine", "uncertain", "unknown"]),
)
slots = st.builds(
    SlotFact,
    device=devices,
    selection=words,
    product=st.sampled_from(["", "naloxone", "gauze"]),
    figure=figures,
    days_to_empty=st.none() | st.floats(0, 1e6),
)
facts = st.builds(
    Facts,
    bridges=st.tuples(bridges),
    devices=st.tuples(devices),
    slots=st.tuples(slots, slots),
    temperatures=st.tuples(
        st.builds(
            TemperatureFact,
            device=devices,
            probe=words,
            observed_ms=times,
            temperature_c=st.floats(-90, 90),
        )
    ),
    excursions=st.tuples(
        st.builds(
            ExcursionFact,
            device=devices,
            probe=words,
            first_ms=times,
            last_ms=times,
            coldest_c=st.floats(-90, 90),
            warmest_c=st.floats(-90, 90),
        )
    ),
    events=st.tuples(
        st.builds(
            EventFact,
            device=devices,
            observed_ms=times,
            code=words,
            name=st.sampled_from(
                [
                    "jam",
                    "vend-failed",
                    "cooling-fault",
                    "temperature-sensor",
                    "door-open",
                    "door-closed",
                ]
            ),
            selection=st.none() | words,
            active=flag,
            text=words,
        )
    ),
    checks=st.tuples(
        st.builds(
            CheckFact,
            device=devices,
            check=st.text("0123456789abcdef", min_size=8, max_size=8),
            observed_ms=times,
            received_ms=times,
            detected=st.lists(st.sampled_from(["fentanyl", "xylazine"]), max_size=2).map(tuple),
            library_grade=st.sampled_from(["demonstration", "reference"]),
        )
    ),
    instruments=st.tuples(
        st.builds(
            InstrumentFact,
            device=devices,
            care=st.builds(
                Care,
                serial=words,
                told_ms=times,
                received_ms=times,
                every_h=st.floats(-1e9, 1e299),
                told_check_ms=maybe_time,
                checked_ms=maybe_time,
                failed=st.lists(
                    st.sampled_from(["performance-noise", "performance-line", "performance-new"]),
                    max_size=2,
                ).map(tuple),
                was_moved=st.booleans(),
                moved_ms=maybe_time,
                background_ms=maybe_time,
                sees_backgrounds=st.booleans(),
            ),
        )
    ),
    dead_letters=st.tuples(
        st.builds(
            DeadLetterFact,
            reason=st.just("field"),
            messages=st.integers(1, 99),
            last_ms=times,
            topic=words,
            detail=words,
        )
    ),
    undelivered=st.tuples(
        st.builds(
            UndeliveredFact,
            channel=words,
            failed=st.integers(0, 3),
            late=st.integers(0, 3),
            last_error=words,
        )
    ),
)


@given(known=facts)
@settings(max_examples=60, deadline=None)
def test_no_rule_ever_seems_to_say_that_a_sample_is_harmless(known: Facts) -> None:
    for name, found in find_rules().items():
        for told in found.judge(known, RuleSettings(), NOW_MS):
            assert told.rule == name
            assert told.key.startswith(name)
            assert told.severity in RANK
            assert told.title
            assert told.advice
            assert not FORBIDDEN.search(f"{told.title}\n{told.detail}\n{told.advice}")


def test_every_rule_is_found_by_its_file_and_described_without_those_words() -> None:
    for name, found in find_rules().items():
        assert (Path(hub.rules.__path__[0]) / f"{name.replace('-', '_')}.py").is_file()
        assert found.rule.name == name
        assert not FORBIDDEN.search(f"{found.rule.title} {found.rule.describe}")
    assert {"low-stock", "empty", "silent-device", "temperature"} <= find_rules().keys()


def test_every_rule_and_setting_is_in_the_docs() -> None:
    text = (Path(hub.rules.__path__[0]).parent.parent / "docs" / "rules.md").read_text("utf-8")
    for name in find_rules():
        assert f"`{name}`" in text, name
    schema = RuleSettings.model_json_schema()
    sections = [schema, *schema["$defs"].values()]
    for setting in {key for section in sections for key in section["properties"]}:
        assert f"`{setting}`" in text, setting


def test_a_module_that_is_no_whole_rule_is_refused() -> None:
    module = ModuleType("half")
    module.RULE = "low-stock"  # type: ignore[attr-defined]  # a module takes any name
    with pytest.raises(RuleShapeError, match=r"half: RULE must be"):
        _require_rule(module)
    card = Rule(name="half", title="Half", severity="info", describe="Half a rule.")
    module.RULE = card  # type: ignore[attr-defined]  # as above
    with pytest.raises(RuleShapeError, match="needs judge"):
        _require_rule(module)


def test_settings_for_an_unknown_rule_are_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownRuleError, match=r"rules.disabled: no rule 'low-stok'; .*low-stock"):
        require_known(["low-stok"], "rules.disabled", find_rules())


@pytest.mark.parametrize(
    "bad", [{"tempreature": {}}, {"temperature": {"low_c": 39, "high_c": 40}}, {"stock": {"x": 1}}]
)
def test_settings_that_can_not_be_meant_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RuleSettings.model_validate(bad)
