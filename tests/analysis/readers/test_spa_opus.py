"""Thermo SPA and Bruker OPUS: sound files are read, and what contradicts itself is refused."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.readers import ReaderError, UnsupportedError, read
from tests.analysis.readers.binary_writers import opus, opus_row, parameters, spa

VALUES = [0.01 * ((31 * at) % 77) for at in range(41)]
INSTRUMENT = (0x20, parameters(INS="ALPHA", SRN="0173", RES=4.0))
ORIGIN = (0xA0, parameters(CNM="Jo", SNM="a powder"))


def whole_opus() -> bytes:
    beam = opus_row([at + 1.0 for at in range(30)], 0x0407)
    return opus([INSTRUMENT, *beam, *opus_row(VALUES), ORIGIN])


def test_a_spa_file_is_read() -> None:
    (spectrum,) = read(spa(VALUES), "a.spa")
    np.testing.assert_allclose(spectrum.values, VALUES[::-1], rtol=1e-6)
    np.testing.assert_allclose(spectrum.axis, np.linspace(400, 4000, 41))
    assert spectrum.kind == "ir-absorbance"
    known = spectrum.provenance
    assert (known["title"], known["serial"], known["scans"]) == ("a test", "AB-12", "32")
    assert known["file"] == "a.spa"


@pytest.mark.parametrize(
    ("x_code", "y_code", "kind"), [(1, 16, "ir-transmittance"), (32, 31, "raman")]
)
def test_kinds_of_spa(x_code: int, y_code: int, kind: str) -> None:
    (spectrum,) = read(spa(VALUES, x_code, y_code))
    assert spectrum.kind == kind


@pytest.mark.parametrize(
    ("x_code", "y_code", "reason"),
    [
        (1, 15, "single beam"),
        (2, 22, "INTERFEROGRAM"),
        (1, 11, "reflectance"),
        (1, 20, "Kubelka"),
        (9, 17, "code 9"),
        (1, 99, "code 99"),
    ],
)
def test_what_is_not_read_of_spa_is_named(x_code: int, y_code: int, reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        read(spa(VALUES, x_code, y_code))


@pytest.mark.parametrize("points", [40, 42, 2**31])
def test_a_spa_file_with_another_count_is_refused(points: int) -> None:
    with pytest.raises(ReaderError, match="points, the values have"):
        read(spa(VALUES, points=points))


def test_another_omnic_file_is_named() -> None:
    with pytest.raises(UnsupportedError, match="group or series"):
        read(b"Spectral Exte File" + bytes(400))


def test_an_opus_file_is_read_and_its_single_beam_passed_over() -> None:
    (spectrum,) = read(whole_opus(), "a.0")
    np.testing.assert_allclose(spectrum.values, VALUES[::-1], rtol=1e-6)
    np.testing.assert_allclose(spectrum.axis, np.linspace(400, 4000, 41))
    known = spectrum.provenance
    assert (known["instrument"], known["serial"], known["title"]) == ("ALPHA", "0173", "a powder")
    assert known["passed_over"].startswith("1: ")
    assert "Jo" not in known.values()


def test_a_factor_is_used() -> None:
    halves: dict[str, Any] = {"CSF": 0.5, "MXY": max(VALUES) / 2, "MNY": 0.0}
    (spectrum,) = read(opus(opus_row(VALUES, **halves)))
    np.testing.assert_allclose(spectrum.values, np.array(VALUES[::-1]) / 2, rtol=1e-6)


def test_two_rows_of_one_type_keep_their_own_parameters() -> None:
    first, second = opus_row(VALUES), opus_row([2 * value for value in VALUES], FXV=3000.0)
    found = read(opus([*first, *second]))
    assert [one.axis[-1] for one in found] == [4000, 3000]
    with pytest.raises(ReaderError, match="MXY"):
        read(opus([first[0], second[0], second[1], first[1]]))


@pytest.mark.parametrize(
    ("code", "changes", "reason"),
    [
        (0x0407, {}, "single beam"),
        (0x0807, {"DXU": "PNT"}, "INTERFEROGRAM"),
        (0x300F, {}, "reflectance"),
        (0x2100F, {}, "derivative"),
        (0x100F, {"DXU": "LGW"}, "LGW"),
        (0x280F, {"FXV": 9000.0, "LXV": 5900.0}, "absolute"),
    ],
)
def test_what_is_not_read_of_opus_is_named(code: int, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        read(opus(opus_row(VALUES, code, **changes)))


def test_a_raman_block_over_its_shift_is_read() -> None:
    (spectrum,) = read(opus(opus_row(VALUES, 0x280F, FXV=3500.0, LXV=50.0)))
    assert (spectrum.kind, spectrum.axis_unit) == ("raman", "cm-1")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"NPT": 40}, "NPT says 40"),
        ({"NPT": 43}, "NPT says 43"),
        ({"NPT": -1}, "NPT says -1"),
        ({"NPT": 41.0}, "whole number"),
        ({"MXY": 0.9}, "MXY"),
        ({"MNY": -0.1}, "MNY"),
        ({"CSF": 2.0}, "MXY|MNY"),
        ({"LXV": 4000.0}, "both 4000"),
        ({"LXV": float("nan")}, "LXV must be a number"),
        ({"FXV": "x"}, "FXV must be a number"),
        ({"DPF": 2}, "format 2"),
    ],
)
def test_parameters_that_disagree_with_the_numbers_are_refused(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ReaderError, match=reason) as caught:
        read(opus(opus_row(VALUES, **changes)))
    assert caught.value.byte is not None


@pytest.mark.parametrize("shift", [-400, -4, 4, 400])
def test_a_directory_that_points_beside_its_parts_is_refused(shift: int) -> None:
    made = bytearray(spa(VALUES))
    (place,) = struct.unpack_from("<I", made, 304 + 2 * 16 + 2)
    struct.pack_into("<I", made, 304 + 2 * 16 + 2, place + shift)
    with pytest.raises(ReaderError, match=r"overlap|cut short"):
        read(bytes(made))
    made = bytearray(whole_opus())
    (place,) = struct.unpack_from("<i", made, 24 + 3 * 12 + 8)
    struct.pack_into("<i", made, 24 + 3 * 12 + 8, place + shift)
    with pytest.raises(ReaderError, match=r"overlap|cut short"):
        read(bytes(made))


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ReaderError, match="number 40 is nan"):
        read(opus(opus_row([*VALUES[:-1], float("nan")])))


def test_numbers_without_parameters_are_refused() -> None:
    with pytest.raises(ReaderError, match="0 blocks of parameters"):
        read(opus(opus_row(VALUES)[:1]))


@pytest.mark.parametrize("raw", [spa(VALUES), opus(opus_row(VALUES))])
def test_cut_at_any_byte_it_is_refused(raw: bytes) -> None:
    for end in range(len(raw)):
        with pytest.raises(ReaderError):
            read(raw[:end])


@pytest.mark.shared_data
@pytest.mark.parametrize("folder", ["spa", "opus"])
def test_cut_measured_files_are_refused(shared_data: Path, folder: str) -> None:
    for path in sorted((shared_data / "formats" / folder).iterdir()):
        raw = path.read_bytes()
        for end in [*range(0, 700, 7), *range(700, len(raw), 997), len(raw) - 1]:
            with pytest.raises(ReaderError):
                read(raw[:end])


@settings(deadline=None)
@given(
    st.sampled_from([spa(VALUES), whole_opus()]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 7)), max_size=6),
)
def test_flipped_bits_give_an_error_or_finite_spectra(
    raw: bytes, flips: list[tuple[int, int]]
) -> None:
    changed = bytearray(raw)
    for at, bit in flips:
        changed[at % len(raw)] ^= 1 << bit
    try:
        spectra = read(bytes(changed))
    except ReaderError:
        return
    assert all(np.isfinite(one.values).all() for one in spectra)


@settings(deadline=None)
@given(st.integers(0, 80), st.integers(-(2**31), 2**31 - 1))
def test_a_wrong_number_in_the_opus_directory_never_crashes(word: int, number: int) -> None:
    raw = bytearray(whole_opus())
    struct.pack_into("<i", raw, 4 * word, number)
    try:
        (spectrum,) = read(bytes(raw))
    except ReaderError:
        return
    assert len(spectrum) == 41


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_rubbish_behind_the_first_bytes_never_crashes(rubbish: bytes) -> None:
    for magic in (b"\n\n\xfe\xfe", b"Spectral Data File"):
        with pytest.raises(ReaderError):
            read(magic + rubbish)


def test_the_types_of_newer_opus_files_have_one_more_bit() -> None:
    older = [INSTRUMENT, *opus_row([1.0, 2.0, 3.0], 0x0407), *opus_row(VALUES), ORIGIN]
    newer = [(code | 1 << 30, part) for code, part in older]
    (spectrum,), (same,) = read(opus(newer)), read(opus(older))
    assert spectrum.values.tolist() == same.values.tolist()
    assert spectrum.provenance == same.provenance


def test_an_interferogram_may_have_been_scaled_after_its_ends_were_noted() -> None:
    signal = opus_row([0.1 * at for at in range(30)], 0x0807, DXU="PNT", MNY=-9.0, MXY=9.0)
    (spectrum,) = read(opus([*signal, *opus_row(VALUES)]))
    assert "INTERFEROGRAM" in spectrum.provenance["passed_over"]
    with pytest.raises(ReaderError, match="MNY is"):
        read(opus([*signal, *opus_row(VALUES, MNY=-9.0)]))


def spg(*rows: list[float]) -> bytes:
    """Files of one spectrum made one: their records one after the other."""
    singles = [spa(row) for row in rows]
    head = bytearray(304 + 16 * (3 * len(rows) + 2))
    head[:304] = singles[0][:304]
    struct.pack_into("<H", head, 294, 3 * len(rows))
    body, at = b"", 304
    for single in singles:
        for number in range(3):
            kind, place, size = struct.unpack_from("<BxII", single, 304 + 16 * number)
            struct.pack_into("<BxII", head, at, kind, len(head) + len(body), size)
            body += single[place : place + size]
            at += 16
    return bytes(head) + body


def test_all_spectra_of_a_group_are_read() -> None:
    found = read(spg(VALUES, VALUES[::-1], VALUES[:30]))
    assert [len(one) for one in found] == [41, 41, 30]
    np.testing.assert_allclose(found[1].values, VALUES, rtol=1e-6)
    assert [one.provenance["page"] for one in found] == ["1", "2", "3"]
    assert {one.provenance["format"] for one in found} == {"Thermo SPG"}


@given(at=st.integers(0, 5))
def test_a_group_that_lost_a_record_is_refused(at: int) -> None:
    raw = bytearray(spg(VALUES, VALUES))
    kind = raw[304 + 16 * at]
    raw[304 + 16 * at] = 130
    if kind == 27:
        assert len(read(bytes(raw))) == 2
        return
    with pytest.raises(ReaderError, match="one is wanted"):
        read(bytes(raw))
