"""Whether two networks among the same organisations go together."""

import networkx as nx
import numpy as np

from rr_helpers.networks.inputs import adjacency, check_graph, one_mode_only, positive_whole, wrong
from rr_helpers.results import Estimate, not_estimable


def qap_correlation(
    network_1: nx.Graph,
    network_2: nx.Graph,
    *,
    weight: str | None = None,
    permutations: int = 5000,
    seed: int = 1,
) -> Estimate:
    """Correlation between two networks over all pairs of nodes, tested by permuting nodes (QAP).

    network_1, network_2: the same nodes; weight: name of the tie attribute to correlate, None for
    tie or no tie. `details`: p_value (two-sided), p_greater, p_less, pairs, where ties that share a
    node are not taken as independent. Source: Krackhardt 1988, Social Networks 10:359. Test value:
    Padgett's marriage and business ties, 0.372.
    """
    positive_whole("permutations", permutations)
    for argument, graph in (("network_1", network_1), ("network_2", network_2)):
        check_graph(argument, graph)
        one_mode_only(graph, "qap_correlation")
    if set(network_1) != set(network_2):
        differing = len(set(network_1) ^ set(network_2))
        raise wrong(
            "network_2", f"{differing} nodes that only one network has", "the same nodes in both",
            "Give ties(…, nodes=…) the same boundary",
        )  # fmt: skip
    nodes = list(network_1)
    first, second = (adjacency(graph, nodes, weight) for graph in (network_1, network_2))
    shared = dict(n=len(nodes), method="QAP correlation", of="organisations")
    off = ~np.eye(len(nodes), dtype=bool)
    if len(nodes) < 4:
        return not_estimable("there are fewer than four nodes to permute", **shared)
    if np.ptp(first[off]) == 0 or np.ptp(second[off]) == 0:
        return not_estimable("one of the networks has no ties, or all of them", **shared)
    x, y = _standardised(first, off), _standardised(second, off)
    value = float(np.sum(x * y))
    details = _permuted(x, y, value, permutations, seed) | {"pairs": int(off.sum())}
    return Estimate(value=value, **shared, details=details)


def _standardised(matrix: np.ndarray, off: np.ndarray) -> np.ndarray:
    centred = np.where(off, matrix - matrix[off].mean(), 0)
    return centred / np.sqrt(np.sum(centred**2))


def _permuted(x, y, value: float, permutations: int, seed: int) -> dict:
    generator = np.random.default_rng(seed)
    orders = (generator.permutation(len(x)) for _ in range(permutations))
    drawn = np.array([np.vdot(x[np.ix_(order, order)], y) for order in orders])
    tails = {
        "p_value": np.abs(drawn) >= abs(value) - 1e-12,
        "p_greater": drawn >= value - 1e-12,
        "p_less": drawn <= value + 1e-12,
    }
    shares = {name: float((tail.sum() + 1) / (permutations + 1)) for name, tail in tails.items()}
    return shares | {"permutations": permutations, "seed": seed}
