"""How time and memory of each step grow with the study: python benchmarks/scale.py

A synthetic study of the pilot's size, one ten times and one a hundred times as large (50,000 young
people, a national programme) are written, read, released and shown, each step in a process of its
own, so that its processor time and its largest memory can be read from the system:

    synthesise         writing the study, which only a trial needs
    read               workbooks and coded projects read, validated, and kept as Parquet
    build              the whole report from the study that was read: rr build, every check included
    open               what every chapter begins with
    coded evidence     the coded documents read and gated
    release            every count tabulated, protected and attacked
    chapter …          the notebook, in a kernel of its own, libraries imported

Seconds are of the processor, of all processes of a step together, so that what else the machine
does matters less; `elapsed` is what the clock says. Megabytes are of the largest of the step's
processes, and `together` of all that it runs at once, what they share counted once (looked at now
and then, since looking slows a large process down; Linux tells it). `times` and `elapsed_times` are
against the scale before, and `growth` the power of the number of rows that `times` comes to: 1 is
in proportion. A step may be given a time limit; where it is reached, the row says so. `--steps`
measures only some, and `--runs` builds the reports several times in turn, whose medians are told
with how many they are of. Results go to benchmarks/results/scale.csv, line by line.
"""

import argparse
import csv
import datetime
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

PROJECT = Path(__file__).resolve().parents[1]
RESULTS = PROJECT / "benchmarks" / "results" / "scale.csv"
WINDOW = "eval_Y3"
COLUMNS = ("scale", "rows", "step", "runs", "seconds", "elapsed", "megabytes", "together", "times",
           "elapsed_times", "growth", "date", "python")  # fmt: skip
EVERY = 5.0  # seconds between two looks at memory
STEPS = ("read", "build", "open", "coded evidence", "release", "chapters")


def main() -> None:
    """Measure, print and write a line for each scale and step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scales", type=float, nargs="*", default=[1, 10, 100])
    parser.add_argument("--limit", type=float, default=3600, help="seconds for a step")
    parser.add_argument("--steps", nargs="*", choices=STEPS, default=STEPS)
    parser.add_argument("--runs", type=int, default=1, help="how often reports are built")
    parser.add_argument("--studies", type=Path, help="where the studies lie, or are written to")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, options.out.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        before: dict[str, tuple[Used, int]] = {}
        for scale, step, rows, used in measure_all(options, options.studies or Path(scratch)):
            row = _row(scale, rows, step, used, before.get(step))
            if isinstance(used.seconds, float):
                before[step] = used, rows
            writer.writerow(row)
            file.flush()
            print(*row[:-2], sep="\t", flush=True)


class Used(NamedTuple):
    """What a step took: seconds of the processor, or how it ended; seconds by the clock; memory of
    the largest process, and of all at once, 0 where the system does not tell; of how many runs that
    is the median.
    """

    seconds: float | str
    elapsed: float
    megabytes: int
    together: int
    runs: int = 1


def measure_all(options, studies: Path) -> Iterator[tuple[float, str, int, Used]]:
    """Yield (scale, step, rows of the study, what it used) of all that is asked for.

    Builds come last, of each scale in turn, so that what else the machine does falls on all alike.
    """
    read: dict[float, int] = {}
    for scale in options.scales:
        study = studies / f"study-{scale:g}"
        for step, rows, used in measure(study, scale, options.steps, limit=options.limit):
            read[scale] = rows
            yield scale, step, rows, used
    wanted = [scale for scale, rows in read.items() if rows and "build" in options.steps]
    built: dict[float, list[Used]] = {scale: [] for scale in wanted}
    for _ in range(options.runs):
        for scale, found in built.items():
            found += [run("build", studies / f"study-{scale:g}", limit=options.limit)[0]]
    for scale, found in built.items():
        yield scale, "build", read[scale], _median(found)


def measure(
    study: Path, scale: float, asked: Collection[str], *, limit: float
) -> Iterator[tuple[str, int, Used]]:
    """Yield (step, rows of the study, what it used) of each step but building that is asked for.

    The study is read in any case.
    """
    if not study.is_dir():
        yield "synthesise", 0, run("synthesise", study, f"{scale:g}", limit=limit)[0]
    used, said = run("read", study, limit=limit)
    if not said:
        yield "read", 0, used
        return
    store, rows = Path(said["store"]), said["rows"]
    yield "read", rows, used
    for step in ("open", "coded evidence"):
        if step in asked:
            yield step, rows, run(step, store, limit=limit)[0]
    if not {"release", "chapters"} & set(asked):
        return
    used, said = run("release", store, limit=limit)
    yield "release", rows, used
    if said and "chapters" in asked:
        for name in said["chapters"]:
            used, _ = run("chapter", store, name, said["release"], limit=limit)
            yield f"chapter {name.removeprefix('notebooks/')}", rows, used


def run(step: str, *arguments, limit: float) -> tuple[Used, dict | None]:
    """Return what a step used, and what it said, None if it failed."""
    command = [sys.executable, __file__, "--step", step, *map(str, arguments)]
    started = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit))),
    )  # fmt: skip
    most: list[int] = []
    threading.Thread(target=_look_at_memory, args=(process.pid, most), daemon=True).start()
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    elapsed = time.monotonic() - started
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    memory = round(used.ru_maxrss / 1024), round(max(most, default=0) / 1024**2)
    if status:
        how = "stopped at the limit" if process.returncode < 0 else "failed"
        return Used(how, elapsed, *memory), None
    told = json.loads(said.splitlines()[-1])
    return Used(used.ru_utime + used.ru_stime, elapsed, *memory), told


def _median(measured: list[Used]) -> Used:
    """The median of each thing; one that did not come to its end, where there is any."""
    for used in measured:
        if isinstance(used.seconds, str):
            return used
    seconds, elapsed, *memory, _ = map(statistics.median, zip(*measured, strict=True))
    return Used(seconds, elapsed, *map(round, memory), len(measured))


def _look_at_memory(pid: int, most: list[int]) -> None:
    """Note, until the process ends, how much memory it and all that it started have."""
    with suppress(psutil.Error, AttributeError):
        first = psutil.Process(pid)
        while first.is_running() and first.status() != psutil.STATUS_ZOMBIE:
            held = 0
            for each in [first, *first.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    held += each.memory_full_info().pss
            most.append(held)
            time.sleep(EVERY)


def _row(scale: float, rows: int, step: str, used: Used, before) -> tuple:
    seconds, compared = used.seconds, ("", "", "")
    if isinstance(seconds, float):
        if before and before[1] and rows:
            times, larger = seconds / before[0].seconds, rows / before[1]
            elapsed = used.elapsed / before[0].elapsed
            compared = f"{times:.1f}", f"{elapsed:.1f}", f"{math.log(times) / math.log(larger):.2f}"
        seconds = f"{seconds:.1f}"
    today = datetime.date.today().isoformat()
    return (f"{scale:g}", rows, step, used.runs, seconds, f"{used.elapsed:.1f}", used.megabytes,
            used.together, *compared, today, _python())  # fmt: skip


def _python() -> str:
    return f"{platform.python_version()}, {os.cpu_count()} cores"


def do(step: str, place: str, *more: str) -> dict:
    """Do one step in this process and return what the next ones need."""
    from rr_helpers.publish.edition import open_edition
    from rr_helpers.publish.validated import prepare_study

    if step == "synthesise":
        from rr_helpers.study.synthetic import make_study, write_study

        write_study(make_study(scale=float(more[0])), place)
        return {}
    if step == "read":
        from rr_helpers.study import load_study

        store = prepare_study(Path(place))
        tables = load_study(store).tables.values()
        return {"store": str(store), "rows": sum(map(len, tables))}
    if step == "build":
        from rr_helpers.publish.from_study import build

        with tempfile.TemporaryDirectory() as out:
            build(Path(place), window=WINDOW, scope="london", out=Path(out) / "report")
        return {}
    if step == "chapter":
        return _chapter(place, *more)
    edition = open_edition(place, window=WINDOW)
    if step == "coded evidence":
        from rr_helpers.publish.coded_evidence import read_evidence

        assert len(read_evidence(edition.study).segments)  # anew, not as it was kept
    if step == "release":
        from rr_helpers.publish.contents import chapter_names
        from rr_helpers.publish.releasing import release_window

        release, _ = release_window(edition, Path(place), thorough=False, say=lambda text: None)
        return {"release": str(release), "chapters": chapter_names(PROJECT / "book")}
    return {}


def _chapter(store: str, name: str, release: str) -> dict:
    from rr_helpers.publish.chapters import Chapter, run_chapter

    parameters = {"study": store, "window": WINDOW, "scope": "london", "release": release}
    with tempfile.TemporaryDirectory() as folder:
        chapter = Chapter(name, PROJECT / f"{name}.ipynb", Path(folder) / "chapter.ipynb")
        run_chapter(chapter, parameters, failed=Path(folder) / "failed")
    return {}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        print(json.dumps(do(*sys.argv[2:])))
    else:
        main()
