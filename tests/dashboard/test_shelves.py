"""The line of a machine's slots on the overview, and what it costs."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from dashboard.machine_words import days_words, event_lines, standing
from dashboard.shelves import Shelves, shelf
from firmware_bridge.contract.messages import MachineEvent
from hub.rules.settings import StockSettings
from hub.store.views import fleet, slots
from hub.store.views.machine import EventView
from tests.dashboard import seed
from tests.dashboard.conftest import SignIn
from tests.dashboard.test_pages import LOBBY, _text
from tests.statements import counted

MINUTE_S = 60


def _card(client: FlaskClient, name: str) -> str:
    """What the card of a device says on the overview."""
    page = client.get("/").text
    (card,) = [one for one in page.split('<li class="card') if f">{name}</a>" in one]
    return _text(f"<li {card.split('</li>')[0]}")


def test_a_card_answers_what_is_empty_low_or_unknown(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    said = _card(sign_in("staff"), "lobby")
    assert "1 empty 2 low 1 not counted" in said
    assert "Naloxone nasal 4 mg: 4 left , counted 3 d ago" in said
    assert "Not of now, last read" not in said


def test_a_figure_that_is_not_of_now_says_so(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("staff")
    unreachable = _card(client, "yard")
    assert "Not of now, last read 4 d ago : 6 not counted" in unreachable
    assert "Naloxone nasal 4 mg: not known, count it" in unreachable
    filled.clock.sleep(61)  # two heartbeats and a second
    silent = _card(client, "lobby")
    assert "Not of now, last read 1 min ago :" in silent
    assert "4 left as of 1 min ago , counted 3 d ago" in silent


def test_a_heard_machine_whose_counters_are_old_shows_no_figure_as_of_now(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    filled.clock.sleep(16 * MINUTE_S)
    filled.say("north", "north-1", "bridge", seed.HEALTH)
    said = _card(sign_in("staff"), "lobby")
    assert "Heard" in said
    assert "Not of now, last read 16 min ago" in said


def test_a_card_follows_sales_counts_and_plans(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    _card(client, "lobby")
    filled.say("north", "north-1", "lobby", seed.shelf({"A1": 15, "A2": 16, "B1": 19}))
    assert "4 mg: 1 left" in _card(client, "lobby")
    client.post(f"{LOBBY}/count", data={"fill": "par"})
    full = _card(client, "lobby")
    assert "All 6 slots are stocked" in full
    assert "4 mg: 16 left , counted 0 s ago" in full
    form = {"selection-0": "A1", "product-0": "Narcan", "capacity-0": "20", "minimum-0": "16"}
    rest = {
        f"{field}-{number}": str(value)
        for number, row in enumerate(seed.SHELF[1:], start=1)
        for field, value in zip(("selection", "product", "capacity", "par"), row, strict=True)
    }
    client.post(f"{LOBBY}/plan", data=form | rest)
    assert "1 low Narcan: 16 left" in _card(client, "lobby")


def _views(programme: seed.Programme) -> tuple[slots.SlotView, ...]:
    with programme.store.read() as transaction:
        device = fleet.find_device(transaction, 1)
        assert device is not None
        return slots.slots(transaction, device)


def test_every_slot_stands_in_exactly_one_way_and_the_lowest_naloxone_leads(
    filled: seed.Programme,
) -> None:
    views = _views(filled)
    more = replace(views[5], product="NARCAN 4 mg", selection="C1")
    made = shelf([*views, more, replace(views[0], figure=replace(views[0].figure, level=9))], _SET)
    assert sum(made.counts.values()) == made.slots == len(views) + 2
    assert made.naloxone is not None
    assert (made.naloxone.figure.level, made.unknown) == (4, 1)
    assert [standing(view) for view in views[:4]] == ["low", "low", "plain", "empty"]


_SET = StockSettings()


def test_another_control_board_is_said_on_the_page(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("staff")
    assert "uncertain" not in _card(client, "lobby")
    filled.say("north", "north-1", "lobby", seed.shelf({"A1": 13}, board="CB-9 1.0"))
    said = _text(client.get(LOBBY).text)
    assert "A1 Count again Naloxone nasal 4 mg not known" in said
    assert "Re-count needed: the machine has another control board." in said
    assert "5 uncertain 1 not counted" in _card(client, "lobby")


def test_the_days_a_slot_will_last_are_told_with_their_condition(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("staff")
    said = _text(client.get(LOBBY).text)
    assert "About 1 day left at this rate (that of the last 7 days)" in said
    assert "left at this rate" not in _text(client.get("/machines/2").text)
    filled.clock.sleep(61)
    assert "left at this rate" not in _text(client.get(LOBBY).text)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, ""),
        (0.0, ""),
        (0.4, "less than a day left"),
        (1.2, "about 1 day left"),
        (3.4, "about 3 days left"),
    ],
)
def test_days_are_told_roughly(days: float | None, words: str) -> None:
    assert days_words(days) == words


def test_a_slot_of_no_known_capacity_shows_no_bar_and_leads_to_the_plan(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    bare = seed.audit(seed.selection("C1", "Gauze", None, None, 5))
    filled.say("north", "north-1", "yard", bare)
    for role, link in (("staff", False), ("coordinator", True)):
        page = sign_in(role).get("/machines/2").text  # type: ignore[arg-type] # both are roles
        card = page.split(">C1</span>")[1].split("</li>")[0]
        assert "no capacity set" in card
        assert "bar-level" not in card
        assert ('href="/machines/2/plan"' in card) == link


def _event(at_ms: int, *, active: bool | None = None, text: str = "Jam in B2") -> EventView:
    return EventView(at_ms, "EJL", "jam", "B2", active, 1, text)


def test_equal_events_are_one_line_and_only_a_condition_that_stood_has_ended() -> None:
    once = event_lines([_event(9), _event(5), _event(4, text="Jam in B3"), _event(3)])
    assert [(line.event.observed_ms, line.times, line.first_ms) for line in once] == [
        (9, 3, 3),
        (4, 1, 4),
    ]
    assert [line.stands for line in once] == ["", ""]
    assert event_lines([_event(9, active=True)])[0].stands == "stands now"
    assert event_lines([_event(9, active=False)])[0].stands == ""
    assert event_lines([_event(9, active=False), _event(5, active=True)])[0].stands == "ended"


def test_the_temperature_sentence_speaks_of_the_limits_that_are_set(
    programme: seed.Programme, sign_in: SignIn
) -> None:
    rules = programme.settings.rules
    limits = rules.temperature.model_copy(update={"low_c": 8.0, "high_c": 30.5})
    object.__setattr__(rules, "temperature", limits)
    programme.say("north", "north-1", "lobby", seed.shelf())
    assert "as set for this programme: 8 to 30.5 °C" in _text(sign_in("staff").get(LOBBY).text)


def test_a_count_on_an_old_reading_is_warned_of(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("staff")
    assert "the figure may come out too low" not in _text(client.get(f"{LOBBY}/count").text)
    filled.clock.sleep(121)
    assert "the figure may come out too low" in _text(client.get(f"{LOBBY}/count").text)


def test_events_and_unknown_addresses_keep_the_menu(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    event = MachineEvent(
        code="EJL", name="jam", selection="B2", active=False, count=3, text="Jam in column B2"
    )
    filled.say("north", "north-1", "lobby", event)
    client = sign_in("staff")
    said = _text(client.get(f"{LOBBY}/reported").text)
    assert "2 times since" in said
    assert "Jam (ended)" in said
    assert "Sign out" in client.get("/nothing-here").text


def _fleet(programme: seed.Programme, machines: int, each: int) -> None:
    programme.gathering = True
    for number in range(machines):
        for sold in range(4):
            rows = [
                seed.selection(f"{slot // 10}{slot % 10}", "Naloxone", 20, 16, 100 + sold)
                for slot in range(each)
            ]
            at_ms = seed.NOW_MS - (8 - 2 * sold) * seed.HOUR_MS
            programme.say("town", "pi", f"m{number}", seed.audit(*rows), at_ms=at_ms)
    programme.deliver()


@pytest.mark.slow
def test_fifty_machines_of_forty_slots_are_overlooked_with_few_statements(
    programme: seed.Programme, sign_in: SignIn
) -> None:
    _fleet(programme, 50, 40)
    client = sign_in("staff")
    assert client.get("/").text.count("40 not counted") == 50
    with counted(programme.store.engine) as told:
        client.get("/sites/live")
    assert len(told) < 25, told


def test_a_kept_line_is_what_a_fresh_look_says(filled: seed.Programme) -> None:
    kept = Shelves(_SET)
    for sold in (14, 15, 16):
        filled.say("north", "north-1", "lobby", seed.shelf({"A1": sold, "A2": 16, "B1": 19}))
        with filled.store.read() as transaction:
            machines = fleet.devices(transaction, "vending")
            now_ms = filled.clock.now_ms()
            known = kept.of(transaction, machines, now_ms)
            fresh = Shelves(_SET).of(transaction, machines, now_ms)
        assert {key: one.counts for key, one in known.items()} == {
            key: one.counts for key, one in fresh.items()
        }
        assert known[1].naloxone is not None
        assert known[1].naloxone.figure.level == 16 - sold
