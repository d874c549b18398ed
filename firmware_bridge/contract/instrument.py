"""What a bridge tells of an instrument: its performance checks, and how it is looked after.

A performance check is a fact: it is told once, with its figures, the limits they were held against
and what came of it, and never changes. How an instrument stands is told anew on every change, when
the bridge starts or its clock is set, and once an hour. Only times and limits travel, never
"overdue": what is overdue grows so by itself, also while nobody can hear the bridge.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = ["InstrumentTold", "PerformanceFigure", "PerformanceTold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceFigure:
    """One figure of a performance check with its limits, all in the unit of the figure.

    Attributes:
        quantity: "peak-offset" (cm-1), "energy" (part of full scale), "noise" or "line" (both as
            parts of the signal).
        value: what was measured; None where it could not be.
        least: no instrument may be below this; None for no such limit.
        most: no instrument may be above this; None for no such limit.
        usual: the middle of this instrument's own past; None while it has too little of it.
        usual_low: lower limit by its own past.
        usual_high: upper limit by its own past.
        signals: what speaks against it: "fixed-limit", "outside-three-sigma", "run-of-eight".
        override: the least role that may set this aside; "" where nothing speaks against it.
    """

    quantity: str
    value: float | None
    least: float | None
    most: float | None
    usual: float | None
    usual_low: float | None
    usual_high: float | None
    signals: tuple[str, ...]
    override: Literal["", "technician", "coordinator", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceTold:
    """A performance check of an instrument: its figures, their limits, and whether it passed.

    Attributes:
        at_ms: when it was done, by the bridge's clock (ms since 1970 UTC). With `serial` it names
            the check: the same one told again is the same one.
        serial: which instrument; "" where it does not say.
        standard: what lay on it: "polystyrene" or "silicon".
        passed: whether nothing speaks against it.
        figures: each figure with its limits.
    """

    KIND: ClassVar[str] = "performance"

    at_ms: int
    serial: str
    standard: str
    passed: bool
    figures: tuple[PerformanceFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentTold:
    """How an instrument is looked after: what was done last, and how often it must be done.

    Sent on every change, when the bridge starts and once an hour. Times are by the bridge's clock,
    ms since 1970 UTC; None for never, or not known.

    Attributes:
        serial: which instrument is there now; "" where it does not say.
        performance_every_h: hours from one performance check to the next.
        checked_ms: its last performance check (`PerformanceTold.at_ms`); None where it has none.
        failed: reasons for which that check stands in the way of release, such as
            "performance-noise"; empty where it passed or there is none.
        moved_ms: when somebody said that it was moved.
        on_since_ms: when it was switched on or first heard.
        warm_up_s: seconds from then to its first sample.
        background_ms: when the last background was taken.
        background_max_s: a background may be so old at a sample; None where the bridge can't see
            backgrounds or the instrument takes none.
        dark_ms: when the last dark was taken.
        dark_max_s: a dark may be so old at a sample; None as above.
        strong_ms: when the last strong sample was measured.
        blank_ms: when a blank was last measured.
        blank_share: how much of the strong sample that blank showed, 0 to 1.
        carry_over_share: at most so much of it may show.
    """

    KIND: ClassVar[str] = "instrument"

    serial: str
    performance_every_h: float
    checked_ms: int | None
    failed: tuple[str, ...]
    moved_ms: int | None
    on_since_ms: int | None
    warm_up_s: float
    background_ms: int | None
    background_max_s: float | None
    dark_ms: int | None
    dark_max_s: float | None
    strong_ms: int | None
    blank_ms: int | None
    blank_share: float | None
    carry_over_share: float
