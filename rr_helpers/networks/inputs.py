"""What every function of this room checks before it computes.

A network is a networkx Graph or DiGraph, or a dict of them by period. Wrong input raises a
`UserError` that names the argument.
"""

from collections.abc import Callable, Mapping

import networkx as nx
import numpy as np
import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.results import Estimate


def wrong(argument: str, found: str, expected: str, cure: str) -> UserError:
    """A `UserError` whose place is the argument."""
    return UserError(place=f"argument {argument!r}", found=found, expected=expected, cure=cure)


def by_period(network: nx.Graph | Mapping) -> dict:
    """The graphs by period; a single graph is the period ``"all"``."""
    graphs = dict(network) if isinstance(network, Mapping) else {"all": network}
    for graph in graphs.values():
        check_graph("network", graph)
    if not graphs:
        raise wrong("network", "no period", "at least one", "Check how the ties were filtered")
    return graphs


def check_graph(argument: str, graph: object) -> None:
    """Refuse what is no simple graph: one tie at most for each ordered pair."""
    if not isinstance(graph, nx.Graph) or graph.is_multigraph():
        raise wrong(
            argument,
            f"a {type(graph).__name__}",
            "a Graph or DiGraph of networkx, or a dict of them by period",
            "Make it with ties(…) or two_mode(…)",
        )


def is_two_mode(graph: nx.Graph) -> bool:
    """True where `two_mode` made the graph: its nodes say which of the two kinds they are."""
    return graph.number_of_nodes() > 0 and all("bipartite" in d for _, d in graph.nodes(data=True))


def stated(graph: nx.Graph) -> dict[str, str]:
    """Who belongs to the network and who answered, in words: what every result has to say."""
    return {
        "boundary": graph.graph.get("boundary", "the nodes of the graph as given"),
        "response": graph.graph.get("response", "not recorded"),
    }


def one_mode_only(graph: nx.Graph, function: str) -> None:
    """Refuse shared meetings, projected or not, where ties that formed one by one are asked for."""
    if "projection" in graph.graph:
        raise wrong(
            "network",
            "a projection of organisations by meetings",
            f"ties that formed one by one, for {function}",
            "A meeting of ten makes 45 ties at once: compare with chance by curveball(…) instead",
        )
    if is_two_mode(graph):
        raise wrong(
            "network",
            "organisations by meetings",
            f"ties between organisations, for {function}",
            "Make it with ties(…); shared meetings are not ties that formed one by one",
        )


def sector_codes(graph: nx.Graph, sector: Mapping | pd.Series) -> tuple[np.ndarray, list]:
    """For each node the number of its sector, and the sectors in order."""
    if not isinstance(sector, Mapping | pd.Series):
        raise wrong(
            "sector", f"a {type(sector).__name__}", "a dict or Series from node to sector",
            "Write organisations.set_index('org_id')['sector']",
        )  # fmt: skip
    if isinstance(sector, pd.Series) and sector.index.has_duplicates:
        raise wrong("sector", "a node listed twice", "one sector for each node", "Drop duplicates")
    known = dict(sector)
    unknown = [node for node in graph if node not in known or pd.isna(known[node])]
    if unknown:
        raise wrong(
            "sector",
            f"no sector for {len(unknown)} of {len(graph)} nodes, the first {unknown[0]!r}",
            "a sector for every node",
            "Add it, or leave the node out of the network and say so",
        )
    codes, sectors = pd.factorize(pd.Series([known[node] for node in graph], dtype=object))
    return codes, list(sectors)


def adjacency(graph: nx.Graph, nodes: list | None = None, weight: str | None = None) -> np.ndarray:
    """The ties as a matrix, rows sending and columns receiving, without self-ties."""
    order = list(graph) if nodes is None else nodes
    if not order:
        return np.zeros((0, 0))
    matrix = nx.to_numpy_array(graph, nodelist=order, weight=weight)
    np.fill_diagonal(matrix, 0)
    return matrix


def estimate_each(network: nx.Graph | Mapping, estimate: Callable) -> Estimate | dict:
    """The estimate of one graph, or a dict of estimates by period."""
    graphs = by_period(network)
    if isinstance(network, Mapping):
        return {period: estimate(graph) for period, graph in graphs.items()}
    return estimate(graphs["all"])


def positive_whole(argument: str, number: object) -> int:
    """A whole number above 0, such as how many permutations to draw."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 1:
        raise wrong(argument, repr(number), "a whole number above 0", f"Write {argument}=2000")
    return int(number)


def check_level(level: float) -> float:
    """The confidence level as given, between 0 and 1."""
    if not isinstance(level, int | float) or not 0 < level < 1:
        raise wrong("level", repr(level), "a confidence level between 0 and 1", "Write level=0.95")
    return float(level)


def check_periods(network: Mapping) -> dict:
    """Two periods or more, all directed or none."""
    if not isinstance(network, Mapping) or len(network) < 2:
        raise wrong(
            "network",
            "one period",
            "a dict of graphs, two periods or more",
            "Name the period: ties(…, period='half_year')",
        )
    graphs = by_period(network)
    if len({graph.is_directed() for graph in graphs.values()}) > 1:
        raise wrong("network", "directed and undirected periods", "one kind", "Rebuild it")
    return graphs
