"""The curves of findings as plain values for JSON: what a chart of a spectrum draws. Pure."""

from collections.abc import Sequence
from typing import Any

from firmware_bridge.contract.messages import Findings

Series = dict[str, Any]


def findings_curves(findings: Findings | None, technique: str) -> Series | None:
    """Measured spectrum, fit and what is left over; None where findings have no curves.

    Args:
        findings: with curves, or without.
        technique: "ir" is drawn from high to low wavenumbers, as everybody reads it.
    """
    if findings is None or not _same_length(findings):
        return None
    return {
        "x": rising(findings.axis, findings.axis),
        "unit": findings.axis_unit,
        "lines": [
            {"label": "measured", "values": rising(findings.axis, findings.measured)},
            {"label": "fit", "values": rising(findings.axis, findings.fit)},
        ],
        "residual": rising(findings.axis, findings.residual),
        "reversed": technique == "ir",
        "technique": technique,
    }


def no_curves(technique: str) -> Series:
    """A chart of nothing."""
    blank: Series = {"x": [], "unit": "", "lines": [], "residual": []}
    return blank | {"reversed": technique == "ir", "technique": technique}


def rising(axis: Sequence[float], values: Sequence[float]) -> list[float]:
    """The values in the order of a rising axis (uPlot draws no other)."""
    ordered = values if axis[0] <= axis[-1] else values[::-1]
    return [float(f"{value:.6g}") for value in ordered]


def _same_length(findings: Findings) -> bool:
    curves = (findings.measured, findings.fit, findings.residual)
    return bool(findings.axis) and all(len(curve) == len(findings.axis) for curve in curves)
