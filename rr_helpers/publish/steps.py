"""What each step of the pipeline does; heavy rooms are imported by the step that needs them."""

import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.here import Here
from rr_helpers.publish.jupyter_book import JupyterBook
from rr_helpers.publish.pipeline import CHAPTER, Inputs, declare, run
from rr_helpers.publish.place import move_into_place
from rr_helpers.publish.products import edition_digest, recorded
from rr_helpers.publish.progress import Progress, seconds_before
from rr_helpers.publish.record import digest_file, digest_files, write_record


class Work:
    """The work of one run of the pipeline, and what its steps hand to one another.

    building: the folder of this run. make_plan: returns the edition's Plan, given the file of the
    release where that is as it was; called once, and only where something has to be done. chapters:
    where chapters run, `Here` or a `Cluster`. executed: their executed notebooks, by name.
    lasting: the name of a folder beside them in which the next build finds what has not changed;
    None keeps nothing. jupyter_book: where the pages are built.
    """

    def __init__(
        self,
        inputs: Inputs,
        out: Path,
        *,
        building: Path,
        make_plan: Callable,
        say: Callable[[str], None] = print,
        chapters=None,
        command: str = "",
        lasting: str | None = None,
        jupyter_book: JupyterBook | None = None,
    ):
        self.inputs, self.out, self.building = inputs, out, building
        self._lasting = lasting
        self._jupyter_book = jupyter_book or JupyterBook()
        self.executed: dict[str, Path] = {}
        self.failures: dict[str, Exception] = {}
        self._make_plan, self._say, self._command = make_plan, say, command
        self._chapters = chapters or Here()
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="plan")
        self._starting = threading.Lock()
        self._plan: Future | None = None
        self._prepared = False
        self._release: Path | None = None
        self._seconds: dict[str, float] = {}
        self._told: list = []

    def run(self, *, state: Path, only: Iterable[str] = ()) -> list[str]:
        """Run what is not up to date and return the steps that were done; what failed is raised.

        UserError where several chapters stopped lists them all.
        """
        workers = self._chapters.side_by_side
        progress = Progress(self._say, state=state, workers=workers)
        shutil.rmtree(self.out / "failed", ignore_errors=True)
        try:
            steps = declare(self.inputs, self)
            asked = {"only": only, "workers": workers, "before": seconds_before(state)}
            run(steps, state=state, reporter=progress, **asked)
        finally:
            progress.close()
            self._jupyter_book.close()
            if told := self._chapters.close():
                self._say(told)
            self._aside.shutdown(wait=False, cancel_futures=True)
        self._raise_failures()
        return progress.done

    def action(self, name: str) -> Callable:
        """Return the action of a step, as doit calls it."""
        if name.startswith(CHAPTER):
            chapter = partial(self._chapter, name.removeprefix(CHAPTER))
            return lambda planned: self._guarded(name, chapter, planned)
        steps = {"study": self._study, "book": self._book, "publish": self._publish}
        return lambda: self._guarded(name, steps[name])

    def product(self, name: str):
        """Return what is recorded of a step's product: where it lies and its digest."""
        if name == "study":
            release = self.plan().parameters.get("release")
            return recorded(Path(release)) if release else None
        if name.startswith(CHAPTER):
            return recorded(self.executed[name.removeprefix(CHAPTER)])
        return edition_digest(self.out)

    def notes(self, name: str) -> dict:
        """Return what is remembered of a step besides, for the next run's forecast."""
        return {"seconds": round(self._seconds.get(name, 0.0), 1)}

    def unchanged(self, name: str, before) -> bool:
        """Return whether the product that was recorded is still there as it was made."""
        if name == "book":
            return before == edition_digest(self.out)
        if not before or recorded(Path(before["file"])) != before:
            return False
        if name == "study":
            self._release = Path(before["file"])
        else:
            self.executed[name.removeprefix(CHAPTER)] = Path(before["file"])
        return True

    def plan(self):
        """Return the plan of the edition, made in the background by whoever asks first."""
        return self._begin().result()

    def _begin(self) -> Future:
        with self._starting:
            if self._plan is None:
                self._plan = self._aside.submit(self._make_plan, self._release)
            return self._plan

    def _prepare(self) -> None:
        # Not where the pages alone are made anew: no chapter would use what is imported.
        with self._starting:
            if not self._prepared:
                self._chapters.prepare(map(self.inputs.notebook, self.inputs.chapters))
                self._prepared = True

    def _prepare_pages(self) -> None:
        with self._starting:
            self._jupyter_book.prepare()

    def _guarded(self, name: str, step: Callable, *arguments):
        started = time.monotonic()
        try:
            return step(*arguments)
        except Exception as error:
            self.failures[name] = error
            return False
        finally:
            self._seconds[name] = time.monotonic() - started

    def _study(self) -> dict:
        self._prepare()
        self._release = None  # its inputs have changed
        planning = self._begin()
        self._chapters.prepared()
        if not planning.done():
            self._prepare_pages()  # only now: what chapters wait for comes first
        return {"parameters": dict(self.plan().parameters), "release": self.product("study")}

    def _chapter(self, name: str, planned: dict) -> str:
        self._prepare()  # first, since what is imported next takes time too
        self._begin()
        self._prepare_pages()
        from rr_helpers.publish.chapters import Chapter

        parameters = planned["parameters"]
        target = self._private(parameters) / f"{name}.ipynb"
        chapter = Chapter(name, self.inputs.notebook(name), target)
        self._chapters.run(chapter, parameters, failed=self.out / "failed")
        self.executed[name] = target
        return digest_file(target)

    def _private(self, parameters: dict) -> Path:
        """Where executed chapters are kept: in the validated study, with which they are deleted."""
        if self.inputs.study is None:
            return self.building / "executed"
        kept = f"chapters-{parameters['window']}-{parameters['scope']}"
        return Path(parameters["study"]) / kept

    def _book(self) -> None:
        from rr_helpers.publish.build import build_site

        self._say("Checking every output, then building the pages")
        executed = {name: self.executed[name] for name in self.inputs.chapters}
        for name, path in executed.items():
            target = self.building / "chapters" / f"{name}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        where = {"kept": self._kept(), "jupyter_book": self._jupyter_book}
        where["draft"] = self.inputs.draft
        self._told = build_site(self.plan(), executed, self.building, **where) or []

    def _kept(self) -> Path:
        """Where a later build finds what has not changed: with the rows, and deleted with them."""
        kept = self.building / "kept"
        if self._lasting and self.inputs.study is not None:
            kept = Path(self.plan().parameters["study"]) / self._lasting
        kept.mkdir(parents=True, exist_ok=True)
        return kept

    def _publish(self) -> None:
        from rr_helpers.publish.build import digest_sources
        from rr_helpers.publish.handover import too_heavy
        from rr_helpers.publish.since_last import recorded_findings

        plan = self.plan()
        write_record(
            self.building / "record.json",
            inputs={**plan.inputs, **digest_sources(plan.project)},
            lock=plan.project / "requirements.lock",
            seed=plan.seed,
            options={**plan.options, **({"draft": "True"} if self.inputs.draft else {})},
            window=plan.window,
            scope=plan.scope,
            site=digest_files(self.building / "site"),
            findings=recorded_findings(self._told),
            handover=self.building / "handover.zip",
        )
        move_into_place(self.building, self.out)
        if warning := too_heavy(self.out / "handover.zip"):
            self._say(f"Warning: {warning}")

    def _raise_failures(self) -> None:
        errors = [self.failures[name] for name in sorted(self.failures, key=self._position)]
        for error in errors:
            if not isinstance(error, UserError):
                raise error
            if self._command and hasattr(error, "chapter"):
                again = f"{self._command} --only {error.chapter}"
                error.args = (f"{error}\nTo run just this chapter again: {again}",)
        # What is wrong with the place where chapters run is the same for all of them.
        errors = list({str(error): error for error in errors}.values())
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise UserError(
                place="notebooks",
                found=f"{len(errors)} chapters stopped:\n"
                + "".join(f"  - {error}\n" for error in errors),
                expected="chapters that run from top to bottom",
                cure="Nothing was published; mend the cells named above and build again",
            )

    def _position(self, name: str) -> int:
        chapter = name.removeprefix(CHAPTER)
        return self.inputs.chapters.index(chapter) if chapter in self.inputs.chapters else -1
