"""Whether ties stay within sectors or cross them."""

from collections.abc import Mapping

import networkx as nx
import numpy as np

from rr_helpers.networks.inputs import (
    estimate_each,
    one_mode_only,
    positive_whole,
    sector_codes,
    stated,
)
from rr_helpers.results import Estimate, not_estimable


def ei_index(
    network: nx.Graph | Mapping, sector: Mapping, *, permutations: int = 2000, seed: int = 1
) -> Estimate | dict:
    """E-I index: ties between sectors minus ties within, over all ties, from -1 to 1.

    sector: from node to sector. `details`: external, internal; expected (the mean where sectors are
    dealt out at random to the nodes of the same network) and p_value (two-sided, how seldom chance
    is as far from that mean), since small sectors push the index up by themselves. No interval is
    given: the index describes a network that is all there. Source: Krackhardt & Stern 1988, Social
    Psychology Quarterly 51:123.
    """
    positive_whole("permutations", permutations)
    return estimate_each(network, lambda graph: _ei(graph, sector, permutations, seed))


def _ei(graph: nx.Graph, sector: Mapping, permutations: int, seed: int) -> Estimate:
    one_mode_only(graph, "ei_index")
    codes, sectors = sector_codes(graph, sector)
    place = {node: index for index, node in enumerate(graph)}
    ends = np.array([(place[i], place[k]) for i, k in graph.edges if i != k], dtype=int).reshape(
        -1, 2
    )
    shared = dict(n=len(codes), method="E-I index, label permutation", of="organisations")
    told = stated(graph)
    if not len(ends):
        return not_estimable("there are no ties", **shared, details=told)
    if len(sectors) < 2:
        return not_estimable("all are in one sector", **shared, details=told)
    external = int((codes[ends[:, 0]] != codes[ends[:, 1]]).sum())
    value = (2 * external - len(ends)) / len(ends)
    generator = np.random.default_rng(seed)
    dealt = np.array([_dealt(generator.permutation(codes), ends) for _ in range(permutations)])
    expected = float(dealt.mean())
    as_far = np.abs(dealt - expected) >= abs(value - expected) - 1e-12
    details = {
        "external": external,
        "internal": len(ends) - external,
        "expected": expected,
        "p_value": float((as_far.sum() + 1) / (permutations + 1)),
        "permutations": permutations,
        "seed": seed,
        **told,
    }
    return Estimate(value=value, **shared, details=details)


def _dealt(codes: np.ndarray, ends: np.ndarray) -> float:
    return float(2 * np.mean(codes[ends[:, 0]] != codes[ends[:, 1]]) - 1)
