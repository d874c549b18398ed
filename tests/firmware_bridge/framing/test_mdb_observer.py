"""Listening on an MDB bus: each vend once, whatever is repeated, told twice, or not heard."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.framing.mdb_lines import Sniffed
from firmware_bridge.framing.mdb_observer import (
    MachineSeen,
    Observer,
    Seen,
    SessionSeen,
    VendSeen,
)

UNTIMED = settings(deadline=None)
CONFIG = "01 03 1840 05 02 1E 08"


class Ear:
    """An observer, and the time between blocks."""

    def __init__(self, own: int | None = None) -> None:
        self.observer = Observer(scale=1, decimals=2, result_wait_s=120.0, own=own)
        self.now_s = 0.0
        self.seen: list[Seen] = []

    def master(self, block: str, after_s: float = 0.1) -> "Ear":
        self.now_s += after_s
        data = bytes.fromhex(block)
        self.seen += self.observer.take(Sniffed(True, 0, 0, data), self.now_s)
        return self

    def device(self, block: str = "ACK") -> "Ear":
        lone = {"ACK": b"\0", "NAK": b"\xff"}.get(block)
        said = Sniffed(False, 0, 0, lone or bytes.fromhex(block), lone=lone is not None)
        if block == "ACK":
            said = Sniffed(False, 0, 0, b"\0", lone=True)
        self.seen += self.observer.take(said, self.now_s)
        return self

    @property
    def vends(self) -> list[tuple[int | None, str, str]]:
        told = [each for each in self.seen if isinstance(each, VendSeen)]
        return [(each.item, each.outcome, each.payment) for each in told]

    @property
    def others(self) -> list[str]:
        return [each.what for each in self.seen if isinstance(each, SessionSeen)]


def approved(ear: Ear, item: str = "0007") -> Ear:
    ear.master("12").device("03 0032 FFFFFFFF 00 0000")
    ear.master(f"13 00 0064 {item}").device()
    return ear.master("12").device("05 0064")


def test_a_card_vend_is_told_with_its_price_by_the_readers_own_scale() -> None:
    ear = Ear().master("11 00 03 00 00 00").device(CONFIG)
    approved(ear).master("13 02 0007").device().master("13 04").device("07")
    assert ear.seen == [
        SessionSeen("session-begin"),
        VendSeen(7, Decimal("5.00"), "success", "paid"),
        SessionSeen("session-end"),
    ]


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ("13 02 0007", "success"),
        ("13 02 FFFF", "success"),
        ("13 03", "failed"),
        ("10", "assumed"),
        ("13 04", "assumed"),
        ("13 00 0064 0008", "assumed"),
    ],
)
def test_what_was_approved_ends_once(end: str, outcome: str) -> None:
    ear = approved(Ear())
    for _turn in range(3):
        ear.master(end)
        ear.device("07" if end == "13 04" else "ACK")
    assert ear.vends == [(7, outcome, "paid")]


def test_what_was_not_approved_is_no_vend() -> None:
    ear = Ear().master("13 00 0064 0007").device().master("12").device("06").master("13 04")
    ear.master("13 00 0064 0007").device().master("13 01").device("06")
    ear.master("13 00 0064 0007").device().master("10").device()
    assert ear.vends == []
    assert ear.others == ["vend-denied", "vend-cancelled"]


def test_an_approval_whose_result_is_never_heard_is_assumed_in_the_end() -> None:
    ear = approved(Ear())
    assert ear.observer.wake_at_s == ear.now_s + 120
    assert ear.observer.wake(ear.now_s + 119) == []
    told = ear.observer.wake(ear.now_s + 120)
    assert told == [VendSeen(7, Decimal("1.00"), "assumed", "paid")]
    assert ear.observer.wake_at_s is None
    assert ear.master("13 02 0007", 60.0).vends == [], "late, and told already"


def test_an_approval_that_the_vmc_did_not_hear_is_one_vend() -> None:
    ear = approved(Ear()).master("13 00 0064 0007").device("05 0064").master("13 02 0007")
    assert ear.vends == [(7, "success", "paid")]


def test_vends_in_one_session_are_told_each() -> None:
    ear = approved(Ear()).master("13 02 0007").device()
    ear.master("13 00 0064 0007").device().master("12").device("05 0064").master("13 02 0007")
    assert ear.vends == [(7, "success", "paid")] * 2
    assert ear.others == ["session-begin"]


def test_a_free_card_is_a_free_vend_and_the_next_card_is_not() -> None:
    ear = Ear().master("12").device("03 FFFF 00000000 80 0000")
    ear.master("13 00 0064 0007").device("05 0064").master("13 02 0007").device()
    ear.master("13 04").device("07")
    approved(ear).master("13 02 0007")
    assert ear.vends == [(7, "success", "free"), (7, "success", "paid")]


def test_a_success_whose_request_was_not_heard_counts_without_a_price() -> None:
    ear = Ear().master("13 02 0007").device().master("13 02 0007").device()
    assert ear.seen == [VendSeen(7, None, "success", "paid")]
    assert ear.master("13 02 0007", 6.0).vends == [(7, "success", "paid")] * 2


def test_a_cash_sale_that_was_not_answered_and_is_repeated_is_one() -> None:
    ear = Ear().master("13 05 0064 0007").master("13 05 0064 0007").device("NAK")
    ear.master("13 05 0064 0007").device()
    assert ear.vends == [(7, "success", "paid")]
    ear.master("13 05 0064 0007").device()
    assert ear.vends == [(7, "success", "paid")] * 2, "that one was answered: another sale"


def test_a_cash_sale_is_told_to_both_readers_and_counts_once() -> None:
    ear = Ear()
    for _sale in range(3):
        ear.master("13 05 0064 8007").device().master("63 05 0064 8007").device()
    assert ear.vends == [(7, "success", "free")] * 3


def test_something_given_back_is_no_vend() -> None:
    ear = Ear().master("13 05 0064 2007").device()
    assert (ear.vends, ear.others) == ([], ["negative-vend"])


def test_at_our_own_address_only_cash_sales_are_told() -> None:
    ear = approved(Ear(own=0x10)).master("13 02 0007").device().master("13 05 0064 0007").device()
    assert (ear.vends, ear.others) == ([(7, "success", "paid")], [])


def test_other_devices_answers_are_not_taken_for_a_card_readers() -> None:
    ear = Ear().master("13 00 0064 0007").device().master("0B").device("05 0064")
    assert ear.master("13 04").vends == []


def test_who_the_machine_is_is_told_once() -> None:
    block = "17 00 484C53 202020202030303030313338 202020472D32353000000000 0100"
    assert Ear().master(block).master(block).seen == [MachineSeen("0000138", "G-250")]


@dataclass(frozen=True)
class Vend:
    """One vend as it really was, and how often the VMC had to repeat its blocks."""

    address: int
    item: int
    cash: bool
    failed: bool
    repeats: int


TRUTH = st.lists(
    st.builds(
        Vend,
        st.sampled_from([0x10, 0x60]),
        st.integers(1, 3),
        st.booleans(),
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=8,
)


def blocks_of(vend: Vend) -> list[tuple[bool, str]]:
    """All that is said on the bus for it: whether by the master, and what."""
    a, other, item = vend.address, 0x70 - vend.address, f"{vend.item:04X}"
    if vend.cash:
        told = [(True, f"{a + 3:02X} 05 0064 {item}")] * (1 + vend.repeats) + [(False, "ACK")]
        return [*told, (True, f"{other + 3:02X} 05 0064 {item}"), (False, "ACK")]
    end = f"{a + 3:02X} 03" if vend.failed else f"{a + 3:02X} 02 {item}"
    return [
        (True, f"{a + 2:02X}"),
        (False, "03 0032"),
        *[(True, f"{a + 3:02X} 00 0064 {item}")] * (1 + vend.repeats),
        (False, "ACK"),
        (True, f"{a + 2:02X}"),
        *[(False, "05 0064")] * (1 + vend.repeats),
        *[(True, end)] * (1 + vend.repeats),
        (False, "ACK"),
        (True, f"{a + 3:02X} 04"),
        (False, "07"),
    ]


@UNTIMED
@given(truth=TRUTH)
def test_every_vend_is_told_once_whatever_is_repeated(truth: list[Vend]) -> None:
    ear = Ear()
    for vend in truth:
        for by_master, block in blocks_of(vend):
            ear = ear.master(block) if by_master else ear.device(block)
    told = [(item, outcome) for item, outcome, _payment in ear.vends]
    ends = ["failed" if vend.failed and not vend.cash else "success" for vend in truth]
    assert told == [(vend.item, end) for vend, end in zip(truth, ends, strict=True)]


@UNTIMED
@given(truth=TRUTH, lost=st.sets(st.integers(0, 200), max_size=12))
def test_blocks_that_are_not_heard_never_make_a_card_vend_two(
    truth: list[Vend], lost: set[int]
) -> None:
    ear, place = Ear(), 0
    cards = [vend for vend in truth if not vend.cash]
    for vend in cards:
        ear.now_s += 20.0
        for by_master, block in blocks_of(vend):
            place += 1
            if place not in lost:
                ear = ear.master(block) if by_master else ear.device(block)
    assert len(ear.vends) <= len(cards)


@UNTIMED
@given(
    blocks=st.lists(
        st.tuples(st.booleans(), st.sampled_from([b"", b"\x13", b"\x12", b"\x05"]), st.binary()),
        max_size=40,
    )
)
def test_rubbish_is_survived(blocks: list[tuple[bool, bytes, bytes]]) -> None:
    observer = Observer(scale=1, decimals=2, result_wait_s=120.0)
    for now_s, (by_master, start, rest) in enumerate(blocks):
        observer.take(Sniffed(by_master, 0, 0, start + rest or b"\0"), float(now_s))
    assert observer.wake(1e6) is not None
    assert observer.wake_at_s is None
