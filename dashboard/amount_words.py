"""What the page of a spectrum says of calibrated amounts, and of how its counts were mended.

An amount here is one calibration's word on one spectrum. Which of them may stand on a card is
judged elsewhere (`firmware_bridge.contract.check.amounts`); the page says so.
"""

from dataclasses import dataclass

from dashboard.words import percent
from firmware_bridge.contract.check.amounts import is_named, why_not_at_all
from firmware_bridge.contract.messages import AmountFinding, Findings, SpectrumTaken

TITLE = "Amounts by this instrument's own calibration"
NOTE = (
    "By weight, of the part that was measured, with a 95 % interval that holds sampling error. "
    "On a card an amount stands only where spectrum, strip, technician and laboratory agree."
)
NOT_NAMED = "The spectrum does not name it: a technician must confirm it before a card says it."
_CORRECTIONS = {
    "dark": "Dark",
    "nonlinearity": "Non-linearity of the detector",
    "stray_light": "Stray light",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One calibration's word on one spectrum.

    Attributes:
        substance: of what.
        amount: with its interval, or that there is none.
        reason: why there is none, or what must be known of it; "" for nothing.
        by: which calibration.
        span: what it was calibrated for.
        has_amount: whether there is one.
    """

    substance: str
    amount: str
    reason: str
    by: str
    span: str
    has_amount: bool


def rows(findings: Findings) -> tuple[Row, ...]:
    """What each calibration says, in the order of the bridge's configuration."""
    blocked = why_not_at_all(findings)
    return tuple(_row(each, findings, blocked) for each in findings.amounts)


def corrections(taken: SpectrumTaken) -> tuple[tuple[str, str], ...]:
    """What could be mended in the counts, and whether it was; by name, in the order of doing."""
    return tuple((_CORRECTIONS.get(each.name, each.name), each.done) for each in taken.corrections)


def _row(found: AmountFinding, findings: Findings, blocked: str) -> Row:
    figures = (found.percent, found.low_percent, found.high_percent)
    amount, reason, has_amount = "none said", found.reason, False
    if blocked:
        reason = found.reason or blocked
    elif not found.refused and all(figure is not None for figure in figures):
        about, low, high = (percent((figure or 0.0) / 100) for figure in figures)
        amount, has_amount = f"about {about} ({low} to {high})", True
        reason = "" if is_named(findings, found.substance) else NOT_NAMED
    hashed = f" {found.calibration_hash[:8]}" if found.calibration_hash else ""
    return Row(
        substance=found.substance or "not known",
        amount=amount,
        reason=_sentence(reason),
        by=f"{found.calibration}{hashed}",
        span=_span(found),
        has_amount=has_amount,
    )


def _span(found: AmountFinding) -> str:
    if found.from_percent is None or found.to_percent is None:
        return "not known"
    return f"{percent(found.from_percent / 100)} to {percent(found.to_percent / 100)}"


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:].rstrip(".") + "." if reason else ""
