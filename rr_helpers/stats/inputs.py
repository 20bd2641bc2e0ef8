"""What every function of this room checks before it computes.

Wrong input raises a `UserError` that names the argument; missing values are left out row by row,
and how many is kept, never forgotten.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rr_helpers.errors import UserError

# Beyond this squares overflow; no answer, score or wait of a person comes near it.
LARGEST = 1e100


def wrong(argument: str, found: str, expected: str, cure: str) -> UserError:
    """A `UserError` whose place is the argument."""
    return UserError(place=f"argument {argument!r}", found=found, expected=expected, cure=cure)


def check_level(level: float) -> float:
    """The confidence level as given, between 0 and 1."""
    if not isinstance(level, int | float) or not 0 < level < 1:
        raise wrong("level", repr(level), "a confidence level between 0 and 1", "Write level=0.95")
    return float(level)


def check_option(argument: str, found: object, allowed: Sequence) -> None:
    """Refuse an option nobody knows, naming those that exist."""
    if found not in allowed:
        known = ", ".join(repr(option) for option in allowed)
        raise wrong(argument, repr(found), f"one of {known}", "Choose one of these")


def whole_count(argument: str, count: object) -> int:
    """A count of people or things: a whole number, 0 or more."""
    try:
        whole = int(count)
        right = whole == count and 0 <= whole < LARGEST
    except (TypeError, ValueError, OverflowError):
        right = False
    if not right:
        raise wrong(argument, repr(count), "a whole number, 0 or more", "Give a count, not a share")
    return whole


def column(argument: str, values: object) -> pd.Series:
    """The values as a column, whatever sequence they came in."""
    if isinstance(values, pd.Series):
        return values
    listed = isinstance(
        values, list | tuple | np.ndarray | pd.Index | pd.api.extensions.ExtensionArray
    )
    if not listed or getattr(values, "ndim", 1) != 1:
        raise wrong(
            argument,
            f"a {type(values).__name__}",
            "one column of values",
            "Take it from a table, as in table['response']",
        )
    return pd.Series(values, dtype=object if isinstance(values, list | tuple) else None)


def numbers(argument: str, values: object) -> pd.Series:
    """The values as numbers; blanks stay blank, anything else that is no number is refused."""
    given = column(argument, values)
    if isinstance(given.dtype, pd.CategoricalDtype):
        given = _ordered_codes(argument, given)
    if pd.api.types.is_datetime64_any_dtype(given) or pd.api.types.is_timedelta64_dtype(given):
        raise wrong(argument, "dates or time spans", "numbers", "Turn spans into days: .dt.days")
    found = pd.to_numeric(given, errors="coerce").astype("float64")
    offending = given[(found.isna() & given.notna()) | (found.abs() > LARGEST)]
    if len(offending):
        raise wrong(
            argument,
            f"{offending.iloc[0]!r} in row {offending.index[0]}",
            "numbers or blanks",
            "Leave codes such as 'NK' blank before computing",
        )
    return found


def _ordered_codes(argument: str, given: pd.Series) -> pd.Series:
    if not given.cat.ordered:
        raise wrong(
            argument,
            "categories without an order",
            "numbers or ordered categories",
            "Make the column an ordered Categorical",
        )
    return given.cat.codes.where(given.notna()).astype("float64")


def complete_rows(**columns: pd.Series | None) -> tuple[pd.DataFrame, int]:
    """Rows without a blank in any of the columns, and the number of rows left out.

    Columns are matched by position; two whose row labels differ are refused, because they were
    taken from different tables or differently sorted ones.
    """
    given = {name: column(name, values) for name, values in columns.items() if values is not None}
    (first, reference), *others = given.items()
    for name, values in others:
        if len(values) != len(reference):
            raise wrong(
                name,
                f"{len(values)} values",
                f"{len(reference)}, as many as in {first!r}",
                _ONE_TABLE,
            )
        if not _is_plain(values) and not _is_plain(reference):
            if not values.index.equals(reference.index):
                raise wrong(name, "other row labels", f"the row labels of {first!r}", _ONE_TABLE)
    table = pd.DataFrame({name: list(values) for name, values in given.items()}, dtype=object)
    table = table.set_axis(reference.index if not _is_plain(reference) else range(len(table)))
    complete = table.dropna()
    return complete.infer_objects(), len(table) - len(complete)


_ONE_TABLE = "Take both columns from one table, unsorted"


def _is_plain(values: pd.Series) -> bool:
    return isinstance(values.index, pd.RangeIndex)
