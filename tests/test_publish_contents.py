"""The list of contents, read quickly where it is written plainly and never otherwise."""

import pytest
import trial_project as trial

from rr_helpers.errors import UserError
from rr_helpers.publish.contents import chapter_names, plain_pages, read_toc


@pytest.mark.parametrize("contents", ["_toc.yml", "_toc_borough.yml"])
def test_contents_written_plainly_are_read_as_jupyter_book_reads_them(contents):
    book = trial.ROOT / "book"
    assert plain_pages(book / contents) == read_toc(book, contents)


PLAIN = """\
# The pages
format: jb-book
root: index

parts:
  - caption: Findings by question
    chapters:
      - file: pages/a
      - file: notebooks/b
"""


@pytest.mark.parametrize(
    "written, instead",
    [
        ("pages/a", "pages/a  # why"),
        ("pages/a", "'pages/a'"),
        ("pages/a", "pages/a\n        sections:\n          - file: pages/c"),
        ("pages/a", "yes"),
        ("pages/a", "notebooks/b"),
        ("pages/a", "index"),
        ("pages/a", "a: b"),
        ("- file: pages/a", "- url: https://example.org"),
        ("      - file: pages/a", "     - file: pages/a"),
        ("      - file: pages/a", "\t- file: pages/a"),
        ("- file: pages/a", "- file:"),
        ("caption: Findings by question", "caption: &name Findings"),
        ("caption: Findings by question", "numbered: true"),
        ("jb-book", "jb-article"),
        ("root: index", "root: index\nroot: other"),
        ("parts:", "chapters:"),
        ("# The pages", "# The pages\x85format: other"),
    ],
)
def test_contents_written_otherwise_are_left_to_jupyter_book(tmp_path, written, instead):
    toc = tmp_path / "_toc.yml"
    toc.write_text(PLAIN, encoding="utf-8")
    assert plain_pages(toc) == read_toc(tmp_path) == ["index", "pages/a", "notebooks/b"]
    toc.write_text(PLAIN.replace(written, instead), encoding="utf-8")
    assert plain_pages(toc) is None


def test_contents_that_are_missing_or_wrong_are_told_as_jupyter_book_tells_them(tmp_path):
    with pytest.raises(UserError, match="a table of contents that cannot be read"):
        chapter_names(tmp_path, "_toc.yml")
    (tmp_path / "_toc.yml").write_text(PLAIN.replace("notebooks/b", "pages/a"), encoding="utf-8")
    with pytest.raises(UserError, match="used multiple times"):
        chapter_names(tmp_path, "_toc.yml")
