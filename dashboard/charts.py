"""What charts draw, as plain values for JSON. Pure. Times are seconds, as uPlot wants them."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import instrument_words
from dashboard.curves import findings_curves, no_curves, rising
from firmware_bridge.contract.messages import SpectrumTaken
from hub.store.views.checks import CheckView
from hub.store.views.instruments import PerformanceView
from hub.store.views.machine import TemperaturePoint
from hub.store.views.slots import SlotView, StockPoint

Series = dict[str, Any]


def temperature_chart(
    probes: Mapping[str, Sequence[TemperaturePoint]], low_c: float, high_c: float
) -> Series:
    """One line for each probe over the times of all of them; null where it has no reading."""
    times = sorted({point.at_ms for points in probes.values() for point in points})
    lines = []
    for probe, points in sorted(probes.items()):
        at = {point.at_ms: round(point.temperature_c, 2) for point in points}
        lines.append({"label": probe or "inside", "values": [at.get(time) for time in times]})
    return {"x": [time / 1000 for time in times], "lines": lines, "low": low_c, "high": high_c}


def stock_chart(slot: SlotView, points: Sequence[StockPoint]) -> Series:
    """A slot's level as steps, up to the time for which the level is known."""
    drawn = list(points)
    end_ms = slot.figure.as_of_ms
    if drawn and end_ms is not None and end_ms > drawn[-1].at_ms:
        drawn.append(StockPoint(end_ms, slot.figure.level))
    return {
        "x": [point.at_ms / 1000 for point in drawn],
        "lines": [{"label": "left", "values": [point.level for point in drawn]}],
        "par": slot.figure.par,
        "capacity": slot.figure.capacity,
        "minimum": slot.low_mark,
    }


def quantities(checks: Sequence[PerformanceView]) -> list[str]:
    """The figures that any of these checks has a value for, in the order of the page."""
    measured = {one.quantity for check in checks for one in check.told.figures if _has(one.value)}
    known = [name for name in instrument_words.QUANTITIES if name in measured]
    return [*known, *sorted(measured - set(known))]


def _has(value: float | None) -> bool:
    return value is not None


def control_chart(checks: Sequence[PerformanceView], quantity: str) -> Series:
    """One figure of an instrument's checks over time, with the limits of the newest of them."""
    drawn = [
        (check, one)
        for check in checks
        for one in check.told.figures
        if one.quantity == quantity and one.value is not None
    ]
    newest = drawn[-1][1] if drawn else None
    named = ("usual", "usual_low", "usual_high", "least", "most")
    levels = {name: _shown(quantity, getattr(newest, name, None)) for name in named}
    return {
        "x": [check.at_ms / 1000 for check, _ in drawn],
        "lines": [{"label": "check", "values": [_shown(quantity, one.value) for _, one in drawn]}],
        "failed": [bool(one.signals) for _, one in drawn],
        "unit": instrument_words.unit(quantity),
        **levels,
    }


def _shown(quantity: str, value: float | None) -> float | None:
    return None if value is None else float(f"{instrument_words.shown(quantity, value):.4g}")


def spectrum_chart(view: CheckView) -> Series:
    """The spectrum with its fit and residual; the bare spectrum while no findings are there."""
    technique = view.spectrum.technique if view.spectrum else ""
    return findings_curves(view.findings, technique) or _bare(view.spectrum, technique)


def _bare(spectrum: SpectrumTaken | None, technique: str) -> Series:
    blank = no_curves(technique)
    if spectrum is None or not spectrum.axis or len(spectrum.axis) != len(spectrum.values):
        return blank
    values = rising(spectrum.axis, spectrum.values)
    return blank | {
        "x": rising(spectrum.axis, spectrum.axis),
        "unit": spectrum.axis_unit,
        "lines": [{"label": "measured", "values": values}],
    }
