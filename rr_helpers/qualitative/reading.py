"""Read coded material of any kind met in practice; the content decides, not the file's name."""

import zipfile
from pathlib import Path

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.qualitative.archive import Archive, read_bytes
from rr_helpers.qualitative.attributes import attributes_from_sets, join_attributes
from rr_helpers.qualitative.database import open_database
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.parsing import decode
from rr_helpers.qualitative.qualcoder import read_qualcoder
from rr_helpers.qualitative.refi import read_qdc, read_qde, read_qdpx
from rr_helpers.qualitative.spreadsheets import (
    read_code_sheet,
    read_segments,
    segments_material,
)
from rr_helpers.qualitative.taguette import (
    read_taguette,
    rows_of_highlights_page,
    split_tag,
)


def read_coded(
    path: str | Path,
    attributes: str | Path | pd.DataFrame | None = None,
    *,
    sets_as_attributes: bool = False,
    schemas: str | Path | None = None,
) -> CodedMaterial:
    """Return the coded material of one file.

    path: a REFI-QDA project (.qdpx, .qde) or codebook (.qdc); a Taguette or QualCoder database, or
        QualCoder's project folder; a spreadsheet or csv of coded segments (MAXQDA, Dedoose,
        Taguette, QualCoder, ATLAS.ti, NVivo, or any with a ``<file>.columns.toml`` beside it);
        Taguette's page of highlights.
    attributes: an .xlsx or .csv file or a DataFrame with one row per source, joined by name.
    sets_as_attributes: read sets named ``name: value``, as ATLAS.ti writes, as attributes.
    schemas: folder with the official Project.xsd and Codebook.xsd; departures become issues.

    Whatever is missing or doubtful is counted in `issues`. UserError where the file cannot be read
    at all, or is unsafe to read.
    """
    path = Path(path)
    if path.is_dir() and (path / "data.qda").is_file():
        path = path / "data.qda"
    material = _read(path, schemas)
    if sets_as_attributes:
        material = attributes_from_sets(material)
    return material if attributes is None else join_attributes(material, attributes)


def read_codebook(path: str | Path) -> pd.DataFrame:
    """Return the codes table of a codebook: .qdc, any project, or a sheet with names in a column.

    Columns: code_id, name, path, parent_id, definition, codable. Errors as for `read_coded`.
    """
    path = Path(path)
    if _kind(path) in ("workbook", "text"):
        return read_code_sheet(path).codes
    return read_coded(path).codes


def _read(path: Path, schemas) -> CodedMaterial:
    kind = _kind(path)
    if kind == "archive":
        return read_qdpx(path, schemas=schemas)
    if kind == "xml":
        reader = read_qdc if _holds_codebook(path) else read_qde
        return reader(path, schemas=schemas)
    if kind == "database":
        return _read_database(path)
    if kind == "page":
        return _read_page(path)
    return read_segments(path)


def _kind(path: Path) -> str:
    """Return archive, workbook, database, page, xml or text, by the first bytes of the file."""
    if not path.is_file():
        read_bytes(path)
    with path.open("rb") as stream:
        head = stream.read(2048)
    if head.startswith(b"SQLite format 3\0"):
        return "database"
    if head.startswith(b"PK"):
        return "workbook" if _is_workbook(path) else "archive"
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "page"
    if start.startswith(b"<") or path.suffix.lower() in (".qde", ".qdc"):
        return "xml"
    return "archive" if path.suffix.lower() == ".qdpx" else "text"


def _is_workbook(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return path.suffix.lower() in (".xlsx", ".xlsm")
    with Archive(path) as archive:
        return "workbook.xml" in archive.names(".xml")


def _holds_codebook(path: Path) -> bool:
    head = read_bytes(path)[:4096].replace(b"\0", b"")
    codebook, project = head.find(b"CodeBook"), head.find(b"Project")
    return codebook >= 0 and (project < 0 or codebook < project)


def _read_database(path: Path) -> CodedMaterial:
    with open_database(path) as database:
        tables = database.tables
    if {"highlights", "documents"} <= tables:
        return read_taguette(path)
    if {"code_text", "source"} <= tables:
        return read_qualcoder(path)
    raise UserError(
        place=path.name,
        found="a database of another program",
        expected="a Taguette or QualCoder project",
        cure="Export it from the coding tool as REFI-QDA project (.qdpx) or as coded segments",
    )


def _read_page(path: Path) -> CodedMaterial:
    page = decode(read_bytes(path), place=path.name)
    rows = rows_of_highlights_page(page) if "Taguette highlights" in page else []
    if not rows:
        raise UserError(
            place=path.name,
            found="a web page without highlights",
            expected="the page that Taguette exports",
            cure="Export the highlights from Taguette again, better as SQLite3 project",
        )
    records = [
        {**row, "names": split_tag(row["code"]) if row["code"] else None, "place": ""}
        for row in rows
    ]
    return segments_material(path.name, records)
