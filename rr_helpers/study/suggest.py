"""Loose comparison of what people type with what the schema says, and 'did you mean …?'."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_SPACES = re.compile(r"[\s_–—-]+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"'})
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_LOOKALIKES = str.maketrans({"o": "0", "l": "1", "i": "1", " ": ""})
CLOSE_ENOUGH = 0.6


def tidy(text: str) -> str:
    """Return `text` without leading, trailing, doubled, no-break or invisible spaces."""
    if text.isascii():  # most cells: nothing to normalise, and nothing invisible
        return " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def loosen(text: object) -> str:
    """Return the form in which two spellings of one name are equal.

    Case, spaces, hyphens, underscores, apostrophes and ``&`` for ``and`` make no difference.
    """
    plain = tidy(str(text)).translate(_QUOTES).casefold().replace("&", " and ")
    return _SPACES.sub(" ", plain).strip(" *")


def did_you_mean(typed: object, choices: Iterable[str]) -> str:
    """Return ``Did you mean Hackney?``, or nothing where no choice is close."""
    close = closest(typed, choices)
    return f"Did you mean {close}?" if close else ""


def closest(typed: object, choices: Iterable[str]) -> str:
    """Return the choice nearest to what was typed, or an empty text where none is close."""
    by_form = {}
    for choice in choices:
        by_form.setdefault(loosen(choice), choice)
    found = get_close_matches(loosen(typed), list(by_form), n=1, cutoff=CLOSE_ENOUGH)
    return by_form[found[0]] if found else ""


def same_code(typed: str, known: Iterable[str]) -> str:
    """Return the one known code that differs only in spelling (``yp 0O1`` for ``YP-001``), or "".

    Codes that are merely close are never suggested: the next number is another person.
    """
    form = _code_form(typed)
    same = [code for code in known if _code_form(code) == form]
    return same[0] if len(same) == 1 else ""


def _code_form(code: str) -> str:
    return loosen(code).translate(_LOOKALIKES)
