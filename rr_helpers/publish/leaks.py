"""Look for the study's identifiers and names in published text, however it is written."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

# Soft hyphens, zero-width characters and marks of direction part nothing that a reader would see
# parted.
_PARTS_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def find_leaks(text: str, sought: "Sought") -> set[str]:
    """Return which of the sought identifiers or names stand in `text`, as words of its own.

    The text is read in several ways: as it stands, with HTML and JavaScript escapes undone,
    without tags (so that ``YP<b>001</b>`` and ``Ann<br>Lee`` are seen), and with addresses decoded.
    """
    found = set()
    for reading in _readings(text):
        words = split_words(reading)
        for length in sought.lengths:
            runs = set(zip(*(words[start:] for start in range(length)), strict=False))
            found |= {sought.by_words[run] for run in runs & sought.by_words.keys()}
    return found


class Sought:
    """Identifiers or names made ready for looking up: thousands cost no more than one.

    Case, width, spacing and punctuation do not matter: ``"YP0001"`` also finds ``yp-0001``. One
    of fewer than five digits, four letters (initials) or three of both is left out, since numbers
    and scraps of words on any page would match; `left_out` lists those.
    """

    def __init__(self, texts: Iterable[str]):
        self.by_words: dict[tuple[str, ...], str] = {}
        self.left_out: list[str] = []
        for text in map(str, texts):
            words = tuple(split_words(text))
            if _is_common("".join(words)):
                self.left_out.append(text)
            else:
                self.by_words[words] = text
        self.lengths = sorted({len(words) for words in self.by_words})


def _is_common(joined: str) -> bool:
    shortest = 5 if joined.isdigit() else 4 if joined.isalpha() else 3
    return len(joined) < shortest


def split_words(text: str) -> list[str]:
    """Return the words and numbers of `text`, folded so that variants of spelling are the same."""
    if not text.isascii():
        text = _PARTS_NOTHING.sub("", unicodedata.normalize("NFKC", text))
    return re.findall(r"[^\W\d_]+|\d+", text.casefold())


def _readings(text: str) -> Iterator[str]:
    plain = html.unescape(re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text))
    yield plain
    if "<" in text:
        for between in ("", " "):
            yield html.unescape(re.sub(r"<[^>]*>", between, text))
    if "%" in text:
        yield unquote(plain)
