"""Which column of a coding tool's spreadsheet means what, by tool, language and version.

Headers seen in real files: MAXQDA 24 English and Polish, Taguette 1.5, QualCoder 4; read in other
people's programs: MAXQDA German, Dedoose; from manuals and memory: older MAXQDA, ATLAS.ti, NVivo.
A tool not listed here, or another language, needs no change to the program: the analyst writes
``<file>.columns.toml`` beside the file (see `read_override`).
"""

import tomllib
from pathlib import Path

from rr_helpers.errors import UserError

ALIASES = {
    "source": (
        "document name",
        "dokumentname",
        "nazwa dokumentu",
        "document",
        "media title",
        "file",
        "file name",
        "source",
        "source name",
        "transcript",
    ),
    "code": ("code", "codes", "kod", "codename", "tag", "node", "nodes", "code name"),
    "text": (
        "segment",
        "fragment",
        "content",
        "coded",
        "quotation content",
        "excerpt copy",
        "excerpt",
        "coded text",
        "quotation",
        "text",
    ),
    "coder": (
        "created by",
        "erstellt von",
        "autor",
        "author",
        "coder",
        "excerpt creator",
        "user",
    ),
    "group": ("document group", "dokumentgruppe", "grupa dokumentów"),
    "category": ("category",),
    "begin": ("beginning", "begin", "anfang", "początek"),
    "end": ("end", "ende", "koniec"),
    "place": ("reference", "excerpt range", "range"),
    "identifier": ("id", "number"),
    "comment": ("comment", "kommentar", "komentarz", "coded_memo", "memo"),
}
NEEDED = ("source", "code")
CODEBOOK = {
    "name": ("tag", "name", "code", "kod", "code name"),
    "definition": ("description", "definition", "memo", "comment", "code memo"),
}
OPTIONS = ("separator", "path", "sheet")


def match_columns(header: list[str], aliases: dict) -> dict[str, int]:
    """Return meaning -> number of the first column with one of its names, earlier names first."""
    names = [cell.strip().casefold() for cell in header]
    found = {}
    for meaning, known in aliases.items():
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            found[meaning] = place
    return found


def read_override(path: Path) -> dict:
    """Return what ``<file>.columns.toml`` says, or nothing where there is none.

    It gives the header of each column by its meaning, and how codes are written::

        source = "Interview no."
        code = "Theme"
        text = "Quote"
        separator = ";"     # between several codes in one cell
        path = ">"          # between a code and the one below it
        sheet = "Sheet2"

    UserError where it cannot be read or has other names than those.
    """
    beside = path.with_name(path.name + ".columns.toml")
    if not beside.is_file():
        return {}
    allowed = ", ".join([*ALIASES, *OPTIONS])
    try:
        settings = tomllib.loads(beside.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UserError(
            place=beside.name,
            found=f"a file that cannot be read ({type(fault).__name__})",
            expected='lines such as: source = "Interview no."',
            cure="Mend the line, or remove the file to use the known headers",
        ) from fault
    for name, value in settings.items():
        if name not in ALIASES and name not in OPTIONS or not isinstance(value, str):
            raise UserError(
                place=beside.name,
                found=f"the line {name!r}",
                expected=f"a text for one of {allowed}",
                cure="Mend or remove the line",
            )
    return settings
