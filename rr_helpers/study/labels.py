"""From coded values to the words that readers see, always taken from the schema."""

import pandas as pd

from rr_helpers.study.schema import TABLES

NOT_KNOWN = "Not known"


def label_values(values: pd.Series, *, table: str, column: str) -> pd.Series:
    """Return an ordered categorical of labels, in the order of the schema.

    Where the schema lets a cell be blank or hold a missing code, those become one category at the
    end, ``Not known``, whether there are any or not: a table of counts then adds up to its
    population, and an absent category does not tell that there are none.
    """
    said = TABLES[table].column(column)
    always = said["required"] and not said["missing"]
    labels = values.map(said["values"])
    order = list(dict.fromkeys(said["values"].values()))
    return categories(
        labels, order, missing=None if always and not labels.isna().any() else NOT_KNOWN
    )


def categories(
    values: pd.Series, order: list[str], *, missing: str | None = NOT_KNOWN
) -> pd.Series:
    """Return `values` as an ordered categorical over `order`, blanks as `missing` at the end.

    With `missing=None` there is no such category; ValueError where there is a blank after all, or
    a value outside `order`.
    """
    filled = values.astype(object)
    if missing is not None:
        order = [*order, missing] if missing not in order else order
        filled = filled.where(filled.notna(), missing)
    unknown = sorted(set(map(str, filled.unique())) - set(order))
    if unknown:
        raise ValueError(f"{values.name} has values outside its categories: {unknown[:3]}")
    return pd.Series(pd.Categorical(filled, categories=order, ordered=True), index=values.index)
