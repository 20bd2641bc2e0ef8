"""A site of which only changed pages were built is the site built anew, to the byte."""

import nbformat
import pytest
import trial_project as trial
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rr_helpers.errors import UserError
from rr_helpers.publish.book import FINISHED, build_book
from rr_helpers.publish.record import digest_files

NETWORK, SAFETY = "notebooks/q1_network/network", "notebooks/q4_safety/safety"
LINKED = "# Findings\n\n## Q1\n\nSee [what was found](notebooks/q4_safety/safety.ipynb#{}).\n"


class Book:
    """A trial book, and the stage in which it is built again and again."""

    def __init__(self, folder):
        self.folder = folder
        self.book = trial.write_project(folder / "project") / "book"
        self.stages, self.built = folder / "kept" / "stages", 0
        self.pages = {"index": LINKED.format("what-was-found"), "data_dictionary": "# Dictionary\n"}
        self.chapters = {}
        for name in (NETWORK, SAFETY):
            self.put(name)

    def put(self, name, *, title="A chapter", found="## What was found", words="Words."):
        """Give a chapter this title, heading and text."""
        path = self.folder / f"{name.rpartition('/')[2]}.ipynb"
        shown = new_output("display_data", data={"text/html": f"<p>Shown: {words}</p>"})
        cells = [new_markdown_cell(f"# {title}\n\n{words}\n\n{found}\n\nMore.", id="prose"),
                 new_code_cell("shown", outputs=[shown], id="shown")]  # fmt: skip
        nbformat.write(new_notebook(cells=cells), path)
        self.chapters[name] = path

    @property
    def stage(self):
        (stage,) = self.stages.iterdir()
        return stage

    def build(self, stages=None):
        """Build in the stage that lasts, or in others; return the folder of the site."""
        self.built += 1
        site = self.folder / f"site-{self.built}"
        build_book(
            self.book,
            chapters=self.chapters,
            pages=self.pages,
            stages=stages or self.stages,
            site=site,
        )
        return site

    def written(self):
        """When each page was last written in the stage."""
        html = self.stage / "_build" / "html"
        pages = [path for path in html.rglob("*.html") if "_static" not in path.parts]
        return {path.relative_to(html).as_posix(): path.stat().st_mtime_ns for path in pages}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    made = Book(tmp_path_factory.mktemp("book"))
    made.build()
    return made


def assert_as_anew(made, site):
    anew = digest_files(made.build(made.folder / f"anew-{made.built}"))
    assert digest_files(site) == anew


def changed_pages(made, build):
    before = made.written()
    site = build()
    after = made.written()
    return site, {name for name in after if after[name] != before.get(name)}


def test_where_words_change_that_chapter_is_built(made):
    made.put(SAFETY, words="Quite other words, with Harrowgate among them.")
    site, changed = changed_pages(made, made.build)
    # The glossary's entries would else be lost from the search, and the contents are on the first.
    assert changed == {f"{SAFETY}.html", "pages/glossary.html", "index.html", "search.html"}
    assert "harrowg" in (site / "searchindex.js").read_text(encoding="utf-8")
    assert_as_anew(made, site)


def test_where_a_title_changes_every_page_that_tells_it_is_built(made):
    made.put(SAFETY, title="How safe people are")
    site, changed = changed_pages(made, made.build)
    assert f"{NETWORK}.html" in changed and "pages/methods.html" in changed
    assert "How safe people are" in (site / f"{NETWORK}.html").read_text(encoding="utf-8")
    assert_as_anew(made, site)


def test_a_link_into_a_chapter_that_changed_is_looked_at_and_the_next_build_is_right(made):
    made.put(SAFETY, found="## What came out")
    with pytest.raises(UserError, match="what-was-found"):
        made.build()
    made.pages["index"] = LINKED.format("what-came-out")
    assert_as_anew(made, made.build())


def test_what_was_not_finished_or_is_of_other_settings_is_built_anew(made):
    killed = made.stage
    (killed / "_build" / FINISHED).unlink()  # as after a kill
    made.put(NETWORK, words="Written after a kill.")
    site, changed = changed_pages(made, made.build)
    # Where its Jupyter Book may still be at work, nothing is built again.
    assert changed == made.written().keys() and made.stage != killed
    contents = made.book / "_toc.yml"
    contents.write_text(contents.read_text().replace("      - file: pages/glossary\n", ""))
    (made.book / "pages" / "glossary.md").unlink()
    site, changed = changed_pages(made, made.build)
    assert changed == made.written().keys() and "pages/glossary.html" not in changed
    assert not (site / "pages" / "glossary.html").exists()
    assert_as_anew(made, site)
