"""A spectrum: two rows of numbers that have been checked once and never change again."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import SpectrumError

Kind: TypeAlias = Literal["ir-absorbance", "ir-transmittance", "raman", "nir", "counts"]
AxisUnit: TypeAlias = Literal["cm-1", "nm"]
FloatArray: TypeAlias = NDArray[np.float64]

KINDS: tuple[str, ...] = get_args(Kind)
AXIS_UNITS: tuple[str, ...] = get_args(AxisUnit)
MIN_POINTS = 8
MAX_POINTS = 1_000_000
MAX_MAGNITUDE = 1e100
NM_PER_CM = 1e7


class Spectrum:
    """One measured spectrum, immutable.

    Made as `Spectrum(axis, values, kind, axis_unit, **provenance)`. The axis may come in either
    direction; it is kept ascending.

    Args:
        axis: one strictly monotone number per point, in `axis_unit`.
        values: one finite number per point: absorbance, transmittance (a fraction or per cent),
            Raman intensity or detector counts, as `kind` says.
        kind: "ir-absorbance", "ir-transmittance", "raman", "nir" or "counts".
        axis_unit: "cm-1" (wavenumber, or Raman shift from the laser line) or "nm".
        **provenance: facts to keep beside it (instrument, serial, file, ...), as text.

    Raises:
        SpectrumError: the numbers are no spectrum; the message says which and why.
    """

    __slots__ = ("axis", "axis_unit", "kind", "provenance", "values")

    axis: FloatArray
    values: FloatArray
    kind: Kind
    axis_unit: AxisUnit
    provenance: Mapping[str, str]

    def __init__(
        self,
        axis: ArrayLike,
        values: ArrayLike,
        kind: str = "ir-absorbance",
        axis_unit: str = "cm-1",
        **provenance: str,
    ) -> None:
        x, y = _numbers("axis", axis), _numbers("values", values)
        _check_words(kind, axis_unit, provenance)
        _check_numbers(x, y)
        if x[0] > x[-1]:
            x, y = x[::-1], y[::-1]
        put = object.__setattr__
        put(self, "axis", _frozen(x))
        put(self, "values", _frozen(y))
        put(self, "kind", cast("Kind", kind))
        put(self, "axis_unit", cast("AxisUnit", axis_unit))
        put(self, "provenance", MappingProxyType(dict(provenance)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Spectrum is immutable: {name} can't be set; make a new one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Spectrum is immutable: {name} can't be deleted")

    def __reduce__(self) -> tuple[object, ...]:
        parts = (self.axis, self.values, self.kind, self.axis_unit, dict(self.provenance))
        return _rebuild, parts

    def __len__(self) -> int:
        return int(self.axis.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Spectrum):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key()[:-1])

    def __repr__(self) -> str:
        span = f"{self.axis[0]:g}..{self.axis[-1]:g} {self.axis_unit}"
        return f"<Spectrum {self.kind}, {len(self)} points, {span}>"

    def _key(self) -> tuple[object, ...]:
        return (
            self.kind,
            self.axis_unit,
            self.axis.tobytes(),
            self.values.tobytes(),
            dict(self.provenance),
        )

    def as_raman(self, laser_nm: float) -> "Spectrum":
        """The same intensities over Raman shift (cm-1) from a laser line.

        Shift = 1e7 / laser - 1e7 / wavelength. A spectrum that is in cm-1 already keeps its axis.

        Args:
            laser_nm: wavelength of the laser, in nm.

        Raises:
            SpectrumError: the laser line, or a wavelength, is not above zero; or this is an
                infrared spectrum.
        """
        if self.kind not in {"raman", "counts"}:
            raise SpectrumError(f"a spectrum of kind {self.kind} has no Raman shift")
        if self.axis_unit == "cm-1":
            return Spectrum(self.axis, self.values, "raman", "cm-1", **self.provenance)
        if not (np.isfinite(laser_nm) and laser_nm > 0 and self.axis[0] > 0):
            raise SpectrumError(f"the laser line ({laser_nm} nm) and wavelengths must be above 0")
        shift = NM_PER_CM / laser_nm - NM_PER_CM / self.axis
        return Spectrum(shift, self.values, "raman", "cm-1", **self.provenance)


def _rebuild(
    axis: FloatArray, values: FloatArray, kind: str, axis_unit: str, provenance: dict[str, str]
) -> Spectrum:
    return Spectrum(axis, values, kind, axis_unit, **provenance)


def _frozen(numbers: FloatArray) -> FloatArray:
    kept = np.array(numbers, dtype=np.float64, order="C", copy=True)
    kept.flags.writeable = False
    return kept


def _numbers(what: str, given: ArrayLike) -> FloatArray:
    try:
        kept = np.asarray(given)
        if kept.dtype.kind == "O":
            kept = kept.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as problem:
        raise SpectrumError(f"{what}: these are not real numbers ({problem})") from problem
    if kept.dtype.kind not in "iuf":
        raise SpectrumError(f"{what}: these are not real numbers but {kept.dtype}")
    if kept.ndim != 1:
        raise SpectrumError(f"{what}: one row of numbers is wanted, not {kept.ndim} dimensions")
    if not MIN_POINTS <= kept.size <= MAX_POINTS:
        raise SpectrumError(
            f"{what}: {kept.size} points; a spectrum has {MIN_POINTS} to {MAX_POINTS:,}"
        )
    return kept.astype(np.float64)


def _check_words(kind: str, axis_unit: str, provenance: Mapping[str, str]) -> None:
    if kind not in KINDS:
        raise SpectrumError(f"kind {kind!r} is not known; one of {', '.join(KINDS)} is wanted")
    if axis_unit not in AXIS_UNITS:
        raise SpectrumError(f"axis_unit {axis_unit!r} is not known; 'cm-1' or 'nm' is wanted")
    for name, text in provenance.items():
        if not isinstance(text, str):
            raise SpectrumError(f"provenance {name}: text is wanted, not {type(text).__name__}")


def _check_numbers(x: FloatArray, y: FloatArray) -> None:
    if x.size != y.size:
        raise SpectrumError(f"the axis has {x.size} points and the values have {y.size}")
    for what, numbers in (("axis", x), ("values", y)):
        bad = np.flatnonzero(~np.isfinite(numbers))
        if bad.size:
            first = int(bad[0])
            raise SpectrumError(f"{what}: point {first} is {numbers[first]} ({bad.size} such)")
        largest = float(np.abs(numbers).max())
        if largest > MAX_MAGNITUDE:
            raise SpectrumError(f"{what}: {largest:g} is too large for a spectrum")
    steps = np.diff(x)
    wrong = np.flatnonzero(steps * np.sign(steps[0]) <= 0)
    if wrong.size:
        where = int(wrong[0])
        raise SpectrumError(
            f"axis: points {where} and {where + 1} ({x[where]:g}, {x[where + 1]:g}) break the "
            "order; the axis must rise, or fall, from point to point"
        )
