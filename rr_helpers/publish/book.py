"""Build the site from the stage of a book, anew or only what has changed since the last time."""

import hashlib
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.contents import CONTENTS
from rr_helpers.publish.jupyter_book import JupyterBook
from rr_helpers.publish.record import digest_files
from rr_helpers.publish.staging import BUILT, stage_book
from rr_helpers.publish.style_sheets import join_style_sheets

FINISHED = "finished"  # there while what was built last is whole; what it holds says by what


def build_book(
    book: Path,
    *,
    chapters: Mapping[str, Path],
    pages: Mapping[str, str],
    stages: Path,
    site: Path,
    contents: str = CONTENTS,
    jupyter_book: JupyterBook | None = None,
) -> None:
    """Build the pages in a stage in the private folder `stages`, and of them the site in `site`.

    book: the folder with _toc.yml, _config.yml, pages, _static and _ext. chapters: the executed
    notebook of each chapter, by its name in the contents. pages: the text of each generated page
    (Markdown), by name. contents: the name of the list of contents in `book`. Any warning of the
    build stops it with UserError. Where `stages` holds an earlier build that came to its end, by
    the same settings and program, only pages that changed are built: the site is the same, to the
    byte.
    jupyter_book: where it is built; None is a process started for this book.
    """
    by = _program_digest(book, contents)
    stage = _choose_stage(stages, by)
    built = stage / BUILT
    # Until this build has come to its end, what is there is nothing to go on from.
    (built / FINISHED).unlink(missing_ok=True)
    changed = stage_book(book, chapters=chapters, pages=pages, stage=stage, contents=contents)
    _forget(built, changed)
    status, said = (jupyter_book or JupyterBook()).build(stage)
    if status:
        raise UserError(
            place="the book",
            found="pages that Jupyter Book could not build without a warning:\n"
            + _complaints(said, stage),
            expected="a book without warnings",
            cure="Mend the pages named above; the last good site is untouched",
        )
    (built / FINISHED).write_text(by, encoding="utf-8")
    shutil.copytree(built / "html", site, ignore=_translations)
    join_style_sheets(site)
    _keep_what_pages_use(site)


def _choose_stage(stages: Path, by: str) -> Path:
    """The stage of the last build, or a new one: in the old one, where its build was killed, its
    Jupyter Book may still be at work."""
    for stage in sorted(stages.glob("*")):
        if _finished(stage) == by:
            return stage
        shutil.rmtree(stage, ignore_errors=True)
    stages.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=stages))


def _finished(stage: Path) -> str | None:
    try:
        return (stage / BUILT / FINISHED).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _forget(built: Path, pages: Iterable[str]) -> None:
    """Delete what was made of these pages; Sphinx, which goes by times, must then make it anew."""
    for page in pages:
        for made in (built / ".doctrees" / f"{page}.doctree", built / "html" / f"{page}.html"):
            made.unlink(missing_ok=True)


def _program_digest(book: Path, contents: str) -> str:
    """One digest over whatever decides about every page."""
    files = [book / "_config.yml", book / contents, book.parent / "requirements.lock"]
    files += [path for part in ("_ext", "_static") for path in (book / part).rglob("*")]
    files = [path for path in files if path.is_file() and path.suffix != ".pyc"]
    told = (digest_files(book.parent, files), platform.python_version())
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _complaints(output: str, stage: Path) -> str:
    """The build's warnings and errors, each once, without this machine's paths."""
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in output.splitlines()]
    said = [line for line in lines if re.search(r"WARNING|ERROR|Error:|SEVERE|CRITICAL", line)]
    said = list(dict.fromkeys(said or [line for line in lines if line][-12:]))
    shown = [line.replace(f"{stage}{os.sep}", "") for line in said[:20]]
    more = [f"… and {len(said) - 20} more"] if len(said) > 20 else []
    return "\n".join(f"  {line}" for line in shown + more)


def _translations(folder: str, names: list[str]) -> set[str]:
    """Those of the theme, in a hundred folders, for which pages in English do not ask."""
    return {"locales"} & set(names) if Path(folder).name == "_static" else set()


def _keep_what_pages_use(html: Path) -> None:
    """Delete whatever no page refers to: inventories, maps of scripts, locales, unused fonts."""
    used = {path for path in html.rglob("*.html") if "_static" not in path.parts}
    waiting = list(used)
    while waiting:
        source = waiting.pop()
        if source.suffix in (".html", ".css"):
            found = _references(source) - used
            used |= found
            waiting += found
    for path in sorted(html.rglob("*"), reverse=True):
        if path.is_file() and path not in used:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _references(source: Path) -> set[Path]:
    names = _named_in(source.read_text(encoding="utf-8"))
    paths = (Path(os.path.normpath(source.parent / name)) for name in names)
    return {path for path in paths if path.is_file() and "fontawesome" not in path.parts}


@lru_cache(maxsize=256)  # few pages change from one build of a process to the next
def _named_in(text: str) -> frozenset[str]:
    names = re.findall(r"""(?:src=|href=|@import )"([^"#?:]+)|url\(["']?([^"'()#?:]+)""", text)
    return frozenset(link or style for link, style in names)
