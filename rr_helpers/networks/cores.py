"""Whether a network has a core that is tied together and a periphery that is tied to the core."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd
from scipy import optimize, sparse

from rr_helpers.networks.inputs import by_period, one_mode_only, stated
from rr_helpers.networks.matrices import sparse_ties

MOST_STEPS = 2_000
LEAST = 1e-3  # at nought every product is nought, and nothing is left to correlate
STARTS, SMALL = 30, 200  # beyond, the search starts from the busiest nodes alone


def core_periphery(network: nx.Graph | Mapping, *, seed: int = 1) -> pd.DataFrame:
    """Core and periphery by Borgatti and Everett, one row per period and node.

    Columns: period, node, core (True or False), coreness (up to 1 for the largest), core_fit,
    coreness_fit, n, boundary, response, reason. core_fit is the correlation of ties with the ideal
    in which everyone is tied to the core and peripheral nodes are not tied to one another;
    coreness_fit that of ties with the product of the two corenesses. A fit near 0 says that
    there is no core, whatever the core column says. Blank, with the reason, where fewer than four
    nodes, no ties or all ties leave nothing to correlate. Direction of ties is read both ways.

    The search for the core moves one node at a time, from the busiest nodes and up to 200 nodes
    from seeded random starts too, and keeps the best. Source: Borgatti & Everett 2000, Social
    Networks 21:375.
    """
    tables = []
    for period, graph in by_period(network).items():
        one_mode_only(graph, "core_periphery")
        ties, n = sparse_ties(graph), len(graph)
        table = pd.DataFrame({"node": list(graph), "core": None, "coreness": np.nan})
        fits = {"core_fit": np.nan, "coreness_fit": np.nan}
        reason = _why_not(n, ties.nnz)
        if not reason:
            core, fits["core_fit"] = _discrete(ties, np.random.default_rng(seed))
            coreness, fits["coreness_fit"] = _continuous(ties, core)
            table = table.assign(core=core, coreness=coreness)
        table.insert(0, "period", period)
        tables.append(table.assign(**fits, n=n, **stated(graph), reason=reason))
    return pd.concat(tables, ignore_index=True)


def _why_not(n: int, ties: int) -> str:
    if n < 4:
        return "fewer than four nodes"
    if not ties:
        return "there are no ties"
    return "every pair is tied, so all are core" if ties == n * (n - 1) else ""


def _discrete(ties: sparse.csr_array, draw: np.random.Generator) -> tuple[np.ndarray, float]:
    n, both = ties.shape[0], (ties + ties.T).tocsr()
    busy = np.argsort(-both.sum(axis=1), kind="stable")
    sizes = np.arange(1, n)
    by_degree = _fit(_covered_by_degree(both, busy)[:-1], sizes, n, ties.nnz)
    starts = [np.isin(np.arange(n), busy[: int(np.argmax(by_degree)) + 1])]
    if n <= SMALL:
        starts += [draw.random(n) < draw.uniform(0.05, 0.6) for _ in range(STARTS)]
    return max((_climb(both, start, ties.nnz) for start in starts), key=lambda found: found[1])


def _covered_by_degree(both: sparse.csr_array, busy: np.ndarray) -> np.ndarray:
    """Ties with an end in the core, for cores of the busiest 1, 2, … nodes."""
    ordered = both[busy][:, busy]
    return np.cumsum(both.sum(axis=1)[busy]) - np.cumsum(sparse.tril(ordered, -1).sum(axis=1))


def _climb(both: sparse.csr_array, core: np.ndarray, ties: int) -> tuple[np.ndarray, float]:
    n, degree, core, best = both.shape[0], both.sum(axis=1), core.copy(), -1.0
    inside = both @ core.astype(float)
    for _ in range(MOST_STEPS):
        covered = float(degree[core].sum() - inside[core].sum() / 2)
        step = np.where(core, -1, 1)
        fits = _fit(covered + step * (degree - inside), core.sum() + step, n, ties)
        node = int(np.argmax(fits))
        if fits[node] <= best + 1e-12:
            break
        best = float(fits[node])
        inside += step[node] * both[[node]].toarray()[0]
        core[node] = ~core[node]
    return core, best


def _fit(covered: np.ndarray, size: np.ndarray, n: int, ties: int) -> np.ndarray:
    """Correlation over ordered pairs of tie or no tie with one end in the core or none."""
    pairs = float(n * (n - 1))  # products of counts of pairs overflow whole numbers
    ideal = 2.0 * size * (n - size) + size * (size - 1.0)
    spread = np.sqrt(ties * (pairs - ties)) * np.sqrt(ideal * (pairs - ideal))
    crossing = pairs * covered - ties * ideal
    return np.divide(crossing, spread, where=spread > 0, out=np.full(len(spread), -1.0))


def _continuous(ties: sparse.csr_array, core: np.ndarray) -> tuple[np.ndarray, float]:
    """Coreness of best fit, sought from the number of ties and from the core that was found."""
    n, both = ties.shape[0], (ties + ties.T).tocsr()
    pairs, count = n * (n - 1), ties.nnz
    tie_spread = np.sqrt(count * (1 - count / pairs))

    def misfit(coreness: np.ndarray) -> tuple[float, np.ndarray]:
        square = coreness**2
        s1, s2, s4 = coreness.sum(), square.sum(), np.sum(square**2)
        along = both @ coreness
        products, cross = s1**2 - s2, coreness @ along / 2
        spread = s2**2 - s4 - products**2 / pairs
        if spread <= 1e-12 * s2**2 or not s2:  # all alike: nothing to correlate
            return 0.0, np.zeros(n)
        centred = cross - count * products / pairs
        d_products = 2 * (s1 - coreness)
        d_spread = 4 * (s2 * coreness - coreness**3) - 2 * products * d_products / pairs
        slope = (along - count * d_products / pairs) / np.sqrt(spread)
        slope -= centred * d_spread / (2 * spread**1.5)
        return -centred / np.sqrt(spread) / tie_spread, -slope / tie_spread

    degree = both.sum(axis=1)
    found = [
        optimize.minimize(
            misfit, start, jac=True, method="L-BFGS-B", bounds=[(LEAST, 1)] * n,
            options={"maxiter": 1000},
        )
        for start in ((degree + 0.1) / (degree.max() + 0.1), np.where(core, 1.0, 0.2))
    ]  # fmt: skip
    coreness = min(found, key=lambda one: one.fun).x
    coreness = coreness / coreness.max() if coreness.max() > 0 else coreness
    return coreness, float(np.clip(-misfit(coreness)[0], -1, 1))
