"""Shortest paths through a network of any size: all of them, or from a sample of sources.

Breadth-first search from many nodes at once, as products of the sparse tie matrix with a block of
frontiers; the dependencies of Brandes 2001, Journal of Mathematical Sociology 25:163, the same way
back.
"""

from typing import NamedTuple

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from rr_helpers.networks.matrices import either_way, sparse_ties

EXACT_NODES = 2_000  # up to here every node is a source
SAMPLED_SOURCES = 500  # beyond, this many drawn at random
CELLS_AT_ONCE = 2_000_000
DEEPEST = 40  # paths longer than this are searched one source at a time


class Paths(NamedTuple):
    """What the shortest paths from the sources add up to.

    betweenness: of each node, unnormalised, scaled up where sources are a sample; None if unasked.
    distance, reached, asked: of each node, the sum of distances from the sources that reach it,
        how many do, and how many could. sources: how many, of n nodes.
    inverse_distance: sum of 1 / distance over the pairs that connect; pairs: all pairs asked.
    """

    betweenness: np.ndarray | None
    distance: np.ndarray
    reached: np.ndarray
    asked: np.ndarray
    inverse_distance: float
    pairs: int
    sources: int

    @property
    def closeness(self) -> np.ndarray:
        """Closeness towards each node where some cannot reach it (Wasserman & Faust 1994)."""
        reach = np.divide(self.reached, self.asked, where=self.asked > 0, out=0.0 * self.distance)
        return reach * np.divide(
            self.reached, self.distance, where=self.distance > 0, out=0.0 * self.distance
        )


def sources_note(sources: int, n: int) -> str:
    """Say so where paths were counted from a sample of sources."""
    return "" if sources >= n else f"estimated from paths out of {sources} of {n} nodes"


def count_paths(
    graph: nx.Graph, *, between: bool = True, undirected: bool = False, seed: int = 1
) -> Paths:
    """Paths from every node up to `EXACT_NODES`, from a seeded sample of sources beyond.

    A sample estimates betweenness without bias (Brandes & Pich 2007, International Journal of
    Bifurcation and Chaos 17:2303) and closeness from mean distances (Eppstein & Wang 2004, Journal
    of Graph Algorithms and Applications 8:39).
    """
    ties = sparse_ties(graph)
    directed = graph.is_directed() and not undirected
    ties = either_way(ties) if not directed else ties
    n = ties.shape[0]
    sources = np.arange(n)
    if n > EXACT_NODES:
        sources = np.sort(np.random.default_rng(seed).choice(n, SAMPLED_SOURCES, replace=False))
    deep = _is_deep(ties)
    totals = [np.zeros(n), np.zeros(n), np.zeros(n)]  # betweenness, distance, reached
    inverse, block = 0.0, max(1, CELLS_AT_ONCE // max(n, 1))
    for start in range(0, len(sources), block):
        some = sources[start : start + block]
        depth, paths = (_distances(ties, some), None) if deep else _search(ties, some)
        positive = np.where(depth > 0, depth, np.inf)
        inverse += float(np.sum(1 / positive))
        totals[1] += np.where(depth > 0, depth, 0).sum(axis=1)
        totals[2] += (depth > 0).sum(axis=1)
        if between and not deep:
            totals[0] += _dependencies(ties, some, depth, paths)
    if between and deep:
        totals[0] = _one_by_one(graph.to_undirected(as_view=True) if undirected else graph, sources)
    elif between:
        totals[0] *= n / max(len(sources), 1) / (1 if directed else 2)
    asked = len(sources) - np.isin(np.arange(n), sources).astype(float)
    pairs = len(sources) * (n - 1)
    return Paths(totals[0] if between else None, *totals[1:], asked, inverse, pairs, len(sources))


def _is_deep(ties: sparse.csr_array) -> bool:
    if not ties.nnz:
        return False
    busiest = int(np.argmax(np.diff(ties.indptr)))
    distance = dijkstra(ties, unweighted=True, indices=busiest)
    return bool(distance[np.isfinite(distance)].max() > DEEPEST)


def _search(ties: sparse.csr_array, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance from each source (columns) to each node (-1: none), and the number of paths."""
    backwards = ties.T.tocsr()
    frontier = np.zeros((ties.shape[0], len(sources)))
    frontier[sources, np.arange(len(sources))] = 1
    depth, paths, level = np.where(frontier > 0, 0, -1).astype(np.int32), frontier.copy(), 0
    while True:
        level += 1
        frontier = backwards @ frontier
        frontier[depth >= 0] = 0
        found = frontier > 0
        if not found.any():
            return depth, paths
        depth[found] = level
        paths += frontier


def _dependencies(ties, sources: np.ndarray, depth: np.ndarray, paths: np.ndarray) -> np.ndarray:
    dependency = np.zeros_like(paths)
    for level in range(int(depth.max()), 1, -1):
        at = depth == level
        ahead = np.divide(1 + dependency, paths, where=at, out=np.zeros_like(paths))
        dependency += np.where(depth == level - 1, (ties @ ahead) * paths, 0)
    return dependency.sum(axis=1)


def _distances(ties: sparse.csr_array, sources: np.ndarray) -> np.ndarray:
    found = dijkstra(ties, unweighted=True, indices=sources).T
    return np.where(np.isfinite(found), found, -1).astype(np.int32)


def _one_by_one(graph: nx.Graph, sources: np.ndarray) -> np.ndarray:
    k = None if len(sources) == len(graph) else len(sources)
    return np.array(list(nx.betweenness_centrality(graph, k=k, normalized=False, seed=1).values()))
