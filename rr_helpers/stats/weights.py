"""Weights for who was asked and who answered, always shown beside the figures without them."""

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
from patsy import PatsyError
from statsmodels.formula import api as formulas
from statsmodels.genmod import families
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from rr_helpers.errors import UserError
from rr_helpers.stats.inputs import complete_rows, numbers, wrong


def rake(
    frame: pd.DataFrame,
    targets: Mapping[str, Mapping],
    *,
    weights=None,
    largest: float | None = None,
    iterations: int = 1000,
) -> pd.Series:
    """Weights under which each column's categories have their target shares (raking), mean 1.

    frame: one row per person who answered, without blanks in the columns of `targets`.
    targets: for each column, a share or total for each of its categories; totals become shares.
    weights: weights to start from, for example those of `nonresponse_weights`.
    largest: no weight above this many times the mean; the shares are then met as nearly as that
        allows.

    Raises UserError where a category has no target, a target nobody to carry it, or the shares
    cannot all be met. Source: Deming & Stephan 1940, Annals of Mathematical Statistics 11:427.
    """
    shares = _shares(frame, targets)
    start = np.ones(len(frame)) if weights is None else _positive("weights", weights, len(frame))
    if largest is not None and not largest > 1:
        raise wrong("largest", repr(largest), "a number above 1", "Write, for example, largest=5")
    raked = start / start.mean()
    for _ in range(iterations):
        before = raked.copy()
        for codes, share in shares:
            raked = raked * (share / np.bincount(codes, raked, len(share)) * len(raked))[codes]
        if largest is not None:
            raked = _capped(raked, largest)
        if np.abs(raked - before).max() < 1e-10 * raked.max():
            break
    missed = max(
        np.abs(np.bincount(codes, raked, len(share)) / raked.sum() - share).max()
        for codes, share in shares
    )
    if largest is None and missed > 1e-6:
        raise UserError(
            place="argument 'targets'",
            found=f"shares that cannot all be met (off by {missed:.1%})",
            expected="targets that agree with who answered",
            cure="Merge small categories, or drop one of the columns",
        )  # fmt: skip
    return pd.Series(raked / raked.mean(), frame.index, name="weight")


def _capped(weights: np.ndarray, largest: float) -> np.ndarray:
    """None above so many times the mean, which falls as weights are cut, so repeatedly."""
    for _ in range(500):
        limit = largest * weights.mean()
        if weights.max() <= limit * (1 + 1e-9):
            break
        weights = np.minimum(weights, limit)
    return weights / weights.mean()


def _shares(frame, targets) -> list[tuple[np.ndarray, np.ndarray]]:
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        raise wrong("frame", "no rows", "a table with a row per person", "Check what was filtered")
    if not isinstance(targets, Mapping) or not targets:
        raise wrong("targets", repr(targets), "{'column': {'category': share}}", "Write it so")
    return [_margin(frame, name, wanted) for name, wanted in targets.items()]


def _margin(frame, name, wanted) -> tuple[np.ndarray, np.ndarray]:
    if name not in frame.columns:
        known = ", ".join(str(column) for column in frame.columns)
        raise wrong("targets", repr(name), "a column of 'frame'", f"The columns are: {known}")
    if not isinstance(wanted, Mapping) or not wanted:
        raise wrong("targets", repr(wanted), f"a share for each category of {name!r}", "Give them")
    share = pd.Series(_positive("targets", list(wanted.values()), len(wanted)), list(wanted))
    codes = share.index.get_indexer(frame[name])
    if (codes < 0).any():
        found = frame[name][codes < 0].iloc[0]
        raise wrong(
            "targets", f"no share for {found!r} of {name!r}", "one for each category in 'frame'",
            "Add it, or fill in blanks before raking",
        )  # fmt: skip
    nobody = share.index[np.bincount(codes, minlength=len(share)) == 0]
    if len(nobody):
        raise wrong(
            "targets", f"a share for {nobody[0]!r} of {name!r}, which nobody is",
            "categories that somebody is in", "Merge it with another category",
        )  # fmt: skip
    return codes, (share / share.sum()).to_numpy()


def _positive(argument: str, values, length: int) -> np.ndarray:
    given = numbers(argument, list(values) if not isinstance(values, pd.Series) else values)
    if len(given) != length or given.isna().any() or (given <= 0).any():
        raise wrong(
            argument, "blanks, zeros or another length", f"{length} numbers above 0", "Mend"
        )
    return given.to_numpy()


def nonresponse_weights(
    frame: pd.DataFrame, formula: str, *, responded: str, largest: float = 5.0
) -> pd.DataFrame:
    """Weights of those who answered, by how likely people like them were to answer.

    frame: one row per person invited; formula: what response may hang on, ``"C(sex) + age"``;
    responded: name of a column of true or false (1 or 0), without blanks.
    largest: no weight above this many times the mean.

    Returns, with the rows of `frame`, propensity (from logistic regression by statsmodels), weight
    (mean 1 among those who answered; blank for others, and for anyone with a blank in the formula).
    Raises UserError where the formula tells response apart completely. Source: Little 1986,
    International Statistical Review 54:139.
    """
    if not isinstance(frame, pd.DataFrame) or responded not in frame.columns:
        raise wrong("responded", repr(responded), "the name of a column of 'frame'", "Check it")
    answered = numbers("responded", frame[responded])
    if not answered.isin([0, 1]).all() or answered.nunique() < 2:
        raise wrong("responded", "blanks or one value only", "both true and false", "Mend it")
    if not isinstance(largest, int | float) or not largest > 1:
        raise wrong("largest", repr(largest), "a number above 1", "Write, for example, largest=5")
    rows = frame.assign(**{str(responded): answered.astype(float)}).reset_index(drop=True)
    propensity = _propensity(rows, formula, str(responded))
    weight = (1 / propensity).where(rows[str(responded)] == 1)
    known = weight.notna().to_numpy()
    weight[known] = _capped(weight[known].to_numpy(), largest)
    table = pd.DataFrame({"propensity": propensity, "weight": weight})
    return table.set_axis(frame.index)


def _propensity(rows, formula, responded) -> pd.Series:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            model = formulas.glm(f"Q({responded!r}) ~ {formula}", rows, family=families.Binomial())
            fitted = model.fit().fittedvalues
        except (ConvergenceWarning, PerfectSeparationWarning, np.linalg.LinAlgError) as problem:
            raise _separated(formula) from problem
        except (PatsyError, NameError, KeyError, TypeError, SyntaxError, ValueError) as problem:
            raise wrong(
                "formula", repr(formula), "'term + term' over columns of 'frame'",
                "The columns are: " + ", ".join(str(name) for name in rows.columns),
            ) from problem  # fmt: skip
    if not fitted.between(1e-4, 1 - 1e-4).all():
        raise _separated(formula)
    return fitted.reindex(rows.index)


def _separated(formula: str) -> UserError:
    return wrong(
        "formula", f"{formula!r} tells apart completely who answered", "terms that do not",
        "Merge small categories, or drop a term",
    )  # fmt: skip


def effective_n(weights) -> float:
    """How many unweighted answers the weighted ones are worth: (sum w)^2 / sum w^2 (Kish 1965).

    weights: numbers, 0 or more; blanks are left out. 0.0 where there are none.
    """
    given = numbers("weights", weights).dropna()
    if (given < 0).any():
        raise wrong("weights", "a number below 0", "numbers, 0 or more", "Mend the weights")
    largest = given.max() if len(given) else 0
    if not largest > 0:
        return 0.0
    scaled = given / largest
    return float(scaled.sum() ** 2 / (scaled**2).sum())


def weighted_shares(values, weights) -> pd.DataFrame:
    """Share in per cent of each answer, without and with weights side by side.

    Returns one row per answer: answer, count, n, unweighted, weighted, effective_n. Rows with a
    blank answer or weight are left out.
    """
    rows, _ = complete_rows(values=values, weights=numbers("weights", weights))
    if (rows["weights"] < 0).any():
        raise wrong("weights", "a number below 0", "numbers, 0 or more", "Mend the weights")
    total = float(rows["weights"].sum())
    sums = rows.groupby("values", sort=False)["weights"].agg(["size", "sum"])
    return pd.DataFrame(
        {
            "answer": list(sums.index),
            "count": sums["size"].to_numpy(),
            "n": len(rows),
            "unweighted": 100 * sums["size"].to_numpy() / max(len(rows), 1),
            "weighted": 100 * sums["sum"].to_numpy() / total if total > 0 else np.nan,
            "effective_n": effective_n(rows["weights"]),
        }
    )
