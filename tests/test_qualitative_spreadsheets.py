"""Spreadsheets of coded segments in the headers of each tool and language; attribute sheets."""

import openpyxl
import pandas as pd
import pytest
from test_qualitative_written_projects import project, text_source

from rr_helpers.errors import UserError
from rr_helpers.qualitative import code_matrix, read_codebook, read_coded

# Header rows as section 1 of the brief records them; the rows under them are invented.
LONG = {
    "MAXQDA German": (
        "Farbe,Kommentar,Dokumentgruppe,Dokumentname,Code,Anfang,Ende,Gewicht,Segment,"
        "Bearbeitet von,Bearbeitet am,Erstellt von,Erstellt am,Fläche,Abdeckungsgrad %",
        "●,Notiz,Gruppe,INT01,Wirkung\\Vertrauen,3,4,0,Sie kam immer wieder,x,,Anna,,12,1.5",
        ("INT01", "Wirkung/Vertrauen", "Sie kam immer wieder", "Anna", "paragraphs 3 to 4"),
    ),
    "MAXQDA Polish": (
        "Color;Komentarz;Grupa dokumentów;Nazwa dokumentu;Kod;Początek;Koniec;Waga;Fragment;"
        "Objętość;Obszar %;Autor;Data utworzenia",
        "●;;G;INT01;Bariera\\Koszt;1;1;0;Bilet był drogi;3;0,1;Ewa;2024",
        ("INT01", "Bariera/Koszt", "Bilet był drogi", "Ewa", "paragraphs 1 to 1"),
    ),
    "MAXQDA English": (
        "Color,Document group,Document name,Code,Begin,End,Weight,Segment,Created by",
        "●,G,INT01,Barrier > Cost,1,2,0,The fare was dear,Ann",
        ("INT01", "Barrier/Cost", "The fare was dear", "Ann", "paragraphs 1 to 2"),
    ),
    "QualCoder report": (
        "File,Coder,Coded,Id,Codename,Coded_Memo,Category",
        "INT01,AB,the words,ctid:5,Cost,a memo,Barrier",
        ("INT01", "Barrier/Cost", "the words", "AB", "id ctid:5"),
    ),
    "Taguette": (
        "id,document,tag,content",
        "7,INT01,barrier.cost,the words",
        ("INT01", "barrier/cost", "the words", None, "id 7"),
    ),
}
SHOWN = ["source", "code", "text", "coder", "place"]


def told(material):
    rows = material.segments[SHOWN].astype(object)
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in rows.to_numpy()]


@pytest.mark.parametrize("tool", LONG)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_coded_segments_are_read_in_the_headers_of_each_tool(tmp_path, tool, encoding):
    header, row, expected = LONG[tool]
    path = tmp_path / "coded segments.csv"
    path.write_bytes(f"{header}\r\n{row}\r\n".encode(encoding))
    material = read_coded(path)
    assert told(material) == [expected]
    assert material.segments["start"].isna().all() and material.segments["verified"].isna().all()


def test_windows_encoding_is_read_where_it_is_not_utf_8(tmp_path):
    path = tmp_path / "c.csv"
    path.write_bytes("document,tag,content\nINT01,café,naïve\n".encode("cp1252"))
    assert told(read_coded(path))[0][:3] == ("INT01", "café", "naïve")


def test_atlas_ti_rows_with_several_codes_are_several_codings(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["ID", "Document", "Quotation Content", "Codes", "Reference"])
    book.active.append(["3:10", "INT01", "the words", "Cost\nTrust", "4 - 5"])
    book.active.append(["3:11", "INT01", "more words", None, "6 - 6"])
    book.save(tmp_path / "q.xlsx")
    material = read_coded(tmp_path / "q.xlsx")
    assert [row[:3] for row in told(material)] == [
        ("INT01", "Cost", "the words"),
        ("INT01", "Trust", "the words"),
        ("INT01", None, "more words"),
    ]
    assert material.segments["selection_id"].nunique() == 2
    assert material.issues["kind"].tolist() == ["selection without a code"]


def test_dedoose_columns_per_code_become_rows(tmp_path):
    header = ["Media Title", "Excerpt Copy", "Excerpt Creator", "Excerpt Range"]
    header += ["Code: Barrier\\Cost Applied", "Code: Barrier\\Cost Range", "Code: Trust Applied"]
    rows = [
        ["INT01.docx", "the words", "ann", "10-20", "True", "", "True"],
        ["INT01.docx", "other words", "ann", "30-40", "", "", "True"],
    ]
    pd.DataFrame(rows, columns=header).to_excel(tmp_path / "d.xlsx", index=False)
    assert told(read_coded(tmp_path / "d.xlsx")) == [
        ("INT01.docx", "Barrier/Cost", "the words", "ann", "10-20"),
        ("INT01.docx", "Trust", "the words", "ann", "10-20"),
        ("INT01.docx", "Trust", "other words", "ann", "30-40"),
    ]


def test_an_unknown_sheet_is_read_with_the_analysts_own_column_file(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("Interview no.,Theme,Quote\nINT01,A > B; C,words\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"no columns known .*'Interview no\.', 'Theme'") as fault:
        read_coded(path)
    assert "Write mine.csv.columns.toml beside it" in str(fault.value)
    (tmp_path / "mine.csv.columns.toml").write_text(
        'source = "Interview no."\ncode = "Theme"\ntext = "Quote"\nseparator = ";"\npath = ">"\n',
        encoding="utf-8",
    )
    assert [row[:3] for row in told(read_coded(path))] == [
        ("INT01", "A/B", "words"),
        ("INT01", "C", "words"),
    ]


@pytest.mark.parametrize(
    "line, found",
    [("source = ", "a file that cannot be read"), ("quelle = 'x'", "the line 'quelle'"),
     ("source = 3", "the line 'source'")],
)  # fmt: skip
def test_a_wrong_column_file_says_which_line(tmp_path, line, found):
    path = tmp_path / "mine.csv"
    path.write_text("document,tag\nINT01,A\n", encoding="utf-8")
    (tmp_path / "mine.csv.columns.toml").write_text(line, encoding="utf-8")
    with pytest.raises(UserError, match=f"mine.csv.columns.toml: {found}"):
        read_coded(path)


def test_same_words_highlighted_twice_stay_two_and_true_duplicates_are_counted(tmp_path):
    path = tmp_path / "c.csv"
    rows = ["1,INT01,a,yes", "2,INT01,a,yes", "2,INT01,a,yes", "3,,a,lost"]
    path.write_text("id,document,tag,content\n" + "\n".join(rows), encoding="utf-8")
    material = read_coded(path)
    assert len(material.segments) == 2
    assert material.issues.groupby("kind")["count"].sum().to_dict() == {
        "row without a source": 1,
        "the same coding twice": 1,
    }


def test_a_codebook_sheet_is_read(tmp_path):
    path = tmp_path / "codebook.csv"
    path.write_text("Name,Description\nBarrier\\Cost,Money\n,nobody\n", encoding="utf-8")
    codes = read_codebook(path)
    assert codes[["name", "path", "definition"]].to_numpy().tolist() == [
        ["Cost", "Barrier/Cost", "Money"]
    ]
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UserError, match="no column for the code's name"):
        read_codebook(path)


def test_an_old_excel_file_is_refused_with_the_way_out(tmp_path):
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(UserError, match="Open it in Excel and save it as .xlsx"):
        read_coded(path)


@pytest.fixture
def two_sources(tmp_path):
    path = tmp_path / "p.qde"
    path.write_text(project(sources=text_source("INT01") + text_source("INT02")), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["frame", "indexed frame", "csv", "xlsx"])
def test_an_attribute_sheet_joins_on_the_names_of_sources(tmp_path, two_sources, kind):
    sheet = pd.DataFrame(
        {"Date": ["2024", "2024"], "Interview": ["INT01", "int02.docx"], "Role": ["Staff", None]}
    )
    if kind == "indexed frame":
        sheet = sheet.set_index("Interview")
    elif kind == "csv":
        sheet.to_csv(tmp_path / "a.csv", index=False)
        sheet = tmp_path / "a.csv"
    elif kind == "xlsx":
        sheet.to_excel(tmp_path / "a.xlsx", index=False)
        sheet = str(tmp_path / "a.xlsx")
    material = read_coded(two_sources, attributes=sheet)
    found = material.attributes[["source", "name", "value"]].to_numpy().tolist()
    assert sorted(found) == [
        ["INT01", "Date", "2024"],
        ["INT01", "Role", "Staff"],
        ["INT02", "Date", "2024"],
    ]
    groups = code_matrix(material, by="Role").groupby("group")["of_sources"].first()
    assert groups.to_dict() == {"Staff": 1, "not stated": 1}


def test_numbers_and_dates_of_a_sheet_are_written_as_people_write_them(tmp_path, two_sources):
    sheet = pd.DataFrame(
        {"name": ["INT01", "INT02"], "Wave": [2.0, None], "Day": pd.Timestamp("2024-03-01")}
    )
    sheet.to_excel(tmp_path / "a.xlsx", index=False)
    for attributes in (sheet, tmp_path / "a.xlsx"):
        values = read_coded(two_sources, attributes=attributes).attributes["value"]
        assert values.tolist() == ["2", "2024-03-01", "2024-03-01"]


def test_a_message_about_columns_never_repeats_what_people_said(tmp_path):
    path = tmp_path / "no header.csv"
    path.write_text("INT01,She told us that he was moved to another county\n", encoding="utf-8")
    with pytest.raises(UserError) as fault:
        read_coded(path)
    assert "moved" not in str(fault.value)


def test_rows_and_sources_that_do_not_meet_are_counted(two_sources):
    sheet = pd.DataFrame({"name": ["INT01", "INT99"], "Role": ["Staff", "Staff"]})
    material = read_coded(two_sources, attributes=sheet)
    kinds = material.issues.groupby("kind")["count"].sum().to_dict()
    assert kinds["row of the attribute sheet names no source"] == 1
    assert kinds["source not in the attribute sheet"] == 1
    assert "INT99" not in material.issues.to_csv()


@pytest.mark.parametrize(
    "names, message",
    [
        (["INT01", "INT01"], "two rows for the source 'INT01'"),
        (["A", "B"], "no column with the name"),
    ],
)
def test_an_attribute_sheet_that_cannot_be_joined_says_why(two_sources, names, message):
    with pytest.raises(UserError, match=message):
        read_coded(two_sources, attributes=pd.DataFrame({"name": names, "Role": ["a", "b"]}))
