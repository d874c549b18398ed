"""What is entered at the table: refused by name where it can't be, kept where it can."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from firmware_bridge.check_book import CheckBook
from firmware_bridge.check_desk import CheckDesk
from firmware_bridge.contract import codec
from firmware_bridge.contract.check.code import new_code
from firmware_bridge.contract.check.release import InstrumentState
from firmware_bridge.contract.check.say.forbidden import reassuring_word
from firmware_bridge.contract.messages import Findings
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import ControlError
from firmware_bridge.sighting_book import MOST_CURVES, SightingBook
from firmware_bridge.spool import Draft, Moment, Spool
from tests.contract.samples import SINCE

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
    sightings = SightingBook(spool, lambda: MOMENT)
    yield CheckDesk(book, sightings, lambda _name: None, lambda _spectrum: InstrumentState())
    spool.close()


def begin(desk: CheckDesk) -> str:
    return str(desk.answer({"act": "new", "by": "ana", "fields": {"expected": "heroin"}})["code"])


def add(desk: CheckDesk, code: str, what: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - plain words
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


def side_by_side(desk: CheckDesk, code: str) -> dict[str, Any]:
    """Two people who had the same on their screens, and both rewrite the intake."""
    told = desk.answer({"act": "show", "code": code})
    seen = told["heads"]
    for by, expected in (("ana", "fentanyl"), ("ben", "cocaine")):
        fields = {"expected": expected}
        question = {"act": "add", "what": "intake", "code": code, "by": by, "seen": seen}
        told = desk.answer(question | {"fields": fields})
    return told


def test_what_two_people_enter_side_by_side_is_a_conflict_that_one_settles(desk: CheckDesk) -> None:
    code = begin(desk)
    told = side_by_side(desk, code)
    (conflict,) = told["conflicts"]
    assert [each["by"] for each in conflict["events"]] == ["ana", "ben"]
    assert "conflict" in [block["name"] for block in told["blocks"]]
    with pytest.raises(ControlError, match="not in conflict"):
        add(desk, code, "settlement", matter="intake", event=told["trail"][0]["event"])
    settled = add(desk, code, "settlement", matter="intake", event=conflict["events"][0]["event"])
    assert settled["conflicts"] == []
    assert settled["intake"]["expected"] == "fentanyl"


def test_one_after_the_other_is_no_conflict(desk: CheckDesk) -> None:
    code = begin(desk)
    add(desk, code, "intake", expected="cocaine")
    told = add(desk, code, "intake", expected="fentanyl")
    assert told["conflicts"] == []


def test_a_form_that_is_sent_twice_counts_once(desk: CheckDesk) -> None:
    first = {"act": "new", "by": "ana", "event": "a" * 32, "fields": {}}
    code = desk.answer(first)["code"]
    assert desk.answer(first)["code"] == code
    strip = {"kind": "fentanyl", "lines": "both"}
    question = {"act": "add", "what": "strip", "code": code, "by": "ana", "event": "b" * 32}
    once: dict[str, Any] = desk.answer(question | {"fields": strip})
    assert desk.answer(question | {"fields": strip}) == once
    assert len(once["strips"]) == 1


def test_nobody_releases_what_was_not_on_their_screen(desk: CheckDesk) -> None:
    code = begin(desk)
    seen = add(desk, code, "strip", kind="fentanyl", lines="both")["heads"]
    add(desk, code, "strip", kind="xylazine", lines="control")
    question = {"act": "release", "code": code, "by": "ana", "language": "en"}
    with pytest.raises(ControlError, match="since this was shown"):
        desk.answer(question | {"seen": seen})
    now = desk.answer({"act": "show", "code": code})["heads"]
    once = desk.answer(question | {"seen": now, "event": "c" * 32})
    assert once["state"] == "released"
    assert desk.answer(question | {"seen": now, "event": "c" * 32}) == once


def test_a_change_after_release_and_its_reason_are_one_commit(desk: CheckDesk) -> None:
    code = begin(desk)
    add(desk, code, "strip", kind="fentanyl", lines="control")
    desk.answer({"act": "release", "code": code, "by": "ana", "language": "en"})
    told = add(desk, code, "strip", kind="xylazine", lines="control", change="second strip")
    assert [fact.what for fact in desk.book.find(code).trail][-2:] == ["strip", "amendment"]
    assert len(told["heads"]) == 1
    with pytest.raises(ControlError, match="'safe' can't stand"):
        add(desk, code, "strip", kind="xylazine", lines="both", change="it is safe")


def measured(desk: CheckDesk, *names: str) -> None:
    """Spectra with findings, as the recorder shows them."""
    for name in names:
        findings = SINCE["findings"]
        assert isinstance(findings, Findings)
        body = replace(findings, check=name)
        desk.sightings.keep([Draft("ftir-1", body, event=True)])


def loose(desk: CheckDesk) -> list[str]:
    spectra = desk.answer({"act": "loose"})["spectra"]
    assert isinstance(spectra, list)
    return [each["spectrum"] for each in spectra]


def test_a_spectrum_is_of_one_check_at_a_time(desk: CheckDesk) -> None:
    one, other = begin(desk), begin(desk)
    measured(desk, "spectrum-1", "spectrum-2")
    assert loose(desk) == ["spectrum-2", "spectrum-1"]
    told = add(desk, one, "attachment", spectrum="spectrum-1")
    assert loose(desk) == ["spectrum-2"]
    assert told["sightings"][0]["device"] == "ftir-1"
    assert told["proposals"] == [
        {"substance": "caffeine", "spectrum": "spectrum-1", "how": "component"}
    ]
    with pytest.raises(ControlError, match=f"is of check {one}"):
        add(desk, other, "attachment", spectrum="spectrum-1")
    add(desk, one, "attachment", spectrum="spectrum-1", linked=False, reason="other bag")
    add(desk, other, "attachment", spectrum="spectrum-1")
    assert loose(desk) == ["spectrum-2"]


def test_a_spectrum_is_shown_with_its_curves_while_it_is_new(desk: CheckDesk) -> None:
    measured(desk, *(f"s{number}" for number in range(MOST_CURVES + 1)))

    def curve(name: str) -> tuple[float, ...]:
        told = str(desk.answer({"act": "spectrum", "spectrum": name})["findings"])
        return codec.decode_body(Findings, told).measured

    assert curve(f"s{MOST_CURVES}")
    assert not curve("s0")
    assert curve("s1")
    with pytest.raises(ControlError, match="nothing is known here"):
        desk.answer({"act": "spectrum", "spectrum": "s-1"})


def test_what_is_the_same_on_the_next_strip_is_remembered(desk: CheckDesk) -> None:
    code = begin(desk)
    strip = {"kind": "fentanyl", "lines": "both", "lot": "L7", "expires": "2020-01"}
    add(desk, code, "strip", **strip, mass_mg=10.0, water_ml=50.0)
    add(desk, code, "strip", kind="fentanyl", result="not-done")
    told: dict[str, Any] = desk.answer({"act": "strips"})
    last = told["last"]["fentanyl"]
    assert (last["lot"], last["mass_mg"], last["water_ml"]) == ("L7", 10.0, 50.0)
    assert told["expired"] == ["fentanyl"]


@pytest.mark.parametrize("word", ["rejected", "added"])
def test_who_contradicts_the_software_says_why(desk: CheckDesk, word: str) -> None:
    code = begin(desk)
    with pytest.raises(ControlError, match="say the reason"):
        add(desk, code, "component", substance="caffeine", word=word)
    add(desk, code, "component", substance="caffeine", word=word, reason="no band at 1657")


def test_groups_of_a_laboratorys_substances_are_found_here(desk: CheckDesk) -> None:
    known = {"fluorofentanyl": "fentanyls", "fentanyls": "fentanyls"}
    group_of: Any = known.get
    here = replace(desk, group_of=group_of)
    code = begin(here)
    findings = [
        {"substance": "fluorofentanyl", "found": False, "group": "fentanyls"},
        {"substance": "caffeine", "found": True, "group": "fentanyls"},
    ]
    told = add(here, code, "lab", split="S1", state="complete", findings=findings)
    assert [each["group"] for each in told["labs"][0]["findings"]] == ["", ""]
    assert "did not detect" not in str(told["says"])
    findings = [{"substance": "fluorofentanyl", "found": True, "group": ""}]
    told = add(here, code, "lab", split="S2", state="complete", findings=findings)
    assert told["labs"][1]["findings"][0]["group"] == "fentanyls"
