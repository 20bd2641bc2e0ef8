"""Estimating equations for ordered answers that hang together within a person.

The answers of a person on two occasions are tied by one local odds ratio, the same for all
neighbouring answers and all pairs of occasions (uniform association). No Python library has this.
Source: Touloumis, Agresti & Kateri 2013, Biometrics 69:633; test values: R's multgee, `ordLORgee`
with LORstr="uniform".
"""

import itertools

import numpy as np
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

ROUNDS, CLOSE = 100, 1e-9


def uniform_odds(codes: np.ndarray, people: np.ndarray, occasions: np.ndarray) -> float:
    """The local odds ratio of a log-linear model with uniform association over all pairs.

    codes: answers as 0, 1, 2 …; people, occasions: the same length, whole numbers from 0.
    """
    answers, times = codes.max() + 1, occasions.max() + 1
    asked = np.full((people.max() + 1, times), -1)
    asked[people, occasions] = codes
    counts, designs = [], []
    row, column = (side.ravel() for side in np.indices((answers, answers)))
    pairs = list(itertools.combinations(range(times), 2))
    for k, (first, second) in enumerate(pairs):
        both = asked[(asked[:, [first, second]] >= 0).all(axis=1)]
        counts.append(np.bincount(both[:, first] * answers + both[:, second], None, answers**2))
        # A constant, rows and columns of this pair's table; the association is all pairs'.
        own = np.zeros((answers**2, len(pairs) * (2 * answers - 1)))
        margins = [np.ones(answers**2), *(row == j for j in range(1, answers))]
        margins += [column == j for j in range(1, answers)]
        start = k * (2 * answers - 1)
        own[:, start : start + 2 * answers - 1] = np.column_stack(margins)
        designs.append(np.column_stack([own, (row + 1) * (column + 1)]))
    fitted = GLM(np.concatenate(counts), np.vstack(designs), family=families.Poisson()).fit()
    return float(np.exp(fitted.params[-1]))


def joint_chances(first: np.ndarray, second: np.ndarray, odds: float) -> np.ndarray:
    """Tables with these margins (one per row) and this local odds ratio, by proportional fitting.

    first, second: chances of each answer, people x answers. Returns people x answers x answers.
    """
    scores = np.arange(first.shape[1])
    tables = np.tile(np.exp(np.log(odds) * np.outer(scores, scores)), (len(first), 1, 1))
    for _ in range(1000):
        tables *= (first / tables.sum(axis=2))[:, :, None]
        fit = second / tables.sum(axis=1)
        tables *= fit[:, None, :]
        if np.abs(fit - 1).max() < 1e-12:
            break
    return tables


def fit_uniform(codes, x, people, occasions, start: np.ndarray):
    """Cut points and coefficients, their robust covariance, the odds ratio; None where no solution.

    start: cut points, then coefficients, of the model that takes occasions as independent.
    """
    cuts = codes.max()
    odds = uniform_odds(codes, people, occasions)
    order = np.lexsort((occasions, people))
    codes, x, people, occasions = codes[order], x[order], people[order], occasions[order]
    seen = (codes[:, None] == np.arange(cuts)).astype(float)
    each = np.split(np.arange(len(codes)), np.flatnonzero(np.diff(people)) + 1)
    values = start.copy()
    for _ in range(ROUNDS):
        chances, slopes = _chances(values, x, cuts)
        spread = _covariances(chances, each, odds, cuts)
        bread, scores = np.zeros((len(values), len(values))), np.empty((len(each), len(values)))
        for k, rows in enumerate(each):
            d = slopes[rows].reshape(-1, len(values))
            solved = np.linalg.solve(spread[k], d)
            scores[k] = solved.T @ (seen[rows] - chances[rows, :cuts]).ravel()
            bread += solved.T @ d
        step = np.linalg.solve(bread, scores.sum(axis=0))
        if not np.isfinite(step).all() or (np.diff(values[:cuts] + step[:cuts]) <= 0).any():
            return None
        values = values + step
        if np.abs(step).max() < CLOSE:
            inverse = np.linalg.inv(bread)
            return values, inverse @ (scores.T @ scores) @ inverse, odds
    return None


def _chances(values, x, cuts) -> tuple[np.ndarray, np.ndarray]:
    """Chance of each answer in each row, and the slopes of all but the last."""
    below = 1 / (1 + np.exp(-(values[:cuts] - (x @ values[cuts:])[:, None])))
    edges = np.column_stack([np.zeros(len(x)), below, np.ones(len(x))])
    bend = below * (1 - below)
    to_cuts = bend[:, :, None] * np.eye(cuts)
    whole = np.concatenate([to_cuts, -bend[:, :, None] * x[:, None, :]], axis=2)
    before = np.concatenate([np.zeros_like(whole[:, :1]), whole[:, :-1]], axis=1)
    return np.diff(edges, axis=1), whole - before


def _covariances(chances, each, odds, cuts) -> list[np.ndarray]:
    """The covariance of each person's answers: multinomial within an occasion, tied between."""
    pairs = [pair for rows in each for pair in itertools.combinations(rows, 2)]
    tied = {}
    if pairs:
        first, second = (np.array(side) for side in zip(*pairs, strict=True))
        tables = joint_chances(chances[first], chances[second], odds)[:, :cuts, :cuts]
        tables = tables - chances[first, :cuts, None] * chances[second, None, :cuts]
        tied = dict(zip(pairs, tables, strict=True))
    known = chances[:, :cuts]
    found = []
    for rows in each:
        whole = np.zeros((len(rows), cuts, len(rows), cuts))
        for j, one in enumerate(rows):
            whole[j, :, j, :] = np.diag(known[one]) - np.outer(known[one], known[one])
            for k in range(j + 1, len(rows)):
                whole[j, :, k, :] = tied[one, rows[k]]
                whole[k, :, j, :] = tied[one, rows[k]].T
        found.append(whole.reshape(len(rows) * cuts, -1))
    return found
