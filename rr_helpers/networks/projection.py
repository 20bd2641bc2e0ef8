"""Organisations that share meetings, as weights between organisations: flagged, never as ties."""

from collections.abc import Mapping

import networkx as nx
import numpy as np

from rr_helpers.networks.inputs import by_period, is_two_mode, stated, wrong

MODES = ("organisation", "meeting")


def project(network: nx.Graph | Mapping, onto: str = "organisation") -> nx.Graph | dict:
    """Projection of organisations by meetings onto one of the two, with Newman's weights.

    onto: ``"organisation"`` or ``"meeting"``. Each shared meeting of m organisations adds 1 to
    `meetings` and 1 / (m - 1) to `weight`, so that a crowded meeting counts no more for an
    organisation than a small one. Source: Newman 2001, Physical Review E 64:016132; sums of counts
    agree with the co-attendance of the Southern Women, 139 pairs and 322 meetings shared.

    The graph carries ``graph.graph["projection"]``: what takes ties to form one by one (brokerage,
    E-I index, QAP, MRQAP, change between periods, intervals over vertices) refuses it.
    """
    if onto not in MODES:
        raise wrong("onto", repr(onto), " or ".join(map(repr, MODES)), "Write onto='organisation'")
    projected = {period: _project(graph, onto) for period, graph in by_period(network).items()}
    return projected if isinstance(network, Mapping) else projected["all"]


def _project(graph: nx.Graph, onto: str) -> nx.Graph:
    two_mode_only(graph, "project")
    kept = [node for node, kind in graph.nodes(data="bipartite") if kind == MODES.index(onto)]
    told = stated(graph) | {"projection": "Newman weights", "onto": onto}
    projected = nx.Graph(**told)
    projected.add_nodes_from(kept)
    for node, kind in graph.nodes(data="bipartite"):
        if kind == MODES.index(onto):
            continue
        present = list(graph[node])
        for place, one in enumerate(present):
            for other in present[place + 1 :]:
                before = projected.get_edge_data(one, other, {"meetings": 0, "weight": 0.0})
                projected.add_edge(
                    one,
                    other,
                    meetings=before["meetings"] + 1,
                    weight=before["weight"] + 1 / (len(present) - 1),
                )
    return projected


def two_mode_only(graph: nx.Graph, function: str) -> None:
    """Refuse anything but organisations by meetings."""
    if len(graph) and not is_two_mode(graph):
        raise wrong(
            "network",
            "ties between nodes of one kind",
            f"organisations by meetings, for {function}",
            "Make it with two_mode(…)",
        )


def attendance_matrix(graph: nx.Graph) -> tuple[list, list, np.ndarray]:
    """Organisations, meetings, and who came to what as True and False."""
    kinds = nx.get_node_attributes(graph, "bipartite")
    organisations = [node for node in graph if kinds[node] == 0]
    meetings = [node for node in graph if kinds[node] == 1]
    matrix = np.zeros((len(organisations), len(meetings)), dtype=bool)
    column = {node: place for place, node in enumerate(meetings)}
    for row, node in enumerate(organisations):
        matrix[row, [column[other] for other in graph[node]]] = True
    return organisations, meetings, matrix
