"""How long a build takes, beside what people do today: python benchmarks/pipeline.py

Everything runs on a copy of the project and on one synthetic study, which was read and validated
before; each round measures every way once, one after another, so that what else the machine does
falls on all of them alike:

    papermill          the command, chapter after chapter, then `jupyter-book build --all`
    xargs -P2          the same commands two at a time, then `jupyter-book build --all`
    rr build           everything anew: counts protected, kernels forked from a warm parent (its
                       start included), gate, pages, every check of the site
    checks alone       what papermill and Jupyter Book do not do: the release made and attacked, the
                       gate, every check of the site
    like for like      rr build less the checks: chapters and book, as papermill's row
    rr build, cold     the same as rr build with kernels started afresh, as on Windows and macOS
    cold, like for like
    no change          rr build again
    one chapter        rr build after words were added to one notebook
    one chapter, watching
                       from the save until the words stand on the page of a draft (rr build --watch)
    that chapter       its own work alone: the cells, in a kernel that has imported everything
    limit              the own work of all chapters, divided by two cores

Medians go to benchmarks/results/pipeline.csv. With a number, so many rounds (default: 5).
"""

import argparse
import csv
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
RESULTS = PROJECT / "benchmarks" / "results" / "pipeline.csv"
WINDOW = "eval_Y3"
EDITED = "notebooks/q2_training/training"
COLUMNS = ("way", "seconds", "against_papermill", "rounds", "date", "environment")
COLD = "from rr_helpers.publish import forking; forking.LINUX = False; "
RR = "import sys; from rr_helpers.cli import main; sys.exit(main())"


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial, rounds = Trial(Path(folder)), []
        for number in range(1, options.rounds + 1):
            rounds.append(trial.measure())
            print(f"round {number} of {options.rounds}", flush=True)
            write_medians(rounds, options.out)  # what is measured is kept where the rest is not
    print(options.out.read_text(encoding="utf-8"))


def write_medians(rounds: list[dict[str, float]], out: Path) -> None:
    """Write the median of each way over these rounds, in seconds and against papermill."""
    medians = {way: statistics.median(each[way] for each in rounds) for way in rounds[0]}
    rows = [
        (way, f"{seconds:.2f}", f"{seconds / medians['papermill']:.2f}", len(rounds),
         datetime.date.today().isoformat(), environment())
        for way, seconds in medians.items()
    ]  # fmt: skip
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


def environment() -> str:
    """Name what the times depend on."""
    from importlib.metadata import version

    packages = ("doit", "papermill", "ipykernel", "jupyter-book", "pandas")
    named = ", ".join(f"{name} {version(name)}" for name in packages)
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load not known"
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {load}, {named}"


class Trial:
    """A copy of the project, a study, and an edition, in `folder`."""

    def __init__(self, folder: Path):
        self.folder, self.project = folder, folder / "project"
        self.study, self.out, self.other = folder / "study", folder / "out", folder / "other"
        left_out = shutil.ignore_patterns("__pycache__", "_build", ".ipynb_checkpoints")
        for part in ("book", "notebooks", "rr_helpers"):
            shutil.copytree(PROJECT / part, self.project / part, ignore=left_out)
        shutil.copy(PROJECT / "requirements.lock", self.project)
        self.environment = {**os.environ, "PYTHONPATH": str(self.project)}
        self.python("-m", "compileall", "-q", self.project / "rr_helpers")
        self.rr("synthesise", self.study)
        self.build()
        state = next((self.study / ".rr").glob("pipeline-*.json"))
        steps = json.loads(state.read_text(encoding="utf-8"))
        self.parameters = steps["study"]["_values_:"]["parameters"]
        self.chapters = [name[8:] for name in steps if name.startswith("chapter:")]
        self.edits = 0

    def measure(self) -> dict[str, float]:
        """Return the seconds of each way, each measured once."""
        own, warm = self.own_work(), seconds(self.build_anew)
        checks = self.checks()  # of an edition that is whole: watching leaves a draft
        cold = seconds(self.build_anew, cold=True)
        return {
            "papermill": seconds(self.papermill, workers=1),
            "xargs -P2": seconds(self.papermill, workers=2),
            "rr build": warm,
            "checks alone": checks,
            "like for like": warm - checks,
            "rr build, cold": cold,
            "cold, like for like": cold - checks,
            "no change": seconds(self.build),
            "one chapter": seconds(self.edit_and_build),
            "one chapter, watching": self.edit_and_watch(),
            "that chapter": own[EDITED],
            "limit": sum(own.values()) / 2,
        }

    def papermill(self, *, workers: int) -> None:
        """Run the chapters with the papermill command, then the book with its own."""
        given = [part for name in self.parameters.items() for part in ("-p", *name)]
        lines = []
        for name in self.chapters:
            source, target = self.project / f"{name}.ipynb", self.other / f"{name}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            lines += [" ".join(map(str, (source, target, "--cwd", source.parent, *given)))]
        subprocess.run(
            ["xargs", "-P", str(workers), "-L", "1", sys.executable, "-m", "papermill",
             "--no-progress-bar", "-k", "python3"],
            input="\n".join(lines), text=True, check=True, env=self.environment,
            capture_output=True,
        )  # fmt: skip
        self.python("-c", STAGE, self.project / "book", self.other, *self.chapters)
        book = "import sys; from jupyter_book.cli.main import main; main()"
        self.python("-c", book, "build", self.other / "stage", "--all")

    def build(self, *, cold: bool = False) -> None:
        """Run rr build."""
        self.rr("build", self.study, "--window", WINDOW, "--out", self.out, cold=cold)

    def build_anew(self, *, cold: bool = False) -> None:
        """Forget every step but the reading of the study, then run rr build."""
        for kept in (self.study / ".rr").glob("pipeline-*.json"):
            kept.unlink()
        self.build(cold=cold)

    def edit(self) -> str:
        """Add words to a notebook; return one that stood nowhere before."""
        self.edits += 1
        word = "edited" + self.edits * "a"  # a number typed into prose would be refused
        path = self.project / f"{EDITED}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        prose = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"][-1]
        prose["source"] = [*prose["source"], f"\n\nWords, {word}."]
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return word

    def edit_and_build(self) -> None:
        """Add words to a notebook, then run rr build."""
        self.edit()
        self.build()

    def edit_and_watch(self) -> float:
        """Return the seconds from an edit to the page, while rr build --watch is at work."""
        asked = ["build", self.study, "--window", WINDOW, "--out", self.out, "--watch"]
        page = self.out / "site" / f"{EDITED}.html"
        with subprocess.Popen(
            [sys.executable, "-u", "-c", RR, *map(str, asked)], cwd=self.folder,
            env=self.environment, stdout=subprocess.PIPE, text=True,
        ) as watching:  # fmt: skip
            while "waiting" not in (line := watching.stdout.readline()):
                assert line, "watching has ended"
            started, word = time.perf_counter(), self.edit()
            while not page.is_file() or word not in page.read_text(encoding="utf-8"):
                time.sleep(0.02)
                assert watching.poll() is None, "watching has ended"
            took = time.perf_counter() - started
            watching.terminate()
        return took

    def own_work(self) -> dict[str, float]:
        """Return the seconds that the cells of each chapter take in a warm kernel."""
        told = self.python("-c", OWN, self.project, json.dumps(self.parameters), *self.chapters)
        return json.loads(told.splitlines()[-1])

    def checks(self) -> float:
        """Return the seconds of what a build does besides chapters and book."""
        return float(self.python("-c", CHECKS, self.study, self.out, WINDOW).splitlines()[-1])

    def rr(self, *arguments, cold: bool = False) -> None:
        """Run the command rr of the copied project."""
        self.python("-c", (COLD if cold else "") + RR, *arguments)

    def python(self, *arguments) -> str:
        """Run Python in the copied project; return what it printed."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=self.folder, env=self.environment,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        return done.stdout


def seconds(way, **settings) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    way(**settings)
    return time.perf_counter() - started


STAGE = """
import sys
from pathlib import Path
from rr_helpers.publish.contents import read_toc
from rr_helpers.publish.staging import stage_book
book, other, *names = sys.argv[1:]
book, other = Path(book), Path(other)
words = "# A page\\n\\n## A part\\n\\nWords.\\n"
pages = {name: words for name in read_toc(book)
         if name not in names and not (book / f"{name}.md").is_file()}
stage_book(book, chapters={name: other / f"{name}.ipynb" for name in names}, pages=pages,
           stage=other / "stage")
"""
OWN = """
import json, sys, time
from pathlib import Path
import papermill
from rr_helpers.publish.forking import warm_parent
from rr_helpers.publish.kernels import kernel_manager
project, parameters, *names = sys.argv[1:]
sources = {name: Path(project) / f"{name}.ipynb" for name in names}
own = {}
with warm_parent(sources.values()) as warm:
    for name, source in sources.items():
        made = papermill.execute_notebook(
            str(source), None, json.loads(parameters), kernel_name="python3", language="python",
            kernel_manager_class=kernel_manager(warm), progress_bar=False,
            resources={"metadata": {"path": str(source.parent)}}, shutdown_kernel="immediate")
        own[name] = sum(c.metadata.get("papermill", {}).get("duration") or 0 for c in made.cells)
print(json.dumps(own))
"""

CHECKS = """
import sys, time
from pathlib import Path
from rr_helpers.publish.check import check_edition
from rr_helpers.publish.plan import plan_edition
study, out, window = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
started = time.perf_counter()
plan = plan_edition(study, window=window)
found = check_edition(out, plan.identifiers, plan.names, runs=plan.runs, canaries=plan.canaries)
took = time.perf_counter() - started
assert not found, found
print(took)
"""

if __name__ == "__main__":
    main()
