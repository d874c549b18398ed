"""What is refused is kept whole before its bridge may let it go, and can be taken later."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from firmware_bridge.contract import codec, messages
from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.topics import BridgeAddress
from hub.delivery import Delivery
from hub.ingest import Ingest, Outcome
from hub.retry import Retried, retry
from hub.store import Store, Transaction, dead_letters, effects, kept_letters, tables
from tests.hub import builders as b

NEWER = messages.SCHEMA_VERSION + 1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'hub.db'}", HandClock())
    yield opened
    opened.close()


def temperature(seq: int, bridge: BridgeAddress = b.NORTH) -> Delivery:
    return b.delivery(b.envelope(b.temperature(seq / 4), seq, bridge=bridge))


def changed(delivery: Delivery, **changes: object) -> Delivery:
    document = {**json.loads(delivery.payload), **changes}
    return Delivery(delivery.topic, json.dumps(document).encode(), delivery.received_ms)


def newer(seq: int, bridge: BridgeAddress = b.NORTH) -> Delivery:
    return changed(temperature(seq, bridge), v=NEWER)


def upto(outcome: Outcome) -> int:
    ((_bridge, ack),) = outcome.acknowledgements
    return ack.upto


def count(store: Store, table: str) -> int:
    with store.read() as transaction:
        found = select(func.count()).select_from(tables.metadata.tables[table])
        return transaction.scalar(found) or 0


def kept(store: Store) -> list[bytes]:
    with store.read() as transaction:
        return [letter.payload for letter in kept_letters.after(transaction, 0, 1000)]


def stored(store: Store) -> list[int]:
    """The numbers of the temperatures: each message says its own."""
    with store.read() as transaction:
        found = transaction.scalars(select(tables.temperature.c.temperature_c))
        return sorted(round(4 * celsius) for celsius in found)


def understand_the_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the hub had been renewed."""
    monkeypatch.setattr(codec, "SCHEMA_VERSION", NEWER)


@pytest.mark.parametrize(
    "refused",
    [
        newer(1),
        changed(temperature(1), v="two", body=None),
        changed(temperature(1), kind="spell"),
        changed(temperature(1), body={"probe": "x" * 9_000}),
        changed(temperature(1), device="another"),
    ],
    ids=["newer version", "no version", "kind", "field", "another device"],
)
def test_a_refused_message_is_let_go_and_lies_whole_at_the_hub(
    store: Store, refused: Delivery
) -> None:
    outcome = Ingest(store).accept([refused, temperature(2)])
    assert (outcome.stored, outcome.refused, upto(outcome)) == (1, 1, 2)
    assert kept(store) == [refused.payload]
    with store.read() as transaction:
        assert dead_letters.latest(transaction)[0].whole


@pytest.mark.parametrize(
    "payload", [b"rubbish", b"[1]", temperature(1).payload[:-9], b'{"a":' + b" " * 2**21 + b"1}"]
)
def test_what_names_no_place_lets_nobody_let_go(store: Store, payload: bytes) -> None:
    topic = temperature(1).topic
    outcome = Ingest(store).accept([Delivery(topic, payload, b.T0), temperature(2)])
    assert (outcome.stored, outcome.refused, upto(outcome)) == (1, 1, 0)
    assert kept(store) == []


def test_the_same_refused_message_sent_again_is_a_repeat(store: Store) -> None:
    ingest = Ingest(store)
    ingest.accept([newer(1)])
    again = changed(newer(1), oldest_held=1)
    assert ingest.accept([again, again]).repeated == 2
    assert count(store, "dead_letter") == 1


def test_a_hub_that_was_renewed_takes_what_it_had_refused_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = Ingest(store)
    ingest.accept([newer(1), temperature(2), newer(3), changed(temperature(4), kind="spell")])
    assert retry(store) == Retried(0, 3)
    understand_the_newer(monkeypatch)
    assert retry(store) == Retried(2, 1)
    assert retry(store) == Retried(0, 1)
    assert stored(store) == [1, 2, 3]
    with store.read() as transaction:
        assert [letter.reason for letter in dead_letters.latest(transaction)] == ["unknown-kind"]
    assert upto(ingest.accept([changed(newer(5))])) == 5


def test_a_retry_that_fails_half_way_keeps_the_letter_and_not_the_effect(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ingest(store).accept([newer(1)])
    understand_the_newer(monkeypatch)

    def fail(_transaction: Transaction, _letter: int) -> None:
        raise effects.NotKeptError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(kept_letters, "taken", fail)
        with pytest.raises(effects.NotKeptError):
            retry(store)
    assert (count(store, "temperature"), len(kept(store))) == (0, 1)
    assert retry(store) == Retried(1, 0)
    assert count(store, "temperature") == 1


def test_where_there_is_no_more_room_a_newer_bridge_keeps_its_messages(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_letters, "MAX_LETTERS", 3)
    outcome = Ingest(store).accept([newer(seq) for seq in range(1, 6)])
    assert (upto(outcome), len(kept(store))) == (3, 3)
    understand_the_newer(monkeypatch)
    assert retry(store).taken == 3
    again = Ingest(store).accept([newer(4), newer(5)])
    assert (again.stored, upto(again)) == (2, 5)


def test_one_bridges_letters_take_no_room_from_another(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_letters, "MAX_BYTES", 3 * len(newer(1).payload))
    south = BridgeAddress("south", "bridge-1")
    outcome = Ingest(store).accept([*(newer(seq) for seq in range(1, 9)), newer(1, south)])
    told = {bridge.site: ack.upto for bridge, ack in outcome.acknowledgements}
    assert told == {"north": 3, "south": 1}


def test_the_oldest_of_other_refusals_go_and_how_many_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_letters, "MAX_LETTERS", 4)
    monkeypatch.setattr(kept_letters, "_AT_ONCE", 2)
    bad = [changed(temperature(seq), body={}) for seq in range(1, 8)]
    outcome = Ingest(store).accept([*bad, temperature(8)])
    assert upto(outcome) == 8
    assert kept(store) == [one.payload for one in bad[4:]]
    with store.read() as transaction:
        (lost,) = [x for x in dead_letters.latest(transaction) if x.reason == "given-up"]
    assert (lost.times, lost.topic) == (4, "harborlight/v1/north/bridge-1")


def test_kept_letters_outlive_ten_thousand_pieces_of_rubbish(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "KEPT_ROWS", 5)
    ingest = Ingest(store)
    ingest.accept([newer(1)])
    for number in range(20):
        ingest.accept([Delivery("rubbish", f"{number}".encode(), b.T0)])
    assert count(store, "dead_letter") == 6
    assert kept(store) == [newer(1).payload]


@settings(max_examples=25, deadline=None)
@given(kinds=st.lists(st.sampled_from(["good", "newer", "field"]), min_size=1, max_size=12))
def test_every_number_that_is_let_go_is_stored_or_kept_whole(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[str]
) -> None:
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('hub') / 'hub.db'}", HandClock())
    make = {
        "good": temperature,
        "newer": newer,
        "field": lambda seq: changed(temperature(seq), body={}),
    }
    sent = [make[kind](seq) for seq, kind in enumerate(kinds, 1)]
    outcome = Ingest(store).accept(sent)
    known = set(stored(store))
    whole = {json.loads(payload)["seq"] for payload in kept(store)}
    store.close()
    assert not known & whole
    assert upto(outcome) == len(kinds)
    assert known | whole == set(range(1, len(kinds) + 1))


def test_a_letter_of_an_older_hub_is_not_taken_twice(store: Store) -> None:
    """Before letters were kept whole, their bridge kept the message and sends it again."""
    with store.begin() as transaction:
        row = {"topic": newer(1).topic, "reason": "unknown-version", "payload_hash": "x"}
        times = {"first_ms": b.T0, "last_ms": b.T0, "times": 3, "size": 9, "payload_head": "{"}
        transaction.execute(insert(tables.dead_letter).values(detail="", **row, **times))
    assert retry(store) == Retried(0, 0)
    assert Ingest(store).accept([temperature(1)]).stored == 1
