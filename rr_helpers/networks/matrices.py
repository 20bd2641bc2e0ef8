"""A network as sparse matrices, so that measures grow with its ties and not with its pairs."""

from typing import NamedTuple

import networkx as nx
import numpy as np
from scipy import sparse


def sparse_ties(graph: nx.Graph, nodes: list | None = None) -> sparse.csr_array:
    """Tie or no tie as 1 and 0, rows sending and columns receiving, without self-ties."""
    order = list(graph) if nodes is None else nodes
    place = {node: index for index, node in enumerate(order)}
    ends = [(place[i], place[k]) for i, k in graph.edges if i != k and i in place and k in place]
    sender, receiver = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    if not graph.is_directed():
        sender, receiver = np.concatenate([sender, receiver]), np.concatenate([receiver, sender])
    shape = (len(order), len(order))
    return sparse.csr_array((np.ones(len(sender)), (sender, receiver)), shape=shape)


def sparse_attendance(graph: nx.Graph) -> sparse.csr_array:
    """Organisations (rows, in the order of `organisations_of`) by meetings, 1 for who came."""
    kinds = dict(graph.nodes(data="bipartite"))
    row, column = (
        {node: place for place, node in enumerate(node for node in kinds if kinds[node] == kind)}
        for kind in (0, 1)
    )
    ends = [(i, k) if kinds[i] == 0 else (k, i) for i, k in graph.edges]
    came = np.array([(row[i], column[k]) for i, k in ends], dtype=np.int64).reshape(-1, 2).T
    shape = len(row), len(column)
    return sparse.csr_array((np.ones(len(ends), dtype=np.int64), tuple(came)), shape=shape)


def either_way(ties: sparse.csr_array) -> sparse.csr_array:
    """1 where there is a tie in one direction or the other."""
    both = (ties + ties.T).tocsr()
    both.data[:] = 1.0
    return both


def times(one: sparse.csr_array, other: sparse.csr_array) -> float:
    """Sum of the products of two matrices, cell by cell."""
    return float(one.multiply(other).sum())


class Mixing(NamedTuple):
    """How ties mix sectors: shares of ties, and Newman's modularity and assortativity of them."""

    within: float
    by_chance: float

    @property
    def modularity(self) -> float:
        return self.within - self.by_chance

    @property
    def assortativity(self) -> float | None:
        return self.modularity / (1 - self.by_chance) if self.by_chance < 1 - 1e-12 else None


def mix_sectors(ties: sparse.csr_array, codes: np.ndarray) -> Mixing:
    """Share of ties within sectors, and that share where only the number of ties counts.

    Source: Newman 2003, Physical Review E 67:026126.
    """
    within = sparse.coo_array(ties)
    sender, receiver = codes[within.coords[0]], codes[within.coords[1]]
    sectors, total = codes.max() + 1, ties.nnz
    sent, received = (np.bincount(ends, minlength=sectors) / total for ends in (sender, receiver))
    return Mixing(float(np.mean(sender == receiver)), float(sent @ received))


def burt_constraint(ties: sparse.csr_array) -> np.ndarray:
    """Burt's constraint of each node, ties counted either way; NaN for who has no tie.

    Source: Burt 1992, Structural Holes, chapter 2, as networkx and igraph have it.
    """
    mutual = (ties + ties.T).tocsr()
    strength = mutual.sum(axis=1)
    invested = sparse.diags_array(np.divide(1, strength, where=strength > 0, out=0 * strength))
    share = (invested @ mutual).tocsr()
    pattern = either_way(ties)
    # Only contacts count: an indirect share is kept where there is a tie.
    total = share + (share @ share).multiply(pattern)
    found = np.asarray(total.multiply(total).sum(axis=1), float)
    return np.where(strength > 0, found, np.nan)
