"""What pages say of instruments. Pure.

Of an instrument, never of a sample: a check "within limits" says that the instrument may be
believed, and nothing of what lies on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.ages import age_words
from dashboard.conditions import Condition
from firmware_bridge.contract.instrument import PerformanceFigure
from hub.instruments import Care, Trouble, is_gone, troubles
from hub.rules.instrument_check import what_to_do
from hub.store.views.instruments import InstrumentView

GOOD = "Within limits"

_OVERDUE = "performance-check-overdue; a coordinator may set this aside, with a reason"
_MISSING = "performance-check-missing; a coordinator may set this aside, with a reason"
_TROUBLES: dict[Trouble, tuple[str, str, str]] = {
    "missing": ("unknown", "Never checked", f"It has no performance check yet ({_MISSING})."),
    "failed": ("trouble", "Check failed", "Its last performance check was outside limits."),
    "moved": (
        "warning",
        "Moved since",
        f"It was moved after its last performance check ({_OVERDUE}).",
    ),
    "undated": (
        "warning",
        "Age not known",
        f"Its last check is dated ahead of its bridge's clock and can't be believed ({_OVERDUE}).",
    ),
    "overdue": (
        "warning",
        "Overdue",
        f"Its last performance check is older than it may be ({_OVERDUE}).",
    ),
}
"""Shape, word, and what it means, with the name under which it stands in the way of release."""

QUANTITIES = {
    "peak-offset": "Worst band off by",
    "energy": "Light, of full scale",
    "noise": "Noise",
    "line": "100 % line off by",
}
"""The figures of a performance check, for a person, in the order in which they are shown."""

_SIGNALS = {
    "fixed-limit": "outside the limit for every instrument",
    "outside-three-sigma": "outside this instrument's own past (three standard deviations)",
    "run-of-eight": "eight in a row on the worse side of its own middle",
}
_OVERRIDES = {
    "nobody": "Nobody may set this aside.",
    "coordinator": "A coordinator may set this aside, with a reason.",
    "technician": "A technician may set this aside, with a reason.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How an instrument stands.

    Attributes:
        mark: its shape: "live", "warning", "trouble", "unknown" or "stale".
        word: one to three words.
        sentences: what else to know, the most pressing first.
        is_wanting: whether somebody must see to it.
        advice: what to do; "" if nothing.
    """

    mark: str
    word: str
    sentences: tuple[str, ...]
    is_wanting: bool
    advice: str = ""


def standing(view: InstrumentView, condition: Condition, now_ms: int) -> Standing:
    """How an instrument stands now.

    Args:
        view: what is known of it.
        condition: how its device stands; what its bridge can't know now, nobody does.
        now_ms: ms since 1970 UTC.
    """
    care = view.care
    if care is None:
        said = "Its bridge has told nothing of it: it may be of an older version."
        return Standing("unknown", "Not told", (said,), is_wanting=False)
    if is_gone(care, view.device.bridge.last_heard_ms):
        said = "Its bridge speaks, but not of this instrument any more. What you see is from then."
        return Standing("stale", "Not told any more", (said,), is_wanting=False)
    return _standing(care, view.device.device, condition, now_ms)


def _standing(care: Care, name: str, condition: Condition, now_ms: int) -> Standing:
    found = troubles(care, now_ms)
    advice = what_to_do(found[0], name) if found else ""
    sentences = tuple(_TROUBLES[trouble][2] for trouble in found)
    mark, word = _TROUBLES[found[0]][:2] if found else ("live", GOOD)
    if condition.mark != "stale":
        return Standing(mark, word, sentences, bool(found), advice)
    last = f"Its bridge can't be heard. By what it told last: {word[:1].lower()}{word[1:]}."
    return Standing("stale", "Not known now", (last, *sentences), bool(found), advice)


def due_words(care: Care, now_ms: int) -> str:
    """When the next performance check is due."""
    due_ms = care.due_ms
    if due_ms is None or care.was_moved or care.failed:
        return "now"
    if now_ms > due_ms:
        return f"{age_words((now_ms - due_ms) / 1000)} ago"
    return f"in {age_words((due_ms - now_ms) / 1000)}"


def quantity_name(quantity: str) -> str:
    """A figure's name; one that is not known is shown as it is."""
    return QUANTITIES.get(quantity, quantity)


def unit(quantity: str) -> str:
    """The unit in which a figure is shown; "" where that is not known."""
    if quantity == "peak-offset":
        return "cm⁻¹"
    return "%" if quantity in QUANTITIES else ""


def shown(quantity: str, value: float) -> float:
    """A figure in the unit in which it is shown."""
    return 100 * value if unit(quantity) == "%" else value


def figure(quantity: str, value: float | None) -> str:
    """One figure with its unit."""
    if value is None:
        return "not measured"
    number = f"{shown(quantity, value):.3g}"
    if quantity == "peak-offset":
        number = f"{round(value, 2) + 0.0:+.2f}"  # never "-0.00"
    return f"{number} {unit(quantity)}".strip()


def limits(one: PerformanceFigure) -> str:
    """The limits for every instrument."""
    least, most = one.least, one.most
    if least is not None and most is not None:
        return f"{figure(one.quantity, least)} to {figure(one.quantity, most)}"
    if least is not None:
        return f"at least {figure(one.quantity, least)}"
    return f"at most {figure(one.quantity, most)}" if most is not None else "none"


def usual(one: PerformanceFigure) -> str:
    """The limits by the instrument's own past."""
    if one.usual is None or one.usual_low is None or one.usual_high is None:
        return "not known yet: that wants ten good checks"
    low, high = figure(one.quantity, one.usual_low), figure(one.quantity, one.usual_high)
    return f"{figure(one.quantity, one.usual)} ({low} to {high})"


def why(one: PerformanceFigure) -> str:
    """What speaks against a figure and who may set it aside; "" where nothing does."""
    if not one.signals:
        return ""
    said = "; ".join(_SIGNALS.get(signal, signal) for signal in one.signals)
    return f"{said[:1].upper()}{said[1:]}. {_OVERRIDES.get(one.override, '')}".strip()


def by_name(figures: Sequence[PerformanceFigure]) -> dict[str, PerformanceFigure]:
    """The figures of one check by their names."""
    return {one.quantity: one for one in figures}


def failed(figures: Sequence[PerformanceFigure]) -> list[PerformanceFigure]:
    """The figures that something speaks against."""
    return [one for one in figures if one.signals]
