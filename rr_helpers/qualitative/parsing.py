"""Decoding and parsing what others wrote: no entities, no DTD, no network, bounded.

No real exporter writes a DOCTYPE, so any is refused before the parser sees it.
"""

import codecs
import re

from lxml import etree

from rr_helpers.errors import UserError
from rr_helpers.qualitative.archive import doctype_fault

MOST_MARKUP = 4_000_000  # elements and attributes, each of which costs memory in the parser
ENCODINGS = {"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "iso-8859-1"}
ENCODINGS |= {"windows-1252", "cp1252", "latin1", "latin-1", "utf8"}


def decode(data: bytes, *, place: str, encoding: str | None = None) -> str:
    """Return the text of bytes: by byte-order mark, else the encoding named, else UTF-8.

    Line ends stay as they are. UserError where the bytes are not in that encoding.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError as fault:
        raise UserError(
            place=place,
            found=f"bytes that are not {encoding or 'utf-8'} (byte {fault.start})",
            expected="text in UTF-8, or in UTF-16 with its byte-order mark",
            cure="Save or export it again as UTF-8",
        ) from fault


def parse_xml(data: bytes, *, place: str):
    """Return the root element of an XML document, parsed without entities, DTD or network.

    UserError where it holds a DOCTYPE, is not well formed, is nested deeper than 255 levels, is in
    an encoding that no exporter uses, or holds more markup than `MOST_MARKUP`.
    """
    text = decode(data, place=place, encoding=_declared_encoding(data, place)).lstrip("\ufeff")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)
    if _after_prolog(text).startswith("<!"):
        raise doctype_fault(place)
    if text.count("<") + text.count("=") > MOST_MARKUP:
        raise UserError(
            place=place,
            found="far too much markup",
            expected=f"at most {MOST_MARKUP:,} elements and attributes",
            cure="If the file is really yours, export it in several projects: all are read",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as fault:
        raise UserError(
            place=place,
            found=f"XML that cannot be read ({_first_line(fault)})",
            expected="a well-formed project or codebook",
            cure="Copy the file again, or export the project again",
        ) from fault


def _after_prolog(text: str) -> str:
    """Return what follows the white space, comments and instructions at the start."""
    position = 0
    while True:
        position = _skip_space(text, position)
        closing = {"<!--": "-->", "<?": "?>"}
        opening = next((mark for mark in closing if text.startswith(mark, position)), None)
        end = text.find(closing[opening], position) if opening else -1
        if end < 0:
            return text[position : position + 20]
        position = end + len(closing[opening])


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _declared_encoding(data: bytes, place: str) -> str:
    head = data[:200].replace(b"\0", b"")
    declared = re.search(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", head)
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if name not in ENCODINGS:
        raise UserError(
            place=place,
            found=f"the encoding {name}",
            expected="UTF-8 or UTF-16",
            cure="Export the project again",
        )
    return name


def _first_line(fault: Exception) -> str:
    # The parser's message may quote the document, which must not reach a log: keep its place only.
    line = getattr(fault, "lineno", None)
    return f"line {line}" if line else type(fault).__name__
