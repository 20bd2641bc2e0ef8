"""How central each organisation is, by period: still by name, to be summed up by sector or role."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd

from rr_helpers.networks.inputs import by_period, is_two_mode, stated
from rr_helpers.networks.matrices import burt_constraint, sparse_ties
from rr_helpers.networks.paths import count_paths, sources_note


def centrality(network: nx.Graph | Mapping) -> pd.DataFrame:
    """Centrality of each node, one row per period and node.

    Columns for ties: period, node, degree (for directed ties in_degree and out_degree too),
    betweenness (paths) and betweenness_share (of what a star's centre has; Freeman 1978),
    closeness (Wasserman & Faust 1994 where some cannot be reached; towards the node where ties are
    directed), constraint (Burt 1992, ties either way), n, boundary, response, note, reason.
    Constraint is blank for who has no tie, and `reason` says so. Beyond 2,000 nodes betweenness
    and closeness are estimated from paths out of 500 nodes, and `note` says so.

    Columns for organisations by meetings: period, node, mode (organisation or meeting), degree,
    degree_share (of the other mode), betweenness_share and closeness (Borgatti & Everett 1997), n,
    boundary, response, note, reason; blank where one side has a single node or none.
    """
    tables = []
    for period, graph in by_period(network).items():
        table = _two_mode(graph) if is_two_mode(graph) else _one_mode(graph)
        table.insert(0, "period", period)
        last = {name: table.pop(name) for name in ("note", "reason")}
        tables.append(table.assign(n=len(graph), **stated(graph), **last))
    return pd.concat(tables, ignore_index=True)


def _one_mode(graph: nx.Graph) -> pd.DataFrame:
    n, ties, paths = len(graph), sparse_ties(graph), count_paths(graph)
    received, sent = (np.asarray(ties.sum(axis=axis), dtype=int) for axis in (0, 1))
    table = pd.DataFrame({"node": pd.Series(list(graph), dtype=object)})
    table["degree"] = received + sent if graph.is_directed() else sent
    if graph.is_directed():
        table["in_degree"], table["out_degree"] = received, sent
    star = (n - 1) * (n - 2) / (1 if graph.is_directed() else 2)
    table["betweenness"] = paths.betweenness
    table["betweenness_share"] = paths.betweenness / star if n > 2 else 0.0
    table["closeness"] = paths.closeness
    table["constraint"] = burt_constraint(ties)
    table["note"] = sources_note(paths.sources, n)
    alone = table["constraint"].isna()
    table["reason"] = np.where(alone, "constraint: no tie", "")
    return table.infer_objects()


def _two_mode(graph: nx.Graph) -> pd.DataFrame:
    kinds = dict(graph.nodes(data="bipartite"))
    organisations = sum(kind == 0 for kind in kinds.values())
    meetings = len(kinds) - organisations
    table = pd.DataFrame({"node": list(graph), "degree": [d for _, d in graph.degree()]})
    table.insert(1, "mode", ["meeting" if kinds[node] else "organisation" for node in graph])
    own = np.array([meetings if kinds[node] else organisations for node in graph], float)
    other = len(graph) - own
    table["degree_share"] = table["degree"] / np.where(other > 0, other, np.nan)
    defined = min(organisations, meetings) > 1
    paths = count_paths(graph)
    table["betweenness_share"] = (
        paths.betweenness / _most_between(own, other) if defined else np.nan
    )
    # Borgatti & Everett: the nearest anyone can be is 1 to the other side and 2 to their own.
    nearest = (other + 2 * (own - 1)) * paths.reached / max(len(graph) - 1, 1)
    close = np.divide(nearest, paths.distance, where=paths.distance > 0, out=0 * nearest)
    table["closeness"] = close if defined else np.nan
    table["note"] = sources_note(paths.sources, len(graph))
    table["reason"] = "" if defined else "betweenness, closeness: one side has fewer than two nodes"
    return table


def _most_between(own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The most paths one node of a two-mode network can stand on (Borgatti & Everett 1997)."""
    s, t = np.divmod(own - 1, other)
    return (other**2 * (s + 1) ** 2 + other * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2
