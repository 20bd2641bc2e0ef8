"""A network as a whole, by period: how dense, how clustered, how centred on a few."""

from collections.abc import Collection, Mapping

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from rr_helpers.networks.inputs import by_period, is_two_mode, sector_codes, stated, wrong
from rr_helpers.networks.matrices import (
    either_way,
    mix_sectors,
    sparse_attendance,
    sparse_ties,
    times,
)
from rr_helpers.networks.paths import count_paths, sources_note

BETWEENNESS = "betweenness_centralisation"
_NOBODY = "no organisation or no meeting"


def describe_network(network: nx.Graph | Mapping, sector: Mapping | None = None) -> pd.DataFrame:
    """Measures of the whole network, one row per period and measure.

    network: from `two_mode` or `ties`, one graph or a dict by period.
    sector: from node to sector; adds modularity and assortativity of ties by sector.

    Columns: period, measure, value, n (organisations within the boundary), boundary, response,
    note (an estimate from a sample of nodes says so), reason. Where a measure is not defined its
    value is blank and `reason` says why.

    Organisations by meetings: organisations, meetings, attendances, density, clustering (Robins &
    Alexander 2004, 4-cycles over 3-paths), mean_attendance (organisations per meeting),
    mean_meetings (per organisation), organisations_never_attending.
    Ties: nodes, ties, density, mean_degree, isolates, components, max_core (the largest k-core;
    Seidman 1983), transitivity (share of two-paths that are closed), for directed ties reciprocity
    (share of ties that are returned), mutual_dyads, asymmetric_dyads and dyad_reciprocity (share of
    tied pairs that are mutual); centralisation of degree and betweenness (Freeman 1978), the latter
    from a sample of nodes beyond 2,000. A projection has no transitivity: a meeting of three is
    a triangle by itself.
    """
    tables = [_table(period, graph, sector) for period, graph in by_period(network).items()]
    return pd.concat(tables, ignore_index=True)


def _table(period, graph: nx.Graph, sector) -> pd.DataFrame:
    if is_two_mode(graph) and sector is not None:
        raise wrong("sector", "a sector", "none for meetings", "Leave it out, or use ties(…)")
    measures, n = measure_network(graph)
    if sector is not None:
        measures |= _by_sector(graph, sector)
    described = pd.DataFrame(
        {
            "period": period,
            "measure": list(measures),
            "value": pd.array([value for value, *_ in measures.values()], dtype=object),
            "n": n,
            **stated(graph),
            "note": [(*found, "")[2] for found in measures.values()],
            "reason": [found[1] for found in measures.values()],
        }
    )
    return described.astype({"value": float})


def measure_network(graph: nx.Graph, wanted: Collection[str] | None = None) -> tuple[dict, int]:
    """Value and reason by measure, and n; `wanted` spares what costs time and is not asked for."""
    if is_two_mode(graph):
        return measure_attendance(sparse_attendance(graph))
    return _one_mode(graph, wanted), graph.number_of_nodes()


def measure_attendance(attended: sparse.csr_array) -> tuple[dict, int]:
    """As `measure_network`, from organisations (rows) by meetings (columns), 1 for who came."""
    (n, meetings), attendances = attended.shape, attended.nnz
    never = int((attended.sum(axis=1) == 0).sum())
    four_cycles, three_paths = _cycles_and_paths(attended)
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


def _cycles_and_paths(attended: sparse.csr_array) -> tuple[int, int]:
    if not attended.nnz:
        return 0, 0
    # The smaller side keeps the product small: four-cycles are the same counted from either.
    rows, columns = attended.shape
    shared = attended @ attended.T if rows <= columns else attended.T @ attended
    shared.setdiag(0)
    four_cycles = int((shared.data * (shared.data - 1) // 2).sum()) // 2
    organisation, meeting = attended.nonzero()
    further = attended.sum(axis=1)[organisation] - 1, attended.sum(axis=0)[meeting] - 1
    return four_cycles, int((further[0] * further[1]).sum())


def _one_mode(graph: nx.Graph, wanted: Collection[str] | None = None) -> dict:
    n, directed = graph.number_of_nodes(), graph.is_directed()
    ties = sparse_ties(graph)
    pairs, count = n * (n - 1) // (1 if directed else 2), ties.nnz // (1 if directed else 2)
    parts = nx.weakly_connected_components(graph) if directed else nx.connected_components(graph)
    measures = {
        "nodes": (n, ""),
        "ties": (count, ""),
        "density": _ratio(count, pairs, "fewer than two nodes"),
        "mean_degree": _ratio(count * (1 if directed else 2), n, "no node"),
        "isolates": (int(np.sum(ties.sum(axis=0) + ties.sum(axis=1) == 0)), ""),
        "components": (sum(1 for _ in parts), ""),
    }
    if wanted is None or "max_core" in wanted:
        measures["max_core"] = _max_core(ties)
    if wanted is None or "transitivity" in wanted:
        measures["transitivity"] = _transitivity(ties, "projection" in graph.graph)
    if directed:
        measures |= _reciprocity(ties)
    measures |= _centralisation(ties, directed)
    if wanted is None or BETWEENNESS in wanted:
        measures[BETWEENNESS] = _betweenness_centralisation(graph)
    return measures


def _max_core(ties) -> tuple:
    if not ties.shape[0]:
        return None, "no node"
    return max(nx.core_number(nx.from_scipy_sparse_array(either_way(ties))).values()), ""


def _transitivity(ties, projected: bool) -> tuple:
    if projected:
        return None, "a meeting of three is a triangle by itself: use clustering of the meetings"
    through = float(ties.sum(axis=0) @ ties.sum(axis=1)) - times(ties, ties.T)
    return _ratio(times(ties @ ties, ties), through, "no path of two ties")


def _reciprocity(ties) -> dict:
    returned = round(times(ties, ties.T))
    mutual, one_sided = returned // 2, ties.nnz - returned
    return {
        "reciprocity": _ratio(returned, ties.nnz, "no tie"),
        "mutual_dyads": (mutual, ""),
        "asymmetric_dyads": (one_sided, ""),
        "dyad_reciprocity": _ratio(mutual, mutual + one_sided, "no tie"),
    }


def _centralisation(ties, directed: bool) -> dict:
    """Freeman's centralisation: distance from the most central, over that of a star."""
    n, received, sent = ties.shape[0], ties.sum(axis=0), ties.sum(axis=1)
    degrees = {"in_degree": received, "out_degree": sent} if directed else {"degree": sent}
    star = (n - 1) ** 2 if directed else (n - 1) * (n - 2)
    few = n < 3
    return {
        f"{name}_centralisation": (None, "fewer than three nodes")
        if few
        else (_apart(d) / star, "")
        for name, d in degrees.items()
    }


def _betweenness_centralisation(graph: nx.Graph) -> tuple:
    n = graph.number_of_nodes()
    if n < 3:
        return None, "fewer than three nodes"
    paths = count_paths(graph)
    pairs = (n - 1) * (n - 2) / (1 if graph.is_directed() else 2)
    value = _apart(paths.betweenness / pairs) / (n - 1)
    return value, "", sources_note(paths.sources, n)


def _apart(scores: np.ndarray) -> float:
    return float(np.sum(scores.max() - scores))


def _by_sector(graph: nx.Graph, sector: Mapping) -> dict:
    codes, sectors = sector_codes(graph, sector)
    ties = sparse_ties(graph)
    names = ("sector_modularity", "sector_assortativity")
    if not ties.nnz:
        return {name: (None, "no tie") for name in names}
    if len(sectors) < 2:
        return {name: (None, "only one sector") for name in names}
    mixing = mix_sectors(ties, codes)
    alike = mixing.assortativity
    alike = (alike, "") if alike is not None else (None, "all ties lie in one sector")
    return {names[0]: (mixing.modularity, ""), names[1]: alike}


def _ratio(part: float, whole: float, reason: str) -> tuple[float | None, str]:
    return (part / whole, "") if whole else (None, reason)
