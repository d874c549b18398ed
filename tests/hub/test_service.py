"""The hub as one process, over real brokers."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import SystemClock
from hub.broker.mosquitto import Mosquitto
from hub.broker.nats import Nats
from hub.cli import hub as commands
from hub.store import Store, tables
from tests.conftest import ROOT, require
from tests.hub import builders as b
from tests.hub.broker.helpers import PlainClient, free_port, plain_client, until

_RUN = "from hub.cli import hub; hub()"


def configuration(folder: Path, mode: str) -> Path:
    path = folder / "hub.toml"
    path.write_text(
        f'[hub]\ndata_dir = "data"\nhealth_port = {free_port()}\n'
        f'[broker]\nmode = "{mode}"\nlisten_port = {free_port()}\n'
    )
    return path


@contextmanager
def running(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    log = config.with_name("log")
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [sys.executable, "-c", _RUN, "run", "--config", str(config)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            assert until(lambda: health(config)[0] == 200, 30.0), log.read_text()
            yield process
        finally:
            process.kill()


def setting(config: Path, name: str) -> int:
    (line,) = (line for line in config.read_text().splitlines() if line.startswith(name))
    return int(line.split("=")[1])


def health(config: Path) -> tuple[int, dict[str, object]]:
    url = f"http://127.0.0.1:{setting(config, 'health_port')}/health"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return 0, {}


def enrolled(config: Path) -> str:
    """The password of north/bridge-1."""
    secret = config.with_name("secret")
    result = CliRunner().invoke(
        commands,
        ["enrol", "north", "bridge-1", "--password-file", str(secret), "--config", str(config)],
    )
    assert result.exit_code == 0, result.output
    assert secret.stat().st_mode & 0o077 == 0
    return secret.read_text().strip()


def say(bridge: PlainClient, seq: int) -> None:
    said = b.delivery(b.envelope(b.event(seq), seq, at_ms=SystemClock().now_ms()))
    bridge.client.publish(said.topic, said.payload, qos=1)


def last_ack(bridge: PlainClient) -> int:
    heard = bridge.everything_heard()
    return max((codec.decode_ack(payload).upto for _topic, payload in heard), default=0)


@pytest.mark.parametrize("flavour", [Mosquitto(), Nats()], ids=lambda flavour: flavour.name)
def test_what_a_bridge_says_is_stored_and_acknowledged_even_when_the_hub_is_killed(
    tmp_path: Path, flavour: Mosquitto | Nats
) -> None:
    require(flavour.find() is not None, f"no {flavour.name} on this machine")
    config = configuration(tmp_path, flavour.name)
    password, port = enrolled(config), setting(config, "listen_port")
    acknowledged = 0
    with running(config) as process:
        with plain_client(port, "north/bridge-1", password, "hl-north-bridge-1") as bridge:
            bridge.subscribe(b.NORTH.ack_topic)
            for seq in range(1, 51):
                say(bridge, seq)
            assert until(lambda: not bridge.heard.empty())
            acknowledged = last_ack(bridge)
            process.kill()
        process.wait()
    with running(config) as process:
        with plain_client(port, "north/bridge-1", password, "hl-north-bridge-1") as bridge:
            bridge.subscribe(b.NORTH.ack_topic)
            for seq in range(acknowledged + 1, 61):
                say(bridge, seq)
            assert until(lambda: last_ack(bridge) == 60, 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    store = Store.open(f"sqlite:///{tmp_path / 'data' / 'hub.db'}", SystemClock())
    with store.read() as transaction:
        seqs = list(transaction.scalars(select(tables.machine_event.c.seq)))
    store.close()
    assert sorted(seqs) == list(range(1, 61))


def test_a_refused_message_holds_up_nobody_and_a_renewed_hub_takes_it(tmp_path: Path) -> None:
    """Over a real broker, with a real hub; it is renewed while it runs."""
    require(Mosquitto().find() is not None, "no mosquitto on this machine")
    config = configuration(tmp_path, "mosquitto")
    password, port = enrolled(config), setting(config, "listen_port")
    first = b.delivery(b.envelope(b.event(1), 1, at_ms=SystemClock().now_ms()))
    newer = first.payload.replace(b'"v":1', b'"v":2').replace(b"spiral", b"x" * 3_990)
    with (
        running(config),
        plain_client(port, "north/bridge-1", password, "hl-north-bridge-1") as bridge,
    ):
        bridge.subscribe(b.NORTH.ack_topic)
        bridge.client.publish(first.topic, newer, qos=1)
        for seq in range(2, 202):
            say(bridge, seq)
        assert until(lambda: last_ack(bridge) == 201, 20)
        assert "0 taken, 1 still refused" in retried(config, "retry_refused")
        assert "1 taken, 0 still refused" in retried(config, "understood")
        assert "0 taken, 0 still refused" in retried(config, "understood")
        assert health(config)[1]["dead_letters"] == 0
    store = Store.open(f"sqlite:///{tmp_path / 'data' / 'hub.db'}", SystemClock())
    with store.read() as transaction:
        seqs = list(transaction.scalars(select(tables.machine_event.c.seq)))
    store.close()
    assert sorted(seqs) == list(range(1, 202))


def retried(config: Path, how: str) -> str:
    """What `hub retry-refused` says; "understood": of a hub that knows the newer version."""
    newer = "from firmware_bridge.contract import codec; codec.SCHEMA_VERSION = 2; "
    code = (newer if how == "understood" else "") + "from hub.cli import hub; hub()"
    command = [sys.executable, "-c", code, "retry-refused", "--config", str(config)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_a_second_hub_is_told_what_to_do_and_a_lost_broker_comes_back(tmp_path: Path) -> None:
    require(Mosquitto().find() is not None, "no mosquitto on this machine")
    config = configuration(tmp_path, "mosquitto")
    with running(config) as process:
        second = subprocess.run(
            [sys.executable, "-c", _RUN, "run", "--config", str(config)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert second.returncode == 1
        assert "hub.health_port" in second.stderr
        assert "Traceback" not in second.stderr
        (child,) = psutil.Process(process.pid).children()
        os.kill(child.pid, signal.SIGSTOP)
        os.kill(child.pid, signal.SIGKILL)
        assert until(lambda: health(config)[0] == 503)
        assert health(config)[1]["broker_connected"] is False
        assert until(lambda: health(config)[0] == 200, 20.0)


def test_a_bridge_that_is_enrolled_while_the_hub_runs_comes_in(tmp_path: Path) -> None:
    require(Mosquitto().find() is not None, "no mosquitto on this machine")
    config = configuration(tmp_path, "mosquitto")
    with running(config):
        password, port = enrolled(config), setting(config, "listen_port")

        def comes_in() -> bool:
            with plain_client(port, "north/bridge-1", password, "x") as bridge:
                return bridge.welcomes[0] == "Success"

        assert until(comes_in, 15.0)
        with plain_client(port, "north/bridge-1", password, "x") as bridge:
            bridge.say("harborlight/v1/north/bridge-1/machine-1/temperature", b"rubbish")
        assert until(lambda: health(config)[1]["dead_letters"] == 1)
    store = Store.open(f"sqlite:///{tmp_path / 'data' / 'hub.db'}", SystemClock())
    with store.read() as transaction:
        assert transaction.scalar(select(func.count()).select_from(tables.dead_letter)) == 1
    store.close()
