"""How far a measure hangs on one organisation, or on those who did not answer."""

from collections.abc import Callable, Collection, Mapping, Sequence

import networkx as nx
import numpy as np
import pandas as pd

from rr_helpers.networks.build import check_respondents
from rr_helpers.networks.describe import measure_network
from rr_helpers.networks.estimates import organisations_of
from rr_helpers.networks.fragmentation import fragmentation
from rr_helpers.networks.inputs import (
    by_period,
    one_mode_only,
    sector_codes,
    stated,
    wrong,
)
from rr_helpers.networks.matrices import sparse_ties


def leave_one_out(
    network: nx.Graph | Mapping,
    measure: str | Callable[[nx.Graph], float] = "density",
    *,
    among: Collection | None = None,
) -> pd.DataFrame:
    """A measure without each organisation in turn, one row per period and organisation left out.

    measure: one of `describe_network`'s, or a function of the graph that returns a number, such as
        ``lambda graph: brokerage_share(graph, team).value``. among: leave out only these; None all.

    Columns: period, left_out, measure, value, whole (with everyone), change (value minus whole), n
    (organisations left), boundary, response, reason. Rows name organisations: show the range of
    `value`, not who. For organisations by meetings the meetings stay.
    """
    name = measure if isinstance(measure, str) else getattr(measure, "__name__", "measure")
    if not (callable(measure) or isinstance(measure, str)):
        raise wrong("measure", repr(measure), "a measure by name, or a function", "See the page")
    rows = []
    for period, graph in by_period(network).items():
        whole = _value(graph, measure)
        for left_out in organisations_of(graph):
            if among is not None and left_out not in among:
                continue
            value = _value(nx.restricted_view(graph, [left_out], []), measure)
            lacking = value is None or whole is None
            rows.append(
                {
                    "period": period,
                    "left_out": left_out,
                    "measure": name,
                    "value": value,
                    "whole": whole,
                    "change": None if lacking else value - whole,
                    "n": len(organisations_of(graph)) - 1,
                    **stated(graph),
                    "reason": "not defined without it" if lacking else "",
                }
            )
    table = pd.DataFrame(rows, columns=_LEFT_OUT)
    return table.astype({"value": float, "whole": float, "change": float})


_LEFT_OUT = ["period", "left_out", "measure", "value", "whole", "change", "n", "boundary",
             "response", "reason"]  # fmt: skip


def _value(graph: nx.Graph, measure) -> float | None:
    if callable(measure):
        value = measure(graph)
    else:
        measures = measure_network(graph, [measure])[0]
        if measure not in measures:
            raise wrong("measure", repr(measure), f"one of {', '.join(measures)}", "Rename it")
        value = measures[measure][0]
    return None if value is None or not np.isfinite(value) else float(value)


def missing_bounds(
    network: nx.Graph | Mapping,
    respondents: Sequence | Mapping | None = None,
    sector: Mapping | None = None,
) -> pd.DataFrame:
    """The least and the most a measure could be, whatever those who did not answer would have said.

    respondents: who answered, or a dict by period; None takes what `ties` was told. A tie counts
        as known where its sender answered (directed), or where one of the two did (a tie is there
        if either says so); every other pair may be tied or not. sector: adds the E-I index.

    Columns: period, measure (density, mean_degree, reciprocity, ei_index, fragmentation,
    distance_weighted), observed (unknown ties taken as absent), lower, upper, unknown_pairs, n,
    boundary, response, reason. The bounds are sharp and assume nothing, so they are wide: what
    stays true within them is true. Betweenness and brokerage have no such bounds in closed form.
    Source: worst-case bounds after Manski 2003, Partial Identification of Probability
    Distributions, chapter 1; symmetrising after Stork & Richards 1992, Group & Organization
    Management 17:193.
    """
    rows = []
    for period, graph in by_period(network).items():
        one_mode_only(graph, "missing_bounds")
        given = respondents.get(period) if isinstance(respondents, Mapping) else respondents
        given = graph.graph.get("respondents") if given is None else given
        if given is None:
            raise wrong("respondents", "none", "the nodes that answered", "Write respondents=[…]")
        named = check_respondents(given, list(graph))
        told = stated(graph) | {"response": f"{len(named)} of {len(graph)} answered"}
        unknown, found = _bounds(graph, set(named), sector)
        for measure, (observed, lower, upper, reason) in found.items():
            numbers = {"observed": observed, "lower": lower, "upper": upper}
            rows.append(
                {"period": period, "measure": measure, **numbers, "unknown_pairs": unknown,
                 "n": len(graph), **told, "reason": reason}
            )  # fmt: skip
    return pd.DataFrame(rows).astype({"observed": float, "lower": float, "upper": float})


def _bounds(graph: nx.Graph, answered: set, sector) -> tuple[int, dict]:
    n, ties = len(graph), sparse_ties(graph).toarray() > 0
    silent = np.array([node not in answered for node in graph], dtype=bool)
    off = ~np.eye(n, dtype=bool)
    unknown = (silent[:, None] & off) if graph.is_directed() else (silent[:, None] & silent & off)
    # What a silent organisation was recorded to send is there; only its other ties are open.
    unknown &= ~ties
    least, most = ties, ties | unknown
    each = 1 if graph.is_directed() else 2
    found = {
        "density": _ends([_density(one) for one in (ties, least, most)], "fewer than two nodes"),
        "mean_degree": _ends(
            [one.sum() / n if n else None for one in (ties, least, most)], "no node"
        ),
        "reciprocity": _reciprocity(ties, unknown),
    }
    if not graph.is_directed():
        del found["reciprocity"]
    if sector is not None:
        found["ei_index"] = _ei_bounds(ties, unknown, sector_codes(graph, sector)[0])
    fragmented = [_fragmentation(one) for one in (ties, most, least)]
    for name in ("fragmentation", "distance_weighted"):
        values = [one[name] for one in fragmented]
        found[name] = _ends(values, "fewer than two nodes")
    return int(unknown.sum()) // each, found


def _ends(values: list, reason: str) -> tuple:
    if any(value is None or not np.isfinite(value) for value in values):
        return None, None, None, reason
    return *(float(value) for value in values), ""


def _density(ties: np.ndarray) -> float | None:
    n = len(ties)
    return ties.sum() / (n * (n - 1)) if n > 1 else None


def _fragmentation(ties: np.ndarray) -> dict:
    return fragmentation(nx.from_numpy_array(ties.astype(int))).iloc[0].to_dict()


def _reciprocity(ties: np.ndarray, unknown: np.ndarray) -> tuple:
    """Most: every open return is made; least: open ties go only where none comes back."""

    def share(one: np.ndarray) -> float | None:
        return (one & one.T).sum() / one.sum() if one.any() else None

    returning = unknown & (ties.T | unknown.T)
    apart = np.triu(unknown & unknown.T) | (unknown & ~unknown.T)
    least = ties | (apart & ~ties.T)
    return _ends([share(ties), share(least), share(ties | returning)], "no tie")


def _ei_bounds(ties: np.ndarray, unknown: np.ndarray, codes: np.ndarray) -> tuple:
    within = codes[:, None] == codes

    def index(one: np.ndarray) -> float | None:
        return 1 - 2 * (one & within).sum() / one.sum() if one.any() else None

    values = [index(ties), index(ties | (unknown & within)), index(ties | (unknown & ~within))]
    return _ends(values, "there are no ties")
