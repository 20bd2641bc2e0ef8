"""What changed in a network from one period to the next."""

from collections.abc import Collection, Mapping
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
from scipy import stats

from rr_helpers.networks.describe import measure_network
from rr_helpers.networks.estimates import jackknife_error, values_without_each
from rr_helpers.networks.inputs import (
    adjacency,
    check_level,
    check_periods,
    is_two_mode,
    one_mode_only,
    stated,
    wrong,
)

OF_MEETINGS = ("density", "clustering", "mean_attendance", "mean_meetings")
FEWEST = 4
FEW, ALIKE = (
    "fewer than four nodes in both periods",
    "every node changed alike, so spread cannot be measured",
)


def compare_periods(
    network: Mapping, *, level: float = 0.95, measures: Collection[str] = ()
) -> pd.DataFrame:
    """What changed from each period to the next, among the nodes that both have.

    network: dict of graphs by period, in their order, from `ties` or `two_mode`.
    measures: more of `describe_network`'s measures whose change is asked for, such as
        ``["reciprocity", "degree_centralisation"]``; each is computed per node and period.

    Columns: period_from, period_to, measure, value, low, high, n (nodes in both; organisations),
    boundary, response, reason. For ties: kept, lost, new, jaccard (kept over kept, lost and new),
    hamming (lost and new) and density_change; for meetings the changes in density, clustering,
    mean_attendance and mean_meetings; then those asked for. The changes have an interval: ties of
    one node depend on one another, and so do its ties of both periods, so the jackknife leaves
    a node out of both at once (Snijders & Borgatti 1999, Connections 22(2):61), with Student's t
    on n - 1 degrees of freedom.
    """
    check_level(level)
    if isinstance(measures, str) or not isinstance(measures, Collection):
        raise wrong("measures", repr(measures), "a list of measures", "Write measures=[…]")
    rows = []
    for (start, first), (end, second) in pairwise(check_periods(network).items()):
        n, found = _compare(first, second, level, measures)
        rows += [
            {
                "period_from": start,
                "period_to": end,
                "measure": name,
                **one,
                "n": n,
                **stated(second),
            }
            for name, one in found.items()
        ]
    columns = ["period_from", "period_to", "measure", "value", "low", "high", "n", "boundary",
               "response", "reason"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _compare(first: nx.Graph, second: nx.Graph, level: float, measures) -> tuple[int, dict]:
    if is_two_mode(first) and is_two_mode(second):
        both = [n for n, kind in first.nodes(data="bipartite") if kind == 0 and n in second]
        wanted = dict.fromkeys([*OF_MEETINGS, *measures])
        return len(both), _changes(first, second, both, wanted, level)
    for graph in (first, second):
        one_mode_only(graph, "compare_periods")
    nodes = [node for node in first if node in second]
    before, after = (adjacency(graph, nodes) > 0 for graph in (first, second))
    found = _turnover(before, after, 1 if first.is_directed() else 2)
    found["density_change"] = _density_change(after.astype(float) - before, level)
    wanted = [name for name in dict.fromkeys(measures) if name != "density"]
    return len(nodes), found | (_changes(first, second, nodes, wanted, level) if wanted else {})


def _turnover(before: np.ndarray, after: np.ndarray, each: int) -> dict:
    kept, lost, new = (
        int(ties.sum()) // each for ties in (before & after, before & ~after, ~before & after)
    )
    either = kept + lost + new
    found = {"kept": _found(kept), "lost": _found(lost), "new": _found(new)}
    found["hamming"] = _found(lost + new)
    found["jaccard"] = _found(kept / either) if either else _found(None, reason="no tie at all")
    return found


def _known(graph: nx.Graph, measures) -> list[str]:
    there = measure_network(graph, measures)[0]
    return [name for name in measures if name in there]


def _changes(first, second, nodes: list, measures, level: float) -> dict:
    """Change in each measure among the nodes, which are left out of both periods together."""
    unknown = [name for name in measures if name not in _known(first, measures)]
    if unknown:
        known = ", ".join(measure_network(first)[0])
        raise wrong("measures", repr(unknown[0]), f"some of {known}", "Rename it")
    graphs = [_among(graph, nodes) for graph in (first, second)]
    before, after = (measure_network(graph, measures)[0] for graph in graphs)
    without = [values_without_each(graph, measures, nodes) for graph in graphs]
    return {
        f"{name}_change": _change(
            before[name][0], after[name][0], without[1][name] - without[0][name], level,
            before[name][1] or after[name][1],
        )
        for name in measures
    }  # fmt: skip


def _among(graph: nx.Graph, nodes: list) -> nx.Graph:
    kept = set(nodes)
    return graph.subgraph(n for n, kind in graph.nodes(data="bipartite") if n in kept or kind == 1)


def _change(before, after, without_each: np.ndarray, level: float, reason: str) -> dict:
    if before is None or after is None:
        return _found(None, reason=reason)
    n = len(without_each)
    error = jackknife_error(without_each)
    if n < FEWEST or not np.isfinite(error):
        return _found(None, reason=FEW if n < FEWEST else "not defined without one of the nodes")
    if error < 1e-12:
        return _found(None, reason="nothing changed" if before == after else ALIKE)
    return _interval(after - before, error, n, level)


def _density_change(change: np.ndarray, level: float) -> dict:
    n = len(change)
    if n < FEWEST:
        return _found(None, reason=FEW)
    if not change.any():
        return _found(None, reason="no tie changed")
    total, touching = change.sum(), change.sum(axis=0) + change.sum(axis=1)
    without_each = (total - touching) / ((n - 1) * (n - 2))
    error = np.sqrt((n - 2) / (2 * n) * np.sum((without_each - without_each.mean()) ** 2))
    if error < 1e-12:
        return _found(None, reason=ALIKE)
    return _interval(total / (n * (n - 1)), error, n, level)


def _interval(value: float, error: float, n: int, level: float) -> dict:
    half = stats.t.ppf((1 + level) / 2, n - 1) * error
    return _found(float(value), float(value - half), float(value + half))


def _found(value, low=None, high=None, reason: str = "") -> dict:
    return {"value": value, "low": low, "high": high, "reason": reason}
