"""Run the chapters: notebooks executed by papermill, with an edition's parameters."""

import ast
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from rr_helpers.errors import UserError
from rr_helpers.publish.kernels import WarmParent, kernel_manager

INJECTED = "injected-parameters"
MADE_BY_PAPERMILL = {INJECTED, "papermill-error-cell-tag"}


@dataclass(frozen=True)
class Chapter:
    """One chapter: its `name` as in the table of contents, the notebook's `source`, its `target`.

    name: ``"notebooks/q1_network/network"``, without the ending.
    """

    name: str
    source: Path
    target: Path


class ChapterFailed(UserError):
    """A chapter that stopped; `chapter` is its name, `kept` the executed notebook if there is one.

    Cell numbers count every cell of the source notebook from 1, as JupyterLab shows them from top
    to bottom, text cells included.
    """

    def __init__(self, chapter: str, *, kept: Path | None = None, cell: int | None = None, **parts):
        self.chapter, self.kept, self.cell = chapter, kept, cell
        place = f"{chapter}.ipynb" + (f", cell {cell} (counting every cell from 1)" if cell else "")
        super().__init__(place=place, **parts)


def run_chapter(
    chapter: Chapter, parameters: Mapping, *, failed: Path, warm: WarmParent | None = None
) -> Path:
    """Run one chapter in its own folder and return the executed notebook, `chapter.target`.

    The kernel is the interpreter that runs this function, whatever kernels the user has installed;
    it is forked from `warm`, where that is given, and otherwise started afresh.
    ChapterFailed names the cell; the notebook as far as it ran is then kept in the folder `failed`.
    """
    import papermill  # slow to import, and only a build needs it

    from rr_helpers.publish.engine import NAME

    require_parameters(chapter, parameters)
    chapter.target.parent.mkdir(parents=True, exist_ok=True)
    aside = chapter.target.with_name(f".{chapter.target.stem}.{uuid.uuid4().hex[:8]}.part.ipynb")
    try:
        papermill.execute_notebook(
            str(chapter.source),
            str(aside),
            parameters={name: _plain(value) for name, value in parameters.items()},
            engine_name=NAME,
            kernel_name="python3",
            language="python",
            kernel_manager_class=kernel_manager(warm),
            progress_bar=False,
            # papermill's own `cwd` changes the folder of the whole process, which two threads
            # cannot share; this one belongs to the kernel.
            resources={"metadata": {"path": str(chapter.source.parent.resolve())}},
            shutdown_kernel="immediate",
        )
        tidied = tidy_notebook(nbformat.read(aside, as_version=4))
        aside.write_text(nbformat.writes(tidied) + "\n", encoding="utf-8", newline="\n")
        os.replace(aside, chapter.target)
    except papermill.PapermillExecutionError as error:
        kept = _keep(aside, failed, chapter.name)
        raise _failed_cell(chapter, error, nbformat.read(kept, as_version=4), kept) from error
    except (DeadKernelError, CellTimeoutError) as error:
        kept = _keep(aside, failed, chapter.name) if aside.exists() else None
        raise ChapterFailed(
            chapter.name,
            kept=kept,
            found=f"its Python process stopped ({_first_line(str(error)) or type(error).__name__})",
            expected="a chapter that runs from top to bottom",
            cure="Close other programs in case memory ran out, then run the notebook in JupyterLab",
        ) from error
    finally:
        aside.unlink(missing_ok=True)
        _close_event_loop()
    return chapter.target


def require_parameters(chapter: Chapter, parameters: Mapping) -> None:
    """Raise UserError where the notebook is missing or its parameters cell lacks a parameter."""
    if not chapter.source.is_file():
        raise UserError(
            place="book/_toc.yml",
            found=f"the chapter '{chapter.name}', for which there is no notebook",
            expected=f"the file {chapter.name}.ipynb",
            cure="Write the notebook, or take its line out of book/_toc.yml",
        )
    known = parameter_names(nbformat.read(chapter.source, as_version=4))
    unknown = sorted(set(parameters) - known)
    if unknown:
        raise UserError(
            place=f"{chapter.name}.ipynb",
            found=f"no parameter named {' or '.join(unknown)} in its parameters cell",
            expected=f"a cell tagged 'parameters' that sets {', '.join(sorted(parameters))}",
            cure=f"Add the line '{unknown[0]} = …' to that cell",
        )


def parameter_names(notebook) -> set[str]:
    """Return the names that the cells tagged ``parameters`` assign; none where a line is broken."""
    code = "\n".join(
        cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])
    )
    try:
        statements = ast.walk(ast.parse(code))
    except SyntaxError:
        return set()
    return {
        node.id
        for node in statements
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def numbered_cells(notebook) -> Iterator[tuple[int, object]]:
    """Yield (number, cell) of an executed notebook, numbered as in its source, from 1.

    A cell that papermill added has the number of the cell before it.
    """
    number = 0
    for cell in notebook.cells:
        number += not MADE_BY_PAPERMILL & set(cell.metadata.get("tags", []))
        yield max(number, 1), cell


def tidy_notebook(notebook):
    """Take papermill's time stamps and random names out of `notebook`, in place, and return it.

    What is left depends on the inputs alone. The parameters cells are tagged ``remove-cell``.
    """
    notebook.metadata.pop("papermill", None)
    for position, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{position}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        tags = cell.metadata.get("tags", [])
        if {"parameters", INJECTED} & set(tags):
            cell["id"] = INJECTED if INJECTED in tags else cell["id"]
            cell.metadata["tags"] = sorted({*tags, "remove-cell"})
    return notebook


def _close_event_loop() -> None:
    # nbclient opens one in each thread and leaves it open, with its sockets.
    loop = ensure_event_loop()
    if not loop.is_running():
        loop.close()


def _plain(value):
    return str(value) if isinstance(value, Path) else value


def _keep(aside: Path, failed: Path, name: str) -> Path:
    kept = failed / f"{name.rpartition('/')[2]}.ipynb"
    failed.mkdir(parents=True, exist_ok=True)
    shutil.move(aside, kept)
    return kept


def _failed_cell(chapter: Chapter, error, notebook, kept: Path) -> ChapterFailed:
    cells = {cell.get("execution_count"): number for number, cell in numbered_cells(notebook)}
    said = _first_line(str(error.evalue))
    return ChapterFailed(
        chapter.name,
        kept=kept,
        cell=cells.get(error.exec_count),
        found=f"the cell starting '{_first_line(error.source)}' stopped with {error.ename}"
        + (f": {said}" if said else ""),
        expected="a chapter that runs from top to bottom",
        cure=f"Open {kept} to see the cell with its error, mend the notebook and build again",
    )


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
