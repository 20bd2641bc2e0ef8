"""Tables with known answers for the tests of suppression and of the intervals behind it."""

import csv
import json
import os
from itertools import product
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("RR_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
FOLDER = SHARED / "disclosure"


def cell(**pairs):
    return frozenset(pairs.items())


def cross(inner):
    """Counts and sums of a table with all its margins, from {cell of all variables: count}."""
    labels = {}
    for full in inner:
        for variable, category in full:
            labels.setdefault(variable, {})[category] = None
    counts = {}
    for full, count in inner.items():
        for kept in product((True, False), repeat=len(labels)):
            chosen = {v for v, keep in zip(labels, kept, strict=True) if keep}
            margin = frozenset(pair for pair in full if pair[0] in chosen)
            counts[margin] = counts.get(margin, 0) + count
    sums = [
        (margin, tuple(margin | {(variable, category)} for category in categories))
        for margin in counts
        for variable, categories in labels.items()
        if variable not in dict(margin)
    ]
    return counts, sums


def cross_matrix(matrix, rows=None, columns=None):
    """The same for a two-way table; r and c are the variables."""
    rows = rows or [str(n) for n in range(len(matrix))]
    columns = columns or [str(n) for n in range(len(matrix[0]))]
    return cross(
        {cell(r=rows[i], c=columns[j]): n for i, line in enumerate(matrix)
         for j, n in enumerate(line)}
    )  # fmt: skip


def handbook_example():
    # Handbook on SDC, 2nd ed. (2024), chapter 4, example 3 (Geurts 1992, table 10): only the
    # first two rows' first two cells are suppressed. Inner values that agree with the margins.
    return cross_matrix([[4, 3], [2, 1], [3, 3]])


def sdctable_problem():
    # Numbers of sdcTable's problemdata() (R/test_problems.R), rows w to z, columns a to d.
    inner = [[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]]
    return cross_matrix(inner, "wxyz", "abcd")


def linked_tables():
    """sdcTools/UserSupport issue 136: the same eight cells added up in two ways."""
    values = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
    groups = {"county-1": "ABIJ", "county-2": "KLMN", "BIG": "LM", "small": "ABIJKN"}
    counts = {cell(area=name): count for name, count in values.items()}
    counts |= {cell(group=name): sum(values[part] for part in g) for name, g in groups.items()}
    counts[frozenset()] = sum(values.values())
    sums = [(cell(group=name), tuple(cell(area=part) for part in g)) for name, g in groups.items()]
    tables = [["county-1", "county-2"], ["BIG", "small"]]
    sums += [(frozenset(), tuple(cell(group=name) for name in pair)) for pair in tables]
    return counts, sums


def reference_file(name):
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"no {name}: put the reference data beside the repository, or set "
                    "RR_SHARED_DATA")  # fmt: skip
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_margins(rows, variables, count):
    """Cells in the order of the file, with counts, of a file in which margins are 'Total'."""
    cells = [frozenset((v, row[v]) for v in variables if row[v] != "Total") for row in rows]
    counts = {c: int(row[count]) for c, row in zip(cells, rows, strict=True)}
    full = {c: n for c, n in counts.items() if len(c) == len(variables)}
    added, sums = cross(full)
    assert added == counts
    return cells, counts, sums


def numbered_cross(matrix):
    """Counts and sums of a two-way table whose categories are the numbers of rows and columns."""
    return cross({cell(r=i, c=j): n for i, line in enumerate(matrix) for j, n in enumerate(line)})
