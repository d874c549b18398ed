"""A library: references on one grid, with a version, a grade and its calibration.

References are kept in the order of their content, whatever order they came in and whatever they
are named, so that neither can change a result.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias, cast, get_args

import numpy as np

from analysis.calibration import Calibration
from analysis.container import Entry, Packed, read_packed, write_packed
from analysis.demonstration import demonstration_references
from analysis.errors import LibraryError
from analysis.preprocess.recipe import Recipe, odd_window
from analysis.reference import Reference
from analysis.spectrum import FloatArray, Spectrum

Grade: TypeAlias = Literal["demonstration", "reference"]
GRADES: tuple[str, ...] = get_args(Grade)
MOST_POINTS = 1024
LEAST_POINTS = 16
WINDOW_CM1 = 24.0
WINDOW_CHANNELS = 7
FAMILY_OF_KINDS = {
    "ir-absorbance": "infrared",
    "ir-transmittance": "infrared",
    "raman": "raman",
    "nir": "nir",
    "counts": "counts",
}


def comparable_kind(spectrum: Spectrum) -> str:
    """What a spectrum may be compared with: "infrared", "raman", "nir" or "counts"."""
    return FAMILY_OF_KINDS[spectrum.kind]


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """References that a sample is compared with. Made by `build` or `open`, never changed.

    Attributes:
        entries: what each reference is, in the order of the rows of `values`.
        values: additive ordinates on the grid, float32, shape (references, grid points).
        recipe: how a query is brought to the same form.
        grade: "demonstration" (rebuilt from band tables: never releasable) or "reference".
        calibration: where p-values come from; None until `Matcher.calibrate` has made one.
        version: hash of all spectra, names and the recipe.
    """

    entries: tuple[Entry, ...]
    values: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    recipe: Recipe
    grade: Grade
    calibration: Calibration | None = None
    version: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", self._digest())

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def build(cls, references: Iterable[Reference], grade: str = "reference") -> "Library":
        """A library from references, all of one technique and one axis unit.

        The grid covers what at least three quarters of the references cover, as finely as they
        are (1,024 channels at most). The same spectrum given twice is kept once.

        Raises:
            LibraryError: none given, techniques mixed, or a reference that covers less than half
                of what the others do; the message names it.
        """
        if grade not in GRADES:
            raise LibraryError(f"grade {grade!r} is not known; one of {', '.join(GRADES)}")
        keyed = sorted(
            {(r.content_key(), r.substance, r.family): r for r in references}.items(),
            key=lambda pair: pair[0],
        )
        kept = [reference for _, reference in keyed]
        recipe = _recipe_for(kept)
        values = np.array([_on_grid(recipe, r) for r in kept], dtype=np.float32)
        entries = tuple(_entry(key[0], r) for key, r in keyed)
        return cls(entries, values, recipe, cast("Grade", grade))

    @classmethod
    def demonstration(cls) -> "Library":
        """The shipped library, rebuilt from band tables: grade "demonstration", calibrated."""
        library = cls.build(demonstration_references(), grade="demonstration")
        calibration = Calibration.shipped()
        if calibration is None or calibration.library_version != library.version:
            return library
        return library.calibrated(calibration)

    @classmethod
    def open(cls, path: str | Path) -> "Library":
        """Read a library that `save` wrote.

        Raises:
            LibraryError: the file is not there, is no library, or is damaged.
        """
        packed = read_packed(Path(path))
        if packed.grade not in GRADES:
            raise LibraryError(f"{path}: grade {packed.grade!r} is not known")
        library = cls(packed.entries, packed.values, packed.recipe, cast("Grade", packed.grade))
        if library.version != packed.version:
            raise LibraryError(f"{path}: damaged: its content does not match its version hash")
        calibration = packed.calibration
        return library if calibration is None else library.calibrated(calibration)

    def save(self, path: str | Path) -> None:
        """Write the library, with its calibration, to one file; the old file stays until then.

        Raises:
            LibraryError: the file can't be written.
        """
        packed = Packed(
            self.entries, self.values, self.recipe, self.grade, self.version, self.calibration
        )
        write_packed(Path(path), packed)

    def calibrated(self, calibration: Calibration) -> "Library":
        """The same library with a calibration.

        Raises:
            LibraryError: the calibration was made for another library.
        """
        if calibration.library_version != self.version:
            raise LibraryError(
                f"this calibration was made for library {calibration.library_version}, "
                f"not for {self.version}: calibrate again"
            )
        return replace(self, calibration=calibration)

    def features(self) -> FloatArray:
        """Unit-norm derivative features of all references, shape (references, points)."""
        return self.recipe.features(self.values.astype(np.float64))

    @property
    def substances(self) -> tuple[str, ...]:
        """The names of its substances, in alphabetical order."""
        return tuple(sorted({e.substance for e in self.entries}))

    @property
    def families(self) -> tuple[str, ...]:
        """The names of its families, in alphabetical order."""
        return tuple(sorted({e.family for e in self.entries}))

    def _digest(self) -> str:
        digest = sha256(f"{self.grade} {self.recipe.digest()}".encode())
        for entry in self.entries:
            digest.update(f"\n{entry.key}\t{entry.substance}\t{entry.family}".encode())
        digest.update(self.values.astype("<f4").tobytes())
        return digest.hexdigest()[:16]


def _entry(key: str, reference: Reference) -> Entry:
    return Entry(
        key=key,
        substance=reference.substance,
        family=reference.family,
        form=reference.form,
        inchikey=reference.inchikey,
        instrument=reference.instrument,
        source=reference.source,
        licence=reference.licence,
    )


def _recipe_for(references: list[Reference]) -> Recipe:
    if not references:
        raise LibraryError("a library needs at least one reference")
    kinds = {comparable_kind(r.spectrum) for r in references}
    units = {r.spectrum.axis_unit for r in references}
    if len(kinds) > 1 or len(units) > 1:
        raise LibraryError(
            f"one technique and one axis unit is wanted, not {', '.join(sorted(kinds | units))}"
        )
    axes = [r.spectrum.axis for r in references]
    start = float(np.quantile([a[0] for a in axes], 0.75, method="lower"))
    stop = float(np.quantile([a[-1] for a in axes], 0.25, method="higher"))
    step = max(
        float(np.median([np.median(np.diff(a)) for a in axes])), (stop - start) / (MOST_POINTS - 1)
    )
    points = int(np.floor((stop - start) / step + 1e-6)) + 1 if stop > start else 0
    if points < LEAST_POINTS:
        raise LibraryError("the references have too little of their axes in common")
    unit = units.pop()
    window = odd_window(WINDOW_CM1, step) if unit == "cm-1" else WINDOW_CHANNELS
    window = min(window, 31)
    return Recipe(kinds.pop(), unit, round(start, 6), round(step, 6), points, window)


def _on_grid(recipe: Recipe, reference: Reference) -> FloatArray:
    axis = reference.spectrum.axis
    grid = recipe.grid()
    if float(np.mean((grid >= axis[0]) & (grid <= axis[-1]))) < 0.5:
        raise LibraryError(
            f"{reference.substance}: covers {axis[0]:g} to {axis[-1]:g} {recipe.axis_unit}, less "
            f"than half of what the other references do ({grid[0]:g} to {grid[-1]:g})"
        )
    return recipe.on_grid(reference.spectrum)
