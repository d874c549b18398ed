"""The errors of drawing a card."""


class CardError(RuntimeError):
    """A card can't be drawn; says what to install or to choose."""
