"""The ordered steps from a spectrum to what is compared, as data, with a hash."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.preprocess.atr import depth_corrected
from analysis.preprocess.baseline import METHODS, SMOOTHNESS, airpls, arpls
from analysis.preprocess.derivative import savitzky_golay
from analysis.preprocess.despike import despike
from analysis.preprocess.normalise import standard_normal_variate, unit_norm
from analysis.preprocess.ordinate import additive_rows
from analysis.preprocess.resample import resample
from analysis.spectrum import FloatArray, Spectrum

VERSION: Final = 1
LEAST_WINDOW = 5
NORMS = ("unit", "snv")
BASELINES = ("none", *METHODS)
DESPIKE = ("auto", "on", "off")
DETECTOR_KINDS = ("raman", "counts")
TRANSMISSION = "transmission"
MOST_TOGETHER = 512
MOST_POINTS_TOGETHER = 4_000_000
Plain: TypeAlias = str | int | float
Real = TypeVar("Real", np.float32, np.float64)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a recipe: its name and its settings."""

    name: str
    settings: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to a query and to every reference alike, in the order of `steps`.

    Attributes:
        kind: "infrared", "raman", "nir" or "counts": what may be compared with what.
        axis_unit: "cm-1" or "nm".
        start: first grid point, in `axis_unit`.
        step: grid step, in `axis_unit`.
        points: number of grid points.
        window: Savitzky-Golay window, in channels (odd).
        order: degree of its polynomial.
        version: of the code of these steps.
        atr_reference_cm1: where the ATR depth correction leaves the height as it is; 0 for none.
            Infrared spectra whose provenance says `sampling="transmission"` are left alone.
        despike: "on", "off", or "auto": on for Raman spectra and counts.
        baseline: "none", "airpls" or "arpls", for display and classic search, never for detection.
        smoothness: lambda of that baseline.
        norm: "unit" (Euclidean) or "snv" (standard normal variate).

    Raises:
        AnalysisError: a setting that no step knows.
    """

    kind: str
    axis_unit: str
    start: float
    step: float
    points: int
    window: int
    order: int = 2
    version: int = VERSION
    atr_reference_cm1: float = 0.0
    despike: str = "auto"
    baseline: str = "none"
    smoothness: float = SMOOTHNESS
    norm: str = "unit"

    def __post_init__(self) -> None:
        for name, known in (("norm", NORMS), ("baseline", BASELINES), ("despike", DESPIKE)):
            if getattr(self, name) not in known:
                given = getattr(self, name)
                raise AnalysisError(f"recipe: {name} is {given!r}; one of {known} is wanted")
        if not (np.isfinite(self.atr_reference_cm1) and self.atr_reference_cm1 >= 0):
            raise AnalysisError(f"recipe: atr_reference_cm1 is {self.atr_reference_cm1}, below 0")
        if not (np.isfinite(self.smoothness) and self.smoothness > 0):
            raise AnalysisError(f"recipe: smoothness is {self.smoothness}; above 0 is wanted")
        if self.window % 2 == 0 or self.window <= self.order:
            raise AnalysisError(
                f"recipe: a window of {self.window} channels; an odd one above the order "
                f"({self.order}) is wanted"
            )

    @property
    def despikes(self) -> bool:
        """Whether spikes are taken out."""
        return self.despike == "on" or (self.despike == "auto" and self.kind in DETECTOR_KINDS)

    def grid(self) -> FloatArray:
        """The library's axis, shape (points,); read-only."""
        return _grid(self.start, self.step, self.points)

    def on_grid(self, spectrum: Spectrum) -> FloatArray:
        """The additive ordinate on the grid, shape (points,)."""
        return self._rows_on_grid(spectrum, spectrum.values)

    def on_grid_batch(self, spectra: Sequence[Spectrum]) -> FloatArray:
        """The same of many, shape (spectra, points), row by row equal to `on_grid`.

        Spectra that share axis, kind and sampling are worked on together.
        """
        out = np.empty((len(spectra), self.points))
        for members in alike(spectra):
            rows = np.stack([spectra[k].values for k in members])
            out[members] = self._rows_on_grid(spectra[members[0]], rows)
        return out

    def _rows_on_grid(self, like: Spectrum, rows: FloatArray) -> FloatArray:
        rows = additive_rows(like.kind, rows)
        if self.atr_reference_cm1 > 0 and corrected_for_depth(like):
            rows = depth_corrected(like.axis, rows, self.atr_reference_cm1)
        if self.despikes:
            rows = despike(rows).values
        return resample(like.axis, rows, self.grid())

    def derivative(self, values: NDArray[Real]) -> NDArray[Real]:
        """First derivative per channel, same shape (..., points) and dtype."""
        return savitzky_golay(values, self.window, self.order)

    def features(self, values: NDArray[Real]) -> NDArray[Real]:
        """First derivative, normalised; same shape and dtype; zeros stay zeros."""
        return self.normalised(self.derivative(values))

    def normalised(self, slopes: NDArray[Real]) -> NDArray[Real]:
        """Derivatives brought to one scale; same shape and dtype; zeros stay zeros."""
        return unit_norm(slopes) if self.norm == "unit" else standard_normal_variate(slopes)

    def flattened(self, values: FloatArray) -> FloatArray:
        """Values on the grid without their baseline, same shape: for display, classic search."""
        if self.baseline == "none":
            return values
        method = airpls if self.baseline == "airpls" else arpls
        flat: FloatArray = values - method(values, self.smoothness)
        return flat

    def steps(self) -> tuple[Step, ...]:
        """What is done, in this order; what is switched off is left out."""
        grid: dict[str, Plain] = {"start": self.start, "step": self.step, "points": self.points}
        slope: dict[str, Plain] = {"window": self.window, "order": self.order, "derivative": 1}
        flat: dict[str, Plain] = {"method": self.baseline, "smoothness": self.smoothness}
        every: tuple[tuple[bool, str, Mapping[str, Plain]], ...] = (
            (self.kind == "infrared", "absorbance", {}),
            (self.atr_reference_cm1 > 0, "atr", {"reference_cm1": self.atr_reference_cm1}),
            (self.despikes, "despike", {}),
            (True, "resample", grid),
            (self.baseline != "none", "baseline", flat | {"used_for": "display, classic search"}),
            (True, "derivative", slope),
            (True, "normalise", {"norm": self.norm}),
        )
        return tuple(Step(name, MappingProxyType(dict(s))) for on, name, s in every if on)

    def as_data(self) -> MappingProxyType[str, Plain]:
        """The recipe as plain values, with its hash under "hash"."""
        return MappingProxyType(asdict(self) | {"hash": self.digest()})

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> "Recipe":
        """The recipe of `as_data`, also after a way through JSON; options may be missing.

        Raises:
            AnalysisError: a value is missing, unknown or of a wrong type, or the hash is of
                another recipe.
        """
        given = {name: value for name, value in data.items() if name != "hash"}
        made = cls(**_checked(given))  # type: ignore[arg-type]  # each was checked by its name
        if "hash" in data and data["hash"] != made.digest():
            raise AnalysisError(
                f"recipe: its hash is {data['hash']}, and that of its values {made.digest()}; it "
                "was changed, or written by another version of this program"
            )
        return made

    def digest(self) -> str:
        """A short hash that changes when any step does; what is switched off does not count."""
        plain = asdict(self)
        for option in ("atr_reference_cm1", "despike", "baseline", "smoothness", "norm"):
            del plain[option]
        used = {
            step.name: dict(step.settings)
            for step in self.steps()
            if step.name in {"atr", "despike", "baseline"}
        }
        if self.norm != "unit":
            used["normalise"] = {"norm": self.norm}
        return sha256(json.dumps(plain | used, sort_keys=True).encode()).hexdigest()[:16]


def corrected_for_depth(spectrum: Spectrum) -> bool:
    """Whether an ATR depth correction is for this spectrum: infrared, over wavenumbers, by ATR."""
    infrared = spectrum.kind in {"ir-absorbance", "ir-transmittance"}
    over = spectrum.axis_unit == "cm-1"
    return infrared and over and spectrum.provenance.get("sampling") != TRANSMISSION


def alike(spectra: Sequence[Spectrum], most: int = MOST_TOGETHER) -> list[list[int]]:
    """Indices of spectra that share axis, unit, kind and sampling, in groups.

    Groups are of at most `most` spectra and about four million points, so that memory is bounded.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    axes: dict[int, bytes] = {}
    for k, spectrum in enumerate(spectra):
        axis = axes.get(id(spectrum.axis))
        if axis is None:
            axis = axes[id(spectrum.axis)] = spectrum.axis.tobytes()
        sampling = spectrum.provenance.get("sampling", "")
        groups.setdefault((spectrum.kind, spectrum.axis_unit, sampling, axis), []).append(k)
    parts = []
    for members in groups.values():
        size = min(most, max(1, MOST_POINTS_TOGETHER // len(spectra[members[0]])))
        parts += [members[k : k + size] for k in range(0, len(members), size)]
    return parts


def odd_window(width: float, step: float) -> int:
    """The odd number of channels nearest above a width, and never below 5."""
    return max(LEAST_WINDOW, 2 * int(np.ceil(width / step / 2)) + 1)


@lru_cache(maxsize=32)
def _grid(start: float, step: float, points: int) -> FloatArray:
    grid: FloatArray = start + step * np.arange(points, dtype=np.float64)
    grid.flags.writeable = False
    return grid


def _checked(given: Mapping[str, object]) -> dict[str, object]:
    types = {field.name: field.type for field in fields(Recipe)}
    for name, value in given.items():
        if name not in types:
            raise AnalysisError(f"recipe: {name} is not known; known are {', '.join(types)}")
        wanted = {float: (int, float), int: (int,), str: (str,)}[_named(types[name])]
        if isinstance(value, bool) or not isinstance(value, wanted):
            raise AnalysisError(f"recipe: {name} is {value!r}, of the wrong type")
    required = ("kind", "axis_unit", "start", "step", "points", "window")
    missing = [name for name in required if name not in given]
    if missing:
        raise AnalysisError(f"recipe: {', '.join(missing)} missing")
    return {
        name: float(value) if isinstance(value, int) and _named(types[name]) is float else value
        for name, value in given.items()
    }


def _named(kind: object) -> type:
    found = {"float": float, "int": int, "str": str}.get(str(kind), kind)
    return found if isinstance(found, type) else str
