"""The face of matching: a library, a watch list, and what they say about a spectrum."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from analysis import quality, words
from analysis.answers import Answer, Answers, Seen
from analysis.calibrate import Calibrator, Progress
from analysis.calibration import Calibration
from analysis.candidates import Candidates
from analysis.composition import Composer
from analysis.detect import gather
from analysis.errors import SpectrumError
from analysis.features import Mode, in_mode
from analysis.findings import Hit, Identification, QualityReason
from analysis.library import Library
from analysis.panel import Panel
from analysis.pending import PendingIdentification
from analysis.search import nearest, nearest_batch
from analysis.spectrum import Spectrum
from analysis.substances import DEFAULT_WATCH
from analysis.verdicts import Judge
from analysis.watch import resolve


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
        shared = Answers(self._library, self._watch, self._composer, self._calibration())
        features = [s.features for s in seen if s.features is not None]
        if not features:
            return tuple(shared.refused(s.reasons) for s in seen)
        evidence = gather(np.array(features), self._candidates, self._panel)
        known = shared.calibration
        judge = Judge(self._watch, self._panel, known, evidence) if known else None
        shared, rows = replace(shared, judge=judge), iter(range(len(features)))
        return tuple(
            shared.refused(s.reasons)
            if s.values is None or s.features is None
            else PendingIdentification.of(
                Answer(shared, s.reasons, s.values, s.features, evidence, next(rows))
            )
            for s in seen
        )

    def _looked(self, spectra: list[Spectrum]) -> list[Seen]:
        """Each spectrum checked, and brought to features where it can be."""
        recipe = self._library.recipe
        checks = quality.check_batch(spectra, recipe)
        usable = [k for k, reasons in enumerate(checks) if not _stopped_by(reasons)]
        seen = [Seen(reasons) for reasons in checks]
        if not usable:
            return seen
        values = recipe.on_grid_batch([spectra[k] for k in usable])
        features = recipe.features(values)
        fit = np.isfinite(features).all(axis=1) & (features != 0).any(axis=1)
        for row, k in enumerate(usable):
            reasons = checks[k]
            if not fit[row]:
                flat = QualityReason("signal", 0.0, 0.0, blocks=True, text=words.CONSTANT)
                seen[k] = Seen((*reasons, flat))
                continue
            seen[k] = Seen(reasons, values[row], features[row])
        return seen

    def _calibration(self) -> Calibration | None:
        """The library's, where it knows any verdict of the watch list."""
        known = self._library.calibration
        units = self._panel.units
        if known is None or (units and not any(known.knows(*unit) for unit in units)):
            return None
        return known


def _usual(library: Library) -> tuple[str, ...]:
    """Whom to watch for where nobody said: nothing of the default list goes missing silently."""
    known = library.calibration
    return tuple(dict.fromkeys((*(known.targets if known else ()), *DEFAULT_WATCH)))


def _stopped_by(reasons: tuple[QualityReason, ...]) -> bool:
    """Whether nothing can be compared at all."""
    return bool({q.name for q in reasons if q.blocks} & {"technique", "overlap", "signal"})
