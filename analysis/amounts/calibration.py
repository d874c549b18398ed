"""A calibration of one substance on one instrument: fitted to standards, it predicts or refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.amounts import features, limits, pls, validation
from analysis.amounts.features import Bands, Grid
from analysis.amounts.validation import Report
from analysis.errors import AmountError
from analysis.spectrum import FloatArray, Spectrum

MOST_COMPONENTS = 8
MOST_DEPTH = 12
"""Components of the model that knows strangers: it must explain all that standards differ in."""

LEAST_STANDARDS = 5
SAMPLING_RSD = 0.3
"""Relative standard deviation between parts of one bag, where a site has not measured its own.

Between parts of street samples fentanyl varies by more than the error of the analysis (21 bags,
paper spray mass spectrometry: Harm Reduction Journal 21 (2024), 10.1186/s12954-024-00980-5). No one
figure holds for all; this one is our choice.
"""


@dataclass(frozen=True, slots=True)
class Prediction:
    """An amount, as a mass fraction, with its interval.

    Attributes:
        substance: of what.
        fraction: the amount.
        low: lower end of the 95 % interval.
        high: upper end.
        model: standard deviation of the model's part.
        repeatability: of the measurement's part, over the replicates.
        sampling: of the sampling's part.
        replicates: spectra it comes from.
    """

    substance: str
    fraction: float
    low: float
    high: float
    model: float
    repeatability: float
    sampling: float
    replicates: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """See `fit`. Amounts are mass fractions, 0 to 1.

    Attributes:
        substance: of which.
        instrument: on which: its serial number, or the name that its spectra carry.
        grid: what its spectra are.
        model: from rows to amounts.
        space: the model of whole spectra that knows strangers; deeper than `model`.
        bands: of a peak ratio; None for PLS.
        low: least amount of a standard.
        high: largest.
        q_limit: largest unexplained part of a row.
        t2_limit: largest distance from the middle of the standards.
        sampling_rsd: relative standard deviation between parts of one bag.
        report: of the validation.
        provenance: where it comes from.
    """

    substance: str
    instrument: str
    grid: Grid
    model: pls.Pls
    space: pls.Pls
    bands: Bands | None
    low: float
    high: float
    q_limit: float
    t2_limit: float
    sampling_rsd: float
    report: Report
    provenance: Mapping[str, str]

    @classmethod
    def fit(
        cls,
        spectra: Sequence[Spectrum],
        mass_fractions: Sequence[float],
        standards: Sequence[str],
        *,
        substance: str,
        instrument: str,
        bands: Bands | None = None,
        sampling_rsd: float = SAMPLING_RSD,
        provenance: Mapping[str, str] | None = None,
    ) -> "Calibration":
        """Fit a calibration, and validate it.

        Args:
            spectra: of the standards, all of one instrument.
            mass_fractions: of the substance in the standard of each spectrum, 0 to 1.
            standards: the name of the standard of each spectrum; replicates share it.
            substance: of which.
            instrument: on which.
            bands: for a peak ratio; PLS on the whole spectrum where not given.
            sampling_rsd: relative standard deviation between parts of one bag.
            provenance: facts to keep beside it.

        Raises:
            AmountError: too few standards, amounts that are none, or spectra that do not fit.
        """
        _require_instrument(spectra, instrument)
        fractions = np.asarray(mass_fractions, dtype=np.float64)
        names, owners = _owners(standards, fractions, len(spectra))
        grid = features.grid_of(spectra)
        values = features.values_on(grid, spectra)
        shapes = features.shapes(values)
        rows = shapes if bands is None else features.ratios(grid, values, bands)
        crossed = validation.leave_out(rows, fractions, owners, MOST_COMPONENTS)
        if not crossed.predicted.shape[1]:
            raise AmountError("standards", "the spectra of the standards are all alike")
        report = validation.report(crossed.predicted, fractions, owners, names)
        model = pls.fit(rows, fractions, report.components)
        known = validation.leave_out(shapes, fractions, owners, MOST_DEPTH).q
        depth = validation.one_standard_error(known, owners)
        return cls(
            substance=substance,
            instrument=instrument,
            grid=grid,
            model=model,
            space=pls.fit(shapes, fractions, depth),
            bands=bands,
            low=float(fractions.min()),
            high=float(fractions.max()),
            q_limit=limits.q_limit(known[:, depth - 1]),
            t2_limit=limits.t2_limit(depth, len(names)),
            sampling_rsd=sampling_rsd,
            report=report,
            provenance=dict(provenance or {}),
        )

    def predict(self, spectra: Sequence[Spectrum]) -> Prediction:
        """The amount in one sample.

        Args:
            spectra: of it: one, or several that were each loaded anew.

        Raises:
            AmountError: it can't be said; the name of the reason says why.
        """
        if not spectra:
            raise AmountError("spectra", "no spectrum was given")
        if self.report.faults:
            raise AmountError("not-validated", "; ".join(self.report.faults))
        _require_instrument(spectra, self.instrument)
        values = features.values_on(self.grid, spectra)
        shapes = features.shapes(values)
        self._require_known(shapes)
        rows = shapes if self.bands is None else features.ratios(self.grid, values, self.bands)
        fraction = float(self.model.predict(rows).mean())
        self._require_range(fraction)
        return self._with_interval(fraction, float(self.space.t2(shapes).mean()), len(spectra))

    def _require_known(self, shapes: FloatArray) -> None:
        q, t2 = float(self.space.q(shapes).max()), float(self.space.t2(shapes).max())
        if q > self.q_limit:
            raise AmountError(
                "unknown-component",
                "the standards do not explain this spectrum: something else is in it, more of "
                "something than they hold, or the measurement is poor "
                f"(unexplained {q:.3g}, at most {self.q_limit:.3g})",
            )
        if t2 > self.t2_limit:
            raise AmountError(
                "far-from-standards",
                "its composition is far from that of all standards "
                f"(T2 {t2:.3g}, at most {self.t2_limit:.3g})",
            )

    def _require_range(self, fraction: float) -> None:
        if not self.low <= fraction <= self.high:
            span = f"{100 * self.low:.3g} to {100 * self.high:.3g} %"
            side = "below" if fraction < self.low else "above"
            raise AmountError("out-of-range", f"the amount is {side} what was calibrated: {span}")

    def _with_interval(self, fraction: float, t2: float, replicates: int) -> Prediction:
        count = len(self.report.standards)
        leverage = t2 / max(count - 1, 1)
        model = self.report.model * (1.0 + leverage) ** 0.5
        repeated = self.report.repeatability / replicates**0.5
        sampling = self.sampling_rsd * fraction
        reach = self.report.reach * (1.0 + leverage) ** 0.5
        measured = limits.measured_half(float(np.hypot(model, repeated)), reach, count - 1)
        half = float(np.hypot(measured, limits.NORMAL_95 * sampling))
        low, high = max(0.0, fraction - half), min(1.0, fraction + half)
        return Prediction(
            self.substance, fraction, low, high, model, repeated, sampling, replicates
        )


def _owners(
    standards: Sequence[str], fractions: FloatArray, spectra: int
) -> tuple[tuple[str, ...], validation.Owners]:
    if not spectra == len(standards) == fractions.size:
        raise AmountError("standards", "spectra, amounts and names of standards differ in number")
    if not (np.isfinite(fractions).all() and (fractions >= 0).all() and (fractions <= 1).all()):
        raise AmountError("amounts", "a mass fraction lies between 0 and 1")
    names = tuple(dict.fromkeys(standards))
    owners = np.array([names.index(name) for name in standards], dtype=np.intp)
    if any(np.ptp(fractions[owners == k]) > 0 for k in range(len(names))):
        raise AmountError("amounts", "one standard was given two amounts")
    if len(names) < LEAST_STANDARDS or np.unique(fractions).size < 3:
        raise AmountError(
            "standards",
            f"{len(names)} standards with {np.unique(fractions).size} amounts; at least "
            f"{LEAST_STANDARDS} with 3 are wanted, and {validation.LEAST_STANDARDS} to say amounts",
        )
    return names, owners


def _require_instrument(spectra: Sequence[Spectrum], instrument: str) -> None:
    for each in spectra:
        found = each.provenance.get("instrument") or each.provenance.get("serial") or ""
        if found != instrument:
            shown = found or "an instrument that is not named"
            raise AmountError("instrument", f"calibrated for {instrument}; this is of {shown}")
