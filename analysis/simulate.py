"""Samples made up from a library, through a model of another instrument and another day.

Each reference goes through its own changes (band heights, local stretch of the axis, resolution,
curvature of the ordinate), because the same substance measured elsewhere differs; then the mixture
goes through the changes that a whole spectrum has (shift, baseline, noise). A reference is never
fitted by an exact copy of itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.mismatch import Rows
from analysis.mixture import IndexArray
from analysis.preprocess.recipe import Recipe
from analysis.preprocess.resample import shifted
from analysis.spectrum import FloatArray

SHARE_UNKNOWN = 0.3
SHARE_RANDOM_BANDS = 0.3
SHARE_FEW_BANDS = 0.3
SHARE_WITH_TARGET = 0.25
MOST_COMPONENTS = 6
MOST_TRACES = 5
TRACE_SHARES = (0.002, 0.01)
STRANGER_ODDS = (0.05, 0.9)
UNEVEN = 0.5
"""Standard deviation of the logarithm of how far a whole sample strays, to the usual."""


@dataclass(frozen=True, slots=True)
class InstrumentModel:
    """How far another instrument strays; lengths in the axis's unit.

    Attributes:
        shift: standard deviation of the shift of a whole spectrum.
        warp: standard deviation of the local shift of one substance's bands.
        gain: standard deviation of the logarithm of band heights.
        coherence: length over which gain and warp change.
        blur: largest standard deviation of a further line broadening.
        curvature: largest departure from 1 of the exponent of the ordinate.
        baseline: standard deviation of the baseline's slope and bow, to the highest point.
        noise: least and largest standard deviation of noise, to the highest point.
    """

    shift: float = 1.2
    warp: float = 0.4
    gain: float = 0.15
    coherence: float = 15.0
    blur: float = 3.0
    curvature: float = 0.1
    baseline: float = 0.05
    noise: tuple[float, float] = (3e-4, 6e-3)

    @classmethod
    def for_recipe(cls, recipe: Recipe) -> "InstrumentModel":
        """The model for a technique: infrared as above, Raman, wavelengths scaled to the channel.

        Raman has no depth of penetration that bends the ordinate; detectors and filters tilt it
        slowly along the axis.
        """
        if recipe.kind in {"raman", "counts"}:
            return cls(shift=0.8, gain=0.1, coherence=60.0, blur=2.0, curvature=0.03)
        if recipe.axis_unit == "cm-1":
            return cls()
        unit = recipe.step / 4.0
        return cls(shift=1.2 * unit, warp=0.4 * unit, coherence=15.0 * unit, blur=3.0 * unit)

    def scaled(self, by: float) -> "InstrumentModel":
        """The same model, straying so many times as far."""
        return replace(
            self,
            shift=self.shift * by,
            warp=self.warp * by,
            gain=self.gain * by,
            blur=self.blur * by,
            curvature=min(0.5, self.curvature * by),
        )


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One made-up sample.

    Attributes:
        values: additive ordinate on the library's grid, shape (points,).
        parts: references it was made of.
        held: references that the matcher must not use for it (unknowns, and exact copies).
    """

    values: FloatArray
    parts: IndexArray
    held: IndexArray


def _smooth(rng: np.random.Generator, points: int, length: float) -> FloatArray:
    half = max(1, int(np.ceil(3 * length)))
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / max(length, 0.3)) ** 2)
    kernel /= np.sqrt((kernel**2).sum())
    drawn: FloatArray = np.convolve(rng.normal(size=points + 2 * half), kernel, "valid")
    return drawn


def _blurred(values: FloatArray, width: float) -> FloatArray:
    if width < 0.1:
        return values
    half = int(np.ceil(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / width) ** 2)
    wide: FloatArray = np.convolve(
        np.pad(values, half, mode="edge"), kernel / kernel.sum(), "valid"
    )
    return wide


def elsewhere(
    values: FloatArray, model: InstrumentModel, step: float, rng: np.random.Generator
) -> FloatArray:
    """One reference as another instrument would have measured it, highest point at 1.

    Args:
        values: additive ordinate of the reference, shape (points,).
        model: how far the other instrument strays.
        step: grid step, in the axis's unit.
        rng: where chance comes from.
    """
    channels = np.arange(values.size, dtype=np.float64)
    length = model.coherence / step
    low, high = float(values.min()), float(values.max())
    height = max(high - low, 1e-12)
    unit = (values - low) / height
    unit = unit * np.exp(model.gain * _smooth(rng, values.size, length))
    warp = model.warp / step * _smooth(rng, values.size, 2 * length)
    unit = np.interp(channels + warp, channels, unit)
    exponent = rng.uniform(1 - model.curvature, 1 + model.curvature)
    return _blurred(np.clip(unit, 0.0, None) ** exponent, rng.uniform(0, model.blur) / step)


def measured(
    values: FloatArray, model: InstrumentModel, step: float, rng: np.random.Generator
) -> FloatArray:
    """A mixture as an instrument would have handed it over: shift, baseline, noise.

    Args:
        values: sum of the components, shape (points,).
        model: how far the instrument strays.
        step: grid step, in the axis's unit.
        rng: where chance comes from.
    """
    height = max(float(np.ptp(values)), 1e-12)
    x = np.linspace(-1.0, 1.0, values.size)
    slope, bow, level = model.baseline * rng.normal(size=3)
    noise = np.exp(rng.uniform(np.log(model.noise[0]), np.log(model.noise[1])))
    moved = shifted(values, float(rng.normal(0, model.shift)) / step)
    base = slope * x + bow * x**2 + abs(level)
    result: FloatArray = moved + height * (base + noise * rng.normal(size=values.size))
    return result


def random_bands(points: int, rng: np.random.Generator) -> FloatArray:
    """A substance that does not exist: Lorentzian bands of 2 to 8 channels width.

    Mostly 8 to 30 of them; a third of these substances have 3 to 7 only.
    """
    channels = np.arange(points)
    values = np.zeros(points)
    few = rng.random() < SHARE_FEW_BANDS
    for _ in range(int(rng.integers(3, 8) if few else rng.integers(8, 31))):
        centre, width = rng.uniform(0, points), rng.uniform(2, 8)
        values += rng.exponential() / (1 + ((channels - centre) / (width / 2)) ** 2)
    return values


class World:
    """Makes samples up from a library's references.

    A share is a share of the sum of highest bands, as everywhere in this package.

    Args:
        rows: gives the additive ordinates of references, shape (references, points).
        owner: the substance of each, counted from 0.
        targets: indices of the references of all watched families.
        recipe: the library's recipe.
        scale: how far references are off, relative to the usual.
    """

    def __init__(
        self,
        rows: Rows,
        owner: IndexArray,
        targets: IndexArray,
        recipe: Recipe,
        scale: float = 1.0,
    ) -> None:
        self._rows = rows
        self._recipe = recipe
        self._usual = InstrumentModel.for_recipe(recipe).scaled(scale)
        self._targets = targets
        self._owner = owner
        self._copies = np.bincount(self._owner, minlength=1)
        plain = np.setdiff1d(np.arange(owner.size), targets)
        self.plain_substances = np.unique(self._owner[plain])
        """Substances that blanks are made of."""

    def sample(self, rng: np.random.Generator) -> MadeUp:
        """A mixture of 2 to 6 references and up to 5 traces.

        A quarter hold one target, 30 % something unknown.
        """
        model = self._usual.scaled(float(np.exp(UNEVEN * rng.normal())))
        parts, shares = self._parts(rng)
        held = [c for p in parts for c in self.copies(p)]
        strange, gone = self._unknown(parts, model, rng)
        values = shares @ np.array([self.strayed(p, rng, model) for p in parts])
        made = measured(values + strange, model, self._recipe.step, rng)
        used = np.array(parts, dtype=np.intp)
        return MadeUp(made, used, np.unique([*held, *gone]).astype(np.intp))

    def _parts(self, rng: np.random.Generator) -> tuple[list[int], FloatArray]:
        most = min(MOST_COMPONENTS, self.plain_substances.size)
        count = int(rng.integers(min(2, most), most + 1))
        traces = int(rng.integers(0, min(MOST_TRACES, self.plain_substances.size - count) + 1))
        owners = rng.choice(self.plain_substances, size=count + traces, replace=False)
        parts = [self._one_of(o, rng) for o in owners]
        shares = np.concatenate([rng.dirichlet(np.ones(count)), rng.uniform(*TRACE_SHARES, traces)])
        if self._targets.size and rng.random() < SHARE_WITH_TARGET:
            parts.append(int(rng.choice(self._targets)))
            shares = np.append(shares, rng.uniform(0.01, 0.3))
        return parts, shares / shares.sum()

    def strayed(
        self, reference: int, rng: np.random.Generator, model: InstrumentModel | None = None
    ) -> FloatArray:
        """One reference as measured elsewhere, its highest band at 1."""
        values = self._rows(np.array([reference]))[0].astype(np.float64)
        return _to_height_one(elsewhere(values, model or self._usual, self._recipe.step, rng))

    def copies(self, reference: int) -> list[int]:
        """The reference itself, where its substance has others that may stand for it."""
        return [reference] if self._copies[self._owner[reference]] > 1 else []

    def _one_of(self, owner: int, rng: np.random.Generator) -> int:
        return int(rng.choice(np.flatnonzero(self._owner == owner)))

    def _unknown(
        self, parts: list[int], model: InstrumentModel, rng: np.random.Generator
    ) -> tuple[FloatArray, list[int]]:
        if rng.random() >= SHARE_UNKNOWN:
            return np.zeros(self._recipe.points), []
        return self.stranger(rng, parts, model)

    def stranger(
        self,
        rng: np.random.Generator,
        parts: Sequence[int] = (),
        model: InstrumentModel | None = None,
    ) -> tuple[FloatArray, list[int]]:
        """Something unknown, and the references that must not be used for it to be so.

        Args:
            rng: where chance comes from.
            parts: references whose substances it must not be.
            model: how far the instrument strays.
        """
        odds = rng.uniform(*STRANGER_ODDS)
        free = np.setdiff1d(self.plain_substances, self._owner[list(parts)])
        if rng.random() < SHARE_RANDOM_BANDS or free.size < 2:
            return odds * _to_height_one(random_bands(self._recipe.points, rng)), []
        owner = int(rng.choice(free))
        strange = self.strayed(self._one_of(owner, rng), rng, model)
        return odds * strange, [int(i) for i in np.flatnonzero(self._owner == owner)]


def _to_height_one(values: FloatArray) -> FloatArray:
    return values / max(float(np.ptp(values)), 1e-12)
