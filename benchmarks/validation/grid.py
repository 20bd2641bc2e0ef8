"""The grid: every interval of rr_helpers.stats, at the sizes of the study, over many runs.

A cell of the grid is one design at one size. Each finished cell is kept under a name made from its
runs, its seed and the intervals that its first runs give, so that a run that was stopped goes on
where it was, and a change of a method makes anew what it touches. (A change that shows in none of
those first runs goes unseen: delete the folder of kept cells to start afresh.)
"""

import hashlib
import os
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.validation import (
    months,
    ordered,
    paired,
    regression,
    scales,
    shares,
    waiting,
)
from benchmarks.validation.trials import CLUSTERED, PEOPLE, Trial

LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "lifelines")
TRIED = 5  # runs that tell whether a kept cell is still what the code gives
HALVES = tuple((people,) for people in PEOPLE)


class Design(NamedTuple):
    """A simulation, what its sizes count, the sizes, and how many runs each of them gets."""

    simulate: Callable[..., Iterator[Trial]]
    axes: tuple[str, ...]
    sizes: tuple[tuple[int, ...], ...]
    runs: int


_GROUPS, _PEOPLE, _MONTHS = ("clusters", "n"), ("n",), ("months", "month")
# Fewer runs where a run is slow; the Monte Carlo error in the result says what that costs.
DESIGNS = (
    Design(shares.independent_shares, _PEOPLE, HALVES, 1000),
    Design(shares.clustered_shares, _GROUPS, CLUSTERED, 1000),
    Design(shares.clustered_changes, _GROUPS, CLUSTERED, 800),
    Design(paired.ordered_changes, _PEOPLE, HALVES, 1000),
    Design(paired.clustered_ordered_changes, _GROUPS, CLUSTERED, 600),
    Design(regression.linear_models, _GROUPS, CLUSTERED, 500),
    Design(ordered.clustered_answers, _GROUPS, CLUSTERED, 200),
    Design(months.rates, _MONTHS, months.SERIES, 250),
    Design(waiting.clustered_curves, _GROUPS, CLUSTERED, 150),
    Design(regression.generalised_models, _GROUPS, CLUSTERED, 100),
    Design(waiting.independent_waits, _PEOPLE, HALVES, 250),
    Design(months.counted, _MONTHS, months.SERIES[1:], 300),
    Design(ordered.independent_answers, _PEOPLE, HALVES, 600),
    Design(ordered.repeated_answers, _PEOPLE, ((30,), (60,), (120,)), 200),
    Design(regression.wild_tests, _GROUPS, ((3, 60), (6, 60), (8, 80), (20, 240)), 300),
    Design(scales.alphas, _PEOPLE, ((20,), (60,), (240,)), 1000),
    Design(scales.ratings, _PEOPLE, ((10,), (20,), (60,)), 300),
    Design(scales.filled_in, _GROUPS, ((3, 60), (8, 80), (20, 240)), 60),
    Design(shares.rates, _PEOPLE, ((10,), (40,), (120,)), 300),
    Design(shares.areas, ("clusters",), ((8,), (32,)), 40),
    Design(waiting.clustered_hazards, _GROUPS, ((3, 60), (8, 80), (20, 240)), 80),
    Design(paired.ranked_changes, _PEOPLE, ((20,), (60,), (240,)), 60),
    Design(scales.omegas, _PEOPLE, ((20,), (60,), (240,)), 60),
)


def run_grid(kept: Path, *, seed: int, times: int = 1, designs=DESIGNS, say=print) -> pd.DataFrame:
    """Return the whole grid, a row per method, setting and size, running what is not kept yet.

    times: how many times as many runs as each design names, for a long night.
    """
    kept.mkdir(parents=True, exist_ok=True)
    parts, cells = [], [(design, size) for design in designs for size in design.sizes]
    for number, (design, size) in enumerate(cells, 1):
        design = design._replace(runs=times * design.runs)
        name = f"{design.simulate.__name__}-{'-'.join(map(str, size))}"
        made_by = f"{design.runs}-{seed}-{fingerprint(design, size, seed)}"
        path = kept / f"{name}-{made_by}.csv"
        if not path.is_file():
            say(f"{number} of {len(cells)}: {name}, {design.runs} runs")
            write_aside(run_cell(design, size, seed), path)
        parts.append(pd.read_csv(path, dtype={"setting": "string"}))
    return pd.concat(parts, ignore_index=True)


def run_cell(design: Design, size: tuple[int, ...], seed: int) -> pd.DataFrame:
    """Return one cell: coverage per method and setting with its Monte Carlo error, in per cent.

    runs counts the simulated studies, estimable those with an interval; coverage and
    type_1_error (100 - coverage, where the truth is 'no difference') are of these.
    """
    draw, trials_of = np.random.default_rng([seed, *size]), {}
    for _ in range(design.runs):
        for trial in design.simulate(draw, *size):
            key = (trial.function, trial.variant, trial.setting, trial.null)
            trials_of.setdefault(key, []).append(trial)
    sizes = dict(zip(design.axes, size, strict=True))
    rows = [_row(key, found, design, sizes) for key, found in trials_of.items()]
    return pd.DataFrame(rows).assign(seed=seed, **versions())


def _row(key, trials_of: list[Trial], design: Design, sizes: dict) -> dict:
    function, variant, setting, null = key
    known = [(trial.ends, trial.truth) for trial in trials_of if trial.ends is not None]
    held = np.array([low <= truth <= high for (low, high), truth in known], dtype=float)
    share = held.mean() if len(held) else np.nan
    # A coverage of 100 in so many runs may still be one miss short of it.
    likely = (held.sum() + 0.5) / (len(held) + 1)
    error = np.sqrt(likely * (1 - likely) / len(held)) if len(held) else np.nan
    widths = [high - low for (low, high), _ in known]
    return {
        "function": function, "variant": variant, "setting": setting,
        "clusters": sizes.get("clusters"), "n": sizes.get("n"), "months": sizes.get("months"),
        "runs": len(trials_of), "estimable": len(known),
        "coverage": round(100 * share, 2), "monte_carlo_error": round(100 * error, 2),
        "type_1_error": round(100 - 100 * share, 2) if null else np.nan,
        "median_width": float(f"{np.median(widths):.4g}") if widths else np.nan,
        "design": design.simulate.__name__,
    }  # fmt: skip


def versions() -> dict[str, str]:
    """Version of Python and of each library that the intervals rest on."""
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def write_aside(table: pd.DataFrame, path: Path) -> None:
    """Write the table as csv, whole or not at all."""
    aside = path.with_name(path.name + ".part")
    table.to_csv(aside, index=False, lineterminator="\n")
    os.replace(aside, path)


def fingerprint(design: Design, size: tuple[int, ...], seed: int) -> str:
    """A name for what the first runs of a cell give: function, interval and truth of each."""
    draw = np.random.default_rng([seed, *size])
    told = [
        (trial.function, trial.variant, trial.setting, trial.null, _digits(trial))
        for _ in range(TRIED)
        for trial in design.simulate(draw, *size)
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def _digits(trial: Trial) -> list[str]:
    return [f"{number:.5g}" for number in (*(trial.ends or ()), trial.truth)]
