"""Between broker and store: bounded, and nothing is given up while the store is away."""

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract.clock import HandClock, SystemClock
from firmware_bridge.contract.messages import Acknowledgement
from firmware_bridge.contract.topics import BridgeAddress
from hub import feeding
from hub.broker.base import Account, Listener
from hub.broker.flavour import Flavour
from hub.broker.hashes import bcrypt_hash, mosquitto_hash
from hub.broker.mosquitto import Mosquitto
from hub.broker.nats import Nats
from hub.broker.supervised import SupervisedBroker
from hub.delivery import Delivery, Intake
from hub.errors import StoreError
from hub.feeding import Feeder
from hub.ingest import Ingest, Outcome
from hub.loops import Loop
from hub.store import Store
from hub.subscriber import Subscriber
from tests.conftest import require
from tests.hub import builders as b
from tests.hub.broker.helpers import free_port, plain_client, until


def delivery(number: int, size: int = 10) -> Delivery:
    return Delivery(f"t/{number}", b"x" * size, 0, mid=number)


@given(st.lists(st.one_of(st.integers(0, 400), st.none()), max_size=60))
def test_the_intake_keeps_order_and_never_holds_more_than_it_may(steps: list[int | None]) -> None:
    intake, waiting = Intake(max_messages=5, max_bytes=500), list[Delivery]()
    for number, size in enumerate(steps):
        if size is None:
            assert intake.take(2, 0.0) == waiting[:2]
            waiting = waiting[2:]
            continue
        offered = delivery(number, size)
        if intake.offer(offered, 0.0):
            waiting.append(offered)
        assert len(intake) == len(waiting) <= 5
        assert sum(len(one.payload) for one in waiting) <= 500


def test_a_message_that_is_larger_than_the_intake_goes_through_alone() -> None:
    intake = Intake(max_bytes=10)
    assert intake.offer(delivery(1, 50), 0.0)
    assert not intake.offer(delivery(2, 1), 0.0)
    assert len(intake.take(5, 0.0)) == 1


class Told:
    """Remembers what it is told to acknowledge."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.acks: list[int] = []

    def done_with(self, delivery: Delivery) -> None:
        self.done.append(delivery.mid)

    def acknowledge(self, _bridge: BridgeAddress, ack: Acknowledgement) -> None:
        self.acks.append(ack.upto)


class FailingIngest(Ingest):
    """Fails so many times before it works."""

    def __init__(self, store: Store, failures: int) -> None:
        super().__init__(store)
        self.failures = failures
        self.told_before: list[int] = []

    def accept(self, deliveries: object) -> Outcome:
        if self.failures:
            self.failures -= 1
            raise StoreError("disk full")
        return super().accept(deliveries)  # type: ignore[arg-type] # handed on as it came


def test_while_the_store_fails_nothing_is_acknowledged_and_then_everything_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "FIRST_PAUSE_S", 0.1)
    store = Store.open(f"sqlite:///{tmp_path / 'hub.db'}", HandClock())
    told, intake, nudged = Told(), Intake(), threading.Event()
    ingest = FailingIngest(store, failures=2)
    feeder = Feeder(intake, ingest, told, nudged.set)
    for seq in (1, 2, 3):
        made = b.delivery(b.envelope(b.event(seq), seq))
        intake.offer(Delivery(made.topic, made.payload, made.received_ms, mid=seq), 0.0)
    feeder.start()
    assert until(lambda: feeder.tally.trouble == "disk full")
    assert (told.done, told.acks, nudged.is_set()) == ([], [], False)
    assert until(nudged.is_set)
    assert (told.done, told.acks, feeder.tally.trouble) == ([1, 2, 3], [3], "")
    assert feeder.tally.stored == 3
    feeder.stop()
    store.close()


def test_a_worker_that_fails_tells_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.loops.FIRST_PAUSE_S", 0.05)
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("no")

    loop = Loop("w", work, every_s=60.0, at_least_s=0.01)
    loop.start()
    assert until(lambda: len(calls) >= 2 and not loop.trouble)
    loop.nudge()
    assert until(lambda: len(calls) == 3)
    loop.stop()
    assert loop.join(1.0)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, made by openssl."""
    cert, key = folder / "broker.crt", folder / "broker.key"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    try:
        subprocess.run(
            [*command.split(), "-keyout", str(key), "-out", str(cert)],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        require(available=False, reason=f"openssl can't make a certificate: {error}")
    return cert, key


@pytest.fixture(params=[Mosquitto(), Nats()], ids=lambda flavour: flavour.name)
def start_broker(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[Listener], SupervisedBroker]:
    flavour: Flavour = request.param
    program = flavour.find()
    require(program is not None, f"no {flavour.name} on this machine")
    assert program is not None

    one = Account("n/one", "north", "bridge-1", mosquitto_hash("pw"), bcrypt_hash("pw"))

    def start(listener: Listener) -> SupervisedBroker:
        made = SupervisedBroker(flavour, program, tmp_path / "b", listener, (one,), SystemClock())
        request.addfinalizer(made.stop)
        return made

    return start


def test_the_hub_hears_over_tls(
    start_broker: Callable[[Listener], SupervisedBroker], tmp_path: Path
) -> None:
    broker = start_broker(Listener("127.0.0.1", free_port(), *certificate(tmp_path)))
    intake = Intake()
    subscriber = Subscriber(broker.start(), intake, SystemClock())
    subscriber.start()
    assert until(lambda: subscriber.connected)
    subscriber.stop()


@pytest.mark.parametrize("start_broker", [Mosquitto()], indirect=True)  # NATS takes ten seconds
def test_what_is_not_stored_is_brought_again(
    start_broker: Callable[[Listener], SupervisedBroker],
) -> None:
    """A hub that ends between hearing and storing hears it again."""
    address = start_broker(Listener("127.0.0.1", free_port())).start()
    held = Intake()
    first = Subscriber(address, held, SystemClock())
    first.start()
    assert until(lambda: first.connected)
    time.sleep(0.3)
    made = b.delivery(b.envelope(b.event(), 1))
    with plain_client(address.port, "n/one", "pw", "one") as bridge:
        bridge.say(made.topic, made.payload)
    assert until(lambda: len(held) == 1)
    first.stop()
    intake = Intake()
    second = Subscriber(address, intake, SystemClock())
    second.start()
    assert until(lambda: len(intake) == 1, 25.0)
    (again,) = intake.take(5, 0.0)
    assert again.payload == made.payload
    second.done_with(again)
    second.stop()
