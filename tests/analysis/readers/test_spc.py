"""Galactic SPC: all its layouts are read, and what contradicts itself is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.readers import ReaderError, UnsupportedError, read
from analysis.readers.spc import spc_measurements
from tests.analysis.readers.binary_writers import Spc

ROW = [(31 * at) % 770 - 300 for at in range(40)]
EVEN = np.linspace(400, 800, 40)


def values_of(spc: Spc) -> list[np.ndarray]:
    return [one.y for one in spc_measurements(spc.made())]


@pytest.mark.parametrize("version", [0x4B, 0x4C, 0x4D])
@pytest.mark.parametrize("exponent", [-3, 0, 9, 31])
def test_whole_numbers_of_32_bits(version: int, exponent: int) -> None:
    (found,) = values_of(Spc([ROW], exponent=exponent, version=version))
    np.testing.assert_array_equal(found, np.array(ROW) * 2.0 ** (exponent - 32))


@pytest.mark.parametrize("version", [0x4B, 0x4C, 0x4D])
def test_whole_numbers_of_16_bits(version: int) -> None:
    (found,) = values_of(Spc([ROW], exponent=7, flags=0x01, version=version))
    np.testing.assert_array_equal(found, np.array(ROW) * 2.0 ** (7 - 16))


@pytest.mark.parametrize("version", [0x4B, 0x4C])
def test_floats(version: int) -> None:
    row = [value / 70 for value in ROW]
    (spectrum,) = read(Spc([row], exponent=-128, version=version).made())
    np.testing.assert_allclose(spectrum.values, row, rtol=1e-6)
    np.testing.assert_array_equal(spectrum.axis, EVEN)
    assert spectrum.kind == "ir-absorbance"
    assert spectrum.provenance["title"] == "a test"


@pytest.mark.parametrize("version", [0x4B, 0x4C, 0x4D])
def test_several_arrays(version: int) -> None:
    rows = [ROW, ROW[::-1], [7] * 40]
    found = read(Spc(rows, exponent=20, flags=0x04, version=version).made())
    assert [one.values.tolist() for one in found] == [
        [value * 2.0**-12 for value in row] for row in rows
    ]
    assert [one.provenance["page"] for one in found] == ["1", "2", "3"]


def test_x_that_is_written_out() -> None:
    x = [400 + at**1.5 for at in range(40)]
    spc = Spc([ROW], exponent=20, flags=0x80, x=x, first=x[0], last=x[-1])
    (spectrum,) = read(spc.made())
    np.testing.assert_allclose(spectrum.axis, x, rtol=1e-6)


def test_an_x_of_their_own_by_a_directory() -> None:
    x = [400 + at**1.5 for at in range(40)]
    spc = Spc([ROW, ROW[:25]], exponent=20, flags=0x80 | 0x40 | 0x04, x=x)
    found = read(spc.made())
    assert [len(one) for one in found] == [40, 25]
    np.testing.assert_allclose(found[1].axis, x[:25], rtol=1e-6)


@pytest.mark.parametrize(
    ("codes", "kind", "axis_unit"),
    [
        ({"y_code": 128}, "ir-transmittance", "cm-1"),
        ({"x_code": 13, "y_code": 0}, "raman", "cm-1"),
        ({"experiment": 11, "y_code": 4}, "raman", "cm-1"),
        ({"x_code": 3, "y_code": 4}, "counts", "nm"),
        ({"x_code": 3, "experiment": 5}, "nir", "nm"),
    ],
)
def test_kinds(codes: dict[str, Any], kind: str, axis_unit: str) -> None:
    (spectrum,) = read(Spc([ROW], exponent=20, **codes).made())
    assert (spectrum.kind, spectrum.axis_unit) == (kind, axis_unit)


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ({"experiment": 9}, "this is a mass spectrum"),
        ({"x_code": 9}, "this is a mass spectrum"),
        ({"experiment": 10}, "this is an NMR spectrum"),
        ({"experiment": 6}, "UV/VIS"),
        ({"x_code": 4}, "unit of the axis is 's'"),
        ({"y_code": 0}, "neither absorbance nor transmittance; it may be"),
        ({"y_code": 1}, "INTERFEROGRAM"),
        ({"x_code": 3}, "may be UV/VIS or near-infrared"),
        ({"x_code": 200}, "code 200"),
    ],
)
def test_what_is_not_read_is_named(codes: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        read(Spc([ROW], exponent=20, **codes).made())


@pytest.mark.parametrize(
    ("spc", "reason"),
    [
        (Spc([ROW], changes={4: b"\x27\0\0\0"}), "arrays end at byte"),
        (Spc([ROW], changes={4: b"\x29\0\0\0"}), "cut short"),
        (Spc([ROW], changes={4: b"\xff\xff\xff\x7f"}), "cut short"),
        (Spc([ROW], changes={4: b"\xff\xff\xff\xff"}), "-1 points"),
        (Spc([ROW], changes={24: b"\x09\0\0\0"}), "says it has one array"),
        (Spc([ROW], flags=4, changes={24: b"\xff\xff\xff\x7f"}), "subfiles can't be"),
        (Spc([ROW], exponent=9, changes={3: b"\x08"}), "exponent 8"),
        (Spc([ROW], last=400.0), "both 400"),
        (Spc([ROW], last=float("nan")), "axis goes"),
        (Spc([ROW[:2]]), "8 to"),
        (Spc([[0.1] * 39 + [float("inf")]], exponent=-128), "number 39 is inf"),
        (Spc([ROW], flags=0x80, x=EVEN.tolist(), first=399), "the header says 399"),
        (Spc([ROW], exponent=60), "can't be"),
        (Spc([ROW], version=0x4D, changes={4: b"\0\0\x20\x41\0\0\xc0\x7f"}), "axis goes"),
        (Spc([ROW], version=0x4D, changes={4: b"\0\0\xc0\x7f"}), "number of points"),
        (Spc([ROW], changes={32 + 512 + 160: b"x", 248: b"\xff\0\0\0"}), "log begins"),
    ],
)
def test_what_contradicts_itself_is_refused(spc: Spc, reason: str) -> None:
    with pytest.raises(ReaderError, match=reason) as caught:
        read(spc.made())
    assert caught.value.byte is not None


def test_the_log_is_kept_but_for_notes_and_names_of_people() -> None:
    log = "MODEL = ALPHA\r\nSCANS=32\r\nOPERATOR=Jo\r\n2016/09/09 User=admin\r\nfree words\r\n"
    (spectrum,) = read(Spc([ROW], exponent=20, log=log).made())
    assert spectrum.provenance["instrument"] == "ALPHA"
    assert spectrum.provenance["scans"] == "32"
    assert not {"Jo", "admin"} & set(" ".join(spectrum.provenance.values()).split())


@pytest.mark.parametrize(
    "spc",
    [
        Spc([ROW], exponent=20, log="MODEL=ALPHA\n"),
        Spc([ROW, ROW], exponent=20, flags=0x04),
        Spc([ROW, ROW], exponent=20, flags=0x04, version=0x4D),
        Spc([ROW, ROW], exponent=20, flags=0x80 | 0x40 | 0x04, x=EVEN.tolist()),
    ],
)
def test_cut_at_any_byte_it_is_refused_or_all_its_numbers_are_there(spc: Spc) -> None:
    raw = spc.made()
    whole = read(raw)
    for end in range(len(raw)):
        try:
            found = read(raw[:end])
        except ReaderError:
            continue
        assert [one.values.tolist() for one in found] == [
            one.values.tolist() for one in whole[: len(found)]
        ]
        is_log_cut = found[0].provenance.get("log") == "damaged, left out"
        assert is_log_cut or (spc.version == 0x4D and len(found) < len(whole)), end


def test_an_old_file_cut_between_its_arrays_is_the_one_cut_that_can_not_be_seen() -> None:
    raw = Spc([ROW, ROW], exponent=20, flags=0x04, version=0x4D).made()
    found = [end for end in range(len(raw)) if _is_read(raw[:end])]
    assert found == [256 + 4 * 40]
    (first,) = read(raw[: found[0]])
    assert "can't be told" in first.provenance["pages_known"]


def _is_read(raw: bytes) -> bool:
    try:
        read(raw)
    except ReaderError:
        return False
    return True


@settings(deadline=None)
@given(
    st.sampled_from([0x4B, 0x4C, 0x4D]),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 7)), max_size=6),
)
def test_flipped_bits_give_an_error_or_finite_spectra(
    version: int, flips: list[tuple[int, int]]
) -> None:
    raw = bytearray(Spc([ROW, ROW], exponent=20, flags=0x04, version=version, log="").made())
    for at, bit in flips:
        raw[at % len(raw)] ^= 1 << bit
    try:
        spectra = read(bytes(raw))
    except ReaderError:
        return
    assert all(np.isfinite(one.values).all() for one in spectra)


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_rubbish_behind_the_version_never_crashes(rubbish: bytes) -> None:
    for version in (0x4B, 0x4C, 0x4D, 0xCF):
        with pytest.raises(ReaderError):
            read(b"\0" + bytes([version]) + rubbish)


@pytest.mark.shared_data
def test_every_byte_of_a_small_measured_file(shared_data: Path) -> None:
    raw = (shared_data / "formats" / "spc" / "rohanisaac" / "TS01.SPC").read_bytes()
    (whole,) = read(raw)
    for end in range(len(raw)):
        try:
            (found,) = read(raw[:end])
        except ReaderError:
            continue
        assert found.provenance["log"] == "damaged, left out"
        assert found.values.tolist() == whole.values.tolist()
