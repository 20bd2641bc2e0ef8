"""make validation: runs what is not kept yet, then writes book/_data/validation."""

import argparse
from pathlib import Path

from benchmarks.validation.grid import run_grid, write_aside
from benchmarks.validation.marks import mark
from benchmarks.validation.recovery import run_recovery
from benchmarks.validation.reproduced import reproduce

DATA, KEPT = Path("book/_data/validation"), Path("build/validation")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    options.add_argument("--out", type=Path, default=DATA, help="where the results go")
    options.add_argument("--kept", type=Path, default=KEPT, help="where finished cells are kept")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--times", type=int, default=1, help="so many times the usual runs")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)

    def say(line: str) -> None:
        print(line, flush=True)

    grid = run_grid(given.kept, seed=given.seed, times=given.times, say=say)
    write_aside(mark(grid), given.out / "coverage.csv")
    compared = reproduce(say=say)
    if compared is not None:
        write_aside(compared, given.out / "reproduced.csv")
    write_aside(run_recovery(given.kept, say=say), given.out / "recovery.csv")


if __name__ == "__main__":
    main()
