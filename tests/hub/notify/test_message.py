"""Words to people, and who gets them."""

from pathlib import Path

import pytest

from hub.alerts import Alert, Tell, Transition
from hub.notify.message import body, receivers, subject, together
from hub.notify.settings import NotifyChannel, Severity
from hub.rules.base import Condition


def told(
    tell: Tell = "firing", severity: Severity = "warning", site: str = "north", rule: str = "empty"
) -> Transition:
    condition = Condition(
        key="k",
        rule=rule,
        severity=severity,
        site=site,
        device_id=1,
        subject="mail",
        title="Empty: slot 1, lobby",
        detail="0 left.",
        advice="Restock.",
    )
    alert = Alert(condition=condition, state="firing", opened_ms=1)
    return Transition(before="", alert=alert, tell=tell, note="")


def channel(**more: object) -> NotifyChannel:
    return NotifyChannel.model_validate({"name": "mail", "url_file": Path("u"), **more})


def test_the_subject_says_severity_and_what_became_of_it() -> None:
    assert subject(told()) == "[warning] Empty: slot 1, lobby"
    assert subject(told("resolved")) == "Over: Empty: slot 1, lobby"
    assert subject(told("reminder")).startswith("[warning] Still open, nobody has acknowledged")


def test_the_body_says_what_to_do_while_there_is_something_to_do() -> None:
    assert "What to do: Restock." in body(told())
    assert "What to do" not in body(told("resolved"))


@pytest.mark.parametrize(
    ("wishes", "transition", "is_told"),
    [
        ({}, told(), True),
        ({}, told(""), False),
        ({}, told(severity="info"), False),
        ({"at_least": "critical"}, told(), False),
        ({"sites": ["south"]}, told(), False),
        ({"sites": ["south"]}, told(site=""), True),
        ({"rules": ["empty"]}, told(), True),
        ({"rules": ["temperature"]}, told(), False),
        ({}, told(rule="undelivered"), False),
    ],
)
def test_a_channel_is_told_what_it_wants(
    wishes: dict[str, object], transition: Transition, *, is_told: bool
) -> None:
    assert ("mail" in receivers(transition, [channel(**wishes)])) == is_told


def test_the_log_is_told_everything() -> None:
    assert receivers(told(severity="info"), []) == ["log"]


def test_several_messages_become_one_that_holds_them_all() -> None:
    assert together([("a", "b")]) == ("a", "b")
    head, text = together([("a", "b"), ("c", "d")])
    assert head == "2 messages, the first: a"
    assert text == "a\nb\n\nc\nd"
