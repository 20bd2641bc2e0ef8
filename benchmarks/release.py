"""Three years of releases, borough editions included, attacked from what they publish alone.

    python benchmarks/release.py [--seed 1] [--insiders 0]

A synthetic study is released for its three evaluation years, one after another, each kept as
published before the next. Then an attack of its own, which shares no code with the package's, reads
the published tables (and nothing else), the catalogue and the legend, and asks of every small true
count by linear programmes what it can be: as an outsider, and as each of so many boroughs that know
their own counts exactly. The figures go to benchmarks/results/release.csv.
"""

import argparse
import csv
import datetime
import os
import platform
import re
import tempfile
import time
from pathlib import Path

import highspy
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from rr_helpers.disclosure import read_catalogue
from rr_helpers.publish import open_edition
from rr_helpers.publish.catalogue import catalogue_file
from rr_helpers.publish.earlier_editions import keep_evidence
from rr_helpers.publish.edition import prepare_study
from rr_helpers.publish.populations.frames import quarter_name
from rr_helpers.publish.releasing import release_window
from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.synthetic import make_study, write_study

RESULTS = Path(__file__).parent / "results" / "release.csv"
WINDOWS = ("eval_Y1", "eval_Y2", "eval_Y3")
ALL, SMALL = "All", range(1, 5)
DATA_SETS = 60
# The truth is a solution, so that what is "unbounded or infeasible" is unbounded.
UNBOUNDED = highspy.HighsModelStatus.kUnboundedOrInfeasible


class Reader:
    """Unknown counts, what is published of them, and what adds up to what."""

    def __init__(self):
        self.place, self.shown, self.reach, self.sums = {}, {}, {}, []

    def cell(self, *key) -> int:
        return self.place.setdefault(key, len(self.place))

    def read(self, window: str, table, published, legend: str) -> None:
        """Take in one published table: labels, counts and the legend, as a reader sees them."""
        reach = int(re.search(r"true count by up to (\d+)", legend)[1])
        for row, line in zip(published["rows"], published["counts"], strict=True):
            for column, count in zip(published["columns"], line, strict=True):
                pairs = _pairs(table, row, column)
                number = self.cell(window, table.population, pairs)
                self.shown[number], self.reach[number] = count, reach

    def add_up(self, window: str, population: str, categories: dict) -> None:
        """Every total is the sum over the categories of a variable, wherever all are told."""
        for (where, name, pairs), number in list(self.place.items()):
            if (where, name) != (window, population):
                continue
            for variable, values in categories.items():
                parts = [(window, population, pairs | {(variable, value)}) for value in values]
                told = dict(pairs).get(variable) is None and all(p in self.place for p in parts)
                if told:
                    self.sums.append((number, [self.place[part] for part in parts]))

    def complement(self, window: str, population: str, batteries: list[str]) -> None:
        """Those who did not give an answer are the total without those who did."""
        for (where, name, pairs), number in list(self.place.items()):
            answers = [pair for pair in pairs if pair[0] in batteries and pair[1] == "Yes"]
            whole = (window, population, pairs - set(answers))
            if (where, name) == (window, population) and len(answers) == 1 and whole in self.place:
                rest = self.cell(window, population, whole[2] | {(answers[0][0], "No")})
                self.sums.append((self.place[whole], [number, rest]))

    def programme(self):
        """Return the matrix of sums and the bounds that the legend gives."""
        low, high = np.zeros(len(self.place)), np.full(len(self.place), np.inf)
        for number, count in self.shown.items():
            low[number] = max(0, count - self.reach[number])
            high[number] = count + self.reach[number]
        rows, columns, signs = [], [], []
        for n, (whole, parts) in enumerate(self.sums):
            rows += [n] * (1 + len(parts))
            columns += [whole, *parts]
            signs += [1.0] + [-1.0] * len(parts)
        shape = (len(self.sums), len(self.place))
        return csr_matrix((signs, (rows, columns)), shape=shape), low, high


def _pairs(table, row: str, column: str) -> frozenset:
    pairs = set(table.where.items())
    if table.items and table.response:
        if row != ALL:
            pairs.add((f"{table.items}: {row}", table.response))
    elif table.items:
        if column != ALL:
            pairs.add((f"{table.items}: {row}", column))
        return frozenset(pairs)
    elif row != ALL:
        pairs.add((table.rows, row))
    if table.columns and column != ALL:
        pairs.add((table.columns, column))
    return frozenset(pairs)


def publish(folder: Path, seed: int) -> tuple[dict, list[dict]]:
    """Release the three years, and return what each publishes and how long it took."""
    write_study(make_study(seed=seed), folder)
    told, rows = {}, []
    for year, window in enumerate(WINDOWS, start=2019):
        store = prepare_study(folder)
        started = time.perf_counter()
        edition = open_edition(store, window=window)
        _, made = release_window(edition, store, say=lambda line: None)
        spent = time.perf_counter() - started
        keep_evidence(store / f"evidence-{window}.json", folder, released_on=f"{year}-06-01")
        told[window] = made.tables, made.rules
        audit = made.audit
        outcome = f"{len(audit.recovered)} recovered, {len(audit.failures)} narrowed"
        counts = sum(np.size(table["counts"]) for table in made.tables.values())
        rows.append(
            {
                "step": f"release of {window}, attack included",
                "seconds": round(spent, 1),
                "published_counts": counts,
                "targets": len(audit.targets),
                "outcome": outcome,
            }
        )
    return told, rows


def read_everything(told: dict, truth: dict) -> Reader:
    """Return what a reader of all three editions and all borough briefings knows."""
    reader, catalogue = Reader(), read_catalogue(catalogue_file())
    for window, (tables, rules) in told.items():
        for name, published in tables.items():
            legend = " ".join(rules[catalogue[name].population])
            reader.read(window, catalogue[name], published, legend)
        for population, frame in truth[window].items():
            batteries = [column for column in frame if ": " in column]
            reader.complement(window, population, batteries)
            categories = {c: list(frame[c].cat.categories) for c in frame.columns}
            reader.add_up(window, population, categories)
            if "borough" in frame:
                _nest(reader, window, population, frame)
        _tie_quarters(reader, window, truth[window]["referrals_by_quarter"])
    return reader


def _nest(reader: Reader, window: str, population: str, frame: pd.DataFrame) -> None:
    inside = frame.groupby("sub_region", observed=True)["borough"].unique()
    rests = {pairs - {p for p in pairs if p[0] == "borough"} for w, n, pairs in reader.place
             if (w, n) == (window, population)}  # fmt: skip
    for rest in rests:
        for region, boroughs in inside.items():
            whole = (window, population, rest | {("sub_region", region)})
            parts = [(window, population, rest | {("borough", b)}) for b in boroughs]
            if whole in reader.place and all(part in reader.place for part in parts):
                number = reader.place[whole]
                reader.sums.append((number, [reader.place[part] for part in parts]))


def _tie_quarters(reader: Reader, window: str, frame: pd.DataFrame) -> None:
    # A quarter is the same quarter in every edition, and the quarters of a year are its referrals.
    start, end = {"eval_Y1": ("2018-07", "2019-03"), "eval_Y2": ("2019-04", "2020-03"),
                  "eval_Y3": ("2020-04", "2021-03")}[window]  # fmt: skip
    name = "referrals_by_quarter"
    first = WINDOWS[0]
    for where, population, pairs in list(reader.place):
        if (where, population) == (window, name) and window != first:
            for before in WINDOWS[: WINDOWS.index(window)]:
                if "quarter" in dict(pairs) and (before, name, pairs) in reader.place:
                    here, there = reader.place[where, name, pairs], (before, name, pairs)
                    reader.sums.append((here, [reader.place[there]]))
                    break
    inside = [quarter_name(q) for q in pd.period_range(start, end, freq="Q")]
    for kind in [None, *frame["type"].cat.categories]:
        rest = {("type", kind)} if kind else set()
        whole = (window, "referrals", frozenset(rest))
        parts = [(window, name, frozenset(rest | {("quarter", q)})) for q in inside]
        if whole in reader.place and all(part in reader.place for part in parts):
            reader.sums.append((reader.place[whole], [reader.place[part] for part in parts]))


def true_counts(reader: Reader, truth: dict) -> np.ndarray:
    """Count every cell that the reader asks about in the rows themselves."""
    values = np.zeros(len(reader.place))
    for (window, population, pairs), number in reader.place.items():
        frame = truth[window][population]
        chosen = np.ones(len(frame), dtype=bool)
        for variable, category in pairs:
            chosen &= (frame[variable] == category).to_numpy()
        values[number] = chosen.sum()
    return values


def attack(reader: Reader, true: np.ndarray, borough: str | None) -> dict[str, int]:
    """Return how many small counts one reader recovers or narrows below 1 to 4."""
    matrix, low, high = reader.programme()
    own = np.array(
        [("borough", borough) in pairs for _, _, pairs in reader.place] if borough else [False]
    )
    if borough:
        low, high = np.where(own, true, low), np.where(own, true, high)
    assert np.allclose(matrix @ true, 0), "the attack's sums do not hold in the rows"
    assert (low <= true).all() and (true <= high).all(), "the legend does not hold"
    targets, model = np.flatnonzero(np.isin(true, SMALL) & ~own), pose(matrix, low, high)
    least, most = reach(model, targets, true)
    for place in np.flatnonzero((least > SMALL[0]) | (most < SMALL[-1])):
        least[place] = end(model, targets[place], highspy.ObjSense.kMinimize)
        most[place] = end(model, targets[place], highspy.ObjSense.kMaximize)
    least, most = np.ceil(least - 1e-6), np.floor(most + 1e-6)
    return {
        "targets": len(targets),
        "recovered": int((least == most).sum()),
        "narrowed": int(((least > SMALL[0]) | (most < SMALL[-1])).sum()),
    }


def reach(model, targets, true) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and largest value of each target among data sets that fit, from a few.

    What two of them reach, all between can have too, so that most targets need no programme of
    their own.
    """
    least, most = true[targets].astype(float), true[targets].astype(float)
    drawn = np.random.default_rng(1)
    model.changeObjectiveSense(highspy.ObjSense.kMinimize)
    for _ in range(DATA_SETS):
        missing = np.where(least > SMALL[0], 1.0, 0.0) - np.where(most < SMALL[-1], 1.0, 0.0)
        both = (least > SMALL[0]) & (most < SMALL[-1])
        costs = np.where(both, drawn.choice([-1.0, 1.0], len(targets)), missing)
        if not costs.any():
            break
        for number, cost in zip(targets, costs * drawn.uniform(0.5, 1.5, len(costs)), strict=True):
            model.changeColCost(int(number), cost)
        model.run()
        if model.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            values = np.array(model.getSolution().col_value)[targets]
            least, most = np.minimum(least, values), np.maximum(most, values)
    for number in targets:
        model.changeColCost(int(number), 0.0)
    return least, most


def pose(matrix, low, high) -> highspy.Highs:
    """Return the linear programme of all that one reader knows, to be asked again and again."""
    model, programme = highspy.Highs(), highspy.HighsLp()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    programme.num_row_, programme.num_col_ = matrix.shape
    programme.col_cost_ = np.zeros(matrix.shape[1])
    programme.col_lower_, programme.col_upper_ = low, high
    programme.row_lower_ = programme.row_upper_ = np.zeros(matrix.shape[0])
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_, programme.a_matrix_.index_ = matrix.indptr, matrix.indices
    programme.a_matrix_.value_ = matrix.data
    model.passModel(programme)
    return model


def end(model: highspy.Highs, number: int, sense) -> float:
    """Return the least or the largest value that one count can have."""
    model.changeColCost(int(number), 1.0)
    model.changeObjectiveSense(sense)
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        model.clearSolver()  # from the start, where the last answer was no good place to go on from
        model.run()
    status, value = model.getModelStatus(), model.getInfo().objective_function_value
    model.changeColCost(int(number), 0.0)
    if status in (highspy.HighsModelStatus.kUnbounded, UNBOUNDED):
        return np.inf
    assert status == highspy.HighsModelStatus.kOptimal, status
    return value


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--insiders", type=int, default=0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "study"
        told, rows = publish(folder, chosen.seed)
        names = {t.population for t in read_catalogue(catalogue_file()).values()}
        truth = {
            window: {name: open_edition(folder, window=window).population(name) for name in names}
            for window in WINDOWS
        }
    reader = read_everything(told, truth)
    true = true_counts(reader, truth)
    for borough in [None, *list(BOROUGHS.values())[: chosen.insiders]]:
        started = time.perf_counter()
        found = attack(reader, true, borough)
        rows.append(
            {
                "step": f"independent attack by {borough or 'an outsider'} on all three years",
                "seconds": round(time.perf_counter() - started, 1),
                "published_counts": len(reader.shown),
                "targets": found["targets"],
                "outcome": f"{found['recovered']} recovered, {found['narrowed']} narrowed",
            }
        )
        print(rows[-1], flush=True)
    write(rows, chosen.seed)


def write(rows: list[dict], seed: int) -> None:
    environment = f"Python {platform.python_version()}, {os.cpu_count()} processors"
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        columns = [*rows[0], "seed", "date", "environment"]
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        today = datetime.date.today().isoformat()
        for row in rows:
            writer.writerow({**row, "seed": seed, "date": today, "environment": environment})


if __name__ == "__main__":
    main()
