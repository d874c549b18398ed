"""One check of a program's condition, as `doctor` and the health endpoints show it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it stands, and what to do.

    Attributes:
        name: what was looked at, a few words.
        state: "ok", "warn" (works, but somebody should know) or "fail".
        detail: what was found.
        advice: what to do about it; "" when ok.
    """

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    advice: str = ""
