"""What the team says to a board in its own words: a file of the study folder, read and held to.

    briefings/eval_Y3.toml      in the study folder, one for each reporting window that has one

    [[message]]
    boards = ["operational"]                      # both boards unless said
    finding = "Q1-handover"
    means = "Ties among partners carry more of the work now: {latest} of paths still need R&R."
    only_if = ["change below 0"]                  # the whole interval; else the words go

    [[decision]]
    ask = "Name a lead for young adults in each borough."
    because = ["Q3-time"]

    [[cannot_say]]
    says = "Whether young people who did not engage would say the same."

Numbers stand in no such text: ``{latest}`` is a number of the message's own finding, and
``{Q1-direct.latest}`` one of another. Typed digits, counts in words, names, addresses and causal
words are refused, with the place.
"""

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rr_helpers.disclosure import public_wording
from rr_helpers.errors import UserError
from rr_helpers.publish.declared import require_keys
from rr_helpers.publish.findings import Told
from rr_helpers.publish.gate import spelt_numbers
from rr_helpers.publish.record import digest_file
from rr_helpers.report.findings import refuse_causal_words
from rr_helpers.report.sentences import NAMES_WITH_DIGITS, refuse_typed_numbers

FOLDER = "briefings"  # inside the study folder
BOARDS = {"operational": "the operational board", "strategic": "the strategic board"}
MOST = {"message": 5, "decision": 3, "cannot_say": 4}  # a board, on its one page
_WORDS = {"message": "means", "decision": "ask", "cannot_say": "says"}
_OTHER_KEYS = {
    "message": ("boards", "finding", "only_if"),
    "decision": ("boards", "because"),
    "cannot_say": ("boards",),
}
_CONDITION = re.compile(r"([\w.-]+) (above|below) 0")


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One passage of the team's: its words (a template), for which boards, on which findings."""

    kind: str
    words: str
    place: str
    boards: tuple[str, ...] = tuple(BOARDS)
    findings: tuple[str, ...] = ()
    only_if: tuple[str, ...] = ()


def read_team_words(study_folder: Path, window: str) -> tuple[Passage, ...]:
    """Return the passages written for a window, in their order; none where no file was written.

    UserError where the file cannot be read, holds what it may not, or says more than fits a page.
    """
    path = study_folder / FOLDER / f"{window}.toml"
    if not path.is_file():
        return ()
    place = f"{FOLDER}/{path.name}"
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            place=place,
            found=f"a file that cannot be read ({error})",
            expected="a TOML file, with [[message]], [[decision]] and [[cannot_say]]",
            cure="Compare it with the version before your last change",
        ) from error
    require_keys(declared, required=(), allowed=tuple(_WORDS), place=place)
    passages = tuple(
        _passage(kind, entry, f"{place}, {kind} {number}")
        for kind in _WORDS
        for number, entry in enumerate(declared.get(kind, []), start=1)
    )
    _require_room(passages, place)
    return passages


def words_digest(study_folder: Path, window: str) -> dict[str, str]:
    """Return the digest of the window's file by its path, for the record; empty without one."""
    path = study_folder / FOLDER / f"{window}.toml"
    return {f"{FOLDER}/{path.name}": digest_file(path)} if path.is_file() else {}


def fill(passage: Passage, told: Mapping[str, Told]) -> str | None:
    """Return the passage with its numbers put in; None where what it rests on holds no more.

    told: the findings by id. UserError for a finding or a number that there is not.
    """
    for name in passage.findings:
        _finding(name, told, passage.place)
    if not all(_holds(condition, passage, told) for condition in passage.only_if):
        return None
    numbers = {name: _number(name, passage, told) for name in _names(passage)}
    parts = []
    for text, name, _, _ in string.Formatter().parse(passage.words):
        parts += [text, numbers[name] if name else ""]
    return "".join(parts)


def meanings(passages: Iterable[Passage], told: Mapping[str, Told]) -> dict[str, str]:
    """Return what findings mean in the team's words, by the finding's id, where that still holds.

    told: the findings by id, as for `fill`.
    """
    messages = (one for one in passages if one.kind == "message")
    filled = {one.findings[0]: fill(one, told) for one in messages}
    return {name: words for name, words in filled.items() if words}


def _passage(kind: str, entry: Mapping, place: str) -> Passage:
    key = _WORDS[kind]
    required = (key, "finding") if kind == "message" else (key,)
    require_keys(entry, required=required, allowed=_OTHER_KEYS[kind], place=place)
    boards = tuple(_listed(entry.get("boards", list(BOARDS))))
    for board in boards:
        if board not in BOARDS:
            raise UserError(
                place=place, found=f"the board '{board}'", expected=f"one of {', '.join(BOARDS)}",
                cure="Correct the name",
            )  # fmt: skip
    passage = Passage(
        kind=kind,
        words=" ".join(str(entry[key]).split()),
        place=place,
        boards=boards,
        findings=tuple(_listed(entry.get("finding", entry.get("because", [])))),
        only_if=tuple(_listed(entry.get("only_if", []))),
    )
    _require_public(passage)
    return passage


def _listed(value) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value]


def _require_public(passage: Passage) -> None:
    names = _names(passage)
    plain = passage.words
    for name in names:
        plain = plain.replace(f"{{{name}}}", "so many")
    refuse_typed_numbers(plain, place=passage.place)
    for counted in spelt_numbers(plain):
        raise UserError(
            place=passage.place,
            found=f"people or records counted in words, '{counted}'",
            expected="numbers of findings only, put in by name: {latest}, {Q1-direct.latest}",
            cure="Put the name of a finding's number in its place",
        )
    refuse_causal_words(plain, passage.place)
    bare = NAMES_WITH_DIGITS.sub("so", plain)
    public_wording(pd.DataFrame({"Words": [bare]}), title=passage.place, source="", of="passages")


def _names(passage: Passage) -> list[str]:
    try:
        fields = list(string.Formatter().parse(passage.words))
    except ValueError as error:
        raise UserError(
            place=passage.place, found=f"a brace that does not close ({error})",
            expected="{name} of a number", cure="Close it, or write the sentence without braces",
        ) from None  # fmt: skip
    if any(spec or conversion for _, _, spec, conversion in fields):
        raise UserError(
            place=passage.place, found=f"'{passage.words}'",
            expected="plain names such as {latest}: numbers bring their own format",
            cure="Take out what follows the name",
        )  # fmt: skip
    return [name for _, name, _, _ in fields if name is not None]


def _number(name: str, passage: Passage, told: Mapping[str, Told]) -> str:
    finding, number = _resolve(name, passage, told)
    if number not in finding.numbers:
        raise UserError(
            place=passage.place,
            found=f"{{{name}}}, a number that the finding '{finding.id}' does not have",
            expected=f"one of {', '.join(finding.numbers) or 'none: it has no numbers'}",
            cure="Correct the name",
        )
    return finding.numbers[number]


def _resolve(name: str, passage: Passage, told: Mapping[str, Told]) -> tuple[Told, str]:
    own = passage.findings[0] if passage.findings else ""
    of, dot, number = name.rpartition(".")
    return _finding(of if dot else own, told, passage.place), number


def _finding(name: str, told: Mapping[str, Told], place: str) -> Told:
    if name not in told:
        raise UserError(
            place=place,
            found=f"the finding '{name}'",
            expected=f"one of this edition's: {', '.join(told)}",
            cure="Correct the name, or take the passage out",
        )
    return told[name]


def _holds(condition: str, passage: Passage, told: Mapping[str, Told]) -> bool:
    """Whether the whole interval of an estimate lies on the side that the words need."""
    asked = _CONDITION.fullmatch(condition)
    finding, name = _resolve(asked[1], passage, told) if asked else (None, "")
    shown = {one["name"]: one for one in finding.estimates} if finding else {}
    if name not in shown:
        raise UserError(
            place=passage.place,
            found=f"the condition '{condition}'",
            expected="'NAME above 0' or 'NAME below 0', NAME being an estimate of the finding: "
            f"{', '.join(shown) or 'it has none'}",
            cure="Correct the condition",
        )
    end = shown[name]["low" if asked[2] == "above" else "high"]
    return end is not None and (end > 0 if asked[2] == "above" else end < 0)


def _require_room(passages: Iterable[Passage], place: str) -> None:
    for board in BOARDS:
        for kind, most in MOST.items():
            found = sum(one.kind == kind and board in one.boards for one in passages)
            if found > most:
                raise UserError(
                    place=place,
                    found=f"{found} of [[{kind}]] for {BOARDS[board]}",
                    expected=f"at most {most}, since a briefing is one page",
                    cure="Keep those that matter most; say with `boards` whom each is for",
                )
