"""What ordinates are called, and numbers that belie their name."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.readers import ReaderError, UnsupportedError, read
from analysis.readers.ordinates import ordinate_of
from tests.analysis.readers.binary_writers import Spc, opus, opus_row, spa
from tests.analysis.readers.jcamp_writer import block

VALUES = [100 + (31 * at) % 77 for at in range(60)]
LIGHT = ["absorbance", "transmittance", "reflectance", "Kubelka-Munk"]


def table(name: str, values: list[float], axis: str = "Wavenumber (cm-1)") -> bytes:
    rows = [f"{900 + 20 * at};{value!r}" for at, value in enumerate(values)]
    return "\n".join([f"{axis};{name}", *rows, ""]).encode()


@given(
    names=st.sampled_from(list(itertools.permutations(LIGHT, 2))),
    between=st.sampled_from(["\\", "/", " or ", ", ", " and ", "|"]),
    is_upper=st.booleans(),
)
def test_a_name_that_says_two_things_says_none(
    names: tuple[str, str], between: str, *, is_upper: bool
) -> None:
    name = between.join(names)
    name = name.upper() if is_upper else name
    assert ordinate_of(name) == name
    with pytest.raises(UnsupportedError, match="neither absorbance nor transmittance"):
        read(block("sqz", VALUES, YUNITS=name).encode())


@pytest.mark.parametrize(
    "name",
    [
        "2nd derivative of absorbance",
        "DERIVATIVE TRANSMITTANCE",
        "dA/dv of absorbance, first deriv.",
        "emissivity",
        "photoacoustic signal",
        "a.u.",
        "A.U.",
    ],
)
def test_what_is_neither_is_not_taken_for_one(name: str) -> None:
    with pytest.raises(UnsupportedError, match="neither absorbance nor transmittance"):
        read(block("sqz", VALUES, YUNITS=name).encode())


def test_a_data_type_of_a_derivative_is_refused() -> None:
    text = block("sqz", VALUES, DATA_TYPE="INFRARED DERIVATIVE SPECTRUM")
    with pytest.raises(UnsupportedError, match="derivative of absorbance"):
        read(text.encode())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("log(1/T)", "ir-absorbance"),
        ("-log10(Transmittance)", "ir-absorbance"),
        ("LOG 1/TRANSMITTANCE", "ir-absorbance"),
        ("-log(R)", "ir-absorbance"),
        ("Transmittance (ATR)", "ir-transmittance"),
        ("% Transmittance, attenuated total reflectance", "ir-transmittance"),
        ("Abs", "ir-absorbance"),
        ("A", "ir-absorbance"),
        ("T (%)", "ir-transmittance"),
    ],
)
def test_a_logarithm_is_an_absorbance_and_an_accessory_no_ordinate(name: str, kind: str) -> None:
    (spectrum,) = read(block("sqz", VALUES, YUNITS=name).encode())
    assert spectrum.kind == kind
    (spectrum,) = read(table(name, [0.1 + value / 1000 for value in VALUES]))
    assert (spectrum.kind, spectrum.provenance["kind_known"]) == (kind, "stated by the file")


@pytest.mark.parametrize("name", ["2nd derivative", "transmittance/reflectance", "emissivity"])
def test_numbers_do_not_overrule_a_name(name: str) -> None:
    """The baseline lies at the top, as that of a transmittance does."""
    dips = [1.0 if at % 10 else 0.5 for at in range(60)]
    with pytest.raises(UnsupportedError, match="neither absorbance nor transmittance"):
        read(table(name, dips))


@pytest.mark.parametrize("largest", [20.5, 585.0, 9e3])
def test_an_absorbance_that_can_not_be_is_refused_in_every_format(largest: float) -> None:
    row = [largest * value / max(VALUES) for value in VALUES]
    said = {"YFACTOR": largest / max(VALUES), "FIRSTY": row[0], "MINY": min(row), "MAXY": max(row)}
    raws = [
        Spc([row], exponent=-128).made(),
        spa(row),
        opus(opus_row(row)),
        table("Absorbance", row),
        block("sqz", VALUES, **{name: repr(value) for name, value in said.items()}).encode(),
    ]
    for raw in raws:
        with pytest.raises(ReaderError, match="can't be: the file names the wrong ordinate"):
            read(raw)


@pytest.mark.parametrize("name", ["spc", "sample 1", "y", "Intensity"])
@pytest.mark.parametrize("largest", [0.4, 99.0, 199.0])
def test_small_numbers_over_nm_without_a_name_are_no_counts(name: str, largest: float) -> None:
    row = [largest * at / 59 for at in range(60)]
    with pytest.raises(ReaderError, match="can't be told whether the values over nm are counts"):
        read(table(name, row, "Wavelength (nm)"))
    (spectrum,) = read(table(name, [2000 + value for value in row], "Wavelength (nm)"))
    assert spectrum.kind == "counts"


def test_an_absorbance_over_nm_is_no_counts_by_its_short_name() -> None:
    row = [0.2 + at / 600 for at in range(60)]
    with pytest.raises(UnsupportedError, match="may be UV/VIS or near-infrared"):
        read(table("A", row, "nm").replace(b"900;", b"700;"))


@pytest.mark.parametrize(("largest", "is_read"), [(0.18, False), (150.0, False), (3000.0, True)])
def test_arbitrary_units_over_nm_are_counts_only_where_they_are_large(
    largest: float, *, is_read: bool
) -> None:
    row = [largest * at / 39 for at in range(40)]
    raw = Spc([row], exponent=-128, x_code=3, y_code=0).made()
    if is_read:
        assert read(raw)[0].kind == "counts"
        return
    with pytest.raises(UnsupportedError, match="may be absorbance, reflectance or any"):
        read(raw)


def test_an_intensity_over_wavenumbers_is_refused_with_what_to_do() -> None:
    with pytest.raises(ReaderError, match="name the axis 'Raman Shift"):
        read(table("intensity", [float(value) for value in VALUES]))


@pytest.mark.parametrize("first", [0.0, 50.0, 99.0])
def test_an_axis_without_a_name_that_begins_too_low_is_not_taken_for_wavenumbers(
    first: float,
) -> None:
    """It may be a time, or a place."""
    rows = [f"{first + 60 * at},{0.01 + (at == 30)}" for at in range(61)]
    with pytest.raises(ReaderError, match="can't be told whether the axis"):
        read("\n".join([*rows, ""]).encode())
