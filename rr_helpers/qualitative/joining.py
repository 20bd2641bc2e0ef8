"""Joint displays declared in full and checked before they are shown: numbers, words, contraries.

Guetterman, Fetters and Creswell (2015), Annals of Family Medicine 13: 554-561.
"""

import dataclasses
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.qualitative.counting import code_paths
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.realist import contrary_codings

SHOWN = (
    "theme",
    "quantitative",
    "qualitative",
    "exemplar",
    "contrary",
    "integration",
    "proposal",
    "reason",
    "inference",
    "confidence",
)
DECLARED = (*SHOWN, "codes", "recompute", "segments")
CALLS = ("agreement", "partial", "silence", "dissonance", "open")
NONE_FOUND = "none found"
NONE_QUOTABLE = "none that may be quoted"


def joint_display(
    spec: Sequence[Mapping],
    material: CodedMaterial,
    *,
    marker: str | Collection[str],
    refutable: Collection[str] | None = None,
) -> list[dict]:
    """Check a declared joint display and return its rows, as the report's joint display takes them.

    spec: one mapping per theme. theme, quantitative, qualitative, exemplar, contrary, integration
        (the team's call), proposal (the computed one), reason, inference and confidence are what
        is shown. codes: paths of the theme, with the codes below them. recompute:
        ``"quantitative"`` and ``"qualitative"`` to a function without arguments that computes the
        number again from the data; words need none. segments: ``"exemplar"`` and ``"contrary"`` to
        the segment id the quotation is from.
    exemplar and contrary are quotations, as text or with a `text` attribute, in which [brackets]
        stand for replaced words, or the words ``"none found"``, or ``"none that may be quoted"``
        where there are passages and none was cleared.
    marker: path or paths of the codes that mark a passage as speaking against what is coded in it.
    refutable: paths of the codes that a marked passage speaks against; all codes by default. Beside
        any other code (a barrier given as the reason) a marker says nothing of that code.

    Refused, with the theme named: a number that comes out otherwise when computed again, or that
    nothing computes; a quotation that is not word for word in its segment, a segment that is not
    verified in its source or is not of the theme; a contrary quotation that nobody marked as
    contrary, and an exemplar that somebody did; ``"none found"`` where there are such passages, and
    ``"none that may be quoted"`` where there are not.
    Returns a list of mappings with the ten keys that are shown. UserError for what is refused.
    """
    markers = [marker] if isinstance(marker, str) else list(marker)
    if markers:
        _require_codes(markers, material, "joint display, marker")
    codings = material.codings
    against = contrary_codings(material, markers)
    if refutable is not None:
        against &= codings["code"].isin(list(refutable))
    codings = codings.assign(against=against)
    return [_checked(row, number, material, codings) for number, row in enumerate(spec, start=1)]


def _checked(row: Mapping, number: int, material: CodedMaterial, codings: pd.DataFrame) -> dict:
    place = f"joint display, row {number}"
    if set(row) != set(DECLARED):
        different = sorted(set(row) ^ set(DECLARED))
        raise _fault(
            place,
            f"missing or unknown: {', '.join(different)}",
            f"exactly {', '.join(DECLARED)}",
            "Declare every part; 'recompute' and 'segments' may be empty",
        )
    place = f"joint display, '{row['theme']}'"
    for key in ("integration", "proposal"):
        if row[key] not in CALLS:
            found, expected = f"'{row[key]}'", f"one of {', '.join(CALLS)}"
            raise _fault(f"{place}, {key}", found, expected, "Choose one")
    for key in ("quantitative", "qualitative"):
        _check_number(row[key], row["recompute"].get(key), f"{place}, {key}")
    _require_codes(list(row["codes"]), material, f"{place}, codes")
    below = tuple(f"{path}/" for path in row["codes"])
    of_theme = codings["code"].isin(list(row["codes"])) | codings["code"].str.startswith(below)
    theme = codings[of_theme]
    for key in ("exemplar", "contrary"):
        where = f"{place}, {key}"
        if isinstance(row[key], str) and row[key] in (NONE_FOUND, NONE_QUOTABLE):
            _check_none(row[key], theme, key, where)
        else:
            _check_quotation(row[key], row["segments"].get(key), theme, material, key, where)
    return {key: row[key] for key in SHOWN}


def _check_number(shown, compute: Callable | None, place: str) -> None:
    if isinstance(shown, str):
        return
    if compute is None:
        raise _fault(
            place,
            "a number that nothing computes again",
            "a function under 'recompute'",
            "Give the function that computes it from the data",
        )
    again = compute()
    if not same_result(shown, again):
        raise _fault(
            place,
            f"{shown}, but {again} when computed again",
            "the same number",
            "Run the notebook from the top, and find which of the two is out of date",
        )


def same_result(first, second) -> bool:
    """True where two results are the same: numbers to nine digits, tables and records throughout.

    Two numbers that are not defined (NaN) are the same.
    """
    if isinstance(first, float | int) and isinstance(second, float | int):
        both_undefined = math.isnan(first) and math.isnan(second)
        return both_undefined or math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-12)
    if type(first) is not type(second):
        return False
    if isinstance(first, pd.DataFrame | pd.Series):
        return first.equals(second)
    if dataclasses.is_dataclass(first):
        names = [field.name for field in dataclasses.fields(first)]
        return all(same_result(getattr(first, name), getattr(second, name)) for name in names)
    if isinstance(first, Mapping):
        keys = set(first) == set(second)
        return keys and all(same_result(first[key], second[key]) for key in first)
    if isinstance(first, list | tuple):
        pairs = zip(first, second, strict=False)
        return len(first) == len(second) and all(same_result(*pair) for pair in pairs)
    return bool(first == second)


def _check_none(said: str, theme: pd.DataFrame, key: str, place: str) -> None:
    found = int((theme["against"] if key == "contrary" else ~theme["against"]).sum())
    if bool(found) != (said == NONE_QUOTABLE):
        kind = "speak against it" if key == "contrary" else "speak for it"
        how_many = f"{found} codings" if found else "no coding"
        raise _fault(
            place,
            f"'{said}', but {how_many} of the theme {kind}",
            f"a quotation, '{NONE_FOUND}' where there is no passage, '{NONE_QUOTABLE}' where there "
            "is one that nobody cleared",
            "Choose one that may be quoted, or the words that hold",
        )


def _check_quotation(quotation, segment, theme, material, key: str, place: str) -> None:
    rows = theme[theme["segment_id"].eq(segment).fillna(False)]
    if rows.empty:
        raise _fault(
            place,
            "a quotation whose segment is not coded to the theme",
            "the segment id, under 'segments', of a coding of the theme",
            f"Give the id, or the words '{NONE_FOUND}'",
        )
    row = rows.iloc[0]
    if bool(row["against"]) != (key == "contrary"):
        is_not = "not marked" if key == "contrary" else "marked"
        raise _fault(
            place,
            f"a passage {is_not} as speaking against the theme",
            "a contrary passage is marked, an exemplar is not",
            "Choose another, or code the passage as what it is",
        )
    if not _is_verified(row, material):
        raise _fault(
            place,
            "a segment that could not be verified in its source",
            "words that stand in the source at the place given",
            "Look the passage up in the coding tool and export the project again",
        )
    words = quotation if isinstance(quotation, str) else getattr(quotation, "text", "")
    if not is_verbatim(words, row["text"]):
        raise _fault(
            place,
            "words that are not in the segment as they stand",
            "the speaker's words, apart from [bracketed] replacements",
            "Correct the quotation",
        )


def _is_verified(row, material: CodedMaterial) -> bool:
    text = material.texts.get(row["source_id"])
    if text is None or pd.isna(row["start"]) or pd.isna(row["verified"]):
        return False
    return bool(row["verified"]) and text[row["start"] : row["end"]] == row["text"]


def is_verbatim(quotation: str, said: str) -> bool:
    """True where the words outside [brackets] occur in what was said, whole and in their order.

    White space counts as one space; a quotation without a word outside brackets is none.
    """
    pieces = [" ".join(piece.split()) for piece in re.split(r"\[[^\[\]]*\]", quotation)]
    pieces = [re.escape(piece) for piece in pieces if piece]
    if not any(re.search(r"\w", piece) for piece in pieces):
        return False
    # Whole words only: a piece does not begin or end inside one.
    whole = [rf"(?<!\w){piece}" if piece[0].isalnum() else piece for piece in pieces]
    whole = [rf"{piece}(?!\w)" if piece[-1].isalnum() else piece for piece in whole]
    place, words = 0, " ".join(said.split())
    for piece in whole:
        found = re.compile(piece).search(words, place)
        if found is None:
            return False
        place = found.end()
    return True


def _require_codes(paths: list[str], material: CodedMaterial, place: str) -> None:
    known = set(code_paths(material, roll_up=True))
    for path in paths or [""]:
        if path not in known:
            raise _fault(
                place,
                f"'{path}'",
                "a path of the codebook, such as 'Mechanism/Trusted adult'",
                "Correct the path, or code to it first",
            )


def _fault(place: str, found: str, expected: str, cure: str) -> UserError:
    return UserError(place=place, found=found, expected=expected, cure=cure)
