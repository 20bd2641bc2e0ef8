"""An edition from a study folder: what 'rr build' does."""

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.publish.pipeline import ROOT, Inputs
from rr_helpers.publish.place import building_in
from rr_helpers.publish.sources import read_package
from rr_helpers.publish.steps import Work
from rr_helpers.publish.workshop import Workshop

STATE = ".rr"  # beside the rows: what is remembered of private files lies where they lie


def build(
    folder: Path,
    *,
    window: str,
    scope: str,
    out: Path,
    only: Iterable[str] = (),
    say: Callable[[str], None] = print,
    thorough: bool = False,
    release: Path | None = None,
    cluster: str | None = None,
    workshop: Workshop | None = None,
    lasting: bool = True,
    draft: bool = False,
) -> list[str]:
    """Bring the edition of a study folder in `out` up to date; return the steps that were done.

    only: names of chapters to run, without building the pages. thorough: as in `protect_release`.
    release: the file of the window's release, where it was made just now for another scope.
    cluster: the address of a scheduler on whose workers the chapters run; else in the
    workshop. lasting: whether pages are kept for the next build. draft: whether the pages are all
    that is wanted, with every check of theirs. Errors as `build_edition`, `plan_edition` and
    `Cluster`.
    """
    inputs = edition_inputs(folder, window=window, scope=scope, thorough=thorough, draft=draft)
    workshop = workshop or Workshop()
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
    named = f"{window}-{scope}-{_digest_of_place(out)}"
    again = f"rr build {_quoted(folder)} --window {window} --scope {scope} --out {_quoted(out)}"

    def make_plan(release: Path | None):
        asked = {"thorough": thorough, "release": release, "say": say}
        make = partial(plan_edition_of, folder, window, scope, **asked)

        def files() -> list[Path]:
            return inputs.of_book(read_package(inputs.root))

        return workshop.plan(files, inputs.settings, release, make)

    with building_in(out) as building:
        work = Work(
            inputs,
            out,
            building=building,
            make_plan=lambda made: make_plan(made or release),
            say=say,
            chapters=_workers(cluster) or workshop.here,
            jupyter_book=workshop.jupyter_book,
            command=again + (f" --cluster {cluster}" if cluster else ""),
            lasting=f"pages-{named}" if lasting else None,
        )
        return work.run(state=_state(folder, named), only=only)


def edition_inputs(
    folder: Path, *, window: str, scope: str, thorough: bool = False, draft: bool = False
) -> Inputs:
    """Return what the edition of a study folder is made from."""
    from rr_helpers.publish.contents import chapter_names
    from rr_helpers.publish.scope import contents_of

    return Inputs(
        project=ROOT,
        chapters=tuple(chapter_names(ROOT / "book", contents_of(scope))),
        study=folder,
        settings={"window": window, "scope": scope, "thorough": str(thorough)},
        draft=draft,
    )


def plan_edition_of(folder: Path, window: str, scope: str, *, thorough, release, say):
    """Return the plan of an edition; the rooms behind it are imported only now."""
    from rr_helpers.publish.plan import plan_edition

    asked = {"window": window, "scope": scope, "thorough": thorough}
    return plan_edition(folder, **asked, protected=release, say=say)


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)


def _workers(cluster: str | None):
    if cluster is None:
        return None
    from rr_helpers.publish.cluster import Cluster

    return Cluster(cluster)


def _digest_of_place(out: Path) -> str:
    return hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:8]


def _state(folder: Path, named: str) -> Path:
    state = folder / STATE / f"pipeline-{named}.json"
    if folder.is_dir():  # where it is not, reading the study says so
        state.parent.mkdir(exist_ok=True)
    return state
