"""The card on paper: all of its text, a code that a scanner reads, and nothing cut off."""

import io
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from firmware_bridge.card import flow
from firmware_bridge.card.errors import CardError
from firmware_bridge.card.paper import A6, PAPERS, ROLL_58, ROLL_80, Paper, paper
from firmware_bridge.card.pdf import pdf
from firmware_bridge.card.png import png
from firmware_bridge.contract.check.card import Card, Line, card
from firmware_bridge.contract.check.code import read_code
from tests.contract.check import test_facts as facts
from tests.contract.check.test_strips import strip

OF = facts.sample("s1", strip=strip(result="positive"))
FACTS = facts.facts_of(
    OF,
    facts.findings(
        facts.verdict("xylazine", "detected"), facts.verdict("nitazenes", "inconclusive")
    ),
)


def made(language: Any = "es") -> Card:  # noqa: ANN401 - a literal
    found = card(OF, FACTS, language, facts.TODAY, "plain")
    return replace(found, code=read_code("8YUB-YK8V"))


def text_of(document: bytes) -> str:
    opened = pypdfium2.PdfDocument(document)
    pages = [page.get_textpage().get_text_range() for page in opened]
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("on", PAPERS.values(), ids=lambda on: on.name)
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_sentence_and_the_code_stand_in_the_pdf(on: Paper, language: str) -> None:
    wanted = made(language)
    text = text_of(pdf(wanted, on))
    assert wanted.code in text
    for line in wanted.lines:
        assert " ".join(line.text.split()) in text


@pytest.mark.parametrize("on", PAPERS.values(), ids=lambda on: on.name)
def test_a_scanner_reads_the_code_and_nothing_else(on: Paper) -> None:
    picture = Image.open(io.BytesIO(png(made(), on)))
    assert picture.mode == "1"
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.text == "8YUB-YK8V"


def test_a_roll_is_as_wide_as_its_printer() -> None:
    assert Image.open(io.BytesIO(png(made(), ROLL_58))).width == 384
    assert Image.open(io.BytesIO(png(made(), ROLL_80))).width == 576


def test_a_usual_card_is_one_sheet_in_every_language() -> None:
    for language in ("en", "es", "fr"):
        assert len(pypdfium2.PdfDocument(pdf(made(language), A6))) == 1


def test_a_long_card_goes_on_to_a_second_sheet_whole() -> None:
    long = replace(
        made(), lines=tuple(Line("plain", f"Number {k}. " + "Word " * 30) for k in range(20))
    )
    document = pdf(long, A6)
    assert len(pypdfium2.PdfDocument(document)) > 1
    assert all(f"Number {k}." in text_of(document) for k in range(20))


def test_no_time_of_day_is_told() -> None:
    assert b"20261127000000" in pdf(made(), A6)


def test_letters_that_the_font_has_not_do_no_harm() -> None:
    strange = replace(made(), lines=(Line("plain", "Жук \N{SNOWMAN} naïve"),))
    assert "naïve" in text_of(pdf(strange, A6))


def test_an_unknown_paper_is_refused_by_name() -> None:
    with pytest.raises(CardError, match="a6, 80mm, 58mm"):
        paper("a4")


def _plain_width(text: str, size_pt: float, bold: bool) -> float:  # noqa: FBT001 - as in flow.Measure
    return len(text) * size_pt * (0.2 if bold else 0.18)


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(codec="latin-1", categories=["L", "N", "P"]), max_size=80)))
def test_nothing_stands_outside_the_paper(texts: list[str]) -> None:
    lines = tuple(Line("found", text) for text in texts if text)
    for on in PAPERS.values():
        layout = flow.laid_out(replace(made(), lines=lines), on, _plain_width)
        for text in layout.texts:
            right = text.x_mm + _plain_width(text.text, text.size_pt, text.bold)
            assert right <= on.width_mm - on.margin_mm + 0.1 or len(text.text) == 1
            assert 0 < text.y_mm <= layout.height_mm - on.margin_mm + 1e-6
