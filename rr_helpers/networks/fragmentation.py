"""How far a network holds together, and whose leaving would break it."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd

from rr_helpers.networks.inputs import by_period, one_mode_only, stated
from rr_helpers.networks.paths import count_paths, sources_note

WEIGHTED_NODES = 300  # distances without each node in turn grow with the cube of their number
FEW = "fewer than two nodes"


def fragmentation(network: nx.Graph | Mapping) -> pd.DataFrame:
    """Share of pairs that cannot reach one another, and its distance-weighted form, by period.

    Columns: period, fragmentation (Borgatti's F), distance_weighted (1 minus the mean of 1 over
    distance), n, boundary, response, note, reason. Ties are read without direction. Blank with
    reason for fewer than two nodes; beyond 2,000 nodes the second is estimated from paths out
    of 500 nodes, and `note` says so. Source: Borgatti 2006, Computational & Mathematical
    Organization Theory 12:21.
    """
    rows = []
    for period, graph in by_period(network).items():
        one_mode_only(graph, "fragmentation")
        rows.append({"period": period, **_both(graph), "n": len(graph), **stated(graph)})
    table = pd.DataFrame(rows)
    last = {name: table.pop(name) for name in ("note", "reason")}
    return table.assign(**last)


def key_players(network: nx.Graph | Mapping) -> pd.DataFrame:
    """Fragmentation of what is left after each node leaves, one row per period and node.

    Columns: period, node, fragmentation, distance_weighted, cutpoint (True where its leaving parts
    others that were connected), n (nodes left), boundary, response, reason; within a period the
    node whose leaving breaks most comes first. Beyond 300 nodes distance_weighted is blank, with
    the reason, and fragmentation alone orders them. Source: Borgatti 2006. Test value: without the
    Medici, 0.467 of the pairs of Florentine families are cut off.
    """
    tables = []
    for period, graph in by_period(network).items():
        one_mode_only(graph, "key_players")
        table = pd.DataFrame(_without_each(_undirected(graph)), columns=_COLUMNS)
        table.insert(0, "period", period)
        order = ["distance_weighted", "fragmentation"]
        table = table.sort_values(order, ascending=False, kind="stable")
        reason = table.pop("reason")
        tables.append(table.assign(n=max(len(graph) - 1, 0), **stated(graph), reason=reason))
    return pd.concat(tables, ignore_index=True)


_COLUMNS = ["node", "fragmentation", "distance_weighted", "cutpoint", "reason"]


def _undirected(graph: nx.Graph) -> nx.Graph:
    plain = nx.Graph()
    plain.add_nodes_from(graph)
    plain.add_edges_from((one, other) for one, other in graph.edges if one != other)
    return plain


def _both(graph: nx.Graph) -> dict:
    if len(graph) < 2:
        return dict(fragmentation=np.nan, distance_weighted=np.nan, note="", reason=FEW)
    plain = _undirected(graph)
    paths = count_paths(plain, between=False)
    return {
        "fragmentation": _apart(map(len, nx.connected_components(plain))),
        "distance_weighted": 1 - paths.inverse_distance / paths.pairs,
        "note": sources_note(paths.sources, len(graph)),
        "reason": "",
    }


def _apart(sizes) -> float:
    """Share of pairs in different parts, of parts of these sizes."""
    sizes = np.array(list(sizes), float)
    n = sizes.sum()
    # Cannot be told for one node or none: the caller says so.
    return float(1 - np.sum(sizes * (sizes - 1)) / (n * (n - 1))) if n > 1 else np.nan


def _without_each(graph: nx.Graph) -> list[dict]:
    parts, rows = _parts_without(graph), []
    everywhere = sum(size * (size - 1) for size in map(len, nx.connected_components(graph)))
    own = {node: len(part) for part in nx.connected_components(graph) for node in part}
    left = len(graph) - 1
    reason = FEW + " left" if left < 2 else ""
    if left >= 2 and len(graph) > WEIGHTED_NODES:
        reason = f"distance_weighted: more than {WEIGHTED_NODES} nodes"
    for node in graph:
        size = own[node]
        after = parts.get(node, [size - 1])
        together = everywhere - size * (size - 1) + sum(part * (part - 1) for part in after)
        weighted = np.nan
        if not reason:
            paths = count_paths(graph.subgraph(n for n in graph if n != node), between=False)
            weighted = 1 - paths.inverse_distance / paths.pairs
        fragmented = 1 - together / (left * (left - 1)) if left > 1 else np.nan
        rows.append(
            dict(zip(_COLUMNS, (node, fragmented, weighted, node in parts, reason), strict=True))
        )
    return rows


def _parts_without(graph: nx.Graph) -> dict:
    """For each cutpoint the sizes of the parts that its component falls into without it.

    One walk over the tree of blocks and cutpoints (Hopcroft & Tarjan 1973), so that the time grows
    with the ties and not with nodes times ties.
    """
    blocks = [set(block) for block in nx.biconnected_components(graph)]
    cutpoints = set(nx.articulation_points(graph))
    tree = nx.Graph()
    for number, block in enumerate(blocks):
        tree.add_node(("block", number))
        tree.add_edges_from((("block", number), ("cut", node)) for node in block & cutpoints)
    parts: dict = {}
    for component in nx.connected_components(tree):
        root = min((key for key in component if key[0] == "block"), key=lambda key: key[1])
        walk = list(nx.dfs_edges(tree, root))
        nodes_below = {
            key: len(blocks[key[1]] - cutpoints) if key[0] == "block" else 1 for key in component
        }
        for parent, child in reversed(walk):
            if parent[0] == "cut":
                parts.setdefault(parent[1], []).append(nodes_below[child])
            nodes_below[parent] += nodes_below[child]
        for node in (key[1] for key in component if key[0] == "cut"):
            parts[node].append(nodes_below[root] - 1 - sum(parts[node]))
    return parts
