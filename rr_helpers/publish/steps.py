"""What each step of the pipeline does; heavy rooms are imported by the step that needs them."""

import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.pipeline import CHAPTER, ROOT, Inputs, declare, run
from rr_helpers.publish.place import PARTS, building_in, move_into_place
from rr_helpers.publish.progress import Progress
from rr_helpers.publish.record import digest_file, digest_files, write_record
from rr_helpers.publish.sources import imported_modules, notebook_code

STATE = ".rr"  # beside the rows: what is remembered of private files lies where they lie


class Work:
    """The work of one run of the pipeline, and what its steps hand to one another.

    building: the folder of this run. make_plan: returns the edition's Plan, given the file of the
    release where that is as it was; called once, and only where something has to be done. executed:
    the chapters' executed notebooks, by name.
    """

    def __init__(
        self,
        inputs: Inputs,
        out: Path,
        *,
        building: Path,
        make_plan: Callable,
        say: Callable[[str], None] = print,
        warm: bool = True,
        command: str = "",
    ):
        self.inputs, self.out, self.building = inputs, out, building
        self.executed: dict[str, Path] = {}
        self.failures: dict[str, Exception] = {}
        self._make_plan, self._say, self._may_fork, self._command = make_plan, say, warm, command
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="plan")
        self._starting = threading.Lock()
        self._plan: Future | None = None
        self._release: Path | None = None
        self._warm = None
        self._seconds: dict[str, float] = {}
        self._told: list = []

    def run(self, *, state: Path, only: Iterable[str] = ()) -> list[str]:
        """Run what is not up to date and return the steps that were done; what failed is raised.

        UserError where several chapters stopped lists them all.
        """
        progress = Progress(self._say, state=state)
        shutil.rmtree(self.out / "failed", ignore_errors=True)
        try:
            run(declare(self.inputs, self), state=state, reporter=progress, only=only)
        finally:
            progress.close()
            if self._warm:
                if self._warm.trouble:
                    self._say(f"Kernels started afresh, which is slower: {self._warm.trouble}")
                self._warm.close()
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
            return _recorded(Path(release)) if release else None
        if name.startswith(CHAPTER):
            return _recorded(self.executed[name.removeprefix(CHAPTER)])
        return _edition_digests(self.out)

    def notes(self, name: str) -> dict:
        """Return what is remembered of a step besides, for the next run's forecast."""
        return {"seconds": round(self._seconds.get(name, 0.0), 1)}

    def unchanged(self, name: str, recorded) -> bool:
        """Return whether the product that was recorded is still there as it was made."""
        if name == "book":
            return recorded == _edition_digests(self.out)
        if not recorded or _recorded(Path(recorded["file"])) != recorded:
            return False
        if name == "study":
            self._release = Path(recorded["file"])
        else:
            self.executed[name.removeprefix(CHAPTER)] = Path(recorded["file"])
        return True

    def plan(self):
        """Return the plan of the edition, made in the background by whoever asks first."""
        return self._begin().result()

    def _begin(self) -> Future:
        with self._starting:
            if self._plan is None:
                self._warm = self._warm_parent()
                self._plan = self._aside.submit(self._make_plan, self._release)
            return self._plan

    def _warm_parent(self):
        from rr_helpers.publish.forking import LINUX, WarmParent

        if not (self._may_fork and LINUX):
            return None
        code = [notebook_code(self.inputs.notebook(name)) for name in self.inputs.chapters]
        return WarmParent(dict.fromkeys(each for text in code for each in imported_modules(text)))

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
        self._release = None  # its inputs have changed
        return {"parameters": dict(self.plan().parameters), "release": self.product("study")}

    def _chapter(self, name: str, planned: dict) -> str:
        from rr_helpers.publish.chapters import Chapter, run_chapter

        self._begin()
        parameters = planned["parameters"]
        target = self._private(parameters) / f"{name}.ipynb"
        chapter = Chapter(name, self.inputs.notebook(name), target)
        run_chapter(chapter, parameters, failed=self.out / "failed", warm=self._warm)
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
        self._told = build_site(self.plan(), executed, self.building) or []

    def _publish(self) -> None:
        from rr_helpers.publish.build import digest_sources
        from rr_helpers.publish.since_last import recorded_findings

        plan = self.plan()
        write_record(
            self.building / "record.json",
            inputs={**plan.inputs, **digest_sources(plan.project)},
            lock=plan.project / "requirements.lock",
            seed=plan.seed,
            options=plan.options,
            window=plan.window,
            scope=plan.scope,
            site=digest_files(self.building / "site"),
            findings=recorded_findings(self._told),
        )
        move_into_place(self.building, self.out)

    def _raise_failures(self) -> None:
        errors = [self.failures[name] for name in sorted(self.failures, key=self._position)]
        for error in errors:
            if not isinstance(error, UserError):
                raise error
            if self._command and hasattr(error, "chapter"):
                again = f"{self._command} --only {error.chapter}"
                error.args = (f"{error}\nTo run just this chapter again: {again}",)
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


def build(
    folder: Path,
    *,
    window: str,
    scope: str,
    out: Path,
    only: Iterable[str] = (),
    say: Callable[[str], None] = print,
    warm: bool = True,
    thorough: bool = False,
    release: Path | None = None,
) -> list[str]:
    """Bring the edition of a study folder in `out` up to date; return the steps that were done.

    only: names of chapters to run, without building the pages. thorough: as in `protect_release`.
    release: the file of the window's release, where it was made just now for another scope. Errors
    as `build_edition`, and as `plan_edition`.
    """
    inputs = edition_inputs(folder, window=window, scope=scope, thorough=thorough)
    unknown = sorted(set(only) - set(inputs.chapters))
    if unknown:
        raise UserError(
            place="--only",
            found=f"'{unknown[0]}'",
            expected=f"one of {', '.join(inputs.chapters)}",
            cure="Name the chapter as book/_toc.yml does, without its ending",
        )
    if not folder.is_dir():  # reading it says so, and what to do
        plan_edition_of(folder, window, scope, thorough=thorough, release=None, say=say)
    with building_in(out) as building:
        work = Work(
            inputs,
            out,
            building=building,
            make_plan=lambda made: plan_edition_of(
                folder, window, scope, thorough=thorough, release=made or release, say=say
            ),
            say=say,
            warm=warm,
            command=f"rr build {folder} --window {window} --scope {scope} --out {out}",
        )
        return work.run(state=_state(folder, out, window, scope), only=only)


def edition_inputs(folder: Path, *, window: str, scope: str, thorough: bool = False) -> Inputs:
    """Return what the edition of a study folder is made from."""
    from rr_helpers.publish.book import chapter_names
    from rr_helpers.publish.scope import contents_of

    return Inputs(
        project=ROOT,
        chapters=tuple(chapter_names(ROOT / "book", contents_of(scope))),
        study=folder,
        settings={"window": window, "scope": scope, "thorough": str(thorough)},
    )


def plan_edition_of(folder: Path, window: str, scope: str, *, thorough, release, say):
    """Return the plan of an edition; the rooms behind it are imported only now."""
    from rr_helpers.publish.plan import plan_edition

    asked = {"window": window, "scope": scope, "thorough": thorough}
    return plan_edition(folder, **asked, protected=release, say=say)


def _state(folder: Path, out: Path, window: str, scope: str) -> Path:
    place = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:8]
    state = folder / STATE / f"pipeline-{window}-{scope}-{place}.json"
    if folder.is_dir():  # where it is not, reading the study says so
        state.parent.mkdir(exist_ok=True)
    return state


def _recorded(file: Path) -> dict | None:
    return {"file": str(file), "digest": digest_file(file)} if file.is_file() else None


def _edition_digests(out: Path) -> str | None:
    """One digest over every file of the edition in `out`; None where there is none."""
    files = [path for part in PARTS for path in (out / part).rglob("*") if path.is_file()]
    if not (out / "record.json").is_file():
        return None
    told = digest_files(out, [*files, out / "record.json"])
    return hashlib.sha256(repr(told).encode()).hexdigest()
