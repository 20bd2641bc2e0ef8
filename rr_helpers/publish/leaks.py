"""Look for the study's identifiers, names and free text in published text, however written."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from urllib.parse import unquote

import numpy as np

from rr_helpers.disclosure.vocabulary import is_usual

RUN = 8  # words in a row that no two writers are likely to share by chance
BESIDE = 2  # of them, how many may lie beside a reviewed quotation
_ODD = np.uint64(0x9E3779B97F4A7C15)  # so that nothing is lost as runs are multiplied
RUN_FOUND = "eight words in a row"
# Soft hyphens, zero-width characters and marks of direction part nothing that a reader would see
# parted.
_PARTS_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_APOSTROPHE = re.compile("['’ʼ]")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_SCRIPT_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
# First names that stand on pages for something else, and for what.
FIRST_NAMES_ALLOWED = {
    "giles": "St Giles Trust, a partner of the programme",
    "mark": "the head of the table of marks",
}
_CAPITALISED = re.compile(r"\b[A-Z][a-z]{2,}\b")
_STYLE_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n]?")


def find_leaks(text: str, sought: "Sought") -> set[str]:
    """Return which of the sought identifiers or names stand in `text`, as words of its own.

    The text is read in several ways: as it stands, with escapes of HTML, JavaScript, style sheets
    and addresses undone, and without tags (so that ``YP<b>001</b>`` and ``Ann<br>Lee`` are seen).
    `RUN_FOUND` is among what comes back where eight words in a row are the study's free text; the
    words themselves are never told.
    """
    found = set()
    for reading in _readings(text):
        words = split_words(reading)
        found |= set(sought.among(words))
        for word in _CAPITALISED.findall(reading) if sought.first_names else ():
            if word.casefold() in sought.first_names:
                found.add(sought.first_names[word.casefold()])
        if sought.runs and RUN_FOUND not in found:
            spoken = _spoken_words(reading) if _APOSTROPHE.search(reading) else words
            if sought.runs.meet(spoken):
                found.add(RUN_FOUND)
    return found


class WordRuns:
    """Runs of eight words, hashed; equal where they hold the same.

    No text can be read from the hashes, which are the same in every process. hashes: uint64, each
    once, in order.
    """

    def __init__(self, hashes: Iterable[int] | np.ndarray = ()):
        self.hashes = np.unique(np.asarray(hashes, dtype=np.uint64))

    def __len__(self) -> int:
        return len(self.hashes)

    def __or__(self, other: "WordRuns") -> "WordRuns":
        return WordRuns(np.concatenate([self.hashes, other.hashes]))

    def __eq__(self, other) -> bool:
        return isinstance(other, WordRuns) and np.array_equal(self.hashes, other.hashes)

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """One digest over all of them."""
        return hashlib.sha256(self.hashes.astype("<u8").tobytes()).hexdigest()

    def meet(self, words: Sequence[str]) -> bool:
        """Return whether eight of `words` in a row are among them."""
        asked = _in_a_row(_numbered(words), RUN)
        place = np.searchsorted(self.hashes, asked)
        place[place == len(self.hashes)] = 0
        return bool(len(self.hashes) and (self.hashes[place] == asked).any())


NO_RUNS = WordRuns()


class Sought:
    """Identifiers or names made ready for looking up: thousands cost no more than one.

    Case, width, spacing and punctuation do not matter: ``"YP0001"`` also finds ``yp-0001``; nor
    does the order of a name: ``"Ann Lee"`` also finds ``Lee, Ann``. One of fewer than five digits,
    four letters (initials) or three of both is left out, since numbers and scraps of words on any
    page would match; `left_out` lists those. The first part of a name of several is also found
    alone, where it stands with a capital and is no usual word (nor one of FIRST_NAMES_ALLOWED).
    runs: free text, from `word_runs`.
    """

    def __init__(self, texts: Iterable[str] = (), *, runs: WordRuns = NO_RUNS):
        self.by_words: dict[tuple[str, ...], str] = {}
        self.left_out: list[str] = []
        self.first_names: dict[str, str] = {}
        self.runs = runs
        for text in map(str, texts):
            words = tuple(split_words(text))
            if _is_common("".join(words)):
                self.left_out.append(text)
                continue
            self.by_words[words] = text
            if len(words) > 1 and all(word.isalpha() for word in words):
                self.by_words.setdefault((words[-1], *words[:-1]), text)
                if _is_first_name(text, words[0]):
                    self.first_names.setdefault(words[0], text)
        self._lengths: dict[str, set[int]] = {}
        for words in self.by_words:
            self._lengths.setdefault(words[0], set()).add(len(words))

    def among(self, words: list[str]) -> Iterator[str]:
        """Yield what is sought and stands in `words`, from `split_words`, in a row."""
        # Few words of a page begin anything that is sought.
        begins = self._lengths.keys() & set(words)
        for place, word in enumerate(words) if begins else ():
            if word in begins:
                for length in self._lengths[word]:
                    run = tuple(words[place : place + length])
                    if run in self.by_words:
                        yield self.by_words[run]


def word_runs(texts: Iterable[str], *, reviewed: Iterable[str] = ()) -> WordRuns:
    """Return every run of eight words of `texts`, hashed, but those of a reviewed quotation.

    A run with at most two words beside the quotation counts as the quotation's: by chance the
    words around it on a page may be those around it in the text.
    """
    part = RUN - BESIDE
    said, whole = _joined(reviewed)
    allowed = _in_a_row(said, part)[_within_one(whole, part)]
    said, whole = _joined(texts)
    inside = np.isin(_in_a_row(said, part), allowed)
    runs = _in_a_row(said, RUN)
    theirs = np.zeros(len(runs), dtype=bool)
    for place in range(BESIDE + 1):
        theirs |= inside[place : place + len(runs)]
    return WordRuns(runs[_within_one(whole, RUN) & ~theirs])


def _joined(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """The words of all texts as numbers, one text after another, and of which text each is."""
    words = [_numbered(_spoken_words(text)) for text in texts]
    numbers = np.concatenate([np.empty(0, dtype=np.uint64), *words])
    return numbers, np.repeat(np.arange(len(words)), list(map(len, words)))


def _within_one(whole: np.ndarray, length: int) -> np.ndarray:
    """Which runs, by where they begin, lie within one text."""
    return whole[: max(len(whole) - length + 1, 0)] == whole[length - 1 :]


def split_words(text: str) -> list[str]:
    """Return the words and numbers of `text`, folded so that variants of spelling are the same."""
    return _WORD.findall(_folded(text))


def _folded(text: str) -> str:
    if not text.isascii():
        text = _PARTS_NOTHING.sub("", unicodedata.normalize("NFKC", text))
    return text.casefold()


def _numbered(words: Sequence[str]) -> np.ndarray:
    return np.fromiter(map(_number, words), dtype=np.uint64, count=len(words))


@cache
def _number(word: str) -> int:
    # Python hashes words anew in every process.
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _in_a_row(numbers: np.ndarray, length: int) -> np.ndarray:
    """One number for each run of `length`, where it begins: a polynomial of those in it."""
    count = max(len(numbers) - length + 1, 0)
    runs = np.zeros(count, dtype=np.uint64)
    for start in range(length):  # what is above 64 bits falls off
        runs = runs * _ODD + numbers[start : start + count]
    return runs


def _spoken_words(text: str) -> list[str]:
    # "don't" is one word here, or phrases that everyone uses would be long enough.
    return split_words(_APOSTROPHE.sub("", text))


def _is_common(joined: str) -> bool:
    shortest = 5 if joined.isdigit() else 4 if joined.isalpha() else 3
    return len(joined) < shortest


def _is_first_name(text: str, first: str) -> bool:
    # A school is no person: its words stand on many pages.
    return (
        all(part[:1].isupper() for part in text.split())
        and len(text.split()) == 2
        and len(first) > 2
        and not is_usual(first)
        and first not in FIRST_NAMES_ALLOWED
    )


def _readings(text: str) -> Iterator[str]:
    yield from dict.fromkeys((text, plain := _without_escapes(text)))
    for between in ("", " ") if "<" in text or "<" in plain else ():
        for tagged in dict.fromkeys((text, plain)):
            yield _without_escapes(re.sub(r"<[^>]*>", between, tagged))
    if "\\" in text:
        yield _STYLE_ESCAPE.sub(_character, text)


def _without_escapes(text: str) -> str:
    for _ in range(3):  # escapes of escapes
        before = text
        text = html.unescape(text) if "&" in text else text
        text = _SCRIPT_ESCAPE.sub(_character, text) if "\\" in text else text
        text = unquote(text) if "%" in text else text
        if text == before:
            break
    return text


def _character(code: re.Match) -> str:
    number = int(next(group for group in code.groups() if group), 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else " "
