"""A finding: one plain sentence, its numbers, how sure we are, and what it cannot say."""

import re
from collections.abc import Mapping, Sequence

from rr_helpers.disclosure.figures import SafeEstimate
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.disclosure.stamp import Cleared
from rr_helpers.errors import UserError
from rr_helpers.report.markup import bundle, escape, make_id
from rr_helpers.report.sentences import (
    fill_sentence,
    refuse_typed_numbers,
    require_text,
    safe_numbers,
)

# How sure we are, in words a board member can use, strongest first.
STRENGTHS = {
    "strong": "Strong: several kinds of evidence agree",
    "moderate": "Moderate: good evidence, with some gaps",
    "limited": "Limited: one source, few people, or mixed evidence",
    "insufficient": "Insufficient: we cannot say",
}
DESIGNS = ("observational", "randomised")
CAUSAL_WORDS = re.compile(
    r"\b(caus(e|es|ed|ing)|le(d|ads|ading) to|result(s|ed|ing)? in|as a result of|"
    r"impacts? (of|on)|effects? (of|on)|due to|because of|thanks to|made a difference)\b",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"[A-Za-z][\w.-]{0,39}")


class Finding:
    """One finding, as a page shows it and as the front page is composed of it.

    sentence: a template such as ``"{share} of {referred} referrals were accepted"``; numbers: the
    safe number for each name. No digit may be typed, and no causal word used unless
    design="randomised". evidence: words and SafeTables (shown by title), one or several. strength:
    a key of `STRENGTHS`. plan: the id of the entry in the analysis plan, or None for exploratory.
    """

    def __init__(
        self,
        *,
        id: str,
        question: str,
        sentence: str,
        evidence: str | SafeTable | Sequence,
        strength: str,
        limits: str | Sequence[str],
        numbers: Mapping[str, object] | None = None,
        plan: str | None = None,
        design: str = "observational",
    ):
        self.id, self.question, self.strength, self.plan = id, question, strength, plan
        place = f"Finding '{id}'"
        for what, name in (("id", id), ("question", question), ("plan", plan or "none")):
            _require_identifier(name, what, place)
        _require_one_of("strength", strength, STRENGTHS, place)
        _require_one_of("design", design, DESIGNS, place)
        evidence = _as_list(evidence)
        tables = [item for item in evidence if isinstance(item, SafeTable)]
        sentence = require_text(sentence, "sentence", place=place)
        if design != "randomised":
            refuse_causal_words(sentence, place)
        self.sentence = fill_sentence(sentence, numbers, place=place, tables=tables)
        self.evidence = [_evidence_words(item, place) for item in evidence]
        self.limits = [_plain_words(item, "limits", place) for item in _as_list(limits)]
        self.numbers = {name: str(value) for name, value in (numbers or {}).items()}
        self.estimates = [
            _estimate_as_shown(name, value)
            for name, value in (numbers or {}).items()
            if isinstance(value, SafeEstimate)
        ]
        self.title = id
        self.html = self._html()
        self._cleared = safe_numbers(numbers) + [e for e in evidence if isinstance(e, Cleared)]

    def __repr__(self) -> str:
        return f"<Finding '{self.id}': {self.sentence}>"

    def as_data(self) -> dict:
        """Return the finding as plain data, from which other pages are composed.

        `estimates` holds those of its numbers that are estimates, as the sentence shows them:
        rounded or withheld, never the values they were protected from.
        """
        kept = ("id", "question", "sentence", "numbers", "evidence", "strength", "limits", "plan")
        kept += ("estimates",)
        return {name: getattr(self, name) for name in kept}

    def _html(self) -> str:
        label = make_id("finding", self.id)
        planned = f"Planned analysis {self.plan}" if self.plan else "Exploratory: not in the plan"
        details = {
            "How sure": [STRENGTHS[self.strength]],
            "Evidence": self.evidence,
            "Limits": self.limits,
            "Plan": [planned],
        }
        terms = "".join(
            f"<div><dt>{term}</dt>" + "".join(f"<dd>{escape(t)}</dd>" for t in texts) + "</div>"
            for term, texts in details.items()
        )
        return (
            f'<section class="rr-finding rr-strength-{self.strength}" aria-labelledby="{label}">'
            f'<p class="rr-sentence" id="{label}">{escape(self.sentence)}</p>'
            f'<dl class="rr-finding-details">{terms}</dl></section>'
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        finding = self.as_data()
        return bundle("Finding", self.title, self.html, cleared=self._cleared, finding=finding)


_SHOWN = ("value", "low", "high", "level", "unit", "clusters", "text", "interval", "rests_on")


def _estimate_as_shown(name: str, estimate: SafeEstimate) -> dict:
    return {"name": name} | {key: getattr(estimate, key) for key in _SHOWN}


def _require_identifier(name, what: str, place: str) -> None:
    if not isinstance(name, str) or not _IDENTIFIER.fullmatch(name):
        raise UserError(
            place=place,
            found=f"{what} {name!r}",
            expected="a short name of letters, digits, '-', '_' or '.', starting with a letter",
            cure=f"Correct {what}",
        )


def _require_one_of(what: str, value: str, allowed, place: str) -> None:
    if value not in allowed:
        raise UserError(
            place=place,
            found=f"{what} '{value}'",
            expected=f"one of {', '.join(allowed)}",
            cure=f"Correct {what}",
        )


def refuse_causal_words(sentence: str, place: str) -> None:
    """Raise UserError where a sentence claims a cause, which no observational design can carry."""
    match = CAUSAL_WORDS.search(sentence)
    if match:
        raise UserError(
            place=place,
            found=f"'{match[0]}' in the sentence",
            expected="words that claim no more than the design can show",
            cure="Say what was found together or over time ('was followed by', 'went with'), or "
            "how R&R may have contributed",
        )


def _as_list(items) -> list:
    single = isinstance(items, str) or not isinstance(items, Sequence)
    return [items] if single else list(items)


def _evidence_words(item, place: str) -> str:
    return item.title if isinstance(item, SafeTable) else _plain_words(item, "evidence", place)


def _plain_words(item, what: str, place: str) -> str:
    text = require_text(item, what, place=place)
    refuse_typed_numbers(text, place=f"{place}, {what}")
    return text
