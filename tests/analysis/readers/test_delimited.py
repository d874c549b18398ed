"""Text tables: what is taken, how sure one can be, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.readers import ReaderError, UnsupportedError, read
from analysis.spectrum import Spectrum

AXIS = [4000.0 - 4 * at for at in range(900)]
ABSORBANCE = [round(0.02 + 0.8 * math.exp(-(((at - 300) / 9) ** 2)), 5) for at in range(900)]


def one(text: str) -> Spectrum:
    (spectrum,) = read(text.encode())
    return spectrum


def dpt(separator: str = ",", decimal: str = ".", head: str = "") -> str:
    rows = (f"{x}{separator}{y}" for x, y in zip(AXIS, ABSORBANCE, strict=True))
    lines = [row.replace(".", decimal) if decimal != "." else row for row in rows]
    return head + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("separator", "decimal"),
    [
        (",", "."),
        (", ", "."),
        ("\t", "."),
        ("\t", ","),
        (";", ","),
        (";", "."),
        ("   ", "."),
        (" ", ","),
    ],
)
def test_separators_and_decimal_commas(separator: str, decimal: str) -> None:
    spectrum = one(dpt(separator, decimal))
    np.testing.assert_allclose(spectrum.values, ABSORBANCE[::-1])
    np.testing.assert_allclose(spectrum.axis, AXIS[::-1])
    assert (spectrum.kind, spectrum.axis_unit) == ("ir-absorbance", "cm-1")
    assert spectrum.provenance["axis_known"].startswith("inferred")
    assert spectrum.provenance["kind_known"].startswith("inferred")


def test_names_of_columns_are_believed() -> None:
    text = dpt(";", ",", 'Instrument;"ALPHA II"\n\nWavenumber [cm-1];Transmittance\n')
    spectrum = one(text)
    assert spectrum.kind == "ir-transmittance"
    assert spectrum.provenance["axis_known"] == "stated by the file"
    assert spectrum.provenance["kind_known"] == "stated by the file"
    assert spectrum.provenance["instrument"] == "ALPHA II"


def test_transmittance_is_told_by_its_baseline() -> None:
    rows = "\n".join(f"{x},{100 * 10**-y:.4f}" for x, y in zip(AXIS, ABSORBANCE, strict=True))
    assert one(rows).kind == "ir-transmittance"


def enlighten(rows: int = 50, said: int = 50, names: str = "Processed,Raw,Dark") -> str:
    lines = [
        "ENLIGHTEN Version,4.1.22",
        "Serial Number,WP-00001",
        "Technique,Raman",
        "Note,somebody's own words",
        f"Pixel Count,{said}",
        "",
        f"Pixel,Wavelength,Wavenumber,{names}",
    ]
    for at in range(rows):
        processed = "NA" if at < 20 else f"{at}.5"
        cells = {"Processed": processed, "Raw": f"{900 + at}.4", "Dark": "890.4"}
        values = ",".join(cells[name] for name in names.split(","))
        lines.append(f"{at},{790 + at / 10:.2f},{100 + 2.5 * at:.2f},{values}")
    return "\n".join(lines) + "\n"


def test_raw_minus_dark_is_taken_where_both_are_there() -> None:
    spectrum = one(enlighten())
    np.testing.assert_allclose(spectrum.values, 10 + np.arange(50))
    assert spectrum.axis[1] == 102.5
    assert (spectrum.kind, spectrum.axis_unit) == ("raman", "cm-1")
    assert spectrum.provenance["column"] == "Raw minus Dark"
    assert spectrum.provenance["serial"] == "WP-00001"
    assert "somebody" not in "".join(spectrum.provenance.values())


def test_processed_is_taken_where_it_is_all_there_is_and_na_rows_are_left_out() -> None:
    spectrum = one(enlighten(names="Processed"))
    assert len(spectrum) == 30
    assert spectrum.provenance["column"] == "Processed"
    assert spectrum.provenance["missing_points"] == "20"


def test_rows_with_na_at_the_ends_are_left_out() -> None:
    lines = dpt().split("\n")
    for at in (0, 1, 899):
        lines[at] = lines[at].split(",")[0] + ",NA"
    spectrum = one("\n".join(lines))
    assert len(spectrum) == 897
    assert spectrum.provenance["missing_points"] == "3"


def test_a_table_with_fewer_rows_than_pixels_was_cut_short() -> None:
    with pytest.raises(ReaderError, match="cut short"):
        one(enlighten(rows=49))


def test_a_wide_gap_is_refused() -> None:
    text = dpt(head="Wavenumber,Absorbance\n")
    lines = text.split("\n")
    for at in range(500, 504):
        lines[at] = lines[at].split(",")[0] + ",NA"
    with pytest.raises(ReaderError, match="in a row are missing"):
        one("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("Dear colleague,\nhere is the file.\n", "no table"),
        ("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "one column"),
        (dpt().replace("3000.0,", "3000.0,x", 1), "no finite number"),
        (dpt().replace("3000.0,", "3000.0,nan,", 1), "3 columns"),
        (dpt().replace("\n3000.0,", "\n3000.0;", 1), "1 columns"),
        (dpt().replace(f"3000.0,{ABSORBANCE[250]}", "3000.0,NaN", 1), "'NaN'"),
        (dpt().replace(f"4000.0,{ABSORBANCE[0]}", "4000.0,inf", 1), "'inf'"),
        (dpt().replace("4000.0,", "40O0.0,", 1), "40O0.0"),
        (dpt().replace("3000.0,", "9000.0,", 1), "order"),
        (dpt() + "end of file\n", "no table"),
        ("\n".join(f"{200 + at},{at % 7}" for at in range(900)), "cm-1 or nm"),
        (
            "\n".join(f"{x},{at % 2}" for at, x in enumerate(AXIS)) + "\n",
            "absorbance or transmittance",
        ),
        ("\n".join(f"{at},{at},{at}" for at in range(900)), "3 columns without names"),
        ("a,b,c\n" + "\n".join(f"{at},{at},{at}" for at in range(900)), "can't be told"),
        ("1,5;2.5\n" * 10, "both"),
        ("7" * 5000, "characters"),
        ("Wavenumber,Absorbance\n4000,0.1\n3996,0.2\n", "points"),
    ],
)
def test_what_can_not_be_trusted_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ReaderError, match=reason):
        one(text)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (dpt().encode("utf-16-le"), "UTF-16 without its mark"),
        (dpt().encode("utf-16")[:-1], "cut short"),
        (b"\n\n\xfe\xfe\0\0", "cut short"),
        (b"Spectral Data File\0", "directory"),
        (b"\0\x4b\0\0", "header"),
        (b"PK\x03\x04\0", "archive"),
        (b"%PDF-1.4", "PDF"),
        (b"12\x0012", "NUL"),
        (b"12\x0712", "control"),
    ],
)
def test_other_formats_are_named(raw: bytes, reason: str) -> None:
    with pytest.raises(ReaderError, match=reason):
        read(raw)
    assert issubclass(UnsupportedError, ReaderError)


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(ReaderError, match="up to"):
        read(b"1,2\n" * 3_000_000)


def test_a_table_of_too_many_cells_is_refused_before_it_is_parted() -> None:
    with pytest.raises(ReaderError, match="cells are read"):
        read(b"1,2,3,4,5,6,7,8,9,10,11\n" * 100_000)
    with pytest.raises(ReaderError, match="lines"):
        read(b"1,2\n" * 300_000)


def test_the_line_is_told() -> None:
    with pytest.raises(ReaderError, match="line 251: 'x") as caught:
        one(dpt().replace("3000.0,", "3000.0,x", 1))
    assert caught.value.line == 251


@given(st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 7)), min_size=1, max_size=4))
def test_flipped_bits_give_an_error_or_a_spectrum_of_so_many_points(
    flips: list[tuple[int, int]],
) -> None:
    raw = bytearray(enlighten().encode())
    for at, bit in flips:
        raw[at % len(raw)] ^= 1 << bit
    try:
        (spectrum,) = read(bytes(raw))
    except ReaderError:
        return
    assert np.isfinite(spectrum.values).all()
    if b"\nPixel Count,50\n" in raw and "Raw minus Dark" in spectrum.provenance["column"]:
        assert len(spectrum) + int(spectrum.provenance.get("missing_points", "0")) == 50


def test_a_measured_table_cut_after_any_line_is_refused() -> None:
    lines = enlighten().split("\n")
    for count in range(len(lines) - 2):
        with pytest.raises(ReaderError):
            one("\n".join(lines[:count]))


@given(st.text(alphabet="0123456789.,;\t eE+-NAnaif\n\"'#=", max_size=300))
def test_rubbish_never_crashes(text: str) -> None:
    try:
        read(text.encode())
    except ReaderError:
        return


@given(st.binary(max_size=300))
def test_random_bytes_never_crash(raw: bytes) -> None:
    try:
        read(raw)
    except ReaderError:
        return


def test_utf16_is_read() -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        (spectrum,) = read(dpt(";", ",").encode(encoding))
        np.testing.assert_allclose(spectrum.values, ABSORBANCE[::-1])


def test_how_sure_one_can_be_is_told() -> None:
    assert one(dpt()).provenance["confidence"] == "inferred"
    named = one(dpt(head="Wavenumber (cm-1),Absorbance\n"))
    assert named.provenance["confidence"] == "stated"


def test_a_last_row_without_a_line_end_is_left_out_where_it_may_be_cut() -> None:
    whole = dpt(head="Wavenumber (cm-1),Absorbance\n")
    expected = dict(zip(AXIS, ABSORBANCE, strict=True))
    for cut in range(1, 60):
        try:
            spectrum = one(whole[:-cut])
        except ReaderError:
            continue
        for x, y in zip(spectrum.axis.tolist(), spectrum.values.tolist(), strict=True):
            assert expected[x] == y, cut
        ends_in_line = whole[:-cut].endswith("\n")
        assert ends_in_line or "may be cut" in spectrum.provenance["last_row"], cut


def test_a_last_row_as_long_as_all_others_is_kept() -> None:
    rows = "\n".join(f"{x:.3f}\t{y:.5f}" for x, y in zip(AXIS, ABSORBANCE, strict=True))
    head = "Wavenumber (cm-1)\tAbsorbance\n"
    whole = one(head + rows)
    assert len(whole) == len(AXIS)
    assert "last_row" not in whole.provenance
    assert len(one(head + rows[:-1])) == len(AXIS) - 1


BWSPEC = (
    "File Version;BWSpec4.02\nlaser_wavelength;785\n"
    "Pixel;Wavelength;Wavenumber;Raman Shift;Dark;Reference;Raw data #1;Dark Subtracted #1;"
    "%TR #1;Absorbance #1;\n"
)


def test_of_many_columns_of_a_raman_table_the_dark_subtracted_is_taken() -> None:
    rows = "\n".join(
        f"{n};{785 + n / 9:.3f};{12000 - n};{n * 1.5 if n > 3 else ''};7;9;{n % 9 + 7};{n % 9};3;4;"
        for n in range(90)
    )
    spectrum = one(f"{BWSPEC}{rows}\n")
    assert spectrum.kind == "raman"
    assert spectrum.axis[0] == 6
    assert spectrum.values.tolist() == [n % 9 for n in range(4, 90)]
    assert spectrum.provenance["column"] == "Dark Subtracted #1"


@pytest.mark.parametrize(
    "names",
    [
        "Wavenumber (cm-1),Absorbance,Transmittance",
        "Wavenumber (cm-1),Absorbance #1,Absorbance #2",
        "Wavenumber (cm-1),Raw,Absorbance",
        "Raman shift,Intensity 1,Intensity 2",
    ],
)
def test_of_several_columns_that_may_be_meant_none_is_taken(names: str) -> None:
    rows = "\n".join(f"{x},{y},{2 * y}" for x, y in zip(AXIS, ABSORBANCE, strict=True))
    with pytest.raises(ReaderError, match=f"values can't be told from the names: {names[:9]}"):
        one(f"{names}\n{rows}\n")
