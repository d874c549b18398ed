"""One sentence of a language, as a template."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """A thing that can be said.

    Attributes:
        plain: what everybody must know; "" where only the full version says it.
        more: what the full version adds.
    """

    plain: str
    more: str = ""
