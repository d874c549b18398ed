"""The face of matching: a library, a watch list, and what they say about a spectrum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis import quality, words
from analysis.calibrate import Calibrator, Progress
from analysis.calibration import Calibration
from analysis.candidates import Candidates
from analysis.composition import (
    DEFAULT_LEAST_EVIDENCE,
    Composer,
    Composition,
    with_shares,
)
from analysis.detect import Evidence, gather
from analysis.errors import SpectrumError
from analysis.features import Mode, in_mode
from analysis.findings import Hit, Identification, QualityReason, TargetVerdict
from analysis.library import Library
from analysis.panel import Panel
from analysis.pending import PendingIdentification
from analysis.preprocess.resample import shifted
from analysis.search import nearest, nearest_batch
from analysis.spectrum import FloatArray, Spectrum
from analysis.substances import DEFAULT_WATCH
from analysis.verdicts import GroupFinding, Judge, in_order, undecided
from analysis.watch import resolve

HITS = 10
FALSE_NAMES = 0.05
"""A component must have evidence that so many references of a library reach by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One spectrum on its way: its checks, its values on the grid, its features."""

    reasons: tuple[QualityReason, ...]
    values: FloatArray | None = None
    features: FloatArray | None = None


class Matcher:
    """Compares spectra with a library. Any number of threads may use one.

    Args:
        library: what to compare with.
        targets: names of families or substances to watch for; when None, those that the library is
            calibrated for, and the default watch list.
    """

    def __init__(self, library: Library, targets: Sequence[str] | None = None) -> None:
        self._library = library
        self._watch = resolve(_usual(library) if targets is None else targets, library.entries)
        self._panel = Panel.of(self._watch)
        self._candidates = Candidates.of(library, self._panel)
        self._composer = Composer(library, self._candidates)

    @property
    def library(self) -> Library:
        """The library, with the calibration that `calibrate` has made."""
        return self._library

    @property
    def targets(self) -> tuple[str, ...]:
        """The watch list, as given."""
        return self._watch.targets

    @property
    def is_calibrated(self) -> bool:
        """Whether every verdict of the watch list has a calibration."""
        known = self._library.calibration
        return known is not None and all(known.knows(*unit) for unit in self._panel.units)

    def calibrate(
        self,
        blanks: Sequence[Spectrum] | None = None,
        *,
        n: int = 5000,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> "Matcher":
        """Learn what samples without the targets look like; `library.save` then keeps it.

        Args:
            blanks: the user's own target-free spectra (200 or more), or None to make samples up
                from the library through a model of another instrument.
            n: how many samples to make up.
            seed: of the random numbers; the same seed gives the same calibration.
            progress: called with done and total.

        Returns:
            This matcher.

        Raises:
            CalibrationError: too few blanks, or too few substances to make blanks of.
        """
        maker = Calibrator(self._library, self._candidates, self._watch, self._panel, seed)
        self._library = self._library.calibrated(maker.run(blanks, n, progress))
        return self

    def search(
        self, spectrum: Spectrum, top: int = 10, *, mode: Mode = "derivative"
    ) -> tuple[Hit, ...]:
        """Classic library search: the exact best `top` references.

        Args:
            spectrum: what to look for.
            top: how many hits are wanted.
            mode: "derivative" (cosine of first derivatives) or "raw" (correlation of the values).

        Raises:
            SpectrumError: the spectrum is of another technique, or covers too little of the axis.
        """
        self._require_comparable(spectrum)
        recipe = self._library.recipe
        query = in_mode(recipe, mode)(recipe.on_grid(spectrum))
        return nearest(self._library, query, top, mode)

    def search_batch(
        self, spectra: Sequence[Spectrum], top: int = 10, *, mode: Mode = "derivative"
    ) -> tuple[tuple[Hit, ...], ...]:
        """`search` for each, in order; many at a time cost less than one by one."""
        recipe = self._library.recipe
        for spectrum in spectra:
            self._require_comparable(spectrum)
        if not spectra:
            return ()
        queries = in_mode(recipe, mode)(recipe.on_grid_batch(spectra))
        return tuple(nearest_batch(self._library, queries, top, mode))

    def _require_comparable(self, spectrum: Spectrum) -> None:
        if not quality.comparable(spectrum, self._library.recipe):
            raise SpectrumError(words.OTHER_TECHNIQUE)
        covered = quality.overlap(spectrum, self._library.recipe)
        if covered < quality.LEAST_OVERLAP:
            raise SpectrumError(words.too_little_overlap(covered))

    def identify(self, spectrum: Spectrum) -> Identification:
        """All that one spectrum says. Nothing that is a `Spectrum` makes it raise."""
        return self.identify_batch([spectrum])[0]

    def identify_batch(self, spectra: Iterable[Spectrum]) -> tuple[Identification, ...]:
        """`identify` for each, in order; many at a time cost much less than one by one.

        The evidence is weighed for all at once; what a result shows of it (verdicts in words,
        composition, curves, hits) is made when it is first asked for.
        """
        seen = self._looked(list(spectra))
        features = [s.features for s in seen if s.features is not None]
        if not features:
            return tuple(self._refused(s.reasons) for s in seen)
        evidence = gather(np.array(features), self._candidates, self._panel)
        calibration = self._calibration()
        judge = Judge(self._watch, self._panel, calibration, evidence) if calibration else None
        rows = iter(range(len(features)))
        return tuple(
            self._refused(s.reasons)
            if s.features is None
            else PendingIdentification.of(
                partial(self._answer, s, evidence, (row := next(rows)), judge, calibration),
                partial(self._verdicts, s, row, judge),
            )
            for s in seen
        )

    def _looked(self, spectra: list[Spectrum]) -> list[_Seen]:
        """Each spectrum checked, and brought to features where it can be."""
        recipe = self._library.recipe
        checks = quality.check_batch(spectra, recipe)
        usable = [k for k, reasons in enumerate(checks) if not _stopped_by(reasons)]
        seen = [_Seen(reasons) for reasons in checks]
        if not usable:
            return seen
        values = recipe.on_grid_batch([spectra[k] for k in usable])
        features = recipe.features(values)
        fit = np.isfinite(features).all(axis=1) & (features != 0).any(axis=1)
        for row, k in enumerate(usable):
            reasons = checks[k]
            if not fit[row]:
                flat = QualityReason("signal", 0.0, 0.0, blocks=True, text=words.CONSTANT)
                seen[k] = _Seen((*reasons, flat))
                continue
            seen[k] = _Seen(reasons, values[row], features[row])
        return seen

    def _calibration(self) -> Calibration | None:
        """The library's, where it knows any verdict of the watch list."""
        known = self._library.calibration
        units = self._panel.units
        if known is None or (units and not any(known.knows(*unit) for unit in units)):
            return None
        return known

    def _findings(
        self, reasons: tuple[QualityReason, ...], judge: Judge | None, row: int
    ) -> tuple[GroupFinding, ...]:
        blocked = [q.text for q in reasons if q.blocks]
        if blocked:
            return undecided(self._watch, words.blocked_by(blocked))
        if judge is None:
            return undecided(self._watch, words.NOT_CALIBRATED)
        return judge.findings(row)

    def _verdicts(
        self, seen: _Seen, row: int, judge: Judge | None
    ) -> tuple[TargetVerdict, ...] | None:
        """The verdicts alone; None where something was found, whose share the composition says."""
        findings = self._findings(seen.reasons, judge, row)
        return None if any(f.found for f in findings) else in_order(self._watch, findings)

    def _refused(self, reasons: tuple[QualityReason, ...]) -> Identification:
        findings = undecided(self._watch, words.blocked_by([q.text for q in reasons if q.blocks]))
        return Identification(
            targets=in_order(self._watch, findings),
            components=(),
            unexplained=None,
            hits=(),
            quality=reasons,
            library_version=self._library.version,
            library_grade=self._library.grade,
            recipe=self._library.recipe.as_data(),
            calibration=self._source(),
        )

    def _answer(
        self,
        seen: _Seen,
        evidence: Evidence,
        row: int,
        judge: Judge | None,
        calibration: Calibration | None,
    ) -> Identification:
        if seen.values is None or seen.features is None:
            return self._refused(seen.reasons)
        findings = self._findings(seen.reasons, judge, row)
        margin = 0.0 if calibration is None else calibration.name_margin
        least = DEFAULT_LEAST_EVIDENCE
        if calibration is not None:
            least = calibration.rare_score(
                float(evidence.unexplained[row]), FALSE_NAMES / len(self._library), least
            )
        parts = self._composer.compose(
            evidence.queries[row], evidence.fits, row, findings, margin, least
        )
        recipe = self._library.recipe
        shift = float(evidence.shifts_channels[row])
        measured = shifted(seen.values, shift)
        fit = self._drawn(measured, parts)
        return Identification(
            targets=with_shares(in_order(self._watch, findings), parts.components),
            components=parts.components,
            unexplained=parts.unexplained,
            hits=nearest(self._library, seen.features, HITS),
            quality=seen.reasons,
            library_version=self._library.version,
            library_grade=self._library.grade,
            recipe=recipe.as_data(),
            axis=_rounded(recipe.grid()),
            measured=_rounded(measured),
            fit=_rounded(fit),
            residual=_rounded(measured - fit),
            shift=shift * recipe.step,
            calibration=self._source(),
        )

    def _source(self) -> str:
        calibration = self._calibration()
        return "none" if calibration is None else calibration.source

    def _drawn(self, measured: FloatArray, parts: Composition) -> FloatArray:
        """The components' sum over a straight baseline, as high as the sample."""
        recipe = self._library.recipe
        used = self._library.rows(parts.support).astype(np.float64)
        norms = np.linalg.norm(recipe.derivative(used), axis=-1) + 1e-300
        height = float(np.linalg.norm(recipe.derivative(measured)))
        curve = height * ((parts.amounts / norms) @ used)
        line = np.vander(np.linspace(-1, 1, measured.size), 2)
        base, *_ = np.linalg.lstsq(line, measured - curve, rcond=None)
        drawn: FloatArray = curve + line @ base
        return drawn


def _usual(library: Library) -> tuple[str, ...]:
    """Whom to watch for where nobody said: nothing of the default list goes missing silently."""
    known = library.calibration
    return tuple(dict.fromkeys((*(known.targets if known else ()), *DEFAULT_WATCH)))


def _stopped_by(reasons: tuple[QualityReason, ...]) -> bool:
    """Whether nothing can be compared at all."""
    return bool({q.name for q in reasons if q.blocks} & {"technique", "overlap", "signal"})


def _rounded(numbers: FloatArray) -> tuple[float, ...]:
    """Seven digits are more than any detector has, and keep messages small."""
    largest = float(np.abs(numbers).max()) if numbers.size else 0.0
    digits = 7 - int(np.ceil(np.log10(largest))) if largest > 0 else 7
    return tuple(np.round(numbers, digits).tolist())
