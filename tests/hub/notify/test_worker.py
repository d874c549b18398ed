"""The outbox is emptied, whatever channels do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.notify.channels import Channel, LogChannel
from hub.notify.errors import DeliveryError
from hub.notify.worker import NotifyWorker, Sent, wait_s
from hub.store import outbox, tables
from tests.hub.fleet import Fleet


@dataclass
class Flaky:
    """A channel that fails when told to."""

    max_tries: int = 4
    down: bool = False
    poison: str = "\0"
    taken: list[str] = field(default_factory=list)

    def send(self, subject: str, body: str) -> None:  # noqa: ARG002 - the face of a channel
        if self.down or self.poison in body:
            raise DeliveryError("service down")
        self.taken.append(body)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path)
    yield made
    made.store.close()


def put(fleet: Fleet, *bodies: str, channel: str = "mail") -> None:
    with fleet.store.begin() as transaction:
        for body in bodies:
            message = outbox.Notification(
                channel=channel,
                subject="s",
                body=body,
                alert_id=None,
                due_ms=fleet.clock.now_ms(),
            )
            outbox.queue(transaction, message)


def states(fleet: Fleet) -> list[str]:
    with fleet.store.read() as transaction:
        query = select(tables.notification.c.state).order_by(tables.notification.c.id)
        return list(transaction.execute(query).scalars())


def worker(fleet: Fleet, **channels: Channel) -> NotifyWorker:
    return NotifyWorker(fleet.store, fleet.config, fleet.clock, channels)


def test_messages_are_sent_once_and_together(fleet: Fleet) -> None:
    mail = Flaky()
    put(fleet, "one", "two")
    assert worker(fleet, mail=mail).run_once() == Sent(sent=2)
    assert worker(fleet, mail=mail).run_once() == Sent()
    assert mail.taken == ["s\none\n\ns\ntwo"]


def test_a_channel_that_is_down_gets_its_message_when_it_is_back(fleet: Fleet) -> None:
    mail = Flaky(down=True)
    works = worker(fleet, mail=mail)
    put(fleet, "one")
    assert works.run_once() == Sent(put_off=1)
    assert works.run_once() == Sent()
    fleet.clock.sleep(5)
    assert works.run_once() == Sent(put_off=1)
    mail.down = False
    fleet.clock.sleep(10)
    assert works.run_once() == Sent(sent=1)


def test_a_message_is_given_up_after_so_many_tries_and_stays_visible(fleet: Fleet) -> None:
    works = worker(fleet, mail=Flaky(down=True))
    put(fleet, "one")
    for _ in range(4):
        works.run_once()
        fleet.clock.sleep(3_600)
    assert states(fleet) == ["failed"]
    fleet.judge.run_once()
    (alert,) = fleet.open().values()
    assert (alert.condition.rule, alert.condition.severity) == ("undelivered", "critical")
    assert "service down" in alert.condition.detail


def test_one_channel_down_does_not_hold_up_another(fleet: Fleet) -> None:
    mail, sms = Flaky(down=True), Flaky()
    put(fleet, "one")
    put(fleet, "two", channel="sms")
    assert worker(fleet, mail=mail, sms=sms).run_once() == Sent(sent=1, put_off=1)


def test_a_message_that_spoils_the_others_ends_up_alone(fleet: Fleet) -> None:
    mail = Flaky(poison="bad")
    works = worker(fleet, mail=mail)
    put(fleet, "good", "bad", "fine")
    for _ in range(8):
        works.run_once()
        fleet.clock.sleep(3_600)
    assert sorted(mail.taken) == ["fine", "good"]
    assert sorted(states(fleet)) == ["failed", "sent", "sent"]


def test_a_channel_that_is_no_longer_configured_is_not_silent(fleet: Fleet) -> None:
    put(fleet, "one", channel="gone")
    assert worker(fleet, log=LogChannel()).run_once() == Sent(given_up=1)
    assert states(fleet) == ["failed"]


def test_messages_sent_long_ago_are_forgotten_and_failed_ones_are_not(fleet: Fleet) -> None:
    put(fleet, "one")
    worker(fleet, mail=Flaky()).run_once()
    put(fleet, "two", channel="gone")
    worker(fleet, log=LogChannel()).run_once()
    fleet.clock.sleep(31 * 86_400)
    fleet.judge.run_once()
    assert "failed" in states(fleet)
    assert "sent" not in states(fleet)


def test_waits_double_up_to_an_hour() -> None:
    assert [wait_s(tries) for tries in (1, 2, 3, 10, 11, 500)] == [5, 10, 20, 2_560, 3_600, 3_600]
