"""How well borough briefings share two cores: python benchmarks/boroughs.py

The briefings of boroughs are built anew from one release, first by one process and then by two.
The ideal is half the time of one. Each briefing is a chapter, its pages and their checks. Results
go to benchmarks/results/boroughs.csv. With a number, so many boroughs (default: all 33).
"""

import argparse
import csv
import datetime
import os
import platform
import tempfile
import time
from pathlib import Path

from rr_helpers.publish.boroughs import build_each
from rr_helpers.publish.edition import open_edition, prepare_study
from rr_helpers.publish.releasing import release_window
from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.synthetic import make_study, write_study

RESULTS = Path(__file__).parent / "results" / "boroughs.csv"
WINDOW = "eval_Y3"
COLUMNS = ("workers", "briefings", "seconds", "of_the_ideal", "date", "environment")


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("boroughs", type=int, nargs="?", default=len(BOROUGHS))
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    codes = list(BOROUGHS)[: options.boroughs]
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study"
        write_study(make_study(), study)
        store = prepare_study(study)
        edition = open_edition(store, window=WINDOW)
        release, _ = release_window(edition, store, thorough=False, say=lambda text: None)
        asked = {"window": WINDOW, "release": release}
        took = {}
        for workers in (1, 2):
            each = {
                code: {**asked, "scope": code, "out": Path(folder) / f"{workers}" / code}
                for code in codes
            }
            started = time.perf_counter()
            assert not any(error for _, error in build_each(study, each, workers=workers))
            took[workers] = time.perf_counter() - started
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load not known"
    where = f"Python {platform.python_version()}, {os.cpu_count()} cores, {load}"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for workers, seconds in took.items():
            share = f"{took[1] / workers / seconds:.2f}"
            today = datetime.date.today().isoformat()
            writer.writerow((workers, len(codes), f"{seconds:.1f}", share, today, where))
            print(workers, "processes:", f"{seconds:.1f} s,", share, "of the ideal")


if __name__ == "__main__":
    main()
