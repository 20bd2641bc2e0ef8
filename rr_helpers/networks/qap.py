"""Whether networks among the same organisations go together, tested by permuting organisations."""

from collections.abc import Mapping

import networkx as nx
import numpy as np

from rr_helpers.networks.inputs import (
    adjacency,
    check_graph,
    one_mode_only,
    positive_whole,
    stated,
    wrong,
)
from rr_helpers.results import Estimate, not_estimable

FEWEST = 4  # nodes: fewer have too few orders for a test
SLACK = 1e-10


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
    node are not taken as independent; boundary and response. Source: Krackhardt 1988, Social
    Networks 10:359. Test value: Padgett's marriage and business ties, 0.372.
    """
    positive_whole("permutations", permutations)
    nodes = same_nodes({"network_1": network_1, "network_2": network_2}, "qap_correlation")
    x, y = (adjacency(graph, nodes, weight) for graph in (network_1, network_2))
    n, pairs = len(nodes), len(nodes) * (len(nodes) - 1)
    shared = dict(n=n, method="QAP correlation", of="organisations")
    told = stated(network_1)
    if n < FEWEST:
        reason = "there are fewer than four nodes to permute"
        return not_estimable(reason, **shared, details=told)
    if constant(x) or constant(y):
        reason = "one of the networks has no ties, or all of them"
        return not_estimable(reason, **shared, details=told)
    scale = _spread(x, pairs) * _spread(y, pairs)
    centre = x.sum() * y.sum() / pairs
    value = (float(np.sum(x * y)) - centre) / scale
    orders = draw_orders(n, permutations, seed)
    drawn = (permuted_products(x, [y], orders)[:, 0] - centre) / scale
    details = p_values(value, drawn) | {"permutations": permutations, "seed": seed, "pairs": pairs}
    return Estimate(value=value, **shared, details=details | told)


def same_nodes(graphs: Mapping[str, nx.Graph], function: str) -> list:
    first = next(iter(graphs.values()))
    for argument, graph in graphs.items():
        check_graph(argument, graph)
        one_mode_only(graph, function)
        if set(graph) != set(first):
            raise wrong(
                argument,
                f"{len(set(first) ^ set(graph))} nodes that only one network has",
                "the same nodes in both",
                "Give ties(…, nodes=…) the same boundary",
            )
    return list(first)


def constant(matrix: np.ndarray) -> bool:
    return np.ptp(matrix[~np.eye(len(matrix), dtype=bool)]) == 0


def _spread(matrix: np.ndarray, pairs: int) -> float:
    return float(np.sqrt(np.sum(matrix**2) - matrix.sum() ** 2 / pairs))


def draw_orders(n: int, permutations: int, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return np.array([generator.permutation(n) for _ in range(permutations)])


def permuted_products(x: np.ndarray, others: list, orders: np.ndarray) -> np.ndarray:
    """For each order of x's nodes, the sum of its products with each of the others."""
    products = np.empty((len(orders), len(others)))
    places = np.argsort(orders, axis=1)
    for column, other in enumerate(others):
        # Only cells of the sparser of the two can add anything; the other is looked up there.
        turned = np.count_nonzero(x) < np.count_nonzero(other)
        listed, looked_up = (x, other) if turned else (other, x)
        mirrored = np.array_equal(x, x.T) and np.array_equal(other, other.T)
        rows, columns = np.nonzero(np.triu(listed) if mirrored else listed)
        sizes, flat, n = listed[rows, columns], looked_up.ravel(), len(x)
        counting = np.isin(flat, (0, 1)).all() and (sizes == 1).all()
        flat = flat.astype(bool) if counting else flat
        for place, order in enumerate(places if turned else orders):
            found = flat[order[rows] * n + order[columns]]
            products[place, column] = np.count_nonzero(found) if counting else found @ sizes
        products[:, column] *= 2 if mirrored else 1
    return products


def p_values(value: float, drawn: np.ndarray) -> dict[str, float]:
    slack = SLACK * max(1.0, abs(value))
    tails = {
        "p_value": np.abs(drawn) >= abs(value) - slack,
        "p_greater": drawn >= value - slack,
        "p_less": drawn <= value + slack,
    }
    return {name: float((tail.sum() + 1) / (len(drawn) + 1)) for name, tail in tails.items()}
