"""A card as a picture in pure black and white, one dot of the printer to one pixel."""

import io
from importlib import import_module
from typing import Any

from firmware_bridge.card.errors import CardError
from firmware_bridge.card.paper import Paper
from firmware_bridge.card.pdf import pdf
from firmware_bridge.contract.check.card import Card

WHITE_FROM = 140
POINTS_PER_INCH = 72
MM_PER_INCH = 25.4


def png(card: Card, paper: Paper) -> bytes:
    """The card as a PNG file with one bit a pixel; pages of a sheet stand one below the other.

    Raises:
        CardError: a package is missing; says which.
    """
    document = pdf(card, paper)
    try:
        pdfium, image = import_module("pypdfium2"), import_module("PIL.Image")
    except ModuleNotFoundError as error:
        raise CardError("a picture needs pypdfium2: install harborlight[card]") from error
    dots_per_inch = paper.dots_per_mm * MM_PER_INCH
    pages = _pages(pdfium, document, dots_per_inch / POINTS_PER_INCH)
    width = round(paper.width_mm * paper.dots_per_mm)
    whole = image.new("1", (width, sum(page.height for page in pages)), 1)
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    out = io.BytesIO()
    whole.save(out, "PNG", dpi=(dots_per_inch, dots_per_inch), optimize=True)
    return out.getvalue()


def _pages(pdfium: Any, document: bytes, scale: float) -> list[Any]:  # noqa: ANN401 - imported when it is needed
    opened = pdfium.PdfDocument(document)
    try:
        drawn = [page.render(scale=scale, grayscale=True).to_pil() for page in opened]
    finally:
        opened.close()
    return [each.point(lambda value: 255 * (value >= WHITE_FROM)).convert("1") for each in drawn]
