"""How the time for protecting counts grows with their number: python benchmarks/disclosure.py

Invented referrals (seeded) are tabulated as linked two-way tables, borough by one variable each,
with all margins: about 100, 1,000 and 10,000 published cells. Timed on the same cells: joint
rounding together with the attack on it, as a release does it; suppression, optimal within a limit
of time and heuristic; and the intervals of all suppressed cells. `times` says how many times longer
each took than at the size before: a quotient near that of the cells is linear growth.

With --pytauargus PYTHON, the interpreter of an environment that has pytauargus (which the project
does not need), one borough x 4 x 3 table is suppressed by both in the same run; without it the
results say that it was absent. The figures go to benchmarks/results/disclosure.csv. With sizes as
arguments, only these: python benchmarks/disclosure.py 100 1000
"""

import argparse
import csv
import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import time
from pathlib import Path

import numpy as np
import pandas as pd

from rr_helpers.disclosure import feasible_intervals
from rr_helpers.disclosure.rounding import STRICT
from rr_helpers.disclosure.steer import round_safely
from rr_helpers.disclosure.suppression import solve_suppression, suppress
from rr_helpers.disclosure.tabulation import tabulate
from rr_helpers.errors import DisclosureError

RESULTS = Path(__file__).parent / "results" / "disclosure.csv"
COLUMNS = ("cells", "step", "seconds", "times", "outcome", "date", "environment")
SIZES = (100, 1_000, 10_000)
PEOPLE = 1_519
CATEGORIES = 4
TIME_LIMIT = 60.0


def make_counts(size: int, *, seed: int = 1):
    """Counts and sums of linked tables with about `size` cells."""
    rng = np.random.default_rng(seed)
    boroughs = 19 if size < 500 else 33
    tables = max(1, round(size / ((boroughs + 1) * CATEGORIES)))
    frame = {"borough": _draw(rng, boroughs, 0.7)}
    frame |= {f"variable_{n}": _draw(rng, CATEGORIES, 0.9) for n in range(tables)}
    faces = [tuple(sorted(("borough", name))) for name in frame if name != "borough"]
    return tabulate(pd.DataFrame(frame), faces, {})


def _draw(rng, categories: int, shape: float) -> pd.Categorical:
    share = rng.dirichlet(np.full(categories, 1 / shape))
    names = [f"{n:02}" for n in range(categories)]
    return pd.Categorical(rng.choice(names, PEOPLE, p=share), categories=names, ordered=True)


def measure(size: int) -> dict[str, tuple[float, str]]:
    """Seconds and what came out, by step; `cells` is their number."""
    counts, sums = make_counts(size)
    found = {"cells": (float(len(counts)), f"{len(sums)} sums")}

    def timed(step, work, describe):
        start = time.perf_counter()
        try:
            result = work()
        except DisclosureError as error:
            found[step] = (time.perf_counter() - start, f"refused: {error.found}")
            return None
        found[step] = (time.perf_counter() - start, describe(result))
        return result

    timed(
        "rounding and attack",
        lambda: round_safely(counts, sums, base=5, key=b"benchmark", population="benchmark"),
        _describe_rounding,
    )
    timed("heuristic", lambda: suppress(counts, sums, method="heuristic"), _describe)
    best = timed("suppression", lambda: suppress(counts, sums, time_limit=TIME_LIMIT), _describe)
    if best is not None:
        timed(
            "intervals",
            lambda: feasible_intervals(counts, sums, suppressed=best.suppressed),
            lambda r: f"{len(r)} cells",
        )
    return found


def _describe_rounding(found) -> str:
    rounding, targets = found
    verdicts = pd.Series([target.verdict for target in targets]).value_counts()
    listed = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items())
    how = "neighbouring multiples" if rounding.relaxation == STRICT else "relaxed"
    return f"base {rounding.base}, {how}; targets: {listed or 'none'}"


def _describe(result) -> str:
    return f"{result.method}, {len(result.suppressed)} suppressed, cost {result.cost:,.0f}"


def compare(interpreter: str | None) -> dict[str, tuple[float, str]]:
    """One borough x 4 x 3 table, suppressed here and by pytauargus."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"borough": _draw(rng, 33, 0.7), "age": _draw(rng, 4, 0.9), "sex": _draw(rng, 3, 0.9)}
    )
    counts, sums = tabulate(frame, [("age", "borough", "sex")], {})
    start = time.perf_counter()
    ours = solve_suppression(counts, sums, zeros="eligible", time_limit=TIME_LIMIT)
    found = {"same table, ours": (time.perf_counter() - start, _describe(ours))}
    if interpreter is None:
        found["same table, pytauargus"] = (float("nan"), "absent: give --pytauargus PYTHON")
        return found
    rows = {name: frame[name].astype(str).tolist() for name in frame} | {"people": [1] * len(frame)}
    answer = subprocess.run(
        [interpreter, "-c", _THEIRS], input=json.dumps(rows), capture_output=True, text=True
    )
    last = answer.stdout.strip().splitlines()[-1:] or ["{}"]
    theirs = json.loads(last[0]) if answer.returncode == 0 else {}
    outcome = theirs.get("outcome", f"failed: {answer.stderr.strip()[-200:]}")
    found["same table, pytauargus"] = (theirs.get("seconds", float("nan")), outcome)
    return found


_THEIRS = """
import collections, importlib.metadata, json, sys, tempfile, time
from pytauargus import protect
rows = json.load(sys.stdin)
start = time.perf_counter()
with tempfile.TemporaryDirectory() as folder:
    made = protect(rows, ["borough", "age", "sex"], response="people", safety_rules="FREQ(5,30)",
                   suppress="OPT(1)", workdir=folder)
    statuses = collections.Counter(map(str, made.tables[0].status()))
version = importlib.metadata.version("pytauargus")
told = ", ".join(f"{n} {status}" for status, n in sorted(statuses.items()))
print()
print(json.dumps({"seconds": time.perf_counter() - start,
                  "outcome": f"OPT, pytauargus {version}, cells by status: {told}"}))
"""


def _environment() -> str:
    versions = {name: importlib.metadata.version(name) for name in ("highspy", "numpy", "scipy")}
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    python = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{python}, {os.cpu_count()} cores, {listed}"


def _write(lines: list[dict]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    aside = RESULTS.with_suffix(".part")
    with aside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(lines)
    os.replace(aside, RESULTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="cells, ascending")
    parser.add_argument("--pytauargus", metavar="PYTHON", help="a Python that has pytauargus")
    options = parser.parse_args()
    made = {"date": datetime.date.today().isoformat(), "environment": _environment()}
    lines, before = [], {}

    def keep(cells, step, seconds, times, outcome):
        shown = "" if np.isnan(seconds) else f"{seconds:.2f}"
        line = {"cells": cells, "step": step, "seconds": shown, "times": times}
        lines.append(line | {"outcome": outcome} | made)
        print(*(line | {"outcome": outcome}).values(), sep="\t", flush=True)
        _write(lines)  # after each step: the largest size takes long

    for size in options.sizes:
        found = measure(size)
        cells = int(found["cells"][0])
        for step, (number, text) in found.items():
            times = f"{number / before[step][0]:.1f}" if step in before else ""
            keep(cells, step, number if step != "cells" else float("nan"), times, text)
        before = found
    for step, (number, text) in compare(options.pytauargus).items():
        keep(680, step, number, "", text)


if __name__ == "__main__":
    main()
