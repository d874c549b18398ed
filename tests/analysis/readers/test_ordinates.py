"""One judgement for all formats: the same words and numbers are the same kind, or refused."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.readers import ReaderError, UnsupportedError, read
from tests.analysis.readers.binary_writers import Spc, spa

ROW = [0.25 + 0.5 * (at % 7) / 7 for at in range(60)]
ABSORBANCE, TRANSMITTANCE, LOG = "absorbance", "transmittance", "log(1/R)"
REFLECTANCE, KUBELKA = "reflectance", "Kubelka-Munk"
ORDINATES = [ABSORBANCE, TRANSMITTANCE, LOG, REFLECTANCE, KUBELKA]
REFUSED = "refused"


@dataclass(frozen=True)
class Said:
    """What a file says of its numbers; technique "" where it says none."""

    technique: str
    x_unit: str
    ordinate: str
    first: float
    last: float


def jcamp(said: Said, row: Sequence[float]) -> bytes:
    types = {"": "", "infrared": "INFRARED SPECTRUM", "near-infrared": "NIR SPECTRUM"}
    step = (said.last - said.first) / (len(row) - 1)
    lines = [
        "##TITLE=a test",
        "##JCAMP-DX=4.24",
        f"##DATA TYPE={types[said.technique]}",
        f"##XUNITS={'1/CM' if said.x_unit == 'cm-1' else 'NANOMETERS'}",
        f"##YUNITS={said.ordinate.upper()}",
        f"##NPOINTS={len(row)}",
        "##XFACTOR=1",
        "##YFACTOR=1",
        "##XYPOINTS=(XY..XY)",
        *(f"{said.first + at * step!r}, {y!r}" for at, y in enumerate(row)),
        "##END=",
    ]
    return "\n".join(line for line in lines if line != "##DATA TYPE=").encode()


def table(said: Said, row: Sequence[float]) -> bytes:
    step = (said.last - said.first) / (len(row) - 1)
    name = "Wavenumber (cm-1)" if said.x_unit == "cm-1" else "Wavelength (nm)"
    head = [f"technique,{said.technique}", ""] if said.technique else []
    rows = [f"{said.first + at * step!r},{y!r}" for at, y in enumerate(row)]
    return "\n".join([*head, f"{name},{said.ordinate}", *rows, ""]).encode()


def spc(said: Said, row: Sequence[float]) -> bytes:
    codes = {ABSORBANCE: 2, KUBELKA: 3, LOG: 10, TRANSMITTANCE: 128, REFLECTANCE: 129}
    return Spc(
        [row],
        exponent=-128,
        first=said.first,
        last=said.last,
        x_code=1 if said.x_unit == "cm-1" else 3,
        y_code=codes[said.ordinate],
        experiment=5 if said.technique else 0,
    ).made()


def omnic(said: Said, row: Sequence[float]) -> bytes:
    codes = {ABSORBANCE: 17, KUBELKA: 20, LOG: 12, TRANSMITTANCE: 16, REFLECTANCE: 11}
    assert (said.first, said.last) == (4000.0, 400.0), "the writer has no other ends"
    return spa(row, 1 if said.x_unit == "cm-1" else 3, codes[said.ordinate])


Writer = Callable[[Said, Sequence[float]], bytes]


def writers(said: Said) -> list[Writer]:
    """The formats that can say this."""
    found: list[Writer] = [jcamp, table]
    if said.technique != "infrared":  # SPC has one code for FT-IR, FT-NIR and FT-Raman
        found.append(spc)
    if not said.technique and (said.first, said.last) == (4000.0, 400.0):
        found.append(omnic)
    return found


def outcome(raw: bytes) -> str:
    try:
        (spectrum,) = read(raw)
    except UnsupportedError:
        return REFUSED
    return f"{spectrum.kind} {spectrum.axis_unit}"


AXES = [("cm-1", 4000.0, 400.0), ("cm-1", 4000.0, 10000.0), ("nm", 900.0, 1700.0)]
AXES += [("nm", 350.0, 1000.0), ("nm", 4000.0, 400.0), ("nm", 779.0, 1100.0)]
AXES += [("nm", 1100.0, 780.0)]
EVERY = [
    Said(technique, x_unit, ordinate, first, last)
    for technique, ordinate, (x_unit, first, last) in itertools.product(
        ("", "infrared", "near-infrared"), ORDINATES, AXES
    )
]


@pytest.mark.parametrize("said", EVERY, ids=str)
def test_every_format_gives_the_same_kind_or_refuses(said: Said) -> None:
    found = {write.__name__: outcome(write(said, ROW)) for write in writers(said)}
    assert len(set(found.values())) == 1, found


@pytest.mark.parametrize("ordinate", [REFLECTANCE, KUBELKA])
@given(
    technique=st.sampled_from(["", "infrared", "near-infrared"]),
    axis=st.sampled_from(AXES),
    row=st.lists(st.floats(0, 1.5, width=32), min_size=8, max_size=40),
)
def test_reflectance_is_never_read_whatever_the_numbers_look_like(
    ordinate: str, technique: str, axis: tuple[str, float, float], row: list[float]
) -> None:
    said = Said(technique, axis[0], ordinate, *axis[1:])
    for write in writers(said):
        with pytest.raises(UnsupportedError, match=r"export absorbance or log\(1/R\)"):
            read(write(said, row))


def test_what_can_be_told_is_read() -> None:
    kinds = {
        (said.technique, said.ordinate, said.x_unit, said.first): outcome(jcamp(said, ROW))
        for said in EVERY
    }
    assert kinds["", LOG, "nm", 900.0] == "nir nm"
    assert kinds["", ABSORBANCE, "nm", 1100.0] == "nir nm"
    assert kinds["", ABSORBANCE, "nm", 779.0] == REFUSED
    assert kinds["", ABSORBANCE, "nm", 350.0] == REFUSED
    assert kinds["near-infrared", ABSORBANCE, "nm", 350.0] == "nir nm"
    assert kinds["near-infrared", LOG, "cm-1", 4000.0] == "nir cm-1"
    assert kinds["near-infrared", TRANSMITTANCE, "nm", 900.0] == REFUSED
    assert kinds["", LOG, "cm-1", 4000.0] == "ir-absorbance cm-1"


@pytest.mark.parametrize(
    "name", ["log(1/R)", "Log (1/R)", "log10(1/R)", "LOG 1/R", "log(1/R) of the reflectance"]
)
def test_log_of_reflectance_is_an_absorbance_however_it_is_spelt(name: str) -> None:
    assert outcome(table(Said("", "nm", name, 900.0, 1700.0), ROW)) == "nir nm"


@pytest.mark.parametrize("name", ["Reflectance", "%R", "% R", "Diffuse reflection (%)"])
def test_a_column_of_reflectance_is_refused_however_it_is_spelt(name: str) -> None:
    for axis in AXES:
        assert outcome(table(Said("", axis[0], name, *axis[1:]), ROW)) == REFUSED


def test_attenuated_total_reflection_gives_an_absorbance() -> None:
    said = Said("", "cm-1", "Absorbance (attenuated total reflection)", 4000.0, 400.0)
    assert outcome(table(said, ROW)) == "ir-absorbance cm-1"


def test_of_absorbance_and_reflectance_side_by_side_none_is_guessed() -> None:
    rows = [f"{900 + at},{y},{y}" for at, y in enumerate(ROW)]
    text = "\n".join(["Wavelength (nm),Absorbance,Reflectance", *rows, ""])
    with pytest.raises(ReaderError, match="can't be told from the names"):
        read(text.encode())
