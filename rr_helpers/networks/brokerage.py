"""Who stands between others, and whether coordinators hand that over as direct ties form."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse, stats

from rr_helpers.networks.inputs import (
    adjacency,
    by_period,
    check_level,
    estimate_each,
    one_mode_only,
    sector_codes,
    stated,
    wrong,
)
from rr_helpers.networks.matrices import sparse_ties
from rr_helpers.results import Estimate, not_estimable

MOST_LEFT_OUT_SINGLY, GROUPS, MOST_ORGANISATIONS = 100, 50, 2_000
TOO_MANY = "paths between all pairs are counted for 2,000 organisations at most"


def brokerage(network: nx.Graph | Mapping, sector: Mapping) -> pd.DataFrame:
    """Gould-Fernandez brokerage: how often each node links two others that have no tie.

    sector: from node to sector. A node j brokers where i -> j -> k and not i -> k; its role is
    coordinator (all three of one sector), itinerant (i and k of one, j of another), representative
    (i and j of one), gatekeeper (j and k of one) or liaison (three sectors).

    Returns one row per period, node and role: period, node, sector, role, count, n, boundary,
    response. Without direction each pair counts both ways, as in R's sna. Source: Gould &
    Fernandez 1989, Sociological Methodology 19:89.
    """
    tables = []
    for period, graph in by_period(network).items():
        one_mode_only(graph, "brokerage")
        codes, sectors = sector_codes(graph, sector)
        table = pd.DataFrame(_roles(sparse_ties(graph), codes))
        table.insert(0, "node", list(graph))
        table.insert(1, "sector", [sectors[code] for code in codes])
        table = table.melt(["node", "sector"], var_name="role", value_name="count")
        table.insert(0, "period", period)
        tables.append(table.assign(n=len(graph), **stated(graph)))
    return pd.concat(tables, ignore_index=True)


def _roles(ties: sparse.csr_array, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Two-paths through each node by role, less those that the first and last node close."""
    own, other = _split_by_sector(ties, codes)
    size = (len(codes), int(codes.max(initial=0)) + 1)
    member = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=size)
    from_sector, to_sector = other.T @ member, other @ member
    received = {kind: part.sum(axis=0) for kind, part in (("own", own), ("other", other))}
    sent = {kind: part.sum(axis=1) for kind, part in (("own", own), ("other", other))}
    alike = _of_each(from_sector, to_sector)
    roles = {  # two-paths i -> j -> k of other i and k, then ties i -> j, j -> k, i -> k that close
        "coordinator": (received["own"] * sent["own"] - _of_each(own, own.T), own, own, own),
        "itinerant": (alike - _of_each(other, other.T), other, other, own),
        "representative": (received["own"] * sent["other"], own, other, other),
        "gatekeeper": (received["other"] * sent["own"], other, own, other),
        "liaison": (received["other"] * sent["other"] - alike, other, other, other),
    }
    return {
        role: np.rint(paths - _of_each(first.T @ across, second)).astype(int)
        for role, (paths, first, second, across) in roles.items()
    }


def _split_by_sector(ties: sparse.csr_array, codes: np.ndarray) -> tuple:
    sender, receiver = sparse.coo_array(ties).coords
    same = (codes[sender] == codes[receiver]) if len(sender) else np.zeros(0, bool)
    return tuple(
        sparse.csr_array((np.ones(kept.sum()), (sender[kept], receiver[kept])), shape=ties.shape)
        for kept in (same, ~same)
    )


def _of_each(one, other) -> np.ndarray:
    """Row sums of the product cell by cell."""
    return np.asarray(one.multiply(other).sum(axis=1), float)


def brokerage_share(
    network: nx.Graph | Mapping, brokers: Collection, *, level: float = 0.95
) -> Estimate | dict:
    """Share in per cent of the paths between organisations that go through the brokers.

    brokers: the nodes whose part is asked for (the coordinators); those absent from a period's
        network are passed over. A falling share from period to period is what handing over
        brokerage looks like.

    Over the ordered pairs of other organisations that can reach one another, the mean share of
    their shortest paths on which a broker lies: group betweenness (Everett & Borgatti 1999, Journal
    of Mathematical Sociology 23:181) as a share of connected pairs. Interval: jackknife leaving out
    one organisation at a time (brokers stay), Student's t on n - 1 degrees of freedom, within 0 to
    100: in simulations 94% to 98% of its 95% intervals cover, with 20 and with 35 organisations.
    Beyond 100 organisations they are left out in 50 random groups, with t on 49. It says how far
    the share hangs on which organisations are in the network, not how well ties were recorded. n
    counts the other organisations. `details`: pairs, the share of pairs that only the brokers
    connect, boundary, response. Not estimable beyond 2,000 organisations.
    """
    named, level = known_brokers(network, brokers), check_level(level)
    return estimate_each(network, lambda graph: _share_estimate(graph, named, level))


def known_brokers(network: nx.Graph | Mapping, brokers: Collection) -> set:
    """The brokers as a set, refused where none of them is in any of the networks."""
    if isinstance(brokers, str) or not isinstance(brokers, Collection):
        raise wrong("brokers", repr(brokers), "a list of nodes", "Write brokers=[…]")
    named = set(brokers)
    if not any(named & set(graph) for graph in by_period(network).values()):
        raise wrong("brokers", "no node of the network", "nodes of the network", "Check the names")
    return named


def _share_estimate(graph: nx.Graph, brokers: set, level: float) -> Estimate:
    one_mode_only(graph, "brokerage_share")
    organisations = [node for node in graph if node not in brokers]
    shared = dict(
        n=len(organisations), unit="% of paths", of="organisations", level=level,
        method="group betweenness share, leave-one-organisation-out jackknife t",
    )  # fmt: skip
    if len(organisations) > MOST_ORGANISATIONS:
        return not_estimable(TOO_MANY, **shared, details=stated(graph))
    share = shares_through(graph, organisations, brokers)
    details = {
        **stated(graph),
        "brokers": len(graph) - len(organisations),
        "pairs": share.pairs,
        "connected_only_by_brokers": share.only_by_brokers,
    }
    if not share.pairs:
        return not_estimable("no two organisations are connected", **shared, details=details)
    if len(organisations) == len(graph):
        return not_estimable("no broker is in the network", **shared, details=details)
    return jackknife_estimate(share.value, share.without_each, shared, details, (0, 100))


def jackknife_estimate(value, without_each, shared: dict, details: dict, bounds) -> Estimate:
    """An Estimate in per cent of a share and of what it is without each organisation."""
    if np.isnan(without_each).any():
        reason = "too few organisations are connected to say how sure this is"
        return not_estimable(reason, **shared, details=details)
    groups = len(without_each)
    # Not the (n - 2)/2n of Snijders & Borgatti: a share that hangs on whole rows of ties needs the
    # full factor, and where it does not the interval errs on the wide side (Efron & Stein 1981).
    error = float(np.sqrt((groups - 1) / groups * np.sum((without_each - value) ** 2)))
    if error < 1e-12:
        reason = "the share is the same whichever organisation is left out"
        return not_estimable(reason, **shared, details=details | {"share": 100 * value})
    half = 100 * float(stats.t.ppf((1 + shared["level"]) / 2, groups - 1)) * error
    low, high = max(bounds[0], 100 * value - half), min(bounds[1], 100 * value + half)
    return Estimate(value=100 * value, low=low, high=high, **shared, details=details)


class Shares(NamedTuple):
    """A share of paths through brokers, and the same without each organisation in turn."""

    value: float
    pairs: int
    only_by_brokers: float
    without_each: np.ndarray


def shares_through(graph: nx.Graph, organisations: list, brokers: Collection) -> Shares:
    """Share of shortest paths between the organisations that go through the brokers."""
    present = [node for node in graph if node in brokers]
    ties = adjacency(graph, [*organisations, *present]) > 0
    broker = np.arange(len(ties)) >= len(organisations)
    without_each = [_share_without(ties, broker, out) for out in left_out(len(organisations))]
    return Shares(*_share_through(ties, broker), np.array(without_each))


def left_out(count: int) -> list[np.ndarray]:
    """The organisations left out one at a time, or in random groups where there are many."""
    if count <= MOST_LEFT_OUT_SINGLY:
        return [np.array([one]) for one in range(count)]
    return np.array_split(np.random.default_rng(1).permutation(count), GROUPS)


def _share_without(ties: np.ndarray, broker: np.ndarray, out: np.ndarray) -> float:
    kept = ~np.isin(np.arange(len(ties)), out)
    value, pairs, _ = _share_through(ties[np.ix_(kept, kept)], broker[kept])
    return value if pairs else np.nan


def _share_through(ties: np.ndarray, broker: np.ndarray) -> tuple[float, int, float]:
    """Mean share of shortest paths through brokers, pairs it rests on, share they alone connect."""
    distance, paths = _shortest_paths(ties)
    around_distance, around = _shortest_paths(ties & ~broker[:, None] & ~broker[None, :])
    asked = np.isfinite(distance) & (distance > 0) & ~broker[:, None] & ~broker[None, :]
    pairs = int(asked.sum())
    if not pairs:
        return 0.0, 0, 0.0
    avoiding = np.where(around_distance == distance, around, 0)[asked] / paths[asked]
    return float(np.mean(1 - avoiding)), pairs, float(np.mean(np.isinf(around_distance[asked])))


def _shortest_paths(ties: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Length and number of shortest paths between all pairs, by breadth-first matrix products."""
    n = len(ties)
    distance, paths = np.full((n, n), np.inf), np.eye(n)
    np.fill_diagonal(distance, 0)
    frontier, steps, matrix = np.eye(n), 0, ties.astype(float)
    while frontier.any():
        steps += 1
        frontier = (frontier @ matrix) * np.isinf(distance)
        distance[frontier > 0] = steps
        paths += frontier
    return distance, paths
