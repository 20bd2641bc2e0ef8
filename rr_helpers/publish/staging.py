"""The stage of a book: its own pages and its chapters' outputs, without code, as files.

A file that is there already as it should be is left alone, so that who builds from the stage can
tell what has changed.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from rr_helpers.errors import UserError
from rr_helpers.publish.contents import CONTENTS, read_toc

BUILT = "_build"  # inside the stage, what was built from it
NOT_STAGED = {BUILT, "__pycache__"}


def stage_book(
    book: Path,
    *,
    chapters: Mapping[str, Path],
    pages: Mapping[str, str],
    stage: Path,
    contents: str = CONTENTS,
) -> list[str]:
    """Make `stage` hold `book`, the generated pages and the chapters' outputs, and nothing else.

    Parameters as for `build_book`. Returns the names of the pages that were not there as they are
    now, without endings. UserError where a line of the contents has no page.
    """
    files = {path.as_posix(): path for path in _files_under(book)}
    files = {name: (book / path).read_bytes() for name, path in files.items()}
    # Whichever contents it has, Jupyter Book reads them under this name.
    files[CONTENTS] = (book / contents).read_bytes()
    files |= {_inside(f"{name}.md"): text.encode() for name, text in pages.items()}
    files |= {
        _inside(f"{name}.ipynb"): _outputs_of(path.read_bytes()) for name, path in chapters.items()
    }
    listed = read_toc(book, contents)
    missing = [page for page in listed if not {f"{page}.md", f"{page}.ipynb"} & files.keys()]
    if missing:
        raise UserError(
            place=str(book / contents),
            found=f"pages that no file, chapter or generated page supplies: {', '.join(missing)}",
            expected="a page for every line of the contents",
            cure="Write the page, or take its line out",
        )
    for path in _files_under(stage):
        if path.as_posix() not in files:
            (stage / path).unlink()
    changed = [name for name, data in files.items() if _put(stage / name, data)]
    return [name.rpartition(".")[0] for name in changed if name.endswith((".md", ".ipynb"))]


def without_code(notebook):
    """Return a copy of an executed notebook with prose and outputs only, for the site's stage.

    Source text, metadata, cells without outputs and plain-text twins of outputs are gone.
    """
    from nbformat import from_dict

    cells = []
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "markdown":
            cells.append(_cell(cell, "markdown", source=cell.source))
        elif cell.cell_type == "code" and "remove-cell" not in tags:
            outputs = [shown for output in cell.outputs if (shown := _shown(output))]
            if outputs:
                # Jupyter Book drops the outputs of a cell without source.
                shown = {"source": "pass", "outputs": outputs, "execution_count": None}
                cells.append(_cell(cell, "code", **shown, metadata={"tags": ["remove-input"]}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel}
    return from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell(cell, kind: str, **parts) -> dict:
    # As plain data: nbformat judges the whole when it is written, and need not judge each part.
    return {"metadata": {}, **parts, "cell_type": kind, "id": cell["id"]}


def _files_under(folder: Path) -> list[Path]:
    """The files under a folder, by their paths from it, without what was built from them."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if not NOT_STAGED & set(path.parts))


def _inside(name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError(f"a page lies inside the book, not at {name!r}")
    return name


def _put(path: Path, data: bytes) -> bool:
    """Whether the file had to be written."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True


# Of what a process builds again and again, few chapters change from one time to the next.
@lru_cache(maxsize=128)
def _outputs_of(executed: bytes) -> bytes:
    from nbformat import v4, writes

    return f"{writes(without_code(v4.reads(executed.decode('utf-8'))))}\n".encode()


def _shown(output) -> dict | None:
    shown = output.get("data", {}).get("text/html")
    if not shown:
        return None
    return {"output_type": "display_data", "data": {"text/html": shown}, "metadata": {}}
