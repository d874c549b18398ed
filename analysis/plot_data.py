"""All that a picture of one result needs, as plain values: for a page as for a file."""

from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

import numpy as np

from analysis import words
from analysis.explain import State, SubstanceEvidence, explain
from analysis.findings import Identification
from analysis.library import Library
from analysis.parts import Part, named_parts
from analysis.refutation import refutations
from analysis.report import WatchLine, component_lines, quality_lines, watch_lines
from analysis.spectrum import FloatArray

Ordinate: TypeAlias = Literal["absorbance", "intensity"]
AXIS_LABELS = {
    ("infrared", "cm-1"): "Wavenumber / cm\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT ONE}",
    ("raman", "cm-1"): "Raman shift / cm\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT ONE}",
}
DIGITS = 6


@dataclass(frozen=True, slots=True)
class ComponentCurve:
    """One named substance as it stands in the sample.

    Attributes:
        substance: its name, or its family's.
        share: share of the explained signal (not of mass).
        values: its curve, lowest point at 0, in the ordinate of the sample.
    """

    substance: str
    share: float
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PeakMark:
    """One expected band, to be marked.

    Attributes:
        substance: whose band it is.
        position: in the axis's unit.
        height: as a share of the substance's highest band.
        seen: "seen", "missing" or "hidden".
    """

    substance: str
    position: float
    height: float
    seen: State


@dataclass(frozen=True, slots=True)
class PlotData:
    """One result, ready to be drawn; `as_dict` is ready for JSON.

    Attributes:
        axis: the library's grid, ascending; empty where nothing can be drawn.
        axis_unit: "cm-1" or "nm".
        axis_label: what stands at the axis.
        falling: True where the axis is drawn from high to low, as infrared is.
        ordinate: "absorbance" or "intensity".
        measured: the sample on the axis.
        fit: the sum of the components, over a straight baseline.
        residual: measured minus fit.
        components: each named substance's curve.
        peaks: each expected band.
        watch: the watch list, families first.
        explained: what explains the spectrum, as lines; that shares are no masses is among them.
        warnings: quality, and named substances that the residual speaks against.
        mark: what must stand across the picture; "" for a library of reference grade.
        library: its version.
        recipe: hash of the preprocessing.
    """

    axis: tuple[float, ...]
    axis_unit: str
    axis_label: str
    falling: bool
    ordinate: Ordinate
    measured: tuple[float, ...]
    fit: tuple[float, ...]
    residual: tuple[float, ...]
    components: tuple[ComponentCurve, ...]
    peaks: tuple[PeakMark, ...]
    watch: tuple[WatchLine, ...]
    explained: tuple[str, ...]
    warnings: tuple[str, ...]
    mark: str
    library: str
    recipe: str

    def as_dict(self) -> dict[str, object]:
        """Plain values that `json.dumps` takes."""
        return asdict(self)


def plot_data(library: Library, found: Identification) -> PlotData:
    """What to draw of one result.

    Args:
        library: the one that the result was made with.
        found: what `Matcher.identify` answered.
    """
    recipe = library.recipe
    evidence = explain(library, found)
    refuted = refutations(evidence, recipe.axis_unit)
    label = AXIS_LABELS.get((recipe.kind, recipe.axis_unit), f"Axis / {recipe.axis_unit}")
    return PlotData(
        axis=found.axis,
        axis_unit=recipe.axis_unit,
        axis_label=label,
        falling=recipe.kind == "infrared" and recipe.axis_unit == "cm-1",
        ordinate="absorbance" if recipe.kind in {"infrared", "nir"} else "intensity",
        measured=found.measured,
        fit=found.fit,
        residual=found.residual,
        components=tuple(_curve(part) for part in named_parts(library, found)),
        peaks=tuple(mark for one in evidence for mark in _marks(one)),
        watch=watch_lines(found),
        explained=tuple(component_lines(found)),
        warnings=(*quality_lines(found), *(one.text for one in refuted)),
        mark="" if found.releasable else words.DEMONSTRATION_MARK,
        library=found.library_version,
        recipe=str(found.recipe["hash"]),
    )


def _curve(part: Part) -> ComponentCurve:
    return ComponentCurve(part.substance, part.share, _kept(part.curve - part.curve.min()))


def _marks(one: SubstanceEvidence) -> tuple[PeakMark, ...]:
    return tuple(PeakMark(one.substance, p.position, p.height, p.seen) for p in one.peaks)


def _kept(values: FloatArray) -> tuple[float, ...]:
    return tuple(np.round(values, DIGITS).tolist())
