"""What attendance alone would bring: organisations by meetings with the same margins, at random."""

from collections.abc import Callable, Iterator, Mapping

import networkx as nx
import numpy as np

from rr_helpers.networks.describe import measure_network
from rr_helpers.networks.inputs import by_period, estimate_each, positive_whole, stated, wrong
from rr_helpers.networks.projection import attendance_matrix, two_mode_only
from rr_helpers.results import Estimate, not_estimable

MEASURES = ("clustering", "shared_meetings_variance", "cross_sector_share")


def curveball(
    network: nx.Graph | Mapping,
    measure: str | Callable[[nx.Graph], float] = "shared_meetings_variance",
    sector: Mapping | None = None,
    *,
    draws: int = 1000,
    seed: int = 1,
) -> Estimate | dict:
    """A measure of who meets whom, against what attendance alone would bring (curveball).

    Every draw keeps how many meetings each organisation attended and how many came to each meeting.
    measure: ``"clustering"`` (Robins & Alexander), ``"shared_meetings_variance"`` (of the number of
        meetings that two organisations share: high where some pairs keep meeting),
        ``"cross_sector_share"`` (of shared meetings, those between sectors; needs `sector`, from
        organisation to sector), or a function of the two-mode graph that returns a number.

    value is the observed measure. `details`: expected (mean of the draws), low and high of the
    middle 95% of the draws, p_value (two-sided: how seldom chance is as far from its mean),
    p_greater, p_less, draws, boundary, response. Not estimable where only one arrangement
    has these margins. Source: Strona et al. 2014, Nature Communications 5:4114.
    """
    positive_whole("draws", draws)
    _check_measure(measure, sector, network)
    return estimate_each(network, lambda graph: _against(graph, measure, sector, draws, seed))


def shuffle_attendance(network: nx.Graph, *, seed: int = 1) -> nx.Graph:
    """One network with the same margins as this one, drawn at random by curveball trades."""
    by_period(network)
    two_mode_only(network, "shuffle_attendance")
    organisations, meetings, matrix = attendance_matrix(network)
    rows = _trade(_rows(matrix), np.random.default_rng(seed), _TRADES * len(matrix))
    return _graph(network, organisations, meetings, _matrix(rows, matrix.shape))


def attendances_by_chance(
    network: nx.Graph, *, draws: int = 1000, seed: int = 1
) -> Iterator[np.ndarray]:
    """Yield who comes to what by chance, `draws` times: organisations by meetings, True or False.

    Rows and columns are those of `attendance_matrix`, whose margins each draw keeps; each goes on
    from the one before (Strona et al. 2014).
    """
    matrix = attendance_matrix(network)[2]
    generator, rows = np.random.default_rng(seed), _rows(matrix)
    for number in range(draws):
        rows = _trade(rows, generator, len(rows) * (1 if number else _TRADES))
        yield _matrix(rows, matrix.shape)


_TRADES = 5  # per organisation: Strona et al. find the margins' space mixed after as many


def _check_measure(measure, sector, network) -> None:
    if not callable(measure) and measure not in MEASURES:
        expected = f"one of {', '.join(MEASURES)}, or a function of the graph"
        raise wrong("measure", repr(measure), expected, "Write measure='clustering'")
    if measure != "cross_sector_share":
        return
    if sector is None:
        raise wrong("sector", "none", "a sector for every organisation", "Write sector=…")
    for graph in by_period(network).values():
        two_mode_only(graph, "curveball")
        for node, kind in graph.nodes(data="bipartite"):
            if kind == 0 and node not in sector:
                found = f"no sector for {node!r}"
                raise wrong("sector", found, "a sector for every organisation", "Add it")


def _against(graph: nx.Graph, measure, sector, draws: int, seed: int) -> Estimate:
    two_mode_only(graph, "curveball")
    organisations, meetings, matrix = attendance_matrix(graph)
    shared = dict(n=len(organisations), of="organisations", method="curveball, margins kept")
    told = stated(graph) | {"draws": draws, "seed": seed}

    def value_of(attended: np.ndarray) -> float:
        if callable(measure):
            return measure(_graph(graph, organisations, meetings, attended))
        return _measured(measure, attended, organisations, sector, graph, meetings)

    value = value_of(matrix) if matrix.size else None
    if value is None or not np.isfinite(value):
        return not_estimable("too few attendances to define it", **shared, details=told)
    drawn, moved = [], False
    for attended in attendances_by_chance(graph, draws=draws, seed=seed):
        moved = moved or not np.array_equal(attended, matrix)
        drawn.append(value_of(attended))
    if not moved:
        reason = "no other arrangement has the same attendance"
        return not_estimable(reason, **shared, details=told)
    drawn = np.array([one for one in drawn if one is not None and np.isfinite(one)], float)
    if len(drawn) < draws:
        return not_estimable("not defined in every draw", **shared, details=told)
    return Estimate(value=float(value), **shared, details=told | _tails(value, drawn))


def _tails(value: float, drawn: np.ndarray) -> dict:
    expected, slack = float(drawn.mean()), 1e-10 * max(1.0, abs(value))
    tails = {
        "p_value": np.abs(drawn - expected) >= abs(value - expected) - slack,
        "p_greater": drawn >= value - slack,
        "p_less": drawn <= value + slack,
    }
    low, high = np.quantile(drawn, [0.025, 0.975])
    found = {name: float((tail.sum() + 1) / (len(drawn) + 1)) for name, tail in tails.items()}
    return found | {"expected": expected, "low": float(low), "high": float(high)}


def _measured(measure, attended, organisations, sector, graph, meetings) -> float | None:
    if measure == "clustering":
        rebuilt = _graph(graph, organisations, meetings, attended)
        return measure_network(rebuilt)[0]["clustering"][0]
    shared = attended.astype(float) @ attended.T.astype(float)
    pairs = np.triu_indices(len(shared), 1)
    if not len(pairs[0]):
        return None
    if measure == "shared_meetings_variance":
        return float(shared[pairs].var())
    groups = np.array([str(sector[node]) for node in organisations])
    crossing, total = groups[pairs[0]] != groups[pairs[1]], shared[pairs].sum()
    return float(shared[pairs][crossing].sum() / total) if total else None


def _rows(matrix: np.ndarray) -> list[set]:
    return [set(np.flatnonzero(row).tolist()) for row in matrix]


def _trade(rows: list[set], generator: np.random.Generator, trades: int) -> list[set]:
    """Pairs of organisations trade what only one of the two attended, each keeping its number."""
    rows = list(rows)
    if len(rows) < 2:
        return rows
    for _ in range(trades):
        one, other = generator.choice(len(rows), 2, replace=False)
        only_one, only_other = rows[one] - rows[other], rows[other] - rows[one]
        if not only_one or not only_other:
            continue
        pool = generator.permutation(sorted(only_one | only_other)).tolist()
        common, kept = rows[one] & rows[other], len(only_one)
        rows[one], rows[other] = common | set(pool[:kept]), common | set(pool[kept:])
    return rows


def _matrix(rows: list[set], shape: tuple) -> np.ndarray:
    matrix = np.zeros(shape, dtype=bool)
    for number, row in enumerate(rows):
        matrix[number, sorted(row)] = True
    return matrix


def _graph(graph: nx.Graph, organisations: list, meetings: list, attended: np.ndarray) -> nx.Graph:
    drawn = nx.Graph(**graph.graph)
    drawn.add_nodes_from(organisations, bipartite=0)
    drawn.add_nodes_from(meetings, bipartite=1)
    drawn.add_edges_from((organisations[i], meetings[k]) for i, k in np.argwhere(attended))
    return drawn
