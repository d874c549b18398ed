"""Vends, levels, events and sensors to messages: each told once, and no vend lost."""

import json

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract.messages import (
    Body,
    MachineEvent,
    Measurement,
    SlotLevel,
    Temperature,
    Vend,
    VendingAudit,
)
from firmware_bridge.drivers.readings import (
    CountersReading,
    EventReading,
    LevelReading,
    MachineReading,
    SensorReading,
    SlotCounters,
    VendReading,
)
from firmware_bridge.pipeline import AUDIT_REPEAT_MS, REPEAT_MS, VendingPipeline
from firmware_bridge.spool import Moment
from firmware_bridge.vend_counts import MAX_SELECTIONS, VendCounts

START_MS = 1_795_000_000_000


def at(milliseconds: int = 0) -> Moment:
    return Moment(START_MS + milliseconds, milliseconds, sane=True)


def machine(memory: str = "", lineage: str = "abc") -> VendingPipeline:
    pipeline = VendingPipeline("machine-1", memory, lineage)
    pipeline.keeper.heard(at())
    return pipeline


def said(
    pipeline: VendingPipeline, reading: MachineReading, moment: Moment | None = None
) -> list[Body]:
    return [draft.body for draft in pipeline.take(reading, moment or at())]


def sold(selection: str | None = "11", **changes: object) -> VendReading:
    return VendReading(source="mdb", selection=selection, outcome="success", **changes)  # type: ignore[arg-type]  # any field


def audit_of(bodies: list[Body]) -> VendingAudit:
    (found,) = [body for body in bodies if isinstance(body, VendingAudit)]
    return found


def test_a_vend_is_told_and_counted() -> None:
    pipeline = machine()
    said(pipeline, sold())
    bodies = said(pipeline, sold(payment="free", price_minor=1, authorised=True))
    assert isinstance(bodies[0], Vend)
    assert (bodies[0].selection, bodies[0].payment, bodies[0].authorised) == ("11", "free", True)
    audit = audit_of(bodies)
    assert (audit.source, audit.board) == ("mdb", "abc")
    (slot,) = audit.selections
    assert (slot.dispensed, slot.paid, slot.free, slot.failed) == (2, 1, 1, 0)


def test_counting_goes_on_after_a_restart_and_keeps_its_name() -> None:
    before = machine()
    said(before, sold())
    after = machine(before.remember(), lineage="another")
    audit = audit_of(said(after, sold()))
    assert (audit.board, audit.selections[0].dispensed) == ("abc", 2)


def test_a_failed_vend_is_an_event_and_takes_nothing_from_the_slot() -> None:
    bodies = said(
        machine(), VendReading(source="fafb", selection="3", outcome="failed", reason="jam")
    )
    assert [type(body) for body in bodies] == [Vend, MachineEvent, VendingAudit]
    event = bodies[1]
    assert isinstance(event, MachineEvent)
    assert (event.name, event.selection) == ("jam", "3")
    (slot,) = audit_of(bodies).selections
    assert (slot.dispensed, slot.failed) == (0, 1)


def test_a_vend_of_an_unknown_selection_is_told_and_counted_for_no_slot() -> None:
    bodies = said(machine(), sold(None))
    assert [type(body) for body in bodies] == [Vend]


def test_a_device_that_counts_itself_is_not_counted_again() -> None:
    bodies = said(machine(), sold(counted=True))
    assert [type(body) for body in bodies] == [Vend]


def test_levels_of_the_machine_and_our_counters_go_in_one_audit() -> None:
    pipeline = machine()
    told = CountersReading(
        source="fafb",
        slots=(SlotCounters(selection="1", level=4, capacity=8), SlotCounters(selection="2")),
    )
    said(pipeline, told)
    audit = audit_of(said(pipeline, VendReading(source="fafb", selection="1", outcome="success")))
    first, second = audit.selections
    assert (first.level, first.capacity, first.dispensed) == (4, 8, 1)
    assert second.dispensed == 0


def test_unchanged_counters_are_told_again_only_after_hours() -> None:
    pipeline = machine()
    told = CountersReading(source="board", slots=(SlotCounters(selection="1", dispensed=5),))
    assert audit_of(said(pipeline, told)).selections[0].dispensed == 5
    assert said(pipeline, told, at(60_000)) == []
    assert audit_of(said(pipeline, told, at(AUDIT_REPEAT_MS))).selections[0].dispensed == 5


def test_a_condition_is_told_when_it_begins_and_when_it_ends() -> None:
    pipeline = machine()
    opened = EventReading(name="door-open", active=True)
    assert len(said(pipeline, opened)) == 1
    assert said(pipeline, opened) == []
    after = machine(pipeline.remember())
    assert said(after, opened) == []
    assert len(said(after, EventReading(name="door-open", active=False))) == 1
    once = EventReading(name="filled")
    assert (len(said(after, once)), len(said(after, once))) == (1, 1)


def test_an_event_that_has_no_name_here_is_other() -> None:
    (event,) = said(machine(), EventReading(name="volcano", code="X9"))
    assert isinstance(event, MachineEvent)
    assert (event.name, event.code) == ("other", "X9")


def test_a_sensor_is_told_when_it_moved_or_after_a_quarter_of_an_hour() -> None:
    pipeline = machine()

    def damp(value: float) -> SensorReading:
        return SensorReading(sensor="room", quantity="humidity", value=value, unit="%")

    assert isinstance(said(pipeline, damp(50))[0], Measurement)
    assert said(pipeline, damp(51), at(1000)) == []
    assert len(said(pipeline, damp(52), at(2000))) == 1
    assert len(said(pipeline, damp(52), at(2000 + REPEAT_MS))) == 1
    warm = SensorReading(sensor="cabinet", quantity="temperature", value=23.5, unit="C")
    assert isinstance(said(pipeline, warm)[0], Temperature)


def test_a_level_is_told_when_it_changes_or_settles() -> None:
    pipeline = machine()

    def level(count: int | None, *, settled: bool = True) -> LevelReading:
        return LevelReading(
            selection="1", level=count, method="load-cell", raw=10.0, settled=settled
        )

    assert isinstance(said(pipeline, level(5))[0], SlotLevel)
    assert said(pipeline, level(5)) == []
    assert len(said(pipeline, level(5, settled=False))) == 1
    assert len(said(pipeline, level(4))) == 1


@given(st.lists(st.sampled_from(["1", "2", None]), max_size=20), st.integers(0, 20))
def test_the_counters_are_the_number_of_vends_wherever_it_is_restarted(
    vends: list[str | None], cut: int
) -> None:
    pipeline = machine()
    for selection in vends[:cut]:
        pipeline.take(sold(selection), at())
    pipeline = machine(pipeline.remember(), lineage="another")
    for selection in vends[cut:]:
        pipeline.take(sold(selection), at())
    counts = VendCounts.recalled(json.loads(pipeline.remember()).get("counts"))
    counted = {slot.selection: slot.dispensed for slot in counts.added_to(())}
    assert counted == {name: vends.count(name) for name in set(vends) - {None}}


def test_rubbish_does_not_grow_the_memory_and_a_damaged_memory_starts_anew() -> None:
    counts = VendCounts()
    for number in range(MAX_SELECTIONS + 50):
        counts.count(sold(str(number)), "abc")
    assert len(counts.added_to(())) == MAX_SELECTIONS
    for damaged in (None, 5, {"slots": 3}, {"slots": {"1": ["x"]}}, {"slots": {"1": [1] * 9}}):
        assert VendCounts.recalled(damaged).lineage == ""
