"""The cumulative logit model behind `ordinal`, fitted by Newton's method.

statsmodels' OrderedModel takes its second derivatives by differences and cannot start from a fit
that is nearly right, so a jackknife over clusters takes minutes there and milliseconds here. Its
estimates are what the tests hold this one to.
"""

from dataclasses import dataclass

import numpy as np

from rr_helpers.stats.clusters import identified

# Beyond this a log odds stands for a certainty that data of this size cannot carry.
CERTAIN = 15.0
SEPARATED = "the terms of the model tell the answers apart completely"


@dataclass(frozen=True)
class Cumulative:
    """A fit: cut points, coefficients, each row's score, the information and the log likelihood; or
    why there is none.
    """

    cut_points: np.ndarray
    coefficients: np.ndarray
    scores: np.ndarray
    information: np.ndarray
    reason: str = ""
    log_likelihood: float = float("nan")


def fit_cumulative(
    answers: np.ndarray, x: np.ndarray, start=None, *, ridge: float = 0.0
) -> Cumulative:
    """Fit logit P(answer <= j) = cut point j - x b: a positive b goes with higher answers.

    answers: numbers in the order of the scale; x: design without a constant; start: coefficients
    to start from; ridge: takes ridge / 2 times the sum of b squared off the likelihood, so that
    separation and columns that say the same do no harm (imputation needs that).
    """
    used, codes = np.unique(answers, return_inverse=True)
    cuts, with_constant = len(used) - 1, np.column_stack([np.ones(len(x)), x])
    if cuts < 1:
        return _nothing(x, "the answer is the same in every row")
    if not ridge and not identified(with_constant.T @ with_constant).all():
        return _nothing(x, "the columns of the model say the same thing twice")
    below = np.cumsum(np.bincount(codes))[:-1] / len(codes)
    values = np.concatenate([np.log(below / (1 - below)), np.zeros(x.shape[1])])
    if start is not None:
        values[cuts:] = start
    with np.errstate(all="ignore"):
        values = _newton(codes, x, values, cuts, ridge)
        scores, information = _derivatives(codes, x, values, cuts, ridge)
    climb = scores.sum(axis=0) - ridge * _slopes(values, cuts)
    settled = np.isfinite(values).all() and np.abs(climb).max() < 1e-5 * len(x)
    if not settled or np.ptp(x @ values[cuts:]) > CERTAIN:
        return _nothing(x, SEPARATED)
    upper, lower = (_logistic(z) for z in _bounds(codes, x, values, cuts))
    likelihood = float(np.sum(np.log(upper - lower)))
    return Cumulative(values[:cuts], values[cuts:], scores, information, log_likelihood=likelihood)


def expected_information(fit: Cumulative, x: np.ndarray) -> np.ndarray:
    """The information that such rows carry on average, which estimating equations use."""
    values, cuts = np.concatenate([fit.cut_points, fit.coefficients]), len(fit.cut_points)
    expected = np.zeros((len(values), len(values)))
    for answer in range(cuts + 1):
        codes = np.full(len(x), answer)
        upper, lower = (_logistic(z) for z in _bounds(codes, x, values, cuts))
        scores = _derivatives(codes, x, values, cuts)[0]
        expected += scores.T @ ((upper - lower)[:, None] * scores)
    return expected


def _nothing(x: np.ndarray, reason: str) -> Cumulative:
    empty = np.empty(0)
    return Cumulative(empty, np.full(x.shape[1], np.nan), empty, empty, reason)


def _slopes(values, cuts) -> np.ndarray:
    return np.concatenate([np.zeros(cuts), values[cuts:]])


def _newton(codes, x, values, cuts, ridge) -> np.ndarray:
    likelihood = _likelihood(codes, x, values, cuts, ridge)
    for _ in range(50):
        scores, information = _derivatives(codes, x, values, cuts, ridge)
        try:
            step = np.linalg.solve(information, scores.sum(axis=0) - ridge * _slopes(values, cuts))
        except np.linalg.LinAlgError:
            return values * np.nan
        # Halved until it climbs; cut points out of order have no likelihood and never climb.
        for size in 0.5 ** np.arange(20):
            reached = _likelihood(codes, x, values + size * step, cuts, ridge)
            if reached >= likelihood:
                break
        else:
            return values
        values, likelihood = values + size * step, reached
        if np.abs(step).max() < 1e-9:
            break
    return values


def _bounds(codes, x, values, cuts) -> tuple[np.ndarray, np.ndarray]:
    edges = np.concatenate([[-np.inf], values[:cuts], [np.inf]])
    moved = x @ values[cuts:]
    return edges[codes + 1] - moved, edges[codes] - moved


def _logistic(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(z / 2))


def _likelihood(codes, x, values, cuts, ridge) -> float:
    upper, lower = _bounds(codes, x, values, cuts)
    chance = _logistic(upper) - _logistic(lower)
    lost = ridge / 2 * np.sum(values[cuts:] ** 2)
    return float(np.sum(np.log(chance)) - lost) if (chance > 0).all() else -np.inf


def _derivatives(codes, x, values, cuts, ridge=0.0) -> tuple[np.ndarray, np.ndarray]:
    """Each row's score, and minus the second derivatives of the likelihood."""
    upper, lower = (_logistic(z) for z in _bounds(codes, x, values, cuts))
    chance = upper - lower
    slope_up, slope_low = upper * (1 - upper), lower * (1 - lower)
    at = np.eye(cuts + 2)[:, 1:-1]  # the first and last edge are no cut points
    z_up = np.column_stack([at[codes + 1], -x])
    z_low = np.column_stack([at[codes], -x])
    scores = (slope_up[:, None] * z_up - slope_low[:, None] * z_low) / chance[:, None]
    bend_up = slope_up * (1 - 2 * upper) / chance
    bend_low = slope_low * (1 - 2 * lower) / chance
    bent = z_up.T @ (bend_up[:, None] * z_up) - z_low.T @ (bend_low[:, None] * z_low)
    shrunk = np.diag(np.concatenate([np.zeros(cuts), np.full(x.shape[1], ridge)]))
    return scores, scores.T @ scores - bent + shrunk
