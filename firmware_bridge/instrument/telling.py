"""What the hub is told of an instrument, from what the bridge keeps of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from firmware_bridge.contract.instrument import (
    InstrumentTold,
    PerformanceFigure,
    PerformanceTold,
)
from firmware_bridge.instrument.performance import (
    FixedLimits,
    PerformanceCheck,
    Quantity,
    chart,
)
from firmware_bridge.instrument.state import QUANTITIES, Log, Rules, failed, may_set_aside

EVERY_S = 3600.0
"""How each instrument stands is told so often, besides on every change."""


@dataclass(slots=True)
class Occasion:
    """When all instruments are to be told anew.

    At the start, once an hour, and when the clock begins or ceases to be believed: what was told by
    a clock that was not set makes a check look as if it were dated in the future.
    """

    _due_s: float | None = None
    _sane: bool = False

    def is_now(self, now_s: float, *, sane: bool) -> bool:
        """Whether it is time; if so, the next hour begins.

        Args:
            now_s: monotonic time, seconds.
            sane: whether the wall clock can be believed.
        """
        if self._due_s is not None and now_s < self._due_s and sane == self._sane:
            return False
        self._due_s, self._sane = now_s + EVERY_S, sane
        return True


def performance_told(
    history: Sequence[PerformanceCheck], serial: str, limits: FixedLimits
) -> PerformanceTold:
    """The newest check of a history, as it looked when it was done.

    Args:
        history: all checks of one instrument up to this one, oldest first; at least one.
        serial: of the instrument.
        limits: what no instrument may pass.
    """
    newest = history[-1]
    figures = tuple(_figure(history, quantity, limits) for quantity in QUANTITIES)
    return PerformanceTold(
        at_ms=newest.at_ms,
        serial=serial,
        standard=newest.standard,
        passed=not any(figure.signals for figure in figures),
        figures=figures,
    )


def _figure(
    history: Sequence[PerformanceCheck], quantity: Quantity, limits: FixedLimits
) -> PerformanceFigure:
    made = chart(history, quantity, limits)
    least, most = _fixed(quantity, limits)
    return PerformanceFigure(
        quantity=quantity,
        value=history[-1].value(quantity),
        least=least,
        most=most,
        usual=made.middle,
        usual_low=made.low,
        usual_high=made.high,
        signals=made.signals,
        override=may_set_aside(made.signals) if made.signals else "",
    )


def _fixed(quantity: Quantity, limits: FixedLimits) -> tuple[float | None, float | None]:
    return {
        "peak-offset": (-limits.peak_offset_cm1, limits.peak_offset_cm1),
        "energy": (limits.least_energy, None),
        "noise": (None, limits.most_noise),
        "line": (None, limits.most_line),
    }[quantity]


def instrument_told(log: Log, serial: str, rules: Rules) -> InstrumentTold:
    """How an instrument stands, without a word on what is overdue."""
    return InstrumentTold(
        serial=serial,
        performance_every_h=rules.performance_every_h,
        checked_ms=log.checks[-1].at_ms if log.checks else None,
        failed=tuple(block.name for block in failed(log.checks, rules.limits)),
        moved_ms=log.moved_ms,
        on_since_ms=log.on_since_ms,
        warm_up_s=rules.warm_up_s,
        background_ms=log.background_ms if log.needs_background else None,
        background_max_s=rules.background_max_s if log.needs_background else None,
        dark_ms=log.dark_ms if log.needs_dark else None,
        dark_max_s=rules.dark_max_s if log.needs_dark else None,
        strong_ms=log.last_strong_ms,
        blank_ms=log.blank_ms,
        blank_share=log.blank_share,
        carry_over_share=rules.carry_over_share,
    )
