"""From the broker to the ingest, and acknowledgements back. The only file of the hub with paho.

The session is persistent (clean_session off, a fixed client id), so what comes while the hub is
away waits in the broker; that is also why only one hub may use a broker. A message is acknowledged
to the broker only when it is stored: the broker then never holds more than its in-flight window
open, and that bounds the hub's memory.
"""

import contextlib
import socket
import ssl
import threading
from typing import Any

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import Clock
from firmware_bridge.contract.messages import Acknowledgement
from firmware_bridge.contract.topics import MESSAGES, STATUSES, BridgeAddress
from hub.broker.base import HUB_USERNAME, BrokerAddress
from hub.delivery import Delivery, Intake

KEEPALIVE_S = 30
LONGEST_PAUSE_S = 30
MAX_QUEUED = 1_000
"""Acknowledgements to bridges that wait for a connection; more are dropped, bridges ask again."""

_ROOM_WITHIN_S = 5.0
_log = structlog.get_logger("hub.subscriber")


class Subscriber:
    """Hears every bridge.

    Args:
        address: the broker.
        intake: where messages go.
        clock: for the time of receipt.
        client_id: the hub's own; another hub with the same would push this one out.
    """

    def __init__(
        self, address: BrokerAddress, intake: Intake, clock: Clock, client_id: str = HUB_USERNAME
    ) -> None:
        self._address, self._intake, self._clock = address, intake, clock
        self._connected = threading.Event()
        self._connection = 0
        self._stopping = False
        self._client = self._make_client(client_id)

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in."""
        return self._connected.is_set()

    def start(self) -> None:
        """Connect, and keep trying, in a thread of its own."""
        self._client.connect_async(self._address.host, self._address.port, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Leave; the broker keeps what comes meanwhile."""
        self._stopping = True
        self._client.disconnect()
        self._client.loop_stop()

    def done_with(self, delivery: Delivery) -> None:
        """Tell the broker that a message is stored."""
        if delivery.connection == self._connection:
            self._client.ack(delivery.mid, 1)

    def acknowledge(self, bridge: BridgeAddress, ack: Acknowledgement) -> None:
        """Tell a bridge what is stored. One that gets lost is covered by the next."""
        self._client.publish(bridge.ack_topic, codec.encode_ack(ack), qos=1)

    def publish_access(self, bridge: BridgeAddress, table: bytes) -> None:
        """Lay a bridge's access table down at the broker (retained)."""
        self._client.publish(bridge.access_topic, table, qos=1, retain=True)

    def publish_fact(self, bridge: BridgeAddress, fact: bytes) -> None:
        """Send a fact of a check to the bridge where the check began. It sends it back."""
        self._client.publish(bridge.checks_topic, fact, qos=1)

    @property
    def connection(self) -> int:
        """How often the broker has let us in; another one may have forgotten what was retained."""
        return self._connection

    def _make_client(self, client_id: str) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            manual_ack=True,
        )
        client.reconnect_delay_set(min_delay=1, max_delay=LONGEST_PAUSE_S)
        client.max_queued_messages_set(MAX_QUEUED)
        if self._address.username:
            client.username_pw_set(self._address.username, self._address.password)
        if self._address.tls:
            client.tls_set_context(_tls(self._address))
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
        if reason.is_failure:
            _log.error("the broker refuses us", reason=str(reason), host=self._address.host)
            return
        self._connection += 1
        client.subscribe([(MESSAGES, 1), (STATUSES, 1)])
        self._connected.set()
        _log.info("connected", host=self._address.host, port=self._address.port)

    def _left(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401 - paho's own signature
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._connected.clear()
        if not self._stopping:
            _log.warning("disconnected from the broker", reason=str(reason))

    def _heard(self, client: Client, _userdata: Any, message: MQTTMessage) -> None:  # noqa: ANN401 - as above
        delivery = Delivery(
            topic=_topic(message),
            payload=bytes(message.payload),
            received_ms=self._clock.now_ms(),
            retained=message.retain,
            mid=message.mid if message.qos else 0,
            connection=self._connection if message.qos else -1,
        )
        if not self._intake.offer(delivery, _ROOM_WITHIN_S):
            # The store stands still. Leaving without acknowledging makes the broker bring it again.
            _log.error("no room for messages; leaving the broker for a moment")
            _break_off(client)


def _topic(message: MQTTMessage) -> str:
    """The topic; paho itself fails on one that is not UTF-8."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return "(a topic that is not UTF-8)"


def _break_off(client: Client) -> None:
    """End the connection the hard way; paho then connects anew by itself."""
    line = client.socket()
    if isinstance(line, socket.socket):
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def _tls(address: BrokerAddress) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(address.ca_file) if address.ca_file else None)
    context.check_hostname = address.check_hostname
    if not address.check_hostname:  # a broker of our own: its very certificate is what is trusted
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
