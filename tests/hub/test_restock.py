"""Restocking through the store: visits, entries, plans that wait, and what the close compares."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import Body, MachineEvent
from hub import restock, stock_reports
from hub.access import Person
from hub.errors import AccessError
from hub.gather import Gatherer
from hub.ingest import Ingest
from hub.restock import Wish
from hub.rules.settings import RuleSettings
from hub.stock import LotCount, SlotPlan
from hub.store import Store, Transaction, slot_events, tables, trail
from hub.store.views import fleet, slots
from hub.store.views.fleet import DeviceView
from tests.hub import builders as b

STAFF = Person(1, "Robin", "staff")
CHIEF = Person(2, "Kim", "coordinator")
MINUTE = 60_000
T = b.T0


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, to be copied."""
    path = tmp_path_factory.mktemp("ready") / "hub.db"
    Store.open(f"sqlite:///{path}", HandClock(T)).close()
    return path


@pytest.fixture
def store(ready: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(ready, tmp_path / "hub.db")
    opened = Store.open(f"sqlite:///{tmp_path / 'hub.db'}", HandClock(T))
    yield opened
    opened.close()


class Story:
    """Messages of one machine, minute by minute."""

    def __init__(self, store: Store) -> None:
        self.store, self.seq = store, 0

    def hear(self, minute: float, *bodies: Body, boot: str = b.BOOT) -> None:
        at_ms = T + round(minute * MINUTE)
        for body in bodies:
            self.seq += 1
            said = b.envelope(body, self.seq, at_ms=at_ms, boot=boot, oldest_held=self.seq)
            assert Ingest(self.store).accept([b.delivery(said, at_ms)]).stored == 1

    def read(self, minute: float, dispensed: int, **more: int | str | bool) -> None:
        self.hear(minute, b.audit(b.selection("A1", dispensed, **more)))

    def enter(self, minute: float, wish: Wish, person: Person = STAFF) -> None:
        with self.store.begin() as transaction:
            now_ms = T + round(minute * MINUTE)
            restock.enter(transaction, person, machine(transaction), wish, now_ms)

    def slot(self) -> slots.SlotView:
        with self.store.read() as transaction:
            (found,) = slots.slots(transaction, machine(transaction))
        return found


def machine(transaction: Transaction) -> DeviceView:
    (device,) = fleet.devices(transaction)
    return device


@pytest.fixture
def story(store: Store) -> Story:
    made = Story(store)
    made.read(0, 100)
    return made


def count(items: int, **more: object) -> Wish:
    return Wish(selection="A1", kind="count", count=items, **more)  # type: ignore[arg-type]  # tests name any field


def test_a_restock_is_counted_sold_from_and_shown_with_its_expiry(story: Story) -> None:
    lots = [LotCount(lot="L1", expires="2027-05-31", count=6)]
    story.enter(1, count(3))
    story.enter(2, Wish(selection="A1", kind="add", count=6, lots=lots))
    story.hear(3, b.temperature())  # heard, and its counters have not moved
    story.read(30, 104)
    made = story.slot()
    assert (made.figure.level, made.figure.confidence) == (5, "computed")
    assert (made.counted_by, made.next_expiry) == ("Robin", "2027-05-31")


def test_a_count_during_which_nobody_read_the_machine_leaves_a_doubt(story: Story) -> None:
    story.enter(1, count(9))
    story.read(30, 104)
    made = story.slot().figure
    assert (made.level, made.confidence, made.low, made.high) == (5, "uncertain", 5, 9)
    assert "around the time of the count" in made.notes[0]


def test_an_entry_that_comes_twice_counts_once_and_leaves_one_line_of_trail(story: Story) -> None:
    more = Wish(selection="A1", kind="add", count=6, key="phone-1")
    story.enter(1, count(3))
    for minute in (2, 3):
        story.enter(minute, more)
    assert story.slot().figure.level == 9
    with story.store.read() as transaction:
        acts = [entry.act for entry in trail.latest(transaction)]
    assert acts.count("restock-add") == 1


def test_an_entry_that_comes_hours_late_stands_where_it_was_done(story: Story) -> None:
    story.read(10, 103)
    story.read(60, 105)
    story.enter(300, count(12, at_ms=T + 20 * MINUTE))
    assert story.slot().figure.level == 10
    with pytest.raises(AccessError, match="future"):
        story.enter(1, count(12, at_ms=T + 400 * MINUTE))


def test_a_reading_that_comes_after_the_count_it_precedes_is_put_in_its_place(store: Store) -> None:
    story = Story(store)
    story.read(0, 100)
    story.enter(30, count(12))
    story.read(20, 104)  # it was kept by the bridge while the network was down
    story.read(40, 105)
    assert story.slot().figure.level == 11


def test_a_wrong_entry_is_corrected_and_stays_in_the_history(story: Story) -> None:
    story.enter(1, count(12, key="first"))
    story.read(5, 102)
    story.enter(9, count(21, key="second", corrects="first"))
    made = story.slot()
    assert (made.figure.level, made.counted_ms) == (19, T + MINUTE)
    story.enter(10, Wish(selection="A1", kind="void", corrects="second"))
    assert story.slot().figure.confidence == "unknown"
    assert story.slot().counted_ms is None
    with story.store.read() as transaction:
        assert len(transaction.execute(select(tables.stock_entry)).all()) == 3


def test_an_entry_without_a_name_is_corrected_by_its_number(story: Story) -> None:
    story.enter(1, count(12))
    story.enter(2, count(8, corrects="#1"))
    assert story.slot().figure.level == 8


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (count(-1), "0 to 9999"),
        (Wish(selection="A1", kind="count"), "how many"),
        (Wish(selection="A1", kind="remove", count=1), "One of expired"),
        (Wish(selection="A1", kind="void"), "taken back"),
        (count(3, lots=[LotCount(lot="x", count=4)]), "more than 3"),
        (count(3, lots=[LotCount(lot="x", expires="31.5.2027", count=1)]), "2027-05-31"),
        (count(3, lots=[LotCount(lot="", count=1)]), "lot number"),
        (count(3, key="a b"), "64 letters"),
    ],
)
def test_what_can_t_be_right_is_refused_and_nothing_is_kept(
    story: Story, wish: Wish, why: str
) -> None:
    with pytest.raises(AccessError, match=why):
        story.enter(1, wish)
    with story.store.read() as transaction:
        assert transaction.execute(select(tables.stock_entry)).all() == []


def _close(story: Story, minute: float) -> restock.Closed:
    with story.store.begin() as transaction:
        now_ms = T + round(minute * MINUTE)
        return restock.close_session(transaction, STAFF, machine(transaction), now_ms)


def _open(story: Story, minute: float) -> int:
    with story.store.begin() as transaction:
        now_ms = T + round(minute * MINUTE)
        return restock.open_session(transaction, STAFF, machine(transaction), now_ms)


def test_the_close_says_where_people_and_machine_differ(story: Story) -> None:
    story.enter(1, count(12))
    story.read(60, 104)
    assert _open(story, 61) == _open(story, 62)
    story.enter(63, count(6))
    story.read(64, 104)
    (found,) = _close(story, 65).findings
    assert (found.level, found.difference, found.agrees) == (6, -2, False)
    assert found.reasons == ("taken by hand without an entry",)
    with pytest.raises(AccessError, match="no restock is open"):
        _close(story, 66)


def test_a_close_on_which_all_agree_says_so(story: Story) -> None:
    story.enter(1, count(12))
    _open(story, 2)
    story.enter(3, Wish(selection="A1", kind="add", count=4))
    story.read(4, 100)
    (found,) = _close(story, 5).findings
    assert (found.level, found.agrees) == (16, True)


def _plan(story: Story, minute: float, product: str, *, later: bool, swaps: bool = False) -> None:
    with story.store.begin() as transaction:
        device = machine(transaction)
        now_ms = T + round(minute * MINUTE)
        plan = SlotPlan(30, 25, 5)
        made = restock.plan_version(CHIEF, device, "A1", product, plan, now_ms, swaps=swaps)
        restock.plan_slot(transaction, CHIEF, device, made, at_next_service=later)


def test_a_plan_waits_for_the_next_service_and_its_history_is_kept(story: Story) -> None:
    story.enter(1, count(12))
    _plan(story, 2, "Given up", later=True)
    _plan(story, 3, "Strips", later=True, swaps=True)
    assert (story.slot().product, story.slot().figure.capacity) == ("Naloxone", 20)
    _open(story, 10)
    story.enter(11, count(25))
    assert _close(story, 12).plans == ("A1",)
    made = story.slot()
    assert (made.product, made.figure.capacity, made.figure.level) == ("Strips", 30, 25)
    assert made.figure.confidence == "counted"
    with story.store.read() as transaction:
        before = stock_reports.slots_of(transaction, machine(transaction), T + 5 * MINUTE)[0]
        rows = transaction.execute(select(tables.planogram_version)).all()
    assert (before["product"], before["capacity"], before["level"]) == ("Naloxone", 20, 12)
    assert [(row.product, row.dropped_ms is None) for row in rows] == [
        ("Naloxone", True),
        ("Given up", False),
        ("Strips", True),
    ]


def test_another_product_put_in_without_a_count_makes_the_level_unknown(story: Story) -> None:
    story.enter(1, count(12))
    _plan(story, 2, "A new name", later=False)
    assert story.slot().figure.level == 12
    _plan(story, 3, "Strips", later=False, swaps=True)
    assert (story.slot().figure.level, story.slot().figure.confidence) == (None, "uncertain")


def test_only_coordinators_plan(story: Story) -> None:
    with story.store.begin() as transaction:
        device = machine(transaction)
        made = restock.plan_version(STAFF, device, "A1", "x", SlotPlan(), T)
        with pytest.raises(AccessError, match="role"):
            restock.plan_slot(transaction, STAFF, device, made, at_next_service=True)


def _door(name: str, *, active: bool | None = None) -> MachineEvent:
    return MachineEvent(
        code="EGS", name=name, selection=None, active=active, count=None, text="door"
    )


def test_a_door_opens_a_visit_which_ends_by_itself_when_nothing_was_entered(story: Story) -> None:
    story.hear(1, _door("door-open", active=True))
    story.hear(2, _door("door-open", active=False))
    story.hear(10, _door("door-open"))
    number = _open(story, 11)
    story.enter(12, count(9))
    story.hear(13, _door("door-closed"))
    assert _close(story, 14).session_id == number
    with story.store.read() as transaction:
        rows = transaction.execute(select(tables.restock_session)).all()
    assert [(row.opened_by, row.person, row.note) for row in rows] == [
        ("door", "", "nothing entered"),
        ("door", "Robin", ""),
    ]


def test_the_machines_own_button_fills_every_slot_to_par(story: Story) -> None:
    story.hear(1, _door("filled"))
    story.hear(2, b.temperature())
    story.read(9, 103)
    made = story.slot()
    assert (made.figure.level, made.figure.confidence, made.counted_by) == (15, "computed", "")


def test_a_visit_that_was_left_open_is_over_the_next_day(story: Story) -> None:
    first = _open(story, 1)
    assert _open(story, 26 * 60) != first


def test_a_bridge_that_counts_and_was_restarted_after_a_while_leaves_a_doubt(store: Store) -> None:
    story = Story(store)
    said = replace(b.audit(b.selection("A1", 5)), source="mdb", board="L1")
    story.hear(0, said, b.temperature())
    story.enter(1, count(12))
    story.hear(2, b.temperature())
    assert story.slot().figure.confidence == "counted"
    story.seq = 0
    story.hear(2.5, b.temperature(), boot=b.LATER_BOOT)
    assert story.slot().figure.confidence == "counted"
    gatherer = Gatherer(RuleSettings())
    assert _gathered(gatherer, store, 3) == "counted"
    story.seq = 0
    story.hear(30, b.temperature(), boot="0" * 31 + "3")
    assert story.slot().figure.confidence == "uncertain"
    assert _gathered(gatherer, store, 31) == "uncertain"


def _gathered(gatherer: Gatherer, store: Store, minute: float) -> str:
    """What the rules are told of the only slot."""
    with store.read() as transaction:
        facts = gatherer.gather(transaction, frozenset(), T + round(minute * MINUTE))
    (slot,) = facts.slots
    return slot.figure.confidence


def test_vends_levels_and_words_reach_the_slot_they_concern(story: Story) -> None:
    story.enter(1, count(12))
    story.hear(2, b.vend("A1", outcome="failed"), b.vend(None), b.event(), b.level(4))
    with story.store.read() as transaction:
        told = slot_events.all_events(transaction, machine(transaction).id)
    names = sorted(type(event).__name__ for event in told["A1"])
    assert names == ["Entry", "Level", "PlanChange", "Reading", "VendSeen", "VendSeen", "Word"]
    assert (story.slot().figure.level, story.slot().figure.confidence) == (4, "sensor")


def test_counts_of_an_older_version_still_stand(story: Story) -> None:
    with story.store.begin() as transaction:
        old = {"device_id": 1, "selection": "A1", "counted": 9, "dispensed_at": 98}
        transaction.execute(tables.anchor.insert().values(**old, observed_ms=T + MINUTE))
    made = story.slot()
    assert (made.figure.level, made.counted_ms) == (9, T + MINUTE)
    story.read(2, 101)
    assert story.slot().figure.level == 6


def test_a_lot_is_found_in_every_machine(story: Story) -> None:
    lots = [LotCount(lot="L1", expires="2027-05-31", count=6)]
    story.enter(1, count(0))
    story.enter(2, Wish(selection="A1", kind="add", count=6, lots=lots))
    story.hear(3, b.temperature())
    story.read(9, 102)
    with story.store.read() as transaction:
        (place,) = stock_reports.recall_lot(transaction, "l1")
        assert stock_reports.lots(transaction, "2027-01-01") == []
        assert [name for name, _ in stock_reports.lots(transaction, "2028-01-01")] == ["L1"]
    assert (place.place, place.expected, place.most, place.gone) == ("north/machine-1", 4, 4, 2)


def test_entries_are_never_changed_by_what_comes_later(story: Story) -> None:
    """The engine reads all of them; a row that changes would rewrite the past."""
    story.enter(1, count(12, key="a"))
    with story.store.begin() as transaction:
        before = transaction.execute(select(tables.stock_entry)).one()
    story.enter(2, count(3, key="b", corrects="a"))
    with story.store.begin() as transaction:
        after = transaction.execute(
            select(tables.stock_entry).where(tables.stock_entry.c.id == before.id)
        ).one()
        transaction.execute(update(tables.device).values(title=""))
    assert after == before
