"""Cluster sandwich variances whose residuals are mended for how far each cluster pulls its own fit.

CR2 makes the variance unbiased where rows are independent, and its degrees of freedom follow
Satterthwaite (Bell & McCaffrey 2002, Survey Methodology 28:169; Pustejovsky & Tipton 2018, JBES
36:672). The bias-reduced one is Mancl & DeRouen's (2001, Biometrics 57:126), as in statsmodels'
GEE. In a generalised linear model both are taken over the rows as its last iteration weighs them.
"""

import numpy as np
import pandas as pd

SMALL_SAMPLE = ("CR3", "CR2", "bias_reduced")
NAMES = {
    "CR3": "CR3 cluster jackknife t(G-1)",
    "CR2": "CR2, Satterthwaite t",
    "bias_reduced": "bias-reduced sandwich (Mancl-DeRouen), t(G-2)",
}
_POWER = {"CR2": -0.5, "bias_reduced": -1.0}


def adjusted_errors(
    x: np.ndarray, residual: np.ndarray, clusters: pd.Series, small_sample: str
) -> tuple[np.ndarray, np.ndarray]:
    """Standard error and degrees of freedom of each coefficient, by ``"CR2"`` or
    ``"bias_reduced"``.

    x, residual: design and residuals of least squares, or those of a generalised linear model
    times the roots of its weights; clusters: the label of each row.
    """
    bread = np.linalg.pinv(x.T @ x, hermitian=True)
    root = _root(bread)
    parts = [x[rows] for rows in clusters.groupby(clusters, sort=False).indices.values()]
    left = [residual[rows] for rows in clusters.groupby(clusters, sort=False).indices.values()]
    pulls = [_pull(part @ root, _POWER[small_sample]) for part in parts]
    scores = np.array([part.T @ pull(e) for part, pull, e in zip(parts, pulls, left, strict=True)])
    errors = np.sqrt(np.sum((scores @ bread) ** 2, axis=0))
    if small_sample == "bias_reduced":
        return errors, np.full(x.shape[1], float(len(parts) - 2))
    return errors, _satterthwaite(parts, pulls, bread)


def robust_errors(x: np.ndarray, residual: np.ndarray, clusters: pd.Series) -> np.ndarray:
    """The plain cluster sandwich (CR0; R's vcovCL with HC0 and cadjust=FALSE), which published
    analyses use and which is too small in few clusters. Arguments as `adjusted_errors`.
    """
    codes, labels = pd.factorize(clusters)
    scores = np.zeros((len(labels), x.shape[1]))
    np.add.at(scores, codes, x * residual[:, None])
    return np.sqrt(np.sum((scores @ np.linalg.pinv(x.T @ x, hermitian=True)) ** 2, axis=0))


def _root(bread: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(bread)
    return vectors * np.sqrt(np.clip(values, 0, None))


def _pull(part: np.ndarray, power: float):
    """What multiplies a cluster's residuals by (I - H)^power, its null directions left out."""
    sides, stretch, _ = np.linalg.svd(part, full_matrices=False)
    rest = 1 - stretch**2
    factor = np.where(rest > 1e-8, np.clip(rest, 1e-8, None) ** power, 0) - 1
    return lambda residual: residual + (sides * factor) @ (sides.T @ residual)


def _satterthwaite(parts, pulls, bread) -> np.ndarray:
    """(trace B)^2 / trace(B B), B being how the clusters' shares of a variance hang together."""
    moved = [pull(part @ bread) for part, pull in zip(parts, pulls, strict=True)]
    degrees = np.empty(bread.shape[0])
    for k in range(len(degrees)):
        own = np.array([np.sum(u[:, k] ** 2) for u in moved])
        shared = np.array([part.T @ u[:, k] for part, u in zip(parts, moved, strict=True)])
        together = np.diag(own) - shared @ bread @ shared.T
        spread = np.sum(together**2)
        degrees[k] = np.trace(together) ** 2 / spread if spread > 0 else np.nan
    return degrees
