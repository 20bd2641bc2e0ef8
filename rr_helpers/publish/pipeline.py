"""The pipeline of an edition, declared once; doit runs what has changed.

    study        the folder is read, every fault told, every count tabulated and protected together
    chapter:…    each notebook, side by side; one that fails does not stop the others
    book         the gate, the pages, every check of the built site; only then the record, and all
                 of it moved into place

What a step depends on is judged by content: files of the study, parameters, the notebook, the
modules it imports however far off, the pinned versions. A step's product carries its own digest, so
one that was changed since is made again. Only light modules are imported before something has to
be done.
"""

import os
import platform
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from rr_helpers.publish.doit_engine import (
    Dependency,
    MThreadRunner,
    Runner,
    TaskControl,
    config_changed,
    dict_to_task,
    result_dep,
)
from rr_helpers.publish.sources import Package, files_behind, notebook_code, read_package
from rr_helpers.publish.state import Digests, KeptAsItGoes

ROOT = Path(__file__).parents[2]
CHAPTER = "chapter:"
# What the steps besides the chapters run.
PLANNING = "from rr_helpers.publish.plan import plan_edition"
BUILDING = "from rr_helpers.publish.build import build_edition"
NOTHING: Mapping = MappingProxyType({})
NOT_READ = {"__pycache__", "_build", ".ipynb_checkpoints"}


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What an edition is made from.

    project: the folder of book, notebooks and requirements.lock. chapters: their names. study: the
    study folder, None where the plan is handed in ready. settings: the options of the build. root:
    the folder that holds rr_helpers. draft: whether the pages are all that is wanted.
    """

    project: Path
    chapters: tuple[str, ...]
    study: Path | None
    settings: Mapping[str, str]
    root: Path = ROOT
    draft: bool = False

    def pins(self) -> list[Path]:
        """The files that say which versions of everything are used."""
        return [self.project / "requirements.lock"]

    def handed_in(self) -> list[Path]:
        """Every file of the study and of the book's own pages that is there now."""
        return [*(_under(self.study) if self.study else []), *_under(self.project / "book")]

    def of_study(self, package: Package) -> list[Path]:
        """Every file that the plan of the edition is made from."""
        files = _under(self.study) if self.study else []
        files += [self.project / "notebooks" / "catalogue.toml", *self.pins()]
        return [*files, *files_behind(PLANNING, package)]

    def of_chapter(self, name: str, package: Package) -> list[Path]:
        """The notebook of a chapter and every module that it imports."""
        notebook = self.notebook(name)
        return [notebook, *self.pins(), *files_behind(notebook_code(notebook), package)]

    def of_book(self, package: Package) -> list[Path]:
        """Every file that the pages are made from, the chapters aside."""
        return [*_under(self.project / "book"), *self.of_study(package),
                *files_behind(BUILDING, package)]  # fmt: skip

    def notebook(self, name: str) -> Path:
        """The source of a chapter."""
        return self.project / f"{name}.ipynb"

    def folders(self) -> list[Path]:
        """The folders in which all files lie that the steps depend on."""
        return [*([self.study] if self.study else []), self.project, self.root]


def declare(inputs: Inputs, work) -> list[dict]:
    """Return the steps as doit's task dictionaries.

    work: what the steps do, see `rr_helpers.publish.steps.Work`: `action`, `product`,
    `unchanged` and `notes` by the name of a step.
    """
    package = read_package(inputs.root)
    digests = Digests(inputs.folders(), known=package.digests)
    here = {**inputs.settings, "python": platform.python_version()}
    chapters = [CHAPTER + name for name in inputs.chapters]

    def step(name: str, files: list[Path], *after: str, **settings: str) -> dict:
        """A step that is up to date while settings, files, steps before and its product are."""
        return {
            "name": name,
            "actions": [work.action(name)],
            "uptodate": [
                config_changed({**here, **settings}),
                _files_unchanged(digests, files),
                *map(result_dep, after),
                _product_unchanged(work, name),
            ],
            "io": {"capture": False},
        }

    steps = [step("study", inputs.of_study(package))]
    for name in inputs.chapters:
        chapter = step(CHAPTER + name, inputs.of_chapter(name, package), "study")
        steps.append({**chapter, "getargs": {"planned": ("study", None)}})
    wanted = {"draft": str(inputs.draft)}
    book = step("book", inputs.of_book(package), "study", *chapters, **wanted)
    # One step of two actions: what fails the checks cannot be published.
    return [*steps, {**book, "actions": [work.action("book"), work.action("publish")]}]


def run(
    steps: Iterable[dict],
    *,
    state: Path,
    reporter,
    only: Iterable[str] = (),
    workers: int = 2,
    before: Mapping[str, float] = NOTHING,
) -> None:
    """Run the steps that are not up to date, chapters side by side; `only` names the wanted ones.

    state: the file in which doit remembers what was done. What failed is told to `reporter`.
    before: the seconds that steps took the last time, by which the longest begin first.
    """
    control = TaskControl([dict_to_task(step) for step in steps])
    wanted = [CHAPTER + name for name in only] or ["book"]
    control.process(wanted)
    remembered = Dependency(KeptAsItGoes, str(state))
    settings = {"dep_manager": remembered, "reporter": reporter, "continue_": True}
    runner = MThreadRunner(**settings, num_process=workers) if workers > 1 else Runner(**settings)
    dispatcher = control.task_dispatcher()
    dispatcher.ready = LongestFirst(before)
    runner.run_all(dispatcher)


class LongestFirst(deque):
    """doit's queue of steps that may begin: the longest first, so that none is left alone last."""

    def __init__(self, before: Mapping[str, float]):
        super().__init__()
        self._before = before

    def popleft(self):
        longest = max(self, key=lambda node: self._before.get(node.task.name, 0.0))
        self.remove(longest)
        return longest


def _files_unchanged(digests: Digests, files: Iterable[Path]) -> Callable:
    def unchanged(task, values) -> bool:
        now = digests.over(files)
        task.value_savers.append(lambda: {"files": now})
        return values.get("files") == now

    return unchanged


def _product_unchanged(work, name: str) -> Callable:
    def unchanged(task, values) -> bool:
        task.value_savers.append(lambda: {"product": work.product(name), **work.notes(name)})
        return work.unchanged(name, values.get("product"))

    return unchanged


def _under(folder: Path) -> list[Path]:
    """The files under a folder that a person put there; what a program left hidden is not."""
    found = []
    for inside, folders, files in os.walk(folder):
        folders[:] = sorted(filter(_put_there, folders))
        found += [Path(inside, file) for file in sorted(files) if _put_there(file)]
    return found


def _put_there(name: str) -> bool:
    return name not in NOT_READ and not name.startswith((".", "~$"))
