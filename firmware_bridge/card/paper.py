"""Papers that a card is printed on, and how large things are on each; lengths in millimetres."""

from dataclasses import dataclass, replace

from firmware_bridge.card.errors import CardError


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One kind of paper.

    Attributes:
        name: as it is asked for.
        width_mm: of the sheet, or what a printer of this roll can print (384 or 576 dots).
        height_mm: of the sheet; None for a roll, which is cut where the text ends.
        margin_mm: left free on every side.
        dots_per_mm: of the printers that use it; for pictures.
        title_pt: size of the title.
        code_pt: size of the code.
        found_pt: size of what was found.
        text_pt: size of the rest.
        small_pt: size of what stands on every card.
        qr_mm: side of the QR code.
    """

    name: str
    width_mm: float
    height_mm: float | None
    margin_mm: float
    dots_per_mm: float
    title_pt: float
    code_pt: float
    found_pt: float
    text_pt: float
    small_pt: float
    qr_mm: float

    def scaled(self, factor: float) -> "Paper":
        """The same paper with smaller sentences; head and code stay."""
        return replace(
            self,
            found_pt=self.found_pt * factor,
            text_pt=self.text_pt * factor,
            small_pt=self.small_pt * factor,
        )

    def size_pt(self, weight: str) -> float:
        """The size of a sentence of this weight."""
        if weight in {"warning", "found"}:
            return self.found_pt
        return self.small_pt if weight == "small" else self.text_pt


A6 = Paper(
    name="a6",
    width_mm=105,
    height_mm=148,
    margin_mm=6,
    dots_per_mm=11.811,
    title_pt=12,
    code_pt=20,
    found_pt=11,
    text_pt=8.8,
    small_pt=7.2,
    qr_mm=22,
)
ROLL_80 = Paper(
    name="80mm",
    width_mm=72,
    height_mm=None,
    margin_mm=1,
    dots_per_mm=8,
    title_pt=12,
    code_pt=18,
    found_pt=11.5,
    text_pt=9.5,
    small_pt=8,
    qr_mm=24,
)
ROLL_58 = Paper(
    name="58mm",
    width_mm=48,
    height_mm=None,
    margin_mm=1,
    dots_per_mm=8,
    title_pt=11,
    code_pt=15,
    found_pt=10.5,
    text_pt=9,
    small_pt=7.5,
    qr_mm=18,
)
PAPERS = {paper.name: paper for paper in (A6, ROLL_80, ROLL_58)}


def paper(name: str) -> Paper:
    """The paper of that name.

    Raises:
        CardError: there is none; the message names those there are.
    """
    if name not in PAPERS:
        raise CardError(f"no paper {name!r}; known are {', '.join(PAPERS)}")
    return PAPERS[name]
