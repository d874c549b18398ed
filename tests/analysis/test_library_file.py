"""The file of a library: what is refused, what is checked when, what is not lost."""

import dataclasses
import itertools
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis import Library, LibraryError, Matcher, Reference
from analysis import container as container_module
from analysis import library as library_module
from analysis.container import HEAD, open_container, write_container
from analysis.entries import TextColumn
from analysis.quanta import QuantisedRows
from tests.analysis.worlds import references


def of_instruments(count: int, seed: int) -> list[Reference]:
    return [
        dataclasses.replace(r, instrument="ab"[k % 2], form=None if k % 3 else "HCl", cas="58-08-2")
        for k, r in enumerate(references(count, seed))
    ]


def same(one: Library, other: Library) -> bool:
    return (
        one.version == other.version
        and one.entries == other.entries
        and np.array_equal(one.values, other.values)
        and np.array_equal(one.features(), other.features())
    )


def test_built_and_opened_are_the_same_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "PROJECTED_FROM", 10)
    built = Library.build(of_instruments(40, seed=1))
    built.save(tmp_path / "a.hlib")
    for verify in (False, True):
        opened = Library.open(tmp_path / "a.hlib", verify=verify)
        assert same(built, opened)
        assert opened.names == built.names == tuple(sorted({e.substance for e in built.entries}))
        owners = [opened.names[k] for k in opened.owner]
        assert owners == [e.substance for e in opened.entries]
        families = [opened.families[k] for k in opened.family_of]
        assert families == [e.family for e in opened.entries]
        assert "projection" in opened.__dict__
        assert np.array_equal(opened.projection.at.near, built.projection.at.near)


def test_a_file_may_be_saved_over_itself(tmp_path: Path) -> None:
    file = tmp_path / "a.hlib"
    Library.build(of_instruments(6, seed=1)).save(file)
    opened = Library.open(file)
    opened.save(file)
    assert same(opened, Library.open(file, verify=True))
    assert [p.name for p in tmp_path.iterdir()] == ["a.hlib"]


def test_large_parts_are_checked_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.hlib"
    library = Library.build(of_instruments(20, seed=1))
    library.save(file)
    whole = bytearray(file.read_bytes())
    place = bytes(whole).index(library.quantised.steps[7].tobytes()) + 11
    whole[place] ^= 1
    file.write_bytes(whole)
    with pytest.raises(LibraryError, match="part 'steps' does not match"):
        Library.open(file)
    monkeypatch.setattr(container_module, "CHECKED_AT_OPEN_BYTES", 1000)
    Library.open(file)
    with pytest.raises(LibraryError, match="part 'steps' does not match"):
        Library.open(file, verify=True)


def test_other_files_are_refused_by_what_they_are(tmp_path: Path) -> None:
    file = tmp_path / "a.hlib"
    with file.open("wb") as stream:
        np.savez(stream, values=np.zeros(3))
    with pytest.raises(LibraryError, match=r"numpy archive.*import the spectra again"):
        Library.open(file)
    write_container(file, {"format": "another"}, {"x": np.arange(3)})
    with pytest.raises(LibraryError, match="its parts do not fit"):
        Library.open(file)
    write_container(file, {}, {})
    whole = bytearray(file.read_bytes())
    whole[8] = 9
    file.write_bytes(whole)
    with pytest.raises(LibraryError, match="format version 9; this program reads 2"):
        Library.open(file)
    file.write_bytes(bytes(whole) + b"more")
    with pytest.raises(LibraryError, match="format version 9"):
        Library.open(file)


def test_a_file_of_another_length_says_so(tmp_path: Path) -> None:
    file = tmp_path / "a.hlib"
    write_container(file, {}, {"x": np.arange(300)})
    whole = file.read_bytes()
    for content in (whole + b"\0", whole[:-64]):
        file.write_bytes(content)
        with pytest.raises(LibraryError, match="should have"):
            open_container(file)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_container_gives_back_what_it_got(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shapes = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5)
    kinds = st.sampled_from([np.int8, np.uint8, np.int16, np.int32, np.int64, np.float32])
    names = st.text(min_size=1, max_size=8)
    arrays = data.draw(st.dictionaries(names, hnp.arrays(kinds, shapes), max_size=5))
    file = tmp_path_factory.mktemp("c") / "a"
    write_container(file, {"é": [1, None]}, arrays)
    found = open_container(file, verify=True)
    assert found.meta == {"é": [1, None]}
    assert found.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(found.arrays[name], array)
        assert not found.arrays[name].flags.writeable
    assert file.stat().st_size % 64 == 0


def test_a_header_that_lies_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.hlib"
    write_container(file, {}, {"x": np.arange(4, dtype=np.int64)})
    whole = file.read_bytes()
    for old, new in ((b"[4]", b"[9]"), (b'"<i8"', b'"|O8"'), (b'"offset": 0', b'"offset": 9')):
        changed = whole.replace(old, new)
        length = HEAD.unpack(changed[: HEAD.size])[2]
        text = changed[HEAD.size : HEAD.size + length]
        digest = blake2b(changed[:24] + text, digest_size=16).digest()
        file.write_bytes(changed[:24] + digest + changed[40:])
        with pytest.raises(LibraryError, match=r"does not lie in the file"):
            open_container(file)
    with pytest.raises(LibraryError, match="no place"):
        write_container(file, {}, {"x": np.array([1j])})


def test_a_calibration_of_another_version_is_left_out_and_said(
    small: Matcher, tmp_path: Path
) -> None:
    file = tmp_path / "a.hlib"
    library, known = small.library, small.library.calibration
    assert known is not None
    strange = dataclasses.replace(known, library_version="0123456789abcdef")
    dataclasses.replace(library, calibration=strange).save(file)
    opened = Library.open(file)
    assert opened.calibration is None
    assert opened.calibration_note == "left out: made for library 0123456789abcdef; calibrate again"
    assert opened.calibrated(known).calibration_note == ""


def test_the_version_is_the_same_however_a_library_came_to_be(tmp_path: Path) -> None:
    refs = of_instruments(30, seed=4)
    whole = Library.build(refs)
    grown = whole.without(range(20)).with_added(refs[::-1])
    assert same(whole, grown)
    assert whole.with_added(refs[:3]) is whole
    assert whole.with_added([]) is whole
    assert whole.without([]) is whole
    changed = dataclasses.replace(refs[0], instrument="c")
    assert Library.build([changed, *refs[1:]]).version != whole.version
    relicensed = dataclasses.replace(refs[0], licence="CC0")
    assert Library.build([relicensed, *refs[1:]]).version == whole.version


def test_a_search_basis_is_carried_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "PROJECTED_FROM", 10)
    refs = of_instruments(60, seed=4)
    whole = Library.build(refs)
    assert whole.projection.at.near.shape[0] == 60
    fewer = whole.without(range(20))
    more = fewer.with_added(refs)
    assert np.array_equal(fewer.projection.at.near, whole.projection.at.near[20:])
    grown, built = more.projection.at.near, whole.projection.at.near
    assert np.allclose(grown[:, :-1], built[:, :-1], atol=1e-6)
    assert np.allclose(grown[:, -1], built[:, -1], atol=1e-3)  # a root of rounding errors
    assert more.projection.basis is whole.projection.basis


def test_what_does_not_fit_is_not_added() -> None:
    library = Library.build(references(6, seed=1))
    with pytest.raises(LibraryError, match="target 0: one technique"):
        library.with_added(references(1, 5, "raman"))
    with pytest.raises(LibraryError, match="none would be left"):
        library.without(range(6))
    assert library.calibrated is not None


def test_a_library_can_be_asked() -> None:
    library = Library.build(
        [
            dataclasses.replace(r, substance=name, family=family, inchikey=key, instrument=made)
            for r, (name, family, key, made) in zip(
                references(4, seed=1),
                [
                    ("xylazine", "alpha-2 agonists", "BPICBUSOMSTKRF-UHFFFAOYSA-N", "Alpha II"),
                    ("xylazine", "alpha-2 agonists", "BPICBUSOMSTKRF-AAAAAAAAAA-N", "Cary 630"),
                    ("cocaine", "cocaine", None, None),
                    ("caffeine", "xanthines", None, "alpha"),
                ],
                strict=True,
            )
        ]
    )

    def found(**wanted: str) -> set[tuple[str, str | None]]:
        rows = library.query(**wanted).tolist()
        assert rows == sorted(rows)
        return {(library.entries[k].substance, library.entries[k].instrument) for k in rows}

    xylazines = {("xylazine", "Alpha II"), ("xylazine", "Cary 630")}
    assert found(substance="Tranq") == xylazines
    assert found(family="ALPHA 2 agonists") == xylazines
    assert found(inchikey="BPICBUSOMSTKRF") == xylazines
    assert found(inchikey="BPICBUSOMSTKRF-AAAAAAAAAA-N") == {("xylazine", "Cary 630")}
    assert found(instrument="alpha") == {("xylazine", "Alpha II"), ("caffeine", "alpha")}
    assert found(instrument="alpha", substance="xylazine") == {("xylazine", "Alpha II")}
    assert found(substance="nothing") == set()
    assert len(found()) == 4


def test_the_same_measurement_is_kept_once_whatever_order_it_comes_in() -> None:
    first = references(3, seed=1)
    named = dataclasses.replace(first[0], licence="CC0")
    for order in itertools.permutations([*first, named]):
        library = Library.build(order)
        assert len(library) == 3
        assert [e.licence for e in library.entries if e.licence] == []


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20),
        elements=st.floats(-1e6, 1e6),
    )
)
def test_a_step_is_small(values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    kept = QuantisedRows.of(values).values(slice(None)).astype(np.float64)
    span = np.ptp(values, axis=1, keepdims=True)
    rounding = 1e-6 * np.abs(values).max(axis=1, keepdims=True)
    assert (np.abs(kept - values) <= 1e-5 * span + rounding + 1e-30).all()


def test_numbers_beyond_float32_are_refused() -> None:
    for value in (np.nan, np.inf, 1e31):
        with pytest.raises(ValueError, match="values above"):
            QuantisedRows.of(np.array([[0.0, value]]))


@given(st.lists(st.none() | st.text(max_size=4), max_size=12), st.data())
def test_a_column_is_a_list_of_texts(texts: list[str | None], data: st.DataObject) -> None:
    column = TextColumn.of(texts)
    assert list(column) == texts == [column[k] for k in range(len(column))]
    assert column.is_sound(len(texts))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=6) if texts else st.just([]))
    taken = column.taken(np.array(rows, dtype=np.intp))
    assert list(taken) == [texts[k] for k in rows]
    assert taken.table == tuple(sorted({t for t in taken if t is not None}))
    assert list(column.joined(taken)) == [*texts, *(texts[k] for k in rows)]
