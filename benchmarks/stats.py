"""How fast the statistics are beside the direct library call: python benchmarks/stats.py

Each task is done by rr_helpers.stats and by the library that does its core, in turn, on the same
invented rows (seeded); the ratio is of their medians over the repeats. Ours do more (a refit for
each cluster, intervals, checks of the input), so a ratio above 1 is the price of that. Sizes go up
in steps, and growth says how many times longer ours took than at the size before. R's packages are
timed too where Rscript is installed. Results go to benchmarks/results/statistics.csv.
"""

import argparse
import datetime
import importlib.metadata
import os
import platform
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.formula.api as formulas
from lifelines import AalenJohansenFitter, CoxPHFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from scipy import stats as scipy_stats
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.regression.linear_model import GLSAR
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.nonparametric import rank_compare_2indep
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson_2indep

from rr_helpers import stats

RESULTS = Path(__file__).parent / "results" / "statistics.csv"
SIZES, CLUSTERS, REPEATS = (200, 2_000, 20_000), 8, 5
VERSIONS = ("numpy", "pandas", "scipy", "statsmodels", "lifelines")
R_SCRIPT = """
suppressMessages({library(clubSandwich); library(survival)})
d <- read.csv(commandArgs(TRUE)[1]); d$one <- 1
seconds <- function(work) median(replicate(5, system.time(work())[["elapsed"]]))
fit <- lm(score ~ age + trained, d)
cat("CR3", seconds(function() vcovCR(lm(score ~ age + trained, d), d$borough, "CR3")), "\\n")
cat("cox", seconds(function() coxph(Surv(days, response) ~ age + trained, d)), "\\n")
cat("kaplan_meier", seconds(function() survfit(Surv(days, response) ~ 1, d)), "\\n")
"""


def make_rows(size: int, *, seed: int = 1) -> pd.DataFrame:
    """Invented people in eight boroughs, with every kind of outcome."""
    draw = np.random.default_rng(seed)
    rows = pd.DataFrame({"borough": draw.integers(0, CLUSTERS, size)})
    rows["age"] = draw.integers(11, 26, size)
    rows["trained"] = draw.integers(0, 2, size)
    pulled = draw.normal(0, 0.3, CLUSTERS)[rows["borough"]] + 0.3 * rows["trained"]
    rows["score"] = pulled + draw.normal(size=size)
    rows["yes"] = (draw.random(size) < 1 / (1 + np.exp(-pulled))).astype(int)
    rows["cases"] = draw.poisson(np.exp(pulled))
    rows["answer"] = np.digitize(pulled + draw.logistic(size=size), [-1.5, -0.5, 0.5, 1.5])
    rows["before"] = draw.integers(1, 6, size)
    rows["after"] = (rows["before"] + draw.integers(-1, 3, size)).clip(1, 5)
    rows["days"] = 1 + np.floor(draw.exponential(40 * np.exp(-pulled)))
    rows["response"] = (draw.random(size) < 0.7).astype(int)
    rows["kind"] = rows["response"] * draw.integers(1, 3, size)
    return rows


def refit_each(rows: pd.DataFrame) -> np.ndarray:
    """The cluster jackknife as one would write it: least squares again without each cluster."""
    x = np.column_stack([np.ones(len(rows)), rows["age"], rows["trained"]])
    y, borough = rows["score"].to_numpy(), rows["borough"].to_numpy()
    groups = np.unique(borough)
    whole = np.linalg.lstsq(x, y, rcond=None)[0]
    moved = [np.linalg.lstsq(x[borough != g], y[borough != g], rcond=None)[0] for g in groups]
    return np.sqrt((len(groups) - 1) / len(groups) * np.sum((moved - whole) ** 2, axis=0))


def refit_by_formula(rows: pd.DataFrame) -> list:
    """The same with statsmodels' formulas."""
    return [
        formulas.ols("score ~ age + trained", rows[rows["borough"] != g]).fit().params
        for g in rows["borough"].unique()
    ]


def tasks(rows: pd.DataFrame) -> dict:
    """By name: ours, and the direct call."""
    call = dict(clusters="borough")
    terms = "age + trained"
    clustered = dict(cov_type="cluster", cov_kwds={"groups": rows["borough"]})
    parts = [rows.loc[rows["trained"] == k, "answer"] for k in (1, 0)]
    curve = KaplanMeierFitter().fit(rows["days"], rows["response"])
    survival = rows[["days", "response", "age", "trained"]]

    def linear():
        return stats.linear(rows, f"score ~ {terms}", **call)

    return {
        "linear CR3 | numpy refits": (linear, lambda: refit_each(rows)),
        "linear CR3 | statsmodels refits": (linear, lambda: refit_by_formula(rows)),
        "linear CR3 | statsmodels cluster": (
            linear, lambda: formulas.ols(f"score ~ {terms}", rows).fit(**clustered)),
        "logistic CR3 | statsmodels cluster": (
            lambda: stats.logistic(rows, f"yes ~ {terms}", **call),
            lambda: formulas.logit(f"yes ~ {terms}", rows).fit(disp=0, **clustered)),
        "counts CR3 | statsmodels cluster": (
            lambda: stats.counts(rows, f"cases ~ {terms}", **call),
            lambda: formulas.poisson(f"cases ~ {terms}", rows).fit(disp=0, **clustered)),
        "mixed | statsmodels MixedLM": (
            lambda: stats.mixed(rows, f"score ~ {terms}", **call),
            lambda: formulas.mixedlm(f"score ~ {terms}", rows, groups="borough").fit()),
        "proportional_odds CR3 | statsmodels OrderedModel, one fit": (
            lambda: stats.proportional_odds(rows, f"answer ~ {terms}", **call),
            lambda: OrderedModel(rows["answer"], rows[["age", "trained"]], distr="logit").fit(
                method="bfgs", disp=0)),
        "probability_of_superiority | statsmodels": (
            lambda: stats.probability_of_superiority(rows["answer"], rows["trained"], (1, 0)),
            lambda: rank_compare_2indep(*parts).conf_int()),
        "signed_rank | scipy wilcoxon": (
            lambda: stats.signed_rank(rows["before"], rows["after"], rows["borough"]),
            lambda: scipy_stats.wilcoxon(rows["after"], rows["before"])),
        "marginal_homogeneity | statsmodels": (
            lambda: stats.marginal_homogeneity(rows["before"], rows["after"]),
            lambda: SquareTable(pd.crosstab(rows["before"], rows["after"])).homogeneity()),
        "kaplan_meier | lifelines": (
            lambda: stats.kaplan_meier(rows["days"], rows["response"], at=[28]),
            lambda: KaplanMeierFitter().fit(rows["days"], rows["response"]).predict(28)),
        "cumulative_incidence | lifelines": (
            lambda: stats.cumulative_incidence(rows["days"], rows["kind"], at=[28]),
            lambda: AalenJohansenFitter(seed=1).fit(rows["days"], rows["kind"], 1)),
        "restricted_mean | lifelines": (
            lambda: stats.restricted_mean(rows["days"], rows["response"], horizon=28),
            lambda: restricted_mean_survival_time(curve, 28, return_variance=True)),
        "cox | lifelines": (
            lambda: stats.cox(rows, f"days ~ {terms}", event="response"),
            lambda: CoxPHFitter().fit(survival, "days", "response")),
    }  # fmt: skip


def short_tasks() -> dict:
    """Tasks whose size does not grow: counts, a series of 31 months, a handful of p values."""
    draw = np.random.default_rng(1)
    months = pd.DataFrame({"month": range(31), "referrals": draw.poisson(60, 31)})
    call = dict(time="month", outcome="referrals", interruption=19)
    after = (months["month"] >= 19).astype(float)
    design = np.column_stack([np.ones(31), months["month"], after, after * (months["month"] - 19)])
    p_values = draw.random(40)
    return {
        "proportion | statsmodels": (
            lambda: stats.proportion(41, 66), lambda: proportion_confint(41, 66, method="wilson")),
        "rate_ratio | statsmodels": (
            lambda: stats.rate_ratio(41, 28010, 15, 19017),
            lambda: confint_poisson_2indep(41, 28010, 15, 19017, method="score", compare="ratio")),
        "interrupted_time_series | statsmodels GLSAR": (
            lambda: stats.interrupted_time_series(months, **call),
            lambda: GLSAR(np.log(months["referrals"]), design, 1).iterative_fit(50)),
        "adjust | statsmodels": (
            lambda: stats.adjust(p_values), lambda: multipletests(p_values, method="holm")),
    }  # fmt: skip


def measure(ours, direct, repeats: int) -> tuple[float, float]:
    """Median seconds of each, done in turn so that both meet the same load."""
    taken = {0: [], 1: []}
    for _ in range(repeats):
        for which, work in enumerate((ours, direct)):
            start = time.perf_counter()
            work()
            taken[which].append(time.perf_counter() - start)
    return np.median(taken[0]), np.median(taken[1])


def run_all(sizes, repeats: int) -> pd.DataFrame:
    """One row per task and size: seconds, ratio, growth."""
    lines, before = [], {}
    everything = [(0, short_tasks()), *((size, tasks(make_rows(size))) for size in sizes)]
    for size, listed in everything:
        for name, pair in listed.items():
            measure(*pair, 1)  # the first call pays for imports and caches
            ours, direct = measure(*pair, repeats)
            growth = ours / before[name] if name in before else None
            before[name] = ours
            line = {"task": name, "rows": size or None, "ours_seconds": ours}
            lines.append(
                line | {"direct_seconds": direct, "ratio": ours / direct, "growth": growth}
            )
            grown = f"grown x {growth:.1f}" if growth else ""
            print(
                f"{name:60}{size or '':>7} {ours:9.4f} s  x {ours / direct:6.2f}  {grown}",
                flush=True,
            )
    return pd.DataFrame(lines)


def run_r(size: int) -> pd.DataFrame:
    """Seconds of R's packages on the same rows; empty where there is no Rscript."""
    if not shutil.which("Rscript"):
        print("Rscript is not installed here, so R's packages were not timed.")
        return pd.DataFrame()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        make_rows(size).to_csv(path, index=False)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT, str(path)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"R stopped, so its packages were not timed: {done.stderr.strip()}")
        return pd.DataFrame()
    timed = [line.split() for line in done.stdout.splitlines()]
    return pd.DataFrame(
        {"task": f"R: {name}", "rows": size, "direct_seconds": float(seconds)}
        for name, seconds in timed
    )


def write_results(table: pd.DataFrame, path: Path) -> None:
    """Write the table with the day and what it was measured on, aside first."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in VERSIONS]
    environment = [f"Python {platform.python_version()}", platform.system(), platform.machine()]
    environment += [f"{os.cpu_count()} cores", *versions]
    table = table.assign(
        date=datetime.date.today().isoformat(), environment="; ".join(environment),
        rscript="yes" if shutil.which("Rscript") else "not installed",
    )  # fmt: skip
    path.parent.mkdir(exist_ok=True)
    aside = path.with_suffix(".aside")
    table.to_csv(aside, index=False, float_format="%.6g", lineterminator="\n")
    os.replace(aside, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="rows, ascending")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")  # of the libraries: convergence at sizes where they struggle
    table = pd.concat([run_all(chosen.sizes, chosen.repeats), run_r(max(chosen.sizes))])
    write_results(table, chosen.out)


if __name__ == "__main__":
    main()
