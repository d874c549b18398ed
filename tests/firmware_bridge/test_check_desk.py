"""What is entered at the table: refused by name where it can't be, kept where it can."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from firmware_bridge.check_book import CheckBook
from firmware_bridge.check_desk import CheckDesk
from firmware_bridge.contract.check.code import new_code
from firmware_bridge.contract.check.release import InstrumentState
from firmware_bridge.contract.check.say.forbidden import reassuring_word
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import ControlError
from firmware_bridge.spool import Moment, Spool

MOMENT = Moment(1_795_000_000_000, 0, sane=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CheckDesk]:
    spool = Spool(tmp_path / "spool.sqlite3", BridgeAddress("site", "pi"), "boot-1")
    numbers, chance = count(1), Random(1)
    book = CheckBook(
        spool,
        lambda: MOMENT,
        lambda: new_code(chance.choice),
        lambda: f"{next(numbers):032x}",
    )
    yield CheckDesk(book, lambda _name: None, lambda _spectrum: InstrumentState())
    spool.close()


def begin(desk: CheckDesk) -> str:
    return str(desk.answer({"act": "new", "by": "ana", "fields": {"expected": "heroin"}})["code"])


def add(desk: CheckDesk, code: str, what: str, **fields: Any) -> dict[str, object]:  # noqa: ANN401 - plain words
    change = fields.pop("change", "")
    question = {"act": "add", "what": what, "code": code, "by": "ana", "fields": fields}
    return desk.answer(question | {"reason_of_change": change})


def test_a_strip_is_entered_by_its_lines(desk: CheckDesk) -> None:
    code = begin(desk)
    told = add(desk, code, "strip", kind="fentanyl", lines="control")
    assert "Found by test strip" in str(told["says"])
    with pytest.raises(ControlError, match="say control, both, none or test"):
        add(desk, code, "strip", kind="fentanyl", lines="one")


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("strip", {"kind": "cocaine", "lines": "both"}, "kind"),
        ("strip", {"kind": "fentanyl"}, "result"),
        ("strip", {"kind": "fentanyl", "lines": "both", "colour": "x"}, "no field colour"),
        ("nothing", {}, "known are"),
        ("component", {"substance": "pure MDMA", "word": "added"}, "'pure' can't stand"),
        ("amendment", {"reason": "it is safe now"}, "'safe' can't stand"),
    ],
)
def test_what_can_not_be_entered_is_refused_by_name(
    desk: CheckDesk, what: str, fields: dict[str, Any], said: str
) -> None:
    code = begin(desk)
    before = desk.answer({"act": "show", "code": code})
    with pytest.raises(ControlError, match=said):
        add(desk, code, what, **fields)
    assert desk.answer({"act": "show", "code": code}) == before


def test_an_unknown_code_and_a_typo_are_told_apart(desk: CheckDesk) -> None:
    begin(desk)
    with pytest.raises(ControlError, match="one character is wrong"):
        desk.answer({"act": "show", "code": "8YUB-YK8W"})
    with pytest.raises(ControlError, match="no check 8YUB-YK8V here"):
        desk.answer({"act": "show", "code": "8YUB-YK8V"})


def test_a_released_card_is_changed_only_with_a_reason(desk: CheckDesk) -> None:
    code = begin(desk)
    add(desk, code, "strip", kind="fentanyl", lines="control")
    desk.answer({"act": "release", "code": code, "by": "ana", "language": "en"})
    with pytest.raises(ControlError, match="say why"):
        add(desk, code, "strip", kind="xylazine", lines="control")
    told = add(desk, code, "strip", kind="xylazine", lines="control", change="second strip")
    assert told["state"] == "amended"
    assert "second strip" in str(told["says"])


def test_a_fact_from_elsewhere_is_kept_once(desk: CheckDesk) -> None:
    code = begin(desk)
    (event,) = desk.book.find(code).trail
    assert not desk.book.take_known(event)
    assert len(desk.book.find(code).trail) == 1


def test_the_newest_checks_stand_first(desk: CheckDesk) -> None:
    codes = [begin(desk) for _ in range(3)]
    listed = desk.answer({"act": "list"})["checks"]
    assert isinstance(listed, list)
    assert [one["code"] for one in listed] == codes[::-1]


def test_words_of_reassurance_are_seen_in_three_languages() -> None:
    for text in ("It is SAFE", "está limpio", "c'est sûr", "test negative"):
        assert reassuring_word(text)
    for text in ("read again", "se leyó otra vez", "sur la bandelette", "passage", "insurance"):
        assert not reassuring_word(text)


def test_a_card_that_nobody_released_says_so_first(desk: CheckDesk) -> None:
    code = begin(desk)
    add(desk, code, "strip", kind="fentanyl", lines="control")

    def first() -> str:
        drawn = desk.answer({"act": "card", "code": code, "language": "en", "level": "plain"})
        return str(drawn["lines"][0]["text"])  # type: ignore[index]  # lines of a card

    assert first().startswith("NOT RELEASED")
    desk.answer({"act": "release", "code": code, "by": "ana", "language": "en"})
    assert first().startswith("Found by test strip")
    assert not any("NOT RELEASED" in word for word in desk.book.find(code).releases[0].words)
    add(desk, code, "strip", kind="xylazine", lines="control", change="second strip")
    assert first().startswith("NOT RELEASED")
