"""Making a calibration: made-up blanks for the p-values, made-up positives for the limit.

Blanks are mixtures of the library's own references through a model of another instrument, 30 %
with something that the matcher may not use (a reference held back, or bands of nothing at all);
some hold a target, and count as blanks for every other family. Positives are the same samples with
a target added at a known share.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.calibration import Calibration
from analysis.detect import Evidence, gather
from analysis.errors import CalibrationError
from analysis.library import Library
from analysis.limits import Positive, limit_factors, name_margin
from analysis.mixture import IndexArray
from analysis.preprocess.resample import shifted
from analysis.simulate import World
from analysis.spectrum import FloatArray, Spectrum
from analysis.watch import Group, Watch

LEAST_BLANKS = 200
LEAST_POSITIVES = 300
LEAST_SUBSTANCES = 4
LEAST_PER_BIN = 400
BIN_QUANTILES = (0.35, 0.6, 0.75, 0.9)
LEVELS = 64
ANY_FALSE = 0.015
LEAST_SHARE, MOST_SHARE = 0.01, 0.7

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Trial:
    """One sample that was looked at: its evidence, and which groups it is a blank for."""

    values: FloatArray
    held: IndexArray
    evidence: Evidence
    blank_for: frozenset[str]


class Calibrator:
    """Makes a calibration for one library and one watch list.

    Args:
        library: the library.
        atoms: its features, shape (references, points).
        watch: the watch list as resolved against it.
        seed: of the random numbers; the same seed gives the same calibration.
    """

    def __init__(self, library: Library, atoms: FloatArray, watch: Watch, seed: int) -> None:
        self._library = library
        self._atoms = atoms
        self._watch = watch
        self._seed = seed
        self._rng = np.random.default_rng(seed)
        families = {g.family for g in watch.groups}
        entries = library.entries
        targets = [i for i, e in enumerate(entries) if e.family in families]
        self._world = World(
            library.values.astype(np.float64),
            [e.substance for e in entries],
            np.array(targets, dtype=np.intp),
            library.recipe,
        )

    def run(
        self, blanks: Sequence[Spectrum] | None, count: int, progress: Progress | None = None
    ) -> Calibration:
        """The whole calibration.

        Args:
            blanks: target-free spectra of the user's own, or None to make samples up.
            count: how many samples to make up, for blanks; half as many positives are made.
            progress: called with done and total, now and then.

        Raises:
            CalibrationError: too few blanks, or too few substances to make blanks of.
        """
        tell = progress or (lambda _done, _total: None)
        trials = self._own(blanks) if blanks is not None else self._made(count, tell)
        unexplained = np.array([t.evidence.unexplained for t in trials])
        edges = _edges(unexplained)
        units = tuple(u for g in self._watch.groups for u in g.units())
        levels, scores = self._tables(trials, edges, units)
        draft = Calibration(
            library_version=self._library.version,
            targets=self._watch.targets,
            source="synthetic blanks" if blanks is None else "own blanks",
            blanks=len(trials),
            seed=self._seed,
            units=units,
            edges=edges,
            levels=levels,
            scores=scores,
            limit_factors=np.ones((2, edges.size + 1)),
            list_p=1.0,
            most_unexplained=1.02 * float(np.quantile(unexplained, 0.995)),
            name_margin=0.0,
        )
        return self._finish(draft, trials, max(count // 2, LEAST_POSITIVES), tell)

    def _made(self, count: int, tell: Progress) -> list[_Trial]:
        if count < LEAST_BLANKS:
            raise CalibrationError(f"{count} blanks are too few; at least {LEAST_BLANKS}")
        if self._world.plain_substances.size < LEAST_SUBSTANCES:
            raise CalibrationError(
                f"only {self._world.plain_substances.size} substances are not targets; at least "
                f"{LEAST_SUBSTANCES} are needed to make blanks of; import more references"
            )
        trials = []
        for done in range(count):
            made = self._world.sample(self._rng)
            held = set(made.parts.tolist())
            empty = frozenset(
                g.family for g in self._watch.groups if held.isdisjoint(g.members.tolist())
            )
            trials.append(self._look(made.values, made.held, empty))
            tell(done + 1, count + count // 2)
        return trials

    def _own(self, blanks: Sequence[Spectrum]) -> list[_Trial]:
        if len(blanks) < LEAST_BLANKS:
            raise CalibrationError(
                f"{len(blanks)} own blanks are too few; at least {LEAST_BLANKS} are needed"
            )
        every = frozenset(g.family for g in self._watch.groups)
        none = np.zeros(0, dtype=np.intp)
        recipe = self._library.recipe
        return [self._look(recipe.on_grid(spectrum), none, every) for spectrum in blanks]

    def _look(self, values: FloatArray, held: IndexArray, empty: frozenset[str]) -> _Trial:
        allowed = np.setdiff1d(np.arange(len(self._library)), held)
        features = self._library.recipe.features(values)
        found = gather(features, self._atoms, self._watch.groups, allowed)
        return _Trial(values, held, found, empty)

    def _tables(
        self, trials: list[_Trial], edges: FloatArray, units: tuple[tuple[str, str], ...]
    ) -> tuple[FloatArray, FloatArray]:
        bins = edges.size + 1
        levels = np.ones((bins, LEVELS))
        scores = np.full((len(units), bins, LEVELS), np.inf)
        row = 0
        for number, group in enumerate(self._watch.groups):
            columns, own_bins = _blank_scores(trials, number, group, edges)
            for at in range(bins):
                part = -np.sort(-columns[own_bins == at], axis=0)
                ranks = _ranks(part.shape[0])
                # Groups differ a little in how many blanks they have: the fewest sets the level.
                here = (ranks + 1) / (part.shape[0] + 1)
                levels[at] = here if row == 0 else np.maximum(levels[at], here)
                scores[row : row + columns.shape[1], at] = part[ranks].T
            row += columns.shape[1]
        return levels, scores

    def _finish(
        self, draft: Calibration, trials: list[_Trial], count: int, tell: Progress
    ) -> Calibration:
        listed = _with(draft, list_p=_list_p(draft, trials, self._watch.groups))
        positives = []
        for done in range(count if self._watch.groups else 0):
            positives.append(self._positive(trials[done % len(trials)]))
            tell(len(trials) + done + 1, len(trials) + count)
        factors = limit_factors(listed, positives, self._watch.groups)
        margin = name_margin(listed, positives, self._watch.groups)
        return _with(listed, limit_factors=factors, name_margin=margin)

    def _positive(self, trial: _Trial) -> Positive:
        rng, recipe = self._rng, self._library.recipe
        number = int(rng.integers(len(self._watch.groups)))
        group = self._watch.groups[number]
        reference = int(rng.choice(group.members))
        share = float(np.exp(rng.uniform(np.log(LEAST_SHARE), np.log(MOST_SHARE))))
        odds = share / (1 - share)
        amount = float(trial.evidence.fit.amounts.sum()) * float(
            np.linalg.norm(recipe.derivative(trial.values))
        )
        target = shifted(self._world.strayed(reference, rng), -trial.evidence.shift_channels)
        held = np.setdiff1d(trial.held, group.members)
        looked = self._look(trial.values + odds * amount * target, held, frozenset())
        owner = int(group.owner[int(np.flatnonzero(group.members == reference)[0])])
        blank = group.family in trial.blank_for
        return Positive(looked.evidence, number, owner, odds if blank else 0.0)


def _with(calibration: Calibration, **changes: object) -> Calibration:
    names = calibration.__dataclass_fields__
    values = {name: getattr(calibration, name) for name in names} | changes
    return Calibration(**values)


def _edges(unexplained: FloatArray) -> FloatArray:
    bins = min(len(BIN_QUANTILES) + 1, max(1, unexplained.size // LEAST_PER_BIN))
    wanted = BIN_QUANTILES[len(BIN_QUANTILES) - (bins - 1) :]
    edges: FloatArray = np.unique(np.quantile(unexplained, wanted)) if wanted else np.zeros(0)
    return edges


def _ranks(count: int) -> IndexArray:
    """Which of the descending scores are kept: all of the top, fewer further down."""
    if count < 1:
        raise CalibrationError("one part of the samples has no blanks at all; use more blanks")
    ranks = np.geomspace(1, count, LEVELS).round().astype(np.intp) - 1
    return np.minimum(np.maximum(ranks, np.minimum(np.arange(LEVELS), count - 1)), count - 1)


def unit_scores(evidence: Evidence, number: int, group: Group) -> FloatArray:
    """Scores of one group's verdicts, in the order of `Group.units`, shape (units,)."""
    own = evidence.groups[number].scores
    listed = [own[group.names.index(name)] for name in group.watched]
    return np.array(([own.max()] if group.wanted else []) + listed)


def _blank_scores(
    trials: list[_Trial], number: int, group: Group, edges: FloatArray
) -> tuple[FloatArray, IndexArray]:
    blanks = [t for t in trials if group.family in t.blank_for]
    columns = np.array([unit_scores(t.evidence, number, group) for t in blanks])
    left = np.array([t.evidence.unexplained for t in blanks])
    return columns, np.searchsorted(edges, left, side="right")


def _lead_scores(evidence: Evidence, groups: Sequence[Group]) -> list[tuple[str, str, float]]:
    found: list[tuple[str, str, float]] = []
    for number, group in enumerate(groups):
        by_unit = dict(zip(group.units(), unit_scores(evidence, number, group), strict=True))
        found.extend((*lead, float(by_unit[lead])) for lead in group.leads())
    return found


def _list_p(draft: Calibration, trials: list[_Trial], groups: tuple[Group, ...]) -> float:
    """The p-value at which at most 1.5 % of samples without any target show one."""
    clean = [t for t in trials if len(t.blank_for) == len(groups)]
    least = [
        min(
            (
                draft.p_value(lv, n, s, t.evidence.unexplained)
                for lv, n, s in _lead_scores(t.evidence, groups)
            ),
            default=1.0,
        )
        for t in clean
    ]
    if not least:
        raise CalibrationError("no sample without a target was drawn; use more blanks")
    allowed = int(np.floor(ANY_FALSE * len(least)))
    ordered = np.sort(least)
    below = ordered[ordered < ordered[min(allowed, len(least) - 1)]]
    return float(below[-1]) if below.size else 0.0
