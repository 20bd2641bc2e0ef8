"""How well borough briefings share two cores, here and on a cluster: python benchmarks/boroughs.py

    python benchmarks/boroughs.py --windows eval_Y1 eval_Y2 eval_Y3 Y2_SA     # 132 chapter runs

Each briefing is a chapter, its pages and their checks. The briefings of boroughs are built anew,
from one release a window: by one process; by two; by two whose chapters run on a cluster, a dask
scheduler and two workers, each a process of its own on loopback; and on another such cluster of
which one worker is killed while it runs a chapter, when half of the briefings are done. The ideal
is the time of one process, divided by two. `same_bytes` says how many briefings are, in every file,
as one process built them: nothing may be lost.

Results go to benchmarks/results/boroughs.csv, line by line as they are measured. With a number, so
many boroughs (default: all 33).
"""

import argparse
import csv
import datetime
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from rr_helpers.publish.boroughs import build_each
from rr_helpers.publish.edition import open_edition
from rr_helpers.publish.record import digest_files
from rr_helpers.publish.releasing import release_window
from rr_helpers.publish.validated import prepare_study
from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.synthetic import make_study, write_study

PROJECT = Path(__file__).resolve().parents[1]
RESULTS = PROJECT / "benchmarks" / "results" / "boroughs.csv"
sys.path.insert(0, str(PROJECT / "tests"))
HERE, CLUSTER, KILLED = "here", "cluster", "cluster, one worker killed"
COLUMNS = ("where", "workers", "windows", "briefings", "seconds", "of_the_ideal", "same_bytes",
           "date", "environment")  # fmt: skip


def main() -> int:
    """Measure, print and write the results; the exit status is the number of briefings lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("boroughs", type=int, nargs="?", default=len(BOROUGHS))
    parser.add_argument("--windows", nargs="+", default=["eval_Y3"])
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, options.out.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        briefings = Briefings(Path(folder), options.windows, list(BOROUGHS)[: options.boroughs])
        alone, lost = None, 0
        for where, workers in ((HERE, 1), (HERE, 2), (CLUSTER, 2), (KILLED, 2)):
            seconds, same = briefings.build(where, workers)
            alone = alone or seconds
            lost += briefings.number - same
            row = (where, workers, " ".join(options.windows), briefings.number, f"{seconds:.1f}",
                   f"{alone / workers / seconds:.2f}", f"{same} of {briefings.number}",
                   datetime.date.today().isoformat(), _environment())  # fmt: skip
            writer.writerow(row)
            file.flush()
            print(*row[:7], sep="\t", flush=True)
    return lost


class Briefings:
    """The briefings of some boroughs and windows of a synthetic study, to be built in `folder`."""

    def __init__(self, folder: Path, windows: list[str], boroughs: list[str]):
        self._folder, self._study = folder, folder / "study"
        write_study(make_study(), self._study)
        store = prepare_study(self._study)
        self._releases = {}
        for window in windows:
            edition = open_edition(store, window=window)
            self._releases[window] = release_window(edition, store, say=lambda text: None)[0]
        self._boroughs, self._first = boroughs, {}
        self.number = len(windows) * len(boroughs)

    def build(self, where: str, workers: int) -> tuple[float, int]:
        """Build all of them anew; return the seconds, and how many are as they were at first."""
        place = self._folder / f"{where}-{workers}"
        place.mkdir()
        with nullcontext() if where == HERE else Loopback(place, workers) as cluster:
            asked = {
                (window, code): {
                    "window": window, "scope": code, "release": release,
                    "cluster": cluster and cluster.address, "out": place / window / code,
                }
                for window, release in self._releases.items()
                for code in self._boroughs
            }  # fmt: skip
            half = cluster.kill_one if where == KILLED else lambda: None
            seconds = _seconds(self._study, asked, workers=workers, at_half=half)
            if where == KILLED:
                assert cluster.alive() == workers - 1, "no worker was killed in time"
        built = {key: digest_files(each["out"]) for key, each in asked.items()}
        self._first = self._first or built
        return seconds, sum(bool(built[key]) and built[key] == self._first[key] for key in built)


class Loopback:
    """A scheduler and workers on this machine, ready to work when it is entered."""

    def __init__(self, folder: Path, workers: int):
        self._folder, self._number = folder, workers

    def __enter__(self) -> "Loopback":
        from contextlib import ExitStack

        from distributed import Client
        from local_cluster import scheduling, working

        self._open = ExitStack()
        self.address = self._open.enter_context(scheduling(self._folder))
        entered = working(self.address, self._folder, workers=self._number)
        self._workers = self._open.enter_context(entered)
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(self._number, timeout=120)
        return self

    def __exit__(self, *error) -> None:
        self._open.close()

    def kill_one(self) -> None:
        """Kill the next worker that runs a chapter, while the build goes on."""
        from local_cluster import kill_one_at_work

        threading.Thread(target=kill_one_at_work, args=(self._workers,), daemon=True).start()

    def alive(self) -> int:
        """Return how many workers have not ended."""
        return sum(worker.poll() is None for worker in self._workers)


def _seconds(study: Path, asked: dict, *, workers: int, at_half: Callable[[], None]) -> float:
    """Build, do something when half is done, and return how long it took; tell what went wrong."""
    started = time.perf_counter()
    for done, (key, error) in enumerate(build_each(study, asked, workers=workers), start=1):
        if error:
            print(*key, error, file=sys.stderr)
        if done == len(asked) // 2:
            at_half()
    return time.perf_counter() - started


def _environment() -> str:
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load not known"
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {load}"


if __name__ == "__main__":
    sys.exit(main())
