"""Regression where rows come in few clusters (3 to 32 boroughs, 6 to 20 courses).

The usual sandwich variance is too small with so few; the cluster jackknife (CR3) with Student's t
on G - 1 degrees of freedom is not. statsmodels has no CR3, so it is here, in closed form. The
companions CR2 and bias-reduced are in `sandwich`.
"""

import numpy as np
import pandas as pd
from patsy import PatsyError
from statsmodels.formula import api as formulas

from rr_helpers.errors import UserError
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats.inputs import check_level, check_option, wrong
from rr_helpers.stats.jackknife import no_spread, standard_error, t_interval
from rr_helpers.stats.sandwich import NAMES, SMALL_SAMPLE, adjusted_errors, robust_errors


def linear(
    frame: pd.DataFrame,
    formula: str,
    term: str | None = None,
    *,
    clusters: str,
    small_sample: str = "CR3",
    level: float = 0.95,
    of: str = "rows",
    unit: str = "",
) -> Estimate | dict[str, Estimate]:
    """Least-squares coefficients with intervals that hold in few clusters.

    frame: one row per person; formula: as in statsmodels, ``"after ~ before + C(sector)"``.
    term: a name among the coefficients returns that Estimate; None returns all, by name.
    clusters: name of the column that says which cluster each row belongs to.
    small_sample: ``"CR3"`` (the jackknife, t(G - 1)), ``"CR2"`` (Satterthwaite's degrees of
        freedom) or ``"bias_reduced"`` (Mancl-DeRouen, t(G - 2)).

    `details` has standard_error, degrees_of_freedom, robust_standard_error (CR0, the plain cluster
    sandwich, too small in few clusters) and model_standard_error (as if rows were independent);
    `coefficient_table` lists all with t and p.

    CR3: each coefficient without cluster g is b - (X'X - Xg'Xg)^-1 Xg'eg, so nothing is refitted;
    the variance is (G - 1)/G times the sum of squared moves (Bell & McCaffrey 2002; MacKinnon,
    Nielsen & Webb 2023). A coefficient that rests on one cluster alone is not estimable.
    """
    check_option("small_sample", small_sample, SMALL_SAMPLE)
    check_level(level)
    model, rows, dropped = complete_model(frame, formula, clusters=clusters)
    x, y, names = np.asarray(model.exog), np.asarray(model.endog, dtype=float), model.exog_names
    check_term(term, names)
    coefficients = np.linalg.pinv(x) @ y
    moved, reasons = _without_each(x, y, coefficients, rows[clusters])
    told = describe_fit(model, dropped)
    shared = dict(n=len(y), clusters=len(moved), of=of, level=level, unit=unit)
    shared |= {"method": f"least squares, {NAMES[small_sample]}"}
    if small_sample == "CR3":
        errors = [standard_error(moved[:, k], coefficients[k]) for k in range(len(names))]
        degrees = np.full(len(names), len(moved) - 1.0)
    else:
        errors, degrees = adjusted_errors(x, y - x @ coefficients, rows[clusters], small_sample)
    left, rest = y - x @ coefficients, max(len(y) - x.shape[1], 1)
    bread = np.linalg.pinv(x.T @ x, hermitian=True)
    plain = np.sqrt(np.clip(np.diag(bread), 0, None) * (left @ left) / rest)
    compared = companion_errors(plain, robust_errors(x, left, rows[clusters]), len(names))
    # What a coefficient would be if its term alone made the outcome: the size that zero is next to.
    scales = np.linalg.norm(y) / np.maximum(np.linalg.norm(x, axis=0), 1e-300)
    estimates = {}
    for k, name in enumerate(names):
        reason = too_few(len(moved), small_sample) or reasons[k]
        if not reason and no_spread(errors[k], scales[k]):
            reason = "the model fits without any spread"
        spread = (float(errors[k]), float(degrees[k]))
        kept = told | compared[k]
        estimates[name] = _coefficient(coefficients[k], *spread, reason, kept, shared)
    return estimates if term is None else estimates[term]


def too_few(groups: int, small_sample: str) -> str:
    """Why so few clusters say nothing about spread ('' where they do)."""
    if groups < 2:
        return "there is only one cluster" if groups else "no row is complete"
    return "there are only two clusters" if small_sample == "bias_reduced" and groups < 3 else ""


def _without_each(x, y, coefficients, groups) -> tuple[np.ndarray, list[str]]:
    """Coefficients without each cluster, and why a coefficient has none ('' where it has)."""
    whole, residual, size = x.T @ x, y - x @ coefficients, x.shape[1]
    codes = pd.factorize(groups)[0]
    order = np.argsort(codes, kind="stable")
    begins = np.searchsorted(codes[order], np.arange(codes.max(initial=-1) + 1))
    x, residual = x[order], residual[order]
    # All clusters at once: there may be thousands.
    own = np.stack([_sums(x[:, [k]] * x, begins) for k in range(size)], axis=1)
    scores = _sums(x * residual[:, None], begins)[..., None]
    rests = whole - own
    moved = coefficients - (np.linalg.pinv(rests, hermitian=True) @ scores)[..., 0]
    reasons = np.where(identified(rests).all(axis=0), "", _ALONE)
    return moved, np.where(identified(whole), reasons, _COLLINEAR).tolist()


def _sums(rows: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Sums of the rows of each cluster; clusters lie one after another."""
    return np.add.reduceat(rows, begins) if len(begins) else rows[:0]


_COLLINEAR = "the columns of the model say the same thing twice"
_ALONE = "it rests on one cluster alone"


def identified(cross_products: np.ndarray) -> np.ndarray:
    """Which coefficients the rows behind a cross-product X'X can tell; of one, or of each of many.

    cross_products: of the shape (…, coefficients, coefficients). Returns (…, coefficients).
    """
    scale = np.sqrt(np.diagonal(cross_products, axis1=-2, axis2=-1))
    divisor = np.where(scale > 0, scale, 1)
    unit = cross_products / (divisor[..., :, None] * divisor[..., None, :])
    values, vectors = np.linalg.eigh(unit)
    unknown = (values < 1e-10)[..., None, :] & (np.abs(vectors) >= 1e-6)
    return ~unknown.any(axis=-1) & (scale > 0)


def companion_errors(plain, robust, terms: int) -> list[dict[str, float]]:
    """For each term, the errors of published analyses that `details` sets beside ours."""
    return [
        {"model_standard_error": float(plain[k]), "robust_standard_error": float(robust[k])}
        for k in range(terms)
    ]


def _coefficient(value, error, degrees, reason, details, shared) -> Estimate:
    if not reason and not degrees > 0:
        reason = "the clusters leave no degrees of freedom"
    if reason:
        return not_estimable(reason, **shared, details={"dropped": details["dropped"]})
    low, high = t_interval(value, error, degrees, shared["level"])
    details |= {"standard_error": error, "degrees_of_freedom": degrees}
    return Estimate(value=float(value), low=low, high=high, **shared, details=details)


def complete_model(
    frame: pd.DataFrame, formula: str, *, clusters: str, exposure: str | None = None
):
    """The model over complete rows, those rows, and how many rows were left out."""
    if not isinstance(frame, pd.DataFrame):
        raise wrong("frame", f"a {type(frame).__name__}", "a table", "Give the DataFrame itself")
    named = {"clusters": clusters} | ({"exposure": exposure} if exposure is not None else {})
    for argument, name in named.items():
        if name not in frame.columns:
            raise wrong(argument, repr(name), "the name of a column of 'frame'", _columns(frame))
    rows = frame.dropna(subset=list(named.values())).reset_index(drop=True)
    try:
        model = formulas.ols(formula, rows)
    except (PatsyError, NameError, KeyError, TypeError, SyntaxError) as problem:
        raise _bad_formula(formula, problem, frame) from problem
    except (ValueError, IndexError) as problem:
        if len(rows):
            raise _bad_formula(formula, problem, frame) from problem
        raise wrong("frame", "no complete row", "rows", "Check what was filtered") from problem
    if np.ndim(model.endog) != 1:
        raise wrong("formula", f"an outcome of text in {formula!r}", "a numeric outcome", "Code it")
    complete = rows.loc[model.data.row_labels].reset_index(drop=True)
    return model, complete, len(frame) - len(complete)


def describe_fit(model, dropped: int) -> dict[str, int]:
    """What every estimate of a model tells of it in `details`, by which disclosure judges it.

    dropped: rows left out. parameters: columns of the design. smallest_group: the fewest rows in
    any category of a term, the one that the others are compared with among them; all rows where
    no term has categories.
    """
    design = np.asarray(model.exog)
    sizes = [len(design)]
    for name, columns in model.data.model_spec.term_name_slices.items():
        term = design[:, columns]
        if name != "Intercept" and np.isin(term, [0, 1]).all():
            sizes += [*term.sum(axis=0), (term == 0).all(axis=1).sum()]
    smallest = min(int(size) for size in sizes if size > 0)
    return {"dropped": dropped, "parameters": design.shape[1], "smallest_group": smallest}


def _bad_formula(formula, problem, frame) -> UserError:
    first_line = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
    found = f"{formula!r} ({first_line})"
    return wrong(
        "formula", found, "'outcome ~ term + term' over columns of 'frame'", _columns(frame)
    )


def _columns(frame: pd.DataFrame) -> str:
    return "The columns are: " + ", ".join(str(name) for name in frame.columns)


def check_term(term: str | None, names: list[str]) -> None:
    """Refuse a term that the model does not have, naming those it has."""
    if term is not None:
        check_option("term", term, names)
