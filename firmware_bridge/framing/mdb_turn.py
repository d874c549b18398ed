"""The values of a cashless device's dialogue: its rules, what it learns, what it wants sent."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Outcome = Literal["success", "failed", "assumed"]


@dataclass(frozen=True, slots=True)
class Rules:
    """How sessions go.

    Attributes:
        funds: what a session offers, as the adapter wants it; nothing dearer is approved.
        code_first: sessions are opened on the bus; else they are only known here, for a machine
            that is always idle.
        selection_first: requests outside a session are asked onward; else they are denied.
        answer_s: so long an answer to such a request is in time.
        choose_s: so long a session stays open after it began, and after each item.
        result_s: what was approved so long ago has had its result, heard or not.
        deny: the line that denies a request.
    """

    funds: Decimal
    code_first: bool
    selection_first: bool
    answer_s: float
    choose_s: float
    result_s: float
    deny: str = "C,STOP"


@dataclass(frozen=True, slots=True)
class Ended:
    """What was approved has ended. `why` is a word of `MachineEvent.name` for one that failed."""

    item: int | None
    amount: Decimal
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request outside a session waits for "approve" or "deny"."""

    item: int | None
    amount: Decimal
    wait_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """Something else happened; `what` is a short word, `text` a sentence."""

    what: str
    text: str = ""
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be sent, what was learned, and whether the adapter must be set up anew."""

    send: tuple[str, ...] = ()
    seen: tuple[Ended | Asked | Told, ...] = ()
    stuck: str = ""

    def __add__(self, other: "Turn") -> "Turn":
        return Turn(self.send + other.send, self.seen + other.seen, self.stuck or other.stuck)
