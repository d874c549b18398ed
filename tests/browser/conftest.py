"""A real browser, and real pages over a real store, in this process."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from dashboard import assets, create_app
from dashboard.cli import make_first_link
from firmware_bridge.contract.clock import SystemClock
from tests.conftest import ROOT, require
from tests.dashboard import seed

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = ROOT / ".artifacts" / "screenshots"
NAME, PASSWORD = "Sam", "a long enough password"

DESKTOP, PHONE = (1280, 900), (390, 844)


class Pages:
    """The dashboard at an address, over a programme that can go on speaking."""

    def __init__(self, programme: seed.Programme) -> None:
        self.programme = programme
        app = create_app(programme.settings, store=programme.store, testing=True)
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.address = f"http://127.0.0.1:{self._server.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def first_link(self) -> str:
        return make_first_link(self.programme.store, self.address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    require(shutil.which(CHROMIUM) is not None, f"no browser at {CHROMIUM}")
    require(assets.are_there(), "no front-end assets; run python -m dashboard.assets")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=ARGUMENTS
        )
        yield started
        started.close()


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    programme = seed.Programme.open(tmp_path, SystemClock())
    seed.fill(programme)
    programme.judge()
    served = Pages(programme)
    served.start()
    yield served
    served.stop()
    programme.store.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    yield made
    made.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: errors in its console, and scripts that stopped."""
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Page:
    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    made = context.new_page()
    made.on("console", heard)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    return made


def join(page: Page, pages: Pages) -> None:
    """Make the first administrator by the one-time link."""
    page.goto(pages.first_link())
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password, at least").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name="Sites").wait_for()
