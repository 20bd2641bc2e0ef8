"""A local Sphinx extension: mends, in the finished pages, what the theme leaves undone.

What it mends and why: no script stands in a page itself (a strict content security policy can
hold), and of the theme's, which a phone would wait for, none is loaded; one h1 a page; controls are
named by the words people see; the contents are a landmark; table headers say what they head;
nothing is left that only software documentation needs.
"""

import json
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
    app.connect("env-updated", pages_to_write)
    app.connect("build-finished", mend_pages)
    app.connect("build-finished", mend_search)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def pages_to_write(app, env):
    """The pages to write besides those that have changed.

    Every page, where titles or places to link to have changed: others may tell of them. Else those
    with entries for an index, which Sphinx's search would forget.
    """
    stated = env.domaindata["std"]
    outline = {
        "titles": {page: title.astext() for page, title in env.titles.items()},
        "contents": {page: contents.pformat() for page, contents in env.tocs.items()},
        "anchors": {page: told.get("myst_slugs") for page, told in env.metadata.items()},
        "labels": [stated["labels"], stated["anonlabels"]],
    }
    before, env.outline_of_book = getattr(env, "outline_of_book", None), outline
    entries = env.domaindata["index"]["entries"]
    return sorted(page for page in env.found_docs if before != outline or entries.get(page))


def mend_pages(app, exception):
    """Mend the pages that a finished HTML build has written; those of an earlier one are mended."""
    if exception or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        if "_static" not in path.parts:
            text = path.read_text(encoding="utf-8")
            if POLICY in text:
                continue
            page = html.document_fromstring(text)
            mend_page(page)
            text = html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
            path.write_text(text + "\n", encoding="utf-8", newline="\n")


def mend_search(app, exception):
    """Take the words out of the search that stand on no page any more; Sphinx leaves them there."""
    path = Path(app.outdir) / "searchindex.js"
    if exception or not path.is_file():
        return
    start, end = "Search.setIndex(", ")"
    text = path.read_text(encoding="utf-8")
    index = json.loads(text.removeprefix(start).removesuffix(end))
    for words in ("terms", "titleterms"):
        index[words] = {word: pages for word, pages in index[words].items() if pages != []}
    text = json.dumps(index, separators=(",", ":"), sort_keys=True)
    path.write_text(f"{start}{text}{end}", encoding="utf-8", newline="\n")


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
