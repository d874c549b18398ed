"""What the stock rules share: which slot, how full, how old, and what counts as naloxone."""

from math import ceil

from hub.rules.facts import SlotFact
from hub.rules.settings import StockSettings
from hub.rules.words import at_time, place, whose


def is_naloxone(product: str, settings: StockSettings) -> bool:
    """Whether a product text means naloxone."""
    text = product.casefold()
    return any(word.casefold() in text for word in settings.naloxone_words if word)


def low_mark(slot: SlotFact, settings: StockSettings) -> int | None:
    """At how many left a slot is low: its own minimum, else a part of par or capacity."""
    figure = slot.figure
    if figure.minimum is not None:
        return figure.minimum
    full = figure.par if figure.par is not None else figure.capacity
    return None if full is None else ceil(full * settings.low_fraction)


def subject(slot: SlotFact) -> str:
    """Such as "naloxone nasal (slot 12)"."""
    return f"{slot.product} (slot {slot.selection})" if slot.product else f"slot {slot.selection}"


def figure_words(slot: SlotFact) -> str:
    """The level with its time, its origin and its doubts."""
    figure = slot.figure
    if figure.level is None:
        known = f"{place(slot.device)}, {subject(slot)}: the level is no longer known."
    else:
        of = f" of {figure.capacity}" if figure.capacity else ""
        known = (
            f"{place(slot.device)}, {subject(slot)}: {figure.level}{of} left, "
            f"as of {at_time(figure.as_of_ms)} ({figure.confidence})."
        )
    return " ".join([known, *figure.notes]) + whose(slot.device)
