"""The built report as a reader's browser shows it, opened from its folder, at two widths."""

import re
import shutil
import threading
from pathlib import Path

import pytest
from browser_checks import CHECKS, FLAGS, HEIGHTS, Visit, quiet, rules, visiting
from playwright.sync_api import sync_playwright

from rr_helpers.publish.accessibility import read_results
from rr_helpers.publish.handover import INSIDE, START
from rr_helpers.publish.serve import make_server


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(edition) -> Path:
    return edition.folder / "site"


def pages(site: Path) -> list[str]:
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    assert len(found) >= 10
    return found


def visits(browser, site, width):
    for name in pages(site):
        visit = Visit(browser, f"{(site / name).as_uri()}", width)
        yield name, visit
        visit.page.close()


def wrong(browser, site, check, **settings) -> dict:
    found = {name: check(browser, (site / name).as_uri(), **settings) for name in pages(site)}
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_breaks_an_accessibility_rule(browser, site, width):
    assert wrong(browser, site, rules, width=width) == {}


@pytest.mark.parametrize("width", HEIGHTS)
def test_no_page_asks_another_host_complains_or_scrolls_sideways(browser, site, width):
    assert wrong(browser, site, quiet, width=width) == {}


@pytest.mark.parametrize("name", ["zoomed", "keyboard", "forced_colours", "reduced_motion"])
def test_every_page_can_be_read_with_the_readers_own_settings(browser, site, name):
    assert wrong(browser, site, CHECKS[name][1]) == {}


def test_the_pages_keep_to_their_policy_over_http_too(browser, edition):
    with make_server(edition.folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        own = f"http://127.0.0.1:{server.server_port}/"
        for name in pages(edition.folder / "site"):
            assert quiet(browser, own + name, own=(own,)) == [], name
        server.shutdown()


def test_every_page_has_a_policy_without_which_nothing_may_run(site):
    for name in pages(site):
        text = (site / name).read_text(encoding="utf-8")
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy, name
        assert "unsafe" not in policy and not re.search(r"<script(?![^>]*src=)|\sstyle=", text), (
            name
        )


def test_a_script_put_into_a_page_does_not_run(browser, site, tmp_path):
    copied = shutil.copytree(site, tmp_path / "site")
    page = copied / "summary.html"
    planted = (
        '<script>document.title = "run"</script><b id="hit" onclick="x" style="color:red">x</b>'
    )
    text = page.read_text(encoding="utf-8").replace("</h1>", f"</h1>{planted}", 1)
    page.write_text(text, encoding="utf-8")
    visit = Visit(browser, page.as_uri())
    assert visit.page.title() != "run"
    assert any("Content Security Policy" in said for said in visit.complaints)
    visit.page.close()


def test_the_zip_opens_from_its_first_page_without_a_network(browser, edition, tmp_path):
    shutil.unpack_archive(edition.folder / "handover.zip", tmp_path)
    start = (tmp_path / START).as_uri()
    for width in (1280, 390):
        assert rules(browser, start, width) == [] and quiet(browser, start, width) == []
    with visiting(browser, start) as visit:
        # A page that is left while its icon is still on the way complains of that.
        visit.page.wait_for_load_state("networkidle")
        visit.page.get_by_role("link", name="Summary", exact=True).click()
        visit.page.wait_for_url(re.compile(f"{INSIDE}/summary"))
        assert visit.complaints == []
    search = (tmp_path / INSIDE / "search.html").as_uri()
    with visiting(browser, f"{search}?q=glossary") as visit:
        visit.page.wait_for_selector("#search-results li a")
        assert visit.complaints == []


def test_the_accessibility_statement_tells_of_these_checks_and_of_this_many_pages(site):
    results = read_results()
    assert set(results["check"]) == set(CHECKS)
    assert set(results["problems"]) == {0}
    assert set(results["pages"]) == {len(pages(site))}


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


def test_the_contents_button_works_by_keyboard_and_takes_the_focus_back(browser, site):
    visit = Visit(browser, (site / "summary.html").as_uri(), 390)
    button = visit.page.get_by_role("button", name="Contents")
    contents = visit.page.get_by_role("dialog", name="Contents")
    button.focus()
    visit.page.keyboard.press("Enter")
    contents.wait_for(state="visible")
    for _ in range(2):  # past the search, from the title of the report
        visit.page.keyboard.press("Tab")
    assert contents.locator(":focus").get_attribute("href") == "index.html"
    visit.page.keyboard.press("Escape")
    contents.wait_for(state="hidden")
    assert visit.page.evaluate("document.activeElement.textContent") == "Contents"
    visit.page.keyboard.press("Enter")
    contents.get_by_role("link", name="Summary", exact=True).press("Enter")  # where one is already
    contents.wait_for(state="hidden")
    assert visit.complaints == []


def test_a_table_wider_than_the_screen_is_moved_by_keyboard(browser, site):
    visit = Visit(browser, (site / "data_dictionary.html").as_uri(), 390)
    wide = visit.page.locator(".pst-scrollable-table-container[tabindex='0']").first
    wide.focus()
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_function("e => e.scrollLeft > 0", arg=wide.element_handle())


def test_the_part_being_read_is_marked_beside_the_text(browser, site):
    visit = Visit(browser, (site / "summary.html").as_uri())
    line = visit.page.locator("#pst-page-toc-nav a").last
    line.click()
    marked = visit.page.locator("#pst-page-toc-nav a[aria-current]")
    marked.wait_for(state="attached")
    assert marked.all_inner_texts() == [line.inner_text()]


def test_a_briefing_is_light_and_only_the_page_that_searches_loads_the_search(site):
    folder, loaded = site / "_static", {}
    for name in pages(site):
        text = (site / name).read_text(encoding="utf-8")
        found = re.findall(r'<(?:script|link)[^>]*(?:src|href)="[^"?]*?([^"/?]+\.(?:js|css))', text)
        loaded[name] = sorted(found)
    assert "searchindex.js" in loaded.pop("search.html")
    assert set(map(tuple, loaded.values())) == {("report.css", "report.js")}
    beside = sum((folder / name).stat().st_size for name in ("report.css", "report.js"))
    assert beside + (site / "briefing_operational.html").stat().st_size < 150_000


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
