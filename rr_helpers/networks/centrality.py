"""How central each organisation is, by period: still by name, to be summed up by sector or role."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd

from rr_helpers.networks.inputs import by_period, is_two_mode


def centrality(network: nx.Graph | Mapping) -> pd.DataFrame:
    """Centrality of each node, one row per period and node.

    Columns for ties: period, node, degree (for directed ties in_degree and out_degree too),
    betweenness (paths) and betweenness_share (of what a star's centre has; Freeman 1978),
    closeness (Wasserman & Faust 1994 where some cannot be reached; towards the node where ties are
    directed), constraint (Burt 1992, ties either way), n. Constraint is blank for who has no tie.

    Columns for organisations by meetings: period, node, mode (organisation or meeting), degree,
    degree_share (of the other mode), betweenness_share and closeness (Borgatti & Everett 1997), n;
    the last two are blank where one side has a single node.
    """
    tables = []
    for period, graph in by_period(network).items():
        table = _two_mode(graph) if is_two_mode(graph) else _one_mode(graph)
        table.insert(0, "period", period)
        tables.append(table.assign(n=len(graph)))
    return pd.concat(tables, ignore_index=True)


def _one_mode(graph: nx.Graph) -> pd.DataFrame:
    table = pd.DataFrame({"node": list(graph), "degree": [d for _, d in graph.degree()]})
    if graph.is_directed():
        table["in_degree"] = [d for _, d in graph.in_degree()]
        table["out_degree"] = [d for _, d in graph.out_degree()]
    table["betweenness"] = list(nx.betweenness_centrality(graph, normalized=False).values())
    table["betweenness_share"] = list(nx.betweenness_centrality(graph).values())
    table["closeness"] = list(nx.closeness_centrality(graph).values())
    table["constraint"] = _constraint(graph)
    return table


def _constraint(graph: nx.Graph) -> list[float]:
    if not graph.number_of_edges():
        return [np.nan] * len(graph)
    with np.errstate(invalid="ignore", divide="ignore"):
        return list(nx.constraint(graph).values())


def _two_mode(graph: nx.Graph) -> pd.DataFrame:
    kinds = nx.get_node_attributes(graph, "bipartite")
    top = [node for node, kind in kinds.items() if kind == 0]
    table = pd.DataFrame({"node": list(graph), "degree": [d for _, d in graph.degree()]})
    table.insert(1, "mode", ["meeting" if kinds[node] else "organisation" for node in graph])
    other = table["mode"].map({"organisation": len(graph) - len(top), "meeting": len(top)})
    table["degree_share"] = table["degree"] / other.where(other > 0)
    # With one node on a side nobody can stand between, and networkx divides by nothing.
    both = min(len(top), len(graph) - len(top)) > 1
    between = nx.bipartite.betweenness_centrality(graph, top) if both else {}
    close = nx.bipartite.closeness_centrality(graph, top, normalized=True) if both else {}
    table["betweenness_share"] = [between.get(node, np.nan) for node in graph]
    table["closeness"] = [close.get(node, np.nan) for node in graph]
    return table
