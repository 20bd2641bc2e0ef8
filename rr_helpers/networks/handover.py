"""Whether coordinators hand brokerage over: their share of paths, and ties that form after them."""

from collections.abc import Collection, Mapping
from itertools import pairwise

import networkx as nx
import numpy as np

from rr_helpers.networks.brokerage import (
    MOST_ORGANISATIONS,
    TOO_MANY,
    jackknife_estimate,
    known_brokers,
    left_out,
    shares_through,
)
from rr_helpers.networks.inputs import (
    adjacency,
    check_graph,
    check_level,
    check_periods,
    one_mode_only,
    stated,
    wrong,
)
from rr_helpers.results import Estimate, not_estimable


def brokerage_change(
    network: Mapping, brokers: Collection, *, level: float = 0.95
) -> dict[tuple, Estimate]:
    """Change in `brokerage_share` from each period to the next, and from the first to the last.

    Returns Estimates in percentage points by (period, later period). Both shares are taken over the
    organisations that are in both periods (n counts them), which are left out together one at a
    time: the interval is for the paired change, as `brokerage_share` otherwise.
    """
    check_level(level)
    graphs, named = check_periods(network), known_brokers(network, brokers)
    steps = [*pairwise(graphs), (next(iter(graphs)), list(graphs)[-1])]
    return {
        (start, end): _change(graphs[start], graphs[end], named, level)
        for start, end in dict.fromkeys(steps)
    }


def _change(first: nx.Graph, second: nx.Graph, brokers: set, level: float) -> Estimate:
    for graph in (first, second):
        one_mode_only(graph, "brokerage_change")
    organisations = [node for node in first if node in second and node not in brokers]
    shared = dict(
        n=len(organisations), unit="percentage points of paths", of="organisations", level=level,
        method="change in group betweenness share, paired leave-one-organisation-out jackknife t",
    )  # fmt: skip
    if not (brokers & set(first) and brokers & set(second)):
        reason = "no broker is in one of the two networks"
        return not_estimable(reason, **shared, details=stated(second))
    if len(organisations) > MOST_ORGANISATIONS:
        return not_estimable(TOO_MANY, **shared, details=stated(second))
    before, after = (shares_through(graph, organisations, brokers) for graph in (first, second))
    details = stated(second) | {"before": 100 * before.value, "after": 100 * after.value}
    if not before.pairs or not after.pairs:
        reason = "in one of the two no two organisations are connected"
        return not_estimable(reason, **shared, details=details)
    without_each = after.without_each - before.without_each
    change = after.value - before.value
    return jackknife_estimate(change, without_each, shared, details, (-100, 100))


def ties_after_brokerage(
    network: Mapping,
    brokers: Collection,
    *,
    opportunity: nx.Graph | Mapping | None = None,
    level: float = 0.95,
) -> dict[tuple, Estimate]:
    """Whether direct ties form sooner between organisations that share a broker.

    Of the ordered pairs of organisations without a tie in a period, some are joined through a
    broker (i -> broker -> k) and some are not: the share of the joined who have a direct tie in the
    next period, minus the share of the others, in percentage points, by (period, next period).
    opportunity: a graph of who could have tied up at all, such as ``project(two_mode(…))`` of the
        panels, or a dict of them by first period; only its pairs are compared. Without
        it, organisations of one place share a broker and meet anyway, and the difference is
        read as brokerage: in synthetic studies without any such effect it was then above nought.

    Interval: leave-one-organisation-out jackknife, Student's t (in 50 groups beyond 100
    organisations). n counts organisations in both periods. `details` counts pairs and new ties of
    both kinds. It shows an order in time, not a cause: who shares a broker may also be whom
    work brings together.
    """
    check_level(level)
    graphs, named = check_periods(network), known_brokers(network, brokers)
    estimates = {}
    for start, end in pairwise(graphs):
        one = opportunity.get(start) if isinstance(opportunity, Mapping) else opportunity
        if opportunity is not None and one is None:
            cure = "Give one for every period but the last"
            raise wrong("opportunity", f"none for {start!r}", "a graph for each period", cure)
        estimates[start, end] = _after(graphs[start], graphs[end], named, one, level)
    return estimates


def _after(first: nx.Graph, second: nx.Graph, brokers: set, opportunity, level) -> Estimate:
    for graph in (first, second):
        one_mode_only(graph, "ties_after_brokerage")
    organisations = [node for node in first if node in second and node not in brokers]
    present = [node for node in first if node in brokers]
    size = len(organisations)
    ties = adjacency(first, [*organisations, *present]) > 0
    joined = (ties[:size, size:].astype(int) @ ties[size:, :size].astype(int)) > 0
    apart = (
        ~ties[:size, :size] & ~np.eye(size, dtype=bool) & _could_meet(opportunity, organisations)
    )
    new = apart & (adjacency(second, organisations) > 0)
    details = stated(second) | {
        "joined_pairs": int((apart & joined).sum()),
        "joined_new_ties": int((new & joined).sum()),
        "other_pairs": int((apart & ~joined).sum()),
        "other_new_ties": int((new & ~joined).sum()),
    }
    shared = dict(
        n=size, unit="percentage points of ties", of="organisations", level=level,
        method="difference in share of new ties, leave-one-organisation-out jackknife t",
    )  # fmt: skip
    if not details["joined_pairs"] or not details["other_pairs"]:
        reason = "all pairs without a tie share a broker, or none of them does"
        return not_estimable(reason, **shared, details=details)
    kept = [~np.isin(np.arange(size), out) for out in left_out(size)]
    without_each = [_difference(*(m[np.ix_(k, k)] for m in (apart, joined, new))) for k in kept]
    value = _difference(apart, joined, new)
    return jackknife_estimate(value, np.array(without_each), shared, details, (-100, 100))


def _could_meet(opportunity: nx.Graph | None, organisations: list) -> np.ndarray:
    if opportunity is None:
        return np.ones((len(organisations), len(organisations)), dtype=bool)
    check_graph("opportunity", opportunity)
    known = nx.Graph()
    known.add_nodes_from(organisations)
    known.add_edges_from(opportunity.edges)
    return adjacency(known, organisations) > 0


def _difference(apart: np.ndarray, joined: np.ndarray, new: np.ndarray) -> float:
    with_broker, without = (apart & joined), (apart & ~joined)
    if not with_broker.any() or not without.any():
        return np.nan
    return float(new[with_broker].mean() - new[without].mean())
