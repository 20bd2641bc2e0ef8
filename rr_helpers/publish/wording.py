"""Words that the team writes for readers, held beforehand to what a build would refuse.

'rr validate' warns of them, with their cell; a build stops where it meets the same words.
"""

from collections.abc import Callable, Iterator, Mapping

from rr_helpers.disclosure import unfit_for_public
from rr_helpers.disclosure.public_wording import FIT, MEND
from rr_helpers.report.sentences import digit_in_words
from rr_helpers.study import Breach, Readings, Rule

# Column -> what finds the part that a build refuses.
_NO_NAMES_OR_FIGURES = {
    ("meeting_action", "wording_public"): unfit_for_public,
    ("briefing", "requested_public"): unfit_for_public,
    ("briefing", "taken_public"): unfit_for_public,
    ("ccr_case", "claim_public"): unfit_for_public,
    ("ccr_case", "rival_public"): unfit_for_public,
    ("ccr_case", "for_public"): unfit_for_public,
    ("ccr_case", "against_public"): unfit_for_public,
}
_NO_DIGITS = {
    ("theme", "label_public"): digit_in_words,
    ("judgement", "inference"): digit_in_words,
    ("judgement", "reason"): digit_in_words,
}
_Columns = Mapping[tuple[str, str], Callable[[str], str]]


def find_words_not_for_the_public(readings: Readings) -> Iterator[Breach]:
    """Words that a page shows as they stand have no figure, address or name."""
    yield from _find(readings, _NO_NAMES_OR_FIGURES, expected=FIT, cure=MEND)


def find_typed_numbers(readings: Readings) -> Iterator[Breach]:
    """Words beside numbers have no digit: a number is put in from what was released."""
    expected = "words without digits, apart from names such as Q3 or level 2"
    yield from _find(readings, _NO_DIGITS, expected=expected, cure="Say it without the number")


def _find(readings: Readings, columns: _Columns, *, expected: str, cure: str) -> Iterator[Breach]:
    for (table, column), refused in columns.items():
        if table not in readings:
            continue
        for index, text in readings[table].frame[column].dropna().items():
            part = refused(str(text))
            if part:
                yield Breach(
                    table=table,
                    index=index,
                    column=column,
                    found=f"{column} holds '{part}', for which a build would stop",
                    expected=expected,
                    cure=cure,
                )


WORDING_RULES = (
    Rule("words not for the public", "warning", find_words_not_for_the_public),
    Rule("number among words", "warning", find_typed_numbers),
)
