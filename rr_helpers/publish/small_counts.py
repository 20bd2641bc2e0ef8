"""Signs that protection was skipped: what no rounding could have left on a page.

A released count is a multiple of the base that the note under its table names; so a table that
shows the canary stratum, or any group of one to four, as it was counted is found by its number,
whatever it is called and however it came there.
"""

import re
from collections.abc import Iterator

from rr_helpers.disclosure.published import LICENCES

SMALLEST_PROTECTED = 5
_BASE = re.compile(r"rounded to multiples of (\d+)")
_WHOLE = re.compile(r"[−-]?\d{1,3}(?:[, \u00a0\u202f]?\d{3})*")


def find_unrounded(page) -> Iterator[str]:
    """Yield what is wrong with each table of a page (lxml) that shows a count as it was counted.

    Where the output says to what its counts are rounded, every whole number in it must be such a
    multiple; elsewhere in a chapter none may be 1 to 4. Figures that name the licence under which
    they were published before are left alone, and pages without outputs, whose numbers are those
    of their sources.
    """
    if not page.xpath("//*[contains(@class, 'cell_output')]"):
        return
    for table in page.iter("table"):
        words = _words_around(table)
        if any(licence in words for licence in LICENCES):
            continue
        bases = [int(base) for base in _BASE.findall(words)]
        for cell in table.iter("td"):
            number = _whole_number(cell.text_content())
            if number is None:
                continue
            if bases and all(number % base for base in bases):
                yield f"a count that is no multiple of {min(bases)}"
            elif not bases and 0 < number < SMALLEST_PROTECTED:
                yield f"a count of fewer than {SMALLEST_PROTECTED}"


def _words_around(table) -> str:
    # The note stands beside the table, in the same output; a page holds several outputs.
    for element in table.iterancestors():
        if "cell_output" in element.get("class", "").split() or element.tag == "figure":
            return element.text_content()
    return table.text_content()


def _whole_number(text: str) -> int | None:
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        return None
    return int(re.sub(r"\D", "", text))
