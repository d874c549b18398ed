"""What the gate says, and the words for it."""

from dataclasses import dataclass
from typing import Literal

Refusal = Literal[
    "unknown-code",
    "mistyped",
    "used-up",
    "quota",
    "closed",
    "expired",
    "too-many-tries",
    "paused",
    "busy",
    "no-policy",
]
"""Why not. The first eight are counted; "busy": somebody else is being served; "no-policy": the hub
has said nothing of this machine."""

WORDS: dict[Refusal, str] = {
    "unknown-code": "this code is not known here",
    "mistyped": "one character is wrong; type the code again",
    "used-up": "this code was used as often as it may be",
    "quota": "no more can be taken for now; it works again later",
    "closed": "outside the hours of this machine",
    "expired": "this code is not valid now",
    "too-many-tries": "too many wrong codes; it works again within three minutes",
    "paused": "this machine is paused by its programme",
    "busy": "somebody else is being served; try again in a moment",
    "no-policy": "this machine takes no codes",
}
"""What to tell the person who stands there."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether somebody may take items, how many, or why not. Never for which code.

    Attributes:
        items: how many, 0 where refused.
        refusal: why not.
        resumed: whether it goes on with a session that was open already.
    """

    items: int
    refusal: Refusal | None = None
    resumed: bool = False

    @property
    def granted(self) -> bool:
        """Whether anything may be taken."""
        return self.refusal is None
