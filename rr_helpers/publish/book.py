"""Stage the pages and the executed chapters, without code, and build the site from them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from rr_helpers.errors import UserError
from rr_helpers.publish.style_sheets import join_style_sheets

CHAPTERS = "notebooks/"
CONTENTS = "_toc.yml"
# This interpreter's Jupyter Book, not whichever one the search path would find; the package is
# imported first, because it makes what follows quicker to import.
JUPYTER_BOOK = "import rr_helpers.publish; from jupyter_book.cli.main import main; main()"


def read_toc(book: Path, contents: str = CONTENTS) -> list[str]:
    """Return the pages of a list of contents in reading order, the front page first, no endings.

    contents: the name of its file in `book`; a borough's edition has one of its own.
    """
    from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

    toc = book / contents
    try:
        site_map = parse_toc_yaml(toc)
    except (OSError, MalformedError, ValueError) as error:
        raise UserError(
            place=str(toc),
            found=f"a table of contents that cannot be read ({error})",
            expected="the format of Jupyter Book, version 1 (format: jb-book)",
            cure="Compare it with the version before your last change",
        ) from error
    return _in_order(site_map, site_map.root.docname)


def chapter_names(book: Path, contents: str = CONTENTS) -> list[str]:
    """Return the chapters in reading order: the pages of the contents that are notebooks."""
    return [page for page in read_toc(book, contents) if page.startswith(CHAPTERS)]


def build_book(
    book: Path,
    *,
    chapters: Mapping[str, Path],
    pages: Mapping[str, str],
    stage: Path,
    contents: str = CONTENTS,
) -> Path:
    """Build the site in the private folder `stage` and return the folder of its HTML.

    book: the folder with _toc.yml, _config.yml, pages, _static and _ext. chapters: the executed
    notebook of each chapter, by its name in the contents. pages: the text of each generated page
    (Markdown), by name. Any warning of the build stops it with UserError.
    """
    stage_book(book, chapters=chapters, pages=pages, stage=stage, contents=contents)
    result = subprocess.run(
        [sys.executable, "-c", JUPYTER_BOOK, "build", str(stage), "--path-output", str(stage)]
        + ["--all", "-W", "-n", "--keep-going"],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "NO_COLOR": "1"},
    )
    if result.returncode:
        raise UserError(
            place="the book",
            found="pages that Jupyter Book could not build without a warning:\n"
            + _complaints(result.stdout + result.stderr, stage),
            expected="a book without warnings",
            cure="Mend the pages named above; the last good site is untouched",
        )
    html = stage / "_build" / "html"
    join_style_sheets(html)
    _keep_what_pages_use(html)
    return html


def stage_book(
    book: Path,
    *,
    chapters: Mapping[str, Path],
    pages: Mapping[str, str],
    stage: Path,
    contents: str = CONTENTS,
) -> None:
    """Copy `book` to `stage` with the generated pages and the chapters' outputs, without code."""
    import nbformat

    shutil.copytree(
        book, stage, dirs_exist_ok=True, ignore=shutil.ignore_patterns("_build", "__pycache__")
    )
    # Whichever contents it has, Jupyter Book reads them under this name.
    shutil.copyfile(book / contents, stage / CONTENTS)
    for name, text in pages.items():
        _within(stage, f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
    for name, executed in chapters.items():
        notebook = without_code(nbformat.read(executed, as_version=4))
        text = nbformat.writes(notebook) + "\n"
        _within(stage, f"{name}.ipynb").write_text(text, encoding="utf-8", newline="\n")
    missing = [name for name in read_toc(book, contents) if not _has_page(stage, name)]
    if missing:
        raise UserError(
            place=str(book / contents),
            found=f"pages that no file, chapter or generated page supplies: {', '.join(missing)}",
            expected="a page for every line of the contents",
            cure="Write the page, or take its line out",
        )


def without_code(notebook):
    """Return a copy of an executed notebook with prose and outputs only, for the site's stage.

    Source text, metadata, cells without outputs and plain-text twins of outputs are gone.
    """
    from nbformat import v4

    cells = []
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "markdown":
            cells.append(v4.new_markdown_cell(cell.source, id=cell["id"]))
        elif cell.cell_type == "code" and "remove-cell" not in tags:
            outputs = [shown for output in cell.outputs if (shown := _shown(output))]
            if outputs:
                cells.append(
                    v4.new_code_cell(
                        # Jupyter Book drops the outputs of a cell without source.
                        "pass",
                        outputs=outputs,
                        metadata={"tags": ["remove-input"]},
                        id=cell["id"],
                    )
                )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _in_order(site_map, page: str) -> list[str]:
    pages = [page]
    for tree in site_map[page].subtrees:
        for item in tree.items:
            if item in site_map:
                pages += _in_order(site_map, str(item))
    return pages


def _shown(output):
    import nbformat

    shown = output.get("data", {}).get("text/html")
    return nbformat.v4.new_output("display_data", data={"text/html": shown}) if shown else None


def _within(stage: Path, name: str) -> Path:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError(f"a page lies inside the book, not at {name!r}")
    path = stage / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _has_page(stage: Path, name: str) -> bool:
    return any((stage / f"{name}{ending}").is_file() for ending in (".md", ".ipynb"))


def _complaints(output: str, stage: Path) -> str:
    """The build's warnings and errors, each once, without this machine's paths."""
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in output.splitlines()]
    said = [line for line in lines if re.search(r"WARNING|ERROR|Error:|SEVERE|CRITICAL", line)]
    said = list(dict.fromkeys(said or [line for line in lines if line][-12:]))
    shown = [line.replace(f"{stage}{os.sep}", "") for line in said[:20]]
    more = [f"… and {len(said) - 20} more"] if len(said) > 20 else []
    return "\n".join(f"  {line}" for line in shown + more)


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
    text = source.read_text(encoding="utf-8")
    names = re.findall(r"""(?:src=|href=|@import )"([^"#?:]+)|url\(["']?([^"'()#?:]+)""", text)
    paths = (Path(os.path.normpath(source.parent / (link or style))) for link, style in names)
    return {path for path in paths if path.is_file() and "fontawesome" not in path.parts}
