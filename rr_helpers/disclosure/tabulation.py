"""From one row for each unit to the counts of all published cells, and the sums among them."""

from collections.abc import Iterable, Mapping
from itertools import combinations, product

import pandas as pd

from rr_helpers.disclosure.catalogue import CountTable, nearest
from rr_helpers.disclosure.figures import ALL
from rr_helpers.disclosure.rounding import Cell, Sum
from rr_helpers.errors import UserError


def check_population(frame: pd.DataFrame, name: str) -> None:
    """Raise UserError unless the frame holds ordered categories only, without empty cells.

    Anything else (identifiers, dates, free text, numbers) has no business in a published table.
    """
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        _refuse(f"population '{name}'", f"two columns named '{twice}'", "one each", "Rename one")
    for column in frame.columns:
        place, values = f"population '{name}', column '{column}'", frame[column]
        if not (isinstance(values.dtype, pd.CategoricalDtype) and values.cat.ordered):
            _refuse(place, f"values of type {values.dtype}", "ordered categories", "Group them")
        if values.isna().any():
            _refuse(
                place,
                f"empty cells in {int(values.isna().sum())} rows",
                "a category in every row",
                "Give missing values a category of their own, such as 'Not recorded'",
            )
        if not all(isinstance(label, str) for label in values.cat.categories):
            _refuse(place, "categories that are not text", "labels", "Label the categories")
        if ALL in values.cat.categories:
            _refuse(place, f"a category '{ALL}'", "another name for it", "It names the margin here")


def item_columns(table: CountTable, frame: pd.DataFrame) -> dict[str, str]:
    """Return the population's columns of a battery by item label, in the frame's order."""
    start = f"{table.items}: "
    found = {c[len(start) :]: c for c in frame.columns if str(c).startswith(start)}
    if not found:
        _refuse(
            f"table '{table.id}'",
            f"no column '{start}…' in population '{table.population}'",
            "one column for each item",
            "Correct items in the catalogue" + nearest(start, frame.columns),
        )
    return found


def list_faces(table: CountTable, frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the sets of variables whose full cross-classification the table publishes."""
    fixed = tuple(table.where)
    beside = (table.columns,) if table.columns else ()
    firsts = item_columns(table, frame).values() if table.items else (table.rows,)
    faces = [tuple(sorted((first, *beside, *fixed))) for first in firsts]
    for variable in {variable for face in faces for variable in face}:
        if variable not in frame.columns:
            _refuse(
                f"table '{table.id}'",
                f"no column '{variable}' in population '{table.population}'",
                f"one of {', '.join(map(str, frame.columns))}",
                "Correct the catalogue" + nearest(variable, frame.columns),
            )
    for variable, category in [*table.where.items(), *_response(table, frame)]:
        if category not in list(frame[variable].cat.categories):
            _refuse(
                f"table '{table.id}'",
                f"no category '{category}' of '{variable}'",
                f"one of {', '.join(frame[variable].cat.categories)}",
                "Correct the catalogue",
            )
    return faces


def _response(table: CountTable, frame: pd.DataFrame):
    if table.response:
        return [(column, table.response) for column in item_columns(table, frame).values()]
    return []


def tabulate(
    frame: pd.DataFrame, faces: Iterable[tuple[str, ...]], hierarchies: Mapping[str, str]
) -> tuple[dict[Cell, int], list[Sum]]:
    """Count every cell of these faces and of all their margins, and list the sums among them.

    hierarchies: variable -> the coarser variable that its categories nest in; used where a face
    and the same face with the coarser variable are both asked for.
    """
    wanted = {()}
    for face in faces:
        wanted |= {sub for size in range(len(face) + 1) for sub in combinations(face, size)}
    counts = {}
    for face in sorted(wanted):
        counts |= _count_face(frame, face)
    sums = [sum_ for face in sorted(wanted) for sum_ in _margin_sums(frame, face)]
    for child, parent in hierarchies.items():
        if child in frame.columns and parent in frame.columns:
            sums += _hierarchy_sums(frame, child, parent, sorted(wanted))
    return counts, sums


def _count_face(frame: pd.DataFrame, face: tuple[str, ...]) -> dict[Cell, int]:
    if not face:
        return {frozenset(): len(frame)}
    # Only what occurs is counted; the rest of the cross-classification is zero.
    sizes = frame.groupby(list(face), observed=True).size()
    keys = sizes.index if len(face) > 1 else [(category,) for category in sizes.index]
    counts = dict.fromkeys(_list_cells(frame, face), 0)
    for categories, size in zip(keys, sizes, strict=True):
        counts[frozenset(zip(face, categories, strict=True))] = int(size)
    return counts


def _list_cells(frame: pd.DataFrame, face: tuple[str, ...]) -> list[Cell]:
    crossed = product(*(frame[variable].cat.categories for variable in face))
    return [frozenset(zip(face, categories, strict=True)) for categories in crossed]


def _margin_sums(frame: pd.DataFrame, face: tuple[str, ...]) -> list[Sum]:
    sums = []
    for variable in face:
        rest = tuple(other for other in face if other != variable)
        for parent in _list_cells(frame, rest):
            categories = frame[variable].cat.categories
            sums.append((parent, tuple(parent | {(variable, c)} for c in categories)))
    return sums


def _hierarchy_sums(frame, child: str, parent: str, wanted) -> list[Sum]:
    pairs = frame[[child, parent]].drop_duplicates()
    if pairs[child].duplicated().any():
        torn = pairs.loc[pairs[child].duplicated(), child].iloc[0]
        _refuse(f"column '{parent}'", f"{torn!r} in two of them", "one each", "Correct the lookup")
    members = pairs.groupby(parent, observed=False)[child].agg(list)
    sums = []
    for face in wanted:
        rest = tuple(other for other in face if other != child)
        if child not in face or parent in face or tuple(sorted((*rest, parent))) not in wanted:
            continue
        for other in _list_cells(frame, rest):
            for coarse, fine in members.items():
                parts = tuple(other | {(child, category)} for category in fine)
                sums.append((other | {(parent, coarse)}, parts))
    return sums


def _refuse(place: str, found: str, expected: str, cure: str):
    raise UserError(place=place, found=found, expected=expected, cure=cure)
