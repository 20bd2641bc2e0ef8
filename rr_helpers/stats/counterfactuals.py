"""What an interrupted series would have been, and whether other dates show as much."""

import numpy as np
import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.stats.inputs import check_level
from rr_helpers.stats.jackknife import critical
from rr_helpers.stats.time_series import TERMS, fit_segments, prepare, reml_ar1, segments

FEWEST_MONTHS, FEWEST_SIDE = 12, 4


def counterfactual(
    frame: pd.DataFrame,
    *,
    time: str,
    outcome: str,
    interruption,
    exposure: str | None = None,
    terms: tuple[str, ...] = (),
    harmonics: int = 0,
    log: bool = True,
    method: str = "reml_ar1",
    level: float = 0.95,
) -> pd.DataFrame:
    """Each month as observed, as modelled, and as expected had what came before gone on.

    Arguments as `interrupted_time_series`. Returns one row per month in order: month (as handed
    in), after, observed (the rate, or the outcome), fitted, counterfactual, low, high. The band is
    that of the expected line, not of single months; before the interruption the line is the fitted
    one. Raises UserError where the series is too short for the method.
    """
    check_level(level)
    rows, _, start = prepare(frame, time, outcome, interruption, exposure, terms)
    design = segments(rows, start, terms, harmonics)
    fitted, reason = fit_segments(rows, design, start, log=log, method=method)
    if reason:
        raise UserError(
            place="argument 'frame'", found=reason, expected="a series long enough for the method",
            cure="Show the series without a band",
        )  # fmt: skip
    coefficients, covariance, degrees, _ = fitted
    untouched = design.assign(after=0.0, since=0.0).to_numpy()
    line = untouched @ coefficients
    reach = critical(degrees, level) * np.sqrt(np.sum(untouched @ covariance * untouched, axis=1))
    shown = np.exp if log else np.asarray
    return pd.DataFrame(
        {
            "month": _labels(frame, time, outcome, exposure, terms),
            "after": rows["month"] >= start,
            "observed": rows["outcome"] / rows.get("exposure", 1),
            "fitted": shown(design.to_numpy() @ coefficients),
            "counterfactual": shown(line),
            "low": shown(line - reach),
            "high": shown(line + reach),
        }
    )


def _labels(frame, time, outcome, exposure, terms) -> list:
    used = [time, outcome, *terms] + ([exposure] if exposure is not None else [])
    complete = frame.dropna(subset=used)
    return list(complete.sort_values(time)[time])


def placebo_dates(
    frame: pd.DataFrame,
    *,
    time: str,
    outcome: str,
    interruption,
    exposure: str | None = None,
    log: bool = True,
) -> pd.DataFrame:
    """Change in level at every earlier date, on the months before the interruption alone.

    Where nothing happened nothing should show: if many of the placebo dates show as large a change
    as the date itself, the change is no evidence. A description without p values, since the months
    before are too few for more: point estimates by REML AR(1), 4 months on either side.

    Returns one row per date: month (1 for the first of the series), placebo, level_change (ratio,
    or difference), months (used), as_large (whether a placebo's change is as large as that at the
    interruption). No row where there are fewer than 12 months before.
    """
    rows, _, start = prepare(frame, time, outcome, interruption, exposure, ())
    rate = rows["outcome"] / rows.get("exposure", 1)
    if log and not (rate > 0).all():
        raise UserError(
            place="argument 'outcome'", found="a month without any", expected="a rate above 0",
            cure="Use longer periods, or log=False",
        )  # fmt: skip
    before = rows[rows["month"] < start]
    columns = ["month", "placebo", "level_change", "months", "as_large"]
    if len(before) < FEWEST_MONTHS or len(rows) - len(before) < FEWEST_SIDE:
        return pd.DataFrame(columns=columns)
    actual = _level_change(rows, start, log)
    dates = before["month"].iloc[FEWEST_SIDE : len(before) - FEWEST_SIDE + 1]
    changes = [(start, False, actual, len(rows), False)]
    for date in dates:
        change = _level_change(before, date, log)
        changes.append((date, True, change, len(before), abs(change) >= abs(actual)))
    table = pd.DataFrame(changes, columns=columns)
    table["level_change"] = np.exp(table["level_change"]) if log else table["level_change"]
    table["month"] = (table["month"] - rows["month"].min() + 1).astype(int)
    return table


def _level_change(rows: pd.DataFrame, start: float, log: bool) -> float:
    rate = rows["outcome"] / rows.get("exposure", 1)
    design = segments(rows, start)
    y = np.log(rate) if log else rate
    values = reml_ar1(design.to_numpy(), y.to_numpy(), rows["month"].to_numpy())[0]
    return float(values[list(design).index(TERMS["level_change"])])
