"""The whole check by a program that asks the table's pages, with a simulated instrument."""

import http.client
import json
import re
import socket
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from tests.brokers import free_port
from tests.walks.road import Road, road, until
from tests.walks.test_check_walk import CARDS, Table, bands, checked, library, names

PIN = "482913"


class Program:
    """A program with a session: cookies and the token of forms, as docs/table.md says."""

    def __init__(self, port: int) -> None:
        self._port, self._cookie, self._token = port, "", ""

    def join(self, link: str) -> None:
        """Join the table, as a person does."""
        path = urllib.parse.urlparse(link).path
        page = self.fetch("GET", path)[1].decode()
        token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        said = {"name": "Kiosk", "pin": PIN, "again": PIN, "csrf_token": token}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self.fetch("POST", path, urllib.parse.urlencode(said), form)[0] == 302
        self._token = json.loads(self.fetch("GET", "/api/token")[1])["token"]

    def ask(self, path: str, **said: object) -> tuple[int, dict[str, Any]]:
        """A JSON object to one of the addresses for programs; status and answer."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._token}
        status, body = self.fetch("POST", path, json.dumps(said), headers)
        return status, json.loads(body)

    def check(self, **said: object) -> dict[str, Any]:
        """One step of a check that must be done."""
        status, told = self.ask("/api/check", **said)
        assert status == 200, told
        return told

    def fetch(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=150)
        line.request(method, path, body, {"Cookie": self._cookie} | (headers or {}))
        answer = line.getresponse()
        told = answer.read()
        if cookie := answer.getheader("Set-Cookie"):
            self._cookie = cookie.split(";")[0]
        line.close()
        return answer.status, told


def start(town: Road, folder: Path) -> Program:
    """A bridge without hub or broker, an instrument, the pages, and a program that joined."""
    port = free_port()
    head = f'[library]\nfile = "{library(folder)}"\n[instrument]\nwarm_up_s = 0\n'
    instrument = town.start_spectrometer("ftir-1", "sim-mid-ir-array", bands(folder))
    town.start_bridge(instrument, head=f"{head}[pages]\nport = {port}\n")
    config = ("--config", str(folder / "bridge.toml"))
    until((folder / "b" / "control.sock").exists, "the bridge can be asked")
    until(lambda: "port open" in (folder / "bridge.log").read_text(), "the port is open")
    link = town.run("table", "invite", *config).strip()
    town.start("table", "table", "run", *config)
    until(lambda: _answers(port), "the pages are served")
    program = Program(port)
    program.join(link)
    return program


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.mark.slow
def test_a_program_takes_a_sample_to_its_card(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        program = start(town, tmp_path)
        taken = program.ask("/api/measure", device="ftir-1", what="background")[1]
        assert taken["state"] == "done", taken
        checked(town, Table(tmp_path))
        code = program.check(act="new", fields={"expected": "down"})["code"]
        town.tell("ftir-1", do="scene", mixture={"fentanyl": 0.3, "caffeine": 0.7})
        measured = program.ask("/api/measure", device="ftir-1", what="sample")[1]
        assert measured["state"] == "done", measured
        entry = {"act": "add", "code": code, "event": "e" * 32}
        fields = {"spectrum": measured["check"]}
        told = program.check(**entry, what="attachment", fields=fields)
        assert program.check(**entry, what="attachment", fields=fields) == told
        assert {one["substance"] for one in told["proposals"]} == {"fentanyl", "caffeine"}
        strip = {"kind": "fentanyl", "lines": "control", "mass_mg": 10.0, "water_ml": 50.0}
        told = program.check(act="add", code=code, what="strip", fields=strip)
        assert "Found by test strip and by spectrum: fentanyl" in str(told["says"])
        assert "not-read" in names(told)
        status, refused = program.ask("/api/check", act="release", code=code, role="coordinator")
        assert (status, "not-read" in refused["error"]) == (400, True)
        for one in told["proposals"]:
            fields = {"substance": one["substance"], "word": "confirmed"}
            program.check(act="add", code=code, what="component", fields=fields)
        now = program.check(act="show", code=code)
        released = program.check(act="release", code=code, language="fr", seen=now["heads"])
        assert released["state"] == "released"
        assert {fact["by"] for fact in released["trail"]} == {"Kiosk"}
        CARDS.mkdir(parents=True, exist_ok=True)
        for kind, sign in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
            status, drawn = program.fetch("GET", f"/check/{code}/card/file.{kind}?language=fr")
            assert (status, drawn[:4]) == (200, sign)
            (CARDS / f"table.{kind}").write_bytes(drawn)
