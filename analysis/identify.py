"""The face of matching: a library, a watch list, and what they say about a spectrum."""

from collections.abc import Iterable, Sequence

import numpy as np

from analysis import quality, words
from analysis.calibrate import Calibrator, Progress
from analysis.calibration import Calibration
from analysis.composition import Composition, compose, with_shares
from analysis.detect import Evidence, GroupEvidence, beside, gather
from analysis.errors import SpectrumError
from analysis.findings import Hit, Identification, QualityReason
from analysis.library import Library
from analysis.mixture import IndexArray
from analysis.preprocess.resample import shifted
from analysis.search import nearest
from analysis.spectrum import FloatArray, Spectrum
from analysis.substances import DEFAULT_WATCH
from analysis.verdicts import GroupFinding, decide, in_order, undecided
from analysis.watch import Group, resolve

HITS = 10


class Matcher:
    """Compares spectra with a library. Any number of threads may use one.

    Args:
        library: what to compare with.
        targets: names of families or substances to watch for; the default watch list when None.
    """

    def __init__(self, library: Library, targets: Sequence[str] | None = None) -> None:
        self._library = library
        self._watch = resolve(DEFAULT_WATCH if targets is None else targets, library.entries)
        features = library.features()
        self._atoms: FloatArray = features.astype(np.float64)
        self._every: IndexArray = np.arange(len(library), dtype=np.intp)

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
        return self._calibration() is not None

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
        made = Calibrator(self._library, self._atoms, self._watch, seed).run(blanks, n, progress)
        self._library = self._library.calibrated(made)
        return self

    def search(self, spectrum: Spectrum, top: int = 10) -> tuple[Hit, ...]:
        """Classic library search: the exact best `top` references by derivative cosine.

        Raises:
            SpectrumError: the spectrum is of another technique, or covers too little of the axis.
        """
        recipe = self._library.recipe
        if not quality.comparable(spectrum, recipe):
            raise SpectrumError(words.OTHER_TECHNIQUE)
        covered = quality.overlap(spectrum, recipe)
        if covered < quality.LEAST_OVERLAP:
            raise SpectrumError(words.too_little_overlap(covered))
        features = recipe.features(recipe.on_grid(spectrum))
        return nearest(self._library, features, top)

    def identify_batch(self, spectra: Iterable[Spectrum]) -> tuple[Identification, ...]:
        """`identify` for each, in order."""
        return tuple(self.identify(spectrum) for spectrum in spectra)

    def identify(self, spectrum: Spectrum) -> Identification:
        """All that one spectrum says. Nothing that is a `Spectrum` makes it raise."""
        reasons = quality.check(spectrum, self._library.recipe)
        names = {q.name for q in reasons if q.blocks}
        if names & {"technique", "overlap", "signal"}:
            return self._refused(reasons)
        recipe = self._library.recipe
        values = recipe.on_grid(spectrum)
        features = recipe.features(values)
        if not np.isfinite(features).all() or not features.any():
            flat = QualityReason("signal", 0.0, 0.0, blocks=True, text=words.CONSTANT)
            return self._refused((*reasons, flat))
        evidence = gather(features, self._atoms, self._watch.groups, self._every)
        findings = self._findings(evidence, reasons)
        parts = self._composition(evidence, findings)
        hits = nearest(self._library, features, HITS)
        return self._answer(values, evidence, findings, parts, reasons, hits)

    def _calibration(self) -> Calibration | None:
        known = self._library.calibration
        units = [unit for group in self._watch.groups for unit in group.units()]
        if known is None or not all(known.knows(*unit) for unit in units):
            return None
        return known

    def _findings(
        self, evidence: Evidence, reasons: tuple[QualityReason, ...]
    ) -> tuple[GroupFinding, ...]:
        blocked = [q.text for q in reasons if q.blocks]
        if blocked:
            return undecided(self._watch, words.blocked_by(blocked))
        calibration = self._calibration()
        if calibration is None:
            return undecided(self._watch, words.NOT_CALIBRATED)
        return decide(self._watch, evidence, calibration, self._beside)

    def _beside(self, group: Group, found: GroupEvidence, reference: int) -> GroupEvidence:
        return beside(self._atoms, group, found, reference)

    def _composition(self, evidence: Evidence, findings: tuple[GroupFinding, ...]) -> Composition:
        calibration = self._calibration()
        margin = 0.0 if calibration is None else calibration.name_margin
        entries = self._library.entries
        return compose(evidence.query, self._atoms, evidence.pool, entries, findings, margin)

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
        values: FloatArray,
        evidence: Evidence,
        findings: tuple[GroupFinding, ...],
        parts: Composition,
        reasons: tuple[QualityReason, ...],
        hits: tuple[Hit, ...],
    ) -> Identification:
        recipe = self._library.recipe
        measured = shifted(values, evidence.shift_channels)
        fit = self._drawn(measured, parts)
        return Identification(
            targets=with_shares(in_order(self._watch, findings), parts.components),
            components=parts.components,
            unexplained=parts.unexplained,
            hits=hits,
            quality=reasons,
            library_version=self._library.version,
            library_grade=self._library.grade,
            recipe=recipe.as_data(),
            axis=_rounded(recipe.grid()),
            measured=_rounded(measured),
            fit=_rounded(fit),
            residual=_rounded(measured - fit),
            shift=evidence.shift_channels * recipe.step,
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


def _rounded(numbers: FloatArray) -> tuple[float, ...]:
    """Seven digits are more than any detector has, and keep messages small."""
    largest = float(np.abs(numbers).max()) if numbers.size else 0.0
    digits = 7 - int(np.ceil(np.log10(largest))) if largest > 0 else 7
    return tuple(np.round(numbers, digits).tolist())
