"""No sentence of the matcher may reassure."""

import itertools
import re

import pytest

from analysis import words
from analysis.words import per_cent, verdict_line

FORBIDDEN = re.compile(
    r"\b(safe|clean|pure|pass(ed|es)?|ok|okay|absent|negative|none|free of|no fentanyls?)\b",
    re.IGNORECASE,
)

SENTENCES = [
    verdict_line(target, verdict, share, limit, reason)
    for target, verdict, share, limit, reason in itertools.product(
        ("fentanyls", "xylazine"),
        ("detected", "not_detected", "inconclusive"),
        (None, 0.0, 0.07, 1.0),
        (None, 0.004, 0.08, 0.5),
        ("", words.NO_REFERENCE, words.NOT_CALIBRATED, words.sisters(["fentanyl", "carfentanil"])),
    )
]
CONSTANTS = [text for name, text in vars(words).items() if name.isupper() and isinstance(text, str)]
MADE = [
    words.too_little_overlap(0.3),
    words.blocked_by(["The spectrum is noisy."]),
    words.blocked_by([]),
    words.may_stand_beside("fentanyl"),
    words.other_technique(("counts", "nm"), ("raman", "cm-1")),
    words.axis_seems_to_be("nm"),
    words.axis_is_off(1601.2, 1604.0, "polystyrene"),
    words.band_not_found(520.5, "silicon"),
    words.no_band_of("silicon"),
    words.members_line(1, 0.05),
    words.members_line(12, 0.17),
    words.undecided_members_line(12, words.may_stand_beside("fentanyl")),
    words.bands_line("fentanyl", 3, 2, 1),
    *(
        words.band_line(1016.2, "cm-1", state, by)
        for state in ("seen", "missing", "hidden")
        for by in ("", "mannitol")
    ),
    words.hit_bands(3, 9),
    words.refuted("fentanyl", 1016.2, "cm-1", 4, 0),
    words.step_line(1, "mannitol", 0.81, 0.4, ""),
    words.step_line(2, "mannitol", 0.81, 0.4, "lactose, sucrose"),
    words.more_lines(3),
    *words.STOPS.values(),
]


@pytest.mark.parametrize("sentence", sorted({*SENTENCES, *CONSTANTS, *MADE}))
def test_no_sentence_reassures(sentence: str) -> None:
    assert sentence
    assert not FORBIDDEN.search(sentence)


@pytest.mark.parametrize("sentence", sorted({*SENTENCES, *MADE}))
def test_not_detected_is_never_said_without_its_limit(sentence: str) -> None:
    if "not detected" in sentence:
        assert re.search(r"not detected above [\d.]+ % of the signal", sentence)
        assert "cannot be seen" in sentence


def test_a_verdict_reads_as_people_were_promised() -> None:
    said = verdict_line("fentanyls", "not_detected", None, 0.08, "")
    assert said == (
        "fentanyls: not detected above 8 % of the signal. Amounts below that cannot be seen."
    )


@pytest.mark.parametrize(
    ("share", "said"), [(0.08, "8 %"), (0.004, "0.4 %"), (0.0996, "10 %"), (0.5, "50 %")]
)
def test_shares_are_rounded_for_reading(share: float, said: str) -> None:
    assert per_cent(share) == said
