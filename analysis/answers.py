"""From a batch's evidence to the answer about each spectrum, step by step, each step made once.

Verdicts come first; where nothing was found they are all that is needed. What was found takes its
share from the composition, and only the whole answer asks for look-alikes, curves and hits.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis import words
from analysis.calibration import Calibration
from analysis.composition import DEFAULT_LEAST_EVIDENCE, Composer, Composition, with_shares
from analysis.detect import Evidence
from analysis.findings import Component, Identification, QualityReason, TargetVerdict
from analysis.library import Library
from analysis.preprocess.resample import shifted
from analysis.search import nearest
from analysis.spectrum import FloatArray
from analysis.verdicts import GroupFinding, Judge, in_order, undecided
from analysis.watch import Watch

HITS = 10
FALSE_NAMES = 0.05
"""A component must have evidence that so many references of a library reach by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One spectrum on its way: its checks, its values on the grid, its features."""

    reasons: tuple[QualityReason, ...]
    values: FloatArray | None = None
    features: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the answers of one batch share.

    Attributes:
        library: that was compared with.
        watch: the watch list.
        composer: explains a spectrum by references.
        calibration: the library's, where it knows any verdict of the watch list.
        judge: turns it into verdicts; None without calibration.
    """

    library: Library
    watch: Watch
    composer: Composer
    calibration: Calibration | None
    judge: Judge | None = None

    def refused(self, reasons: tuple[QualityReason, ...]) -> Identification:
        """Of a spectrum that can't be compared at all."""
        findings = undecided(self.watch, words.blocked_by([q.text for q in reasons if q.blocks]))
        return Identification(
            targets=in_order(self.watch, findings),
            components=(),
            unexplained=None,
            hits=(),
            quality=reasons,
            library_version=self.library.version,
            library_grade=self.library.grade,
            recipe=self.library.recipe.as_data(),
            calibration=self.source,
        )

    @property
    def source(self) -> str:
        """Where the p-values come from."""
        return "none" if self.calibration is None else self.calibration.source


class Answer:
    """One spectrum's answer.

    Args:
        shared: of the batch.
        reasons: what the quality gate said.
        values: on the grid, shape (points,).
        features: the same as compared.
        evidence: of the batch.
        row: which of it.
    """

    def __init__(
        self,
        shared: Answers,
        reasons: tuple[QualityReason, ...],
        values: FloatArray,
        features: FloatArray,
        evidence: Evidence,
        row: int,
    ) -> None:
        self._shared, self._reasons = shared, reasons
        self._values, self._features = values, features
        self._evidence, self._row = evidence, row

    @cached_property
    def _findings(self) -> tuple[GroupFinding, ...]:
        watch, judge = self._shared.watch, self._shared.judge
        blocked = [q.text for q in self._reasons if q.blocks]
        if blocked:
            return undecided(watch, words.blocked_by(blocked))
        if judge is None:
            return undecided(watch, words.NOT_CALIBRATED)
        return judge.findings(self._row)

    @cached_property
    def _composition(self) -> Composition:
        evidence, known = self._evidence, self._shared.calibration
        least = DEFAULT_LEAST_EVIDENCE
        if known is not None:
            unexplained = float(evidence.unexplained[self._row])
            least = known.rare_score(unexplained, FALSE_NAMES / len(self._shared.library), least)
        return self._shared.composer.compose(
            evidence.queries[self._row], evidence.fits, self._row, self._findings, least
        )

    @cached_property
    def verdicts(self) -> tuple[TargetVerdict, ...]:
        """In the order of the watch list; what was found has the composition's share."""
        plain = in_order(self._shared.watch, self._findings)
        if not any(finding.found for finding in self._findings):
            return plain
        return with_shares(plain, self._composition.components)

    @cached_property
    def whole(self) -> Identification:
        """All that the spectrum says."""
        shared, parts = self._shared, self._composition
        recipe = shared.library.recipe
        shift = float(self._evidence.shifts_channels[self._row])
        measured = shifted(self._values, shift)
        fit = self._drawn(measured, parts)
        return Identification(
            targets=self.verdicts,
            components=self._components(),
            unexplained=parts.unexplained,
            hits=nearest(shared.library, self._features, HITS),
            quality=self._reasons,
            library_version=shared.library.version,
            library_grade=shared.library.grade,
            recipe=recipe.as_data(),
            axis=_rounded(recipe.grid()),
            measured=_rounded(measured),
            fit=_rounded(fit),
            residual=_rounded(measured - fit),
            shift=shift * recipe.step,
            calibration=shared.source,
        )

    def _components(self) -> tuple[Component, ...]:
        known = self._shared.calibration
        margin = 0.0 if known is None else known.name_margin
        return self._shared.composer.with_alike(self._composition, self._findings, margin)

    def _drawn(self, measured: FloatArray, parts: Composition) -> FloatArray:
        """The components' sum over a straight baseline, as high as the sample."""
        library = self._shared.library
        recipe, used = library.recipe, library.rows(parts.support).astype(np.float64)
        norms = np.linalg.norm(recipe.derivative(used), axis=-1) + 1e-300
        height = float(np.linalg.norm(recipe.derivative(measured)))
        curve = height * ((parts.amounts / norms) @ used)
        line = np.vander(np.linspace(-1, 1, measured.size), 2)
        base, *_ = np.linalg.lstsq(line, measured - curve, rcond=None)
        drawn: FloatArray = curve + line @ base
        return drawn


def _rounded(numbers: FloatArray) -> tuple[float, ...]:
    """Seven digits are more than any detector has, and keep messages small."""
    largest = float(np.abs(numbers).max()) if numbers.size else 0.0
    digits = 7 - int(np.ceil(np.log10(largest))) if largest > 0 else 7
    return tuple(np.round(numbers, digits).tolist())
