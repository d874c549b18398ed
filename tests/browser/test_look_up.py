"""The page on which the holder of a card looks its code up, in a real browser, without scripts."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from firmware_bridge.contract.check.say.look_up import WORDS
from tests.browser.conftest import PHONE, SCREENSHOTS, Pages
from tests.browser.test_look import violations
from tests.hub.checks import world as w
from tests.hub.checks.world import Table


def _card(pages: Pages) -> str:
    """A card that was released an hour ago, and changed since."""
    table, code = Table(pages.programme.store), w.code(1)
    at_ms = pages.programme.clock.now_ms() - 3_600_000
    table.fact(code, at_ms=at_ms, intake=w.INTAKE)
    table.fact(code, at_ms=at_ms, strip=w.dipped("positive"))
    said = "Found by test strip: fentanyl or a fentanyl-type opioid. How much is not known."
    table.fact(code, at_ms=at_ms, release=w.released(said, "Keep naloxone at hand."))
    table.fact(code, at_ms=at_ms, lab=w.answer(w.found("xylazine", group="xylazine")))
    return code


def _without_scripts(browser: Browser, size: tuple[int, int]) -> BrowserContext:
    view = {"width": size[0], "height": size[1]}
    return browser.new_context(viewport=view, java_script_enabled=False)  # type: ignore[arg-type]  # a ViewportSize


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE])
def test_a_code_is_looked_up_without_scripts_and_leaves_nothing(
    pages: Pages, browser: Browser, size: tuple[int, int]
) -> None:
    code, context = _card(pages), _without_scripts(browser, size)
    page = context.new_page()
    page.goto(f"{pages.address}/look-up/?language=en")
    page.get_by_label("Code").fill(code.lower())
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("Found by test strip")).to_be_visible()
    expect(page.get_by_text(WORDS["en"]["changed"])).to_be_visible()
    assert code not in page.url
    assert context.cookies() == []
    page.screenshot(path=SCREENSHOTS / f"look-up-{size[0]}.png", full_page=True)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Look up another")).to_be_hidden()
    page.screenshot(path=SCREENSHOTS / f"look-up-print-{size[0]}.png", full_page=True)
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages(
    pages: Pages, page: Page, complaints: list[str], scheme: str
) -> None:
    code = _card(pages)
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    found = {}
    for language in ("en", "es", "fr"):
        page.goto(f"{pages.address}/look-up/limits?language={language}")
        found[f"limits-{language}"] = violations(page)
        page.screenshot(path=SCREENSHOTS / f"limits-{language}-{scheme}.png", full_page=True)
    page.goto(f"{pages.address}/look-up/?language=es")
    found["form"] = violations(page)
    page.screenshot(path=SCREENSHOTS / f"look-up-form-{scheme}.png", full_page=True)
    page.get_by_label("Código").fill(code)
    page.get_by_role("button").click()
    page.get_by_text(WORDS["es"]["changed"]).wait_for()
    found["shown"] = violations(page)
    page.screenshot(path=SCREENSHOTS / f"look-up-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert {name: each for name, each in found.items() if each} == {}
    assert complaints == []
