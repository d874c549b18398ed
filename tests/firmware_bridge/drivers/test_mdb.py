"""The MDB driver against the simulated machine: flows, troubles, and nothing counted twice."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers import registry
from firmware_bridge.drivers.errors import DriverSettingsError, UnknownRequestError
from firmware_bridge.drivers.readings import VendReading
from hardware.simulators.mdb_vmc import Manners
from tests.firmware_bridge.drivers.mdb_town import Town


def test_a_code_lets_through_as_many_items_as_it_is_worth() -> None:
    town = Town().open().request("begin 2")
    town.press("A1")
    town.press("B1")
    town.press("A2")
    assert town.vends == [("A1", "success"), ("B1", "success")]
    assert town.taken == ["A1", "B1"]
    (first, _second) = town.of(VendReading)
    assert (first.authorised, first.price_minor, first.payment) == (True, 100, "paid")
    assert not first.counted
    assert len(town.asked) == 1, "the third is asked for like any other"


@pytest.mark.parametrize("multi_vend", [False, True])
def test_a_session_ends_with_its_last_item_whatever_the_machine_does(*, multi_vend: bool) -> None:
    town = Town(Manners(multi_vend=multi_vend), flow="code-first").open().request("begin 2")
    for _turn in range(4):
        town.press("A1", 3.0)
    assert town.taken == ["A1", "A1"]
    assert town.events == ["session-begin", "session-end"]
    assert not town.tell(do="state")["busy"]


def test_without_a_code_nothing_is_let_through_when_codes_come_first() -> None:
    town = Town(flow="code-first").open()
    assert town.press("A1")["pay-first"] == 1, "the machine knows that the reader is not idle"
    assert town.vends == []
    assert town.asked == []


def test_a_selection_that_comes_first_is_asked_onward_and_approved() -> None:
    town = Town().open()
    town.press("B1")
    (asked,) = town.asked
    assert (asked.selection, asked.price_minor, asked.wait_s) == ("B1", 250, 20.0)
    town.request("approve", 2.0)
    assert town.vends == [("B1", "success")]
    assert town.of(VendReading)[0].authorised


def test_a_code_that_comes_after_the_selection_is_its_answer_and_more() -> None:
    town = Town().open()
    town.press("B1")
    town.request("begin 2", 2.0)
    town.press("A1")
    assert town.taken == ["B1", "A1"]
    assert len(town.asked) == 1


@pytest.mark.parametrize("answer", ["deny", "cancel"])
def test_a_denied_selection_stays_in_the_machine(answer: str) -> None:
    town = Town().open()
    town.press("B1")
    town.request(answer, 2.0)
    assert (town.vends, town.taken) == ([], [])
    assert town.events == ["vend-denied"]
    assert not town.tell(do="state")["busy"]


@pytest.mark.parametrize("wait_s", [19.9, 20.1, 60.0])
def test_an_answer_is_in_time_or_refused_and_never_both(wait_s: float) -> None:
    town = Town(answer_s=20.0).open()
    town.press("B1", wait_s)
    town.request("approve", 2.0)
    assert (town.taken == ["B1"]) == (wait_s < 20.0)
    assert ("approval-late" in town.events) == (wait_s >= 20.0)
    assert [selection for selection, _ in town.vends] == town.taken


def test_a_request_that_the_machine_took_back_is_approved_no_more() -> None:
    town = Town().open()
    town.press("B1")
    town.tell(do="return-lever")
    town.request("approve", 2.0)
    assert (town.vends, town.taken) == ([], [])
    assert town.events == ["vend-cancelled", "approval-late"]


def test_a_failed_vend_gives_the_item_back() -> None:
    town = Town().open()
    town.tell(do="jam", selection="A1")
    town.request("begin 1")
    town.press("A1")
    town.press("A2")
    assert town.vends == [("A1", "failed"), ("A2", "success")]
    assert town.of(VendReading)[0].reason == "vend-failed"
    assert town.taken == ["A2"]


def test_a_reset_between_approval_and_result_counts_once_as_assumed() -> None:
    town = Town().open().request("begin 1")
    town.press("A1", 0.2)
    town.tell(5.0, do="reset")
    assert town.vends == [("A1", "assumed")]
    assert town.taken == ["A1"]
    town.request("begin 1")
    town.press("A1")
    assert town.vends[1:] == [("A1", "success")]


def test_an_open_session_ends_by_itself() -> None:
    town = Town(choose_s=30.0, flow="code-first").open().request("begin 3")
    assert town.tell(25.0, do="state")["busy"]
    assert not town.run(10.0).tell(do="state")["busy"]
    assert town.press("A1")["pay-first"] == 1
    assert town.events == ["session-begin", "session-end"]


def test_a_return_lever_ends_a_session_for_good() -> None:
    town = Town(flow="code-first").open().request("begin 3")
    town.tell(do="return-lever")
    assert town.press("A1")["pay-first"] == 1, "the next person gets nothing out of it"


def test_cancel_ends_a_session_but_not_a_vend_that_was_approved() -> None:
    town = Town(flow="code-first").open().request("begin 3")
    town.press("A1", 0.2)
    town.request("cancel", 5.0)
    assert town.vends == [("A1", "success")]
    assert town.press("A1")["pay-first"] == 1


def test_nothing_dearer_than_the_funds_is_approved() -> None:
    town = Town().open().request("begin 1")
    town.press("B2")
    assert (town.vends, town.taken) == ([], [])
    assert "vend-too-dear" in town.events


def test_a_code_at_a_machine_that_is_not_ready_is_refused_with_the_reason() -> None:
    town = Town().open()
    town.tell(do="reader", state="disabled")
    town.request("begin 1", 1.0)
    assert town.events == ["session-refused"]
    town.tell(do="reader", state="enabled")
    town.press("A1")
    assert town.taken == []


def test_cash_free_and_test_sales_are_told_beside_our_own_and_once() -> None:
    town = Town(Manners(init_s=0.05)).open()
    for pay in ("cash", "free", "test", "cash"):
        town.tell(3.0, do="sell", selection="B1", pay=pay)
    told = [(each.payment, each.price_minor, each.authorised) for each in town.of(VendReading)]
    assert told == [
        ("paid", 250, False),
        ("free", 0, False),
        ("test", 0, False),
        ("paid", 250, False),
    ]


def test_an_observer_hears_all_and_says_nothing_on_the_bus() -> None:
    town = Town(Manners(two_byte_items=True), mode="observe", items={}, item_format="{letter}{low}")
    town.open()
    for pay in ("cash", "card", "free-card", "free"):
        town.tell(3.0, do="sell", selection="B1", pay=pay)
    town.tell(do="jam", selection="A1")
    town.tell(do="sell", selection="A1", pay="card")
    told = [(each.selection, each.outcome, each.payment) for each in town.of(VendReading)]
    assert told == [
        ("B1", "success", "paid"),
        ("B1", "success", "paid"),
        ("B1", "success", "free"),
        ("B1", "success", "free"),
        ("A1", "failed", "paid"),
    ]
    assert town.machine.adapter.heard[:3] == ["V", "C,0", "X,1"]
    assert set(town.machine.adapter.heard) <= {"V", "C,0", "X,1"}


def test_an_unknown_item_is_told_without_a_selection() -> None:
    town = Town(Manners(knows_items=False)).open()
    town.tell(do="sell", selection="B1", pay="cash")
    town.request("begin 1")
    town.press("A1")
    assert [selection for selection, _ in town.vends] == [None, None]


def test_what_it_can_be_asked_for_depends_on_the_mode() -> None:
    watching = registry.find("mdb").make({})
    with pytest.raises(UnknownRequestError, match="mode cashless"):
        watching.request("approve", 0.0)
    serving = registry.find("mdb").make({"mode": "cashless"})
    for wrong in ("begin", "begin 0", "begin 100", "begin x", "begin 1 ", "APPROVE"):
        with pytest.raises(UnknownRequestError, match="begin N"):
            serving.request(wrong, 0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"item_format": "{person}"},
        {"item_format": "no number"},
        {"item_format": "{item"},
        {"item_format": "{item:>99}"},
        {"items": {"x": "A1"}},
        {"funds": "-1"},
        {"currency_code": "840"},
        {"adapter_settings": {"a=b\r\nC,VEND": "1"}},
    ],
)
def test_settings_that_can_not_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(DriverSettingsError, match=next(iter(wrong))):
        registry.find("mdb").make(wrong)


def test_the_adapter_is_set_up_as_the_settings_say() -> None:
    town = Town(answer_s=30.0, currency_code="1840", cashless_address="60", flow="code-first")
    assert town.open().machine.adapter.settings == {
        "mdb-address": "0x60",
        "mdb-always-idle": "0",
        "mdb-cashsale-enabled": "1",
        "mdb-currency-code": "0x1840",
        "mdb-decimal-places": "2",
        "mdb-scale-factor": "1",
        "mdb-timeout": "35",
    }


def test_a_setting_that_the_adapter_does_not_take_is_named_and_the_rest_works() -> None:
    town = Town(adapter_settings={"mdb-nonsense": "1"}).open().request("begin 1")
    town.press("A1")
    assert town.events[0] == "setting-refused"
    assert town.taken == ["A1"]


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.sampled_from(["A1", "A2", "B1", "B2"])),
        st.tuples(st.just("request"), st.sampled_from(["begin 1", "begin 3", "approve", "deny"])),
        st.tuples(st.just("request"), st.sampled_from(["cancel", "read"])),
        st.tuples(st.just("pay"), st.sampled_from(["cash", "card", "free"])),
        st.tuples(st.just("do"), st.sampled_from(["return-lever", "reset", "restart-adapter"])),
        st.tuples(st.just("reader"), st.sampled_from(["enabled", "disabled"])),
        st.tuples(st.just("jam"), st.sampled_from(["jam", "clear-jam"])),
        st.tuples(st.just("open"), st.just("")),
    ),
    max_size=12,
)
PAUSES = st.lists(st.sampled_from([0.0, 0.1, 0.7, 3.0, 25.0, 70.0]), min_size=12, max_size=12)


def act(town: Town, what: str, which: str, pause_s: float) -> None:
    if what == "press":
        town.press(which, pause_s)
    elif what == "request":
        town.request(which, pause_s)
    elif what == "pay":
        town.tell(pause_s, do="sell", selection="B1", pay=which)
    elif what == "do":
        town.tell(pause_s, do=which)
    elif what == "reader":
        town.tell(pause_s, do="reader", state=which)
    elif what == "jam":
        town.tell(pause_s, do=which, selection="A1")
    else:
        town.do(town.driver.opened(town.now_s))
        town.run(pause_s)


def approvals(town: Town) -> int:
    return town.sent.count(b"C,VEND,") - town.sent.count(b"C,VEND,-1")


def recovers(town: Town) -> None:
    """Whatever was: after a while a code gets its item, once."""
    town.mangle = town.mangle_sent = bytes
    town.tell(do="reader", state="enabled")
    town.tell(do="clear-jam", selection="A1")
    town.run(400.0)
    before, told = len(town.taken), len(town.of(VendReading))
    town.request("begin 1", 1.0)
    town.press("A1", 5.0)
    assert town.taken[before:] == ["A1"]
    assert town.vends[told:] == [("A1", "success")]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(acts=ACTS, pauses=PAUSES, multi=st.booleans())
def test_whatever_people_and_machines_do_each_approval_has_one_end(
    acts: list[tuple[str, str]], pauses: list[float], *, multi: bool
) -> None:
    town = Town(Manners(multi_vend=multi, init_s=0.05, vend_s=0.5)).open()
    for (what, which), pause_s in zip(acts, pauses, strict=False):
        act(town, what, which, pause_s)
    town.run(200.0)
    ours = [each for each in town.of(VendReading) if each.authorised]
    assert len(ours) == approvals(town)
    assert sum(each.outcome == "success" for each in town.of(VendReading)) <= len(town.taken)
    recovers(town)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(acts=ACTS, pauses=PAUSES, seed=st.integers(0, 1_000_000))
def test_a_line_that_loses_and_spoils_never_makes_a_vend_twice(
    acts: list[tuple[str, str]], pauses: list[float], seed: int
) -> None:
    town, chance = Town().open(), random.Random(seed)

    def lossy(data: bytes) -> bytes:
        return bytes(byte for byte in data if chance.random() > 0.01)

    town.mangle = town.mangle_sent = lossy
    for (what, which), pause_s in zip(acts, pauses, strict=False):
        act(town, what, which, pause_s)
    town.run(200.0)
    ours = [each for each in town.of(VendReading) if each.authorised]
    assert len(ours) == approvals(town)
    recovers(town)


@pytest.mark.parametrize("cut", range(0, 360, 11))
def test_a_port_that_goes_at_any_moment_doubles_nothing_and_comes_back(cut: int) -> None:
    town = Town().open(0.0)
    left = [cut]

    def until_cut(data: bytes) -> bytes:
        passed = data[: max(0, left[0])]
        left[0] -= len(data)
        return passed

    town.mangle = until_cut
    town.run(1.0).request("begin 1")
    town.press("A1", 2.0)
    town.mangle = bytes
    town.open(200.0)
    ours = [each for each in town.of(VendReading) if each.authorised]
    assert len(ours) == approvals(town) == len(town.taken)
    recovers(town)


def test_byte_by_byte_is_the_same_as_whole() -> None:
    def told(size: int) -> list[object]:
        town = Town().open(0.0)
        plain = town.driver.feed

        def feed(data: bytes) -> bytes:
            for start in range(0, len(data), size):
                town.do(plain(data[start : start + size], town.now_s))
            return b""

        town.mangle = feed
        town.run(2.0).request("begin 2")
        town.press("A1", 2.0)
        town.tell(2.0, do="sell", selection="B1", pay="cash")
        town.press("A2", 2.0)
        return [*town.vends, *town.events]

    assert told(1) == told(3) == told(10_000)
    assert len(told(1)) == 5
