"""What changed in a network from one period to the next."""

from collections.abc import Mapping
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
from scipy import stats

from rr_helpers.networks.inputs import adjacency, check_level, check_periods, one_mode_only


def compare_periods(network: Mapping, *, level: float = 0.95) -> pd.DataFrame:
    """Ties kept, lost and new from each period to the next, among the nodes that both have.

    network: dict of graphs by period, in their order, from `ties`.

    Columns: period_from, period_to, measure, value, low, high, n (nodes in both), reason. Measures:
    kept, lost, new, jaccard (kept over kept, lost and new), hamming (lost and new), density_change
    with an interval by the jackknife over nodes (Snijders & Borgatti 1999, Connections 22(2):61,
    the two periods paired) and Student's t on n - 1 degrees of freedom.
    """
    check_level(level)
    rows = []
    for (start, first), (end, second) in pairwise(check_periods(network).items()):
        n, measures = _change(first, second, level)
        rows += [
            {"period_from": start, "period_to": end, "measure": name, **found, "n": n}
            for name, found in measures.items()
        ]
    columns = ["period_from", "period_to", "measure", "value", "low", "high", "n", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _change(first: nx.Graph, second: nx.Graph, level: float) -> tuple[int, dict]:
    for graph in (first, second):
        one_mode_only(graph, "compare_periods")
    nodes = [node for node in first if node in second]
    before, after = (adjacency(graph, nodes) > 0 for graph in (first, second))
    each = 1 if first.is_directed() else 2
    kept, lost, new = (
        int(ties.sum()) // each for ties in (before & after, before & ~after, ~before & after)
    )
    either = kept + lost + new
    measures = {"kept": _found(kept), "lost": _found(lost), "new": _found(new)}
    measures["hamming"] = _found(lost + new)
    measures["jaccard"] = _found(kept / either) if either else _found(None, reason="no tie at all")
    change = after.astype(float) - before
    measures["density_change"] = _density_change(change, level)
    return len(nodes), measures


def _density_change(change: np.ndarray, level: float) -> dict:
    n = len(change)
    if n < 4:
        return _found(None, reason="fewer than four nodes in both periods")
    if not change.any():
        return _found(None, reason="no tie changed")
    total, touching = change.sum(), change.sum(axis=0) + change.sum(axis=1)
    without_each = (total - touching) / ((n - 1) * (n - 2))
    error = np.sqrt((n - 2) / (2 * n) * np.sum((without_each - without_each.mean()) ** 2))
    value = total / (n * (n - 1))
    half = stats.t.ppf((1 + level) / 2, n - 1) * error
    if error < 1e-12:
        return _found(None, reason="every node changed alike, so spread cannot be measured")
    return _found(float(value), float(value - half), float(value + half))


def _found(value, low=None, high=None, reason: str = "") -> dict:
    return {"value": value, "low": low, "high": high, "reason": reason}
