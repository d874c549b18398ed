import contextlib
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from analysis import Library, LibraryError, Matcher, Reference, Spectrum
from analysis.calibration import Calibration
from tests.analysis.worlds import AXIS, bands, references


def test_a_library_keeps_what_it_was_built_from() -> None:
    library = Library.build(references(20, seed=3))
    assert len(library) == 20
    assert library.grade == "reference"
    assert library.recipe.points == AXIS.size
    assert "target 0" in library.substances
    assert "targets" in library.families


def test_the_order_of_the_references_changes_nothing(small_references: list[Reference]) -> None:
    forwards, backwards = Library.build(small_references), Library.build(small_references[::-1])
    assert forwards.version == backwards.version
    assert np.array_equal(forwards.values, backwards.values)


def test_the_version_follows_the_content(small_references: list[Reference]) -> None:
    version = Library.build(small_references).version
    renamed = [dataclasses.replace(small_references[0], substance="x"), *small_references[1:]]
    assert Library.build(renamed).version != version
    assert Library.build(small_references[1:]).version != version
    assert Library.build(small_references, grade="demonstration").version != version


def test_the_same_spectrum_given_twice_is_kept_once(small_references: list[Reference]) -> None:
    assert len(Library.build([*small_references, small_references[0]])) == len(small_references)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _refs: [], "at least one"),
        (lambda refs: [*refs, *references(1, 5, "raman")], "one technique"),
        (
            lambda refs: [*refs, Reference(Spectrum(AXIS + 700, AXIS), "far", "far")],
            "far: covers 1300",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    change: object, said: str, small_references: list[Reference]
) -> None:
    assert callable(change)
    with pytest.raises(LibraryError, match=said):
        Library.build(change(small_references))


def test_an_unknown_grade_and_an_empty_name_are_refused(
    small_references: list[Reference],
) -> None:
    with pytest.raises(LibraryError, match="grade 'best'"):
        Library.build(small_references, grade="best")
    with pytest.raises(LibraryError, match="needs a substance"):
        Reference(small_references[0].spectrum, " ", "family")


def test_axes_of_several_instruments_meet_on_one_grid() -> None:
    rng = np.random.default_rng(0)
    refs = [
        Reference(Spectrum(axis, bands(rng, axis)), f"s{k}", "f")
        for k, axis in enumerate(
            [AXIS, AXIS[2:-2], np.arange(590.0, 1420.0, 2.0), np.arange(600.0, 1390.0, 8.0)]
        )
    ]
    library = Library.build(refs)
    assert 100 < library.recipe.points < 400
    assert np.isfinite(library.values).all()


def test_a_saved_library_opens_as_it_was(small: Matcher, tmp_path: Path) -> None:
    file = tmp_path / "a.hlib"
    small.library.save(file)
    opened = Library.open(file)
    assert opened.version == small.library.version
    assert opened.entries == small.library.entries
    assert opened.recipe == small.library.recipe
    assert opened.calibration is not None
    assert not list(tmp_path.glob("*.part"))
    known = small.library.calibration
    assert known is not None
    assert np.allclose(opened.calibration.scores, known.scores, rtol=1e-6)


def test_a_file_that_is_not_there_or_no_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no such library"):
        Library.open(tmp_path / "none.hlib")
    for content in (b"", b"rubbish", b"PK\x03\x04" + bytes(100)):
        (tmp_path / "bad.hlib").write_bytes(content)
        with pytest.raises(LibraryError, match=r"bad\.hlib"):
            Library.open(tmp_path / "bad.hlib")
    with (tmp_path / "other.hlib").open("wb") as file:
        np.savez(file, values=AXIS)
    with pytest.raises(LibraryError, match=r"other\.hlib"):
        Library.open(tmp_path / "other.hlib")
    with pytest.raises(LibraryError, match="can't be written"):
        Library.build(references(3, 0)).save(tmp_path / "no" / "folder.hlib")


def test_a_damaged_library_is_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    file = tmp_path / "a.hlib"
    library = Library.build(references(6, seed=3))
    library.save(file)
    version = library.version
    whole = file.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        hurt = bytearray(whole)
        hurt[at] ^= 0xFF
        file.write_bytes(bytes(hurt))
        # Some bytes of a zip carry no content: then the library must be whole.
        with contextlib.suppress(LibraryError):
            assert Library.open(file).version == version
        file.write_bytes(whole[:at])
        with pytest.raises(LibraryError, match=r"a\.hlib"):
            Library.open(file)


def test_a_calibration_of_another_library_is_refused(small: Matcher) -> None:
    with pytest.raises(LibraryError, match="calibrate again"):
        Library.build(references(8, seed=9)).calibrated(_of(small))


def test_the_shipped_calibration_is_for_the_shipped_library(demonstration: Matcher) -> None:
    assert demonstration.is_calibrated
    assert demonstration.library.grade == "demonstration"
    assert len(demonstration.library) == 71
    assert _of(demonstration).source == "synthetic blanks"


def _of(matcher: Matcher) -> Calibration:
    assert matcher.library.calibration is not None
    return matcher.library.calibration
