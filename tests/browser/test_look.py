"""How pages look, and whether everybody can use them. Screenshots go to .artifacts/screenshots."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from hub import access, acts
from hub.store.views import fleet
from tests.browser.conftest import DESKTOP, PASSWORD, PHONE, SCREENSHOTS, Pages, join
from tests.dashboard import seed
from tests.hub.checks import world as w
from tests.hub.checks.world import Table

PATHS = {
    "sites": "/",
    "machine": "/machines/1",
    "machine-unreachable": "/machines/2",
    "count": "/machines/1/count",
    "plan": "/machines/1/plan",
    "checks": "/checks/",
    "check-found": f"/checks/{seed.FOUND}",
    "check-unclear": f"/checks/{seed.UNCLEAR}",
    "samples": "/samples/",
    "sample": f"/samples/{w.code(1)}",
    "alerts": "/alerts/",
    "alert": "/alerts/1",
    "refused": "/admin/",
    "trail": "/admin/trail",
    "people": "/admin/people",
    "me": "/me",
    "missing": "/nothing-here",
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def _settled(page: Page, address: str) -> None:
    page.goto(address)
    for chart in page.locator("[data-chart]").all():
        expect(chart.locator("canvas, .none").first).to_be_visible()


def violations(page: Page) -> list[str]:
    """What axe finds; text of the very colour of its ground it only calls doubtful."""
    page.wait_for_load_state()  # a link that was clicked has only begun to lead there
    response = Axe().run(page, options=RULES).response
    found = [(one["id"], node) for one in response["violations"] for node in one["nodes"]]
    doubtful = [node for one in response["incomplete"] for node in one["nodes"]]
    found += [("invisible", node) for node in doubtful if " 1:1 " in str(node["any"])]
    return [f"{name}: {node['html'][:200]}" for name, node in found]


def _refuse_some(pages: Pages) -> None:
    pages.programme.rubbish("harborlight/v1/north/north-1/lobby/vending-audit", b'{"v": 99}')
    pages.programme.rubbish("harborlight/v1/north/north-1/lobby/<script>", b"\x00<script>\xff")
    pages.programme.judge()


def _invite_somebody(pages: Pages) -> None:
    """A colleague, with something in the trail."""
    now_ms = pages.programme.clock.now_ms()
    with pages.programme.store.begin() as transaction:
        token = access.invite(transaction, "staff", now_ms)
        person = access.accept_invitation(transaction, token, "Robin", PASSWORD, now_ms)
        device = fleet.find_device(transaction, 2)
        assert device is not None
        acts.count_slots(transaction, person, device, {"A1": 3}, "Restocked", now_ms)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", DESKTOP), ("dark", PHONE), ("dark", DESKTOP), ("light", PHONE)],
)
def test_nobody_is_shut_out_of_any_page_and_the_console_is_silent(
    pages: Pages, page: Page, complaints: list[str], scheme: str, size: tuple[int, int]
) -> None:
    _refuse_some(pages)
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{pages.address}/sign-in")
    found = {"sign-in": violations(page)}
    page.screenshot(path=SCREENSHOTS / f"sign-in-{scheme}-{size[0]}.png")
    for name, link in (("invitation", pages.first_link()), ("invitation-used", "/invite/none")):
        page.goto(link if link.startswith("http") else pages.address + link)
        found[name] = violations(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{size[0]}.png")
    join(page, pages)
    Table(pages.programme.store).whole(1)
    _invite_somebody(pages)
    for name, path in PATHS.items():
        _settled(page, pages.address + path)
        found[name] = violations(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{size[0]}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name
    assert {name: each for name, each in found.items() if each} == {}
    assert [one for one in complaints if "nothing-here" not in one] == []


@pytest.mark.browser
def test_the_eye_that_looks_for_faults_is_not_blind(pages: Pages, page: Page) -> None:
    page.goto(f"{pages.address}/sign-in")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [one for one in violations(page) if one.startswith("image-alt")]
