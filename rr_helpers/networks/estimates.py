"""Measures of a whole network as Estimates, with how far they hang on who is in it."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd
from scipy import stats

from rr_helpers.networks.describe import describe_network, measure_attendance, measure_network
from rr_helpers.networks.inputs import (
    by_period,
    check_level,
    is_two_mode,
    one_mode_only,
    positive_whole,
    stated,
    wrong,
)
from rr_helpers.networks.matrices import sparse_attendance, sparse_ties
from rr_helpers.results import Estimate, not_estimable

SHARES = ("density", "clustering", "transitivity", "reciprocity", "dyad_reciprocity",
          "degree_centralisation", "in_degree_centralisation", "out_degree_centralisation",
          "betweenness_centralisation")  # fmt: skip
INTERVALS = ("jackknife", "bootstrap")
METHODS = {
    "jackknife": "leave-one-organisation-out jackknife t",
    "bootstrap": "vertex bootstrap standard error, t",
}


def network_estimates(
    network: nx.Graph | Mapping,
    measures: Mapping[str, str],
    *,
    level: float = 0.95,
    interval: str = "jackknife",
    draws: int = 1000,
    seed: int = 1,
) -> pd.DataFrame:
    """Return measures of `describe_network` as Estimates: rows periods, columns labels.

    measures: name of the measure -> label of its column.
    interval: ``"jackknife"`` leaves out one organisation at a time; ``"bootstrap"`` draws
        organisations with replacement `draws` times (ties only), filling pairs of one organisation
        with itself by pairs drawn at random. Both: Snijders & Borgatti 1999, Connections 22(2):61,
        with Student's t on n - 1 degrees of freedom, shares cut at 0 and 1.

    The interval says how far the measure hangs on which organisations are in the network, not how
    well ties were recorded. Not estimable where the measure is not defined, or is the same whoever
    is left out. `details`: boundary, response, standard_error.
    """
    graphs, level = by_period(network), check_level(level)
    if interval not in INTERVALS:
        expected = " or ".join(map(repr, INTERVALS))
        raise wrong("interval", repr(interval), expected, "Write interval='jackknife'")
    positive_whole("draws", draws)
    known = set(describe_network(next(iter(graphs.values())))["measure"])
    unknown = sorted(set(measures) - known)
    if unknown:
        raise wrong("measures", ", ".join(unknown), f"some of {', '.join(sorted(known))}", "Rename")
    rows = {}
    for period, graph in graphs.items():
        if interval == "bootstrap":
            one_mode_only(graph, "the vertex bootstrap")
            errors = _bootstrap_errors(graph, measures, draws, np.random.default_rng(seed))
        else:
            errors = _jackknife_errors(graph, measures)
        whole = _values(graph, measures)
        rows[period] = {
            label: _estimate(graph, name, whole[name], errors[name], level, METHODS[interval])
            for name, label in measures.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object)[list(measures.values())]


def organisations_of(graph: nx.Graph) -> list:
    """The nodes that can be left out: the organisations, and never the meetings."""
    if not is_two_mode(graph):
        return list(graph)
    return [node for node, kind in graph.nodes(data="bipartite") if kind == 0]


def values_without_each(graph: nx.Graph, measures, organisations: list | None = None) -> dict:
    """The measures with each organisation left out in turn, as arrays; NaN where not defined."""
    everyone = organisations_of(graph)
    left_out = everyone if organisations is None else organisations
    if is_two_mode(graph):
        attended, place = sparse_attendance(graph), {node: k for k, node in enumerate(everyone)}
        rest = (attended[np.arange(len(everyone)) != place[node]] for node in left_out)
        rows = [_asked_for(measure_attendance(each)[0], measures) for each in rest]
    else:
        rows = [_values(_without(graph, node), measures) for node in left_out]
    return {name: np.array([row[name] for row in rows], float) for name in measures}


def _without(graph: nx.Graph, node) -> nx.Graph:
    kept = graph.copy()  # a view would filter at every look
    kept.remove_node(node)
    return kept


def _jackknife_errors(graph: nx.Graph, measures) -> dict[str, float]:
    without_each = values_without_each(graph, measures)
    return {name: jackknife_error(values) for name, values in without_each.items()}


def jackknife_error(values: np.ndarray) -> float:
    """Standard error from a measure without each organisation; NaN where one is not defined."""
    n = len(values)
    if not n or not np.isfinite(values).all():
        return np.nan
    # Not the (n - 2)/2n of Snijders & Borgatti: a measure that hangs on whole rows of ties needs
    # the full factor, and where it does not the interval errs on the wide side.
    return float(np.sqrt((n - 1) / n * np.sum((values - values.mean()) ** 2)))


def _bootstrap_errors(graph: nx.Graph, measures, draws: int, generator) -> dict[str, float]:
    ties, n = sparse_ties(graph).toarray(), len(graph)
    if n < 2:
        return dict.fromkeys(measures, np.nan)
    kind, found = (nx.DiGraph if graph.is_directed() else nx.Graph), []
    pairs = ties[~np.eye(n, dtype=bool)]
    for _ in range(draws):
        chosen = generator.integers(0, n, n)
        drawn = ties[np.ix_(chosen, chosen)]
        same = np.equal.outer(chosen, chosen)
        filled = generator.choice(pairs, (n, n))
        if not graph.is_directed():
            filled = np.triu(filled, 1) + np.triu(filled, 1).T
        drawn = np.where(same, filled, drawn)
        np.fill_diagonal(drawn, 0)
        found.append(_values(nx.from_numpy_array(drawn, create_using=kind), measures))
    return {name: float(np.std([row[name] for row in found], ddof=1)) for name in measures}


def _values(graph: nx.Graph, measures) -> dict[str, float]:
    return _asked_for(measure_network(graph, measures)[0], measures)


def _asked_for(described: dict, measures) -> dict[str, float]:
    values = {name: described[name][0] for name in measures}
    return {name: np.nan if value is None else float(value) for name, value in values.items()}


def _estimate(graph, name: str, value: float, error: float, level: float, method: str) -> Estimate:
    n = len(organisations_of(graph))
    shared = dict(n=n, of="organisations", level=level, method=method)
    told = stated(graph)
    if not np.isfinite(value) or not np.isfinite(error):
        reason = "too few organisations or meetings to define it"
        return not_estimable(reason, **shared, details=told)
    if error < 1e-12:
        reason = "it is the same whichever organisation is left out"
        return not_estimable(reason, **shared, details=told)
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * error
    low, high = value - half, value + half
    if name in SHARES:
        low, high = max(low, 0.0), min(high, 1.0)
    details = told | {"standard_error": error}
    return Estimate(value=value, low=low, high=high, **shared, details=details)
