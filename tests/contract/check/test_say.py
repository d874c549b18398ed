"""Every sentence over every combination of states: what must stand there, and what never may."""

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from firmware_bridge.contract.check.reconcile import (
    GROUPS,
    PRESENT,
    SEDATIVES,
    STRIP_OF,
    LabSays,
    LabWord,
    SpectrumSays,
    SpectrumWord,
    Standing,
    standing,
)
from firmware_bridge.contract.check.say import (
    LANGUAGES,
    LEVELS,
    Amount,
    CardFacts,
    Level,
    Named,
    Statement,
    en,
    es,
    fr,
    say,
    statements,
)
from firmware_bridge.contract.check_events import Lab, LabFinding, Language
from firmware_bridge.contract.strips import Strip, StripResult
from tests.contract.check.test_reconcile import TODAY

TABLES = {"en": en, "es": es, "fr": fr}
LIMITS = (None, 0.05, 0.00004)
FORBIDDEN = {
    "en": r"\b(safe|safely|clean|pure|pass(es|ed)?|ok|okay|fine|harmless|negative|clear of|free of"
    r"|no fentanyl|no nitazene|guarantee[ds]?)\b",
    "es": r"\b(segur[oa]s?|limpi[oa]s?|pur[oa]s?|aprobad[oa]|bien|inofensiv[oa]s?|negativ[oa]s?"
    r"|libre de|sin fentanilo|garantiza)\b",
    "fr": r"\b(sûre?s?|propres?|pure?s?|validée?|inoffensi(f|ve)s?|négati(f|ve)s?|sans danger"
    r"|sans fentanyl|garanti[est]*)\b",
}
"""Words of reassurance, and the bare negative. "Unsafe" would be one too, by contrast."""


def one_strip(kind: str, result: StripResult, mass_mg: float | None) -> Strip:
    return Strip(
        kind=kind,  # type: ignore[arg-type]  # one of the kinds
        result=result,
        lot="",
        expires="",
        mass_mg=mass_mg,
        water_ml=None if mass_mg is None else 5.0,
        limit_ng_ml=None,
    )


def standings() -> Iterator[Standing]:
    """Every state that one group can be in."""
    for group, result, mass, says, limit, lab in product(
        GROUPS,
        get_args(StripResult),
        (None, 0.5, 10.0),
        get_args(SpectrumSays),
        LIMITS,
        get_args(LabSays),
    ):
        found = LabWord(says=lab, method="GC-MS" if lab == "found" else "", names=("X",))
        strip = one_strip(STRIP_OF[group], result, mass)
        yield standing(group, [strip], SpectrumWord(says=says, limit=limit), found, TODAY)


ALL = tuple(standings())


def facts(*of: Standing, **changes: object) -> CardFacts:
    found = {
        "standings": of,
        "components": (),
        "has_spectrum": True,
        "has_unknown": False,
        "labs": (),
        "demonstration": False,
        "amendments": (),
    } | changes
    return CardFacts(**found)  # type: ignore[arg-type]  # as built above


def told(card: CardFacts, language: Language, level: Level) -> str:
    return "\n".join(say(each, language, level) for each in statements(card))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
def test_no_state_reassures(language: Language, level: Level) -> None:
    wrong = re.compile(FORBIDDEN[language], re.IGNORECASE)
    for one in ALL:
        text = told(facts(one), language, level)
        assert not wrong.search(text), (one, text)
        assert "{" not in text
        assert "None" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(en.SENTENCES))
def test_no_sentence_reassures_whatever_it_is_about(language: Language, key: str) -> None:
    wrong = re.compile(FORBIDDEN[language], re.IGNORECASE)
    plain, more = TABLES[language].SENTENCES[key]
    assert plain or more
    assert not wrong.search(plain + " " + more)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_say_the_same_things_with_the_same_figures(language: Language) -> None:
    table = TABLES[language]
    assert set(table.SENTENCES) == set(en.SENTENCES)
    assert set(table.WORDS) == set(en.WORDS)
    for key, parts in table.SENTENCES.items():
        for mine, english in zip(parts, en.SENTENCES[key], strict=True):
            assert _fields(mine) == _fields(english), key
            assert bool(mine) == bool(english), key


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_seen_is_never_said_without_what_may_still_be_there(
    language: Language,
) -> None:
    more = {"en": "dangerous", "es": "peligros", "fr": "dangereu"}[language]
    for one in ALL:
        if one.outcome.startswith("not-seen"):
            assert more in say(statements(facts(one))[0], language, "plain")
        if one.outcome == "lab-not-found":
            first = say(statements(facts(one))[0], language, "plain")
            assert {"en": "Smaller amounts", "es": "menores", "fr": "plus petites"}[
                language
            ] in first


def test_what_a_strip_or_a_spectrum_found_is_said_to_be_found() -> None:
    for one in ALL:
        first = say(statements(facts(one))[0], "en", "plain")
        assert first.startswith("Found") == (one.outcome in PRESENT)
        if one.strip == "positive":
            assert one.outcome in PRESENT


def test_a_strip_that_was_not_done_or_failed_is_said_to_be_so() -> None:
    for one in ALL:
        if one.strip in {"not-done", "invalid"} and one.outcome not in {
            "confirmed",
            "lab-differs",
            "lab-not-found",
        }:
            words = {"not-done": "not done", "invalid": "failed"}[one.strip]
            assert words in say(statements(facts(one))[0], "en", "plain")


def test_a_sedative_brings_the_line_on_naloxone_and_breathing() -> None:
    for one in ALL:
        keys = {each.key for each in statements(facts(one))}
        possible = one.outcome in PRESENT or one.outcome.startswith("unclear")
        assert ("sedative" in keys) == (one.group in SEDATIVES and possible)
        assert {"naloxone", "small-sample", "not-everything"} <= keys


def test_a_fentanyl_strip_never_excludes_carfentanil() -> None:
    for one in ALL:
        keys = {each.key for each in statements(facts(one))}
        negative = one.group == "fentanyls" and one.strip == "negative"
        assert ("carfentanil-not-excluded" in keys) == negative


def test_no_number_of_a_spectrum_is_an_amount() -> None:
    """Percentages come from limits and laboratories alone."""
    for one in ALL:
        if one.outcome in PRESENT:
            assert "%" not in say(statements(facts(one))[0], "en", "plain")
    parts = (
        Named(substance="caffeine", band="main"),
        Named(substance="lidocaine", band="minor", alike=("procaine",)),
        Named(substance="xylitol", band="trace"),
        Named(substance="mannitol", band=""),
    )
    text = told(facts(components=parts, has_unknown=True), "en", "full")
    assert "%" not in text
    assert "procaine. They cannot be told apart" in text
    assert "matches nothing in the library" in text
    assert "does not tell how strong" in text


def lab(state: str, *findings: LabFinding) -> Lab:
    return Lab(split="S1", state=state, name="Lab", method="qNMR", findings=findings)  # type: ignore[arg-type]  # as in Lab


def test_a_laboratory_amount_is_said_with_its_interval_or_not_at_all() -> None:
    bare = LabFinding(
        substance="fentanyl",
        group="fentanyls",
        found=True,
        amount_percent=8.1,
        low_percent=None,
        high_percent=None,
        limit_percent=None,
    )
    whole = LabFinding(
        substance="xylazine",
        group="xylazine",
        found=True,
        amount_percent=0.456,
        low_percent=0.3,
        high_percent=0.6,
        limit_percent=0.1,
    )
    text = told(facts(labs=(lab("complete", bare, whole),)), "es", "plain")
    assert "8,1" not in text
    assert "xylazine, alrededor del 0,46\xa0% del peso (de 0,3\xa0% a 0,6\xa0%)" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
def test_a_calibrated_amount_is_said_with_its_interval_and_of_this_part(
    language: Language, level: Level
) -> None:
    amount = Amount(substance="caffeine", percent=12.3, low_percent=4.56, high_percent=20.1)
    card = facts(amounts=(amount,), components=(Named(substance="caffeine", band="minor"),))
    (told_of,) = [each for each in statements(card) if each.key == "amount-calibrated"]
    text = say(told_of, language, level)
    part = {"en": "This part of", "es": "Esta parte de", "fr": "Cette partie de"}[language]
    assert text.startswith(part)
    low = "4.6" if language == "en" else "4,6"
    assert all(f"{figure}\xa0%" in text for figure in ("12", low, "20"))
    assert Statement("share-not-strength") in statements(card)
    assert not re.search(FORBIDDEN[language], text, re.IGNORECASE)


AMOUNTS = tuple(
    Amount(substance=substance, percent=percent, low_percent=low, high_percent=high)
    for substance in ("caffeine", "fentanyl")
    for percent, low, high in ((12.3, 4.56, 20.1), (0.004, 0.0, 0.02), (97.0, 61.2, 100.0))
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
def test_an_amount_beside_any_state_has_its_interval_and_reassures_nobody(
    language: Language, level: Level
) -> None:
    wrong = re.compile(FORBIDDEN[language], re.IGNORECASE)
    for number, one in enumerate(ALL):
        amount = AMOUNTS[number % len(AMOUNTS)]
        said = statements(facts(one, amounts=(amount,)))
        (mine,) = [each for each in said if each.key == "amount-calibrated"]
        assert set(said) - {mine} == set(statements(facts(one))), "it changes nothing else"
        text = say(mine, language, level)
        assert not wrong.search(text), text
        assert text.count("%") == (3 if level == "plain" else 4), text


def test_a_demonstration_has_no_amount_whatever_it_is_given() -> None:
    for one in ALL[::50]:
        card = facts(one, amounts=AMOUNTS, demonstration=True)
        assert "amount-calibrated" not in {each.key for each in statements(card)}


@pytest.mark.parametrize(
    ("labs", "key"),
    [((), "lab-none"), ((lab("pending"),), "lab-pending"), ((lab("complete"),), "lab-complete")],
)
def test_every_card_says_where_the_laboratory_stands(labs: tuple[Lab, ...], key: str) -> None:
    assert key in {each.key for each in statements(facts(labs=labs))}


def test_a_demonstration_and_a_change_stand_first() -> None:
    first, second, *_ = statements(facts(demonstration=True, amendments=("strip read again",)))
    assert first == Statement("demonstration")
    assert "strip read again" in say(second, "fr", "plain")


def test_nothing_that_fits_is_said_to_be_nothing_that_fits() -> None:
    unseen = [one for one in ALL if one.spectrum.says == "unseen"][:1]
    assert Statement("nothing-named") in statements(facts(*unseen))
    assert Statement("nothing-named") not in statements(facts(*unseen, has_spectrum=False))


@pytest.mark.parametrize(
    ("limit", "told"),
    [(0.00125, "0.13"), (0.002, "0.2"), (0.0601, "6.1"), (0.05, "5"), (0.121, "13")],
)
def test_a_limit_is_never_told_lower_than_it_is(limit: float, told: str) -> None:
    one = replace(next(one for one in ALL if one.outcome == "not-seen-by-strip"), strip_limit=limit)
    assert f"about {told}\N{NO-BREAK SPACE}%" in say(statements(facts(one))[0], "en", "full")


def test_an_amount_without_its_interval_is_not_repeated_nor_denied() -> None:
    finding = LabFinding(
        substance="caffeine",
        group="",
        found=True,
        amount_percent=4.0,
        low_percent=None,
        high_percent=None,
        limit_percent=None,
    )
    lab = Lab(split="s1", state="complete", name="Lab", method="", findings=(finding,))
    for language in LANGUAGES:
        text = told(facts(labs=(lab,)), language, "full")
        assert "caffeine" in text
        assert "4 %" not in text.replace("\N{NO-BREAK SPACE}", " ")
        assert (
            say(Statement("lab-found", (("substance", "caffeine"),)), language, "plain") not in text
        )
    assert "Method (not told)." in told(facts(labs=(lab,)), "en", "full")
