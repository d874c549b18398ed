"""A cashless device's sessions, line by line: what comes at an awkward moment."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from firmware_bridge.framing.mdb_lines import State, Status, parse
from firmware_bridge.framing.mdb_session import CashlessSession
from firmware_bridge.framing.mdb_turn import Asked, Ended, Rules, Told, Turn

RULES = Rules(
    funds=Decimal("9.99"),
    code_first=True,
    selection_first=True,
    answer_s=20.0,
    choose_s=60.0,
    result_s=120.0,
)


class Desk:
    """A session, and all that it wanted and told."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.session = CashlessSession(rules)
        self.now_s = 0.0
        self.sent: list[str] = []
        self.seen: list[object] = []

    def take(self, turn: Turn) -> "Desk":
        self.sent += turn.send
        self.seen += turn.seen
        assert self.session.wake_at_s is None or self.session.wake_at_s > self.now_s
        return self

    def hear(self, *lines: str) -> "Desk":
        for line in lines:
            said = parse(line.encode())
            if isinstance(said, Status):
                self.take(self.session.status(said, self.now_s))
            elif line == "c,VEND,SUCCESS":
                self.take(self.session.vended(self.now_s))
            else:
                self.take(self.session.refused(said, self.now_s))  # type: ignore[arg-type]  # is one
        return self

    def pass_s(self, seconds: float) -> "Desk":
        end_s = self.now_s + seconds
        while (wake_at_s := self.session.wake_at_s) is not None and wake_at_s <= end_s:
            self.now_s = wake_at_s
            self.take(self.session.wake(self.now_s))
        self.now_s = end_s
        return self

    def begin(self, items: int) -> "Desk":
        return self.take(self.session.begin(items, self.now_s))

    @property
    def outcomes(self) -> list[str]:
        return [each.outcome for each in self.seen if isinstance(each, Ended)]

    @property
    def told(self) -> list[str]:
        return [each.what for each in self.seen if isinstance(each, Told)]


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Every state must be left by time alone in the end."""
    found = Desk().hear("c,STATUS,INACTIVE", "c,STATUS,DISABLED", "c,STATUS,ENABLED")
    yield found
    found.pass_s(1000.0)
    assert found.session.is_quiet
    assert found.session.wake_at_s is None


def test_a_code_that_comes_while_the_last_session_is_being_ended_gets_its_own(desk: Desk) -> None:
    desk.begin(1).hear("c,STATUS,IDLE,9.99")
    desk.take(desk.session.cancel(desk.now_s)).begin(2)
    assert desk.sent == ["C,START,9.99", "C,STOP"]
    desk.hear("c,STATUS,ENABLED")
    assert desk.sent[2:] == ["C,START,9.99"]
    desk.hear("c,STATUS,IDLE,9.99", "c,STATUS,VEND,1.00,5", "c,VEND,SUCCESS")
    assert desk.outcomes == ["success"]


def test_a_code_between_a_vend_and_its_session_end_is_not_lost(desk: Desk) -> None:
    desk.hear("c,STATUS,VEND,1.00,5")
    desk.take(desk.session.approve(desk.now_s)).hear("c,VEND,SUCCESS", "c,STATUS,IDLE").begin(1)
    desk.hear("c,STATUS,ENABLED", "c,STATUS,IDLE,9.99", "c,STATUS,VEND,1.00,6", "c,VEND,SUCCESS")
    assert desk.outcomes == ["success", "success"]


def test_a_code_right_after_a_denial_is_not_lost(desk: Desk) -> None:
    desk.hear("c,STATUS,VEND,1.00,5")
    desk.take(desk.session.deny(desk.now_s)).begin(1)
    desk.hear("c,STATUS,IDLE", "c,STATUS,ENABLED")
    assert desk.sent == ["C,STOP", "C,START,9.99"]


def test_an_approval_that_crosses_the_machines_cancel_is_no_vend(desk: Desk) -> None:
    desk.begin(1).hear("c,STATUS,IDLE,9.99", "c,STATUS,VEND,1.00,5")
    desk.hear("c,STATUS,IDLE", 'c,ERR,"VEND -3"')
    assert desk.outcomes == ["failed"]
    desk.hear("c,STATUS,VEND,1.00,6")
    assert desk.sent.count("C,VEND,1.00") == 2, "the item was given back"
    desk.hear("c,VEND,SUCCESS")
    assert desk.outcomes == ["failed", "success"]


def test_a_session_that_ends_without_a_result_is_settled_in_two_seconds(desk: Desk) -> None:
    desk.begin(1).hear("c,STATUS,IDLE,9.99", "c,STATUS,VEND,1.00,5", "c,STATUS,ENABLED")
    assert desk.outcomes == []
    assert desk.pass_s(2.0).outcomes == ["assumed"]
    desk.hear("c,VEND,SUCCESS", "c,ERR,VEND 3")
    assert desk.outcomes == ["assumed"]
    assert "vend-unknown" not in desk.told


def test_a_reader_that_is_disabled_amid_a_vend_still_gets_its_result(desk: Desk) -> None:
    desk.begin(1).hear("c,STATUS,IDLE,9.99", "c,STATUS,VEND,1.00,5", "c,STATUS,DISABLED")
    desk.pass_s(30.0).hear("c,VEND,SUCCESS")
    assert desk.outcomes == ["success"]


def test_a_new_request_settles_the_old_one(desk: Desk) -> None:
    desk.begin(2).hear("c,STATUS,IDLE,9.99", "c,STATUS,VEND,1.00,5", "c,STATUS,VEND,1.00,5")
    desk.hear("c,VEND,SUCCESS")
    assert desk.outcomes == ["assumed", "success"]


def test_a_request_that_is_said_twice_is_asked_once(desk: Desk) -> None:
    desk.hear("c,STATUS,VEND,1.00,5", "c,STATUS,VEND,1.00,5")
    assert desk.seen == [Asked(5, Decimal("1.00"), 20.0)]


def test_an_approval_at_the_last_moment_is_late_even_before_the_denial_went_out() -> None:
    desk = Desk().hear("c,STATUS,ENABLED", "c,STATUS,VEND,1.00,5")
    desk.now_s = RULES.answer_s
    turn = desk.session.approve(desk.now_s)
    assert (turn.send, [each.what for each in turn.seen if isinstance(each, Told)]) == (
        (),
        ["approval-late"],
    )


def test_a_session_that_does_not_come_is_asked_for_twice_and_then_given_up() -> None:
    desk = Desk(Rules(Decimal(1), True, False, 20.0, 60.0, 120.0)).hear("c,STATUS,ENABLED")
    desk.begin(1).pass_s(30.0)
    assert desk.sent == ["C,START,1", "C,STOP", "C,START,1"]
    assert desk.told == ["session-begin", "session-refused"]
    assert desk.session.is_quiet


def test_a_machine_that_is_always_idle_needs_no_session_on_the_bus(desk: Desk) -> None:
    desk.begin(1).hear('c,ERR,"START -3"', 'c,ERR,"STOP -3"', 'c,ERR,"START -3"')
    desk.hear("c,STATUS,VEND,1.00,5", "c,VEND,SUCCESS", "c,STATUS,IDLE", "c,STATUS,ENABLED")
    assert desk.outcomes == ["success"]
    assert desk.told == ["session-begin", "session-end"]


def test_selection_first_alone_never_opens_a_session_on_the_bus() -> None:
    desk = Desk(Rules(Decimal(5), False, True, 20.0, 60.0, 120.0)).hear("c,STATUS,ENABLED")
    desk.begin(2)
    for _turn in range(2):
        desk.hear("c,STATUS,VEND,1.00,5", "c,VEND,SUCCESS", "c,STATUS,IDLE", "c,STATUS,ENABLED")
    desk.hear("c,STATUS,VEND,1.00,5")
    assert desk.sent == ["C,VEND,1.00", "C,VEND,1.00"]
    assert isinstance(desk.seen[-1], Asked)


def test_a_session_that_will_not_end_is_stuck_in_the_end() -> None:
    desk = Desk().hear("c,STATUS,ENABLED").begin(1).hear("c,STATUS,IDLE,9.99")
    desk.take(desk.session.cancel(desk.now_s))
    stuck = []
    for _turn in range(5):
        wake_at_s = desk.session.wake_at_s
        if wake_at_s is not None:
            desk.now_s = wake_at_s
            stuck.append(desk.session.wake(wake_at_s).stuck)
    assert stuck == ["", "it did not leave a session that was to end"]


@pytest.mark.parametrize("state", list(State))
def test_whatever_is_said_in_a_vend_it_has_one_end(desk: Desk, state: State) -> None:
    desk.begin(1).hear("c,STATUS,IDLE,9.99", "c,STATUS,VEND,1.00,5")
    desk.take(desk.session.status(Status(state, Decimal("1.00"), 6), desk.now_s))
    desk.pass_s(500.0).hear("c,VEND,SUCCESS", "c,VEND,SUCCESS")
    assert len(desk.outcomes) == 1
