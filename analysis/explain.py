"""Peak by peak: which bands of a named substance the spectrum shows, and which it does not.

What a technician does by eye. A band is looked for in the measured spectrum after the fit of all
other named substances was taken away. It counts as *seen* when something of its place, shape and
height is there; as *missing* when it should stand clear of all that may be wrong there and does
not; else it is *hidden*, and says nothing.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from analysis.findings import Identification
from analysis.library import Library
from analysis.parts import Part, named_parts
from analysis.peaks import MAD_TO_DEVIATION, IndexArray, Peak, blurred, expected_peaks
from analysis.spectrum import FloatArray

State: TypeAlias = Literal["seen", "missing", "hidden"]

HEIGHT_ALLOWANCE = 0.15
POSITION_ALLOWANCE_CHANNELS = 0.25
OWN_ALLOWANCE = 0.04
CLEAR = 2.0
LEAST_RATIO = 0.4
MOST_RATIO = 2.5
LEAST_LIKENESS = 0.6
MOST_LAG_CHANNELS = 2
LEAST_HALF_WINDOW = 3
MOST_HALF_WINDOW = 16
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class PeakEvidence:
    """One expected band of a named substance.

    Attributes:
        position: where the reference has it, in the axis's unit.
        height: its prominence as a share of the substance's highest band, 0 to 1.
        seen: "seen", "missing", or "hidden" (nothing can be said).
        shift: how far right of it the sample has it, in the axis's unit; 0 unless seen.
        explained_by: the other named substance whose band lies there and is as strong or
            stronger; "" where there is none (hidden then means: by noise, or by what is
            unexplained).
        ratio: height found over height expected at the substance's share.
        allowance: how wrong that ratio may be by mismatch, noise and what is unexplained.
    """

    position: float
    height: float
    seen: State
    shift: float
    explained_by: str
    ratio: float
    allowance: float


@dataclass(frozen=True, slots=True)
class SubstanceEvidence:
    """All expected bands of one named substance.

    Attributes:
        substance: its name, or its family's.
        family: its class.
        share: share of the explained signal (not of mass).
        peaks: its expected bands, in the order of the axis.
        seen: how many were seen.
        missing: how many were not, though they should stand clear.
        hidden: how many say nothing.
        tallest: height of its highest band at this share, in the ordinate of the sample.
    """

    substance: str
    family: str
    share: float
    peaks: tuple[PeakEvidence, ...]
    seen: int
    missing: int
    hidden: int
    tallest: float


def explain(library: Library, found: Identification) -> tuple[SubstanceEvidence, ...]:
    """Look for every expected band of every named substance.

    Args:
        library: the one that the result was made with.
        found: what `Matcher.identify` answered.

    Returns:
        One for each component, and for each detected target without a component.

    Raises:
        LibraryError: the result was made with another library.
    """
    parts = named_parts(library, found)
    if not parts:
        return ()
    window = library.recipe.window
    parts = tuple(replace(p, curve=blurred(p.curve, window)) for p in parts)
    measured = blurred(np.array(found.measured), window)
    fitted = np.array([p.curve for p in parts if p.fitted])
    residual = measured - fitted.sum(axis=0) if fitted.size else measured
    grid = library.recipe.grid()
    return tuple(_evidence(grid, measured, part, parts, residual) for part in parts)


def _evidence(
    grid: FloatArray,
    measured: FloatArray,
    part: Part,
    parts: tuple[Part, ...],
    residual: FloatArray,
) -> SubstanceEvidence:
    others = [p for p in parts if p is not part and p.fitted]
    curves = np.array([p.curve for p in others]).reshape(len(others), grid.size)
    left = measured - curves.sum(axis=0)
    expected = expected_peaks(grid, part.curve)
    step = float(grid[1] - grid[0])
    look = _Look(left, part.curve, curves, tuple(p.substance for p in others), residual, step)
    peaks = tuple(look.at(peak) for peak in expected)
    states = [p.seen for p in peaks]
    tallest = max((_rise(part.curve, p, step) for p in expected), default=0.0)
    return SubstanceEvidence(
        part.substance,
        part.family,
        part.share,
        peaks,
        states.count("seen"),
        states.count("missing"),
        states.count("hidden"),
        tallest,
    )


def _rise(curve: FloatArray, peak: Peak, step: float) -> float:
    """Height of a band above the line between its feet."""
    half = _half_window(peak, step)
    low, high = max(0, peak.channel - half), min(curve.size - 1, peak.channel + half)
    return float(curve[peak.channel] - 0.5 * (curve[low] + curve[high]))


def _half_window(peak: Peak, step: float) -> int:
    return int(np.clip(np.ceil(peak.width / step), LEAST_HALF_WINDOW, MOST_HALF_WINDOW))


def _level(windows: FloatArray) -> FloatArray:
    """Windows without their straight line (least squares), same shape (..., points)."""
    at = np.arange(windows.shape[-1]) - (windows.shape[-1] - 1) / 2
    slopes = windows @ at / float(at @ at)
    flat: FloatArray = windows - windows.mean(axis=-1, keepdims=True) - slopes[..., None] * at
    return flat


def _strength(windows: FloatArray) -> FloatArray:
    root: FloatArray = np.sqrt(np.mean(windows**2, axis=-1))
    return root


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """Looks for one substance's bands in what the others leave."""

    left: FloatArray
    curve: FloatArray
    others: FloatArray
    names: tuple[str, ...]
    residual: FloatArray
    step: float

    def at(self, peak: Peak) -> PeakEvidence:
        half = _half_window(peak, self.step)
        lags = np.arange(-MOST_LAG_CHANNELS, MOST_LAG_CHANNELS + 1)
        reach = np.arange(-half, half + 1)
        last = self.curve.size - 1
        window = np.clip(peak.channel + reach, 0, last)
        own = _level(self.curve[window])
        power = float(own @ own) + TINY**2
        seen = _level(self.left[np.clip(window + lags[:, None], 0, last)])
        matches = seen @ own / power
        best = int(matches.argmax())
        likeness = matches[best] * power**0.5 / (float(np.linalg.norm(seen[best])) + TINY)
        beside = _strength(_level(self.others[:, window]))
        error = self._error(window, own, peak.height)
        state = _state(float(matches[best]), float(likeness), error)
        shift = (lags[best] + _top(matches, best)) * self.step if state == "seen" else 0.0
        stronger = beside.size and float(beside.max()) >= float(_strength(own))
        by = self.names[int(beside.argmax())] if stronger and state != "missing" else ""
        ratio = float(matches[best])
        return PeakEvidence(peak.position, peak.height, state, float(shift), by, ratio, error)

    def _error(self, window: IndexArray, own: FloatArray, height: float) -> float:
        """How wrong a ratio may be: all that looks like this band and may be wrong.

        The residual counts by its median over all places, so that a few wrong bands of a substance
        that is not there do not hide each other.
        """
        power = float(own @ own) + TINY**2
        rest = np.correlate(self.residual, own, mode="valid") / power
        slopes = np.gradient(self.others, axis=1)[:, window] if self.others.size else self.others
        wrong = (
            MAD_TO_DEVIATION * float(np.median(np.abs(rest))),
            OWN_ALLOWANCE / height,
            *(HEIGHT_ALLOWANCE * (self.others[:, window] @ own) / power),
            *(POSITION_ALLOWANCE_CHANNELS * (slopes @ own) / power if slopes.size else ()),
        )
        return float(np.linalg.norm(wrong))


def _state(ratio: float, likeness: float, error: float) -> State:
    if error * CLEAR > 1:
        return "hidden"
    if ratio < LEAST_RATIO:
        return "missing"
    return "seen" if ratio <= MOST_RATIO and likeness >= LEAST_LIKENESS else "hidden"


def _top(matches: FloatArray, best: int) -> float:
    """Where between two lags the match is best."""
    if not 0 < best < matches.size - 1:
        return 0.0
    left, middle, right = matches[best - 1 : best + 2]
    bend = left - 2 * middle + right
    return float(0.5 * (left - right) / bend) if bend < 0 else 0.0
