"""A local Sphinx extension: mends, in the finished pages, what the theme leaves undone.

What it mends and why: no script stands in a page itself (a strict content security policy can
hold), and of the theme's, which a phone would wait for, none is loaded; one h1 a page; controls are
named by the words people see; the contents are a landmark; table headers say what they head;
nothing is left that only software documentation needs.
"""

from pathlib import Path

from lxml import html

# Left over from documentation sites: hidden print title (a second h1), advertisements, version
# warnings, hints at keys, a second search behind a key, empty landmarks.
UNWANTED = (
    "//*[@id='jb-print-docs-body']",
    "//*[@id='ethical-ad-placement']",
    "//*[contains(@class, 'pst-async-banner-revealer')]",
    "//*[contains(@class, 'search-button__kbd-shortcut')]",
    "//*[@id='pst-search-dialog' or @id='pst-back-to-top' or @id='pst-secondary-sidebar-modal']",
    "//*[contains(@class, 'scroll-pixel-helper') or @id='pst-scroll-pixel-helper']",
    "//meta[starts-with(@name, 'docsearch:')]",
    "//meta[@name='viewport'][position() > 1]",
    "//footer[not(normalize-space())]",
    "//header[@id='pst-header'][not(normalize-space())]",
    "//link[@rel='preload']",
    "//i[contains(@class, 'fa-')]",
    "//noscript",
    "//comment()",
)
# The scripts of every page, and what the page that searches needs besides.
SCRIPTS = {"report.js"}
SEARCH = {"documentation_options.js", "doctools.js", "sphinx_highlight.js", "language_data.js"}
SEARCH |= {"searchtools.js", "searchindex.js"}
# Scripts and styles of the report's own files only, none within a page; no request goes elsewhere,
# whatever a page may come to hold. (Small pictures of the style sheets are written as data:.)
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)


def setup(app):
    # Jupyter Book sets this whether or not comments are used; here they are not.
    app.add_config_value("comments_config", {}, "html")
    app.connect("build-finished", mend_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mend_pages(app, exception):
    """Mend every page of a finished HTML build."""
    if exception or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if "_static" not in path.parts:
            page = html.document_fromstring(path.read_text(encoding="utf-8"))
            mend_page(page)
            text = html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
            path.write_text(text + "\n", encoding="utf-8", newline="\n")


def mend_page(page):
    """Mend one page (an lxml document), in place."""
    _set_policy(page)
    for path in UNWANTED:
        for element in page.xpath(path):
            element.drop_tree()
    _keep_scripts(page)
    page.set("data-mode", "light")
    page.set("data-theme", "light")
    _name_controls(page)
    for sidebar in page.xpath("//*[@id='pst-primary-sidebar']"):
        sidebar.set("role", "navigation")
        sidebar.set("aria-label", "Report")
    for links in page.xpath("//*[@id='pst-primary-sidebar']//nav"):
        links.set("aria-label", "Pages")
    for link in page.xpath("//*[contains(@class, 'bd-sidenav__home-link')]//a"):
        link.text = "Main findings"
    for caption in page.xpath("//p[@role='heading']"):
        # The groups of the contents are no headings of this page's own outline.
        caption.attrib.pop("role")
        caption.attrib.pop("aria-level", None)
    for cell in page.xpath("//table//th"):
        _say_what_it_heads(cell)


def _set_policy(page):
    """Say in the page what it may load: files of the report, and nothing written into a page."""
    for head in page.xpath("//head"):
        head.insert(0, html.Element("meta", {"http-equiv": "Content-Security-Policy",
                                             "content": POLICY}))  # fmt: skip


def _keep_scripts(page):
    """Each script that the page needs once; the others, and those written into it, are gone."""
    left = SCRIPTS | (SEARCH if page.xpath("//*[@id='search-results']") else set())
    for script in page.xpath("//script"):
        name = script.get("src", "").partition("?")[0].rpartition("/")[2]
        if name not in left:
            script.drop_tree()
        script.set("defer", "")  # whoever reads need not wait for it
        left = left - {name}


def _name_controls(page):
    for button in page.xpath("//button[contains(@class, 'primary-toggle')]"):
        button.attrib.pop("title", None)
        for icon in list(button):
            icon.drop_tree()
        button.text = "Contents"
    for dialog in page.xpath("//dialog[@id='pst-primary-sidebar-modal']"):
        dialog.set("aria-label", "Contents")
    for button in page.xpath("//button[@aria-label][normalize-space()]"):
        button.attrib.pop("aria-label")
    for link in page.xpath("//a[@class='left-prev' or @class='right-next']"):
        link.attrib.pop("title", None)


def _say_what_it_heads(cell):
    if not cell.text_content().strip():
        cell.tag = "td"
        cell.attrib.pop("scope", None)
    elif not cell.get("scope"):
        cell.set("scope", "col" if next(cell.iterancestors("thead"), None) is not None else "row")
