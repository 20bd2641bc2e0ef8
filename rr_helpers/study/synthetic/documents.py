"""Coded documents: transcripts, young people's words and notes, composed from banks of sentences.

Each document has its own stream of randomness, named by the document, so that one more document
changes no other.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rr_helpers.study.synthetic import bank_harms as harms
from rr_helpers.study.synthetic import bank_practitioners as spoken
from rr_helpers.study.synthetic import bank_records as written
from rr_helpers.study.synthetic.codebook import CODES, CONTRARY, TYPES

FIRST_CODER, SECOND_CODER = "AB", "CD"
DOUBLE_CODED_SHARE = 0.20
SAME_SPAN, SAME_CODE, SAME_FOLDER = 0.78, 0.87, 0.94
_GAP = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Coding:
    """One code put on one span of a document: code points, end exclusive."""

    start: int
    end: int
    code: str
    coder: str


@dataclass(frozen=True)
class Document:
    """One coded document. Its text is invented and holds invented names on purpose."""

    name: str
    text: str
    codings: tuple[Coding, ...]

    def __repr__(self) -> str:
        return f"Document({self.name}, {len(self.text)} characters, {len(self.codings)} codings)"


@dataclass(frozen=True)
class Line:
    """A sentence of a bank with its codes; `contrary` where it speaks against the first."""

    voices: str
    codes: tuple[str, ...]
    text: str

    @classmethod
    def from_bank(cls, voices: str, codes: str, text: str) -> "Line":
        contrary = codes.startswith("!")
        labels = tuple(codes.removeprefix("!").split("; "))
        return cls(voices, labels + ((CONTRARY,) if contrary else ()), text)


SPOKEN = tuple(Line.from_bank(*row) for row in spoken.LINES)
WRITTEN = tuple(Line.from_bank(*row) for row in written.LINES)
HARMS = tuple(Line.from_bank(*row) for row in harms.LINES)


def lines_for(voice: str, bank: Sequence[Line] = SPOKEN) -> list[Line]:
    """Return the lines of a bank that a voice may say."""
    return [line for line in bank if voice in line.voices]


def interview(seed: int, name: str, voice: str) -> Document:
    """Return an interview of several hundred words, turn by turn, coded."""
    dice = random.Random(f"{seed}/{name}")
    chosen = dice.sample(lines_for(voice), min(dice.randint(10, 16), len(lines_for(voice))))
    greeting, answer = dice.choice(spoken.GREETINGS)
    parts = [("INTERVIEWER: " + greeting + "\n\nPARTICIPANT: " + answer, ())]
    for line in chosen:
        parts.append(("\n\nINTERVIEWER: " + _prompt(dice, line) + "\n\nPARTICIPANT: ", ()))
        if dice.random() < 0.85:
            parts.append((dice.choice(spoken.OPENERS) + " ", ()))
        parts.append((line.text, line.codes))
        parts += [(" " + dice.choice(spoken.CLOSERS), ()) for _ in range(dice.randint(1, 2))]
    question, answer = dice.choice(spoken.FAREWELLS)
    parts.append(("\n\nINTERVIEWER: " + question + "\n\nPARTICIPANT: " + answer + "\n", ()))
    for prompt, text, codes in _harm(seed, name, voice, harms.TOLD_IN_INTERVIEWS):
        parts.append(("\nINTERVIEWER: " + prompt + "\n\nPARTICIPANT: ", ()))
        parts += [(text, codes), ("\n", ())]
    return _assemble(dice, name, parts)


def _harm(seed: int, name: str, voice: str, share: float) -> list[tuple[str, str, tuple]]:
    """Return prompt, text and codes of a harm that some documents tell; drawn apart, and last."""
    dice = random.Random(f"{seed}/{name}/harm")
    if dice.random() >= share:
        return []
    line = dice.choice(lines_for(voice, HARMS))
    return [(dice.choice(harms.PROMPTS), _fill(dice, line.text), line.codes)]


def _prompt(dice: random.Random, line: Line) -> str:
    return dice.choice(spoken.PROMPTS[CODES[line.codes[0]][0]])


def note(seed: int, name: str, voice: str) -> Document:
    """Return a note on a case file (f), a panel (p) or a case review (n), coded."""
    dice = random.Random(f"{seed}/{name}")
    lines = lines_for(voice, WRITTEN)
    parts: list = []
    for line in dice.sample(lines, dice.randint(3, 6)):
        parts += [(dice.choice(written.RECORD_FILLERS[voice]) + " ", ())]
        parts += [(line.text, line.codes), (" ", ())]
        if dice.random() < 0.4:
            parts.append((dice.choice(written.RECORD_FILLERS[voice]), ()))
        parts.append(("\n\n", ()))
    for _, text, codes in _harm(seed, name, voice, harms.TOLD_IN_NOTES):
        parts += [(text, codes), ("\n", ())]
    return _assemble(dice, name, parts)


def young_persons_words(seed: int, name: str) -> tuple[Document | None, dict[str, str]]:
    """Return what one young person wrote, as a document and column by column; None if nothing."""
    dice = random.Random(f"{seed}/{name}")
    parts, columns = [], {}
    for (column, heading), voice in zip(written.SURVEY_HEADINGS.items(), "bwc", strict=True):
        if dice.random() > 0.45:
            continue
        line = dice.choice(lines_for(voice, WRITTEN))
        text = _fill(dice, line.text)
        columns[column] = text
        parts += [(heading + ": ", ()), (text, line.codes), ("\n\n", ())]
    if parts and "text_worse" not in columns:
        for _, text, codes in _harm(seed, name, "w", harms.TOLD_BY_YOUNG_PEOPLE):
            columns["text_worse"] = text
            parts += [(written.SURVEY_HEADINGS["text_worse"] + ": ", ()), (text, codes)]
            parts.append(("\n\n", ()))
    return (_assemble(dice, name, parts, stop="") if parts else None), columns


def _fill(dice: random.Random, text: str) -> str:
    def choose(match):
        options = match[1].split("|") if "|" in match[1] else written.NAMES[match[1]]
        return dice.choice(options)

    return _GAP.sub(choose, text)


def _assemble(dice, name, parts: Iterable, *, stop: str = ".") -> Document:
    text, spans = "", []
    for piece, codes in parts:
        piece = _fill(dice, piece)
        if codes:
            piece += stop
            spans.append((len(text), len(text) + len(piece), codes))
        text += piece
    codings = [Coding(*span[:2], code, FIRST_CODER) for span in spans for code in span[2]]
    if dice.random() < DOUBLE_CODED_SHARE:
        codings += _code_again(dice, text, codings)
    return Document(name, text, tuple(codings))


def _code_again(dice: random.Random, text: str, codings: list[Coding]) -> list[Coding]:
    """Return a second coder's codings: mostly the same, some wider, other, missed or added."""
    again = []
    for coding in codings:
        draw = dice.random()
        start, end, code = coding.start, coding.end, coding.code
        if draw >= SAME_FOLDER:
            continue
        if draw >= SAME_CODE:
            code = dice.choice([label for label in CODES if TYPES[label] == TYPES[code]])
        elif draw >= SAME_SPAN:
            stop = text.find("\n", end)
            end = stop if stop > 0 else len(text.rstrip())
        again.append(Coding(start, end, code, SECOND_CODER))
        if draw < 0.05:
            again.append(Coding(start, end, dice.choice(list(CODES)), SECOND_CODER))
    return list(dict.fromkeys(again))
