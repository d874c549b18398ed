"""One message is stored once, in whatever order and however often it comes."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlalchemy import event as sqlalchemy_event

from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import BODIES, Body, DeviceState
from firmware_bridge.contract.topics import BridgeAddress
from hub.delivery import Delivery
from hub.errors import StoreError
from hub.ingest import Ingest, Outcome
from hub.store import Store, dead_letters, tables
from hub.store.runs import MAX_AHEAD
from tests.contract.samples import BODIES as SAMPLES
from tests.hub import builders as b


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'hub.db'}", HandClock())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all examples of the properties; each example has a bridge of its own."""
    opened = Store.open(f"sqlite:///{tmp_path_factory.mktemp('hub') / 'hub.db'}", HandClock())
    sqlalchemy_event.listen(opened.engine, "connect", _hurry)
    opened.engine.dispose()
    yield opened
    opened.close()


def _hurry(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.execute("PRAGMA synchronous=OFF")


_numbers = itertools.count(1)


def new_bridge() -> BridgeAddress:
    return BridgeAddress("north", f"bridge-{next(_numbers)}")


def rows_of(store: Store, table: Table, bridge: BridgeAddress) -> list[Any]:
    """The rows that came from this bridge."""
    of_bridge = select(tables.bridge.c.id).where(tables.bridge.c.bridge == bridge.bridge)
    devices = select(tables.device.c.id).where(tables.device.c.bridge_id.in_(of_bridge))
    wanted = (
        table.c.bridge_id.in_(of_bridge)
        if "bridge_id" in table.c
        else table.c.device_id.in_(devices)
    )
    with store.read() as transaction:
        return list(transaction.execute(select(table).where(wanted)))


def rows(store: Store, table: Table) -> list[Any]:
    with store.read() as transaction:
        return list(transaction.execute(select(table)))


def upto(outcome: Outcome) -> int:
    ((_bridge, ack),) = outcome.acknowledgements
    return ack.upto


def one_event(bridge: BridgeAddress, seq: int, oldest_held: int = 1) -> Delivery:
    return b.delivery(b.envelope(b.event(seq), seq, oldest_held=oldest_held, bridge=bridge))


@st.composite
def journeys(draw: st.DrawFn) -> tuple[list[int], list[int], list[list[int]]]:
    """Numbers that a bridge produced, those it gave up, and how the rest comes: any order, batches,
    repeats."""
    produced = list(range(1, draw(st.integers(1, 12)) + 1))
    given_up = draw(st.lists(st.sampled_from(produced), unique=True, max_size=4))
    sent = [seq for seq in produced if seq not in given_up]
    repeats = draw(st.lists(st.sampled_from(produced), max_size=8))
    order = draw(st.permutations(sent + [seq for seq in repeats if seq in sent]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    batches = [order[i:j] for i, j in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return sent, given_up, batches


@settings(max_examples=25, deadline=None)
@given(journey=journeys())
def test_every_message_that_was_sent_is_stored_once_and_no_gap_is_acknowledged(
    shared_store: Store, journey: tuple[list[int], list[int], list[list[int]]]
) -> None:
    sent, given_up, batches = journey
    ingest, seen, bridge = Ingest(shared_store), set[int](), new_bridge()
    for batch in batches:
        outcome = ingest.accept([one_event(bridge, seq) for seq in batch])
        seen.update(batch)
        if batch:
            assert upto(outcome) == next(n for n in range(1, 20) if n not in seen) - 1
    events = rows_of(shared_store, tables.machine_event, bridge)
    assert sorted(row.seq for row in events) == sorted(sent)
    beyond_a_gap = any(seq < max(sent, default=0) for seq in given_up)
    assert bool(rows_of(shared_store, tables.ahead, bridge)) == beyond_a_gap


@settings(max_examples=25, deadline=None)
@given(journey=journeys())
def test_what_a_bridge_gave_up_is_not_waited_for(
    shared_store: Store, journey: tuple[list[int], list[int], list[list[int]]]
) -> None:
    sent, _given_up, batches = journey
    ingest, bridge, last = Ingest(shared_store), new_bridge(), max(sent, default=0) + 1
    for batch in batches:
        ingest.accept([one_event(bridge, seq) for seq in batch])
    outcome = ingest.accept([one_event(bridge, last, oldest_held=last)])
    assert upto(outcome) == last
    events = rows_of(shared_store, tables.machine_event, bridge)
    assert sorted(row.seq for row in events) == [*sorted(sent), last]
    assert rows_of(shared_store, tables.ahead, bridge) == []


@settings(max_examples=20, deadline=None)
@given(order=st.permutations([1, 2, 3, 4, 5]), cut=st.integers(1, 5))
def test_the_newest_state_stands_in_whatever_order_states_come(
    shared_store: Store, order: list[int], cut: int
) -> None:
    words = {1: "ok", 2: "fault", 3: "ok", 4: "fault", 5: "unreachable"}
    ingest, bridge = Ingest(shared_store), new_bridge()
    for part in (order[:cut], order[cut:]):
        said = [
            b.envelope(b.state(words[seq]), seq, at_ms=b.T0 + seq, bridge=bridge) for seq in part
        ]
        ingest.accept([b.delivery(one) for one in said])
    (device,) = rows_of(shared_store, tables.device, bridge)
    assert (device.state, device.state_seq) == ("unreachable", 5)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(list(range(1, 8))))
def test_counters_tell_the_same_story_in_whatever_order_audits_come(
    shared_store: Store, order: list[int]
) -> None:
    """At every moment the latest row before it has the counter that the machine had."""
    counts = {1: 10, 2: 10, 3: 12, 4: 12, 5: 15, 6: 15, 7: 15}
    ingest, bridge = Ingest(shared_store), new_bridge()
    for seq in order:
        said = b.audit(b.selection(dispensed=counts[seq]))
        ingest.accept([b.delivery(b.envelope(said, seq, at_ms=b.T0 + seq, bridge=bridge))])
    counters = rows_of(shared_store, tables.counter, bridge)
    story = sorted((row.observed_ms, row.dispensed) for row in counters)
    for seq, dispensed in counts.items():
        assert [d for at, d in story if at <= b.T0 + seq][-1] == dispensed


def test_counters_in_order_make_a_row_only_where_they_change(store: Store) -> None:
    ingest = Ingest(store)
    for seq, dispensed in enumerate([10, 10, 11, 11, 11, 12], 1):
        said = b.audit(b.selection(dispensed=dispensed), b.selection("A2", 5))
        ingest.accept([b.delivery(b.envelope(said, seq, at_ms=b.T0 + seq))])
    kept = [(row.selection, row.dispensed) for row in rows(store, tables.counter)]
    assert kept == [("A1", 10), ("A2", 5), ("A1", 11), ("A1", 12)]


def test_a_planogram_that_staff_have_set_is_not_overwritten(store: Store) -> None:
    ingest = Ingest(store)
    ingest.accept([b.delivery(b.envelope(b.audit(b.selection("A1"), b.selection("A2")), 1))])
    with store.begin() as transaction:
        ours = tables.slot.c.selection == "A1"
        transaction.execute(tables.slot.update().where(ours).values(par=7, source="staff"))
    again = b.audit(b.selection("A1", par=9), b.selection("A2", par=9))
    ingest.accept([b.delivery(b.envelope(again, 2))])
    assert {row.selection: row.par for row in rows(store, tables.slot)} == {"A1": 7, "A2": 9}


def test_an_older_run_that_is_delivered_late_changes_no_state(store: Store) -> None:
    ingest = Ingest(store)
    ingest.accept([b.status("online", b.LATER_BOOT, b.T0 + 5000)])
    new = b.envelope(b.state("fault"), 1, boot=b.LATER_BOOT, at_ms=b.T0 + 6000)
    old = b.envelope(b.state("ok"), 90, boot=b.BOOT, at_ms=b.T0 + 10)
    ingest.accept([b.delivery(new, b.T0 + 6000), b.delivery(old, b.T0 + 6001)])
    (device,) = rows(store, tables.device)
    assert device.state == "fault"


def test_a_last_will_of_an_earlier_run_does_not_make_a_bridge_offline(store: Store) -> None:
    ingest = Ingest(store)
    ingest.accept([b.status("online", b.BOOT), b.status("online", b.LATER_BOOT)])
    ingest.accept([b.status("offline", b.BOOT)])
    assert rows(store, tables.bridge)[0].state == "online"
    ingest.accept([b.status("offline", b.LATER_BOOT)])
    assert rows(store, tables.bridge)[0].state == "offline"


def test_spectrum_and_findings_meet_in_either_order(store: Store) -> None:
    ingest = Ingest(store)
    pairs: list[tuple[Body, Body]] = [
        (b.spectrum("k1"), b.findings("k1")),
        (b.findings("k2"), b.spectrum("k2")),
    ]
    bodies: list[Body] = [body for pair in pairs for body in pair]
    for seq, body in enumerate(bodies, 1):
        ingest.accept([b.delivery(b.envelope(body, seq, device="ftir"))])
    checks = rows(store, tables.drug_check)
    assert {row.id for row in checks} == {"k1", "k2"}
    for row in checks:
        assert json.loads(row.spectrum_json)["scans"] == 16
        assert json.loads(row.findings_json)["unexplained"] == 0.1


def test_a_check_of_another_device_is_not_overwritten(store: Store) -> None:
    ingest = Ingest(store)
    ingest.accept([b.delivery(b.envelope(b.findings("k1", 0.1), 1, device="ftir"))])
    theirs = b.envelope(b.findings("k1", 0.9), 2, device="raman")
    outcome = ingest.accept([b.delivery(theirs)])
    assert (outcome.refused, upto(outcome)) == (1, 2)
    (row,) = rows(store, tables.drug_check)
    assert json.loads(row.findings_json)["unexplained"] == 0.1


def test_a_clock_that_is_not_sane_does_not_date_a_record(store: Store) -> None:
    ingest = Ingest(store)
    asleep = b.envelope(b.temperature(), 1, at_ms=5, sane=False)
    ahead = b.envelope(b.temperature(), 2, at_ms=b.T0 + 10**10)
    ingest.accept([b.delivery(asleep, b.T0 + 7), b.delivery(ahead, b.T0 + 8)])
    kept = [(row.observed_ms, row.clock_sane) for row in rows(store, tables.temperature)]
    assert kept == [(b.T0 + 7, False), (b.T0 + 8, False)]


@settings(max_examples=40, deadline=None)
@given(
    payload=st.binary(max_size=300),
    topic=st.one_of(
        st.text(max_size=60), st.just("harborlight/v1/north/bridge-1/machine-1/temperature")
    ),
)
def test_rubbish_becomes_a_dead_letter_and_stops_nothing(
    shared_store: Store, payload: bytes, topic: str
) -> None:
    good = b.delivery(b.envelope(b.temperature(), 1, bridge=new_bridge()))
    outcome = Ingest(shared_store).accept([Delivery(topic, payload, b.T0), good])
    assert (outcome.stored, outcome.refused) == (1, 1)


def changed(seq: int = 1, **changes: object) -> Delivery:
    good = b.delivery(b.envelope(b.temperature(), seq))
    document = {**json.loads(good.payload), **changes}
    return Delivery(good.topic, json.dumps(document).encode(), b.T0)


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        (changed(v=2), "unknown-version"),
        (changed(body={}), "field"),
        (changed(site="south"), "address"),
        (changed(device="machine-2"), "address"),
        (changed(boot="x"), "field"),
        (Delivery("harborlight/v1/north/bridge-1/machine-1/spell", b"{}", b.T0), "unknown-version"),
        (Delivery("harborlight/v1/North/bridge-1/machine-1/temperature", b"", b.T0), "topic"),
        (Delivery("harborlight/v1/north/bridge-1/status", b"[", b.T0), "malformed"),
    ],
)
def test_a_dead_letter_has_the_reason_and_is_counted(
    store: Store, delivery: Delivery, reason: str
) -> None:
    ingest = Ingest(store)
    for _ in range(3):
        ingest.accept([delivery])
    with store.read() as transaction:
        letters = dead_letters.latest(transaction)
    assert letters[0].reason == reason
    assert sum(letter.times for letter in letters) in {1, 3}


def test_a_message_that_will_never_be_understood_does_not_hold_up_the_next(store: Store) -> None:
    """A bridge lets go only of what is acknowledged; it must not stand before one for ever."""
    outcome = Ingest(store).accept(
        [
            changed(1, body={"probe": 7}),
            b.delivery(b.envelope(b.temperature(), 2)),
        ]
    )
    assert (outcome.stored, outcome.refused, upto(outcome)) == (1, 1, 2)


def test_another_bridges_order_is_not_advanced_by_a_forged_address(store: Store) -> None:
    ingest = Ingest(store)
    forged = json.loads(b.delivery(b.envelope(b.temperature(), 5, oldest_held=5)).payload)
    forged["body"] = None
    topic = "harborlight/v1/south/bridge-9/machine-1/temperature"
    outcome = ingest.accept([Delivery(topic, json.dumps(forged).encode(), b.T0)])
    assert outcome.acknowledgements == ()


def test_a_repeat_is_acknowledged_again(store: Store) -> None:
    ingest = Ingest(store)
    once = b.delivery(b.envelope(b.temperature(), 1))
    ingest.accept([once])
    outcome = ingest.accept([once, once])
    assert (outcome.stored, outcome.repeated, upto(outcome)) == (0, 2, 1)


def test_what_is_far_beyond_a_gap_is_not_taken_and_memory_stays_bounded(store: Store) -> None:
    ingest = Ingest(store)
    far = b.delivery(b.envelope(b.temperature(), MAX_AHEAD + 2))
    outcome = ingest.accept([b.delivery(b.envelope(b.temperature(), 2)), far])
    assert (outcome.stored, outcome.refused, upto(outcome)) == (1, 1, 0)


def test_when_the_store_fails_nothing_is_kept_and_nothing_acknowledged(store: Store) -> None:
    ingest = Ingest(store)
    batch = [b.delivery(b.envelope(b.temperature(), seq)) for seq in (1, 2)]

    def fail(_connection: object) -> None:
        raise StoreError("disk full")

    sqlalchemy_event.listen(store.engine, "commit", fail)
    with pytest.raises(StoreError):
        ingest.accept(batch)
    sqlalchemy_event.remove(store.engine, "commit", fail)
    assert rows(store, tables.temperature) == []
    assert ingest.accept(batch).stored == 2


def test_every_kind_of_message_can_be_kept(store: Store) -> None:
    bodies: list[Body] = [
        b.audit(),
        b.event(),
        b.temperature(),
        b.state(),
        b.health(),
        b.spectrum(),
        b.findings(),
        b.vend(),
        b.level(),
        b.measurement(),
        SAMPLES["access-counts"],
        SAMPLES["check-event"],
        SAMPLES["performance"],
        SAMPLES["instrument"],
    ]
    assert {body.KIND for body in bodies} == set(BODIES)
    batch = [b.delivery(b.envelope(body, seq)) for seq, body in enumerate(bodies, 1)]
    assert Ingest(store).accept(batch).stored == len(bodies)


def test_a_counter_says_until_when_it_stood_unchanged(store: Store) -> None:
    """A machine that is heard and says nothing new has not changed."""
    ingest, minute = Ingest(store), 60_000
    said: list[tuple[int, Body]] = [
        (0, b.audit(b.selection(dispensed=10))),
        (30, b.temperature()),
        (31, b.audit(b.selection(dispensed=11))),
        (90, b.state()),
        (90, b.audit(b.selection(dispensed=12))),
    ]
    for seq, (at_min, body) in enumerate(said, 1):
        at_ms = b.T0 + at_min * minute
        if isinstance(body, DeviceState):
            body = replace(body, last_heard_ms=at_ms)  # noqa: PLW2901 - as the bridge says it
        ingest.accept([b.delivery(b.envelope(body, seq, at_ms=at_ms), at_ms)])
    kept = [(row.dispensed, row.unchanged_ms) for row in rows(store, tables.counter)]
    assert kept == [(10, None), (11, b.T0 + 30 * minute), (12, b.T0 + 31 * minute)]


def test_resets_are_kept_only_where_a_machine_has_no_lasting_counters(store: Store) -> None:
    lasting = b.selection("A1", 10)
    interval = replace(b.selection("A2"), dispensed=None, dispensed_since_reset=3)
    for seq in (1, 2):
        audit = replace(b.audit(lasting, interval), resets=seq)
        Ingest(store).accept([b.delivery(b.envelope(audit, seq, at_ms=b.T0 + seq))])
    kept = [(row.selection, row.resets) for row in rows(store, tables.counter)]
    assert kept == [("A1", None), ("A2", 1), ("A2", 2)]


def test_a_run_knows_when_it_was_last_heard(store: Store) -> None:
    for seq, at_ms in ((1, b.T0 + 50), (2, b.T0 + 20)):
        Ingest(store).accept([b.delivery(b.envelope(b.event(), seq, at_ms=at_ms))])
    ((first_ms, last_ms),) = [(row.first_ms, row.last_ms) for row in rows(store, tables.progress)]
    assert (first_ms, last_ms) == (b.T0 + 50, b.T0 + 50)


def test_a_heartbeat_that_comes_late_does_not_undo_a_newer_one(store: Store) -> None:
    ingest = Ingest(store)
    for seq, depth in ((2, 0), (1, 500)):
        ingest.accept([b.delivery(b.envelope(b.health(depth), seq, device="bridge"))])
    (bridge,) = rows(store, tables.bridge)
    assert bridge.spool_depth == 0
    assert rows(store, tables.device) == []


def test_a_full_disk_keeps_nothing_half_and_is_over_when_there_is_room(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    store = Store.open(url, HandClock())
    batch = [b.delivery(b.envelope(b.event(seq), seq)) for seq in range(1, 1001)]

    def leave_little_room(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.execute("PRAGMA max_page_count=60")

    sqlalchemy_event.listen(store.engine, "connect", leave_little_room)
    store.engine.dispose()
    with pytest.raises(StoreError, match="full"):
        Ingest(store).accept(batch)
    assert rows(store, tables.machine_event) == []
    assert rows(store, tables.progress) == []
    store.close()
    store = Store.open(url, HandClock())
    assert Ingest(store).accept(batch).stored == 1000
    store.close()
