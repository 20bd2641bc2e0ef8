"""Kill a build at random moments: the last good edition stays, and the next run is right.

    python benchmarks/kills.py --kills 200

It may be run in pieces: kills are added to those in the file of results until there are so many.
Every twentieth (`--with-book 1`: every one) is of a build with Jupyter Book; the others write their
pages in no time, and import nothing that only pages need, so that more kills fall on the moments
that matter: starting, chapters in kernels of a warm parent, state, and moving into place.

A trial project has two states of its sources, whose editions are known. Each time it is put into
the other state, a build started, and its process killed with SIGKILL after a random part of the
time that a build takes. The edition in the folder must then be one of the two, whole; no process
may be left behind; and one more build must give the edition of the state, byte for byte. A line for
each kill goes to benchmarks/results/kills.csv.
"""

import argparse
import csv
import datetime
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from rr_helpers.publish.jupyter_book import MODULES as BOOK
from rr_helpers.publish.record import digest_files

PROJECT = Path(__file__).resolve().parents[1]
RESULTS = PROJECT / "benchmarks" / "results" / "kills.csv"
TESTS = PROJECT / "tests"
sys.path.insert(0, str(TESTS))
# What is killed is the package beside this file, not one that is installed from elsewhere.
BESIDE = os.pathsep.join([str(TESTS), str(PROJECT)])
SEED = 20211001
# Cells that do nothing are over before a kill falls on them.
WORK = "__import__('time').sleep(1.5)"
# The package is imported first, because it makes what follows quicker to import.
BUILD = "import sys, rr_helpers.publish, trial_builds; trial_builds.main(*sys.argv[1:])"
DONE = "done"
ENDS_WITHIN = 600  # seconds
COLUMNS = ("date", "python", "kill", "pages", "after_s", "while", "edition_afterwards", "next_run")


def main() -> int:
    """Kill, check and record; the exit status is the number of kills that did harm."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--with-book", type=int, default=20, metavar="N", help="every so manieth")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    rows = _earlier(options.out)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, options.out.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if not rows:
            writer.writeheader()
        trials = {}
        for number in range(len(rows) + 1, options.kills + 1):
            pages = "none" if number % options.with_book else "Jupyter Book"
            if pages not in trials:
                trials[pages] = Trial(Path(folder) / pages.replace(" ", "-"), pages=pages)
            rows.append(trials[pages].kill(number))
            writer.writerow(rows[-1])
            file.flush()
    harmed = [row for row in rows if "broken" in row.values() or row["while"].startswith("left")]
    print(f"{len(rows)} kills, {len(harmed)} did harm: {options.out}")
    return len(harmed)


def _earlier(results: Path) -> list[dict]:
    if not results.is_file():
        return []
    with results.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Trial:
    """A trial project in `folder`, whose two states and their editions are known."""

    def __init__(self, folder: Path, *, pages: str):
        from trial_builds import NETWORK, SAFETY, put, write_trial

        folder.mkdir()
        self.made, self.states, self.known, self.takes = write_trial(folder), [], [], 0.0
        self.pages = pages
        how = ["without-pages"] if pages == "none" else []
        self.command = [sys.executable, "-c", BUILD, str(folder), *how]
        self.notebooks = [self.made.project / f"{name}.ipynb" for name in (NETWORK, SAFETY)]
        for state in (0, 1):
            put(self.made.project, SAFETY, f"{WORK}; {state};")
            put(self.made.project, NETWORK, f"{WORK}; {state};")
            self.states.append([notebook.read_bytes() for notebook in self.notebooks])
            started = time.monotonic()
            build(self.command)
            self.takes = max(self.takes, time.monotonic() - started)
            self.known.append(digest_files(self.made.out))
        self.now = 1

    def kill(self, number: int) -> dict[str, str]:
        """Kill a build of the other state, look, build again, and return the row about it."""
        draw = random.Random(SEED + number)
        doing = DONE
        while doing == DONE:  # it was over before the moment came: that was no kill
            self.now = 1 - self.now
            for notebook, content in zip(self.notebooks, self.states[self.now], strict=True):
                notebook.write_bytes(content)
            after, started = draw.uniform(0, 1.1 * self.takes), time.monotonic()
            doing = start_and_kill(self.command, after=after)
            if doing == DONE:
                self.takes = time.monotonic() - started
        kept = _which(published(self.made.out), self.known, self.now)
        build(self.command)
        row = (
            datetime.date.today().isoformat(),
            platform.python_version(),
            number,
            self.pages,
            f"{after:.2f}",
            doing,
            {0: "the other", 1: "this one"}.get(kept, "broken"),
            "right" if digest_files(self.made.out) == self.known[self.now] else "broken",
        )
        return dict(zip(COLUMNS, row, strict=True))


def _which(edition, known, state: int) -> int | None:
    """1 for the edition of this state, 0 for that of the other, None for neither."""
    return 1 if edition == known[state] else 0 if edition == known[1 - state] else None


def build(command: list[str]) -> None:
    """Build in another process, to the end."""
    environment = {**os.environ, "PYTHONPATH": BESIDE}
    subprocess.run(command, check=True, env=environment)


def start_and_kill(command: list[str], *, after: float) -> str:
    """Build in another process, kill it after `after` seconds, return what it was doing."""
    environment = {**os.environ, "PYTHONPATH": BESIDE}
    process = subprocess.Popen(command, env=environment)
    try:
        process.wait(timeout=after)
        return DONE
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGSTOP)  # so that it starts nobody who is not on the list
        family = psutil.Process(process.pid).children(recursive=True)
        doing = _doing(family)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    # Where Jupyter Book was no fork, it comes to its end by itself, in a stage that no build uses
    # again; on a busy machine that takes minutes.
    _, alive = psutil.wait_procs(family, timeout=ENDS_WITHIN)
    if alive:
        return f"left {len(alive)} processes behind"
    return doing


def _doing(family: list[psutil.Process]) -> str:
    """What a build was at when its processes were these: kernels, as Jupyter Book, are forks of
    their parents."""
    commands = {each.pid: _command(each) for each in family}
    forks = [
        command
        for each in family
        if (command := commands[each.pid]) and command == commands.get(each.ppid())
    ]
    if any(set(BOOK) & set(command) for command in forks):
        return "pages"
    return "chapters" if forks else "neither chapters nor pages"


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def published(out: Path) -> dict[str, str]:
    """Return the digests of the edition that a reader of `out` has, put back as a build does."""
    from rr_helpers.publish.place import clear_left_over

    clear_left_over(out)
    return {n: d for n, d in digest_files(out).items() if not n.startswith("failed/")}


if __name__ == "__main__":
    sys.exit(main())
