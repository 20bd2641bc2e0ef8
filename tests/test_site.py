"""The built report as a reader's browser shows it, opened from its folder, at two widths."""

import re
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: no browser test")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync""".split()
WIDTHS = {1280: 900, 390: 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(edition) -> Path:
    return edition.folder / "site"


class Visit:
    """One page opened from its file, with what it asked for and what it complained of."""

    def __init__(self, browser, address: str, width: int = 1280):
        self.requests, self.complaints = [], []
        self.page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]})
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.complaints.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(address)
        self.page.wait_for_load_state("load")

    def _hear(self, said):
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def elsewhere(self) -> list[str]:
        return [url for url in self.requests if not url.startswith(("file:", "data:"))]


def pages(site: Path) -> list[str]:
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    assert len(found) >= 10
    return found


def visits(browser, site, width):
    for name in pages(site):
        visit = Visit(browser, f"{(site / name).as_uri()}", width)
        yield name, visit
        visit.page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_breaks_an_accessibility_rule(browser, site, width):
    broken = {}
    for name, visit in visits(browser, site, width):
        # Open every table view first: axe does not look inside closed ones.
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        options = {"preload": False, "runOnly": RULES}
        found = Axe().run(visit.page, options=options).response["violations"]
        if found:
            broken[name] = [(rule["id"], rule["nodes"][0]["html"][:160]) for rule in found]
    assert broken == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_asks_another_host_complains_or_scrolls_sideways(browser, site, width):
    for name, visit in visits(browser, site, width):
        assert visit.elsewhere() == [], name
        assert visit.complaints == [], name
        assert visit.page.locator("h1").count() == 1, name
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} pixels wide"


def test_headings_never_skip_a_level(browser, site):
    for name, visit in visits(browser, site, 1280):
        levels = visit.page.evaluate(
            "[...document.querySelectorAll('main h1, main h2, main h3, main h4')]"
            ".map(heading => Number(heading.tagName[1]))"
        )
        assert levels[0] == 1, name
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False)), (name, levels)


def test_search_works_from_the_folder(browser, site):
    visit = Visit(browser, f"{(site / 'search.html').as_uri()}?q=glossary")
    visit.page.wait_for_selector("#search-results li a")
    assert "Glossary" in visit.page.locator("#search-results").inner_text()
    assert visit.complaints == []


def test_a_phones_reader_reaches_every_page_from_the_contents_button(browser, site):
    visit = Visit(browser, (site / "index.html").as_uri(), 390)
    visit.page.get_by_role("button", name="Contents").click()
    link = visit.page.get_by_role("link", name="Glossary").first
    link.wait_for(state="visible")
    link.click()
    visit.page.wait_for_url(re.compile("glossary"))
    assert visit.complaints == []


def test_a_keyboards_reader_comes_to_the_text_first(browser, site):
    visit = Visit(browser, (site / "index.html").as_uri())
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to main content"


def test_a_page_prints_to_a_tagged_pdf_with_its_title(browser, site, tmp_path):
    visit = Visit(browser, (site / "index.html").as_uri())
    visit.page.emulate_media(media="print")
    assert visit.page.locator("h1").is_visible()
    assert not visit.page.locator("#pst-primary-sidebar").is_visible()
    pdf = visit.page.pdf(tagged=True, outline=True, prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF") and b"/MarkInfo" in pdf and b"/StructTreeRoot" in pdf
