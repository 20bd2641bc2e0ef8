import nbformat
import pytest
import trial_project as trial
from lxml import html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rr_helpers.errors import UserError
from rr_helpers.publish.book import build_book
from rr_helpers.publish.contents import chapter_names, read_toc
from rr_helpers.publish.staging import stage_book, without_code

DICTIONARY = {"data_dictionary": "# Data dictionary\n\n## Tables\n\nNone.\n"}


def executed(folder, *cells):
    path = folder / "executed.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def output(text="<p>Shown to readers</p>"):
    return new_output("display_data", data={"text/html": text, "text/plain": "Finding: x"})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return trial.write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def chapters(tmp_path_factory):
    path = executed(
        tmp_path_factory.mktemp("executed"),
        new_markdown_cell("# A chapter\n\nWords.\n\n## A part\n\nMore words."),
        new_code_cell("secret_of_the_code = 41", outputs=[output()]),
        new_code_cell("hidden", outputs=[output("hidden")], metadata={"tags": ["remove-cell"]}),
        new_markdown_cell("| A | B |\n|---|---|\n| x | y |"),
    )
    return {name: path for name in ("notebooks/q1_network/network", "notebooks/q4_safety/safety")}


@pytest.fixture(scope="module")
def site(project, chapters, tmp_path_factory):
    pages = {"index": "# Findings of the year\n\n## Q1\n\nWords.\n", **DICTIONARY}
    stage = tmp_path_factory.mktemp("a stage with spaces") / "stage"
    build_book(
        project / "book", chapters=chapters, pages=pages, stages=stage, site=stage.with_name("site")
    )
    return stage.with_name("site")


def pages_of(site):
    return {
        path.relative_to(site).as_posix(): html.document_fromstring(path.read_bytes())
        for path in sorted(site.rglob("*.html"))
    }


def test_the_contents_are_the_only_list_of_pages_and_chapters():
    assert read_toc(trial.ROOT / "book")[0] == "index"
    chapters = chapter_names(trial.ROOT / "book")
    assert chapters[0] == "notebooks/q1_network/network"
    borough = chapter_names(trial.ROOT / "book", "_toc_borough.yml")
    assert borough == ["notebooks/borough/briefing"]
    present = {
        path.relative_to(trial.ROOT).with_suffix("").as_posix()
        for path in (trial.ROOT / "notebooks").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    }
    assert present == {*chapters, *borough}


def test_contents_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "_toc.yml").write_text("format: jb-book\nchapters: 3\n")
    with pytest.raises(UserError, match="a table of contents that cannot be read"):
        read_toc(tmp_path)


def test_every_line_of_the_contents_must_have_a_page(project, chapters, tmp_path):
    with pytest.raises(UserError) as caught:
        stage_book(project / "book", chapters=chapters, pages={}, stage=tmp_path / "stage")
    assert (
        "pages that no file, chapter or generated page supplies: index, data_dictionary; "
        "expected a page for every line of the contents" in str(caught.value)
    )


def test_a_page_cannot_be_written_outside_the_stage(project, tmp_path):
    with pytest.raises(ValueError, match="inside the book"):
        stage_book(project / "book", chapters={}, pages={"../x": ""}, stage=tmp_path / "stage")


def test_no_code_and_no_hidden_output_leaves_the_notebook():
    cells = [
        new_code_cell("x = 'rows'"),
        new_code_cell("y = 'code'", outputs=[output()], metadata={"tags": ["z"]}),
        new_code_cell("p", outputs=[output("gone")], metadata={"tags": ["remove-cell"]}),
        new_code_cell("p", outputs=[new_output("stream", text="printed")]),
    ]
    text = nbformat.writes(without_code(new_notebook(cells=cells)))
    assert "Shown to readers" in text
    for gone in ("rows", "code'", "gone", "printed", "text/plain"):
        assert gone not in text


def test_a_page_with_a_broken_link_stops_the_build(project, chapters, tmp_path):
    pages = {"index": "# Title\n\nSee {doc}`nowhere`.\n", **DICTIONARY}
    with pytest.raises(UserError) as caught:
        put = {"stages": tmp_path / "stages", "site": tmp_path / "site"}
        build_book(project / "book", chapters=chapters, pages=pages, **put)
    message = str(caught.value)
    assert "index.md" in message and "nowhere" in message
    assert "WARNING" in message
    assert str(tmp_path) not in message


def test_the_site_holds_outputs_and_no_code(site):
    text = (site / "notebooks" / "q1_network" / "network.html").read_text(encoding="utf-8")
    assert "Shown to readers" in text
    for path in site.rglob("*.*"):
        if path.is_file():
            written = path.read_bytes()
            assert b"secret_of_the_code" not in written, path
            assert b"hidden</p>" not in written, path


def test_only_what_a_page_refers_to_is_published(site):
    names = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    endings = {name.rpartition(".")[2] for name in names}
    assert endings == {"html", "css", "js", "svg", "png"}
    assert not any("_sources" in name or "fontawesome" in name for name in names)
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 200_000


def test_every_page_has_one_h1_the_language_and_no_script_of_its_own(site):
    for name, page in pages_of(site).items():
        assert len(page.xpath("//h1")) == 1, name
        assert page.get("lang") == "en-GB"
        assert page.xpath("//script[not(@src)]") == [], name
        assert page.xpath("//*[starts-with(name(@*), 'on')]") == [], name
        assert len(page.xpath("//meta[@name='viewport']")) == 1


def test_controls_landmarks_and_table_headers_are_named(site):
    for name, page in pages_of(site).items():
        (sidebar,) = page.xpath("//*[@id='pst-primary-sidebar']")
        assert (sidebar.get("role"), sidebar.get("aria-label")) == ("navigation", "Report")
        assert [b.text_content() for b in page.xpath("//button[contains(@class, 'toggle')]")] == [
            "Contents"
        ], name
        assert page.xpath("//p[@role='heading']") == []
        assert page.xpath("//th[not(@scope)]") == []
    chapter = pages_of(site)["notebooks/q1_network/network.html"]
    assert [cell.get("scope") for cell in chapter.xpath("//table//th")] == ["col", "col"]


def test_neither_maths_nor_live_code_is_loaded(site):
    for path in [*site.rglob("*.html"), *site.rglob("*.js")]:
        text = path.read_text(encoding="utf-8").lower()
        assert "mathjax" not in text and "unpkg" not in text and "require.min" not in text, path


def test_every_address_inside_the_site_leads_to_a_file(site):
    for name, page in pages_of(site).items():
        for address in page.xpath("//@href | //@src"):
            target = address.partition("#")[0].partition("?")[0]
            if target and not target.startswith("data:"):
                assert (site / name).parent.joinpath(target).resolve().is_file(), (name, address)


def test_the_search_index_finds_words_of_the_chapters(site):
    assert '"notebooks/q1_network/network"' in (site / "searchindex.js").read_text()
