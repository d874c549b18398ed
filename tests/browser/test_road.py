"""A person at a browser, with the whole road running behind: stock falls and an alert arrives."""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.brokers import free_port
from tests.browser import conftest
from tests.walks.road import BRIDGE, SITE, Road, road, until
from tests.walks.test_spectrum_walk import FENTANYL

SOON_MS = 60_000


@contextmanager
def pages(town: Road) -> Iterator[str]:
    """The dashboard as a process of its own; gives its address."""
    port = free_port()
    with town.hub_config.open("a") as config:
        config.write(f"[dashboard]\nport = {port}\n")
    town.start("dashboard", "dashboard", "run", "--config", str(town.hub_config))
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError:
            return False
        except OSError:
            return False
        return True

    until(answers, "the pages answer")
    yield address


def sign_up(page: Page, town: Road) -> None:
    """Through the one-time link that an administrator is given."""
    command = [sys.executable, "-m", "harborlight", "dashboard", "first-link"]
    said = subprocess.run(
        [*command, "--config", str(town.hub_config)], capture_output=True, text=True, check=True
    )
    link = re.search(r"http\S+/invite/\S+", said.stdout)
    assert link is not None, said.stdout
    page.goto(link.group(0))
    page.fill("input[name=name]", conftest.NAME)
    for field in page.query_selector_all("input[type=password]"):
        field.fill(conftest.PASSWORD)
    page.click("main button")
    expect(page.get_by_role("heading", name="Sites")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_stock_falls_and_a_detection_arrives_while_somebody_looks(
    tmp_path: Path, browser: Browser
) -> None:
    conftest.SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    with page, road(tmp_path, "mosquitto") as town:
        town.start_hub()
        machine = town.start_machine("machine-1")
        town.start_bridge(machine, town.start_spectrometer("ftir-1", "sim-mid-ir-array"))
        until(lambda: "A1" in town.dispensed("machine-1"), "the machine is known")
        counted = ("hub", "counted", SITE, BRIDGE, "machine-1", "A1=11")
        town.run(*counted, "--config", str(town.hub_config))
        with pages(town) as address:
            sign_up(page, town)
            device = town.device("machine-1")
            assert device is not None
            page.goto(f"{address}/machines/{device.id}")
            slot = page.locator("main").get_by_text("11", exact=True).first
            expect(slot).to_be_visible(timeout=SOON_MS)
            town.tell("machine-1", do="sell", selection="A1", count=2)
            expect(page.locator("main").get_by_text("9", exact=True).first).to_be_visible(
                timeout=SOON_MS
            )
            page.screenshot(path=conftest.SCREENSHOTS / "road-machine.png", full_page=True)

            page.goto(f"{address}/alerts/")
            town.measure("ftir-1", "background")
            town.tell("ftir-1", do="scene", mixture=FENTANYL)
            town.measure("ftir-1", "sample")
            alert = page.get_by_text(re.compile("unconfirmed, .*fentanyl")).first
            expect(alert).to_be_visible(timeout=SOON_MS)
            page.screenshot(path=conftest.SCREENSHOTS / "road-alert.png", full_page=True)
            page.get_by_role("button", name="I have it").first.click()
            expect(page.get_by_text(conftest.NAME).nth(1)).to_be_visible(timeout=SOON_MS)
            expect(page.get_by_text(re.compile(r"Somebody has it \(1\)"))).to_be_visible(
                timeout=SOON_MS
            )
            page.screenshot(path=conftest.SCREENSHOTS / "road-acknowledged.png", full_page=True)
