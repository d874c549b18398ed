"""A library: references on one grid, with a version, a grade and its calibration.

References are kept in the order of their content, whatever order they came in and whatever they
are named, so that neither can change a result.
"""

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import Calibration
from analysis.container import open_container, write_container
from analysis.demonstration import demonstration_references
from analysis.entries import Entries, Entry
from analysis.errors import LibraryError
from analysis.features import FeatureRows, Mode, in_mode
from analysis.grid import comparable_kind, on_grid, recipe_for
from analysis.identity import row_digests, version_of
from analysis.packing import CALIBRATION, FORMAT, Parts, packed, unpacked
from analysis.preprocess.recipe import Recipe
from analysis.projection import KeptRows, Projection, UnitRows
from analysis.quanta import QuantisedRows
from analysis.reference import Reference
from analysis.substances import folded, names_of

__all__ = ["GRADES", "Grade", "Library", "comparable_kind"]

Grade: TypeAlias = Literal["demonstration", "reference"]
GRADES: tuple[str, ...] = get_args(Grade)
KEPT_VALUES = 5_300_000
"""Numbers: the values of a library up to 5,000 references of 1,024 points stay in memory."""
KEPT_FEATURES = 17_000_000
"""The same of its features: up to 16,600 references of 1,024 points, 68 MB."""
PROJECTED_FROM = 2000
"""References: below, a look at all of them is as quick."""
SKELETON_LETTERS = 14

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Library:
    """References that a sample is compared with. Made by `build` or `open`, never changed.

    Attributes:
        entries: what each reference is, in the order of the rows of `values`.
        quantised: the spectra on the grid, in steps of 1.5e-5 of each one's range.
        digests: a hash of each reference, uint8, shape (references, 16).
        recipe: how a query is brought to the same form.
        grade: "demonstration" (rebuilt from band tables: never releasable) or "reference".
        calibration: where p-values come from; None until `Matcher.calibrate` has made one.
        calibration_note: why a calibration that stood in the file is not used; "" otherwise.
    """

    entries: Entries
    quantised: QuantisedRows
    digests: NDArray[np.uint8]
    recipe: Recipe
    grade: Grade
    calibration: Calibration | None = None
    calibration_note: str = ""

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
        given = list(references)
        return _gathered(given, recipe_for(given), cast("Grade", grade))

    @classmethod
    def demonstration(cls) -> "Library":
        """The shipped library, rebuilt from band tables: grade "demonstration", calibrated."""
        library = cls.build(demonstration_references(), grade="demonstration")
        made, note = _kept_calibration(library.version, Calibration.shipped)
        return replace(library, calibration=made, calibration_note=note)

    @classmethod
    def open(cls, path: str | Path, *, verify: bool = False) -> "Library":
        """Read a library that `save` wrote: mapped into memory, not loaded.

        Args:
            path: the file.
            verify: read all of it, and hold it against its checksums and its version; else the
                large parts are checked for size only.

        Raises:
            LibraryError: the file is not there, is no library, or is damaged.
        """
        container = open_container(Path(path), verify=verify)
        try:
            parts, grade = unpacked(container), GRADES.index(container.meta["grade"])
        except (KeyError, TypeError, ValueError) as problem:
            raise LibraryError(f"{path}: damaged: its parts do not fit ({problem})") from problem
        version = version_of(GRADES[grade], parts.recipe, parts.digests)
        whole = not verify or np.array_equal(
            row_digests(parts.entries, parts.quantised), parts.digests
        )
        if version != container.meta.get("version") or not whole:
            raise LibraryError(f"{path}: damaged: its content does not match its version hash")
        made, note = _kept_calibration(
            version, lambda: Calibration.from_arrays(container.group(CALIBRATION))
        )
        library = cls(
            parts.entries,
            parts.quantised,
            parts.digests,
            parts.recipe,
            cast("Grade", GRADES[grade]),
            made,
            note,
        )
        library.__dict__["version"] = version
        if parts.projection is not None:
            library.__dict__["projection"] = parts.projection
        return library

    def save(self, path: str | Path) -> None:
        """Write the library, with its calibration, to one file; the old file stays until then.

        Raises:
            LibraryError: the file can't be written.
        """
        meta = {
            "format": FORMAT,
            "version": self.version,
            "grade": self.grade,
            "recipe": asdict(self.recipe),
        }
        made = self.calibration
        parts = Parts(self.entries, self.quantised, self.digests, self.recipe, self.projected())
        kept = packed(parts, {} if made is None else made.as_arrays())
        write_container(Path(path), meta, kept)

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
        twin = copy.copy(self)  # shares all that has been worked out already
        object.__setattr__(twin, "calibration", calibration)
        object.__setattr__(twin, "calibration_note", "")
        return twin

    # ---- added, taken away, asked for

    def with_added(self, references: Iterable[Reference]) -> "Library":
        """A library with these too, on the grid of this one; what it has already is kept once.

        Nothing that is here already is worked out again. The calibration is not taken over.

        Raises:
            LibraryError: a reference does not fit on the grid; the message names it.
        """
        given = list(references)
        if not given:
            return self
        added = _gathered(given, self.recipe, self.grade)
        known = set(_identities(self.entries))
        fresh = [k for k, one in enumerate(_identities(added.entries)) if one not in known]
        if not fresh:
            return self
        added = added.taken(np.array(fresh, dtype=np.intp))
        entries = self.entries.joined(added.entries)
        joined = Library(
            entries,
            self.quantised.joined(added.quantised),
            np.concatenate([self.digests, added.digests]),
            self.recipe,
            self.grade,
        )
        if "projection" in self.__dict__:
            new = Projection.of(added.unit_rows(), self.projection.basis)
            at = self.projection.at.joined(new.at)
            joined.__dict__["projection"] = Projection(self.projection.basis, at)
        return joined.taken(entries.order())

    def without(self, rows: Iterable[int]) -> "Library":
        """A library without these rows (of `query`, say). The calibration is not taken over.

        Raises:
            LibraryError: nothing would be left.
        """
        keep = np.ones(len(self), dtype=np.bool_)
        keep[np.fromiter(rows, dtype=np.intp)] = False
        if keep.all():
            return self
        if not keep.any():
            raise LibraryError("a library needs at least one reference; none would be left")
        return self.taken(np.flatnonzero(keep))

    def taken(self, rows: IntArray) -> "Library":
        """A library of these rows alone, in this order; without a calibration."""
        taken = Library(
            self.entries.taken(rows),
            self.quantised.taken(rows),
            self.digests[rows],
            self.recipe,
            self.grade,
        )
        if "projection" in self.__dict__:
            at = self.projection.at.taken(rows)
            taken.__dict__["projection"] = Projection(self.projection.basis, at)
        return taken

    def query(
        self,
        *,
        substance: str | None = None,
        family: str | None = None,
        instrument: str | None = None,
        inchikey: str | None = None,
    ) -> IntArray:
        """The rows that all of these hold for, ascending.

        Args:
            substance: any of its names in the substance table.
            family: its name; as for substances, case, spaces and hyphens make no difference.
            instrument: part of what the reference was measured with.
            inchikey: whole, or its first block alone (any salt or stereoisomer).
        """
        keep = np.ones(len(self), dtype=np.bool_)
        tests: dict[str, Callable[[str], bool]] = {}
        if substance is not None:
            names = names_of(substance)
            tests["substance"] = lambda text: folded(text) in names
        if family is not None:
            wanted = folded(family)
            tests["family"] = lambda text: folded(text) == wanted
        if instrument is not None:
            part = instrument.casefold()
            tests["instrument"] = lambda text: part in text.casefold()
        if inchikey is not None:
            block = inchikey.upper()
            short = len(block) == SKELETON_LETTERS
            tests["inchikey"] = lambda text: (text[:SKELETON_LETTERS] if short else text) == block
        for name, test in tests.items():
            column = self.entries.columns[name]
            # The last stands for rows that say nothing: their code is -1.
            holds = np.array([*(test(text) for text in column.table), False])
            keep &= holds[column.codes]
        return np.flatnonzero(keep)

    # ---- what it holds

    @cached_property
    def version(self) -> str:
        """Hash of all spectra, their names, forms and instruments, the grade and the recipe."""
        return version_of(self.grade, self.recipe, self.digests)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its substances, in alphabetical order."""
        return self.entries.columns["substance"].table

    @property
    def substances(self) -> tuple[str, ...]:
        """As `names`."""
        return self.names

    @cached_property
    def owner(self) -> IntArray:
        """Which of `names` each reference is of, shape (references,)."""
        return self.entries.columns["substance"].codes.astype(np.intp)

    @property
    def families(self) -> tuple[str, ...]:
        """The names of its families, in alphabetical order."""
        return self.entries.columns["family"].table

    @cached_property
    def family_of(self) -> IntArray:
        """Which of `families` each reference is of, shape (references,)."""
        return self.entries.columns["family"].codes.astype(np.intp)

    @property
    def values(self) -> Float32Array:
        """Additive ordinates on the grid, float32, shape (references, points).

        Made anew each time for a large library: take `rows` there.
        """
        kept = self.quantised.steps.size <= KEPT_VALUES
        return self._values if kept else self.quantised.values(slice(None))

    @cached_property
    def _values(self) -> Float32Array:
        return _frozen(self.quantised.values(slice(None)))

    def rows(self, indices: IntArray) -> Float32Array:
        """Values of these references, float32, shape (indices, points)."""
        return self.quantised.values(indices)

    def features(self) -> Float32Array:
        """Unit-norm derivative features of all references, float32, shape (references, points).

        Made anew each time for a large library: take `feature_rows` there.
        """
        rows = self.unit_rows()
        return rows.array if isinstance(rows, KeptRows) else self._made("derivative").all()

    def feature_rows(self, indices: IntArray) -> Float32Array:
        """Features of these references, float32, shape (indices, points)."""
        return self.unit_rows().take(indices)

    def unit_rows(self, mode: Mode = "derivative") -> UnitRows:
        """What a search compares a query with, all in memory where that is small enough."""
        if self.quantised.steps.size > KEPT_FEATURES:
            return self._made(mode)
        return self._kept_derivative if mode == "derivative" else self._kept_raw

    def _made(self, mode: Mode) -> FeatureRows:
        return FeatureRows(self.quantised, in_mode(self.recipe, mode))

    @cached_property
    def _kept_derivative(self) -> KeptRows:
        return KeptRows(_frozen(self._made("derivative").all()))

    @cached_property
    def _kept_raw(self) -> KeptRows:
        return KeptRows(_frozen(self._made("raw").all()))

    def projected(self, mode: Mode = "derivative") -> Projection | None:
        """What rules most references out in a search; None where there are too few to need it."""
        if len(self) < PROJECTED_FROM:
            return None
        return self.projection if mode == "derivative" else self._raw_projection

    @cached_property
    def projection(self) -> Projection:
        """Of the features; kept in the file."""
        return Projection.of(self.unit_rows())

    @cached_property
    def _raw_projection(self) -> Projection:
        return Projection.of(self.unit_rows("raw"))


def _gathered(references: Sequence[Reference], recipe: Recipe, grade: Grade) -> Library:
    """A library on a given grid: in order, each reference once, whatever order they came in."""
    pairs = sorted(((Entry.of(r), r) for r in references), key=lambda pair: pair[0].in_order())
    once = {(e.key, e.substance, e.family): (e, r) for e, r in reversed(pairs)}
    kept = [once[key] for key in sorted(once)]
    try:
        rows = QuantisedRows.of(on_grid(recipe, [r for _, r in kept]))
    except ValueError as problem:
        raise LibraryError(str(problem)) from problem
    entries = Entries.of([e for e, _ in kept])
    return Library(entries, rows, row_digests(entries, rows), recipe, grade)


def _frozen(array: Float32Array) -> Float32Array:
    array.flags.writeable = False
    return array


def _kept_calibration(
    version: str, load: Callable[[], Calibration | None]
) -> tuple[Calibration | None, str]:
    """The calibration that was kept for a library, or the reason why it is not used."""
    try:
        found = load()
    except (LibraryError, KeyError, TypeError, ValueError, IndexError) as problem:
        return None, f"left out: it can't be read ({problem}); calibrate again"
    if found is not None and found.library_version != version:
        return None, f"left out: made for library {found.library_version}; calibrate again"
    return found, ""


def _identities(entries: Entries) -> list[tuple[bytes, str | None, str | None]]:
    """What is the same reference: same spectrum, same substance, same family."""
    keys = [key.tobytes() for key in entries.keys]
    columns = entries.columns
    return list(zip(keys, columns["substance"], columns["family"], strict=True))
