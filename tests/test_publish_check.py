import pytest
import trial_project as trial

from rr_helpers.errors import UserError
from rr_helpers.publish.check import check_edition, check_site
from rr_helpers.publish.record import digest_files, write_record

PAGE = "<!DOCTYPE html><html lang='en'><head><title>T</title></head><body>{}</body></html>"


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text(PAGE.format("<h1>Title</h1>"))
    return folder


def kinds(site, body="", **files):
    if body:
        (site / "page.html").write_text(PAGE.format(body), encoding="utf-8")
    for name, text in files.items():
        (site / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return [fault.kind for fault in check_site(site)]


def edition(site):
    write_record(
        site.parent / "record.json",
        inputs={},
        lock=trial.ROOT / "requirements.lock",
        seed=None,
        options={},
        window="w",
        scope="s",
        site=digest_files(site),
    )
    return site.parent


@pytest.mark.parametrize(
    "body",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<img src="//example.org/x.png" alt="words">',
        '<link rel="stylesheet" href="https://example.org/x.css">',
        '<iframe src="http://example.org"></iframe>',
        '<img alt="words" srcset="https://example.org/x.png 2x" src="x.png">',
        '<video poster="https://example.org/x.png"></video>',
        '<object data="https://example.org/x"></object>',
        '<form action="https://example.org/"></form>',
        '<p style="background: url(https://example.org/x.png)"></p>',
        "<style>@import 'https://example.org/x.css';</style>",
        "<script>fetch('https://example.org')</script>",
        '<svg><image href="https://example.org/x.png"/></svg>',
        '<svg><use xlink:href="https://example.org/x.svg#a"/></svg>',
        '<base href="https://example.org/">',
        '<meta http-equiv="refresh" content="0; url=https://example.org">',
    ],
)
def test_a_request_to_another_host_is_found_wherever_it_hides(site, body):
    assert "request to another host" in kinds(site, body)


@pytest.mark.parametrize(
    "body",
    [
        '<a href="https://example.org/source">a source that a reader may follow</a>',
        '<svg xmlns="http://www.w3.org/2000/svg" role="img"><title>Words</title></svg>',
        '<img src="data:image/png;base64,AA==" alt="words">',
        '<img src="x.png" alt="" role="presentation">',
        '<svg role="img" aria-label="Words"></svg>',
        '<svg role="img" aria-labelledby="t"><title id="t">Words</title></svg>',
        "<p>https://example.org in words</p>",
    ],
)
def test_what_loads_nothing_and_has_words_passes(site, body):
    assert kinds(site, body) == []


def test_scripts_and_styles_that_fetch_are_found(site):
    files = {
        "a__js": "import x from 'https://example.org/x.js'",
        "b__js": "new WebSocket('wss://example.org')",
        "c__js": 'r.open("GET", "https://example.org")',
        "d__css": "body { background: url('//example.org/x.png') }",
        "e__js": "// see https://example.org\nvar ns = 'http://www.w3.org/2000/svg'",
    }
    kinds(site, **files)
    assert [fault.workbook for fault in check_site(site)] == ["a.js", "b.js", "c.js", "d.css"]


@pytest.mark.parametrize(
    "body",
    [
        '<img src="x.png">',
        '<img src="x.png" alt=" ">',
        '<svg role="img"></svg>',
        '<svg role="img"><title> </title></svg>',
        '<svg role="img" aria-labelledby="missing"></svg>',
    ],
)
def test_a_picture_without_words_is_found(site, body):
    assert kinds(site, body) == ["picture without words"]


@pytest.mark.parametrize(
    "name", ["rows.xlsx", "chapter.ipynb", "helper.py", "rows.csv", "x.pickle", "README", "a.map"]
)
def test_a_file_that_is_no_page_is_found(site, name):
    (site / name).write_text("x")
    (fault,) = check_site(site)
    assert (fault.kind, fault.workbook) == ("source published", name)


def test_published_sources_are_found(site):
    (site / "_sources").mkdir()
    (site / "_sources" / "index.html").write_text(PAGE.format("x"))
    assert [fault.kind for fault in check_site(site)] == ["source published"]


def test_an_error_or_code_on_a_page_is_found(site):
    body = '<div class="output traceback"></div><div class="cell_input"></div>'
    assert kinds(site, body) == ["error on a page", "code on a page"]


def test_an_identifier_of_the_study_is_found_in_pages_styles_scripts_and_the_search_index(site):
    (site / "page.html").write_text(PAGE.format('<p title="YP0001">x</p>'))
    (site / "searchindex.js").write_text('Search.setIndex({"terms":{"yp0001":0}})')
    (site / "x.css").write_text("/* YP-0001 */")
    faults = check_site(site, identifiers=["YP0001", "YP0002"])
    assert [fault.workbook for fault in faults] == ["page.html", "searchindex.js", "x.css"]
    assert str(faults[0]) == (
        "page.html: the identifier 'YP0001' of the study; expected no identifier of anyone in any "
        "published file. Do not publish this edition; find the output or the page that shows it."
    )


def test_a_name_is_looked_for_where_people_read_and_search(site):
    (site / "page.html").write_text(PAGE.format("<p>Zephyrine<br>Quill</p>"))
    (site / "theme.js").write_text("var zephyrine = quill")
    faults = check_site(site, names=["Zephyrine Quill"])
    assert [(fault.kind, fault.workbook) for fault in faults] == [("name published", "page.html")]


def test_every_problem_is_told_at_once(site):
    (site / "rows.csv").write_text("YP0001")
    (site / "page.html").write_text(PAGE.format('<img src="https://example.org/YP0001.png">'))
    found = {fault.kind for fault in check_site(site, identifiers=["YP0001"])}
    assert found == {
        "source published",
        "identifier published",
        "request to another host",
        "picture without words",
    }


def test_a_file_changed_added_or_taken_away_since_the_build_is_found(site):
    (site / "gone.html").write_text(PAGE.format("x"))
    (site / "changed.html").write_text(PAGE.format("x"))
    folder = edition(site)
    assert check_edition(folder) == []
    (site / "gone.html").unlink()
    (site / "changed.html").write_text(PAGE.format("y"))
    (site / "added.html").write_text(PAGE.format("z"))
    assert [str(fault).partition(";")[0] for fault in check_edition(folder)] == [
        "added.html: a file not there at the build",
        "changed.html: a file changed since the build",
        "gone.html: a file missing since the build",
    ]


def test_the_executed_chapters_are_checked_again(site):
    import nbformat

    folder = edition(site)
    notebook = trial.notebook("x")
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="YP0001")]
    (folder / "chapters").mkdir()
    nbformat.write(notebook, folder / "chapters" / "network.ipynb")
    (fault,) = check_edition(folder)
    assert (fault.workbook, fault.cell, fault.kind) == ("network.ipynb", "4", "printed text")


def test_a_folder_without_edition_is_named(tmp_path):
    with pytest.raises(UserError, match="no built edition; expected a folder with site/index.html"):
        check_edition(tmp_path)


def test_numbers_of_pages_in_the_search_index_make_no_code_and_hide_none(tmp_path):
    def kinds(index):
        (tmp_path / "searchindex.js").write_text(f"Search.setIndex({index})", encoding="utf-8")
        canaries = {"words": ["739104"], "numbers": [739104]}
        return {fault.kind for fault in check_site(tmp_path, ["EDUC-15"], canaries=canaries)}

    assert kinds('{"terms": {"educ": 15, "harm": [3, 15]}, "educ":15}') == set()
    assert kinds('{"terms": {"educ-15": 3}}') == {"identifier published"}
    assert kinds('{"terms": {"educ15": [3, 4]}}') == {"identifier published"}
    assert kinds('{"terms": {"young": 739104}}') == {"canary published"}
