"""Where everything stands on a card, for any drawing surface that can measure text. Pure.

The head (title, code, day, QR code) comes first, then one paragraph a sentence, each with its sign
at the left. On a sheet, a paragraph that does not fit goes to the next page, never cut.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from firmware_bridge.card.paper import Paper
from firmware_bridge.contract.check.card import Card, Weight

LEADING = 1.22
PT_MM = 25.4 / 72
GAP_MM = 1.0
SIGN_GAP_MM = 1.2

Measure = Callable[[str, float, bool], float]
"""Width in millimetres of a text in a size (points), bold or not."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `y_mm` is its base line, from the top of the page."""

    page: int
    x_mm: float
    y_mm: float
    size_pt: float
    bold: bool
    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """The sign of a sentence in a square box."""

    page: int
    x_mm: float
    y_mm: float
    side_mm: float
    weight: Weight


@dataclass(frozen=True, slots=True)
class Code:
    """Where the QR code stands."""

    page: int
    x_mm: float
    y_mm: float
    side_mm: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that is drawn.

    Attributes:
        pages: how many.
        height_mm: of each page.
        texts: lines of text.
        signs: of the sentences.
        qr: where the QR code stands.
    """

    pages: int
    height_mm: float
    texts: tuple[Text, ...]
    signs: tuple[Sign, ...]
    qr: Code


def wrapped(text: str, width_mm: float, size_pt: float, bold: bool, measure: Measure) -> list[str]:  # noqa: FBT001 - as in Measure
    """A text in lines that fit; a word that is wider than a line is cut."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer, size_pt, bold) <= width_mm:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while measure(line, size_pt, bold) > width_mm and len(line) > 1:
            cut = next(
                k
                for k in range(len(line) - 1, 0, -1)
                if k == 1 or _fits(line[:k], width_mm, size_pt, bold, measure)
            )
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line else lines


def _fits(text: str, width_mm: float, size_pt: float, bold: bool, measure: Measure) -> bool:  # noqa: FBT001 - as in Measure
    return measure(text, size_pt, bold) <= width_mm


class _Flow:
    """Pen that moves down a card."""

    def __init__(self, paper: Paper, measure: Measure) -> None:
        self._paper, self._measure = paper, measure
        self.page, self.y_mm = 0, paper.margin_mm
        self.texts: list[Text] = []
        self.signs: list[Sign] = []

    def width_mm(self, text: str, size_pt: float, bold: bool) -> float:  # noqa: FBT001 - as in Measure
        """How wide a text is, and a little more."""
        return 1.02 * self._measure(text, size_pt, bold)

    def paragraph(
        self, text: str, size_pt: float, *, bold: bool, x_mm: float, width_mm: float
    ) -> None:
        """Lines of one text from here down."""
        for line in wrapped(text, width_mm, size_pt, bold, self._measure):
            self.y_mm += size_pt * PT_MM * LEADING
            at_mm = self.y_mm - size_pt * PT_MM * 0.25
            self.texts.append(Text(self.page, x_mm, at_mm, size_pt, bold, line))

    def sentence(self, text: str, weight: Weight) -> None:
        """One sentence with its sign; on a new page where it does not fit on this one."""
        paper = self._paper
        size_pt, bold = paper.size_pt(weight), weight in {"warning", "found"}
        side_mm = size_pt * PT_MM
        x_mm = paper.margin_mm + (0 if weight == "small" else side_mm + SIGN_GAP_MM)
        width_mm = paper.width_mm - paper.margin_mm - x_mm
        lines = wrapped(text, width_mm, size_pt, bold, self._measure)
        self._make_room(len(lines) * size_pt * PT_MM * LEADING)
        if weight != "small":
            top_mm = self.y_mm + size_pt * PT_MM * 0.18
            self.signs.append(Sign(self.page, paper.margin_mm, top_mm, side_mm, weight))
        self.paragraph(text, size_pt, bold=bold, x_mm=x_mm, width_mm=width_mm)
        self.y_mm += GAP_MM

    def _make_room(self, height_mm: float) -> None:
        limit = self._paper.height_mm
        if limit is not None and self.y_mm + height_mm > limit - self._paper.margin_mm:
            self.page += 1
            self.y_mm = self._paper.margin_mm


SMALLER = (1.0, 0.94, 0.88, 0.82)
"""A sheet's text is made so much smaller before it goes on to a second page."""


def laid_out(card: Card, paper: Paper, measure: Measure) -> Layout:
    """Where everything of a card stands on a paper."""
    for scale in SMALLER[:-1]:
        found = _laid_out(card, paper.scaled(scale), measure)
        if found.pages == 1:
            return found
    return _laid_out(card, paper.scaled(SMALLER[-1]), measure)


def _laid_out(card: Card, paper: Paper, measure: Measure) -> Layout:
    flow = _Flow(paper, measure)
    qr = _head(card, paper, flow)
    for line in card.lines:
        flow.sentence(line.text, line.weight)
    flow.sentence(card.look_up, "small")
    height = paper.height_mm or flow.y_mm + paper.margin_mm
    return Layout(flow.page + 1, height, tuple(flow.texts), tuple(flow.signs), qr)


def _head(card: Card, paper: Paper, flow: _Flow) -> Code:
    """Title, code and day at the left, QR code at the right."""
    top_mm = paper.margin_mm
    qr = Code(0, paper.width_mm - paper.margin_mm - paper.qr_mm, top_mm, paper.qr_mm)
    width_mm = qr.x_mm - paper.margin_mm - GAP_MM
    for text, wanted_pt, bold in _head_texts(card, paper):
        size_pt = wanted_pt
        if text == card.code:  # never broken
            size_pt = min(wanted_pt, wanted_pt * width_mm / flow.width_mm(text, wanted_pt, bold))
        flow.paragraph(text, size_pt, bold=bold, x_mm=paper.margin_mm, width_mm=width_mm)
    flow.y_mm = max(flow.y_mm, top_mm + paper.qr_mm) + 2 * GAP_MM
    return qr


def _head_texts(card: Card, paper: Paper) -> Iterator[tuple[str, float, bool]]:
    yield card.title, paper.title_pt, True
    yield card.code_label, paper.small_pt, False
    yield card.code, paper.code_pt, True
    yield card.day, paper.text_pt, False
    if card.version:
        yield card.version, paper.text_pt, True
