"""PDF and spreadsheets: what they hold, that they are accessible, safe, and the same every time."""

import io
import re
from datetime import datetime

import openpyxl
import pypdf
import pytest
import trial_project as trial
from lxml import html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rr_helpers.errors import UserError
from rr_helpers.publish.check import check_site
from rr_helpers.publish.documents import Paper, links, papers_of, set_paper
from rr_helpers.publish.findings import SYNTHETIC
from rr_helpers.publish.pdf import set_pdf
from rr_helpers.publish.scan import read_layers
from rr_helpers.publish.typst_source import page_source
from rr_helpers.publish.workbook import as_number, shown_tables, write_tables

CHART = """<figure class="rr-figure"><figcaption>Ties</figcaption><div class="rr-chart">
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40" role="img"><title>Ties</title>
<desc>Ties grew from few to many.</desc><clipPath id="c"><path d="M0 0"/></clipPath>
<text x="9" y="20" style="font-size: 9px">Panels</text></svg></div>
<details class="rr-data"><summary>Show the numbers</summary><table><tr><td>in the table</td></tr>
</table></details><div class="rr-notes"><p>Source: records.</p></div></figure>"""
TABLE = """<div class="rr-exhibit"><div class="rr-scroll"><table class="rr-table">
<caption>Referrals by kind</caption><thead><tr><th scope="col">Kind</th><th scope="col">All</th>
<th scope="col">Share</th></tr></thead><tbody>
<tr><th scope="row">=SUM(1)</th><td class="rr-number">1,250</td><td>40%</td></tr>
<tr><th scope="row">Other</th><td class="rr-number">[c]</td><td>-2+3+cmd|'x'!A0</td></tr>
<tr><th scope="row">Change</th><td class="rr-number">−0.25</td><td>+0.60</td></tr>
</tbody></table></div><div class="rr-notes"><p>Denominator: 1,250 referrals.</p><p>Marks: [c]
confidential.</p><p>Counts are rounded.</p><p>Source: Study records.</p></div></div>"""
PAGE = """<html lang="en-GB"><body><nav>Menu</nav><article class="bd-article"><h1>Title here</h1>
<p>Plain <strong>words</strong> &amp; "#marks" [*] $x$ <a href="b.html">there</a>.</p><h2>Part</h2>
<ul><li>one</li><li>two <em>more</em></li></ul><figure class="rr-quote"><blockquote lang="cy"><p>
Diolch</p></blockquote><figcaption>Worker</figcaption></figure>{more}</article></body></html>"""


def page(folder, more="", name="a.html"):
    (folder / name).write_text(PAGE.replace("{more}", more), encoding="utf-8")
    return folder / name


def read(data: bytes):
    return pypdf.PdfReader(io.BytesIO(data))


def tags(pdf) -> list:
    """Every element of the structure tree, depth first."""
    found, waiting = [], [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop(0).get_object()
        if isinstance(element, dict):
            found.append(element)
            inside = element.get("/K", [])
            inside = inside.get_object() if hasattr(inside, "get_object") else inside
            waiting = (inside if isinstance(inside, list) else [inside]) + waiting
    return found


def test_a_pdf_is_tagged_and_has_language_title_outline_and_what_the_picture_says(tmp_path):
    pdf = read(set_pdf([page(tmp_path, CHART + TABLE)], title="The briefing"))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] and pdf.metadata.title == "The briefing"
    assert [item.title for item in pdf.outline if not isinstance(item, list)] == ["Title here"]
    roles = [element.get("/S") for element in tags(pdf)]
    for role in ("/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure", "/BlockQuote"):
        assert role in roles, (role, set(roles))
    (drawn,) = [element for element in tags(pdf) if element.get("/S") == "/Figure"]
    assert drawn["/Alt"] == "Ties grew from few to many."
    assert "cy" in [str(element.get("/Lang"))[:2] for element in tags(pdf)]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()


def test_a_pdf_holds_the_words_of_the_page_as_they_stand_and_no_more(tmp_path):
    made = set_pdf([page(tmp_path, CHART + TABLE)], title="T")
    text = " ".join(" ".join(each.extract_text() for each in read(made).pages).split())
    assert 'Plain words & "#marks" [*] $x$ there.' in text
    assert "Panels" in text and "in the table" in text and "1,250" in text
    assert "Menu" not in text
    without = set_pdf([page(tmp_path, CHART)], title="T", with_data=False)
    assert "in the table" not in "".join(each.extract_text() for each in read(without).pages)


def test_a_link_to_a_page_in_the_same_document_leads_there(tmp_path):
    pages = [page(tmp_path), page(tmp_path, name="b.html")]
    pdf = read(set_pdf(pages, title="T", front=["Year 3", "Not all is here."]))
    led = [note.get_object() for each in pdf.pages for note in each.get("/Annots", [])]
    assert led and all(note["/Subtype"] == "/Link" for note in led)
    assert not any("/URI" in note.get("/A", {}) for note in led)


def test_a_whole_report_opens_with_what_it_is_and_its_contents_and_a_sheet_for_each_page(tmp_path):
    pages = [page(tmp_path), page(tmp_path, name="b.html")]
    pdf = read(set_pdf(pages, title="The report", front=["Year 3", "Not all is here."]))
    title, contents, *rest = [" ".join(each.extract_text().split()) for each in pdf.pages]
    assert title.startswith("The report Year 3 Not all is here.")
    assert contents.startswith("Contents Title here") and "Part" not in contents
    assert [text[:10] for text in rest] == ["Title here"] * 2


def test_a_finding_stands_out_on_paper_and_says_what_each_line_is(tmp_path):
    more = """<section class="rr-finding"><p class="rr-sentence">It grew.</p>
    <dl class="rr-finding-details"><div><dt>How sure</dt><dd>Limited</dd></div>
    <div><dt>Limits</dt><dd>Few.</dd><dd>Old.</dd></div></dl></section>"""
    text = read(set_pdf([page(tmp_path, more)], title="T")).pages[0].extract_text()
    assert re.search(r"It grew\.\s+How sure: Limited\s+Limits: Few\. Old\.", text)


def test_heads_stand_over_their_numbers_and_longer_words_have_more_room():
    source = page_source(html.fromstring(PAGE.replace("{more}", TABLE)))
    assert (
        'table.header(table.cell(align: left, strong("Kind")), table.cell(align: right, ' in source
    )
    first, second, third = map(float, re.findall(r"([\d.]+)fr", source))
    assert second < first < third  # '1,250', '=SUM(1)' and "-2+3+cmd|'x'!A0"


def test_what_only_a_screen_can_offer_is_not_on_paper(tmp_path):
    more = """<section id="on-paper-and-in-a-spreadsheet"><h2>On paper</h2><p>A link</p></section>
    <p>After it.</p>"""
    text = read(set_pdf([page(tmp_path, more)], title="T")).pages[0].extract_text()
    assert "After it." in text and "On paper" not in text and "A link" not in text


def test_a_paper_has_the_largest_letters_with_which_it_keeps_to_its_sheets(tmp_path):
    trial = {"file": "a.pdf", "words": "A", "pages": ("a",), "sizes": (14, 12, 10)}
    made = {}
    for words, sheets in (("short", 1), ("long", 2), ("longer than that", 1)):
        page(tmp_path, "<p>Line.</p>" * {"short": 3, "long": 57}.get(words, 150))
        made[words] = read(set_paper(Paper(**trial, sheets=sheets), tmp_path, title="T"))
    sizes = {words: round(_size_of(pdf)) for words, pdf in made.items()}
    assert sizes == {"short": 14, "long": 12, "longer than that": 10}
    assert [len(pdf.pages) for pdf in made.values()] == [1, 2, 4]  # the last as small as may be


def _size_of(pdf) -> float:
    """The size of a line of the text, in points."""
    found = []
    pdf.pages[0].extract_text(
        visitor_text=lambda text, _, at, font, size: found.append(size) if "Line" in text else None
    )
    return found[0]


def test_the_same_page_gives_the_same_bytes(tmp_path):
    assert set_pdf([page(tmp_path)], title="T") == set_pdf([page(tmp_path)], title="T")


def test_a_picture_without_a_description_stops_the_pdf(tmp_path):
    dumb = re.sub(r"<desc>.*</desc>", "", CHART)
    with pytest.raises(UserError, match="cannot be set as an accessible PDF"):
        set_pdf([page(tmp_path, dumb)], title="T")


def test_no_browser_and_no_system_typeface_is_needed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    pdf = read(set_pdf([page(tmp_path, CHART)], title="T"))
    fonts = {str(font["/BaseFont"]) for font in _fonts(pdf)}
    assert fonts and all("Libertinus" in font or "DejaVu" in font for font in fonts)


def _fonts(pdf):
    for each in pdf.pages:
        waiting = [each["/Resources"]]
        while waiting:
            resources = waiting.pop()
            for font in resources.get("/Font", {}).values():
                yield font.get_object()
            for other in resources.get("/XObject", {}).values():
                if "/Resources" in other.get_object():
                    waiting.append(other.get_object()["/Resources"])


def test_a_code_of_the_study_is_found_in_a_pdf_and_in_a_workbook(tmp_path):
    site = tmp_path / "site"
    (site / "downloads").mkdir(parents=True)
    leaky = page(tmp_path, "<p>seen with YP0001 at noon</p>")
    (site / "downloads" / "a.pdf").write_bytes(set_pdf([leaky], title="T"))
    table = TABLE.replace("Other", "YP0001")
    write_tables(site / "downloads" / "b.xlsx", chapters(table), title="T", reporting="R")
    found = {(fault.workbook, fault.kind) for fault in check_site(site, ["YP0001"])}
    assert found == {(f"downloads/{name}", "identifier published") for name in ("a.pdf", "b.xlsx")}
    assert check_site(site, ["YP0002"]) == []


def test_documents_lie_in_one_place_only(tmp_path):
    (tmp_path / "a.pdf").write_bytes(set_pdf([page(tmp_path)], title="T"))
    (tmp_path / "a.html").unlink()
    assert [fault.kind for fault in check_site(tmp_path)] == ["source published"]


def test_a_locked_pdf_cannot_be_searched_and_so_not_be_published(tmp_path):
    locked = pypdf.PdfWriter(clone_from=read(set_pdf([page(tmp_path)], title="T")))
    locked.encrypt("secret", algorithm="RC4-128")
    (tmp_path / "downloads").mkdir()
    locked.write(tmp_path / "downloads" / "a.pdf")
    (tmp_path / "a.html").unlink()
    assert "cannot be searched" in [fault.kind for fault in check_site(tmp_path)]


def test_a_character_written_by_its_number_in_a_pdf_is_read():
    data = b"%PDF-1.7\nstream\nBT (YP\\060001) Tj ET\n"
    assert "YP0001" in "\n".join(layer.text for layer in read_layers("a.pdf", data))


def chapters(*outputs, title="Chapter one"):
    shown = [
        new_output("display_data", data={"text/html": html},
                   metadata={"rr": {"kind": "Table" if "rr-exhibit" in html else "Chart"}})
        for html in outputs
    ]  # fmt: skip
    cells = [new_markdown_cell(f"# {title}"), new_code_cell(outputs=shown)]
    return {"notebooks/q1": new_notebook(cells=cells)}


@pytest.fixture()
def workbook(tmp_path):
    write_tables(tmp_path / "a.xlsx", chapters(TABLE, TABLE), title="Report", reporting="Year 3")
    return openpyxl.load_workbook(tmp_path / "a.xlsx")


def test_a_workbook_has_cover_contents_notes_and_one_table_a_sheet(workbook):
    assert workbook.sheetnames == ["Cover", "Contents", "Notes", "Table 1"]
    sheet = workbook["Table 1"]
    said = [row[0].value for row in sheet.iter_rows(max_row=6)]
    assert said[0] == "Table 1: Referrals by kind [note 1]"
    assert "Denominator: 1,250 referrals." in said and "Source: Study records." in said
    assert "Marks: [c] confidential." in said
    assert not sheet.merged_cells.ranges and len(sheet.tables) == 1
    assert "Counts are rounded." in [cell.value for row in workbook["Notes"] for cell in row]
    assert workbook.properties.created == datetime(2018, 7, 1)


def test_the_contents_name_the_chapter_of_a_table_and_the_cover_says_what_is_invented(
    workbook, tmp_path
):
    listed = [cell.value for row in workbook["Contents"] for cell in row if cell.value]
    assert any("Referrals by kind" in text and "Chapter: " in text for text in listed)
    for synthetic in (True, False):
        made = tmp_path / f"{synthetic}.xlsx"
        write_tables(made, chapters(TABLE), title="T", reporting="R", synthetic=synthetic)
        cover = [cell.value for row in openpyxl.load_workbook(made)["Cover"] for cell in row]
        assert (SYNTHETIC in cover) == synthetic


def rendered(cell) -> str:
    """A cell as Excel shows it, for the formats that are used."""
    value, shown = cell.value, cell.number_format
    if isinstance(value, str):
        return value
    plus, minus, _ = (
        shown.split("；" if "；" in shown else ";") if ";" in shown else (shown, "", "")
    )
    part = minus if value < 0 and minus else plus
    places = len(part.partition(".")[2].rstrip("%"))
    size = abs(value) * (100 if part.endswith("%") else 1)
    number = f"{size:,.{places}f}" if "," in part else f"{size:.{places}f}"
    sign = part[0] if part[0] in "+−" else ""
    return f"{sign}{number}{'%' if part.endswith('%') else ''}"


def test_a_sheet_shows_what_the_page_shows_and_numbers_are_numbers(workbook, tmp_path):
    (table,) = shown_tables(chapters(TABLE))
    rows = list(workbook["Table 1"].iter_rows())[-3:]
    assert [[rendered(cell) for cell in row] for row in rows] == table.frame.to_numpy().tolist()
    assert [cell.value for cell in rows[0]][1:] == [1250, 0.4]
    assert [cell.value for cell in rows[2]][1:] == [-0.25, 0.6]


def test_no_cell_is_a_formula_or_a_link_and_what_looks_like_one_is_marked_as_text(workbook):
    cells = [cell for sheet in workbook for row in sheet for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    alike = [cell for cell in cells if str(cell.value)[0] in "=+@" or str(cell.value)[:2] == "-2"]
    assert [cell.value for cell in alike] == ["=SUM(1)", "-2+3+cmd|'x'!A0"]
    assert all(cell.quotePrefix for cell in alike)


def test_an_edition_without_tables_has_no_workbook_and_no_link_to_one(tmp_path):
    write_tables(tmp_path / "a.xlsx", {}, title="T", reporting="R")
    assert not (tmp_path / "a.xlsx").exists()
    assert not any(".xlsx" in link for link in links(["index"], {}))
    assert any(".xlsx" in link for link in links(["index"], chapters(TABLE)))


def test_the_same_tables_give_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_tables(tmp_path / name, chapters(TABLE), title="T", reporting="R")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    "words", ["", "[c]", "1,25", "12 of 20", "62% (51% to 72%)", "1.2.3", "Q3"]
)
def test_words_are_no_numbers(words):
    assert as_number(words) is None


def test_an_edition_has_the_papers_that_its_pages_allow():
    whole = ["index", "briefing_operational", "briefing_strategic", "summary", "data_dictionary"]
    assert [paper.file for paper in papers_of(whole)] == [
        "briefing-operational.pdf", "briefing-strategic.pdf", "summary.pdf", "report.pdf",
    ]  # fmt: skip
    report = papers_of(whole)[-1]
    assert "data_dictionary" not in report.pages
    assert report.setting["front"] == ["The data dictionary is long and is on the pages only."]
    assert [paper.file for paper in papers_of(["index", trial.TOC])] == ["report.pdf"]
    assert list(links(["index"], {}))[0] == '<a href="downloads/report.pdf">The briefing (PDF)</a>'
