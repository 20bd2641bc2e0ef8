"""Whether those who are tied resemble each other in something measured."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd

from rr_helpers.networks.inputs import estimate_each, one_mode_only, positive_whole, stated, wrong
from rr_helpers.results import Estimate, not_estimable


def resemblance(
    network: nx.Graph | Mapping, values: Mapping, *, permutations: int = 2000, seed: int = 1
) -> Estimate | dict:
    """Moran's I: whether tied organisations are alike in a number, from about -1 to 1.

    values: from node to number; a node without one is left out with its ties. `details`: expected
    (mean where the values are dealt out at random to the nodes), p_value (two-sided, how seldom
    chance is as far from that mean), left_out. No interval is given: the index describes a network
    that is all there. Source: Moran 1950, Biometrika 37:17; on ties as in ``nacf`` of R's sna.
    """
    positive_whole("permutations", permutations)
    if not hasattr(values, "get"):  # a dict, or a Series by node
        raise wrong("values", type(values).__name__, "a number for each node", "Write a dict")
    return estimate_each(network, lambda graph: _moran(graph, values, permutations, seed))


def _moran(graph: nx.Graph, values: Mapping, permutations: int, seed: int) -> Estimate:
    one_mode_only(graph, "resemblance")
    known = [node for node in graph if pd.notna(values.get(node))]
    place = {node: index for index, node in enumerate(known)}
    ends = np.array(
        [(place[i], place[k]) for i, k in graph.edges if i != k and i in place and k in place],
        dtype=int,
    ).reshape(-1, 2)
    told = {"left_out": len(graph) - len(known), **stated(graph)}
    shared = dict(n=len(known), method="Moran's I, label permutation", of="organisations")
    if not len(ends):
        return not_estimable("there are no ties", **shared, details=told)
    apart = np.array([float(values[node]) for node in known])
    apart -= apart.mean()
    if not apart.any():
        return not_estimable("all have the same value", **shared, details=told)
    value, generator = _index(apart, ends), np.random.default_rng(seed)
    dealt = np.array([_index(generator.permutation(apart), ends) for _ in range(permutations)])
    expected = float(dealt.mean())
    as_far = np.abs(dealt - expected) >= abs(value - expected) - 1e-12
    details = {
        "expected": expected,
        "p_value": float((as_far.sum() + 1) / (permutations + 1)),
        "permutations": permutations,
        "seed": seed,
        **told,
    }
    return Estimate(value=value, **shared, details=details)


def _index(apart: np.ndarray, ends: np.ndarray) -> float:
    together = (apart[ends[:, 0]] * apart[ends[:, 1]]).mean()
    return float(together / (apart**2).mean())
