"""Trial projects that the pipeline brings up to date, for tests and benchmarks of the pipeline."""

import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import trial_project as trial

from rr_helpers.publish.chapters import ChapterFailed
from rr_helpers.publish.here import Here
from rr_helpers.publish.jupyter_book import JupyterBook
from rr_helpers.publish.pipeline import ROOT, Inputs
from rr_helpers.publish.place import building_in
from rr_helpers.publish.record import digest_files
from rr_helpers.publish.sources import notebook_code
from rr_helpers.publish.steps import Work

NETWORK, SAFETY = "notebooks/q1_network/network", "notebooks/q4_safety/safety"
STEPS = ["study", f"chapter:{NETWORK}", f"chapter:{SAFETY}", "book"]


def write_trial(folder: Path) -> SimpleNamespace:
    """A project with two chapters and a package, and a study, of which a plan is made."""
    project = trial.write_project(folder / "project")
    shutil.copytree(ROOT / "rr_helpers", project / "rr_helpers",
                    ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
    put(project, NETWORK, "from rr_helpers.errors import UserError")
    put(project, SAFETY)
    made = at(folder)
    (made.study / ".rr" / "store").mkdir(parents=True)
    (made.study / "consent.xlsx").write_text("consent")
    return made


def at(folder: Path) -> SimpleNamespace:
    """Where the parts of a trial in `folder` lie; `plans` holds what each plan was made from."""
    study = folder / "study"
    state = study / ".rr" / "pipeline.json"
    return SimpleNamespace(
        project=folder / "project", study=study, out=folder / "out", state=state, plans=[]
    )


def put(project: Path, name: str, *cells: str) -> None:
    shown = trial.show_finding(name=name[-5:], question="Q1" if "q1" in name else "Q4")
    parameters = trial.PARAMETERS + '\nrelease = ""'
    made = trial.notebook(shown, *cells, parameters=parameters)
    nbformat.write(made, project / f"{name}.ipynb")


def bring_up_to_date(
    made,
    *,
    only=(),
    warm=False,
    chapters=None,
    say=lambda text: None,
    draft=False,
    pages=True,
    lasting=None,
) -> list[str]:
    """Run the pipeline on a trial and return the steps that were done, in the declared order."""
    store = made.study / ".rr" / "store"

    def make_plan(protected):
        made.plans.append(protected)
        release = store / "release.json"
        release.write_text((made.study / "consent.xlsx").read_text())
        parameters = {"study": str(store), "window": "eval_Y3", "scope": "london"}
        parameters["release"] = str(release)
        return trial.plan(made.project, parameters=parameters)

    inputs = Inputs(project=made.project, chapters=(NETWORK, SAFETY), study=made.study,
                    settings={}, root=made.project, draft=draft)  # fmt: skip
    with building_in(made.out) as building:
        work = Work(inputs, made.out, building=building, make_plan=make_plan, say=say,
                    chapters=chapters or Here(warm=warm), 
                    jupyter_book=JupyterBook(warm=warm and pages),
                    command="rr build study --out out", lasting=lasting)  # fmt: skip
        done = work.run(state=made.state, only=only)
    return sorted(done, key=STEPS.index)


def run_lightly(chapter, parameters, *, failed, warm):
    """In place of a kernel: what is asked here is which steps run, not what they do."""
    code = notebook_code(chapter.source)
    for wrong, named in {"1 / 0": "ZeroDivisionError", "[][0]": "IndexError"}.items():
        if wrong in code:
            raise ChapterFailed(chapter.name, cell=5, found=named, expected="-", cure="Mend it")
    chapter.target.parent.mkdir(parents=True, exist_ok=True)
    chapter.target.write_text(json.dumps([code, parameters["window"]]))


def build_lightly(plan, executed, building, **where):
    """In place of Jupyter Book."""
    (building / "site").mkdir()
    text = "".join(path.read_text() for path in executed.values())
    text += (plan.project / "book" / "pages" / "glossary.md").read_text(encoding="utf-8")
    (building / "site" / "index.html").write_text(text, encoding="utf-8")


def lightly(patch) -> None:
    """Run no kernel and no Jupyter Book until `patch` (pytest's monkeypatch) is undone."""
    patch.setattr("rr_helpers.publish.chapters.run_chapter", run_lightly)
    patch.setattr("rr_helpers.publish.build.build_site", build_lightly)


def without_pages() -> None:
    """Run real kernels, but nothing of Jupyter Book, and import none of what only pages need.

    For a process of its own: a build then takes as long as what is to be killed in it.
    """
    light = {
        "build": {"build_site": build_lightly, "digest_sources": digest_files, "Plan": light_plan},
        "since_last": {"recorded_findings": lambda told: []},
        "handover": {"too_heavy": lambda packed: ""},
    }
    for name, parts in light.items():
        sys.modules[f"rr_helpers.publish.{name}"] = SimpleNamespace(**parts)


def light_plan(**settings) -> SimpleNamespace:
    """In place of a Plan, whose module imports every room."""
    return SimpleNamespace(**{"inputs": {}, "options": {}, **settings})


def main(folder: str, *how: str) -> None:
    """Bring the trial in `folder` up to date, with pages that last or ``without-pages``."""
    if how:
        without_pages()
    bring_up_to_date(at(Path(folder)), warm=True, pages=not how, lasting=None if how else "pages")
