"""A card as PDF, with text that can be searched and read aloud."""

from importlib import import_module
from typing import Any

from firmware_bridge.card.errors import CardError
from firmware_bridge.card.flow import Layout, Sign, laid_out
from firmware_bridge.card.paper import Paper
from firmware_bridge.card.qr import modules
from firmware_bridge.contract.check.card import Card

FONT = "Helvetica"


def pdf(card: Card, paper: Paper) -> bytes:
    """The card as a PDF file; a roll is one page as long as the text.

    Raises:
        CardError: a package is missing; says which.
    """
    try:
        fpdf: Any = import_module("fpdf")
    except ModuleNotFoundError as error:
        raise CardError("a PDF needs fpdf2: install harborlight[card]") from error
    layout = laid_out(card, paper, _measure(fpdf))
    document = _document(fpdf, card, paper, layout.height_mm)
    for page in range(layout.pages):
        document.add_page()
        _draw(document, card, layout, page)
    return bytes(document.output())


def _document(fpdf: Any, card: Card, paper: Paper, height_mm: float) -> Any:  # noqa: ANN401 - fpdf2 is imported when it is needed
    document = fpdf.FPDF(unit="mm", format=(paper.width_mm, height_mm))
    document.set_auto_page_break(auto=False)
    document.set_title(f"{card.title} {card.code}")
    document.set_lang(card.language)
    document.set_creator("Harborlight")
    # The standard wants a time; the day is all that a card may tell.
    document.set_creation_date(_midnight(card.day))
    return document


def _midnight(day: str) -> Any:  # noqa: ANN401 - a datetime
    from datetime import UTC, datetime  # noqa: PLC0415 - not needed to draw pictures

    return datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=UTC)


def _measure(fpdf: Any) -> Any:  # noqa: ANN401 - as in flow.Measure
    ruler = fpdf.FPDF(unit="mm", format=(100, 100))
    ruler.add_page()

    def width_mm(text: str, size_pt: float, bold: bool) -> float:  # noqa: FBT001 - as in flow.Measure
        ruler.set_font(FONT, "B" if bold else "", size_pt)
        return float(ruler.get_string_width(_printable(text)))

    return width_mm


def _printable(text: str) -> str:
    """The standard fonts of PDF have Latin-1; what else somebody typed becomes a question mark."""
    return text.encode("latin-1", "replace").decode("latin-1")


def _draw(document: Any, card: Card, layout: Layout, page: int) -> None:  # noqa: ANN401 - as above
    if layout.qr.page == page:
        _draw_qr(document, card, layout)
    for line in layout.texts:
        if line.page == page:
            document.set_font(FONT, "B" if line.bold else "", line.size_pt)
            document.text(line.x_mm, line.y_mm, _printable(line.text))
    for sign in layout.signs:
        if sign.page == page:
            _draw_sign(document, sign)


def _draw_qr(document: Any, card: Card, layout: Layout) -> None:  # noqa: ANN401 - as above
    rows = modules(card.code)
    step = layout.qr.side_mm / len(rows)
    document.set_fill_color(0)
    for down, row in enumerate(rows):
        for along, dark in enumerate(row):
            if dark:
                x_mm, y_mm = layout.qr.x_mm + along * step, layout.qr.y_mm + down * step
                document.rect(x_mm, y_mm, step, step, style="F")


def _draw_sign(document: Any, sign: Sign) -> None:  # noqa: ANN401 - as above
    x_mm, y_mm, side_mm = sign.x_mm, sign.y_mm, sign.side_mm
    mark = {"found": "!", "warning": "!", "unclear": "?", "unseen": "<"}.get(sign.weight, "")
    document.set_fill_color(0)
    document.set_draw_color(0)
    document.set_line_width(0.3)
    if not mark:
        third = side_mm / 3
        document.ellipse(x_mm + third, y_mm + third, third, third, style="F")
        return
    filled = sign.weight in {"found", "warning"}
    document.rect(x_mm, y_mm, side_mm, side_mm, style="F" if filled else "D")
    document.set_font(FONT, "B", side_mm * 2.3)
    document.set_text_color(255 if filled else 0)
    width_mm = document.get_string_width(mark)
    document.text(x_mm + (side_mm - width_mm) / 2, y_mm + side_mm * 0.8, mark)
    document.set_text_color(0)
