"""The last gate before the site: no output without clearance, no number typed into prose."""

import ast
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from rr_helpers.disclosure.stamp import check_output
from rr_helpers.errors import DisclosureError, Fault
from rr_helpers.publish.chapters import numbered_cells
from rr_helpers.report.sentences import NAMES_WITH_DIGITS

CURES = {
    "error": "Mend the cell, then build again",
    "printed text": "Take out the print, or show a Table or a Finding instead",
    "a warning": "Deal with the warning's cause, so that nothing is printed",
    "a table of rows": "Show it with Table(…) of a released table, or take the line out",
    "a picture": "Draw it with Chart(…) of a released table",
    "a value": "Show it in a Finding or a Table, or end the line with a semicolon",
    "display without clearance": "Show it with Table, Chart, Finding, JointDisplay or QuoteCard",
}
# What prose may hold of MyST: asides and links inside the report. Everything else can bring in
# a file, a picture or a value that no one cleared.
DIRECTIVES = {"note", "tip", "important", "warning", "caution", "attention", "margin", "dropdown"}
DIRECTIVES |= {"seealso", "admonition", "epigraph", "pull-quote"}
ROLES = {"doc", "ref", "term"}
# What a chapter's code may not reach for: it would lead round the gate.
GUARDED = ("rr_helpers.disclosure", "rr_helpers.report.", "rr_helpers.results")
NOT_IMPORTED = {"rr_helpers", "importlib", "builtins", "sys"}
NOT_CALLED = {"exec", "eval", "compile", "getattr", "setattr", "vars", "globals", "get_ipython"}
_FENCE = re.compile(r"^(?:`{3,}|:{3,}|~{3,})\s*\{([^}]*)\}", re.MULTILINE)
_ROLE = re.compile(r"\{([a-z][\w:+-]*)\}`")
_IMAGE = re.compile(r"!\[|<img\b", re.IGNORECASE)
_HTML = re.compile(r"<(?!/?(?:em|strong|b|i|sub|sup|br|q|cite)\s*/?>)[a-z!/?]", re.IGNORECASE)
_HOST = re.compile(r"(?:https?:)?//[\w.-]+\.\w+|\bdata:\w+/", re.IGNORECASE)
_ROLE_TEXT = re.compile(r"\{(doc|ref|term)\}`([^`<]*)(<[^`>]*>)?`")
_SPELT = re.compile(
    r"\b(?:(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,5}teen|(?:twen|thir"
    r"|for|fif|six|seven|eigh|nine)ty(?:[- ]\w+)?|a dozen|a couple of)\s+(?:[a-z-]+\s+){0,2}?"
    r"(?:people|persons|children|boys|girls|men|women|referrals|episodes|cases|siblings|pupils"
    r"|families|deaths|stabbings|arrests|victims|mothers|fathers|delegates|respondents)"
    r"|(?:only one|a single)\s+(?:young\s+)?(?:person|child|boy|girl|referral|pupil|victim))\b",
    re.IGNORECASE,
)
_NOT_PROSE = re.compile(
    r"^\([\w-]+\)=\s*$"  # a section's anchor
    r"|(?<=\])\([^)\s]*\)"  # where a link leads
    r"|^\s*\d+[.)](?=\s)"  # the numbers of a numbered list
    r"|^:(?:name|class|open):.*$",  # options of a directive
    re.MULTILINE,
)


def refuse_unsafe(notebooks: Mapping[str, object]) -> None:
    """Raise one DisclosureError that lists every fault of the executed notebooks, by name.

    The error carries the list as `faults`. Nothing is raised where all may be published.
    """
    faults = [
        fault for name, notebook in notebooks.items() for fault in find_unsafe(notebook, name)
    ]
    if not faults:
        return
    error = DisclosureError(
        place="; ".join(dict.fromkeys(fault.workbook for fault in faults)),
        found=f"{_count(len(faults))} that may not be published:\n"
        + "".join(f"  - {fault}\n" for fault in faults),
        expected="only outputs that the disclosure room cleared, and prose without typed numbers",
        cure="Nothing was published; mend the cells named above and build again",
    )
    error.faults = faults
    raise error


def refuse_unstamped(notebook, name: str = "the notebook") -> None:
    """Raise DisclosureError where one executed notebook holds anything that may not be shown."""
    refuse_unsafe({name: notebook})


def find_unsafe(notebook, name: str) -> list[Fault]:
    """Return a Fault for each output without clearance and each unsafe passage of prose.

    `notebook` is an executed notebook (nbformat 4); cells are numbered as in its source, from 1.
    """
    faults = []
    for number, cell in numbered_cells(notebook):
        for kind, found, expected, cure in _cell_problems(cell):
            faults.append(
                Fault(
                    kind=kind,
                    workbook=f"{name}.ipynb",
                    cell=str(number),
                    found=found,
                    expected=expected,
                    cure=cure,
                )
            )
    return faults


def _cell_problems(cell) -> Iterator[tuple[str, str, str, str]]:
    if cell.cell_type == "code":
        yield from code_problems(cell.source)
        for output in cell.get("outputs", []):
            reason = check_output(output)
            if reason:
                kind = output_kind(output)
                yield kind, f"{kind} ({reason})", "an output with a valid stamp", CURES[kind]
            for passage in _spelt_in("".join(output.get("data", {}).get("text/html", ""))):
                yield _spelt(passage)
    elif cell.cell_type == "markdown":
        if cell.get("attachments"):
            yield from _refused("a pasted picture", "Draw it with Chart(…) of a released table")
        yield from prose_problems(cell.source)
    else:
        yield from _refused("a raw cell", "Make it a markdown cell")


# Of what a process builds again and again, few outputs and cells change. What is remembered here
# follows from the text alone.
@lru_cache(maxsize=2048)
def _spelt_in(shown: str) -> tuple[str, ...]:
    """People or records counted in the words of an output (HTML), without quotations, whose words
    are their speakers'."""
    shown = re.sub(r"<blockquote\b.*?</blockquote>|<q\b.*?</q>", " ", shown, flags=re.DOTALL)
    return tuple(spelt_numbers(html.unescape(re.sub(r"<[^>]*>", " ", shown))))


def _spelt(passage: str) -> tuple[str, str, str, str]:
    return (
        "spelt number",
        f"people or records counted in words, '{passage}'",
        "numbers only from released tables, in figures",
        "Take the number from a released table, or say it without one",
    )


def code_problems(code: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (kind, found, expected, cure) for code that could go round the gate.

    A chapter takes only `protect` from the disclosure room, and no room's private parts: a stamp,
    a released count or a published figure is made by the rooms alone.
    """
    for found in _ways_round(code):
        yield (
            "a way round the gate",
            found,
            "chapters that take 'protect' from rr_helpers.disclosure and nothing else of it",
            "Use edition.counts(…), edition.published_series(…) or protect(…)",
        )


@lru_cache(maxsize=2048)
def _ways_round(code: str) -> tuple[str, ...]:
    try:
        return tuple(_ways_of(ast.walk(ast.parse(code))))
    except SyntaxError:
        return ("a command of the notebook program ('%' or '!')",)


def _ways_of(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names, module = [alias.name for alias in node.names], node.module or ""
            guarded = module == "rr_helpers" or module.startswith(GUARDED)
            allowed = module == "rr_helpers.disclosure" and set(names) <= {"protect"}
            if guarded and not allowed:
                yield f"'from {module} import {', '.join(names)}'"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] in NOT_IMPORTED:
                    yield f"'import {alias.name}'"
        elif isinstance(node, ast.Name) and node.id in NOT_CALLED:
            yield f"'{node.id}'"
        elif isinstance(node, ast.keyword) and node.arg in {"basis", "released"}:
            yield f"'{node.arg}=', which calls counts released"
        elif isinstance(node, ast.ClassDef):
            yield f"'class {node.name}'"
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            yield f"'.{node.attr}', a private part"


def output_kind(output) -> str:
    """Name an output as its reader would: one of the keys of CURES."""
    kind, data = output["output_type"], output.get("data", {})
    if kind == "error":
        return "error"
    if kind == "stream":
        return "a warning" if output.get("name") == "stderr" else "printed text"
    if "<table" in "".join(data.get("text/html", "")):
        return "a table of rows"
    if any(name.startswith("image/") for name in data):
        return "a picture"
    return "a value" if set(data) == {"text/plain"} else "display without clearance"


def prose_problems(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (kind, found, expected, cure) for whatever prose may not hold."""
    for name in _FENCE.findall(text):
        if name.strip() not in DIRECTIVES:
            yield from _refused(f"the directive '{name}'", f"Use one of {_listed(DIRECTIVES)}")
    for name in _ROLE.findall(text):
        if name not in ROLES:
            yield from _refused(f"the role '{name}'", f"Use one of {_listed(ROLES)}")
    if _IMAGE.search(text):
        yield from _refused("a picture in prose", "Draw it with Chart(…) of a released table")
    elif _HTML.search(re.sub(r"<https?:[^>]*>", "", _ROLE_TEXT.sub("", text))):
        yield from _refused("HTML in prose", "Write it in Markdown")
    host = _HOST.search(text)
    if host:
        yield from _refused(f"a link to another host, '{host[0]}'", "Name the source in words")
    for passage in spelt_numbers(_ROLE_TEXT.sub(_shown, text)):
        yield _spelt(passage)
    for line in typed_numbers(text):
        yield (
            "typed number",
            f"a number typed into prose, '{line}'",
            "numbers only in outputs, computed from released tables",
            "Say it in a Finding, or take the number out",
        )


def spelt_numbers(text: str) -> list[str]:
    """Return the passages that count people or records in words ("three young people").

    "One" counts nobody unless it is "only one" or "a single"; waves, windows and the like may be
    counted in words.
    """
    return [" ".join(found[0].split()) for found in _SPELT.finditer(text)]


def typed_numbers(text: str) -> list[str]:
    """Return the passages of Markdown prose that hold a digit which is not a name.

    Names are those of NAMES_WITH_DIGITS; where a link leads, anchors and list numbers are no prose.
    """
    prose = html.unescape(_NOT_PROSE.sub(" ", _ROLE_TEXT.sub(_shown, text)))
    lines = (NAMES_WITH_DIGITS.sub(" ", line) for line in prose.splitlines())
    return [_excerpt(line) for line in lines if any(character.isnumeric() for character in line)]


def _shown(role: re.Match) -> str:
    # A reference without words of its own shows the title of what it points to.
    name, words, target = role.groups()
    return words if target or name == "term" else " "


def _excerpt(line: str) -> str:
    start = next(place for place, character in enumerate(line) if character.isnumeric())
    return " ".join(line[max(0, start - 30) : start + 30].split())


def _refused(what: str, cure: str) -> Iterator[tuple[str, str, str, str]]:
    yield what, what, "plain Markdown, which shows nothing but its own words", cure


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _count(number: int) -> str:
    return "1 thing" if number == 1 else f"{number} things"
