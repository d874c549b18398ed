"""Text exports that say how many points they have: JASCO, PerkinElmer, Ocean Optics; Renishaw."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.readers import ReaderError, UnsupportedError, read

VALUES = [100.0 + (31 * at) % 77 for at in range(40)]
NOTES = "\n##### Extended Information\nOperator\tx\n1\t2\t3\n"


def jasco(changes: dict[str, str] | None = None, rows: list[str] | None = None) -> str:
    said = {
        "TITLE": "",
        "DATA TYPE": "RAMAN SPECTRUM",
        "ORIGIN": "JASCO",
        "XUNITS": "1/CM",
        "YUNITS": "INTENSITY",
        "FIRSTX": "580.25",
        "LASTX": "619.25",
        "NPOINTS": f"    {len(VALUES)}",
        "MAXY": f"{max(VALUES)}",
        "MINY": f"{min(VALUES)}",
    }
    said |= changes or {}
    rows = rows or [f"{580.25 + at}\t{value}" for at, value in enumerate(VALUES)]
    head = [f"{name}\t{value}" for name, value in said.items()]
    return "\n".join([*head, "XYDATA", *rows, NOTES])


def perkin_elmer(unit: str = "%T", points: int = len(VALUES), largest: float = 0.0) -> str:
    head = ["PE IR       SPECTRUM    ASCII       PEDS        1.60", "  -1", "a.ASC", "#HDR", "-1"]
    graph = ["#GR", "CM-1", unit, "0.00002", "0.0", "4000.0", "-1.0", str(points), "8"]
    ends = [f"{largest or max(VALUES) - 80}", f"{min(VALUES) - 80}"]
    rows = [f"{4000.0 - at:.6f}\t {value - 80:.6f} " for at, value in enumerate(VALUES)]
    return "\n".join([*head, *graph, *ends, "#DATA", *rows, ""])


def ocean(points: int = len(VALUES), axis: str = "Raman Shifts", end: str = "") -> str:
    head = ["Data from a_file.txt Node", "", f"XAxis mode: {axis}"]
    head += [f"Number of Pixels in Spectrum: {points}", ">>>>>Begin Spectral Data<<<<<"]
    rows = [f"{200 + at:.2f}\t{value + 900:.2f}" for at, value in enumerate(VALUES)]
    return "\n".join([*head, *rows, end])


def test_notes_below_a_table_of_jasco_are_no_part_of_it() -> None:
    (spectrum,) = read(jasco().encode())
    assert (spectrum.kind, spectrum.axis_unit) == ("raman", "cm-1")
    assert spectrum.values.tolist() == VALUES
    assert spectrum.provenance["confidence"] == "stated"
    assert "Operator" not in str(spectrum.provenance)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"NPOINTS": "41"}, "says 41 points and has 40 rows; it was cut short"),
        ({"NPOINTS": "39"}, "says 39 points and has 40 rows"),
        ({"FIRSTX": "581.25"}, "FIRSTX"),
        ({"LASTX": "621"}, "LASTX"),
        ({"MAXY": "999"}, "MAXY"),
        ({"MINY": "12"}, "MINY"),
    ],
)
def test_what_jasco_says_is_held_against_its_table(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(ReaderError, match=reason):
        read(jasco(changes).encode())


@pytest.mark.parametrize("named", ["FLUORESCENCE SPECTRUM", "ULTRAVIOLET SPECTRUM", "CD SPECTRUM"])
def test_other_techniques_of_jasco_are_refused(named: str) -> None:
    with pytest.raises(UnsupportedError, match="infrared, Raman and near-infrared"):
        read(jasco({"DATA TYPE": named, "XUNITS": "NANOMETERS"}).encode())


@given(cut=st.integers(1, len(VALUES)))
@settings(max_examples=30)
def test_with_any_row_lost_it_is_refused(cut: int) -> None:
    for text in (jasco(), perkin_elmer(), ocean()):
        lines = text.split("\n")
        first = next(at for at, line in enumerate(lines) if line.endswith(("DATA", "<<<<<")))
        del lines[first + cut]
        with pytest.raises(ReaderError, match="39 rows"):
            read("\n".join(lines).encode())


@given(at=st.integers(0, 39), rubbish=st.sampled_from(["x", "1\t2\t3", "1 2", "##", "nan\t1"]))
@settings(max_examples=30)
def test_a_damaged_row_is_no_note(at: int, rubbish: str) -> None:
    rows = [f"{580.25 + x}\t{value}" for x, value in enumerate(VALUES)]
    rows[at] = rubbish
    with pytest.raises(ReaderError):
        read(jasco(rows=rows).encode())


def test_perkin_elmer_says_its_units() -> None:
    (spectrum,) = read(perkin_elmer().encode())
    assert (spectrum.kind, spectrum.axis_unit) == ("ir-transmittance", "cm-1")
    assert (spectrum.axis[0], spectrum.axis[-1]) == (3961.0, 4000.0)
    assert spectrum.provenance["confidence"] == "stated"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (perkin_elmer(points=41), "says 41 points"),
        (perkin_elmer(largest=98.5), "MAXY"),
        (perkin_elmer("A"), "can't be: the file names the wrong ordinate"),
        (perkin_elmer("EGY"), "absorbance or transmittance"),
        (perkin_elmer().replace("4000.0\n", "3000.0\n", 1), "FIRSTX"),
        (perkin_elmer().replace("#GR\nCM-1", "CM-1\n#GR", 1), "lines below #GR are damaged"),
    ],
)
def test_what_perkin_elmer_says_is_held_against_its_table(text: str, reason: str) -> None:
    with pytest.raises(ReaderError, match=reason):
        read(text.encode())


@pytest.mark.parametrize("program", ["PE FL", "PE UV", "PE", "IR"])
def test_other_instruments_of_perkin_elmer_are_refused(program: str) -> None:
    text = perkin_elmer().replace("PE IR", program, 1)
    with pytest.raises(UnsupportedError, match="infrared, Raman and near-infrared"):
        read(text.encode())


@pytest.mark.parametrize("end", ["", ">>>>>End Processed Spectral Data<<<<<\n"])
@pytest.mark.parametrize(
    ("axis", "kind"), [("Raman Shifts", ("raman", "cm-1")), ("Wavelengths", ("counts", "nm"))]
)
def test_ocean_optics_says_its_axis(end: str, axis: str, kind: tuple[str, str]) -> None:
    (spectrum,) = read(ocean(axis=axis, end=end).encode())
    assert (spectrum.kind, spectrum.axis_unit) == kind
    assert len(spectrum) == len(VALUES)


def test_ocean_optics_without_its_axis_is_refused() -> None:
    text = ocean(axis="").replace("XAxis mode: \n", "")
    with pytest.raises(ReaderError, match="can't be told whether the axis"):
        read(text.encode())


def renishaw(first: float) -> bytes:
    rows = [f"{first + 40 * at:.6f}\t{value:.6f}" for at, value in enumerate(VALUES)]
    return "\r\n".join(["#Wave\t\t#Intensity", *rows[::-1], ""]).encode()


@pytest.mark.parametrize("first", [-150.0, 1500.0])
def test_the_columns_of_renishaw_tell_a_raman_spectrum(first: float) -> None:
    (spectrum,) = read(renishaw(first))
    assert (spectrum.kind, spectrum.axis_unit) == ("raman", "cm-1")
    assert spectrum.provenance["confidence"] == "inferred"


def test_an_axis_of_renishaw_that_may_be_nanometres_is_refused() -> None:
    with pytest.raises(ReaderError, match="can't be told whether the axis"):
        read(renishaw(400.0))


@pytest.mark.parametrize("name", ["wave\t\tintensity", "#x\t\t#y", "#Wave\t#Intensity\t"])
def test_other_names_are_not_taken_for_those_of_renishaw(name: str) -> None:
    with pytest.raises(ReaderError):
        read(renishaw(-150.0).replace(b"#Wave\t\t#Intensity", name.encode()))


@pytest.mark.parametrize("text", [jasco, perkin_elmer, ocean])
def test_a_count_of_another_size_never_crashes(text: object) -> None:
    assert callable(text)
    for count in ("0", "999999999", "9" * 30, "-1", "1e3", ""):
        made = str(text()).replace("40\n", f"{count}\n", 1)
        with pytest.raises(ReaderError):
            read(made.encode())
