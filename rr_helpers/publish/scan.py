"""Everything that can be read in one published file: archives, pictures, PDF, encodings undone.

What a plain search cannot see: the sheets inside a spreadsheet (a zip of XML, hidden sheets,
properties, comments and defined names included), archives inside archives, gzip and its like, text
chunks of pictures, streams of PDF, base64 and hexadecimal, numbers packed into typed arrays.
Text drawn as pixels or as glyphs without a table of characters cannot be found by any search: only
the stamps of outputs and the refusal of unstamped pictures help there.
"""

import base64
import binascii
import bz2
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_BYTES, DEEPEST = 200_000_000, 8  # of one published file, all that it holds counted
PNG, PDF, GZIP = b"\x89PNG\r\n\x1a\n", b"%PDF-", b"\x1f\x8b"
# How many bytes one packed number takes: floats, then whole numbers, by their struct codes.
PACKED = "dfqiQIHh"
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){5,}")
# The numbers by which the search index names pages, bare after a word: 'educ:12' is no identifier.
SEARCH_INDEX = "searchindex.js"
_PAGE_NUMBERS = re.compile(r'"(?:[^"\\]|\\.)*"|(?<=[\[:,]) ?\d{1,3}(?=[\],}])')
_LETTERS = re.compile(rb"[\t\n\r\x20-\x7e]{4,}")
_WIDE_LETTERS = re.compile(rb"(?:[\x20-\x7e]\x00){4,}")
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_PDF_TEXT = re.compile(rb"\(((?:\\.|[^()\\])*)\)", re.DOTALL)
_PDF_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r?\n|.))", re.DOTALL)
_PDF_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b""}
_PDF_LETTERS |= {b"\r\n": b""}
_PDF_HEXADECIMAL = re.compile(rb"<([0-9a-fA-F\s]{4,})>")


class Unsearchable(Exception):
    """A file, or something inside it, that cannot be searched to the bottom; says why."""


@dataclass(frozen=True)
class Layer:
    """One thing that can be read in a file: where in it, its text, and its bytes."""

    place: str
    text: str
    data: bytes


def read_layers(name: str, data: bytes) -> Iterator[Layer]:
    """Yield everything readable in one file, the file itself first, depth first.

    Raises Unsearchable, after what could be read, for archives that are broken, locked, too large
    or too deep: what cannot be searched may not be published.
    """
    left = [MOST_BYTES]
    yield from _read(name, data, 0, left)


def holds_number(data: bytes, number: float) -> bool:
    """True where the bytes hold the number as an element of a typed array, of any common type."""
    return any(
        place % len(pattern) == 0 for pattern in _packed(number) for place in _places(pattern, data)
    )


def _read(place: str, data: bytes, depth: int, left: list[int]) -> Iterator[Layer]:
    left[0] -= len(data)
    if left[0] < 0:
        raise Unsearchable(f"more than {MOST_BYTES:,} bytes when unpacked")
    if depth > DEEPEST:
        raise Unsearchable(f"packed more than {DEEPEST} times over")
    text = _as_text(data)
    if text is not None and place.rpartition("/")[2] == SEARCH_INDEX:
        text = _PAGE_NUMBERS.sub(lambda found: found[0] if found[0][0] == '"' else "", text)
    yield Layer(place, text if text is not None else _strings(_outside_streams(data)), data)
    for inside, part in _parts(data, left):
        yield from _read(f"{place}, {inside}", part, depth + 1, left)
    if text is not None:
        for inside, part in _encoded(text):
            yield from _read(f"{place}, {inside}", part, depth + 1, left)


def _as_text(data: bytes) -> str | None:
    marks = (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if data.startswith(marks) else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _outside_streams(data: bytes) -> bytes:
    """The bytes of a PDF without its packed streams, each of which is read by itself."""
    return _without_strings(_PDF_STREAM.sub(b" ", data)) if PDF in data[:1024] else data


def _without_strings(piece: bytes) -> bytes:
    """A piece of PDF without its strings, which are read by themselves, and without brackets.

    What is left are commands and whole numbers: brackets would be taken for HTML, and fractions are
    places on the paper.
    """
    return re.sub(
        rb"<<|>>|-?\d*\.\d+", b" ", _PDF_HEXADECIMAL.sub(b" ", _PDF_TEXT.sub(b" ", piece))
    )


def _unescaped(string: bytes) -> bytes:
    """A string of PDF with its escapes undone: \\101 is an A, a broken line goes on."""
    return _PDF_ESCAPE.sub(_pdf_character, string)


def _pdf_character(found: re.Match) -> bytes:
    digits, letter = found.groups()
    return bytes([int(digits, 8) & 255]) if digits else _PDF_LETTERS.get(letter, letter)


def _strings(data: bytes) -> str:
    """The runs of letters in bytes that are no text, as one and as two bytes a letter."""
    narrow = (run.decode("ascii") for run in _LETTERS.findall(data))
    wide = (run[::2].decode("ascii") for run in _WIDE_LETTERS.findall(data))
    return "\n".join([*narrow, *wide])


def _parts(data: bytes, left: list[int]) -> Iterator[tuple[str, bytes]]:
    if b"PK\x03\x04" in data[:4] or zipfile.is_zipfile(io.BytesIO(data)):
        yield from _members(data, left)
    elif data.startswith(GZIP):
        yield "unpacked", _inflated(zlib.decompressobj(31), data, left)
    elif data.startswith(b"BZh"):
        yield "unpacked", _inflated(bz2.BZ2Decompressor(), data, left)
    elif data.startswith((b"\xfd7zXZ\x00", b"\x5d\x00\x00")):
        yield "unpacked", _inflated(lzma.LZMADecompressor(), data, left)
    elif data.startswith(PNG):
        yield from _png_chunks(data, left)
    elif PDF in data[:1024]:
        yield from _pdf_parts(data, left)
        yield from _pdf_pages(data)


def _members(data: bytes, left: list[int]) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield "the archive's comment", archive.comment
            for member in archive.infolist():
                if member.file_size > left[0]:
                    raise Unsearchable(f"more than {MOST_BYTES:,} bytes when unpacked")
                yield f"the name of '{member.filename}'", member.filename.encode()
                yield f"'{member.filename}'", archive.read(member)
    # zipfile raises RuntimeError for a password, its subclass for an unknown compression.
    except (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError) as error:
        raise Unsearchable(f"an archive that cannot be opened ({error})") from error


def _inflated(engine, data: bytes, left: list[int]) -> bytes:
    try:
        out = engine.decompress(data, left[0] + 1)
    except (zlib.error, OSError, EOFError, lzma.LZMAError) as error:
        raise Unsearchable(f"packed bytes that cannot be unpacked ({error})") from error
    rest = getattr(engine, "unused_data", b"")
    return out + (b"\n" + rest if rest else b"")


def _png_chunks(data: bytes, left: list[int]) -> Iterator[tuple[str, bytes]]:
    place = len(PNG)
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + length]
        place += length + 12
        name = f"chunk '{kind.decode('latin-1')}'"
        if kind not in (b"IDAT", b"IHDR", b"PLTE"):
            yield name, body
        if kind in (b"zTXt", b"iCCP", b"iTXt"):
            yield from ((f"{name}, unpacked", text) for text in _packed_text(kind, body, left))
        if kind == b"IEND":
            break
    if data[place:]:
        yield "after the picture's end", data[place:]


def _packed_text(kind: bytes, body: bytes, left: list[int]) -> Iterator[bytes]:
    _, _, rest = body.partition(b"\0")
    if kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:]
        *_, rest = rest.split(b"\0", 2)
        if not packed:
            return
    else:
        rest = rest[1:]
    yield _inflated(zlib.decompressobj(), rest, left)


def _pdf_parts(data: bytes, left: list[int]) -> Iterator[tuple[str, bytes]]:
    pieces = [("the document", _PDF_STREAM.sub(b" ", data))]
    for number, stream in enumerate(_PDF_STREAM.findall(data), 1):
        engine = zlib.decompressobj()
        try:
            stream = engine.decompress(stream, left[0] + 1) + engine.unused_data
        except zlib.error:
            pass  # not packed, or a picture's own packing
        pieces.append((f"stream {number}", stream))
        yield f"stream {number}", _without_strings(stream)
    for place, piece in pieces:
        # A line of text is often set letter by letter: [(Y)-20(P)] TJ.
        strings = [_unescaped(string) for string in _PDF_TEXT.findall(piece)]
        yield f"text of {place}", b"".join(strings)
        yield f"text of {place}", b" ".join(strings)
        for digits in _PDF_HEXADECIMAL.findall(piece):
            digits = b"".join(digits.split())
            yield f"text of {place}", bytes.fromhex(digits[: len(digits) // 2 * 2].decode())


def _pdf_pages(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The words of each page, whose glyphs only the document's own tables turn into letters."""
    import pypdfium2

    if b"endstream" not in data:
        return
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unsearchable(f"a PDF that cannot be opened ({error})") from error
    try:
        for number in range(len(document)):
            words = document[number].get_textpage().get_text_bounded()
            # A word that is broken at the end of a line is one word.
            yield f"page {number + 1}", re.sub("[\u00ad\ufffe\u0002]\\s*", "", words).encode()
    finally:
        document.close()


def _encoded(text: str) -> Iterator[tuple[str, bytes]]:
    for run in _BASE64.findall(text):
        try:
            data = base64.b64decode(_padded(run.translate(str.maketrans("-_", "+/"))))
        except binascii.Error:
            continue
        if _is_worth_reading(data):
            yield "base64", data
    for run in _HEXADECIMAL.findall(text):
        data = bytes.fromhex(run)
        if _is_worth_reading(data):
            yield "hexadecimal", data


def _padded(run: str) -> str:
    run = run.rstrip("=")
    return run + "=" * (-len(run) % 4)


def _is_worth_reading(data: bytes) -> bool:
    """True for text, for what can be unpacked, and for whatever is long enough for an array."""
    if len(data) >= 16:
        return True
    text = _as_text(data)
    return text is not None and text.isprintable()


def _packed(number: float) -> Iterable[bytes]:
    for order in "<>":
        for code in PACKED:
            try:
                pattern = struct.pack(order + code, number if code in "df" else int(number))
            except (struct.error, OverflowError):
                continue
            if len(pattern) >= 4:
                yield pattern


def _places(pattern: bytes, data: bytes) -> Iterator[int]:
    place = data.find(pattern)
    while place >= 0:
        yield place
        place = data.find(pattern, place + 1)
