"""JCAMP-DX beyond one block of plain spectra: pages, words, caps, encodings."""

import numpy as np
import pytest

from analysis.readers import ReaderError, UnsupportedError, read
from analysis.spectrum import Spectrum
from tests.analysis.readers.jcamp_writer import block, table

VALUES = [100 + (31 * at) % 77 for at in range(60)]
OTHERS = [value + 7 for value in VALUES]


def one(text: str) -> Spectrum:
    (spectrum,) = read(text.encode())
    return spectrum


def ntuples(pages: str, **changes: str) -> str:
    """Write a block of two pages over time, as kinetics are saved."""
    head = {
        "TITLE": "kinetics",
        "JCAMP-DX": "5.00",
        "DATA TYPE": "INFRARED SPECTRUM",
        "DATA CLASS": "NTUPLES",
        "NTUPLES": "INFRARED SPECTRUM",
        "VAR_NAME": "WAVENUMBER, ABSORBANCE, TIME",
        "SYMBOL": "X, Y, T",
        "VAR_TYPE": "INDEPENDENT, DEPENDENT, PAGE",
        "VAR_FORM": "AFFN, ASDF, AFFN",
        "VAR_DIM": "60, 60, 2",
        "UNITS": "1/CM, ABSORBANCE, SECONDS",
        "FIRST": f"600, {VALUES[0] / 1000}, 0",
        "LAST": "659, 0.1, 5",
        "MIN": "600, 0.1, 0",
        "MAX": "659, 0.2, 5",
        "FACTOR": "1, 0.001, 1",
    }
    head |= {name.replace("0", " "): value for name, value in changes.items()}
    lines = [f"##{label}={value}" for label, value in head.items()]
    return "\n".join([*lines, pages, "##END NTUPLES=INFRARED SPECTRUM", "##END=\n"])


def page(number: int, values: list[int], form: str = "(X++(Y..Y)), XYDATA") -> str:
    body = table("difdup", values, first_x=600)
    return f"##PAGE=T={number}\n##DATA TABLE={form}\n{body}"


TWO = f"{page(0, VALUES)}\n{page(5, OTHERS)}"


def test_each_page_of_ntuples_is_a_spectrum() -> None:
    found = read(ntuples(TWO).encode())
    for spectrum, values in zip(found, (VALUES, OTHERS), strict=True):
        np.testing.assert_allclose(spectrum.values, np.array(values) / 1000)
        np.testing.assert_allclose(spectrum.axis, np.arange(600, 660))
        assert spectrum.kind == "ir-absorbance"
    assert [one.provenance["page"] for one in found] == ["T=0", "T=5"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ntuples(TWO, VAR_DIM="60, 59, 2"), "NPOINTS says 59"),
        (ntuples(TWO, FIRST="600, 9, 0"), "FIRSTY is 9"),
        (ntuples(page(0, VALUES), MAX="659, 0.9, 5"), "MAXY is 0.9"),
        (ntuples(TWO, LAST="700, 0, 5"), "begins at X"),
        (ntuples(TWO, SYMBOL="X, X, T"), "once"),
        (ntuples(TWO, SYMBOL="X, Q, T"), "names X and Y"),
        (ntuples(""), "without a DATA TABLE"),
        (ntuples(page(0, VALUES, "(Z)")), "form"),
    ],
)
def test_pages_that_disagree_with_their_head_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ReaderError, match=reason):
        read(text.encode())


@pytest.mark.parametrize(
    ("data_type", "name"),
    [
        ("NMR SPECTRUM", "an NMR spectrum"),
        ("NMR FID", "an NMR spectrum"),
        ("MASS SPECTRUM", "a mass spectrum"),
        ("CONTINUOUS MASS SPECTRUM", "a mass spectrum"),
        ("ION MOBILITY SPECTRUM", "an ion mobility spectrum"),
        ("INELASTIC NEUTRON SCATTERING", "an inelastic neutron scattering spectrum"),
        ("UV/VIS SPECTRUM", "a UV/VIS spectrum"),
        ("UV-VISIBLE SPECTRUM", "a UV/VIS spectrum"),
        ("MOON SPECTRUM", "MOON"),
    ],
)
def test_other_techniques_are_named(data_type: str, name: str) -> None:
    with pytest.raises(UnsupportedError, match=name):
        one(block("sqz", VALUES, DATA_TYPE=data_type))


@pytest.mark.parametrize(
    ("changes", "kind", "axis_unit"),
    [
        ({"DATA_TYPE": "RAMAN SPECTRUM", "XUNITS": "RAMAN SHIFT", "YUNITS": ""}, "raman", "cm-1"),
        ({"DATA_TYPE": "Raman", "YUNITS": "COUNTS"}, "raman", "cm-1"),
        ({"DATA_TYPE": "NEAR INFRARED SPECTRUM", "YUNITS": "LOG(1/R)"}, "nir", "cm-1"),
        ({"YUNITS": "% TRANSMITTANCE"}, "ir-transmittance", "cm-1"),
        ({"XUNITS": "micrometers"}, "ir-absorbance", "nm"),
        ({"DATA_TYPE": ""}, "ir-absorbance", "cm-1"),
    ],
)
def test_kinds_in_many_spellings(changes: dict[str, str], kind: str, axis_unit: str) -> None:
    spectrum = one(block("sqz", VALUES, **changes))
    assert (spectrum.kind, spectrum.axis_unit) == (kind, axis_unit)


def test_a_kind_that_is_not_stated_is_said_to_be_inferred() -> None:
    assert one(block("sqz", VALUES)).provenance["kind_known"] == "stated by the file"
    text = block("sqz", VALUES, DATA_TYPE="")
    assert one(text).provenance["kind_known"].startswith("inferred")


def test_labels_in_many_spellings() -> None:
    text = block("dif", VALUES).replace("##NPOINTS", "##N_Points").replace("##FIRSTX", " ##First X")
    np.testing.assert_allclose(one(text).values, np.array(VALUES) / 1000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings(encoding: str) -> None:
    text = block("difdup", VALUES, TITLE="poudre de café")
    (spectrum,) = read(text.encode(encoding))
    assert spectrum.provenance["title"] == "poudre de café"


def test_a_small_file_can_not_ask_for_many_points() -> None:
    body = "600A1S" + "9" * 5
    with pytest.raises(ReaderError, match="can't be in a table"):
        one(block("affn", VALUES, NPOINTS="200000").split("600 ")[0] + f"{body}\n##END=\n")


def test_many_blocks_of_repeats_are_refused_before_they_fill_the_memory() -> None:
    said = {"NPOINTS": "149999", "LASTX": "1200", "FIRSTY": "0.1", "MINY": "", "MAXY": ""}
    head = block("affn", VALUES, **said).split("600 ")[0]
    text = f"{head}600 100S49999{' ' * 1500}\n##END=\n"
    assert len(one(text)) == 149_999
    linked = f"##TITLE=x\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n{text * 900}##END=\n"
    with pytest.raises(ReaderError, match="holds more than"):
        read(linked.encode())


def test_every_byte_cut_off_makes_a_file_unreadable() -> None:
    raw = block("difdup", VALUES).encode().rstrip()
    for end in range(len(raw)):
        with pytest.raises(ReaderError):
            read(raw[:end])


def test_provenance_of_our_own_can_not_replace_the_spectrum() -> None:
    names = ("kind", "axis", "values", "axis_unit", "self", "kind_known", "Title", "a b")
    lines = "\n".join(f"{name} = x" for name in (*names, "note"))
    text = block("sqz", VALUES).replace(
        "##XYDATA", f"##$HARBORLIGHT PROVENANCE=\n{lines}\n##XYDATA"
    )
    spectrum = one(text)
    assert spectrum.provenance["note"] == "x"
    assert spectrum.provenance["title"] == "a test"
    assert list(spectrum.provenance.values()).count("x") == 1


def test_what_was_passed_over_is_told() -> None:
    nmr = block("sqz", VALUES, DATA_TYPE="NMR SPECTRUM")
    text = f"##TITLE=x\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n{block('sqz', VALUES)}{nmr}##END=\n"
    assert (
        one(text).provenance["passed_over"]
        == "1: this is an NMR spectrum; infrared, Raman and near-infrared spectra are read"
    )
