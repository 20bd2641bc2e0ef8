"""How the time for protecting counts grows with their number: python benchmarks/disclosure.py

Invented referrals (seeded) are tabulated as linked two-way tables, borough by one variable each,
with all margins: about 100, 1,000 and 10,000 published cells. Timed on the same cells: joint
rounding, suppression, and the intervals of all suppressed cells. Each line gives the time, and
how many times longer it took than at the size before; a quotient near that of the cells is linear
growth. With sizes as arguments, only these: python benchmarks/disclosure.py 100 1000
"""

import argparse
import importlib.metadata
import os
import platform
import time

import numpy as np
import pandas as pd

from rr_helpers.disclosure import feasible_intervals, suppress
from rr_helpers.disclosure.rounding import STRICT, round_counts
from rr_helpers.disclosure.tabulation import tabulate

SIZES = (100, 1_000, 10_000)
PEOPLE = 1_519
CATEGORIES = 4
TIME_LIMIT = 300.0


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
    """Seconds and what came out, by step, after the number of cells."""
    counts, sums = make_counts(size)
    found = {"cells": (float(len(counts)), f"{len(sums)} sums")}

    def timed(step, work, describe):
        start = time.perf_counter()
        result = work()
        found[step] = (time.perf_counter() - start, describe(result))
        return result

    timed(
        "rounding",
        lambda: round_counts(counts, sums, base=5, key=b"benchmark"),
        lambda r: "neighbouring multiples" if r.relaxation == STRICT else "relaxed",
    )
    timed("heuristic", lambda: suppress(counts, sums, method="heuristic"), _describe)
    best = timed("suppression", lambda: suppress(counts, sums, time_limit=TIME_LIMIT), _describe)
    timed(
        "intervals",
        lambda: feasible_intervals(counts, sums, suppressed=best.suppressed),
        lambda r: f"{len(r)} cells",
    )
    return found


def _describe(result) -> str:
    return f"{result.method}, {len(result.suppressed)} suppressed, cost {result.cost:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="cells, ascending")
    versions = {name: importlib.metadata.version(name) for name in ("highspy", "numpy", "scipy")}
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {version}" for name, version in versions.items()), flush=True)
    before = {}
    for size in parser.parse_args().sizes:
        found = measure(size)
        for step, (number, text) in found.items():
            times = f"x {number / before[step][0]:.1f}" if before else ""
            unit = "" if step == "cells" else "s"
            print(f"{step:12}{number:10,.2f} {unit:2}{times:>8}  {text}", flush=True)
        print(flush=True)
        before = found


if __name__ == "__main__":
    main()
