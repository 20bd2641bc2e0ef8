"""Files that cannot be read as workbooks, each named for what it really is."""

import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate

from openpyxl.utils.exceptions import InvalidFileException

from rr_helpers.errors import Fault

# A year's workbook is below 5 MB, and one of a national programme, a hundred times the pilot, 40;
# what is far beyond it is a mistake, or made to exhaust memory.
MOST_BYTES, MOST_BYTES_UNPACKED, MOST_PARTS = 100_000_000, 1_000_000_000, 2_000
# Sheets unpack to 10 to 20 times their size, and a part that is made to exhaust memory to 1,000.
MOST_TIMES, FROM_BYTES = 100, 20_000_000
_PIECE = 4096
# What openpyxl raises for a damaged workbook: it reads on until something does not fit.
DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # both XML readers' errors are kinds of it
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,  # zipfile's word for a compression it does not know
    RuntimeError,
)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS = "Open it in Excel and save it as 'Excel Workbook (.xlsx)'"


def refuse_file(path: Path) -> Fault | None:
    """Return why a file cannot be read as a workbook, or None where it can be tried."""
    try:
        size, start = path.stat().st_size, _first_bytes(path)
    except OSError as error:
        return _fault(
            path,
            kind="file cannot be read",
            found=f"it cannot be read ({error.strerror})",
            expected="a file that you may read",
            cure="Close it elsewhere, copy it to this computer, or ask for the right to read it",
        )
    if size == 0:
        return _fault(
            path,
            kind="empty file",
            found="the file is empty (0 bytes)",
            expected="a workbook",
            cure="Copy the workbook again from where it came",
        )
    if size > MOST_BYTES:
        return _too_large(path)
    if start.startswith(_OLE):
        return _refuse_ole(path)
    if not start.startswith(_ZIP):
        return _refuse_text(path, start)
    return _refuse_zip(path)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2048)


def _refuse_ole(path: Path) -> Fault:
    if _ENCRYPTED in path.read_bytes():
        return _fault(
            path,
            kind="password-protected",
            found="it is protected by a password",
            expected="a workbook that opens without one",
            cure="In Excel: File, Info, Protect Workbook, Encrypt with Password; empty the box, "
            "save",
        )
    return _fault(
        path,
        kind="old Excel format",
        found="it is in the old Excel format (.xls), whatever its name says",
        expected="an .xlsx workbook",
        cure=_SAVE_AS,
    )


def _refuse_text(path: Path, start: bytes) -> Fault:
    text = b"\0" not in start
    kind = "a web page" if b"<html" in start.lower() else "plain text, such as CSV"
    return _fault(
        path,
        kind="not a workbook",
        found=f"it is {kind}, not a workbook" if text else "it is not a workbook",
        expected="an .xlsx workbook",
        cure=_SAVE_AS,
    )


def _refuse_zip(path: Path) -> Fault | None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            large = sum(member.file_size for member in members) > MOST_BYTES_UNPACKED
            if large or len(members) > MOST_PARTS or any(map(_is_a_bomb, members)):
                return _too_large(path)
            if "xl/workbook.xml" not in names:
                return _other_zip(path, names)
            return _unsafe_xml(path) if _has_doctype(archive, members) else None
    except DAMAGED:
        return damaged_fault(path)


def _is_a_bomb(member: zipfile.ZipInfo) -> bool:
    # What a part claims is all that is ever unpacked of it.
    return member.file_size > max(FROM_BYTES, MOST_TIMES * member.compress_size)


def _has_doctype(archive, members) -> bool:
    # No workbook of Excel's declares a document type; one that does may hold entity tricks.
    # Every part is looked at, whatever it is called: the workbook itself says which is a sheet.
    for member in members:
        with archive.open(member) as part:
            if _declares_a_type(part):
                return True
    return False


def _declares_a_type(part) -> bool:
    """Whether XML declares a document type, which it may do only before its first element."""
    begun, declared = [], []
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: declared.append(True)
    parser.StartElementHandler = lambda *_: begun.append(True)
    with suppress(ExpatError):  # whoever needs this part will find that it is no XML
        while not begun and not declared and (piece := part.read(_PIECE)):
            parser.Parse(piece)
    return bool(declared)


def _other_zip(path, names) -> Fault:
    kinds = {
        "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
        "content.xml": "an OpenDocument file",
        "word/document.xml": "a Word document",
        "Index/Document.iwa": "an Apple Numbers document",
    }
    what = next((words for name, words in kinds.items() if name in names), "some other zip file")
    return _fault(
        path,
        kind="not a workbook",
        found=f"it is {what}, not an .xlsx workbook",
        expected="an .xlsx workbook",
        cure=_SAVE_AS,
    )


def _unsafe_xml(path) -> Fault:
    return _fault(
        path,
        kind="unsafe workbook",
        found="it holds an XML document type, which no workbook of Excel's does",
        expected="a workbook saved by a spreadsheet program",
        cure="Ask who sent it; open a copy in Excel and save it as a new workbook",
    )


def _too_large(path) -> Fault:
    return _fault(
        path,
        kind="workbook too large",
        found="it is too large to be one of the study's workbooks",
        expected=f"at most {MOST_BYTES // 1_000_000} MB "
        f"({MOST_BYTES_UNPACKED // 1_000_000} MB unpacked)",
        cure="Take out pictures and other sheets, or copy the tables into a new template",
    )


def damaged_fault(path: Path) -> Fault:
    """Return the error that a file is damaged."""
    return _fault(
        path,
        kind="damaged workbook",
        found="the file is damaged or cut short",
        expected="a workbook that Excel opens",
        cure="Copy it again from where it came; or open it in Excel, let Excel repair it, and save",
    )


def _fault(path: Path, **parts) -> Fault:
    return Fault(workbook=path.name, **parts)
