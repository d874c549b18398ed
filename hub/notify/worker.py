"""Takes messages from the outbox to their channels, and tries again until they are taken.

No transaction is open while a channel is spoken to. A channel that fails is left alone until its
messages are due again; others go on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from firmware_bridge.contract.clock import Clock
from hub.notify.channels import Channel, make_channels
from hub.notify.errors import DeliveryError
from hub.notify.message import together
from hub.notify.settings import NotifyChannel
from hub.store import Store, outbox
from hub.store.outbox import Notification

TOGETHER = 10
"""So many messages at most are sent as one."""

ALONE_AFTER_TRIES = 2
"""A message that failed so often is sent alone: it may be the one that spoils the others."""

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one pass did, in messages."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


def wait_s(tries: int) -> float:
    """How long to wait after the n-th failed attempt: 5 s, 10 s, 20 s, ... at most an hour."""
    return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(max(tries, 1) - 1, 20)))


class NotifyConfig(Protocol):
    """What the worker wants of the hub's configuration."""

    @property
    def notify(self) -> Sequence[NotifyChannel]:
        """Who is told."""


class NotifyWorker:
    """Empties the outbox. For one thread."""

    def __init__(
        self,
        store: Store,
        config: NotifyConfig,
        clock: Clock,
        channels: Mapping[str, Channel] | None = None,
    ) -> None:
        """Prepare; the channels are those of the configuration unless given."""
        self._store, self._clock = store, clock
        self._channels = make_channels(config.notify) if channels is None else channels

    def run_once(self) -> Sent:
        """Send what is due.

        Raises:
            StoreError: the database fails; what was sent but not marked is sent again.
        """
        with self._store.read() as transaction:
            due = outbox.due(transaction, self._clock.now_ms())
        by_channel: dict[str, list[Notification]] = {}
        for message in due:
            by_channel.setdefault(message.channel, []).append(message)
        done = [self._send_all(name, messages) for name, messages in by_channel.items()]
        return Sent(
            sum(each.sent for each in done),
            sum(each.put_off for each in done),
            sum(each.given_up for each in done),
        )

    def _send_all(self, name: str, messages: list[Notification]) -> Sent:
        channel = self._channels.get(name)
        if channel is None:
            return self._give_up(messages, f"there is no channel {name!r} in the configuration")
        sent = 0
        for group in _groups(messages):
            try:
                channel.send(*together([(each.subject, each.body) for each in group]))
            except DeliveryError as error:
                failed = self._failed(group, channel, str(error))
                return Sent(sent, failed.put_off, failed.given_up)
            with self._store.begin() as transaction:
                outbox.mark_sent(transaction, _ids(group), self._clock.now_ms())
            sent += len(group)
        return Sent(sent=sent)

    def _failed(self, group: list[Notification], channel: Channel, error: str) -> Sent:
        now_ms = self._clock.now_ms()
        over = [each for each in group if each.tries + 1 >= channel.max_tries]
        again = [each for each in group if each.tries + 1 < channel.max_tries]
        _log.warning("a notification was not taken", channel=group[0].channel, error=error)
        with self._store.begin() as transaction:
            for each in again:
                due_ms = now_ms + round(wait_s(each.tries + 1) * 1000)
                outbox.mark_retry(transaction, _ids([each]), due_ms, error)
        given_up = self._give_up(over, error).given_up if over else 0
        return Sent(put_off=len(again), given_up=given_up)

    def _give_up(self, messages: list[Notification], error: str) -> Sent:
        _log.error("notifications are given up", count=len(messages), error=error)
        with self._store.begin() as transaction:
            outbox.mark_failed(transaction, _ids(messages), self._clock.now_ms(), error)
        return Sent(given_up=len(messages))


def _groups(messages: list[Notification]) -> Iterator[list[Notification]]:
    fresh = [each for each in messages if each.tries < ALONE_AFTER_TRIES]
    for start in range(0, len(fresh), TOGETHER):
        yield fresh[start : start + TOGETHER]
    for each in messages:
        if each.tries >= ALONE_AFTER_TRIES:
            yield [each]


def _ids(messages: list[Notification]) -> list[int]:
    return [each.notification_id for each in messages if each.notification_id is not None]
