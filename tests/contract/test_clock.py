"""Which clocks are believed."""

from firmware_bridge.contract.clock import RELEASED_MS, HandClock, is_sane

DAY_MS = 86_400_000


def test_a_clock_before_the_release_is_not_sane() -> None:
    assert not is_sane(0)
    assert not is_sane(RELEASED_MS - 1)
    assert is_sane(RELEASED_MS)


def test_a_clock_behind_what_was_already_seen_is_not_sane() -> None:
    assert not is_sane(RELEASED_MS + DAY_MS, latest_seen_ms=RELEASED_MS + 2 * DAY_MS)


def test_a_clock_far_in_the_future_is_not_sane() -> None:
    assert not is_sane(RELEASED_MS + 10 * 365 * DAY_MS)


def test_the_hand_clock_moves_both_hands() -> None:
    clock = HandClock()
    before = clock.now_ms(), clock.monotonic_s()
    clock.sleep(1.5)
    assert (clock.now_ms() - before[0], clock.monotonic_s() - before[1]) == (1500, 1.5)
