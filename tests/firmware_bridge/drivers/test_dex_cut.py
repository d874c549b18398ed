"""A plug that is pulled at any byte, in every role: recovered by the next poll, nothing doubled."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers.dex import Settings
from tests.firmware_bridge.drivers.dex_wire import Wire

INTERVAL_S = 60.0
SETTINGS = Settings(poll_interval_s=INTERVAL_S, attempts=2, retry_pause_s=1.0)
ROLES = {"slave": (), "master": ("bid",), "pusher": ("push",), "thorough": ("wack", "syn-fill")}


def day(role: str) -> Wire:
    """A machine that has been read once, so that what happens from now on is news."""
    wire = Wire(SETTINGS, ROLES[role])
    wire.open()
    wire.run(30)
    assert wire.audits, role
    return wire


def happen(wire: Wire) -> None:
    """Vends, a jam, and a door that was opened and shut."""
    wire.ask(do="sell", selection="A1", count=3)
    wire.ask(do="sell", selection="B1", count=2)
    wire.ask(do="jam", selection="A2")
    wire.ask(do="door", state="open")
    wire.ask(do="door", state="closed")


# A jam is told when it happens (EA1) and because it stands (EA2); ELA is the vend that failed.
EVENTS = Counter({"ELA_A2": 1, "EJB_A2": 2, "EGS": 1, "EGT": 1})


def vends(wire: Wire) -> dict[str, int | None]:
    return {each.selection: each.dispensed for each in wire.counters[-1].selections}


def true_vends(wire: Wire) -> dict[str, int]:
    columns = wire.machine.world.machine.memory.columns
    return {
        name: column.paid.since_init + column.free.since_init + column.test.since_init
        for name, column in columns.items()
    }


@pytest.mark.parametrize("role", ROLES)
def test_without_a_cut_each_thing_that_happens_is_told_once(role: str) -> None:
    wire = day(role)
    happen(wire)
    wire.run(INTERVAL_S + 30)
    told = Counter(event.code for event in wire.events)
    assert told == EVENTS
    assert vends(wire) == true_vends(wire)


@pytest.mark.parametrize("role", ROLES)
@given(
    passed=st.integers(0, 1200),
    mended_after_s=st.sampled_from([0.0, 0.05, 0.7, 3.0, 20.0]),
    by_poll=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_a_plug_pulled_at_any_byte_is_made_good_by_the_next_poll_and_doubles_nothing(
    role: str, passed: int, mended_after_s: float, *, by_poll: bool
) -> None:
    wire = day(role)
    wire.pull_after(passed, mended_after_s)
    happen(wire)
    if not by_poll:
        wire.request("read")
    before = len(wire.counters)
    # The read with the cut, the time without a plug, and one poll.
    wire.run(40 + mended_after_s + INTERVAL_S)
    told = Counter(event.code for event in wire.events)
    assert told == EVENTS
    assert vends(wire) == true_vends(wire)
    figures = [tuple(map(repr, audit.selections)) for audit in wire.counters[before:]]
    assert len(figures) <= len(set(figures)) + 1, "the same figures were said again"
    wire.request("hold")
    wire.run(20)
    assert wire.tx[-1] is False, "nothing is going on, and the transmitter is still driven"


@given(passed=st.integers(0, 1200), role=st.sampled_from(list(ROLES)))
@settings(max_examples=100, deadline=None)
def test_a_machine_that_restarts_amid_a_session_is_read_all_the_same(
    passed: int, role: str
) -> None:
    wire = day(role)
    happen(wire)
    wire.request("read")
    start = wire.passed_bytes
    while wire.passed_bytes < start + passed and wire.tx[-1]:
        wire.run(0.01)
    wire.ask(do="power", seconds=2.5)
    wire.run(INTERVAL_S + 30)
    assert vends(wire) == true_vends(wire)
    assert Counter(event.code for event in wire.events) == EVENTS
