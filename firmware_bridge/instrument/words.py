"""What a technician reads of an instrument: figures beside their limits. Pure."""

from collections.abc import Sequence

from firmware_bridge.instrument.performance import (
    ControlChart,
    FixedLimits,
    PerformanceCheck,
    Quantity,
    chart,
)
from firmware_bridge.instrument.state import QUANTITIES

NAMES: dict[Quantity, str] = {
    "peak-offset": "worst band off by",
    "energy": "light, of full scale",
    "noise": "noise",
    "line": "100 % line off by",
}


def charts(
    checks: Sequence[PerformanceCheck], limits: FixedLimits
) -> tuple[tuple[Quantity, ControlChart], ...]:
    """All charts of one instrument."""
    return tuple((each, chart(checks, each, limits)) for each in QUANTITIES)


def has_passed(checks: Sequence[PerformanceCheck], limits: FixedLimits) -> bool:
    """Whether nothing speaks against the newest check."""
    return not any(made.signals for _, made in charts(checks, limits))


def check_words(checks: Sequence[PerformanceCheck], limits: FixedLimits) -> tuple[str, ...]:
    """The newest check: passed or failed, then each figure with its limit."""
    newest = checks[-1]
    word = "passed" if has_passed(checks, limits) else "FAILED"
    lines = [f"performance check with {newest.standard}: {word}"]
    for quantity, made in charts(checks, limits):
        value = newest.value(quantity)
        if value is None:
            lines.append(f"{NAMES[quantity]}: not measured")
            continue
        said = f"{NAMES[quantity]}: {figure(quantity, value)} ({limit_words(quantity, limits)})"
        lines.append(f"{said}: {', '.join(made.signals)}" if made.signals else said)
    return tuple(lines)


def figure(quantity: Quantity, value: float) -> str:
    """One figure with its unit."""
    if quantity == "peak-offset":
        return f"{value:+.2f} cm-1"
    return f"{100 * value:.3g} %"


def limit_words(quantity: Quantity, limits: FixedLimits) -> str:
    """What no instrument may pass."""
    return {
        "peak-offset": f"at most {limits.peak_offset_cm1:g} cm-1 either way",
        "energy": f"at least {100 * limits.least_energy:g} %",
        "noise": f"at most {100 * limits.most_noise:g} %",
        "line": f"at most {100 * limits.most_line:g} %",
    }[quantity]


def blank_words(share: float, most: float) -> tuple[str, ...]:
    """What a blank shows of the strong sample before it."""
    said = f"the blank shows {100 * share:.2g} % of the last strong sample (at most {100 * most:g})"
    return (said,) if share <= most else (said, "clean again, and measure another blank")
