"""A network as a whole, by period: how dense, how clustered, how centred on a few."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd

from rr_helpers.networks.inputs import adjacency, by_period, is_two_mode, sector_codes, wrong


def describe_network(network: nx.Graph | Mapping, sector: Mapping | None = None) -> pd.DataFrame:
    """Measures of the whole network, one row per period and measure.

    network: from `two_mode` or `ties`, one graph or a dict by period.
    sector: from node to sector; adds modularity and assortativity of ties by sector.

    Columns: period, measure, value, n (organisations within the boundary), reason. Where a measure
    is not defined its value is blank and `reason` says why.

    Organisations by meetings: organisations, meetings, attendances, density, clustering (Robins &
    Alexander 2004, 4-cycles over 3-paths), mean_attendance (organisations per meeting),
    mean_meetings (per organisation), organisations_never_attending.
    Ties: nodes, ties, density, mean_degree, isolates, components, reciprocity (share of ties that
    are returned), transitivity (share of two-paths that are closed), centralisation of degree and
    betweenness (Freeman 1978).
    """
    tables = [_table(period, graph, sector) for period, graph in by_period(network).items()]
    return pd.concat(tables, ignore_index=True)


def _table(period, graph: nx.Graph, sector) -> pd.DataFrame:
    if is_two_mode(graph):
        if sector is not None:
            raise wrong("sector", "a sector", "none for meetings", "Leave it out, or use ties(…)")
        measures, n = _two_mode(graph)
    else:
        measures, n = _one_mode(graph), graph.number_of_nodes()
        if sector is not None:
            measures |= _by_sector(graph, sector)
    return pd.DataFrame(
        {
            "period": period,
            "measure": list(measures),
            "value": [value for value, _ in measures.values()],
            "n": n,
            "reason": [reason for _, reason in measures.values()],
        }
    )


def _two_mode(graph: nx.Graph) -> tuple[dict, int]:
    kinds = nx.get_node_attributes(graph, "bipartite")
    organisations = [node for node, kind in kinds.items() if kind == 0]
    meetings, attendances = len(kinds) - len(organisations), graph.number_of_edges()
    never = sum(graph.degree(node) == 0 for node in organisations)
    four_cycles, three_paths = _cycles_and_paths(graph, organisations)
    n = len(organisations)
    measures = {
        "organisations": (n, ""),
        "meetings": (meetings, ""),
        "attendances": (attendances, ""),
        "organisations_never_attending": (never, ""),
        "density": _ratio(attendances, n * meetings, _NOBODY),
        "clustering": _ratio(4 * four_cycles, three_paths, "no path of three attendances"),
        "mean_attendance": _ratio(attendances, meetings, "no meeting"),
        "mean_meetings": _ratio(attendances, n, "no organisation"),
    }
    return measures, n


_NOBODY = "no organisation or no meeting"


def _cycles_and_paths(graph: nx.Graph, organisations: list) -> tuple[int, int]:
    others = [node for node in graph if graph.nodes[node]["bipartite"] == 1]
    if not organisations or not others:
        return 0, 0
    attended = nx.bipartite.biadjacency_matrix(graph, organisations, others, dtype="int64")
    shared = (attended @ attended.T).toarray()
    degree = {node: graph.degree(node) for node in graph}
    np.fill_diagonal(shared, 0)
    four_cycles = int((shared * (shared - 1) // 2).sum()) // 2
    return four_cycles, sum((degree[one] - 1) * (degree[other] - 1) for one, other in graph.edges)


def _one_mode(graph: nx.Graph) -> dict:
    n, directed = graph.number_of_nodes(), graph.is_directed()
    pairs = n * (n - 1) // (1 if directed else 2)
    count = graph.number_of_edges() - nx.number_of_selfloops(graph)
    parts = nx.weakly_connected_components(graph) if directed else nx.connected_components(graph)
    measures = {
        "nodes": (n, ""),
        "ties": (count, ""),
        "density": _ratio(count, pairs, "fewer than two nodes"),
        "mean_degree": _ratio(count * (1 if directed else 2), n, "no node"),
        "isolates": (sum(1 for _ in nx.isolates(graph)), ""),
        "components": (sum(1 for _ in parts), ""),
        "transitivity": _transitivity(graph),
    }
    if directed:
        returned = sum(
            1 for one, other in graph.edges if one != other and graph.has_edge(other, one)
        )
        measures["reciprocity"] = _ratio(returned, count, "no tie")
    return measures | _centralisation(graph)


def _transitivity(graph: nx.Graph) -> tuple[float | None, str]:
    ties = adjacency(graph)
    two_paths = ties @ ties
    np.fill_diagonal(two_paths, 0)
    return _ratio(float((two_paths * ties).sum()), float(two_paths.sum()), "no path of two ties")


def _centralisation(graph: nx.Graph) -> dict:
    """Freeman's centralisation: distance from the most central, over that of a star."""
    n, directed = graph.number_of_nodes(), graph.is_directed()
    if n < 3:
        names = ["in_degree", "out_degree"] if directed else ["degree"]
        reason = "fewer than three nodes"
        return {f"{name}_centralisation": (None, reason) for name in [*names, "betweenness"]}
    ties = adjacency(graph)
    if directed:
        star = (n - 1) ** 2
        degrees = {"in_degree": ties.sum(axis=0), "out_degree": ties.sum(axis=1)}
    else:
        star, degrees = (n - 1) * (n - 2), {"degree": ties.sum(axis=0)}
    measures = {f"{k}_centralisation": (_apart(d) / star, "") for k, d in degrees.items()}
    between = np.array(list(nx.betweenness_centrality(graph).values()))
    return measures | {"betweenness_centralisation": (_apart(between) / (n - 1), "")}


def _apart(scores: np.ndarray) -> float:
    return float(np.sum(scores.max() - scores))


def _by_sector(graph: nx.Graph, sector: Mapping) -> dict:
    codes, sectors = sector_codes(graph, sector)
    members = [
        {v for v, c in zip(graph, codes, strict=True) if c == k} for k in range(len(sectors))
    ]
    names = ("sector_modularity", "sector_assortativity")
    if not graph.number_of_edges():
        return {name: (None, "no tie") for name in names}
    if len(sectors) < 2:
        return {name: (None, "only one sector") for name in names}
    modularity = nx.community.modularity(graph, members, weight=None)
    labelled = graph.copy()
    nx.set_node_attributes(labelled, dict(zip(graph, codes.tolist(), strict=True)), "sector")
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = nx.attribute_assortativity_coefficient(labelled, "sector")
    alike = (float(alike), "") if np.isfinite(alike) else (None, "all ties lie in one sector")
    return {names[0]: (float(modularity), ""), names[1]: alike}


def _ratio(part: float, whole: float, reason: str) -> tuple[float | None, str]:
    return (part / whole, "") if whole else (None, reason)
