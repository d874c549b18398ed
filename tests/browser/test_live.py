"""What happens before somebody's eyes, without a reload."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from firmware_bridge.contract.messages import MachineEvent
from tests.browser.conftest import Pages, join
from tests.dashboard import seed

SOLD = {"A1": 12, "A2": 16, "B1": 19}
"""What `seed.fill` had sold."""


def _mark(page: Page) -> None:
    """Something that a reload would wipe away."""
    page.evaluate("document.body.dataset.unbroken = 'yes'")


def _sell(pages: Pages, **more: int) -> None:
    gone = {name: count + more.get(name, 0) for name, count in SOLD.items()}
    pages.programme.say("north", "north-1", "lobby", seed.shelf(gone))


@pytest.mark.browser
def test_stock_falls_an_alert_arrives_and_is_taken_without_a_reload(
    pages: Pages, page: Page, complaints: list[str]
) -> None:
    join(page, pages)
    page.goto(f"{pages.address}/machines/1")
    slot = page.locator(".slot", has_text="Naloxone")
    expect(slot.locator(".number")).to_have_text("4")
    _mark(page)
    _sell(pages, A1=2)
    expect(slot.locator(".number")).to_have_text("2", timeout=10_000)
    _sell(pages, A1=4)
    pages.programme.judge()
    expect(slot).to_contain_text("Empty", timeout=10_000)
    alert = page.locator("li.alert", has_text="Naloxone").first
    expect(alert).to_be_visible(timeout=10_000)
    expect(page.locator("body")).to_have_attribute("data-unbroken", "yes")
    alert.get_by_role("button", name="I have it").click()
    expect(page.get_by_text("Noted: you have it.")).to_be_visible()
    taken = page.locator("section", has=page.get_by_role("heading", name="Somebody has it"))
    expect(taken.locator("li.alert", has_text="Naloxone").first).to_contain_text("Sam has it")
    assert complaints == []


@pytest.mark.browser
def test_a_check_and_its_alert_arrive_without_a_reload(
    pages: Pages, page: Page, complaints: list[str]
) -> None:
    join(page, pages)
    page.goto(f"{pages.address}/checks/")
    before = page.locator(".check").count()
    _mark(page)
    check = "5" * 32
    found = seed.findings(check, seed.target("nitazenes", "detected", share=0.2, limit=0.05))
    pages.programme.say("south", "south-1", "alpha", seed.spectrum(check), found)
    pages.programme.judge()
    expect(page.locator(".check")).to_have_count(before + 1, timeout=10_000)
    expect(page.locator(".check").first).to_contain_text("Detected: nitazenes")
    expect(page.locator(".check").first).to_contain_text("not about a real sample")
    expect(page.locator("body")).to_have_attribute("data-unbroken", "yes")
    page.locator(".check a").first.click()
    expect(page.locator(".demo-banner")).to_contain_text("Can't be released")
    expect(page.locator(".verdict.is-found")).to_contain_text("nitazenes")
    assert complaints == []


@pytest.mark.browser
def test_a_hub_that_is_gone_is_said_at_once(pages: Pages, page: Page) -> None:
    join(page, pages)
    expect(page.locator("#cut-off")).to_be_hidden()
    page.route("**/*live*", lambda route: route.abort())
    expect(page.locator("#cut-off")).to_contain_text("may be out of date", timeout=10_000)
    page.unroute("**/*live*")
    expect(page.locator("#cut-off")).to_be_hidden(timeout=10_000)


@pytest.mark.browser
def test_words_from_a_device_are_never_a_script(
    pages: Pages, page: Page, complaints: list[str]
) -> None:
    bad = "<img src=x onerror=\"document.title='taken'\">"
    gone = seed.audit(seed.selection("<b>A1", bad, 10, 8, 1))
    event = MachineEvent(code=bad, name=bad, selection=bad, active=True, count=1, text=bad)
    pages.programme.say("north", "north-1", "lobby", gone, event)
    join(page, pages)
    page.goto(f"{pages.address}/machines/1")
    expect(page.locator(".slot", has_text="onerror").first).to_be_visible()
    page.locator("#stock-pick").select_option("<b>A1")
    expect(page.locator("#stock-chart canvas, #stock-chart .none").first).to_be_visible()
    assert page.title() != "taken"
    assert complaints == []


@pytest.mark.browser
def test_somebody_who_is_signed_out_elsewhere_is_sent_to_sign_in(
    pages: Pages, page: Page, context: BrowserContext
) -> None:
    join(page, pages)
    context.clear_cookies()
    page.get_by_role("heading", name="Sign in").wait_for(timeout=10_000)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Europe/Berlin", r"\d{1,2} \w{3} \d{4}, \d\d:\d\d (CET|CEST)"), ("UTC", r".* \d\d:\d\d UTC")],
)
def test_moments_stand_in_the_zone_of_the_reader_and_name_it(
    pages: Pages, browser: Browser, zone: str, shown: str
) -> None:
    with browser.new_context(timezone_id=zone) as context:
        page = context.new_page()
        join(page, pages)
        page.goto(f"{pages.address}/machines/1")
        expect(page.locator("#events time.moment").first).to_have_text(re.compile(f"^{shown}$"))
        expect(page.locator("#events time.moment").first).to_have_attribute(
            "title", re.compile("UTC$")
        )
