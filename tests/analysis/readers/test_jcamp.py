"""JCAMP-DX files: sound ones are read, damaged ones are refused with the place and the reason."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.readers import ReaderError, UnsupportedError, read
from analysis.spectrum import Spectrum
from tests.analysis.readers.jcamp_writer import FORMS, block

VALUES = [100 + (31 * at) % 77 + 5 * (at // 20) for at in range(60)]


def one(text: str) -> Spectrum:
    (spectrum,) = read(text.encode("latin-1"), "test.jdx")
    return spectrum


def agrees_with_its_header(raw: bytes, spectra: list[Spectrum]) -> bool:
    """Look at the header with nothing but a regular expression."""

    def said(label: str) -> float:
        found = re.search(rb"(?i)##" + label.encode() + rb"=\s*([-+.\dE]+)", raw)
        assert found is not None, label
        return float(found.group(1))

    ends = sorted((said("FIRSTX"), said("LASTX")))
    return all(
        len(spectrum) + int(spectrum.provenance.get("missing_points", "0")) == said("NPOINTS")
        and spectrum.axis[0] >= ends[0] - 1e-6
        and spectrum.axis[-1] <= ends[1] + 1e-6
        and bool(np.isfinite(spectrum.values).all())
        for spectrum in spectra
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_form_and_line_end_gives_the_same_spectrum(form: str, end: str) -> None:
    spectrum = one(block(form, VALUES).replace("\n", end))
    np.testing.assert_allclose(spectrum.values, np.array(VALUES) / 1000)
    np.testing.assert_allclose(spectrum.axis, np.arange(600, 660))
    assert (spectrum.kind, spectrum.axis_unit) == ("ir-absorbance", "cm-1")
    assert spectrum.provenance["title"] == "a test"
    assert spectrum.provenance["file"] == "test.jdx"
    assert spectrum.provenance["format"] == "JCAMP-DX 4.24"


@pytest.mark.parametrize(
    ("changes", "kind", "axis_unit"),
    [
        ({"YUNITS": "TRANSMITTANCE"}, "ir-transmittance", "cm-1"),
        ({"DATA_TYPE": "RAMAN SPECTRUM", "YUNITS": "ARBITRARY UNITS"}, "raman", "cm-1"),
        ({"DATA_TYPE": "NIR SPECTRUM", "XUNITS": "NANOMETERS"}, "nir", "nm"),
        ({"DATA_TYPE": "ftir", "XUNITS": "cm-1"}, "ir-absorbance", "cm-1"),
    ],
)
def test_kinds_and_units(changes: dict[str, str], kind: str, axis_unit: str) -> None:
    spectrum = one(block("sqz", VALUES, **changes))
    assert (spectrum.kind, spectrum.axis_unit) == (kind, axis_unit)


def test_micrometres_become_nanometres() -> None:
    spectrum = one(block("sqz", VALUES, XUNITS="MICROMETERS", DATA_TYPE="NIR SPECTRUM"))
    assert spectrum.axis[0] == pytest.approx(600_000)


def test_a_descending_axis_is_kept_with_its_values() -> None:
    text = block("affn", VALUES, FIRSTX="659", LASTX="600")
    head, data = text.split("##XYDATA=(X++(Y..Y))\n")
    lines = [line.split(" ", 1) for line in data.split("\n")[:-2]]
    turned = "\n".join(f"{1259 - int(x)} {rest}" for x, rest in lines)
    spectrum = one(f"{head}##XYDATA=(X++(Y..Y))\n{turned}\n##END=\n")
    np.testing.assert_allclose(spectrum.values, np.array(VALUES[::-1]) / 1000)


def test_pairs_are_read() -> None:
    head = block("affn", VALUES).split("##XYDATA")[0]
    pairs = "; ".join(f"{600 + at}, {value}" for at, value in enumerate(VALUES))
    spectrum = one(f"{head}##XYPOINTS=(XY..XY)\n{pairs}\n##END=\n")
    np.testing.assert_allclose(spectrum.values, np.array(VALUES) / 1000)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"NPOINTS": "61"}, "NPOINTS says 61"),
        ({"NPOINTS": "59"}, "NPOINTS says 59"),
        ({"NPOINTS": "4000000000"}, "NPOINTS"),
        ({"NPOINTS": "many"}, "NPOINTS"),
        ({"NPOINTS": ""}, "NPOINTS"),
        ({"FIRSTY": "7"}, "FIRSTY is 7"),
        ({"MAXY": "0.12"}, "MAXY"),
        ({"MINY": "0.000"}, "MINY"),
        ({"LASTX": "700"}, "begins at X"),
        ({"LASTX": "600"}, "the same"),
        ({"LASTX": ""}, "LASTX= is missing"),
        ({"FIRSTX": "6e40"}, "must be a number"),
        ({"DELTAX": "4"}, "DELTAX"),
        ({"YFACTOR": "0"}, "YFACTOR= is 0"),
        ({"YFACTOR": "nan"}, "must be a number"),
        ({"XFACTOR": "2"}, "begins at X"),
    ],
)
def test_a_header_that_disagrees_with_its_table_is_refused(
    changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(ReaderError, match=reason):
        one(block("difdup", VALUES, **changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"DATA_TYPE": "NMR SPECTRUM"}, "NMR"),
        ({"DATA_TYPE": "INFRARED PEAK TABLE"}, "PEAK"),
        ({"DATA_TYPE": "INFRARED INTERFEROGRAM"}, "INTERFEROGRAM"),
        ({"YUNITS": "REFLECTANCE"}, "reflectance"),
        ({"XUNITS": "HZ"}, "HZ"),
    ],
)
def test_what_is_not_read_is_named(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        one(block("sqz", VALUES, **changes))


def test_a_peak_table_is_refused_with_the_reason() -> None:
    head = block("affn", VALUES).split("##XYDATA")[0]
    with pytest.raises(UnsupportedError, match="peak table"):
        one(f"{head}##PEAK TABLE=(XY..XY)\n600,1 700,2\n##END=\n")


def with_missing(places: set[int]) -> str:
    text = block("affn", VALUES)
    head, data = text.split("##XYDATA=(X++(Y..Y))\n")
    lines, at = [], 0
    for line in data.split("\n")[:-2]:
        x, *ys = line.split()
        marked = ["?" if at + offset in places else y for offset, y in enumerate(ys)]
        at += len(ys)
        lines.append(" ".join([x, *marked]))
    return "\n".join([f"{head}##XYDATA=(X++(Y..Y))", *lines, "##END=\n"])


def test_missing_points_are_left_out_and_counted() -> None:
    spectrum = one(with_missing({0, 1, 2, 3, 4, 30, 31, 59}))
    assert len(spectrum) == 52
    assert spectrum.provenance["missing_points"] == "8"
    assert 630 not in spectrum.axis


def test_a_wide_gap_is_refused() -> None:
    with pytest.raises(ReaderError, match="4 points in a row are missing"):
        one(with_missing({20, 21, 22, 23}))


def linked(*blocks: str, count: int | None = None) -> str:
    said = len(blocks) if count is None else count
    head = f"##TITLE=many\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n##BLOCKS={said}\n"
    return head + "".join(blocks) + "##END=\n"


def test_all_spectra_of_a_link_are_read_and_other_blocks_passed_over() -> None:
    peaks = "##TITLE=p\n##DATA TYPE=INFRARED PEAK TABLE\n##NPOINTS=1\n##END=\n"
    text = linked(block("sqz", VALUES), peaks, block("difdup", VALUES[:30]))
    assert [len(spectrum) for spectrum in read(text.encode())] == [60, 30]


def test_a_damaged_block_makes_the_whole_link_unreadable() -> None:
    with pytest.raises(ReaderError, match="NPOINTS says 9"):
        read(linked(block("sqz", VALUES), block("sqz", VALUES, NPOINTS="9")).encode())


def test_a_link_with_a_block_too_few_is_refused() -> None:
    with pytest.raises(ReaderError, match="BLOCKS= says 2"):
        read(linked(block("sqz", VALUES), count=2).encode())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (block("sqz", VALUES).replace("##END=", ""), "cut short"),
        (block("sqz", VALUES) + "more", "after ##END="),
        ("##JCAMP-DX=4.24\n##END=", "outside of a block"),
        (block("sqz", VALUES).replace("##END=", "##TITLE=next\n##END="), "before the last one"),
        (block("sqz", VALUES, NPOINTS="60\n##NPOINTS=61"), "twice"),
    ],
)
def test_a_broken_skeleton_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ReaderError, match=reason):
        read(text.encode())


@pytest.mark.parametrize("form", FORMS)
def test_cut_after_any_line_or_with_any_line_lost_it_is_refused(form: str) -> None:
    text = block(form, VALUES)
    data_at = text.index("##XYDATA")
    ends = [match.end() for match in re.finditer("\n", text)]
    for end in ends[:-1]:
        with pytest.raises(ReaderError):
            read(text[:end].encode())
    # The last line of the difference forms holds nothing but a check; real writers leave it out.
    table_ends = [end for end in ends if end > data_at][: -2 if form.startswith("dif") else -1]
    for begin, end in pairwise(table_ends):
        with pytest.raises(ReaderError):
            read((text[:begin] + text[end:]).encode())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("1\n" * 700_000, "more lines"),
        ("1" + "A" * 3_000_000, "NPOINTS says"),
        ("1A5" + "S9999" * 200_000, "NPOINTS says|repeat"),
        ("##A=\n" * 60_000, "records"),
    ],
)
def test_a_file_that_would_fill_the_memory_is_refused(body: str, reason: str) -> None:
    head = block("affn", VALUES, NPOINTS="250000").split("600 ")[0]
    with pytest.raises(ReaderError, match=reason):
        read(f"{head}{body}\n##END=\n".encode())


@given(st.sampled_from(FORMS), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 7))))
def test_flipped_bits_give_an_error_or_a_spectrum_that_agrees_with_its_header(
    form: str, flips: list[tuple[int, int]]
) -> None:
    raw = bytearray(block(form, VALUES).encode())
    for at, bit in flips:
        raw[at % len(raw)] ^= 1 << bit
    try:
        spectra = read(bytes(raw))
    except ReaderError:
        return
    if raw.lstrip().startswith(b"##"):
        assert agrees_with_its_header(bytes(raw), spectra)


@given(st.binary(max_size=300))
def test_rubbish_after_a_good_begin_never_crashes(rubbish: bytes) -> None:
    try:
        read(b"##TITLE=x\n" + rubbish)
    except ReaderError:
        return


@pytest.mark.parametrize("text", ["1.00E-0001", "0.1E+000", "1E-0001"])
def test_an_exponent_may_have_four_digits(text: str) -> None:
    assert len(one(block("affn", VALUES, FIRSTY=text))) == len(VALUES)


def test_an_exponent_of_four_digits_is_one_in_a_table_too() -> None:
    text = block("affn", VALUES)
    assert " 131 " in text
    spectrum = one(text.replace(" 131 ", " 1.31E+0002 ", 1))
    assert spectrum.values.tolist() == one(text).values.tolist()


def test_an_exponent_out_of_bounds_is_refused() -> None:
    with pytest.raises(ReaderError, match="must be a number"):
        one(block("affn", VALUES, FIRSTY="1E9999"))
