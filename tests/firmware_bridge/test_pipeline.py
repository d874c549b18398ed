"""From a machine's readings to messages: said when it is news, once, and not again at a restart."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract import codec
from firmware_bridge.contract.messages import (
    Body,
    DeviceState,
    MachineEvent,
    Temperature,
    VendingAudit,
)
from firmware_bridge.drivers.readings import AuditReading, Fault, FaultReading
from firmware_bridge.evadts import audit as evadts
from firmware_bridge.pipeline import AUDIT_REPEAT_MS, REPEAT_MS, VendingPipeline
from firmware_bridge.spool import Moment
from tests.contract.samples import envelope

START = Moment(1_795_000_000_000, 0, sane=True)
SOLD_OUT = evadts.Event("EA2", "ELB_A1", "ELB", "A1", "sold out", active=True, count=5)
DOOR = evadts.Event("EA1", "EGS", "EGS", name="door open", date="261123", time="1209")


def audit(paid: int = 10, **changes: object) -> evadts.Audit:
    selection = evadts.Selection(
        "A1", product="Naloxone", paid_vends=paid, free_vends=2, capacity=12
    )
    return replace(evadts.Audit(selections=(selection,)), **changes)  # type: ignore[arg-type]  # any field


def later(milliseconds: int) -> Moment:
    return Moment(START.wall_ms + milliseconds, milliseconds, sane=True)


def taken(pipeline: VendingPipeline, what: evadts.Audit, moment: Moment = START) -> list[Body]:
    return [draft.body for draft in pipeline.take(AuditReading(what, b""), moment)]


def kinds(bodies: list[Body]) -> list[str]:
    return [body.KIND for body in bodies]


def test_the_first_audit_says_state_and_counters() -> None:
    said = taken(VendingPipeline("machine-1"), audit())
    assert kinds(said) == ["device-state", "vending-audit"]
    counters = said[1]
    assert isinstance(counters, VendingAudit)
    assert (counters.selections[0].dispensed, counters.selections[0].free) == (12, 2)


def test_an_unchanged_audit_says_nothing_until_it_is_time_to_repeat_it() -> None:
    pipeline = VendingPipeline("machine-1")
    taken(pipeline, audit())
    assert taken(pipeline, audit(), later(60_000)) == []
    assert kinds(taken(pipeline, audit(), later(AUDIT_REPEAT_MS))) == ["vending-audit"]


def test_a_vend_is_said_at_once() -> None:
    pipeline = VendingPipeline("machine-1")
    taken(pipeline, audit())
    drafts = pipeline.take(AuditReading(audit(paid=11), b""), later(1000))
    assert [(draft.device, draft.event) for draft in drafts] == [("machine-1", True)]


def test_an_event_is_said_once_and_again_when_it_changes() -> None:
    pipeline = VendingPipeline("machine-1")
    taken(pipeline, audit())
    said = taken(pipeline, audit(events=(SOLD_OUT, DOOR)), later(1000))
    assert {body.name for body in said if isinstance(body, MachineEvent)} == {
        "sold-out",
        "door-open",
    }
    assert "machine-event" not in kinds(
        taken(pipeline, audit(events=(SOLD_OUT, DOOR)), later(2000))
    )
    gone = replace(SOLD_OUT, active=False)
    said = taken(pipeline, audit(events=(gone, DOOR)), later(3000))
    events = [body for body in said if isinstance(body, MachineEvent)]
    assert [(body.selection, body.active) for body in events] == [("A1", False)]


def states(pipeline: VendingPipeline, *lines: evadts.Event) -> list[tuple[str, bool | None]]:
    said = taken(pipeline, audit(events=lines))
    return [(body.code, body.active) for body in said if isinstance(body, MachineEvent)]


def test_what_happened_and_ended_between_two_reads_is_told_once_as_happened() -> None:
    pipeline = VendingPipeline("machine-1")
    failed = evadts.Event("EA2", "ELA_A1", "ELA", "A1", active=False, count=3)
    assert states(pipeline, failed) == []
    assert states(pipeline, failed) == []
    assert states(pipeline, replace(failed, count=4)) == [("ELA_A1", None)]
    assert states(pipeline, replace(failed, count=5, active=True)) == [("ELA_A1", True)]
    assert states(pipeline, replace(failed, count=5)) == [("ELA_A1", False)]


def test_a_door_that_two_kinds_of_line_tell_is_told_once() -> None:
    pipeline = VendingPipeline("machine-1")
    count = evadts.Event("EA2", "EGS", "EGS", active=False, count=1)
    assert states(pipeline, DOOR, count) == []
    again = replace(DOOR, time="1530")
    assert states(pipeline, DOOR, again, replace(count, count=2)) == [("EGS", None)]


def test_after_a_restart_nothing_is_said_twice() -> None:
    first = VendingPipeline("machine-1")
    taken(first, audit(events=(SOLD_OUT, DOOR)))
    second = VendingPipeline("machine-1", first.remember())
    assert kinds(taken(second, audit(events=(SOLD_OUT, DOOR)), later(1000))) == ["device-state"]


def test_a_new_bridge_reports_what_stands_and_not_old_news() -> None:
    said = taken(VendingPipeline("machine-1"), audit(events=(SOLD_OUT, DOOR)))
    assert [body.name for body in said if isinstance(body, MachineEvent)] == ["sold-out"]


def test_events_that_a_machine_pushed_do_not_make_the_others_news_again() -> None:
    pipeline = VendingPipeline("machine-1")
    taken(pipeline, audit(events=(SOLD_OUT,)))
    pushed = evadts.Audit(events=(DOOR,))
    assert kinds(taken(pipeline, pushed, later(1000))) == ["machine-event"]
    assert taken(pipeline, audit(events=(SOLD_OUT, DOOR)), later(2000)) == []


def test_damaged_memory_is_no_memory() -> None:
    for memory in ("{", "[]", "nonsense", '{"audit_ms": "x", "events": 5, "cabinet_c": []}'):
        assert "vending-audit" in kinds(taken(VendingPipeline("machine-1", memory), audit()))


def test_a_temperature_is_said_when_it_moves_or_after_a_while() -> None:
    pipeline = VendingPipeline("machine-1")

    def heat(celsius: float, moment: Moment) -> list[float]:
        told = (evadts.Temperature("MA5*TEMP", celsius),)
        said = taken(pipeline, audit(temperatures_c=told), moment)
        return [body.temperature_c for body in said if isinstance(body, Temperature)]

    assert heat(21.0, START) == [21.0]
    assert heat(21.2, later(1000)) == []
    assert heat(41.0, later(2000)) == [41.0]
    assert heat(41.0, later(2000 + REPEAT_MS)) == [41.0]


def test_trouble_is_said_once_and_so_is_its_end() -> None:
    pipeline = VendingPipeline("machine-1")
    silence = FaultReading(Fault.NO_REPLY, "no answer to ENQ", "look at the cable")
    states = []
    for reading in (silence, silence, AuditReading(audit(), b""), silence):
        drafts = pipeline.take(reading, START)
        states += [draft.body for draft in drafts if isinstance(draft.body, DeviceState)]
    assert [state.state for state in states] == ["unreachable", "ok", "unreachable"]
    assert (states[-1].faults, states[-1].fault) == (3, "no-reply")


anything = st.text(max_size=30)
odd_selection = st.builds(
    evadts.Selection,
    selection_id=anything,
    product=anything,
    price_minor=st.none() | st.integers(0, 2**40),
    paid_vends=st.none() | st.integers(0, 2**32),
)
odd_event = st.builds(
    evadts.Event, segment=st.just("EA1"), code=anything, base=anything, text=anything
)


@given(st.lists(odd_selection, max_size=5), st.lists(odd_event, max_size=5))
def test_whatever_a_machine_says_the_hub_can_take_the_message(
    selections: list[evadts.Selection], events: list[evadts.Event]
) -> None:
    odd = evadts.Audit(selections=tuple(selections), events=tuple(events))
    for body in taken(VendingPipeline("machine-1"), odd):
        codec.decode(codec.encode(envelope(body)))
