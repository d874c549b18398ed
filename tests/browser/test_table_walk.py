"""A sample from the crystal to the card on a tablet: real bridge, simulated instrument, no hub."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.brokers import free_port
from tests.browser.conftest import SCREENSHOTS
from tests.browser.hand import Hand
from tests.browser.test_look import violations
from tests.conftest import ROOT
from tests.walks.road import Road, road, until
from tests.walks.test_check_walk import Table, bands, checked, library

TABLET, PHONE = {"width": 1180, "height": 820}, {"width": 390, "height": 844}
PIN = "482913"
MIXTURE = {"fentanyl": 0.3, "caffeine": 0.4, "mannitol": 0.3}


class Tablets:
    """A table whose bridge has neither hub nor broker, and tablets on its own network."""

    def __init__(self, town: Road, browser: Browser, folder: Path) -> None:
        self.town, self._browser, self._folder = town, browser, folder
        self.commands = Table(folder)
        self._opened = 0
        self._config = ("--config", str(folder / "bridge.toml"))
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        head = f'[library]\nfile = "{library(folder)}"\n[instrument]\nwarm_up_s = 0\n'
        head += f"[pages]\nport = {self._port}\n"
        instrument = town.start_spectrometer("ftir-1", "sim-mid-ir-array", bands(folder))
        town.start_bridge(instrument, head=head)
        self.wait_for_bridge()
        self.serve()

    def wait_for_bridge(self) -> None:
        until((self._folder / "b" / "control.sock").exists, "the bridge can be asked")
        log = self._folder / "bridge.log"
        until(lambda: log.read_text().count("port open") > self._opened, "the port is open")
        self._opened += 1

    def serve(self) -> None:
        """Start the pages."""
        self.town.start("table", "table", "run", *self._config)
        until(self._is_served, "the pages are served")

    def _is_served(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=5).close()
        except OSError:
            return False
        return True

    def start_bridge_again(self) -> None:
        (self._folder / "b" / "control.sock").unlink()
        self.town.start("bridge", "bridge", "run", *self._config)
        self.wait_for_bridge()

    def join(self, name: str, role: str, size: dict[str, int]) -> Page:
        """Somebody joins the table on a tablet of their own."""
        context: BrowserContext = self._browser.new_context(viewport=size)  # type: ignore[arg-type]  # two numbers
        page = context.new_page()
        page.goto(self.town.run("table", "invite", "--role", role, *self._config).strip())
        page.get_by_label("Name").fill(name)
        page.get_by_label("PIN, at least").fill(PIN)
        page.get_by_label("The same again").fill(PIN)
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("heading", name="New sample")).to_be_visible()
        return page


@pytest.fixture
def tablets(browser: Browser, tmp_path: Path) -> Iterator[Tablets]:
    with road(tmp_path, "mosquitto") as town:
        yield Tablets(town, browser, tmp_path)


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"table-{name}.png", full_page=True)


def begun(page: Page, hand: Hand) -> str:
    """A new sample, by two taps on what it was sold as and what it looks like."""
    hand.tap(page.get_by_text("down", exact=True), decides=True)
    hand.tap(page.get_by_text("powder", exact=True), decides=True)
    hand.tap(page.get_by_role("button", name="Begin the check"))
    return page.locator("h1.code").inner_text()


def strip(page: Page, hand: Hand, kind: str, sight: str) -> None:
    box = page.locator("details.kind", has_text=f"{kind} strip")
    if not box.get_by_text(sight).is_visible():
        hand.tap(box.locator("summary"))
    hand.tap(box.get_by_text(sight), decides=True)
    hand.tap(box.get_by_role("button", name=f"Enter the {kind} strip"))


def whole_check(page: Page, hand: Hand) -> str:
    """Everything that a person does on the screen between crystal and card."""
    code = begun(page, hand)
    hand.tap(page.get_by_role("button", name="Measure the sample"))
    expect(page.get_by_text("Found by spectrum: fentanyl")).to_be_visible(timeout=150_000)
    strip(page, hand, "fentanyl", "One line, at C")
    expect(page.get_by_text("Found by test strip and by spectrum")).to_be_visible()
    shoot(page, "reading")
    while (confirm := page.get_by_role("button", name=re.compile("^Confirm "))).count():
        left = confirm.count()
        hand.tap(confirm.first, decides=True)
        expect(confirm).to_have_count(left - 1)
    shoot(page, "release")
    hand.tap(page.get_by_role("button", name="Release the card"), decides=True)
    expect(page.get_by_role("heading", name="The card")).to_be_visible()
    return code


def ready(tablets: Tablets) -> None:
    """An instrument with a background and a performance check, as every morning."""
    tablets.town.tell("ftir-1", do="scene", load="clean")
    tablets.town.measure("ftir-1", "background")
    checked(tablets.town, tablets.commands)
    tablets.town.tell("ftir-1", do="scene", mixture=MIXTURE)


@pytest.mark.slow
def test_from_the_crystal_to_the_card_in_a_minute_of_a_persons_time(tablets: Tablets) -> None:
    ready(tablets)
    page = tablets.join("Ana", "technician", TABLET)
    shoot(page, "queue")
    first = Hand()
    begun(page, first)
    box = page.locator("details.kind", has_text="fentanyl strip")
    expect(box.get_by_label("Sample, mg")).to_be_visible()
    for label, text in (("Sample, mg", "10"), ("Water, mL", "50"), ("Lot", "L7")):
        first.type(box.get_by_label(label, exact=True), text)
    expect(box.locator(".dilution")).to_contain_text("about 0.1 %")
    shoot(page, "strip")
    strip(page, first, "fentanyl", "Two lines")

    page.get_by_role("link", name="Samples").first.click()
    hand = Hand()
    whole_check(page, hand)
    shoot(page, "card")
    link = page.get_by_role("button", name="Open as PDF").get_attribute("href")
    answer = page.request.get(f"{tablets.address}{link}")
    hand.taps += 1  # on that link; a browser without a head has no viewer to open
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    told = (ROOT / "docs" / "table.md").read_text()
    assert f"{hand.strokes} strokes, {hand.seconds:.0f} seconds" in told, (hand, hand.seconds)
    assert hand.seconds < 60


@pytest.mark.slow
def test_two_technicians_on_two_devices_lose_nothing(tablets: Tablets) -> None:
    ready(tablets)
    ana = tablets.join("Ana", "technician", TABLET)
    ben = tablets.join("Ben", "coordinator", PHONE)
    code = begun(ana, Hand())
    ben.goto(f"{tablets.address}/check/{code}/")
    for page, colour in ((ana, "grey"), (ben, "pink")):
        box = page.locator("#sample details")
        box.locator("summary").click()
        box.get_by_label("Colour").fill(colour)
    ana.locator("#sample").get_by_role("button", name="Keep").click()
    expect(ana.locator("#sample")).to_contain_text("grey")
    expect(ben.locator("#news")).to_contain_text("Entered meanwhile")
    expect(ben.locator("#sample").get_by_label("Colour")).to_have_value("pink")
    shoot(ben, "news")
    ben.locator("#sample").get_by_role("button", name="Keep").click()
    expect(ben.get_by_text("Which one stands?")).to_be_visible()
    shoot(ben, "conflict")
    assert violations(ben) == []

    expect(ana.locator("#news")).to_contain_text("pink")
    ana.get_by_role("button", name="Show it").click()
    strip(ana, Hand(), "fentanyl", "Two lines")
    expect(ana.locator("#release")).to_contain_text("Look at both and settle it")
    expect(ana.get_by_role("button", name="Release the card")).to_have_count(0)
    grey = ana.locator(".conflict form", has_text="grey")
    grey.get_by_role("button", name="This one stands").click()
    expect(ana.get_by_text("Which one stands?")).to_have_count(0)
    expect(ana.locator("#sample")).to_contain_text("grey")

    ben.goto(f"{tablets.address}/check/{code}/")
    strip(ana, Hand(), "xylazine", "One line, at C")
    ben.get_by_role("button", name="Release the card").click()
    expect(ben.locator("#release")).to_contain_text("something was entered since this was shown")
    expect(ben.locator(".says")).to_contain_text("xylazine")


@pytest.mark.slow
def test_a_power_cut_takes_nothing_but_unsaved_keystrokes(tablets: Tablets) -> None:
    ready(tablets)
    page = tablets.join("Ana", "technician", TABLET)
    code = begun(page, Hand())
    page.get_by_role("button", name="Measure the sample").click()
    expect(page.get_by_text("Found by spectrum: fentanyl")).to_be_visible(timeout=150_000)
    box = page.locator("details.kind", has_text="fentanyl strip")
    box.get_by_text("One line, at C").click()
    tablets.town.kill("bridge")
    box.get_by_role("button", name="Enter the fentanyl strip").click()
    expect(page.get_by_role("heading", name="The bridge does not answer")).to_be_visible()
    assert "What was entered before is kept" in page.content()
    tablets.town.kill("table")
    tablets.start_bridge_again()
    tablets.serve()
    page.goto(f"{tablets.address}/check/{code}/")
    expect(page.get_by_text("Found by spectrum: fentanyl")).to_be_visible()
    expect(page.locator("#strip")).not_to_contain_text("fentanyl: POSITIVE")
    strip(page, Hand(), "fentanyl", "One line, at C")
    expect(page.locator("#strip")).to_contain_text("fentanyl: POSITIVE")
    for path in ("/", f"/check/{code}/", f"/check/{code}/card/", "/instruments/ftir-1/"):
        page.goto(f"{tablets.address}{path}")
        assert violations(page) == [], path
    page.get_by_role("link", name="Samples").first.click()
    page.get_by_role("link", name=code).click()
    page.get_by_role("link", name="10 bands seen").first.click()
    expect(page.locator("[data-chart] canvas").first).to_be_visible()
    shoot(page, "spectrum")
    assert violations(page) == []
