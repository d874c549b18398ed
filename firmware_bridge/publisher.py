"""From the spool to the broker, and the hub's acknowledgements back. The only paho import here.

A PUBACK says that a broker has a message, not that the hub does (a default mosquitto that is killed
has forgotten it). So a message leaves the spool only on the hub's own acknowledgement, and what is
not acknowledged in time is published again: a repeat does no harm at the hub.
"""

import queue
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import Clock
from firmware_bridge.contract.errors import DecodeError, TopicError
from firmware_bridge.contract.messages import Acknowledgement, BridgeStatus
from firmware_bridge.contract.topics import BridgeAddress, MessageTopic, parse
from firmware_bridge.errors import SpoolError
from firmware_bridge.spool import Held, Spool

WINDOW = 100
"""So many messages may be on their way to the hub without its acknowledgement."""

RESEND_S = 10.0
"""Silence of the hub after which what it has not acknowledged is published again."""

_POLL_S = 0.25
_log = structlog.get_logger("bridge.publisher")


@dataclass(frozen=True, slots=True)
class BrokerAccess:
    """Where the broker is and how to be let in.

    Attributes:
        url: mqtt://HOST:PORT or mqtts://HOST:PORT.
        username: "" for none.
        password: "" for none.
        ca_file: certificates to trust with mqtts; None for the system's own.
        keepalive_s: the broker publishes the last will after 1.5 times this silence.
    """

    url: str
    username: str = ""
    password: str = ""
    ca_file: Path | None = None
    keepalive_s: int = 30


class Publisher:
    """Publishes what the spool holds, for as long as it runs.

    Args:
        spool: what to publish from.
        access: the broker.
        address: which bridge this is.
        status: what the retained status says while connected; "offline" is the last will.
        clock: for the time without acknowledgement.
        table_heard: takes each payload of the access topic.
        fact_heard: takes each payload of the checks topic.
    """

    def __init__(
        self,
        spool: Spool,
        access: BrokerAccess,
        address: BridgeAddress,
        status: BridgeStatus,
        clock: Clock,
        table_heard: Callable[[bytes], None] | None = None,
        fact_heard: Callable[[bytes], None] | None = None,
    ) -> None:
        self._spool, self._access, self._address = spool, access, address
        heard = {address.access_topic: table_heard, address.checks_topic: fact_heard}
        self._ears = {topic: ear for topic, ear in heard.items() if ear is not None}
        self._status, self._clock = status, clock
        self._stop = threading.Event()
        self._wake: queue.Queue[Acknowledgement | None] = queue.Queue(maxsize=1000)
        self._connected, self._entered_anew = threading.Event(), threading.Event()
        self._cursor, self._on_the_way, self._progress_s = 0, 0, 0.0
        self._client = self._make_client()

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in."""
        return self._connected.is_set()

    def run(self) -> None:
        """Publish until `stop` is called."""
        parts = urlsplit(self._access.url)
        port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
        self._client.connect_async(str(parts.hostname), port, self._access.keepalive_s)
        self._client.loop_start()
        try:
            while not self._stop.is_set():
                self._turn()
        finally:
            self._leave()

    def nudge(self) -> None:
        """Something new is in the spool."""
        if self._wake.empty():
            self._offer(None)

    def stop(self) -> None:
        """Say goodbye and end `run`."""
        self._stop.set()
        self._offer(None)

    def _turn(self) -> None:
        """Wait for an acknowledgement or a nudge, then publish what there is room for."""
        try:
            ack = self._wake.get(timeout=_POLL_S)
        except queue.Empty:
            ack = None
        try:
            if ack is not None:
                self._take(ack)
            if self.connected:
                self._publish()
        except SpoolError as error:
            _log.error("spool", error=str(error))
            self._stop.wait(1.0)

    def _take(self, ack: Acknowledgement) -> None:
        gone = self._spool.acknowledge(ack.boot, ack.upto)
        if gone:
            self._progress_s = self._clock.monotonic_s()
            self._on_the_way = max(0, self._on_the_way - gone)

    def _publish(self) -> None:
        silence_s = self._clock.monotonic_s() - self._progress_s
        if self._entered_anew.is_set() or (self._on_the_way and silence_s > RESEND_S):
            self._entered_anew.clear()
            self._begin_again()
        room = WINDOW - self._on_the_way
        for held in self._spool.held_after(self._cursor, room) if room > 0 else ():
            if not _is_sound(held):
                self._set_apart(held)
                return
            info = self._client.publish(held.topic, held.payload, qos=1)
            if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
            self._cursor = held.row
            self._on_the_way += 1

    def _set_apart(self, held: Held) -> None:
        """What is read next then says that this one is not to be waited for."""
        self._spool.set_apart(held)
        _log.error("a message was damaged on disk; it is set apart", row=held.row, seq=held.seq)
        self.nudge()

    def _begin_again(self) -> None:
        if self._on_the_way:
            _log.info("publishing again", unacknowledged=self._on_the_way)
        self._cursor, self._on_the_way = 0, 0
        self._progress_s = self._clock.monotonic_s()

    def _leave(self) -> None:
        if self.connected:
            offline = BridgeStatus(
                state="offline", boot=self._status.boot, software=self._status.software
            )
            info = self._client.publish(
                self._address.status_topic, codec.encode_status(offline), qos=1, retain=True
            )
            info.wait_for_publish(timeout=1.0)
        self._client.disconnect()
        self._client.loop_stop()

    def _make_client(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=self._address.client_id)
        client.max_inflight_messages_set(20)
        client.max_queued_messages_set(2 * WINDOW)
        client.reconnect_delay_set(min_delay=1, max_delay=30)
        if self._access.username:
            client.username_pw_set(self._access.username, self._access.password)
        if self._access.url.startswith("mqtts://"):
            ca_file = str(self._access.ca_file) if self._access.ca_file else None
            client.tls_set_context(ssl.create_default_context(cafile=ca_file))
        offline = BridgeStatus(
            state="offline", boot=self._status.boot, software=self._status.software
        )
        client.will_set(
            self._address.status_topic, codec.encode_status(offline), qos=1, retain=True
        )
        client.on_connect, client.on_disconnect = self._entered, self._left
        client.on_message = self._heard
        return client

    def _entered(
        self,
        client: Client,
        _userdata: Any,  # noqa: ANN401 - paho's own signature
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        """On every connection the status is said anew: a broker may have kept an old "offline"."""
        if reason.is_failure:
            _log.error("broker refused", reason=str(reason), url=self._access.url)
            return
        client.subscribe(self._address.ack_topic, qos=1)
        for topic in self._ears:
            client.subscribe(topic, qos=1)
        client.publish(
            self._address.status_topic, codec.encode_status(self._status), qos=1, retain=True
        )
        self._entered_anew.set()
        self._connected.set()
        _log.info("connected", url=self._access.url)
        self.nudge()

    def _left(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401 - paho's own signature
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._connected.clear()
        if not self._stop.is_set():
            _log.warning("disconnected", reason=str(reason))

    def _heard(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:  # noqa: ANN401 - paho's own
        if message.topic in self._ears:
            self._ears[message.topic](bytes(message.payload))
            return
        try:
            self._offer(codec.decode_ack(bytes(message.payload)))
        except DecodeError as error:
            _log.warning("acknowledgement not understood", error=str(error))

    def _offer(self, item: Acknowledgement | None) -> None:
        try:
            self._wake.put_nowait(item)
        except queue.Full:
            _log.debug("acknowledgements come faster than they are taken; a later one covers it")


def _is_sound(held: Held) -> bool:
    """Whether a hub can tell which message this is, and so acknowledge it, now or ever."""
    position = codec.decode_position(held.payload)
    if position is None or (position.boot, position.seq) != (held.boot, held.seq):
        return False
    try:
        topic = parse(held.topic)
    except TopicError:
        return False
    address = (position.site, position.bridge)
    return isinstance(topic, MessageTopic) and (topic.site, topic.bridge) == address
