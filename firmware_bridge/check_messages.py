"""What a check says in the words of the contract: pure translation, nothing judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from firmware_bridge.contract.messages import (
    ComponentFinding,
    Findings,
    HitFinding,
    PeakEvidence,
    PeakFinding,
    QualityFinding,
    SpectrumTaken,
    TargetFinding,
)
from firmware_bridge.text import told

if TYPE_CHECKING:
    from analysis import Component, Identification, QualityReason, Spectrum, TargetVerdict
    from analysis.explain import SubstanceEvidence

Technique: TypeAlias = Literal["ir", "raman", "nir", "uv-vis"]

MAX_CURVE_POINTS = 4_000
DIGITS = 6
"""Significant digits of a curve in a message; no instrument of this kind has more."""


@dataclass(frozen=True, slots=True)
class TakenFacts:
    """How a spectrum was taken, as far as it is known."""

    instrument: str
    integration_time_us: int | None = None
    scans: int | None = None
    background_age_s: int | None = None
    source: str = ""


def spectrum_message(
    check: str, spectrum: "Spectrum", technique: Technique, taken: TakenFacts
) -> SpectrumTaken:
    """The message for a spectrum; longer ones than `MAX_CURVE_POINTS` are thinned for it."""
    step = -(-len(spectrum) // MAX_CURVE_POINTS)
    return SpectrumTaken(
        check=check,
        technique=technique,
        quantity="absorbance" if spectrum.kind == "ir-absorbance" else "counts",
        axis_unit=spectrum.axis_unit,
        axis=_curve(spectrum.axis.tolist()[::step]),
        values=_curve(spectrum.values.tolist()[::step]),
        instrument=told(taken.instrument, 80),
        integration_time_us=taken.integration_time_us,
        scans=taken.scans,
        background_age_s=taken.background_age_s,
        source=told(taken.source, 200),
    )


def findings_message(
    check: str,
    found: "Identification",
    library_name: str,
    axis_unit: str,
    blocks: tuple[str, ...],
    evidence: "Sequence[SubstanceEvidence]" = (),
) -> Findings:
    """The message for what the matcher says.

    Args:
        check: id of the check.
        found: what it says.
        library_name: the library's name, for people.
        axis_unit: unit of the axis that was compared on.
        blocks: reasons of the measurement itself for which the result may not be released.
        evidence: peak by peak, for each name.
    """
    blocked_by = list(blocks)
    if not found.releasable:
        blocked_by.append(found.release_reason)
    blocked_by += [reason.text or reason.name for reason in found.blocked]
    return Findings(
        check=check,
        targets=tuple(map(_target, found.targets)),
        components=tuple(map(_component, found.components)),
        unexplained=found.unexplained,
        hits=tuple(
            HitFinding(substance=told(hit.substance, 120), score=hit.score) for hit in found.hits
        ),
        quality=tuple(map(_quality, found.quality)),
        library_name=told(library_name, 120),
        library_version=found.library_version,
        library_grade="reference" if found.library_grade == "reference" else "demonstration",
        releasable=not blocked_by,
        blocked_by=tuple(told(reason, 400) for reason in blocked_by),
        recipe=str(found.recipe.get("hash", "")),
        axis_unit=axis_unit,
        axis=_curve(found.axis),
        measured=_curve(found.measured),
        fit=_curve(found.fit),
        residual=_curve(found.residual),
        evidence=tuple(map(_evidence, evidence)),
    )


def _evidence(named: "SubstanceEvidence") -> PeakEvidence:
    return PeakEvidence(
        substance=told(named.substance, 120),
        peaks=tuple(
            PeakFinding(
                position=float(f"{peak.position:.{DIGITS}g}"),
                height=float(f"{peak.height:.3g}"),
                seen=peak.seen,
                explained_by=told(peak.explained_by, 120),
            )
            for peak in named.peaks
        ),
    )


def _target(verdict: "TargetVerdict") -> TargetFinding:
    low, high = verdict.share_interval or (None, None)
    return TargetFinding(
        target=told(verdict.target, 120),
        level=verdict.level,
        verdict=verdict.verdict,
        p_value=verdict.p_value,
        share=verdict.share,
        share_low=low,
        share_high=high,
        limit=verdict.limit,
        reason=told(verdict.reason, 600),
    )


def _component(component: "Component") -> ComponentFinding:
    low, high = component.interval
    return ComponentFinding(
        substance=told(component.substance, 120),
        share=component.share,
        share_low=low,
        share_high=high,
    )


def _quality(reason: "QualityReason") -> QualityFinding:
    return QualityFinding(
        name=reason.name,
        value=reason.value,
        limit=reason.limit,
        ok=not reason.blocks,
        detail=told(reason.text, 400),
    )


def _curve(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(f"{value:.{DIGITS}g}") for value in values)
