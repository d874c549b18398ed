"""Files that are written: read back they are the same spectrum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.errors import SpectrumError
from analysis.readers import read
from analysis.spectrum import AXIS_UNITS, KINDS, Spectrum
from analysis.writers import FORMS, write_csv, write_jcamp

EVEN = np.linspace(650.0, 1800.0, 60)
UNEVEN = 400 + np.arange(60.0) ** 1.5
VALUES = arrays(np.float64, 60, elements=st.floats(-5, 5, width=64))
AXES = st.sampled_from([EVEN, UNEVEN])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PROVENANCE = st.dictionaries(st.sampled_from(["title", "instrument", "scans", "note"]), TEXT)


def made(
    values: np.ndarray, kind: str, axis_unit: str, axis: np.ndarray = EVEN, **known: str
) -> Spectrum:
    return Spectrum(axis, values, kind, axis_unit, **known)


@settings(deadline=None)
@given(VALUES, st.sampled_from(KINDS), st.sampled_from(AXIS_UNITS), AXES, PROVENANCE)
def test_plain_numbers_come_back_exactly(
    values: np.ndarray,
    kind: str,
    axis_unit: str,
    axis: np.ndarray,
    known: dict[str, str],
) -> None:
    spectrum = made(values, kind, axis_unit, axis, **known)
    (back,) = read(write_jcamp([spectrum]))
    assert (back.kind, back.axis_unit) == (kind, axis_unit)
    np.testing.assert_array_equal(back.values, spectrum.values)
    np.testing.assert_allclose(back.axis, spectrum.axis, rtol=1e-14)


@settings(deadline=None)
@given(VALUES, st.sampled_from(KINDS), AXES)
def test_compressed_numbers_come_back_within_half_a_factor(
    values: np.ndarray,
    kind: str,
    axis: np.ndarray,
) -> None:
    spectrum = made(values, kind, "cm-1", axis)
    (back,) = read(write_jcamp([spectrum], "difdup"))
    room = float(np.abs(values).max()) * 2.0**-29 + 2.0**-300
    np.testing.assert_allclose(back.values, spectrum.values, rtol=0, atol=room)


@settings(deadline=None)
@given(VALUES, st.sampled_from(KINDS), st.sampled_from(AXIS_UNITS), PROVENANCE)
def test_csv_comes_back_exactly(
    values: np.ndarray, kind: str, axis_unit: str, known: dict[str, str]
) -> None:
    spectrum = Spectrum(EVEN, values, kind, axis_unit, **known)
    (back,) = read(write_csv(spectrum))
    assert (back.kind, back.axis_unit) == (kind, axis_unit)
    np.testing.assert_array_equal(back.values, spectrum.values)
    np.testing.assert_array_equal(back.axis, spectrum.axis)


@settings(deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=8, max_size=200))
def test_runs_of_equal_steps_come_back(steps: list[int]) -> None:
    values = np.cumsum(steps) / 8
    spectrum = Spectrum(np.arange(600.0, 600 + len(steps)), values)
    (back,) = read(write_jcamp([spectrum], "difdup"))
    np.testing.assert_array_equal(back.values, values)


@pytest.mark.parametrize("form", FORMS)
def test_several_spectra_are_one_file_with_their_provenance(form: str) -> None:
    spectra = [
        made(np.sin(EVEN / 50), "ir-absorbance", "cm-1", title=f"## sample {n} $$", serial="A1")
        for n in range(3)
    ]
    raw = write_jcamp(spectra, form)
    back = read(raw)
    assert [one.provenance["title"] for one in back] == [f"# # sample {n} $ $" for n in range(3)]
    assert {one.provenance["serial"] for one in back} == {"A1"}
    assert max(map(len, raw.split(b"\n"))) <= 250


def test_lines_of_compressed_numbers_are_short() -> None:
    raw = write_jcamp([made(np.sin(EVEN), "raman", "cm-1")], "difdup")
    numbers = raw.split(b"##XYDATA=(X++(Y..Y))\n")[1]
    assert max(map(len, numbers.split(b"\n"))) <= 80


def test_nothing_to_write_and_forms_that_are_not_known() -> None:
    with pytest.raises(SpectrumError, match="no spectrum"):
        write_jcamp([])
    with pytest.raises(SpectrumError, match="affn or difdup"):
        write_jcamp([made(np.ones(60), "raman", "cm-1")], "pac")


def test_another_reader_reads_the_same() -> None:
    peer = pytest.importorskip("jcamp", reason="the peer reader is not installed")
    spectrum = made(np.round(np.sin(EVEN / 40), 6), "ir-absorbance", "cm-1")
    for form in FORMS:
        theirs = peer.read(write_jcamp([spectrum], form).decode().splitlines())
        np.testing.assert_allclose(theirs["y"], spectrum.values, atol=1e-8)
        np.testing.assert_allclose(theirs["x"], spectrum.axis, rtol=1e-9)
