"""Kill a build at random moments: the last good edition stays, and the next run is right.

    python benchmarks/kills.py --kills 200

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

PROJECT = Path(__file__).resolve().parents[1]
RESULTS = PROJECT / "benchmarks" / "results" / "kills.csv"
TESTS = PROJECT / "tests"
SEED = 20211001
COMMAND = [sys.executable, str(TESTS / "trial_builds.py")]
DOING = {"jupyter_book": "pages", "warm_parent": "chapters"}
COLUMNS = ("date", "python", "kill", "after_s", "while", "edition_afterwards", "next_run")


def main() -> int:
    """Kill, check and record; the exit status is the number of kills that did harm."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(kill_builds(Path(folder), kills=options.kills))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    harmed = [row for row in rows if "broken" in row.values() or row["while"].startswith("left")]
    print(f"{len(rows)} kills, {len(harmed)} did harm: {options.out}")
    return len(harmed)


def kill_builds(folder: Path, *, kills: int):
    """Yield a row for each kill of a build of the trial project in `folder`."""
    sys.path.insert(0, str(TESTS))
    from trial_builds import NETWORK, SAFETY, put, write_trial

    from rr_helpers.publish.record import digest_files

    chance = random.Random(SEED)
    made, known, states, takes = write_trial(folder), [], [], 0.0
    notebooks = [made.project / f"{name}.ipynb" for name in (NETWORK, SAFETY)]
    for state in (0, 1):
        put(made.project, SAFETY, f"{state};")
        put(made.project, NETWORK, f"{state};")
        states.append([notebook.read_bytes() for notebook in notebooks])
        started = time.monotonic()
        build(folder)
        takes = max(takes, time.monotonic() - started)
        known.append(digest_files(made.out))
    for number in range(1, kills + 1):
        state = (number + 1) % 2
        for notebook, content in zip(notebooks, states[state], strict=True):
            notebook.write_bytes(content)
        after = chance.uniform(0, 1.1 * takes)
        doing = start_and_kill(folder, after=after)
        kept = {0: "the other", 1: "this one"}.get(_which(published(made.out), known, state))
        build(folder)
        row = (
            datetime.date.today().isoformat(),
            platform.python_version(),
            number,
            f"{after:.2f}",
            doing,
            kept or "broken",
            "right" if digest_files(made.out) == known[state] else "broken",
        )
        yield dict(zip(COLUMNS, row, strict=True))


def _which(edition, known, state: int) -> int | None:
    """1 for the edition of this state, 0 for that of the other, None for neither."""
    return 1 if edition == known[state] else 0 if edition == known[1 - state] else None


def build(folder: Path) -> None:
    """Build in another process, to the end."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    subprocess.run([*COMMAND, str(folder)], check=True, env=environment)


def start_and_kill(folder: Path, *, after: float) -> str:
    """Build in another process, kill it after `after` seconds, return what it was doing."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    process = subprocess.Popen([*COMMAND, str(folder)], env=environment)
    try:
        process.wait(timeout=after)
        return "done"
    except subprocess.TimeoutExpired:
        family = psutil.Process(process.pid).children(recursive=True)
        commands = " ".join(word for each in family for word in _command(each))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    # Jupyter Book comes to its end by itself, in a folder that the next build clears.
    _, alive = psutil.wait_procs(family, timeout=60)
    if alive:
        return f"left {len(alive)} processes behind"
    return next((name for part, name in DOING.items() if part in commands), "starting or moving")


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def published(out: Path) -> dict[str, str]:
    """Return the digests of the edition that a reader of `out` has, put back as a build does."""
    from rr_helpers.publish.place import clear_left_over
    from rr_helpers.publish.record import digest_files

    clear_left_over(out)
    return {n: d for n, d in digest_files(out).items() if not n.startswith("failed/")}


if __name__ == "__main__":
    sys.exit(main())
