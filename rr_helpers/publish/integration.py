"""Numbers and words put together: rows of joint displays and of the triangulation, checked.

    numbers = {"Q1-broker": Number(shown=change["Span"], below=0, again=brokerage_change(…))}
    JointDisplay(joint_rows(edition, numbers), title="…")

Every row is declared in the sheet 'theme'. What it shows is computed again before it is shown, its
quotations must stand in the source word for word, and the team's call from the sheet 'judgement'
stands beside a proposal computed from released figures only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rr_helpers.disclosure import ClearedQuotation, ReleasedCount, SafeEstimate, protect
from rr_helpers.errors import UserError
from rr_helpers.publish.edition import Edition
from rr_helpers.qualitative import (
    NONE_FOUND,
    NONE_QUOTABLE,
    contrary_codings,
    effective_voices,
    is_verbatim,
    joint_display,
    triangulate,
)
from rr_helpers.results import Estimate
from rr_helpers.study import in_window

NUMBERS, WORDS = "Numbers", "Words"
NO_CODES = "The sheet 'theme' names no codes for this row yet."
# The seven kinds of source, by the methods that coded documents come from.
METHODS = {
    "R&R staff": ("interview_staff",),
    "Partners": ("interview_partner",),
    "Delegates": ("interview_delegate",),
    "Case files": ("file_vcs", "file_statutory"),
    "Panels seen": ("panel_observation",),
    "Case reviews": ("case_review",),
    "Young people": ("survey_text",),
}
# A theme goes one way where at most a quarter of the documents that speak to it go the other.
CLEARLY_FOR, CLEARLY_AGAINST = 0.25, 0.75
# A released count may differ from the true one by less than this.
ROUNDED_BY = 5
_FRACTIONS = {
    0.1: "a tenth",
    0.2: "a fifth",
    0.25: "a quarter",
    1 / 3: "a third",
    0.5: "half",
}
_TABLES = {
    "for_": ("themes", "coded_sources", "theme"),
    "against": ("themes_against", "coded_sources", "theme_against"),
    "people": ("theme_speakers", "coded_speakers", "theme"),
    "people_against": ("theme_speakers_against", "coded_speakers", "theme_against"),
}
_SAID = (
    "{for_} documents speak for it and {against} against it, of {documents} coded; in their own "
    "words, {people} people for it and {people_against} against it, of {speakers} who spoke. "
)


@dataclass(frozen=True, kw_only=True)
class Number:
    """The number of one row, and what it would show if the theme's claim were true.

    shown: the protected estimate, as the chapter shows it. what: what it measures, in words without
    digits, for a joint display. above, below: the number, or the other
    protected estimate, that it lies beyond where the claim is true; neither where the number only
    describes. again: the Estimate, computed once more where the display stands, so that a number
    from a cell that was run before the data changed is found out.
    """

    shown: SafeEstimate
    again: Estimate
    what: str = ""
    above: float | SafeEstimate | None = None
    below: float | SafeEstimate | None = None

    def __post_init__(self):
        if self.above is not None and self.below is not None:
            raise UserError(
                place="Number",
                found="both above and below",
                expected="the one side on which the claim would put the number",
                cure="Drop one of them",
            )

    @property
    def direction(self) -> str:
        """``"supports"``, ``"contradicts"`` or ``"mixed"``; ``"silent"`` where it cannot say."""
        limit = self.above if self.above is not None else self.below
        reach, bounds = _ends(self.shown), _ends(limit)
        if reach is None or bounds is None:
            return "silent"
        higher, lower = reach[0] > bounds[1], reach[1] < bounds[0]
        if self.below is not None:
            higher, lower = lower, higher
        return "supports" if higher else "contradicts" if lower else "mixed"


def joint_rows(edition: Edition, numbers: Mapping[str, Number]) -> list[dict]:
    """Return the rows of a joint display, one for each theme_id of `numbers`, all checked.

    The proposal is that of the triangulation protocol over two kinds of evidence, numbers and
    words. Raises UserError for a number or count that comes out otherwise when computed again, and
    for a quotation that is not word for word in a passage of its theme.
    """
    themes = edition.coded.themes.set_index("theme_id")
    tables = {name: edition.population(name) for name in ("coded_sources", "coded_speakers")}
    rows = []
    for theme_id, number in numbers.items():
        declared = theme_id in themes.index and len(themes.at[theme_id, "paths"]) > 0
        row = {
            "theme": themes.at[theme_id, "label"] if theme_id in themes.index else theme_id,
            "quantitative": _in_words(number, number.shown),
            **edition.judgement(theme_id),
        }
        if declared:
            rows.append(_declared_row(edition, row, themes.loc[theme_id], number, tables))
        else:
            none = {"exemplar": NONE_FOUND, "contrary": NONE_FOUND, "proposal": "silence"}
            rows.append(row | none | {"qualitative": NO_CODES})
    return rows


def triangulation_rows(edition: Edition, numbers: Mapping[str, Number]) -> list[dict]:
    """Return the rows of the triangulation matrix, one for each theme_id of `numbers`.

    What a method says is read off its released counts of documents for and against the theme, and
    what numbers say off their interval. The team's calls are the rows ``<theme_id>-methods`` of the
    sheet 'judgement'. The proposal follows Farmer et al. (2006); see `triangulate`.
    """
    themes = edition.coded.themes.set_index("theme_id")
    labels = edition.labels("coded_source", "method")
    methods = {name: [labels[code] for code in codes] for name, codes in METHODS.items()}
    for_, against = (
        edition.counts(_TABLES[side][0]).combine(columns=methods) for side in ("for_", "against")
    )
    rows = {}
    for theme_id, number in numbers.items():
        declared = theme_id in themes.index and len(themes.at[theme_id, "paths"]) > 0
        label = themes.at[theme_id, "label"] if theme_id in themes.index else theme_id
        says = {
            method: words_say(for_.count(label, method), against.count(label, method))
            if declared
            else "silent"
            for method in for_.column_labels
        }
        rows[theme_id] = {"theme": label, "says": says | {NUMBERS: number.direction}}
    proposals = _propose({theme_id: row["says"] for theme_id, row in rows.items()})
    return [
        {**row, **edition.judgement(f"{theme_id}-methods"), "proposal": proposals[theme_id]}
        for theme_id, row in rows.items()
    ]


def words_say(for_: ReleasedCount, against: ReleasedCount) -> str:
    """Return what documents say of a theme, from their released counts for and against it."""
    spoken = for_ + against
    if not spoken:
        return "silent"
    share = against / spoken
    if share <= CLEARLY_FOR:
        return "supports"
    return "contradicts" if share >= CLEARLY_AGAINST else "mixed"


def voices_in_words(voices: SafeEstimate) -> str:
    """Return how evenly passages are spread, from the protected number of equal voices alone."""
    if voices.value is None:
        return "Too few voices speak for it to say how evenly its passages are spread."
    # The square of the largest share is at most the sum of all squares.
    most = voices.value**-0.5
    for fraction, words in _FRACTIONS.items():
        if most <= fraction:
            return f"No one person, file or meeting gave more than {words} of the passages for it."
    return "A few voices may carry it: most of the passages for it could be those of one."


def _declared_row(edition: Edition, row: dict, theme, number: Number, tables) -> dict:
    label, paths = theme["label"], theme["paths"]
    said = {side: edition.counts(_TABLES[side][0]).count(label) for side in _TABLES}
    wholes = {
        "documents": edition.counts("themes").total,
        "speakers": edition.counts("theme_speakers").total,
    }
    voices = protect({label: _voices(edition, paths)}, title="Voices")[label]
    template = _SAID + voices_in_words(voices)
    words = words_say(said["for_"], said["against"])
    proposal = _propose({label: {NUMBERS: number.direction, WORDS: words}})[label]
    quoted = {
        key: _quotation(edition, paths, direction)
        for key, direction in (("exemplar", "supports"), ("contrary", "contrary"))
    }
    coded = edition.coded
    spec = row | {
        "qualitative": (template, said | wholes),
        "proposal": proposal,
        **{key: found for key, (found, _) in quoted.items()},
        "codes": list(paths),
        "segments": {key: segment for key, (_, segment) in quoted.items()},
        "recompute": {
            "quantitative": lambda: _in_words(number, _number_again(number, label)),
            "qualitative": lambda: (template, _said_again(said, label, tables) | wholes),
        },
    }
    (checked,) = joint_display(
        [spec], coded.material, marker=coded.markers, refutable=coded.refutable
    )
    return checked


def _propose(says: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    rows = [
        {
            "finding": finding,
            "method": method,
            "covers": said != "silent",
            "direction": None if said == "silent" else said,
        }
        for finding, methods in says.items()
        for method, said in methods.items()
    ]
    columns = ["finding", "method", "covers", "direction"]
    found = triangulate(pd.DataFrame(rows, columns=columns))
    return dict(zip(found["finding"], found["proposal"], strict=True))


def _voices(edition: Edition, paths) -> Estimate:
    sources = in_window(edition.study["coded_source"], "date", edition.window)
    people = sources.dropna(subset=["participant_id"]).set_index("source_name")["participant_id"]
    coded = edition.coded
    material = coded.material.keep_sources(sources["source_name"])
    marker = coded.markers if set(paths) <= set(coded.refutable) else ()
    return effective_voices(material, paths, participants=people.to_dict(), marker=marker)


def _quotation(edition: Edition, paths, direction: str) -> tuple[ClearedQuotation | str, str]:
    """Return the first reviewed quotation of a theme with its segment; or the words that none is.

    NONE_FOUND means that nobody coded such a passage, NONE_QUOTABLE that none was cleared.
    """
    coded = edition.coded
    codings = coded.material.codings
    against = contrary_codings(coded.material, coded.markers)
    against &= codings["code"].isin(coded.refutable)
    mine = codings["code"].isin(paths) & (against if direction == "contrary" else ~against)
    names = set(coded.codes.loc[coded.codes["path"].isin(paths), "name"])
    register = edition.study["quotation"].set_index("quotation_id")["source_name"]
    for quotation in edition.quotations(codes=names, direction=direction):
        source = codings["source"].eq(register[quotation.quotation_id])
        passages = codings[mine & source & codings["verified"].eq(True).fillna(False)]
        for segment, text in zip(passages["segment_id"], passages["text"], strict=True):
            if is_verbatim(quotation.text, text):
                return quotation, segment
        return quotation, ""  # refused by the display, which says what is wrong
    return (NONE_QUOTABLE if mine.any() else NONE_FOUND), ""


def _in_words(number: Number, shown: SafeEstimate) -> tuple[str, dict]:
    """The number as a sentence, and beside it the one that the claim sets it against."""
    template = f"{number.what}: {{number}}" if number.what else "{number}"
    limit = number.above if number.above is not None else number.below
    if not isinstance(limit, SafeEstimate):
        return template, {"number": shown}
    return f"{template}, against {{other}}", {"number": shown, "other": limit}


def _number_again(number: Number, label: str) -> SafeEstimate:
    """Return the shown number where it comes out the same again, and what came out otherwise."""
    again = protect({label: number.again}, title="Computed again")[label]
    parts = ("value", "low", "high", "mark", "unit")
    same = all(getattr(again, part) == getattr(number.shown, part) for part in parts)
    return number.shown if same else again


def _said_again(said: Mapping[str, ReleasedCount], label: str, tables) -> dict:
    """Return the released counts where the study's own counts bear them out, else the latter."""
    again = {}
    for side, (_, population, battery) in _TABLES.items():
        true = int(tables[population][f"{battery}: {label}"].eq("Yes").sum())
        again[side] = said[side] if abs(true - said[side].value) < ROUNDED_BY else true
    return again


def _ends(estimate) -> tuple[float, float] | None:
    if isinstance(estimate, SafeEstimate):
        ends = (estimate.low, estimate.high)
        return None if estimate.value is None or None in ends else ends
    return None if estimate is None else (estimate, estimate)
