"""p values and intervals adjusted within the families that the dated analysis plan names."""

import numpy as np
import pandas as pd
from scipy import special, stats

from rr_helpers.stats.inputs import check_option, column, complete_rows, numbers, wrong
from rr_helpers.stats.jackknife import critical

_NAMES = {"holm": "Holm", "hochberg": "Hochberg", "bh": "Benjamini-Hochberg"}


def adjust(p_values, *, method: str = "holm", family=None) -> pd.DataFrame:
    """p values adjusted for how many were tested, within each family.

    p_values: one per test, in [0, 1]; blanks are kept as rows but are not counted as tests.
    method: ``"holm"`` or ``"hochberg"`` (chance of any false claim) or ``"bh"`` (share of false
        claims among claims).
    family: label of each test's family; None puts all in one.

    Returns a table with the rows and labels of `p_values` and the columns family, p_value,
    adjusted (blank where p_value is), tests (how many in the family), method. Source: Holm 1979;
    Hochberg 1988; Benjamini & Hochberg 1995. Ours, because statsmodels' `multipletests` (the test
    oracle) clears the whole memory at each call, which takes a quarter of a second.
    """
    check_option("method", method, list(_NAMES))
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
    table["adjusted"] = grouped.transform(_adjust_family, method=method)
    table["tests"] = grouped.transform("count").astype(int)
    return table.assign(method=_NAMES[method])


def _adjust_family(p_values: pd.Series, *, method: str) -> pd.Series:
    tested = p_values.dropna().sort_values(kind="stable")
    count, rank = len(tested), np.arange(1, len(tested) + 1)
    if method == "holm":
        adjusted = np.maximum.accumulate(tested * (count - rank + 1))
    else:
        times = count / rank if method == "bh" else count - rank + 1
        adjusted = np.minimum.accumulate((tested * times)[::-1])[::-1]
    return pd.Series(np.minimum(adjusted, 1.0), tested.index).reindex(p_values.index)


# The value that means no change or no difference, by unit; a share or a time has none.
_NO_EFFECT = {"change": 0.0, "percentage points": 0.0, "ratio": 1.0}
_BOUNDS = {"%": (0.0, 100.0), "percentage points": (-100.0, 100.0), "ratio": (0.0, np.inf)}


def adjust_intervals(estimates: pd.DataFrame, *, method: str = "holm") -> pd.DataFrame:
    """Intervals that hold together within each family, and adjusted p values where there is a test.

    estimates: one row per estimate, with value, low and high (blank where there is none), and
        where known unit (as in `Estimate`), level (0.95), clusters and family (else all in one).
    method: of `adjust`, for the p values.

    Returns the rows with family, level, intervals (how many in the family), family_low,
    family_high, p_value and adjusted added. Each interval is widened to level 1 - (1 - level) /
    intervals (Bonferroni; Dunn 1961, JASA 56:52), so that all of a family hold the truth with at
    least that level; each side keeps its own width, on the log scale for ratios and the logit for
    shares, with Student's t on G - 1 degrees of freedom where there are clusters. p_value is for
    no change, no difference or a ratio of 1, computed from the interval (Altman & Bland 2011, BMJ
    343:d2304, who give the test value), and blank for a share or a time, which no value of its own
    tests. Computed from rounded ends it is rough.
    """
    table = _estimates_table(estimates)
    known = table[["value", "low", "high"]].notna().all(axis=1)
    table["intervals"] = known.groupby(table["family"], sort=False).transform("sum").astype(int)
    columns = ["family_low", "family_high", "p_value"]
    found = [
        _widened(row) if right else (np.nan,) * 3
        for row, right in zip(table.itertuples(), known, strict=True)
    ]
    table[columns] = np.array(found, dtype=float).reshape(-1, 3)
    table["adjusted"] = adjust(table["p_value"], method=method, family=table["family"])["adjusted"]
    return table


def _estimates_table(estimates) -> pd.DataFrame:
    if not isinstance(estimates, pd.DataFrame):
        found = f"a {type(estimates).__name__}"
        raise wrong("estimates", found, "a table with value, low and high", "Make a DataFrame")
    table = estimates.copy()
    for name in ("value", "low", "high"):
        if name not in table:
            raise wrong("estimates", f"no column {name!r}", "value, low and high", "Add it")
    for name, default in {"unit": "", "level": 0.95, "clusters": np.nan, "family": "all"}.items():
        given = table.get(name, pd.Series(None, table.index)).astype(object)
        table[name] = given.where(given.notna(), default)
    for name in ("value", "low", "high", "level", "clusters"):
        table[name] = numbers(name, table[name])
    if not table["level"].between(0, 1, inclusive="neither").all():
        raise wrong("level", "a number outside 0 to 1", "levels such as 0.95", "Mend it")
    known = table[["value", "low", "high"]].notna().all(axis=1)
    apart = (table["low"] > table["value"]) | (table["value"] > table["high"])
    if (known & apart).any():
        raise wrong("estimates", "a value outside its interval", "low <= value <= high", "Mend it")
    return table


def _widened(row) -> tuple[float, float, float]:
    """Ends of the interval at the family's level, and p for no effect (blank where none is)."""
    unit = next((name for name in _BOUNDS if row.unit.startswith(name)), row.unit)
    forward, back = _scale(unit, min(row.low, row.value), max(row.high, row.value))
    value, low, high = (float(forward(number)) for number in (row.value, row.low, row.high))
    degrees = row.clusters - 1 if row.clusters > 1 else np.inf
    usual = critical(degrees, row.level)
    reach = critical(degrees, 1 - (1 - row.level) / row.intervals) / usual
    ends = back(value - reach * (value - low)), back(value + reach * (high - value))
    ends = np.clip(ends, *_BOUNDS.get(unit, (-np.inf, np.inf)))
    no_effect = _NO_EFFECT.get(unit)
    if no_effect is None or not high > low or (unit == "ratio" and forward is _same):
        return (*map(float, ends), np.nan)
    apart = 2 * usual * abs(value - float(forward(no_effect))) / (high - low)
    return (*map(float, ends), float(2 * stats.t.sf(apart, degrees)))


def _same(number):
    return number


def _scale(unit: str, low: float, high: float):
    """To and from the scale on which such an interval is symmetric (Wilson's on the logit's)."""
    if unit == "ratio" and low > 0:
        return np.log, np.exp
    if unit == "%" and low > 0 and high < 100:
        return lambda share: special.logit(share / 100), lambda logit: 100 * special.expit(logit)
    return _same, _same
