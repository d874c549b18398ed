"""Real brokers, started by the hub: who may say what, and what happens when they die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from firmware_bridge.contract.clock import SystemClock
from hub.broker.base import Account, BrokerAddress, Listener
from hub.broker.external import reachable
from hub.broker.flavour import Flavour
from hub.broker.hashes import bcrypt_hash, mosquitto_hash
from hub.broker.mosquitto import Mosquitto
from hub.broker.nats import Nats
from hub.broker.supervised import SupervisedBroker
from hub.errors import BrokerError
from tests.conftest import ROOT, require
from tests.hub.broker.helpers import free_port, hub_client, plain_client, until

FLAVOURS = [Mosquitto(), Nats()]
ONE, TWO = "harborlight/v1/north/one", "harborlight/v1/north/two"


def account(bridge: str, password: str) -> Account:
    hashes = mosquitto_hash(password), bcrypt_hash(password)
    return Account(f"north/{bridge}", "north", bridge, *hashes)


def program_of(flavour: Flavour) -> Path:
    program = flavour.find()
    require(program is not None, f"no {flavour.name} on this machine")
    assert program is not None
    return program


def make(flavour: Flavour, folder: Path, *accounts: Account) -> SupervisedBroker:
    listener = Listener("127.0.0.1", free_port())
    return SupervisedBroker(flavour, program_of(flavour), folder, listener, accounts, SystemClock())


@pytest.fixture(params=FLAVOURS, ids=lambda flavour: flavour.name)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SupervisedBroker]:
    made = make(request.param, tmp_path / "broker", account("one", "pw1"), account("two", "pw2"))
    yield made
    made.stop()


def test_a_bridge_says_only_what_is_its_own(broker: SupervisedBroker) -> None:
    address = broker.start()
    with (
        hub_client(address) as hub,
        plain_client(address.port, "north/one", "pw1", "hl-north-one") as one,
    ):
        assert hub.subscribe("harborlight/v1/+/+/+/+")
        one.say(f"{TWO}/machine-1/temperature", b"forged")
        one.say(f"{ONE}/machine-1/temperature", b"own")
        assert until(lambda: not hub.heard.empty())
        time.sleep(0.3)
        assert hub.everything_heard() == [(f"{ONE}/machine-1/temperature", b"own")]


def test_a_bridge_hears_only_its_own_acknowledgements(broker: SupervisedBroker) -> None:
    address = broker.start()
    with (
        hub_client(address) as hub,
        plain_client(address.port, "north/one", "pw1", "hl-north-one") as one,
    ):
        one.subscribe("#")
        one.subscribe(f"{TWO}/ack")
        one.subscribe("harborlight/v1/+/+/+/+")
        assert one.subscribe(f"{ONE}/ack")
        hub.say(f"{TWO}/ack", b"not for you")
        hub.say(f"{ONE}/ack", b"for you")
        assert until(lambda: not one.heard.empty())
        time.sleep(0.3)
        assert {said for _topic, said in one.everything_heard()} == {b"for you"}


def test_a_bridge_hears_its_own_access_table_and_no_other(broker: SupervisedBroker) -> None:
    address = broker.start()
    with hub_client(address) as hub:
        for own in (ONE, TWO):
            hub.client.publish(f"{own}/access", f"of {own}".encode(), qos=1, retain=True)
        time.sleep(0.3)
        with plain_client(address.port, "north/one", "pw1", "hl-north-one") as one:
            one.subscribe("harborlight/v1/#")
            one.subscribe(f"{TWO}/access")
            assert one.subscribe(f"{ONE}/access")
            assert until(lambda: not one.heard.empty())
            time.sleep(0.3)
            assert set(one.everything_heard()) == {(f"{ONE}/access", f"of {ONE}".encode())}


def test_a_bridge_hears_the_facts_of_its_own_checks_and_no_other(broker: SupervisedBroker) -> None:
    address = broker.start()
    with (
        hub_client(address) as hub,
        plain_client(address.port, "north/one", "pw1", "hl-north-one") as one,
    ):
        one.subscribe("harborlight/v1/#")
        one.subscribe(f"{TWO}/checks")
        assert one.subscribe(f"{ONE}/checks")
        hub.say(f"{TWO}/checks", b"not for you")
        hub.say(f"{ONE}/checks", b"for you")
        assert until(lambda: not one.heard.empty())
        time.sleep(0.3)
        assert {said for _topic, said in one.everything_heard()} == {b"for you"}


def test_nobody_comes_in_without_the_right_password(broker: SupervisedBroker) -> None:
    address = broker.start()
    wrong = [("north/one", "wrong"), ("north/three", "pw1"), ("", "")]
    for username, password in wrong:
        with plain_client(address.port, username, password, "guest") as guest:
            assert guest.welcomes[0] != "Success"


def test_a_bridge_that_is_enrolled_while_the_broker_runs_comes_in(
    broker: SupervisedBroker,
) -> None:
    address = broker.start()
    pid = broker.pid
    broker.reload([account("one", "pw1"), account("new", "pw3")])

    def comes_in(name: str, password: str) -> bool:
        with plain_client(address.port, name, password, "late") as client:
            return client.welcomes[0] == "Success"

    assert until(lambda: comes_in("north/new", "pw3"))
    assert comes_in("north/one", "pw1")
    assert not comes_in("north/two", "pw2")
    assert broker.pid == pid


def test_a_bridge_that_is_revoked_loses_its_connection(broker: SupervisedBroker) -> None:
    address = broker.start()
    with plain_client(address.port, "north/one", "pw1", "hl-north-one") as one:
        assert one.client.is_connected()
        broker.reload([account("two", "pw2")])
        assert until(lambda: not one.client.is_connected())


def test_a_broker_that_is_killed_is_started_again_and_lets_the_same_clients_in(
    broker: SupervisedBroker,
) -> None:
    address = broker.start()
    first = broker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert until(lambda: broker.pid not in {None, first} and broker.alive())
    with hub_client(address) as hub:
        assert hub.welcomes[0] == "Success"


def test_stopping_leaves_no_process_and_a_free_port(broker: SupervisedBroker) -> None:
    address = broker.start()
    pid = broker.pid
    assert pid is not None
    began_s = time.monotonic()
    broker.stop()
    assert time.monotonic() - began_s < 2.0
    assert not psutil.pid_exists(pid)
    assert not reachable(address.host, address.port)


def test_its_files_can_be_read_by_nobody_else_and_hold_no_password(
    broker: SupervisedBroker, tmp_path: Path
) -> None:
    address = broker.start()
    folder = tmp_path / "broker"
    assert folder.stat().st_mode & 0o077 == 0
    texts = []
    for name in ("mosquitto.conf", "passwords", "access", "nats.conf"):
        if (folder / name).exists():
            assert (folder / name).stat().st_mode & 0o077 == 0
            texts.append((folder / name).read_text())
    assert not any(secret in text for text in texts for secret in (address.password, "pw1"))


@pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: flavour.name)
def test_when_the_hub_is_killed_its_broker_ends_too(flavour: Flavour, tmp_path: Path) -> None:
    program_of(flavour)
    port = free_port()
    script = (
        "import sys, time; from pathlib import Path\n"
        "from firmware_bridge.contract.clock import SystemClock\n"
        "from hub.broker.base import Listener\n"
        f"from hub.broker.{flavour.name} import {type(flavour).__name__} as F\n"
        "from hub.broker.supervised import SupervisedBroker\n"
        f"b = SupervisedBroker(F(), F().find(), Path({str(tmp_path / 'b')!r}),\n"
        f"    Listener('127.0.0.1', {port}), (), SystemClock())\n"
        f"b.start(); Path({str(tmp_path / 'pid')!r}).write_text(str(b.pid)); time.sleep(60)\n"
    )
    note = tmp_path / "pid"
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as hub:
        assert until(lambda: note.exists() and note.read_text() != "", 20.0)
        pid = int(note.read_text())
        assert reachable("127.0.0.1", port)
        hub.kill()
    assert until(lambda: not reachable("127.0.0.1", port), 5.0)
    assert until(lambda: not psutil.pid_exists(pid), 5.0)


def test_a_port_that_is_taken_is_told_with_what_to_do(
    broker: SupervisedBroker, tmp_path: Path
) -> None:
    address: BrokerAddress = broker.start()
    other = SupervisedBroker(
        Mosquitto(),
        Path("/nonexistent"),
        tmp_path / "other",
        Listener("127.0.0.1", address.port),
        (),
        SystemClock(),
    )
    with pytest.raises(BrokerError, match=r"broker\.listen_port"):
        other.start()


def test_a_program_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    listener = Listener("127.0.0.1", free_port())
    program = Path("/bin/ls")
    made = SupervisedBroker(Mosquitto(), program, tmp_path, listener, (), SystemClock())
    with pytest.raises(BrokerError, match=r"last words: .+"):
        made.start()
