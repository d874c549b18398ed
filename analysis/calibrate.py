"""Making a calibration: blanks for the p-values, samples with a known target for the limit.

Blanks are the user's own, or mixtures of the library's own references through a model of another
instrument, 30 % with something that the matcher may not use (a reference held back, or bands of
nothing at all); some hold a target, and count as blanks for every other verdict. Positives are the
same samples with a target added at a known share.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.calibration import Calibration
from analysis.candidates import Candidates
from analysis.detect import Evidence, gather
from analysis.errors import CalibrationError
from analysis.library import Library
from analysis.mixture import IndexArray, MaskArray
from analysis.panel import Panel
from analysis.preprocess.resample import shifted
from analysis.simulate import MadeUp, World
from analysis.spectrum import FloatArray, Spectrum
from analysis.tables import bin_edges, least_factor, list_level, table, unit_scales
from analysis.watch import Watch

LEAST_BLANKS = 200
LEAST_POSITIVES = 300
STRANGERS = 0.4
LEAST_SUBSTANCES = 4
AT_ONCE = 256
ANY_FALSE = 0.015
LEAST_SHARE, MOST_SHARE = 0.01, 0.6
LIMIT_MISSES = 0.05
LEAST_ABOVE = 40
LIMIT_ALLOWANCE = 1.3
MADE_UP_ALLOWANCE = 1.6
MADE_UP_RAMAN_ALLOWANCE = 3.0
"""Made-up samples are kinder than measured ones: of missed positives 6 of 100 (infrared) and 8 of
100 (Raman) lay above the limit that made-up ones taught with 1.3 (docs/benchmarks)."""
NAME_MISSES = 0.02
LEAST_NAME_MARGIN = 9.0
NEVER = 1e6
LEAST_FOR_SHARES = 30
WIDE_SHARE_FACTORS = (0.2, 3.0)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Trials:
    """Samples that were looked at.

    Attributes:
        values: additive ordinates on the grid, shape (rows, points).
        held: references that may not be used, for each row.
        evidence: of the rows.
        blank: whether the row is a blank for the verdict, shape (rows, units).
    """

    values: FloatArray
    held: list[IndexArray]
    evidence: Evidence
    blank: MaskArray


@dataclass(frozen=True, slots=True, eq=False)
class _Positives:
    """Samples with a known target: its substance (a column of the panel), odds, evidence."""

    evidence: Evidence
    substances: IndexArray
    odds: FloatArray


class Calibrator:
    """Makes a calibration for one library and one watch list.

    Args:
        library: the library.
        candidates: what a detection needs of it.
        watch: the watch list as resolved against it.
        panel: the same as arrays.
        seed: of the random numbers; the same seed gives the same calibration.
    """

    def __init__(
        self, library: Library, candidates: Candidates, watch: Watch, panel: Panel, seed: int
    ) -> None:
        self._library = library
        self._candidates = candidates
        self._watch = watch
        self._panel = panel
        self._seed = seed
        self._rng = np.random.default_rng(seed)
        targets = np.flatnonzero(candidates.groups >= 0)
        self._world = World(
            library.rows, library.owner, targets, library.recipe, scale=candidates.learned
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
        trials = self._own(blanks, tell) if blanks is not None else self._made(count, tell)
        draft = self._tabled(trials, "synthetic blanks" if blanks is None else "own blanks")
        if not self._panel.units:
            return draft
        wanted = max(count // 2, LEAST_POSITIVES)
        return self._with_limits(draft, self._positives(trials, wanted, tell))

    def _made(self, count: int, tell: Progress) -> _Trials:
        if count < LEAST_BLANKS:
            raise CalibrationError(f"{count} blanks are too few; at least {LEAST_BLANKS}")
        if self._world.plain_substances.size < LEAST_SUBSTANCES:
            raise CalibrationError(
                f"only {self._world.plain_substances.size} substances are not targets; at least "
                f"{LEAST_SUBSTANCES} are needed to make blanks of; import more references"
            )
        made = []
        for done in range(count):
            made.append(self._world.sample(self._rng))
            if done % AT_ONCE == 0:
                tell(done // 2, count + count // 2)
        held = [m.held for m in made]
        values = np.array([m.values for m in made])
        evidence = self._look(values, held, lambda done: tell((count + done) // 2, 3 * count // 2))
        return _Trials(values, held, evidence, self._blank_for(made))

    def _blank_for(self, made: list[MadeUp]) -> MaskArray:
        """A sample with a sister of a target is a blank for that target, not for their family."""
        panel = self._panel
        column = np.full(len(self._library), -1, dtype=np.intp)
        counts = np.diff(np.append(panel.starts, panel.tested.size))
        column[panel.tested] = np.repeat(np.arange(len(panel.names)), counts)
        holds = np.zeros((len(made), len(panel.names)), dtype=bool)
        for row, one in zip(holds, made, strict=True):
            row[column[one.parts[column[one.parts] >= 0]]] = True
        by_group = (
            np.logical_or.reduceat(holds, panel.group_starts, axis=1)
            if panel.names
            else np.zeros((len(made), 0), dtype=bool)
        )
        if not panel.units:
            return np.ones((len(made), 0), dtype=bool)
        own = holds[:, panel.unit_substance]
        blank: MaskArray = ~np.where(panel.unit_substance < 0, by_group[:, panel.unit_group], own)
        return blank

    def _own(self, blanks: Sequence[Spectrum], tell: Progress) -> _Trials:
        if len(blanks) < LEAST_BLANKS:
            raise CalibrationError(
                f"{len(blanks)} own blanks are too few; at least {LEAST_BLANKS} are needed"
            )
        plain = self._library.recipe.on_grid_batch(list(blanks))
        values, held = self._with_strangers(plain)
        evidence = self._look(values, held, lambda done: tell(done, 2 * len(values)))
        blank = np.ones((len(values), len(self._panel.units)), dtype=bool)
        return _Trials(values, held, evidence, blank)

    def _with_strangers(self, values: FloatArray) -> tuple[FloatArray, list[IndexArray]]:
        """The blanks, and a part of them again, each with something that may not be used.

        A programme's own blanks hold few unknown substances, and the next one is another.
        """
        again = self._rng.permutation(len(values))[: round(STRANGERS * len(values))]
        held = [np.zeros(0, dtype=np.intp) for _ in values]
        more = []
        for row in again:
            strange, gone = self._world.stranger(self._rng)
            held.append(np.array(gone, dtype=np.intp))
            more.append(values[row] + float(np.ptp(values[row])) * strange)
        return np.concatenate([values, np.array(more)]), held

    def _look(
        self, values: FloatArray, held: list[IndexArray], tell: Callable[[int], None]
    ) -> Evidence:
        parts = []
        for start in range(0, len(values), AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            features = self._library.recipe.features(values[rows])
            parts.append(gather(features, self._candidates, self._panel, held[rows]))
            tell(min(start + AT_ONCE, len(values)))
        return Evidence.joined(parts)

    def _tabled(self, trials: _Trials, source: str) -> Calibration:
        unexplained = trials.evidence.unexplained
        edges = bin_edges(unexplained)
        bins: IndexArray = np.searchsorted(edges, unexplained, side="right")
        scores = self._panel.unit_scores(trials.evidence.scores)
        blank = trials.blank & np.isfinite(scores)
        scales = unit_scales(scores, blank)
        if self._panel.units:
            levels, walls = table(scores / scales, blank, bins, edges.size + 1)
        else:
            levels, walls = np.ones(1), np.full((edges.size + 1, 1), np.inf)
        draft = Calibration(
            library_version=self._library.version,
            targets=self._watch.targets,
            source=source,
            blanks=len(trials.evidence),
            seed=self._seed,
            units=self._panel.units,
            unit_scales=scales,
            edges=edges,
            levels=levels,
            scores=walls,
            limit_factors=np.ones((2, edges.size + 1)),
            share_factors=np.array(WIDE_SHARE_FACTORS),
            list_p=0.0,
            most_unexplained=1.02 * float(np.quantile(unexplained, 0.995)),
            name_margin=LEAST_NAME_MARGIN,
        )
        return replace(draft, list_p=self._list_p(draft, scores, trials.blank, bins))

    def _list_p(
        self, draft: Calibration, scores: FloatArray, blank: MaskArray, bins: IndexArray
    ) -> float:
        if not self._panel.units:
            return 0.0
        clean = blank.all(axis=1)
        if not clean.any():
            raise CalibrationError("no sample without a target was drawn; use more blanks")
        p_values = draft.p_values(scores, np.arange(len(self._panel.units)), bins)
        return list_level(p_values[clean][:, self._panel.leads], ANY_FALSE)

    def _positives(self, trials: _Trials, count: int, tell: Progress) -> _Positives:
        """Blanks with a target added: which, and its odds to all else."""
        rng, panel, total = self._rng, self._panel, len(trials.evidence)
        rows = np.arange(count) % total
        wanted = np.unique(panel.unit_group)
        groups = rng.choice(wanted, size=count)
        values, substances, odds = [], np.zeros(count, dtype=np.intp), np.zeros(count)
        held = []
        for k, row in enumerate(rows):
            reference = self._reference_of(int(groups[k]), rng)
            share = float(np.exp(rng.uniform(np.log(LEAST_SHARE), np.log(MOST_SHARE))))
            odds[k] = share / (1 - share)
            added = self._added(trials, int(row), reference, odds[k])
            values.append(trials.values[row] + added)
            substances[k] = self._column(reference)
            family = panel.tested[panel.reference_group == groups[k]]
            others = np.setdiff1d(trials.held[row], family)
            held.append(np.append(others, self._world.copies(reference)).astype(np.intp))
        evidence = self._look(
            np.array(values), held, lambda done: tell(total + done, total + count)
        )
        ok = trials.blank[rows][np.arange(count), self._some_unit(groups)]
        return _Positives(evidence, substances, np.where(ok, odds, 0.0))

    def _some_unit(self, groups: IndexArray) -> IndexArray:
        first = {int(g): k for k, g in reversed(list(enumerate(self._panel.unit_group)))}
        return np.array([first[int(g)] for g in groups], dtype=np.intp)

    def _reference_of(self, group: int, rng: np.random.Generator) -> int:
        panel = self._panel
        units = np.flatnonzero(panel.unit_group == group)
        watched = panel.unit_substance[units]
        if (watched < 0).any():
            return int(rng.choice(panel.tested[panel.reference_group == group]))
        stops = np.append(panel.starts, panel.tested.size)
        substance = int(rng.choice(watched))
        return int(rng.choice(panel.tested[panel.starts[substance] : stops[substance + 1]]))

    def _column(self, reference: int) -> int:
        at = int(np.flatnonzero(self._panel.tested == reference)[0])
        return int(np.searchsorted(self._panel.starts, at, side="right")) - 1

    def _added(self, trials: _Trials, row: int, reference: int, odds: float) -> FloatArray:
        """A target as the sample's instrument would show it, so high that its odds are these."""
        evidence, recipe = trials.evidence, self._library.recipe
        height = float(np.linalg.norm(recipe.derivative(trials.values[row])))
        target = self._world.strayed(reference, self._rng)
        moved = shifted(target, -float(evidence.shifts_channels[row]))
        added: FloatArray = odds * evidence.totals[row] * height * moved
        return added

    def _with_limits(self, draft: Calibration, positives: _Positives) -> Calibration:
        panel, evidence = self._panel, positives.evidence
        bins = draft.bins_of(evidence.unexplained)
        scores = panel.unit_scores(evidence.scores)
        places = np.arange(len(panel.units))
        detected = draft.p_values(scores, places, bins) <= draft.list_p
        rows = np.arange(len(evidence))
        group = panel.group_of[positives.substances]
        lead = self._lead_of(positives.substances)
        usable = (positives.odds > 0) & (lead >= 0)
        wall = draft.walls(bins) * draft.unit_scales[np.maximum(lead, 0)]
        found = detected[rows, np.maximum(lead, 0)]
        # Beside a sister that stands out a substance is inconclusive, and gets no limit.
        best = np.maximum.reduceat(evidence.scores, panel.group_starts, axis=1)[rows, group]
        settled = found | (best > wall)
        own = evidence.least_odds[rows, positives.substances]
        family = family_least_odds(evidence.least_odds, panel.group_starts)[rows, group]
        factors = np.full((2, draft.edges.size + 1), NEVER)
        for kind, least in enumerate((family, own)):
            with np.errstate(divide="ignore", invalid="ignore"):
                ratios = positives.odds / (wall * least)
            for at in range(factors.shape[1]):
                these = usable & (bins == at) & np.isfinite(wall)
                if these.any():
                    factor = least_factor(ratios[these], settled[these], LIMIT_MISSES, LEAST_ABOVE)
                    factors[kind, at] = min(NEVER, self._allowance(draft.source) * factor)
        hit = usable & found
        return replace(
            draft,
            limit_factors=factors,
            share_factors=_share_factors(evidence, positives, hit),
            name_margin=self._name_margin(evidence, positives, hit),
        )

    def _allowance(self, source: str) -> float:
        if source != "synthetic blanks":
            return LIMIT_ALLOWANCE
        raman = self._library.recipe.kind in {"raman", "counts"}
        return MADE_UP_RAMAN_ALLOWANCE if raman else MADE_UP_ALLOWANCE

    def _lead_of(self, substances: IndexArray) -> IndexArray:
        """The verdict that decides about each substance: its family's, or its own; -1 for none."""
        panel = self._panel
        group = panel.group_of[substances][:, None]
        family = (panel.unit_substance < 0) & (panel.unit_group == group)
        own = panel.unit_substance == substances[:, None]
        either = np.where(family.any(axis=1)[:, None], family, own)
        return np.where(either.any(axis=1), either.argmax(axis=1), -1)

    def _name_margin(self, evidence: Evidence, positives: _Positives, hit: MaskArray) -> float:
        """How far the true substance falls behind the best of its family, in all but 2 %."""
        if not hit.any():
            return NEVER
        squares = np.clip(evidence.scores, 0.0, None) ** 2
        best = np.maximum.reduceat(squares, self._panel.group_starts, axis=1)
        rows = np.flatnonzero(hit)
        true = positives.substances[rows]
        behind = best[rows, self._panel.group_of[true]] - squares[rows, true]
        return max(LEAST_NAME_MARGIN, float(np.quantile(behind, 1 - NAME_MISSES)))


def family_least_odds(least_odds: FloatArray, group_starts: IndexArray) -> FloatArray:
    """One number for a family: what three quarters of its members stay below, (rows, groups)."""
    parts = np.split(least_odds, group_starts[1:], axis=1)
    found: FloatArray = np.stack([np.quantile(p, 0.75, axis=1) for p in parts], axis=1)
    return found


def _share_factors(evidence: Evidence, positives: _Positives, hit: MaskArray) -> FloatArray:
    """Between what bounds estimated odds lie to the true ones, in 95 of 100."""
    rows = np.flatnonzero(hit)
    if rows.size < LEAST_FOR_SHARES:
        return np.array(WIDE_SHARE_FACTORS)
    ratio = evidence.odds[rows, positives.substances[rows]] / positives.odds[rows]
    found: FloatArray = np.quantile(ratio, (0.025, 0.975))
    return np.array([max(0.02, float(found[0])), max(float(found[1]), 0.05)])
