"""A fleet's story as messages: numbered as bridges number them, held back where one was offline."""

import json
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.cli import bridge
from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import RELEASED_MS, HandClock
from firmware_bridge.contract.messages import MachineEvent, Temperature, VendingAudit
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import BridgeError, FeedError
from firmware_bridge.fleet_feed import messages, read_lines, told
from hardware.simulators.fleet.play import play
from hardware.simulators.fleet.setup import FleetSetup
from hub.delivery import Delivery
from hub.ingest import Ingest
from hub.store import Store
from hub.store.views import fleet, slots

SETUP = FleetSetup(machines=4, months=1.5, seed=11)


def boots() -> Callable[[BridgeAddress], str]:
    numbers = count(1)
    return lambda _address: f"{next(numbers):032x}"


@pytest.fixture(scope="module")
def story() -> list[dict[str, Any]]:
    return list(play(SETUP))


def test_every_message_can_be_read_and_none_is_out_of_its_order(
    story: list[dict[str, Any]],
) -> None:
    seqs, sent_before = defaultdict[str, int](int), 0
    for topic, payload, sent_ms in messages(told(story), boots()):
        envelope = codec.decode(payload)
        assert topic.split("/")[2:] == [
            envelope.site, envelope.bridge, envelope.device, envelope.body.KIND,
        ]  # fmt: skip
        assert envelope.seq == seqs[envelope.bridge] + 1
        seqs[envelope.bridge] = envelope.seq
        assert sent_ms >= max(sent_before, envelope.device_time_ms)
        sent_before = sent_ms
    assert len(seqs) == SETUP.machines


def test_what_an_offline_bridge_learned_is_sent_when_it_is_back(
    story: list[dict[str, Any]],
) -> None:
    late = [each for each in told(story) if each.sent_ms > each.at_ms]
    stretches = {(line["machine"], line["until"]) for line in story if line["kind"] == "offline"}
    assert late
    assert {(each.device, each.sent_ms) for each in late} <= stretches


def test_an_audit_tells_of_all_slots_and_a_truth_of_none(story: list[dict[str, Any]]) -> None:
    said = list(told(story))
    audits = [each.body for each in said if isinstance(each.body, VendingAudit)]
    assert {len(audit.selections) for audit in audits} == {10}
    assert len(audits) == sum(line["kind"] == "counters" for line in story)
    kinds = {each.body.KIND for each in said}
    assert kinds == {"device-state", "vending-audit", "machine-event", "temperature"}
    seen = sum(each is not None for line in story for each in line.get("c", ()))
    assert sum(isinstance(each.body, Temperature) for each in said) == seen
    assert all(each.event == isinstance(each.body, MachineEvent) for each in said)


def test_a_hub_keeps_all_of_it(story: list[dict[str, Any]], tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'hub.db'}", HandClock(wall_ms=RELEASED_MS))
    days = story[: len(story) // 8]
    sent = [
        Delivery(topic, payload, sent_ms, retained=False)
        for topic, payload, sent_ms in messages(told(days), boots())
    ]
    outcome = Ingest(store).accept(sent)
    assert (outcome.stored, outcome.repeated, outcome.refused) == (len(sent), 0, 0)
    assert Ingest(store).accept(sent).repeated == len(sent)
    last: dict[tuple[str, str], dict[str, int]] = {}
    for line in days:
        if line["kind"] == "counters":
            last |= {(line["machine"], name): each for name, each in line["slots"].items()}
    with store.read() as transaction:
        known = {
            (device.device, slot.selection): slot.dispensed
            for device in fleet.devices(transaction)
            for slot in slots.slots(transaction, device)
        }
    store.close()
    assert known == {key: each["paid"] + each["free"] + each["test"] for key, each in last.items()}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", 'line 2: an object with "kind" and "t" is wanted'),
        ('{"kind": "event", "t": 3, "machine": "m9"}', "not introduced"),
        ('{"kind": "counters", "t": 3, "machine": "m1", "slots": 5}', "does not fit"),
        ('{"kind": "temperatures", "t": 3, "machine": "m1"}', "does not fit"),
    ],
)
def test_a_line_that_does_not_fit_is_named(row: str, said: str) -> None:
    first = '{"kind": "machine", "t": 1, "machine": "m1", "site": "n", "bridge": "b", "slots": []}'
    with pytest.raises(FeedError, match=said):
        list(told(read_lines([first, row])))


PLAIN = st.one_of(st.none(), st.integers(), st.text(max_size=3), st.floats())
ODD = st.one_of(PLAIN, st.lists(PLAIN, max_size=2), st.dictionaries(st.just("A1"), PLAIN))
NAMES = st.sampled_from(["site", "bridge", "slots", "c", "step_min", "until", "name", "board"])


@given(
    st.sampled_from(["machine", "counters", "event", "temperatures", "offline"]),
    st.dictionaries(NAMES, ODD, max_size=5),
)
def test_rubbish_is_our_own_error_or_nothing(kind: str, more: dict[str, Any]) -> None:
    first = {"kind": "machine", "t": 1, "machine": "m1", "site": "n", "bridge": "b", "slots": []}
    line = {"kind": kind, "t": 5, "machine": "m1"} | more
    try:
        list(messages(told([first, line]), boots()))
    except BridgeError:
        return


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "story.jsonl"
    file.write_text("{\n")
    done = CliRunner().invoke(bridge, ["play", str(file)])
    assert (done.exit_code, "line 1 is not JSON" in done.output) == (1, True)
    file.write_text(json.dumps({"kind": "fleet", "t": 1}) + "\n")
    done = CliRunner().invoke(bridge, ["play", str(file)])
    assert (done.exit_code, "no machine says anything" in done.output) == (1, True)
