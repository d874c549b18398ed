"""What a match answers: frozen values, with nothing in them that claims too much.

No verdict says that something is not there. "not_detected" always comes with the share below
which this very spectrum could not have shown it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["detected", "not_detected", "inconclusive"]
Level: TypeAlias = Literal["substance", "family"]
JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"


@dataclass(frozen=True, slots=True)
class TargetVerdict:
    """What the spectrum says about one entry of the watch list.

    Shares are shares of the spectrum's explained signal (each reference scaled to the same
    strength), not of mass: they say nothing about potency.

    Attributes:
        target: the substance or the family.
        level: which of the two it is.
        verdict: "detected", "not_detected" (above `limit`, and nothing more), "inconclusive".
        p_value: how often a sample without the target scores at least as high; None when the
            library is not calibrated or has no reference of it.
        share: estimated share of the signal, 0 to 1; None unless detected.
        share_interval: holds the true share in 95 of 100 calibration samples; knows nothing of how
            the rest of the bag differs; None as `share`.
        limit: share of the signal above which it would have shown, in 95 of 100 samples.
        reason: why, in plain words, when the verdict is inconclusive, or what limits it.
        family: the family tested with, for a substance.
        score: the evidence, in standard deviations of the weighted residual.
    """

    target: str
    level: Level
    verdict: Verdict
    p_value: float | None = None
    share: float | None = None
    share_interval: tuple[float, float] | None = None
    limit: float | None = None
    reason: str = ""
    family: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """One reference that the spectrum needs to be explained.

    Attributes:
        substance: its name; for a family whose members can't be told apart, the family's.
        share: share of the explained signal, 0 to 1 (not of mass, no potency).
        interval: about 95 %, of the fit alone.
        family: its class.
        score: how much is lost without it, in standard deviations of the weighted residual.
        alike: other substances of the library that would explain it as well.
    """

    substance: str
    share: float
    interval: tuple[float, float]
    family: str
    score: float
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a classic library search.

    Attributes:
        substance: what the reference is of.
        score: cosine of the first derivatives, -1 to 1 (square it for the usual "HQI").
        margin: how far the best hit of another substance lies below (negative: above).
        family: its class.
        form: salt or base, when known.
        instrument: what the reference was measured with, when known.
        reference: index of the reference in the library.
    """

    substance: str
    score: float
    margin: float
    family: str
    form: str | None
    instrument: str | None
    reference: int


@dataclass(frozen=True, slots=True)
class QualityReason:
    """One check of the spectrum before any match.

    Attributes:
        name: short name of the check.
        value: the number found.
        limit: the number it was held against.
        blocks: True where no verdict can be given because of it.
        text: what it means and what to do, for a technician; "" when there is nothing to do.
    """

    name: str
    value: float
    limit: float
    blocks: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Identification:
    """All that one spectrum says, by one library.

    Attributes:
        targets: one verdict per watch-list entry; a family stands before its members.
        components: what explains the spectrum, largest share first.
        unexplained: fraction of the signal (squared first derivative) that nothing explains.
        hits: classic library search, best first.
        quality: each check with its number.
        library_version: content hash of the library.
        library_grade: "demonstration" or "reference".
        recipe: the preprocessing as data, with its hash under "hash".
        axis: the library's grid, for display; empty when nothing could be drawn.
        measured: the sample on it (additive ordinate, aligned with the library).
        fit: the sum of the components on it, with a straight baseline.
        residual: measured minus fit.
        shift: how far the sample lay to the right of the library, in the axis's unit.
        calibration: where the p-values come from ("synthetic blanks", "own blanks", "none").
    """

    targets: tuple[TargetVerdict, ...]
    components: tuple[Component, ...]
    unexplained: float | None
    hits: tuple[Hit, ...]
    quality: tuple[QualityReason, ...]
    library_version: str
    library_grade: str
    recipe: Mapping[str, str | int | float]
    axis: tuple[float, ...] = field(default=(), repr=False)
    measured: tuple[float, ...] = field(default=(), repr=False)
    fit: tuple[float, ...] = field(default=(), repr=False)
    residual: tuple[float, ...] = field(default=(), repr=False)
    shift: float = 0.0
    calibration: str = "none"

    @property
    def releasable(self) -> bool:
        """False where the library's grade forbids to hand this result to anybody."""
        return self.library_grade == "reference"

    @property
    def release_reason(self) -> str:
        """Why the result may not be released; "" when it may."""
        if self.releasable:
            return ""
        return "demonstration library: rebuilt from band tables, for trying out only"

    @property
    def detected(self) -> tuple[TargetVerdict, ...]:
        """The verdicts that found something on the watch list."""
        return tuple(t for t in self.targets if t.verdict == "detected")

    @property
    def blocked(self) -> tuple[QualityReason, ...]:
        """The quality reasons for which no verdict could be given."""
        return tuple(q for q in self.quality if q.blocks)

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as plain values that `json.dumps` takes."""
        plain = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}
        return plain | {"releasable": self.releasable, "release_reason": self.release_reason}


def _plain(value: object) -> JsonValue:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    names: Mapping[str, object] = getattr(value, "__dataclass_fields__", {})
    return {name: _plain(getattr(value, name)) for name in names}
