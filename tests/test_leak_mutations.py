"""Mutation tests: one leak planted in an otherwise good edition, and the gate has to refuse it.

The gate is what stands between the executed chapters and the published folder: the check of every
output, of every file and of every number on a page. The digests in the record of a built edition,
which notice any change whatever, are left out here on purpose.
"""

import base64
import gzip
import io
import json
import re
import shutil
import struct
import zipfile
import zlib
from types import SimpleNamespace

import nbformat
import openpyxl
import pytest
import released_samples as samples
import trial_project as trial

from rr_helpers.publish.build import build_edition
from rr_helpers.publish.check import check_site
from rr_helpers.publish.contents import read_toc
from rr_helpers.publish.findings import collect_findings, compose_front_page
from rr_helpers.publish.gate import find_unsafe
from rr_helpers.publish.leaks import word_runs
from rr_helpers.publish.uncleared import find_uncleared, page_sources
from rr_helpers.report import Chart, Table

ORGANISATION = "Hollowbrook Youth Project"
CODE, PERSON, NUMBER = "YP-04242", "Zephyrine Quillonby", 739104
NOTE = (
    "He walked to the old pumping station with two others and would not say who had asked him to."
)
QUOTED = "They sat with me and they listened until I was ready to talk to them."
SAFETY, CHAPTER = "notebooks/q4_safety/safety.html", "notebooks/q4_safety/safety.ipynb"


def show(output) -> str:
    """The code of a cell that shows a real output of the report room."""
    data, _ = output._repr_mimebundle_()
    return f"show({data['text/html']!r}, kind={type(output).__name__!r})"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A trial edition with a finding, a table and a chart of released counts."""
    folder = tmp_path_factory.mktemp("mutations")
    release = samples.release()
    safety = trial.notebook(
        trial.show_finding(),
        show(Table(release["sex_by_age"])),
        show(Chart.bars(release["age"], alt="Ages of those referred.")),
        "#md\n## What it rests on\n\nWords that hold no number, only names such as Q4.",
        title="Safety",
    )
    project = trial.write_project(folder / "project", safety=safety)
    plan = trial.plan(project)
    build_edition(plan, folder / "out", say=lambda *_: None)
    # The theme's large files are the same in every test, and take long to search.
    for path in (folder / "out" / "site" / "_static").rglob("*.*s*"):
        if path.stat().st_size > 20_000 and path.name != "report.css":
            path.unlink()
    return SimpleNamespace(folder=folder / "out", plan=plan)


@pytest.fixture
def edition(built, tmp_path):
    """A copy of the edition that a test may break."""
    shutil.copytree(built.folder, tmp_path / "out")
    return SimpleNamespace(folder=tmp_path / "out", site=tmp_path / "out" / "site", plan=built.plan)


def gate(edition) -> list:
    """Everything that the gate says of an edition, the digests of its record left out."""
    chapters = {
        path.relative_to(edition.folder / "chapters").with_suffix("").as_posix(): nbformat.read(
            path, as_version=4
        )
        for path in (edition.folder / "chapters").rglob("*.ipynb")
    }
    plan = edition.plan
    front = compose_front_page(
        collect_findings(chapters), title=plan.title, reporting=plan.reporting, synthetic=True
    )
    book = plan.project / "book"
    return [
        *(fault for name, chapter in chapters.items() for fault in find_unsafe(chapter, name)),
        *check_site(
            edition.site,
            [CODE],
            [PERSON],
            organisations=[ORGANISATION],
            runs=word_runs([NOTE, f"She said: {QUOTED} Then she left."], reviewed=[QUOTED]),
            canaries={"words": [PERSON, str(NUMBER)], "numbers": [NUMBER]},
        ),
        *find_uncleared(
            edition.site,
            chapters,
            page_sources(book, {"index": front, **plan.pages}, read_toc(book)),
        ),
    ]


def replace(name, old, new):
    def plant(edition):
        path = edition.site / name
        text = path.read_text(encoding="utf-8")
        changed = re.sub(old, lambda found: found.expand(new), text, count=1, flags=re.DOTALL)
        assert changed != text
        path.write_text(changed, encoding="utf-8")

    return plant


def body(added, name=SAFETY):
    return replace(name, "</article>", added.replace("\\", "\\\\") + "</article>")


def head(added):
    return replace(SAFETY, "</head>", added + "</head>")


def drawing(added):
    return replace(SAFETY, r"(<svg[^>]*>)", r"\1" + added)


def file(name, content):
    def plant(edition):
        path = edition.site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        made = content() if callable(content) else content
        path.write_bytes(made.encode() if isinstance(made, str) else made)

    return plant


def append(pattern, text):
    def plant(edition):
        path = sorted(edition.site.rglob(pattern))[0]
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    return plant


def chapter(change):
    def plant(edition):
        path = edition.folder / "chapters" / CHAPTER
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        nbformat.write(notebook, path)

    return plant


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def change_figure(notebook):
    output = next(output for output in outputs(notebook) if "<svg" in output.data["text/html"])
    output.data["text/html"] = output.data["text/html"].replace("<svg", '<svg data-n="568"', 1)


def make_preview(notebook):
    outputs(notebook)[1].metadata["rr"]["preview"] = True


def add_output(**output):
    def change(notebook):
        notebook.cells[-2].outputs.append(nbformat.v4.new_output(**output))

    return chapter(change)


def add_prose(text):
    return chapter(lambda notebook: notebook.cells.append(nbformat.v4.new_markdown_cell(text)))


def png(*chunks, after=b""):
    data = b"\x89PNG\r\n\x1a\n"
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0")
    for kind, content in [(b"IHDR", header), *chunks, (b"IDAT", pixels), (b"IEND", b"")]:
        check = zlib.crc32(kind + content)
        data += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
    return data + after


def pdf(information="", page=b""):
    packed = zlib.compress(page)
    return (
        b"%PDF-1.4\n1 0 obj << /Title (" + information.encode() + b") >> endobj\n"
        b"2 0 obj << /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream endobj\n%%EOF"
    )


def zipped(name, content):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


def workbook(change):
    book = openpyxl.Workbook()
    book.active["A1"] = "Released counts"
    change(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def hide_a_sheet(book):
    sheet = book.create_sheet("rows")
    sheet.sheet_state = "veryHidden"
    sheet["A1"] = CODE


def comment(book):
    book.active["A1"].comment = openpyxl.comments.Comment(f"see {CODE}", "team")


def define_a_name(book):
    book.defined_names["who"] = openpyxl.workbook.defined_name.DefinedName(
        "who", attr_text=f'"{CODE}"'
    )


def set_properties(book):
    book.properties.description = f"without {PERSON}"


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()


SMALL = b64(struct.pack("<4i", 10, NUMBER, 25, 40))
BDATA = b64(struct.pack("<6d", 1, 2, NUMBER, 4, 5, 6))
WIDE = CODE.translate({ord(c): ord(c) + 0xFEE0 for c in CODE})
PHRASE = " ".join(NOTE.split()[3:11])
INDEX = "searchindex.js"
# What is planted, where the gate must find it, and how it is planted.
MUTATIONS = {
    "an exact total in a sentence": (SAFETY, body("<p>There were 568 referrals.</p>")),
    "a 0-decimal percentage typed in": (SAFETY, body("<p>Of them 43% were accepted.</p>")),
    "a number added to an output": (
        SAFETY,
        replace(SAFETY, "(<p class=\"rr-sentence\"[^>]*>)", r"\g<1>(n = 66) "),
    ),
    "a cell of a table changed": (
        SAFETY, replace(SAFETY, r'(<td class="rr-number">)[^<]*', r"\g<1>3")),
    "an output taken twice": (
        SAFETY, replace(SAFETY, r"(<div class=\"output text_html\">.*?</div>)", r"\1\1")),
    "a tooltip": (SAFETY, body('<p title="568 in all">Referrals</p>')),
    "a title in a drawing": (SAFETY, drawing("<title>n = 568</title>")),
    "an aria-label": (SAFETY, body('<p aria-label="243 of 568">Accepted</p>')),
    "an alternative text": (SAFETY, body('<img src="../../_static/file.png" alt="243 accepted">')),
    "a data- attribute": (SAFETY, body('<div data-count="243"></div>')),
    "a hidden input": (SAFETY, body('<input type="hidden" value="568">')),
    "a number in superscript": (SAFETY, body("<p>Referrals⁵⁶⁸</p>")),
    "a number in full width": (SAFETY, body("<p>There were ５６８.</p>")),
    "a number in a heading of the contents": (
        SAFETY, replace(SAFETY, "On this page", "On this page: 568")),
    "a number on the front page": ("index.html", body("<p>There were 568.</p>", "index.html")),
    "a number on the page of methods": (
        "pages/methods.html", body("<p>There were 99568.</p>", "pages/methods.html")),
    "a number in an HTML comment": (SAFETY, body("<!-- n = 568 -->")),
    "a number in a meta tag": (SAFETY, head('<meta name="description" content="568 referrals">')),
    "a variable of a script in the page": (SAFETY, body("<script>var total = 568;</script>")),
    "a script that stores": (
        SAFETY, body("<script>localStorage.setItem('t', '568')</script>")),
    "a style in the page": (SAFETY, head("<style>p::after { content: '568' }</style>")),
    "text in a style sheet": (
        "_static/report.css", append("report.css", '.rr-a::after { content: "568" }')),
    "text in the style for print": (
        "_static/report.css",
        append("report.css", "@media print { p::after { content: 'n = 243' } }")),
    "an identifier in a style sheet's comment": (
        "_static/report.css", append("report.css", f"/* {CODE} */")),
    "an identifier in a style sheet's escapes": (
        "_static/report.css", append("report.css", r"a::after{content:'\59 P-\30\34\32\34\32'}")),
    "a number in the search index": (
        INDEX, replace(INDEX, r'"terms":\s*\{', '"terms":{"988568":0,')),
    "a name in the search index": (
        INDEX, replace(INDEX, r'"titles":\s*\[', f'"titles":["{PERSON}",')),
    "an identifier in plain sight": (SAFETY, body(f"<p>{CODE}</p>")),
    "an identifier as entities": (
        SAFETY, body("<p>" + "".join(f"&#{ord(c)};" for c in CODE) + "</p>")),
    "an identifier as entities of entities": (SAFETY, body("<p>&amp;#89;P-04242</p>")),
    "an identifier in URL code": (SAFETY, body('<a href="?q=%59P%2D%30%34242">x</a>')),
    "an identifier in URL code, twice": (SAFETY, body('<a href="?q=%2559P-%2530%2534242">x</a>')),
    "an identifier in a script's escapes": (
        "_static/doctools.js", append("doctools.js", r"var a = '\u0059P-\x30\u{34}242';")),
    "an identifier split by tags": (SAFETY, body("<p>Y<b>P</b>-04<i>24</i>2</p>")),
    "an identifier split by zero width": (SAFETY, body("<p>YP-0\u200b42\u200b42</p>")),
    "an identifier with a soft hyphen": (SAFETY, body("<p>Y\u00adP-04\u00ad242</p>")),
    "an identifier in lower case": (SAFETY, body(f"<p>{CODE.lower()}</p>")),
    "an identifier in full width": (SAFETY, body(f"<p>{WIDE}</p>")),
    "an identifier in base64": (SAFETY, body(f'<div class="{b64("of " + CODE + " x")}"></div>')),
    "an identifier in base64 of gzip": (
        "_static/doctools.js", append("doctools.js", f"/*{b64(gzip.compress(CODE.encode()))}*/")),
    "an identifier in hexadecimal": (SAFETY, body(f'<div id="{CODE.encode().hex()}"></div>')),
    "a number packed into a typed array": (
        "_static/doctools.js", append("doctools.js", f'a = {{dtype: "f8", bdata: "{BDATA}"}};')),
    "an organisation named in a finding": (
        SAFETY,
        replace(SAFETY, "(<p class=\"rr-sentence\"[^>]*>)", r"\g<1>Hollowbrook Youth Project: "),
    ),
    "an organisation named in a drawing": (
        SAFETY, drawing("<title>Ties of HOLLOWBROOK youth project</title>")),
    "a name, last name first": (SAFETY, body("<p>Quillonby, Zephyrine</p>")),
    "a name in capitals, parted by a tag": (SAFETY, body("<p>ZEPHYRINE<br>QUILLONBY</p>")),
    "a first name alone": (SAFETY, body("<p>Then Zephyrine told us.</p>")),
    "a first name in an alternative text": (
        SAFETY, body('<img src="../../_static/file.png" alt="A map that Zephyrine drew">')),
    "the canary stratum in a table": (
        SAFETY, body("<table><tr><th>quillonian</th><td>2</td></tr></table>")),
    "a small group in a table, unnamed": (
        SAFETY, body("<table><tr><th>Other</th><td>3</td></tr></table>")),
    "a small group typed as an array": (
        "_static/doctools.js",
        append("doctools.js", f'a = {{dtype: "i4", bdata: "{SMALL}"}};')),
    "people counted in words, in prose": (
        CHAPTER, add_prose("Of them, three young people moved away.")),
    "people counted in words, in an output": (CHAPTER, chapter(lambda notebook: (
        outputs(notebook)[0].data.update({"text/html": "<p>Only one child was hurt.</p>"})))),
    "a share called released in a chapter's code": (CHAPTER, chapter(lambda notebook: (
        notebook.cells.append(nbformat.v4.new_code_cell("replace(estimate, basis='released')"))))),
    "an estimate made by hand in a chapter's code": (CHAPTER, chapter(lambda notebook: (
        notebook.cells.append(nbformat.v4.new_code_cell(
            "from rr_helpers.results import Estimate"))))),
    "eight words of a case note": (SAFETY, body(f"<p>… {PHRASE} …</p>")),
    "eight words of a case note, set in other type": (
        SAFETY, body(f"<p>{PHRASE.upper().replace(' ', '</i> <i>')}</p>")),
    "words around a reviewed quotation": (SAFETY, body(f"<p>{QUOTED[:-1]}. Then she left.</p>")),
    "a comment in a drawing": (SAFETY, drawing(f"<!-- {CODE} -->")),
    "metadata of a drawing": (SAFETY, drawing(f"<metadata>{CODE}</metadata>")),
    "a description of a drawing": (SAFETY, drawing(f"<desc>{PERSON}</desc>")),
    "metadata of the favicon": (
        "_static/favicon.svg",
        replace("_static/favicon.svg", "</svg>", f"<metadata>{CODE}</metadata></svg>")),
    "a picture's text": ("_static/a.png", file("_static/a.png", png(
        (b"tEXt", b"Comment\0" + CODE.encode())))),
    "a picture's packed text": ("_static/a.png", file("_static/a.png", png(
        (b"zTXt", b"Comment\0\0" + zlib.compress(CODE.encode()))))),
    "a picture's text in other languages": ("_static/a.png", file("_static/a.png", png(
        (b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(PERSON.encode()))))),
    "a picture's EXIF": ("_static/a.png", file("_static/a.png", png(
        (b"eXIf", b"MM\0*\0\0\0\x08" + CODE.encode() + b"\0")))),
    "what follows a picture's end": (
        "_static/a.png", file("_static/a.png", png(after=zipped("a.txt", CODE)))),
    "a picture inside a page": (
        SAFETY,
        body('<img alt="x" src="data:image/png;base64,' + b64(png(
            (b"zTXt", b"Comment\0\0" + zlib.compress(CODE.encode())))) + '">')),
    "a picture of no kind the gate knows": ("_static/a.jpg", file(
        "_static/a.jpg", b"\xff\xd8\xff\xfe\0\x0a" + CODE.encode() + b"\xff\xd9")),
    "a PDF's title": ("a.pdf", file("a.pdf", pdf(CODE))),
    "a PDF's text, letter by letter": (
        "a.pdf", file("a.pdf", pdf(page=b"BT [(Y)-20(P-0)10(4242)] TJ ET"))),
    "a PDF's text in hexadecimal": (
        "a.pdf", file("a.pdf", pdf(page=b"BT <" + CODE.encode().hex().encode() + b"> Tj ET"))),
    "a hidden sheet": ("a.xlsx", file("a.xlsx", lambda: workbook(hide_a_sheet))),
    "a comment in a sheet": ("a.xlsx", file("a.xlsx", lambda: workbook(comment))),
    "a defined name in a workbook": ("a.xlsx", file("a.xlsx", lambda: workbook(define_a_name))),
    "the properties of a workbook": ("a.xlsx", file("a.xlsx", lambda: workbook(set_properties))),
    "a zip in a zip": ("a.zip", file("a.zip", zipped("b.zip", zipped("c.txt", CODE)))),
    "a workbook in a zip": (
        "a.zip", file("a.zip", lambda: zipped("b.xlsx", workbook(hide_a_sheet)))),
    "a file name in a zip": ("a.zip", file("a.zip", zipped(f"{CODE}.txt", "nothing"))),
    "gzip": ("_static/a.ico", file("_static/a.ico", gzip.compress(CODE.encode()))),
    "text in UTF-16": ("_static/a.ico", file("_static/a.ico", CODE.encode("utf-16"))),
    "a file name": (f"_static/{CODE}.css", file(f"_static/{CODE}.css", "a {}")),
    "a folder name": (f"{CODE}/a.css", file(f"{CODE}/a.css", "a {}")),
    "a notebook left behind": ("notebooks/a.ipynb", file("notebooks/a.ipynb", json.dumps(
        {"cells": [{"outputs": [{"text": [CODE]}]}]}))),
    "a program left behind": ("a.py", file("a.py", f"drop = ['{CODE}']")),
    "a transcript left behind": ("a.txt", file("a.txt", f"P: {NOTE}")),
    "a CSV file": ("a.csv", file("a.csv", f"id,name\n{CODE},{PERSON}\n")),
    "a JSON file": ("a.json", file("a.json", json.dumps({"id": CODE}))),
    "the record inside the site": ("record.json", file("record.json", '{"format": 1}')),
    "a source map": ("_static/a.js.map", file("_static/a.js.map", json.dumps(
        {"sourcesContent": [f"// {CODE}"]}))),
    "a figure changed after its stamp": (CHAPTER, chapter(change_figure)),
    "a preview": (CHAPTER, chapter(make_preview)),
    "a picture without a stamp": (CHAPTER, add_output(
        output_type="display_data", data={"image/png": b64(png())})),
    "a table of rows": (CHAPTER, add_output(
        output_type="execute_result", data={"text/html": '<table class="dataframe"></table>'})),
    "printed text": (CHAPTER, add_output(output_type="stream", text="568")),
    "a number typed into a chapter's prose": (CHAPTER, add_prose("There were 568 referrals.")),
    "a file brought in by a chapter's prose": (CHAPTER, add_prose("```{include} ../rows.csv\n```")),
}  # fmt: skip

# Found for what it is, not only because it was not cleared.
KINDS_OF_FAULT = {
    "a first name alone": "canary published",
    "a first name in an alternative text": "canary published",
    "the canary stratum in a table": "unprotected count",
    "a small group in a table, unnamed": "unprotected count",
    "a small group typed as an array": "canary published",
    "an organisation named in a finding": "organisation published",
    "an organisation named in a drawing": "organisation published",
    "people counted in words, in prose": "spelt number",
    "people counted in words, in an output": "spelt number",
    "a share called released in a chapter's code": "a way round the gate",
    "an estimate made by hand in a chapter's code": "a way round the gate",
}
# It holds nothing of anyone.
REFUSED_BY_KIND = {"the record inside the site"}


def test_the_edition_itself_passes(edition):
    assert gate(edition) == []


def test_a_reviewed_quotation_may_stand_on_a_page(edition):
    body(f"<blockquote>{QUOTED}</blockquote>")(edition)
    assert gate(edition) == []


def test_the_pages_of_prose_may_name_the_partners_of_the_programme(edition):
    body(f"<p>{ORGANISATION} is a partner.</p>", "pages/methods.html")(edition)
    assert "organisation published" not in {fault.kind for fault in gate(edition)}


def test_at_least_forty_kinds_of_leak_are_planted():
    assert len(MUTATIONS) >= 40


def test_a_table_handed_out_without_protection_is_found_by_its_numbers(edition):
    """The canary stratum: a group as it was counted, under the note that it was rounded."""
    kinds = set()
    for count in (1, 2, 3, 4, 6, 568):
        shutil.copytree(edition.site, edition.folder / f"site-{count}")
        path = edition.folder / f"site-{count}" / SAFETY
        text = path.read_text(encoding="utf-8")
        assert "rounded to multiples of" in text
        changed = re.sub(r'(<td class="rr-number">)[^<]*', rf"\g<1>{count}", text, count=1)
        path.write_text(changed, encoding="utf-8")
        kinds |= {fault.kind for fault in check_site(edition.folder / f"site-{count}")}
        assert "unprotected count" in kinds, count
    assert kinds == {"unprotected count"}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_the_gate_refuses_and_names_the_file(edition, kind):
    name, plant = MUTATIONS[kind]
    plant(edition)
    faults = gate(edition)
    found = {fault.kind for fault in faults if fault.workbook == name}
    # What is hidden is found itself, not only because no file of its kind may be published.
    assert found if kind in REFUSED_BY_KIND else found - {"source published"}
    assert "identifier published" in found or not kind.startswith("an identifier")
    wanted = KINDS_OF_FAULT.get(kind)
    assert wanted is None or wanted in found
    # A word that a page lost may be missed by the index; no other file is accused.
    assert {fault.workbook for fault in faults} <= {name, SAFETY, CHAPTER, INDEX}


if __name__ == "__main__":  # the list for a note: python tests/test_leak_mutations.py
    print(*MUTATIONS, f"{len(MUTATIONS)} kinds of leak", sep="\n")
