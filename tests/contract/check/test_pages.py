"""The look-up page and the poster: nothing reassures, and each language says all of it."""

import re
from dataclasses import replace

import pytest

from firmware_bridge.contract.check.record import as_released, record
from firmware_bridge.contract.check.say import LANGUAGES, limits
from firmware_bridge.contract.check.say.look_up import WORDS
from firmware_bridge.contract.check_events import Language, Withdrawal
from tests.contract.check.test_record import RELEASE, component, fact
from tests.contract.check.test_say import FORBIDDEN


def _poster(language: Language) -> list[str]:
    parts = limits.limits(language)
    told = [text for part in parts for text in (part.title, *part.sentences)]
    return [limits.title(language), *told]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_reassures(language: Language) -> None:
    wrong = re.compile(FORBIDDEN[language], re.IGNORECASE)
    for text in (*WORDS[language].values(), *_poster(language)):
        assert text
        assert not wrong.search(text), text
        assert "{" not in text
        assert "None" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_all_of_it(language: Language) -> None:
    assert set(WORDS[language]) == set(WORDS["en"])
    mine, english = limits.limits(language), limits.limits("en")
    assert [len(part.sentences) for part in mine] == [len(part.sentences) for part in english]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_poster_tells_limits_with_their_dilution(language: Language) -> None:
    text = "\n".join(_poster(language)).replace(",", ".")
    for figure in ("5 mg", "50 mL", "0.2", "2.5", "0.01", "0.13"):
        assert figure in text, figure
    assert "carfentan" in text.casefold()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_show_does_not_tell_why(language: Language) -> None:
    """One sentence for a code that is unknown, not released, withdrawn or too old."""
    assert WORDS[language]["none"] != WORDS[language]["malformed"]


def test_a_record_is_as_the_newest_release_saw_it() -> None:
    start = fact(component=component("confirmed"))
    first = fact(start, release=RELEASE)
    later = fact(first, component=component("rejected"))
    second = fact(later, release=replace(RELEASE, words=("two",)))
    unseen = fact(start, component=component("added", "MDMA"))
    assert as_released(record([start])) is None
    then = as_released(record([start, first, later, unseen]))
    assert then is not None
    assert [each.word for each in then.components] == ["confirmed"]
    assert then.state == "released"
    both = as_released(record([start, first, later, unseen, second]))
    assert both is not None
    assert [each.word for each in both.components] == ["rejected"]
    gone = fact(second, withdrawal=Withdrawal(event=second.event, reason="mistake"))
    again = as_released(record([start, first, later, second, gone]))
    assert again is not None
    assert again.releases == (RELEASE,)
