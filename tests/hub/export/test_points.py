"""What is exported, and how states are told."""

from hypothesis import given
from hypothesis import strategies as st

from hub.export.points import Point, points
from hub.rules.facts import Facts, TemperatureFact
from tests.hub.rules.builders import NOW_MS, bridge, device, slot


def test_every_value_is_a_number_and_no_state_is_a_word() -> None:
    probe = TemperatureFact(device=device(), probe="", observed_ms=NOW_MS, temperature_c=21.5)
    known = Facts(
        slots=(slot(3), slot(None)),
        temperatures=(probe,),
        bridges=(bridge(state="online", spool_depth=4), bridge("pi-2")),
    )
    made = list(points(known, {("", "critical"): 2, ("north", "warning"): 1}, NOW_MS))
    assert [point.measurement.removeprefix("harborlight_") for point in made] == [
        "stock",
        "temperature",
        "bridge",
        "bridge",
        "alerts",
        "alerts",
    ]
    for point in made:
        assert all(type(value) in {int, float} for value in point.fields.values())
        assert all(point.tags.values())


def test_a_level_is_exported_at_the_time_it_is_true_for() -> None:
    (point,) = points(Facts(slots=(slot(3),)), {}, NOW_MS)
    assert point.time_ms == NOW_MS - 60_000
    assert point.fields == {"level": 3, "confidence": 3, "capacity": 20}


@given(tag=st.text(), value=st.integers() | st.floats(allow_nan=False), at=st.integers(0, 2**50))
def test_a_point_survives_the_outbox(tag: str, value: float, at: int) -> None:
    point = Point("m", {"site": tag}, {"level": value}, at)
    assert Point.from_json("m", point.to_json()) == point
