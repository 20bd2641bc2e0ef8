"""Measures of a whole network as Estimates, with how far they hang on who is in it."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd
from scipy import stats

from rr_helpers.networks.describe import describe_network
from rr_helpers.networks.inputs import by_period, is_two_mode, wrong
from rr_helpers.results import Estimate, not_estimable

SHARES = ("density", "clustering", "transitivity", "reciprocity")  # lie between 0 and 1


def network_estimates(
    network: nx.Graph | Mapping, measures: Mapping[str, str], *, level: float = 0.95
) -> pd.DataFrame:
    """Return measures of `describe_network` as Estimates: rows periods, columns labels.

    measures: name of the measure -> label of its column.

    Interval: jackknife leaving out one organisation at a time, Student's t on n - 1 degrees of
    freedom (Snijders & Borgatti 1999, Connections 22(2):61, for the vertex jackknife), shares cut
    at 0 and 1. It says how far the measure hangs on which organisations are in the network, not how
    well ties were recorded. Not estimable where the measure is not defined, or is the same whoever
    is left out.
    """
    graphs = by_period(network)
    known = set(describe_network(next(iter(graphs.values())))["measure"])
    unknown = sorted(set(measures) - known)
    if unknown:
        raise wrong("measures", ", ".join(unknown), f"some of {', '.join(sorted(known))}", "Rename")
    rows = {period: _estimates(graph, measures, level) for period, graph in graphs.items()}
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object)[list(measures.values())]


def _estimates(graph: nx.Graph, measures: Mapping[str, str], level: float) -> dict[str, Estimate]:
    organisations = _organisations(graph)
    whole = _values(graph, measures)
    without_each = pd.DataFrame(
        [
            _values(nx.restricted_view(graph, [left_out], []), measures)
            for left_out in organisations
        ],
        columns=list(measures),
    )
    return {
        label: _estimate(whole[name], without_each[name].to_numpy(float), level, name in SHARES)
        for name, label in measures.items()
    }


def _organisations(graph: nx.Graph) -> list:
    if not is_two_mode(graph):
        return list(graph)
    return [node for node, kind in graph.nodes(data="bipartite") if kind == 0]


def _values(graph: nx.Graph, measures: Mapping[str, str]) -> dict[str, float]:
    described = describe_network(graph).set_index("measure")["value"]
    return {name: described[name] for name in measures}


def _estimate(value, without_each: np.ndarray, level: float, share: bool) -> Estimate:
    n = len(without_each)
    shared = dict(
        n=n, of="organisations", level=level, method="leave-one-organisation-out jackknife t"
    )
    if value is None or not np.isfinite(value) or not np.isfinite(without_each).all():
        return not_estimable("too few organisations or meetings to define it", **shared)
    error = float(np.sqrt((n - 1) / n * np.sum((without_each - without_each.mean()) ** 2)))
    if error < 1e-12:
        return not_estimable("it is the same whichever organisation is left out", **shared)
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * error
    low, high = float(value) - half, float(value) + half
    if share:
        low, high = max(low, 0.0), min(high, 1.0)
    return Estimate(value=float(value), low=low, high=high, **shared)
