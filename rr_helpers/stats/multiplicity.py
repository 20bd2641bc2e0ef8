"""p values adjusted within the families that the dated analysis plan names."""

import pandas as pd
from statsmodels.stats.multitest import multipletests

from rr_helpers.stats.inputs import check_option, column, complete_rows, numbers, wrong

_METHODS = {"holm": "holm", "hochberg": "simes-hochberg", "bh": "fdr_bh"}
_NAMES = {"holm": "Holm", "hochberg": "Hochberg", "bh": "Benjamini-Hochberg"}


def adjust(p_values, *, method: str = "holm", family=None) -> pd.DataFrame:
    """p values adjusted for how many were tested, within each family.

    p_values: one per test, in [0, 1]; blanks are kept as rows but are not counted as tests.
    method: ``"holm"`` or ``"hochberg"`` (chance of any false claim) or ``"bh"`` (share of false
        claims among claims).
    family: label of each test's family; None puts all in one.

    Returns a table with the rows and labels of `p_values` and the columns family, p_value,
    adjusted (blank where p_value is), tests (how many in the family), method. Source: Holm 1979;
    Hochberg 1988; Benjamini & Hochberg 1995, as in statsmodels `multipletests`.
    """
    check_option("method", method, list(_METHODS))
    given = numbers("p_values", p_values)
    if ((given < 0) | (given > 1)).any():
        raise wrong(
            "p_values", "a number outside 0 to 1", "p values", "Give p values, not statistics"
        )
    families = pd.Series("all", index=given.index) if family is None else column("family", family)
    complete_rows(p_values=given, family=families)
    table = pd.DataFrame({"family": list(families), "p_value": list(given)}, index=given.index)
    if table["family"].isna().any():
        raise wrong("family", "a test without a family", "a family for every test", "Name it")
    grouped = table.groupby("family", sort=False)["p_value"]
    table["adjusted"] = grouped.transform(_adjust_family, method=_METHODS[method])
    table["tests"] = grouped.transform("count").astype(int)
    return table.assign(method=_NAMES[method])


def _adjust_family(p_values: pd.Series, *, method: str) -> pd.Series:
    tested = p_values.dropna()
    if tested.empty:
        return p_values
    return pd.Series(multipletests(tested, method=method)[1], tested.index).reindex(p_values.index)
