"""Real brokers and plain clients, for tests."""

import contextlib
import queue
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from hub.broker.base import BrokerAddress


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], within_s: float = 60.0) -> bool:
    """Whether it came true in time."""
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


class PlainClient:
    """A client that remembers what it heard and what it was told."""

    def __init__(self, port: int, username: str, password: str, name: str) -> None:
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.grants: list[int] = []
        self.welcomes: list[str] = []
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=name)
        self.client.username_pw_set(username, password)
        self.client.on_connect = self._entered
        self.client.on_subscribe = self._granted
        self.client.on_message = self._message
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _entered(self, _c: Client, _u: object, _f: object, reason: object, _p: object) -> None:
        self.welcomes.append(str(reason))

    def _granted(
        self, _c: Client, _u: object, _mid: int, reasons: list[ReasonCode], _p: object
    ) -> None:
        self.grants += [reason.value for reason in reasons]

    def _message(self, _c: Client, _u: object, message: MQTTMessage) -> None:
        self.heard.put((message.topic, bytes(message.payload)))

    def subscribe(self, topic: str) -> bool:
        """Whether the broker grants it."""
        before = len(self.grants)
        self.client.subscribe(topic, qos=1)
        assert until(lambda: len(self.grants) > before)
        return self.grants[-1] < 0x80

    def say(self, topic: str, payload: bytes) -> None:
        with contextlib.suppress(RuntimeError, ValueError):
            self.client.publish(topic, payload, qos=1).wait_for_publish(2.0)

    def everything_heard(self) -> list[tuple[str, bytes]]:
        return [self.heard.get_nowait() for _ in range(self.heard.qsize())]


@contextmanager
def plain_client(port: int, username: str, password: str, name: str) -> Iterator[PlainClient]:
    made = PlainClient(port, username, password, name)
    try:
        assert until(lambda: bool(made.welcomes))
        yield made
    finally:
        made.client.disconnect()
        made.client.loop_stop()


@contextmanager
def hub_client(address: BrokerAddress) -> Iterator[PlainClient]:
    with plain_client(address.port, address.username, address.password, address.username) as made:
        yield made
