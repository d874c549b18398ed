"""Apprise against a real HTTP server that refuses at first."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hub.notify.channels import AppriseChannel
from hub.notify.errors import DeliveryError
from hub.notify.settings import NotifyChannel
from hub.notify.worker import NotifyWorker, Sent
from tests.hub.fleet import Config, Fleet

# Apprise loads all its plugins; the one for e-mail loads a module that Python 3.11 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class Receiver(ThreadingHTTPServer):
    """Refuses as often as told, then takes what comes."""

    refuse = 0
    hang = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[dict[str, str]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"json://someone:s3cret-word@127.0.0.1:{self.server_port}/hook-t0ken"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.hang:
            self.server.released.wait(20)
            return
        if self.server.refuse > 0:
            self.server.refuse -= 1
            self.send_error(503)
            return
        self.server.bodies.append(json.loads(text))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in http.server
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path, receiver: Receiver) -> NotifyChannel:
    path = tmp_path / "url"
    path.write_text(f"{receiver.url}\n", encoding="utf-8")
    return NotifyChannel(name="mail", url_file=path, timeout_s=0.5)


def test_an_alert_arrives_although_the_server_refused_at_first(
    tmp_path: Path, receiver: Receiver, settings: NotifyChannel
) -> None:
    fleet = Fleet(tmp_path, Config(notify=(settings,)))
    fleet.add_bridge()
    fleet.count(fleet.add_machine(slots=1), "1", counted=0, dispensed=5)
    fleet.judge.run_once()
    worker = NotifyWorker(fleet.store, fleet.config, fleet.clock)
    receiver.refuse = 2
    seen = []
    for _ in range(3):
        seen.append(worker.run_once())
        fleet.clock.sleep(60)
    assert seen == [Sent(sent=1, put_off=1), Sent(put_off=1), Sent(sent=1)]
    (taken,) = receiver.bodies
    assert taken["title"].startswith("[critical] Empty: Naloxone (slot 1)")
    assert "What to do:" in taken["message"]
    fleet.store.close()


def test_the_reason_is_told_without_the_secrets_of_the_url(
    receiver: Receiver, settings: NotifyChannel
) -> None:
    receiver.refuse = 1
    with pytest.raises(DeliveryError) as raised:
        AppriseChannel(settings).send("subject", "body")
    assert "503" in str(raised.value)
    assert "s3cret-word" not in str(raised.value)
    assert "hook-t0ken" not in str(raised.value)


def test_a_server_that_never_answers_is_left_after_the_time_allowed(
    receiver: Receiver, settings: NotifyChannel
) -> None:
    receiver.hang = True
    with pytest.raises(DeliveryError):
        AppriseChannel(settings).send("subject", "body")


@pytest.mark.parametrize(
    ("text", "says"), [(None, "can't be read"), ("", "it is empty"), ("nonsense", "no URL")]
)
def test_a_url_file_that_can_not_be_used_is_named(
    tmp_path: Path, text: str | None, says: str
) -> None:
    path = tmp_path / "other"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    channel = AppriseChannel(NotifyChannel(name="mail", url_file=path))
    with pytest.raises(DeliveryError, match=says) as raised:
        channel.send("subject", "body")
    assert str(path) in str(raised.value)
