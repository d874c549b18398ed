"""Every fact in the words of a person: never a crash, never a reassurance that nobody typed."""

from dataclasses import replace
from functools import partial
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract.check.say.forbidden import reassuring_word
from firmware_bridge.contract.check.tell import tell, tell_matter, tell_parts
from firmware_bridge.contract.check_events import (
    WHAT,
    Amendment,
    Attachment,
    CheckEvent,
    Component,
    Intake,
    Lab,
    LabFinding,
    Language,
    Release,
    Settlement,
    Withdrawal,
)
from firmware_bridge.contract.strips import KINDS, Strip, StripResult
from tests.contract.check.test_record import RELEASE, component, fact, intake
from tests.contract.check.test_strips import strip

HARMLESS_ALONE = ("free", "of", "clear", "no", "su", "re", "sans", "danger", "libre", "de")
"""Words that become reassurance only when something joins them."""

WORDS = st.sampled_from([*HARMLESS_ALONE, "blue", "1700 cm-1", "Drugs\nLab", "", "\N{SNOWMAN}"])
PHRASES = st.lists(WORDS, max_size=3).map(" ".join)
LOOSE = st.text(max_size=20)
FIGURES = st.none() | st.floats()


Values = st.SearchStrategy[Any]
_AMOUNTS = ("amount_percent", "low_percent", "high_percent", "limit_percent")


def texts_in(of: type, texts: st.SearchStrategy[str], /, **others: Values) -> Values:
    """Values of a class with texts in all fields that are not named."""
    loose = [name for name in of.__dataclass_fields__ if name not in others]  # type: ignore[attr-defined]  # they are
    return st.builds(of, **(dict.fromkeys(loose, texts) | others))


def strips(texts: st.SearchStrategy[str]) -> Values:
    return texts_in(
        Strip,
        texts,
        kind=st.sampled_from(KINDS),
        result=st.sampled_from(get_args(StripResult)),
        **dict.fromkeys(("mass_mg", "water_ml", "limit_ng_ml"), FIGURES),
    )


def labs(texts: st.SearchStrategy[str]) -> Values:
    amounts = dict.fromkeys(_AMOUNTS, FIGURES)
    findings = texts_in(LabFinding, texts, found=st.booleans(), **amounts)
    state = st.sampled_from(["pending", "complete"])
    return texts_in(Lab, texts, state=state, findings=st.lists(findings, max_size=3).map(tuple))


def components(texts: st.SearchStrategy[str]) -> Values:
    word = st.sampled_from(["confirmed", "rejected", "added"])
    return texts_in(
        Component, texts, word=word, band=st.sampled_from(["main", "minor", "trace", ""])
    )


def releases(texts: st.SearchStrategy[str]) -> Values:
    return texts_in(
        Release,
        texts,
        language=st.sampled_from(get_args(Language)),
        overridden=st.lists(texts, max_size=2).map(tuple),
        words=st.just(("It is said to be safe.",)),
    )


def settlements(texts: st.SearchStrategy[str]) -> Values:
    kinds = st.sampled_from(["intake", "spectrum", "component", "laboratory", "strange"])
    return st.builds(
        Settlement, matter=st.builds("{} {}".format, kinds, texts), event=st.just(f"{1:032x}")
    )


def facts(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Every kind of fact, whatever stands in it."""
    values = {
        "intake": texts_in(Intake, texts),
        "attachment": texts_in(Attachment, texts, linked=st.booleans()),
        "strip": strips(texts),
        "component": components(texts),
        "lab": labs(texts),
        "release": releases(texts),
        "amendment": texts_in(Amendment, texts),
        "settlement": settlements(texts),
        "withdrawal": texts_in(Withdrawal, texts, event=st.just(f"{1:032x}")),
    }
    assert tuple(values) == WHAT
    named = [value.map(partial(_under, name)) for name, value in values.items()]
    return st.one_of(*named)


def _under(name: str, value: object) -> dict[str, Any]:
    return {name: value}


@given(what=facts(PHRASES.filter(lambda text: not reassuring_word(" ".join(text.split())))))
def test_our_words_never_make_a_reassurance_of_what_was_typed(what: dict[str, Any]) -> None:
    told = tell(fact(**what))
    assert reassuring_word(told) == "", told
    assert "None" not in told
    assert "\n" not in told


@given(what=facts(LOOSE))
def test_whatever_stands_in_a_fact_it_can_be_told(what: dict[str, Any]) -> None:
    told = tell(fact(**what))
    assert told.strip()
    assert all(part in told for part in tell_parts(fact(**what)))
    assert "does not know" not in told


@given(matter=LOOSE)
def test_whatever_a_conflict_is_about_it_can_be_told(matter: str) -> None:
    assert tell_matter(matter) == " ".join(tell_matter(matter).split(" "))


def test_what_was_typed_is_told_whole() -> None:
    assert "safe" in tell(fact(amendment=Amendment(reason="he wrote safe on the bag")))


def found(name: str, *, seen: bool = True, **figures: float) -> LabFinding:
    none = dict.fromkeys(_AMOUNTS)
    return LabFinding(substance=name, group="", found=seen, **(none | figures))


ANSWER = Lab(
    split="S1",
    state="complete",
    name="Drugs Lab",
    method="GC-MS",
    findings=(
        found("fentanyl", amount_percent=4.0, low_percent=3.0, high_percent=5.0),
        found("caffeine"),
        found("xylazine", seen=False, limit_percent=0.1),
    ),
)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (
            {"strip": replace(strip("fentanyl", "positive", mg=10), lot="L7", expires="2027-03")},
            "Fentanyl strip: one line (positive), 10 mg in 50 mL, lot L7, expires 2027-03",
        ),
        (
            {"strip": strip("xylazine", mg=10)},
            (
                "Xylazine strip: two lines (did not show it), 10 mg in 50 mL, it shows about 1.3 % "
                "of the sample or more, lot L1"
            ),
        ),
        (
            {"strip": strip("fentanyl", mg=None)},
            (
                "Fentanyl strip: two lines (did not show it), dilution not known, how little it "
                "can show is not known, lot L1"
            ),
        ),
        ({"strip": strip("nitazene", "not-done")}, "Nitazene strip: not dipped"),
        (
            {"lab": replace(ANSWER, state="pending", findings=())},
            "Laboratory Drugs Lab: split S1 pending",
        ),
        (
            {"lab": ANSWER},
            (
                "Laboratory Drugs Lab: split S1 answered by GC-MS: found fentanyl (about 4 %, at "
                "least 3 %, at most 5 %); found caffeine (amount not measured); did not detect "
                "xylazine (limit 0.1 %; less can be there)"
            ),
        ),
        ({"intake": intake("down")}, "Expected: down"),
        (
            {"intake": replace(intake(""), colour="light blue")},
            "Expected: not said; colour: light blue",
        ),
        (
            {"component": component("rejected")},
            (
                "Reading of caffeine (spectrum s1): the software named it, the technician does not"
                ", because: 1700 cm-1"
            ),
        ),
        ({"release": RELEASE}, "Card released in English"),
        (
            {"withdrawal": Withdrawal(event="0123456789ab", reason="of another sample")},
            "Withdrawn: fact 01234567 no longer counts, because: of another sample",
        ),
        (
            {"settlement": Settlement(matter="laboratory S1", event="0123456789ab")},
            "Settled about the laboratory's split S1: fact 01234567 stands",
        ),
        ({}, "A fact that this version does not know; see it as it was entered"),
    ],
)
def test_a_fact_is_told_as_a_person_would(what: dict[str, Any], told: str) -> None:
    said = tell(fact(**what)).replace("\N{NO-BREAK SPACE}", " ")
    assert said == told


def test_a_trail_is_told_without_who_and_when() -> None:
    event = fact(by="ana", at=1_795_000_000_000, intake=intake("down"))
    assert isinstance(event, CheckEvent)
    assert "ana" not in tell(event)
    assert "1795" not in tell(event)
