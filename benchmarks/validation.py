"""How often 95% intervals hold the truth, under the study's own sizes: the full grid, as a csv.

    python benchmarks/validation.py OUT.csv [--runs 400] [--seed 1]

One row per method and size: method, clusters, n, runs (of which estimable), coverage in per cent
with its Monte Carlo error, seed and versions. The tests hold a quick version of the same.
"""

import argparse
import os
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from rr_helpers import stats

ICC = 0.08
SIZES = [(3, 60), (6, 60), (8, 80), (8, 240), (20, 240), (32, 240)]
COURSES = [6, 10, 20]
MONTHS = [(31, 19), (48, 24)]


def people(draw, groups, n):
    """Rows in boroughs of unequal size that differ as much as the intraclass correlation says."""
    borough = np.concatenate([np.arange(groups), draw.choice(
        groups, n - groups, p=draw.dirichlet(np.full(groups, 5)))])  # fmt: skip
    frame = pd.DataFrame({"borough": borough, "person": draw.normal(0, 1, n)})
    frame["level"] = draw.normal(0, 1, groups)[borough]
    effect = draw.normal(0, np.sqrt(ICC), groups)[borough]
    return frame.assign(score=effect + draw.normal(0, np.sqrt(1 - ICC), n))


def linear_models(draw, groups, n):
    frame = people(draw, groups, n)
    for level in ("level", "person"):
        for variance in ("CR3", "CR2", "bias_reduced"):
            found = stats.linear(
                frame, f"score ~ {level}", level, clusters="borough", small_sample=variance
            )
            yield f"linear {variance}, {level} term", found, 0.0
        found = stats.mixed(frame, f"score ~ {level}", level, clusters="borough")
        yield f"mixed, {level} term", found, 0.0


def ordered_answers(draw, groups, n):
    frame = people(draw, groups, n).assign(trained=lambda f: draw.integers(0, 2, len(f)))
    frame["answer"] = np.digitize(frame["score"], [-1, -0.3, 0.3, 1])
    found = stats.proportional_odds(frame, "answer ~ trained", "trained", clusters="borough")
    yield "proportional odds", found, 1.0
    call = dict(groups=(1, 0), clusters=frame["borough"])
    found = stats.probability_of_superiority(frame["answer"], frame["trained"], **call)
    yield "probability of superiority", found, 0.5


def waits(draw, groups, n):
    frame = people(draw, groups, n).assign(trained=lambda f: draw.integers(0, 2, len(f)))
    speed = np.exp(draw.normal(0, 0.3, groups))[frame["borough"]]
    happens, followed = draw.exponential(30 / speed), draw.uniform(20, 120, n)
    frame["days"] = np.floor(np.minimum(happens, followed))
    frame["response"] = happens <= followed
    found = stats.cox(frame, "days ~ trained", "trained", event="response", clusters="borough")
    yield "Cox", found, 1.0
    call = dict(groups=(1, 0), horizon=15, clusters=frame["borough"])
    columns = (frame["days"], frame["response"], frame["trained"])
    yield "difference of restricted means", stats.restricted_mean_difference(*columns, **call), 0.0


def paired_answers(draw, courses, n):
    del n
    course = np.repeat(np.arange(courses), draw.integers(6, 16, courses))
    before = draw.random(len(course)) < 0.4
    gain = 0.35 + draw.normal(0, 0.15, courses)[course]
    after = np.where(before, draw.random(len(course)) < 0.9, draw.random(len(course)) < gain)
    truth = 100 * (0.6 * 0.35 - 0.4 * 0.1)
    yield "paired difference of shares", stats.mcnemar(before, after, course), truth


def series(draw, months, start):
    for rho in (0.0, 0.3, 0.6):
        shocks, errors = draw.normal(0, 0.25, months + 50), np.zeros(months + 50)
        for t in range(1, months + 50):
            errors[t] = rho * errors[t - 1] + shocks[t]
        step = 0.2 * (np.arange(months) >= start)
        rate = np.exp(4 + 0.01 * np.arange(months) + step + errors[50:])
        frame = pd.DataFrame({"month": range(months), "rate": rate})
        call = dict(time="month", outcome="rate", interruption=start)
        found = stats.interrupted_time_series(frame, **call)["level_change"]
        yield f"interrupted time series, autocorrelation {rho}", found, float(np.exp(0.2))


def coverage(simulate, size, runs, seed):
    """Rows of the csv for one simulation at one size."""
    draw, held = np.random.default_rng([seed, *size]), {}
    for _ in range(runs):
        for method, found, truth in simulate(draw, *size):
            known = found.estimable
            held.setdefault(method, []).append(found.low <= truth <= found.high if known else None)
    for method, outcomes in held.items():
        known = [outcome for outcome in outcomes if outcome is not None]
        share = np.mean(known) if known else np.nan
        error = np.sqrt(share * (1 - share) / len(known)) if known else np.nan
        yield {
            "method": method, "size_1": size[0], "size_2": size[1], "runs": runs,
            "estimable": len(known), "coverage": round(100 * share, 1),
            "monte_carlo_error": round(100 * error, 2),
        }  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("out", type=Path)
    options.add_argument("--runs", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    plan = [(f, size) for f in (linear_models, ordered_answers, waits) for size in SIZES]
    plan += [(paired_answers, (courses, 0)) for courses in COURSES]
    plan += [(series, size) for size in MONTHS]
    rows = [row for f, size in plan for row in coverage(f, size, given.runs, given.seed)]
    versions = {name: version(name) for name in ("numpy", "scipy", "statsmodels", "lifelines")}
    table = pd.DataFrame(rows).assign(seed=given.seed, python=platform.python_version(), **versions)
    aside = given.out.with_name(given.out.name + ".part")
    table.to_csv(aside, index=False)
    os.replace(aside, given.out)


if __name__ == "__main__":
    main()
