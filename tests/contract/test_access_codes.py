"""Codes: a slip of the finger is told from a wrong code; a hash needs the key."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.contract import access_codes as codes
from firmware_bridge.contract.access_codes import DIGITS, LETTERS, Alphabet

KEY = bytes(range(32))
ALPHABETS: dict[Alphabet, str] = {"letters": LETTERS, "digits": DIGITS}
stems = st.sampled_from(["letters", "digits"]).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.text(ALPHABETS[name], min_size=5, max_size=15),  # type: ignore[index]  # one of the two
    )
)


def test_the_alphabet_has_no_look_alikes_and_makes_no_words() -> None:
    assert not set("01oilszbgqaeu") & set(LETTERS)
    assert len(LETTERS) == len(set(LETTERS)) == 23


@settings(deadline=None)
@given(stems)
def test_a_code_that_was_made_is_well_typed_however_it_is_written(
    stem: tuple[Alphabet, str],
) -> None:
    code = codes.with_check(stem[1], stem[0])
    assert codes.is_well_typed(code)
    for written in (codes.shown(code), code.upper(), f" {code} ", "-".join(code)):
        assert codes.normalized(written) == code


@settings(deadline=None)
@given(stems, st.data())
def test_one_wrong_character_is_always_told(
    stem: tuple[Alphabet, str], data: st.DataObject
) -> None:
    code = codes.with_check(stem[1], stem[0])
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([c for c in ALPHABETS[stem[0]] if c != code[place]]))
    wrong = code[:place] + other + code[place + 1 :]
    mixed = set(wrong) <= set(DIGITS if stem[0] == "letters" else LETTERS)  # fits the other kind
    assert not codes.is_well_typed(wrong) or mixed


@settings(deadline=None)
@given(st.text(LETTERS, min_size=5, max_size=15), st.data())
def test_two_swapped_letters_are_always_told(stem: str, data: st.DataObject) -> None:
    code = codes.with_check(stem, "letters")
    place = data.draw(st.integers(0, len(code) - 2))
    one, two = code[place], code[place + 1]
    swapped = code[:place] + two + one + code[place + 2 :]
    assert one == two or not codes.is_well_typed(swapped) or set(swapped) <= set(DIGITS)


def test_nearly_all_swaps_of_digits_are_told() -> None:
    missed = total = 0
    for number in range(0, 100_000, 7):
        code = codes.with_check(f"{number:05d}", "digits")
        for place in range(len(code) - 1):
            one, two = code[place], code[place + 1]
            if one != two:
                total += 1
                swapped = code[:place] + two + one + code[place + 2 :]
                missed += codes.is_well_typed(swapped)
    assert missed / total < 0.04


@pytest.mark.parametrize("typed", ["", "abc", "k7m2p8", "é" * 9, "1" * 40, "0oil10oil"])
def test_what_can_be_no_code_is_told(typed: str) -> None:
    assert not codes.is_well_typed(codes.normalized(typed))


def test_the_hash_depends_on_the_key_and_the_code_and_is_the_same_for_ever() -> None:
    one, two = codes.with_check("k7m2p9wx", "letters"), codes.with_check("k7m2p9wr", "letters")
    made = {codes.digest_of(key, code) for key in (KEY, bytes(32)) for code in (one, two)}
    assert len(made) == 4
    assert codes.digest_of(KEY, one) == "e2f3d086039d4ffb15a23a29a26c389a"
    assert all(len(digest) == 32 for digest in made)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=80))
def test_only_a_key_is_taken_for_a_key(text: str) -> None:
    try:
        key = codes.key_from_text(text)
    except ValueError:
        return
    assert len(key) == codes.KEY_BYTES


def test_a_key_file_is_read_by_its_first_line() -> None:
    assert codes.key_from_text(KEY.hex() + "\n# kept by the hub\n") == KEY
    for wrong in ("", KEY.hex()[:-2], "zz" * 32):
        with pytest.raises(ValueError, match=r"hexadecimal"):
            codes.key_from_text(wrong)


def test_shown_codes_stand_in_threes() -> None:
    assert codes.shown("k7m2p9wxr") == "K7M-2P9-WXR"
    assert codes.shown("1234567890") == "123-456-789-0"
