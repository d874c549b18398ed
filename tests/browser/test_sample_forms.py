"""Two people at two browsers with one sample; and the forms without scripts, on small and large."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hub import access, check_cards, checks
from hub.access import Person, Role
from tests.browser.conftest import DESKTOP, PASSWORD, PHONE, SCREENSHOTS, Pages, join
from tests.browser.test_look import violations
from tests.hub.checks import world as w
from tests.hub.checks.test_lab_csv import GOOD, HEAD
from tests.hub.checks.world import Table

Visit = Callable[[str, Role, tuple[int, int]], Page]
MM_PT = 72 / 25.4


@pytest.fixture
def visit(pages: Pages, browser: Browser) -> Iterator[Visit]:
    """Somebody of a name and a role signs in, in a browser of their own without scripts."""
    opened: list[BrowserContext] = []

    def do(name: str, role: Role, size: tuple[int, int]) -> Page:
        now_ms = pages.programme.clock.now_ms()
        with pages.programme.store.begin() as transaction:
            token = access.invite(transaction, role, now_ms)
            access.accept_invitation(transaction, token, name, PASSWORD, now_ms)
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=False
        )
        opened.append(context)
        page = context.new_page()
        page.goto(f"{pages.address}/sign-in")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Sites").wait_for()
        return page

    yield do
    for context in opened:
        context.close()


def sample(pages: Pages, *, answered: bool = False) -> str:
    """A card that was released with its own words."""
    table = Table(pages.programme.store)
    code = table.whole(1, release=False)
    with pages.programme.store.read() as transaction:
        found = checks.find(transaction, code)
        card = check_cards.card_of(transaction, found, "en", "full", "2026-11-01")
    table.fact(code, release=w.released(*(line.text for line in card.lines)))
    if answered:
        for name, seen in (("Ana", True), ("Ben", False)):
            value = w.answer(w.found("xylazine", seen=seen, group="xylazine"), split="S1")
            with pages.programme.store.begin() as transaction:
                person = Person(7, name, "technician")
                now_ms = pages.programme.clock.now_ms()
                heads = found.heads
                checks.add(transaction, person, code, "lab", value, now_ms, "it came", heads)
    return code


def shoot(page: Page, name: str) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)


def fill_row(page: Page, number: int, substance: str, found: str, **figures: str) -> None:
    row = page.get_by_role("group", name=f"Row {number}", exact=True)
    row.get_by_label("Substance").fill(substance)
    row.get_by_label("Found?").select_option(label=found)
    for label, text in figures.items():
        row.get_by_label(f"{label.capitalize()} %").fill(text)


def answer(page: Page, found: str, **figures: str) -> None:
    page.get_by_label("Id of another split").fill("S1")
    page.locator("#name").fill("Drugs Lab")
    page.locator("#method").fill("GC-MS")
    fill_row(page, 1, "xylazine", found, **figures)
    fill_row(page, 2, "caffeine", "found")
    page.locator("#change").fill("the laboratory has answered")


@pytest.mark.browser
def test_two_people_answer_for_one_split_and_one_of_them_settles_it(
    pages: Pages, visit: Visit
) -> None:
    code = sample(pages)
    where = f"{pages.address}/samples/{code}"
    ana, ben = visit("Ana", "technician", DESKTOP), visit("Ben", "technician", PHONE)
    for page in (ana, ben):
        page.goto(f"{where}/laboratory")
    answer(ana, "found", amount="4,2")
    answer(ben, "not detected", limit="0.1")
    ana.get_by_role("button", name="Keep this answer").click()
    expect(ana.get_by_text("Found by the laboratory: xylazine").first).to_be_visible()
    ben.get_by_role("button", name="Keep this answer").click()
    for page, name in ((ben, "sample-conflict"), (ana, "sample-conflict")):
        page.goto(where)
        expect(page.get_by_role("heading", name="Not settled: the laboratory's")).to_be_visible()
        expect(page.get_by_text("found xylazine (about 4.2 %)").first).to_be_visible()
        expect(page.get_by_text("did not detect xylazine (limit 0.1 %").first).to_be_visible()
        assert page.get_by_role("button", name="This stands").count() == 2
        shoot(page, name)
    # Until it is settled the card speaks for what was found.
    expect(ben.get_by_text("Found by the laboratory: xylazine").first).to_be_visible()
    why = ana.get_by_label("Why the card is changed")
    why.fill("it is clean")
    why.press("Enter")  # decides nothing
    expect(ana.get_by_role("button", name="This stands").first).to_be_visible()
    ana.get_by_role("button", name="This stands: Ben").click()
    expect(ana.get_by_text("'clean' can't stand on a card")).to_be_visible()
    assert ana.get_by_label("Why the card is changed").input_value() == "it is clean"
    shoot(ana, "sample-conflict-refused")
    ana.get_by_label("Why the card is changed").fill("we asked the laboratory")
    ana.get_by_role("button", name="This stands: Ben").click()
    expect(ana.get_by_text("Settled. The others stay in the trail.")).to_be_visible()
    expect(ana.get_by_text("Not settled")).to_have_count(0)
    ben.reload()
    expect(ben.get_by_text("Settled about the laboratory's split S1")).to_be_visible()
    expect(ben.get_by_text("found xylazine (about 4.2 %)")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_road_from_sending_to_the_new_card_without_scripts(
    pages: Pages, visit: Visit, size: tuple[int, int]
) -> None:
    code, page = sample(pages), visit("Ana", "coordinator", size)
    page.goto(f"{pages.address}/samples/{code}/laboratory")
    page.get_by_label("Id of the split").fill("S1")
    page.locator("#sent-name").fill("Drugs Lab")
    page.locator("#sent-change").fill("a part went to a laboratory")
    page.get_by_role("button", name="Keep that it was sent").click()
    page.get_by_role("link", name="Enter its answer").click()
    assert page.locator("#chosen").input_value() == "S1"
    assert page.locator("#name").input_value() == "Drugs Lab"
    fill_row(page, 1, "xylazine", "found", amount="much")
    page.get_by_role("button", name="More rows").click()
    fill_row(page, 8, "caffeine", "not detected")
    page.locator("#change").fill("the laboratory has answered")
    page.get_by_role("button", name="Keep this answer").click()
    expect(page.get_by_text("a number such as 4.2 is wanted, not 'much'")).to_be_visible()
    shoot(page, "sample-laboratory-refused")
    fill_row(page, 1, "xylazine", "found", amount="4,2", limit="0.1")
    page.get_by_role("button", name="Keep this answer").click()
    expect(page.get_by_text("Kept. Below stands what the card says now.")).to_be_visible()
    shoot(page, "sample-answered")
    page.get_by_role("link", name="What changed").click()
    expect(page.get_by_text("Not tested: xylazine.").first).to_be_visible()
    shoot(page, "sample-changes")
    page.go_back()
    page.get_by_role("button", name="Release the changed card").click()
    page.get_by_label("Language of the card").select_option("es")
    page.get_by_role("button", name="Show it").click()
    shoot(page, "sample-release")
    page.get_by_role("button", name="I have read it: release it in Español").click()
    expect(page.get_by_text("Version 2 is released")).to_be_visible()
    page.get_by_role("link", name="The card on paper").click()
    expect(page.get_by_role("heading", name="Resultado del análisis")).to_be_visible()
    expect(page.get_by_text("NOT RELEASED")).to_have_count(0)
    shoot(page, "sample-card")
    if size == DESKTOP:
        page.go_back()
        page.get_by_role("link", name="Withdraw", exact=False).first.click()
        shoot(page, "sample-withdraw")


@pytest.mark.browser
def test_a_file_is_chosen_looked_through_and_taken(pages: Pages, visit: Visit) -> None:
    code, page = sample(pages), visit("Ana", "technician", PHONE)
    page.goto(f"{pages.address}/samples/")
    page.get_by_role("button", name="A laboratory sent a file").click()
    bad = GOOD.replace("fentanyl", "xylazine").replace("4.2", "much")
    for name, lines in (("bad", (HEAD, GOOD, bad)), ("good", (HEAD, GOOD))):
        content = "\r\n".join(lines).encode()
        page.get_by_label("File, at most").set_input_files(
            {"name": "answers.csv", "mimeType": "text/csv", "buffer": content}
        )
        page.get_by_role("button", name="Look through it").click()
        expect(page.get_by_text("would be added")).to_be_visible()
        shoot(page, f"sample-file-{name}")
        assert page.get_by_role("button", name="Take it").count() == (name == "good")
    page.get_by_role("button", name="Take it: 1 answer").click()
    expect(page.get_by_text("Taken: 1 answer;")).to_be_visible()
    page.goto(f"{pages.address}/samples/{code}")
    expect(page.get_by_text("found fentanyl (about 4.2 %").first).to_be_visible()


@pytest.mark.browser
def test_the_card_is_printed_in_a6_and_says_first_that_it_is_a_draft(
    pages: Pages, visit: Visit
) -> None:
    code, page = sample(pages, answered=True), visit("Ana", "technician", PHONE)
    page.goto(f"{pages.address}/samples/{code}/card")
    shoot(page, "sample-card-draft")
    assert page.locator("main").inner_text().startswith("NOT RELEASED")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Show it")).to_be_hidden()
    shoot(page, "sample-card-print")
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    assert boxes
    for width, height in boxes:
        assert float(width) == pytest.approx(105 * MM_PT, abs=1.5)
        assert float(height) == pytest.approx(148 * MM_PT, abs=1.5)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)])
def test_nobody_is_shut_out_of_the_forms(
    pages: Pages, page: Page, complaints: list[str], scheme: str, size: tuple[int, int]
) -> None:
    code = sample(pages, answered=True)
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    join(page, pages)
    found: dict[str, list[str]] = {}
    paths = ("", "/laboratory", "/release", "/changes", "/reason", "/card")
    for path in paths:
        page.goto(f"{pages.address}/samples/{code}{path}")
        found[path] = violations(page)
        page.screenshot(
            path=SCREENSHOTS / f"form{path.replace('/', '-')}-{scheme}-{size[0]}.png",
            full_page=True,
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    page.goto(f"{pages.address}/samples/{code}/laboratory")
    page.get_by_role("button", name="Keep this answer").click()
    found["refused"] = violations(page)
    page.goto(f"{pages.address}/samples/{code}")
    page.get_by_role("link", name="Withdraw").first.click()
    found["withdraw"] = violations(page)
    page.goto(f"{pages.address}/samples/laboratory-file")
    found["file"] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}
    assert [one for one in complaints if "400" not in one] == []
