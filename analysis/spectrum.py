"""A spectrum: two rows of numbers that have been checked once and never change again."""

from collections.abc import Mapping, Sized
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast, get_args

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
# Neighbours nearer than this, of the largest axis value, are one point written twice.
LEAST_SPACING = 1e-9
NM_PER_CM = 1e7


class Spectrum:
    """One measured spectrum, immutable.

    Made as `Spectrum(axis, values, kind, axis_unit, **provenance)`. The axis may come in either
    direction; it is kept ascending.

    Args:
        axis: one strictly monotone number per point, in `axis_unit`.
        values: one finite number per point: absorbance, transmittance (a fraction or per cent),
            Raman intensity or detector counts, as `kind` says. 8 to 1,000,000 points.
        kind: "ir-absorbance", "ir-transmittance", "raman", "nir" or "counts".
        axis_unit: "cm-1" (wavenumber, or Raman shift from the laser line) or "nm".
        **provenance: facts to keep beside it (instrument, serial, file, ...), as text. The checks
            read "saturation_counts" (full scale of the detector, in the unit of the values) and
            "sampling" ("atr" or "transmission").

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
        _check_lengths(x, y)
        _check_finite("values", y)
        axis, falls = _AXES.checked(x, axis_unit)
        if falls:
            y = y[::-1]
        put = object.__setattr__
        put(self, "axis", axis)
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
    _check_count(what, given)
    try:
        kept = np.asarray(given)
        if kept.dtype.kind == "O":
            if any(isinstance(part, str | bytes) for part in kept.flat):
                raise SpectrumError(f"{what}: these are not real numbers but text")
            kept = kept.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as problem:
        if isinstance(problem, SpectrumError):
            raise
        raise SpectrumError(f"{what}: these are not real numbers ({problem})") from problem
    if kept.dtype.kind not in "iuf":
        raise SpectrumError(f"{what}: these are not real numbers but {kept.dtype}")
    if kept.ndim != 1:
        raise SpectrumError(f"{what}: one row of numbers is wanted, not {kept.ndim} dimensions")
    _check_count(what, kept)
    # What is too large for 64 bits becomes infinite, and is refused as such.
    with np.errstate(over="ignore"):
        return kept.astype(np.float64)


def _check_count(what: str, given: object) -> None:
    """Counted before anything is copied, so that ten million points cost no memory."""
    if not isinstance(given, Sized) or isinstance(given, str | bytes):
        return
    if isinstance(given, np.ndarray) and given.ndim != 1:
        return
    if np.ma.is_masked(given):
        raise SpectrumError(f"{what}: some points are masked; leave them out of both rows")
    if not MIN_POINTS <= len(given) <= MAX_POINTS:
        raise SpectrumError(
            f"{what}: {len(given)} points; a spectrum has {MIN_POINTS} to {MAX_POINTS:,}"
        )


def _check_words(kind: str, axis_unit: str, provenance: Mapping[str, str]) -> None:
    if kind not in KINDS:
        raise SpectrumError(f"kind {kind!r} is not known; one of {', '.join(KINDS)} is wanted")
    if axis_unit not in AXIS_UNITS:
        raise SpectrumError(f"axis_unit {axis_unit!r} is not known; 'cm-1' or 'nm' is wanted")
    for name, text in provenance.items():
        if not isinstance(text, str):
            raise SpectrumError(f"provenance {name}: text is wanted, not {type(text).__name__}")


def _check_lengths(x: FloatArray, y: FloatArray) -> None:
    if x.size != y.size:
        raise SpectrumError(f"the axis has {x.size} points and the values have {y.size}")


def _check_finite(what: str, numbers: FloatArray) -> None:
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        first = int(bad[0])
        raise SpectrumError(f"{what}: point {first} is {numbers[first]} ({bad.size} such)")
    largest = float(np.abs(numbers).max())
    if largest > MAX_MAGNITUDE:
        raise SpectrumError(f"{what}: {largest:g} is too large for a spectrum")


def _check_axis(x: FloatArray, unit: str) -> None:
    _check_finite("axis", x)
    steps = np.diff(x)
    wrong = np.flatnonzero(steps * np.sign(steps[0]) <= 0)
    if wrong.size:
        raise SpectrumError(
            f"axis: {_neighbours(x, int(wrong[0]))} break the order; the axis must rise, or fall, "
            "from point to point"
        )
    near = np.flatnonzero(np.abs(steps) < LEAST_SPACING * np.abs(x).max())
    if near.size:
        raise SpectrumError(
            f"axis: {_neighbours(x, int(near[0]))} nearly coincide; leave one of them out"
        )
    if unit == "nm" and min(x[0], x[-1]) <= 0:
        raise SpectrumError(
            f"axis: {min(x[0], x[-1]):g} nm is no wavelength; is the axis in another unit?"
        )


def _neighbours(x: FloatArray, at: int) -> str:
    return f"points {at} and {at + 1} ({x[at]:g}, {x[at + 1]:g})"


class _Axes:
    """The last few axes that were checked: spectra of one instrument share one array."""

    KEPT: Final = 4
    MOST_POINTS: Final = 20_000

    def __init__(self) -> None:
        self._kept: tuple[tuple[str, FloatArray], ...] = ()

    def checked(self, x: FloatArray, unit: str) -> tuple[FloatArray, bool]:
        """The axis, ascending and frozen, and whether it came falling.

        Raises:
            SpectrumError: it is no axis.
        """
        falls = bool(x[0] > x[-1])
        rising = x[::-1] if falls else x
        for known_unit, axis in self._kept:
            if known_unit == unit and axis.size == x.size and np.array_equal(axis, rising):
                return axis, falls
        _check_axis(x, unit)
        made = _frozen(rising)
        if made.size <= self.MOST_POINTS:
            # A new tuple in one step: two threads may lose an axis to each other, no more.
            self._kept = ((unit, made), *self._kept[: self.KEPT - 1])
        return made, falls


_AXES: Final = _Axes()
