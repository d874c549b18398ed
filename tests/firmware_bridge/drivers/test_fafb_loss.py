"""The FA FB driver on lines that lose, double, cut, change and pad what passes."""

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers.fafb import Settings, make
from tests.firmware_bridge.drivers.fafb_pair import board, pair, slots
from tests.firmware_bridge.drivers.pair import unhurt


class Hurting:
    """Loses, doubles, cuts, changes and pads what passes, so often and no oftener."""

    def __init__(self, seed: int, share: float) -> None:
        self._chance, self._share = random.Random(seed), share
        self.until_healed = 10_000

    def __call__(self, data: bytes) -> bytes:
        chance = self._chance
        self.until_healed -= 1
        if self.until_healed < 0 or chance.random() >= self._share:
            return data
        place = chance.randrange(len(data))
        match chance.randrange(5):
            case 0:
                return b""
            case 1:
                return data + data
            case 2:
                return data[:place]
            case 3:
                changed = bytes([data[place] ^ chance.randrange(1, 256)])
                return data[:place] + changed + data[place + 1 :]
            case _:
                return chance.randbytes(chance.randrange(1, 12)) + data


@given(seed=st.integers(0, 10**6), share=st.floats(0.02, 0.2))
@settings(max_examples=40, deadline=None)
def test_on_a_bad_line_nothing_is_doubled_and_nothing_lost(seed: int, share: float) -> None:
    """Lost may be only what the board itself gave up after six tries; then it is assumed."""
    here = pair(hurt=Hurting(seed, share), answers=Hurting(seed + 1, share))
    here.run(2)
    for number in (11, 12, 13, 11, 21, 31):
        board(here).sell(number)
        here.run(3)
    here.from_device = here.to_device = unhurt
    here.request("sync")
    here.run(80)
    true = {str(number): slot.vended for number, slot in board(here).machine.slots.items()}
    told = Counter(vend.selection for vend in here.vends if vend.outcome != "failed")
    assert {name: told[name] for name in true} == true
    assert {name: slot.level for name, slot in slots(here).items()} == {
        str(number): slot.inventory for number, slot in board(here).machine.slots.items()
    }


@given(cut=st.integers(0, 40), rubbish=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_after_any_rubbish_the_next_poll_but_one_is_answered(cut: int, rubbish: bytes) -> None:
    driver = make(Settings())
    driver.opened(0)
    whole = bytes.fromhex("fafb110c07000b00000096050c006500") + b"\x00" * 20
    driver.feed(rubbish + whole[:cut], 1.0)
    poll = bytes.fromhex("fafb410040")
    answers = [driver.feed(poll, 1.2).send, driver.feed(poll, 1.4).send]
    assert answers[1], "one poll was spent, the next must be answered"
    assert answers[0], "a pause of 0.2 s gives up what was half there"
