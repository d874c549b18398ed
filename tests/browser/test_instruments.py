"""How the pages of instruments look, whether all can use them, and what is left without scripts.

Screenshots go to .artifacts/screenshots.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.store.views import fleet
from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS, Pages, join
from tests.browser.test_look import violations
from tests.dashboard import instruments_seed


@pytest.fixture
def looked_after(pages: Pages) -> Pages:
    instruments_seed.fill(pages.programme)
    pages.programme.judge()
    return pages


def _paths(pages: Pages) -> dict[str, str]:
    with pages.programme.store.read() as transaction:
        ids = {one.device: one.id for one in fleet.devices(transaction, "spectrometer")}
    return {
        "instruments": "/instruments/",
        "instrument-failed": f"/instruments/{ids['ftir-2']}",
        "instrument-good": f"/instruments/{ids['ftir-1']}",
        "instrument-silent": f"/instruments/{ids['alpha']}",
        "instrument-never": f"/instruments/{ids['ftir-new']}",
        "instrument-device": f"/machines/{ids['ftir-2']}",
        "instruments-sites": "/",
    }


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "size"), [("light", DESKTOP), ("dark", PHONE), ("light", PHONE)]
)
def test_nobody_is_shut_out_of_an_instrument_and_the_console_is_silent(
    looked_after: Pages, page: Page, complaints: list[str], scheme: str, size: tuple[int, int]
) -> None:
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    join(page, looked_after)
    found = {}
    for name, path in _paths(looked_after).items():
        page.goto(looked_after.address + path)
        for chart in page.locator("[data-chart]").all():
            expect(chart.locator("canvas, .none").first).to_be_visible()
        found[name] = violations(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{size[0]}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name
    assert {name: each for name, each in found.items() if each} == {}
    assert complaints == []


@pytest.mark.browser
def test_without_scripts_the_figures_and_their_limits_are_all_there(
    looked_after: Pages, browser: Browser, page: Page
) -> None:
    join(page, looked_after)
    cookies = page.context.cookies()
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies([{**one} for one in cookies])  # type: ignore[typeddict-item]  # the same words
    bare = plain.new_page()
    bare.goto(looked_after.address + _paths(looked_after)["instrument-failed"])
    expect(bare.get_by_role("heading", name="Control charts")).to_be_visible()
    newest = bare.get_by_role("region", name="Performance checks").locator("tbody tr").first
    expect(newest).to_contain_text(re.compile("Failed.*1.25 %", re.DOTALL))
    expect(newest.locator("use[href='#shape-trouble']").first).to_be_visible()
    limits = bare.get_by_role("region", name="The newest check").locator("tr", has_text="Noise")
    expect(limits).to_contain_text("at most 0.5 %")
    plain.close()


@pytest.mark.browser
def test_a_check_that_comes_in_is_shown_without_a_reload(looked_after: Pages, page: Page) -> None:
    join(page, looked_after)
    page.goto(looked_after.address + _paths(looked_after)["instrument-failed"])
    expect(page.locator("#instrument")).to_contain_text("Check failed")
    programme = looked_after.programme
    again = instruments_seed.Instrument("north", "ftir-2", "BX-0977")
    now_ms = programme.clock.now_ms()
    instruments_seed.say(programme, again, *again.check(now_ms), at_ms=now_ms)
    expect(page.locator("#instrument")).to_contain_text("Within limits", timeout=60_000)
