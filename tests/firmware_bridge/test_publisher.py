"""From the spool to a real broker, with a hub that forgets, repeats and comes late."""

import json
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware_bridge import publisher as publisher_module
from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.contract.messages import Acknowledgement, BridgeStatus
from firmware_bridge.publisher import BrokerAccess, Publisher
from firmware_bridge.spool import Spool
from tests.brokers import KINDS, Broker, broker
from tests.firmware_bridge.test_spool import ADDRESS, BOOT, NOW, draft, opened

STATUS = BridgeStatus(state="online", boot=BOOT, software="0.1.0")


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


class Ear:
    """A hub that hears everything and acknowledges only when told to."""

    def __init__(self, url: str, *, acknowledges: bool) -> None:
        self.heard: list[tuple[str, int]] = []
        self.oldest_held: list[int] = []
        self.statuses: list[str] = []
        self.acknowledges = acknowledges
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="test-ear")
        self.client.on_connect = lambda client, *_: client.subscribe("harborlight/#", qos=1)
        self.client.on_message = self._hear
        self.client.reconnect_delay_set(1, 1)
        self.client.connect_async("127.0.0.1", int(url.rsplit(":", 1)[1]))
        self.client.loop_start()

    def _hear(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith("/status"):
            self.statuses.append(json.loads(message.payload)["state"])
        elif not message.topic.endswith("/ack"):
            whole = codec.decode(bytes(message.payload))
            self.heard.append((whole.boot, whole.seq))
            self.oldest_held.append(whole.oldest_held)
            if self.acknowledges:
                self._acknowledge_as_a_hub_does(whole.boot)

    def _acknowledge_as_a_hub_does(self, boot: str) -> None:
        """Up to the highest before which nothing is missing: while it was away it heard nothing."""
        known = {seq for of_boot, seq in self.heard if of_boot == boot}
        upto = next(k for k in count(1) if k not in known) - 1
        if upto:
            self.acknowledge(boot, upto)

    def acknowledge(self, boot: str, upto: int) -> None:
        payload = codec.encode_ack(Acknowledgement(boot=boot, upto=upto))
        self.client.publish(ADDRESS.ack_topic, payload, qos=1)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@contextmanager
def publishing(spool: Spool, url: str) -> Iterator[Publisher]:
    made = Publisher(spool, BrokerAccess(url, keepalive_s=5), ADDRESS, STATUS, SystemClock())
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join(timeout=10)
        assert not thread.is_alive()


@contextmanager
def listening(running: Broker, *, acknowledges: bool = True) -> Iterator[Ear]:
    ear = Ear(running.url, acknowledges=acknowledges)
    until(ear.client.is_connected)
    try:
        yield ear
    finally:
        ear.close()


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_hub_acknowledged_leaves_the_spool(kind: str, tmp_path: Path) -> None:
    spool = opened(tmp_path)
    with broker(kind, tmp_path) as running, listening(running) as ear:
        with publishing(spool, running.url) as made:
            for number in range(250):
                spool.append([draft(float(number), event=True)], NOW)
                made.nudge()
            until(lambda: spool.depth == 0)
        until(lambda: ear.statuses[-1:] == ["offline"])
    assert {seq for _, seq in ear.heard} == set(range(1, 251))


def test_a_puback_is_not_enough_to_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_module, "RESEND_S", 0.5)
    spool = opened(tmp_path)
    spool.append([draft(event=True)] * 3, NOW)
    with (
        broker("mosquitto", tmp_path) as running,
        listening(running, acknowledges=False) as ear,
        publishing(spool, running.url),
    ):
        until(lambda: ear.heard.count((BOOT, 1)) >= 3)
        assert spool.depth == 3
        ear.acknowledge(BOOT, 2)
        until(lambda: spool.depth == 1)
        ear.acknowledge(BOOT, 3)
        until(lambda: spool.depth == 0)


def test_a_broker_killed_and_forgetful_loses_nothing(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    with (
        broker("mosquitto", tmp_path) as running,
        listening(running) as ear,
        publishing(spool, running.url) as made,
    ):
        for number in range(60):
            spool.append([draft(float(number), event=True)], NOW)
            made.nudge()
            if number == 30:
                running.kill()
                running.start()
        until(lambda: spool.depth == 0, 40)
        assert {seq for _, seq in ear.heard} == set(range(1, 61))
        until(lambda: ear.statuses[-1:] == ["online"])


def test_a_bridge_that_is_killed_leaves_its_last_will(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        from firmware_bridge.contract.clock import SystemClock
        from firmware_bridge.publisher import BrokerAccess, Publisher
        from tests.firmware_bridge.test_publisher import ADDRESS, STATUS, opened
        spool = opened(Path({str(tmp_path)!r}))
        Publisher(spool, BrokerAccess(sys.argv[1]), ADDRESS, STATUS, SystemClock()).run()
        """
    )
    with broker("mosquitto", tmp_path) as running, listening(running) as ear:
        child = subprocess.Popen([sys.executable, "-c", program, running.url])
        until(lambda: ear.statuses[-1:] == ["online"])
        child.kill()
        child.wait()
        until(lambda: ear.statuses[-1:] == ["offline"])


@pytest.mark.parametrize(
    "damage", ["payload = x'7b7d'", "payload = substr(payload, 1, 40)", "topic = 'harborlight/x'"]
)
def test_a_message_that_the_card_damaged_does_not_hold_up_the_others(
    damage: str, tmp_path: Path
) -> None:
    """No hub could ever acknowledge it, and acknowledgements are without gaps."""
    spool = opened(tmp_path)
    spool.append([draft(float(number), event=True) for number in range(250)], NOW)
    with spool._db:
        spool._db.execute(f"UPDATE outbox SET {damage} WHERE seq IN (7, 130)")  # noqa: S608 - our own text
    hub_has: set[int] = set()
    with broker("mosquitto", tmp_path) as running, listening(running, acknowledges=False) as ear:
        upto = 0

        def gaplessly() -> bool:
            """As the hub does: up to the first gap that the bridge still holds."""
            nonlocal upto
            hub_has.update(seq for _, seq in ear.heard)
            upto = max([upto, *(oldest - 1 for oldest in ear.oldest_held)])
            while upto + 1 in hub_has:
                upto += 1
            ear.acknowledge(BOOT, upto)
            time.sleep(0.05)
            return spool.depth == 0

        with publishing(spool, running.url):
            until(gaplessly)
    assert hub_has == set(range(1, 251)) - {7, 130}
    assert spool.dropped == 2
