"""Three years of releases, borough editions included, attacked from what they publish alone.

    python benchmarks/release.py [--seed 1] [--insiders 0]

A synthetic study is released for its three evaluation years, one after another, each kept as
published before the next. Then an attack of its own, which shares no code with the package's, reads
the published tables (and nothing else), the catalogue and the legend, and asks of every small true
count by linear programmes what it can be: as an outsider, and as each of so many boroughs that know
their own counts exactly, and ask what is left of a total besides. Readers know what adds up, which
steps are parts of which, and what is told twice. Counts that no sum connects are a programme of
their own; one that holds nothing of a borough's is solved once, for all. The figures go to
benchmarks/results/release.csv.
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
from scipy.sparse.csgraph import connected_components

from rr_helpers.disclosure import read_catalogue
from rr_helpers.publish import open_edition
from rr_helpers.publish.catalogue import catalogue_file
from rr_helpers.publish.earlier_editions import keep_evidence
from rr_helpers.publish.populations.frames import quarter_name
from rr_helpers.publish.releasing import release_window
from rr_helpers.publish.validated import prepare_study
from rr_helpers.study.schema.codes import BOROUGHS
from rr_helpers.study.synthetic import make_study, write_study

RESULTS = Path(__file__).parent / "results" / "release.csv"
WINDOWS = ("eval_Y1", "eval_Y2", "eval_Y3")
ALL, SMALL = "All", range(1, 5)
DATA_SETS = 60
# The same people, told as a step of the ladder and as a category of another variable.
TOLD_TWICE = {
    ("type", "Intervention"): ("reached: Referred for intervention", "Yes"),
    ("decision", "Accepted"): ("reached: Accepted", "Yes"),
    ("engagement", "Engaged"): ("reached: Engaged", "Yes"),
}
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

    def narrow(self, window: str, table, frame: pd.DataFrame) -> None:
        """Whoever took a later step took the nearest earlier one that all of them took."""
        took = {step: (frame[step] == "Yes") for step in frame if step.startswith(table.items)}
        steps = list(took)
        for number, step in enumerate(steps):
            before = [other for other in steps[:number] if not (took[step] & ~took[other]).any()]
            for (where, name, pairs), part in list(self.place.items() if before else ()):
                whole = (window, table.population, pairs - {(step, "Yes")} | {(before[-1], "Yes")})
                if (where, name) == whole[:2] and (step, "Yes") in pairs and whole in self.place:
                    between = self.cell(*whole[:2], whole[2] | {(step, "No")})
                    self.sums.append((self.place[whole], [part, between]))

    def equate(self, window: str, population: str) -> None:
        """What is told twice is the same number."""
        for one, other in TOLD_TWICE.items():
            for (where, name, pairs), number in list(self.place.items()):
                again = (window, population, pairs - {one} | {other})
                if (where, name) == again[:2] and one in pairs and again in self.place:
                    self.sums.append((number, [self.place[again]]))

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
        _tie_years(reader, window)
        reader.equate(window, "referrals")
        for table in {(t.population, t.items): t for t in catalogue.values() if t.nested}.values():
            reader.narrow(window, table, truth[window][table.population])
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


def _tie_years(reader: Reader, window: str) -> None:
    # Each window ends with a year: those of its ladder are the window's own, or an earlier one's.
    years = dict(zip(("2018-19", "2019-20", "2020-21"), WINDOWS, strict=True))
    for (where, population, pairs), number in list(reader.place.items()):
        year = dict(pairs).get("year")
        if (where, population) == (window, "referrals_by_year") and year in years:
            again = (years[year], population, pairs)
            if years[year] == window:
                again = (window, "referrals", pairs - {("year", year)})
            if again in reader.place:
                reader.sums.append((number, [reader.place[again]]))


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


class Attack:
    """All that is published, cut into programmes that no sum connects."""

    def __init__(self, reader: Reader, true: np.ndarray, regions: dict[str, str]):
        self.reader, self.true, self.regions = reader, true, regions
        self.matrix, self.low, self.high = reader.programme()
        boroughs = [dict(pairs).get("borough") for _, _, pairs in reader.place]
        self.boroughs = np.array([borough or "" for borough in boroughs])
        _, self.part = connected_components(abs(self.matrix).T @ abs(self.matrix))
        self.as_outsider: dict[int, np.ndarray] = {}
        assert np.allclose(self.matrix @ true, 0), "the attack's sums do not hold in the rows"
        within = (self.low <= true) & (true <= self.high)
        assert within.all(), "the legend does not hold"

    def run(self, borough: str | None) -> dict[str, int]:
        """Return how many small counts one reader recovers or narrows below 1 to 4."""
        own, besides = self.boroughs == borough, self._subtract_own(borough)
        found = np.zeros(3, dtype=int)
        for part in np.unique(self.part):
            cells = np.flatnonzero(self.part == part)
            if own[cells].any() or part not in self.as_outsider:
                counted = self._run_part(cells, own[cells], besides[cells])
                if not borough:
                    self.as_outsider[part] = counted
            else:
                counted = self.as_outsider[part]
            found += counted
        return dict(zip(("targets", "recovered", "narrowed"), map(int, found), strict=True))

    def _subtract_own(self, borough: str | None) -> np.ndarray:
        """Return how many of each count an insider's own are: what it learns of is the others."""
        own = np.zeros(len(self.true))
        region = ("sub_region", self.regions.get(borough))
        for (window, name, pairs), number in self.reader.place.items() if borough else ():
            areas = {pair for pair in pairs if pair[0] in ("borough", "sub_region")}
            mine = (window, name, pairs - {region} | {("borough", borough)})
            if areas <= {region} and mine in self.reader.place:
                own[number] = self.true[self.reader.place[mine]]
        return own

    def _run_part(self, cells: np.ndarray, mine: np.ndarray, besides: np.ndarray) -> np.ndarray:
        true = self.true[cells]
        targets = np.flatnonzero(np.isin(true - besides, SMALL) & ~mine)
        if not len(targets):
            return np.zeros(3, dtype=int)
        low = np.where(mine, true, self.low[cells])
        high = np.where(mine, true, self.high[cells])
        matrix = self.matrix[:, cells]
        model = pose(matrix[matrix.getnnz(axis=1) > 0], low, high)
        own = besides[targets]
        least, most = reach(model, targets, true, own)
        for place in np.flatnonzero((least > SMALL[0]) | (most < SMALL[-1])):
            least[place] = end(model, targets[place], highspy.ObjSense.kMinimize) - own[place]
            most[place] = end(model, targets[place], highspy.ObjSense.kMaximize) - own[place]
        least, most = np.ceil(least - 1e-6), np.floor(most + 1e-6)
        narrowed = (least > SMALL[0]) | (most < SMALL[-1])
        for place in np.flatnonzero(narrowed):
            key = list(self.reader.place)[cells[targets[place]]]
            print("narrowed:", key, least[place], most[place], "own", own[place], flush=True)
        return np.array([len(targets), (least == most).sum(), narrowed.sum()])


def reach(model, targets, true, own) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and largest value of each target among data sets that fit, from a few.

    own: what to subtract from each, since the reader knows it.

    What two of them reach, all between can have too, so that most targets need no programme of
    their own.
    """
    least, most = true[targets] - own, true[targets] - own
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
            values = np.array(model.getSolution().col_value)[targets] - own
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
    nested = pd.concat([truth[w]["referrals"][["borough", "sub_region"]] for w in WINDOWS])
    regions = dict(nested.drop_duplicates().itertuples(index=False))
    attack = Attack(reader, true_counts(reader, truth), regions)
    for borough in [None, *list(BOROUGHS.values())[: chosen.insiders]]:
        started = time.perf_counter()
        found = attack.run(borough)
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
