"""The squeezed forms of JCAMP-DX: whatever is written is read, and nothing else is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.readers.errors import ReaderError
from analysis.readers.jcamp.asdf import decode
from tests.analysis.readers.jcamp_writer import FORMS, table

VALUES = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=60)
STEADY = st.lists(st.sampled_from([5, 5, 5, 6, -3]), min_size=1, max_size=60)


@given(st.sampled_from(FORMS), st.one_of(VALUES, STEADY), st.integers(1, 12))
def test_every_form_is_read_as_it_was_written(form: str, values: list[int], width: int) -> None:
    found = decode(table(form, values, width), len(values))
    assert found.y.tolist() == values
    assert found.line_x.tolist() == found.line_start.tolist()


def test_a_line_decoded_by_hand() -> None:
    values = [0, 0, 0, 0, 2, 4, 4, 4, 7, 5, 4, 4, 5, 5, 7, 10, 11, 11, 6, 5, 7, 6, 9, 9, 7, 10, 10]
    assert decode("1@VKT%TLkj%J%KLJ%njKjL%kL%", 27).y.tolist() == values
    assert decode("1@VKT%TLkj%J%KLJ%njKjL%kL%\n27A0", 27).y[-1] == 10


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("1.5e1 2 3", None),
        ("1 1.1093e-02 0.10971E-1 2E+3", [0.011093, 0.010971, 2000.0]),
        ("1 +5-6+7", [5.0, -6.0, 7.0]),
        ("1A2b3D4", [12.0, -23.0, 44.0]),
        ("1 5 ? 7", [5.0, None, 7.0]),
        ("1@S@S", [0.0, 0.0]),
    ],
)
def test_mixed_lines(line: str, values: list[float | None] | None) -> None:
    if values is None:
        with pytest.raises(ReaderError):
            decode(line, 2)
        return
    found = decode(line, len(values)).y
    expected = [np.nan if value is None else value for value in values]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("text", "points", "reason"),
    [
        ("1 2 3\n3 4 5", 5, "NPOINTS says 5"),
        ("1A5J\n2A7J", 3, "Y-check"),
        ("1J5", 1, "begins with a difference"),
        ("1 2 3\n3", 2, "no Y"),
        ("1T5", 1, "repeat"),
        ("1A5TT", 2, "repeat"),
        ("1A5S.5", 1, "whole"),
        ("1 5 ?J", 3, "follows a missing"),
        ("1 NaN 3", 2, "no number"),
        ("1 2 inf", 2, "no number"),
        ("1 2,5 3", 2, "no meaning"),
        ("1 2 3 -", 3, "no meaning"),
        ("1 2..3", 1, "no number"),
        ("1 2 u 3", 2, "no meaning"),
        ("", 1, "empty"),
        ("1A1S999999999999", 10, "NPOINTS says 10"),
        ("1A1" + "S9" * 5000, 10, "NPOINTS"),
    ],
)
def test_damage_is_named(text: str, points: int, reason: str) -> None:
    with pytest.raises(ReaderError, match=reason):
        decode(text, points)


def test_the_line_of_the_damage_is_told() -> None:
    with pytest.raises(ReaderError, match=r"^line 12: .*Y-check") as caught:
        decode("1A5J\n2A6J\n3A8J", 4, first_line=10)
    assert caught.value.line == 12


def test_a_repeat_of_billions_is_refused_before_any_memory_is_taken() -> None:
    with pytest.raises(ReaderError):
        decode("1 5\n2A5Z99999999999", 4)


@given(st.text(alphabet="0123456789.+-@AJSs%?Eea \n", max_size=80), st.integers(1, 30))
def test_rubbish_ends_in_an_error_or_in_so_many_points(text: str, points: int) -> None:
    try:
        found = decode(text, points)
    except ReaderError:
        return
    assert found.y.size == points
