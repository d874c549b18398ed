"""Codes: every single slip is noticed, however they are typed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract.check.code import ALPHABET, CodeError, new_code, read_code, with_check

codes = st.text(ALPHABET, min_size=7, max_size=7).map(with_check)


def test_a_new_code_is_read_as_it_is_written() -> None:
    code = new_code(random.Random(1).choice)
    assert len(code) == 9
    assert read_code(code.lower().replace("-", " ")) == code


@given(codes, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, wrong: str) -> None:
    typed = code[:place] + wrong + code[place + 1 :]
    if typed == code:
        assert read_code(typed).replace("-", "") == code
        return
    with pytest.raises(CodeError, match="one character is wrong"):
        read_code(typed)


@given(codes, st.integers(0, 7), st.integers(0, 7))
def test_two_characters_that_changed_places_are_noticed(code: str, one: int, two: int) -> None:
    typed = list(code)
    typed[one], typed[two] = typed[two], typed[one]
    if "".join(typed) == code:
        return
    with pytest.raises(CodeError):
        read_code("".join(typed))


@pytest.mark.parametrize(
    ("typed", "said"), [("", "0"), ("K7M2P9QW3", "9"), ("K7M0P9QW", "0 can't stand")]
)
def test_what_is_no_code_is_refused_with_the_reason(typed: str, said: str) -> None:
    with pytest.raises(CodeError, match=said):
        read_code(typed)
