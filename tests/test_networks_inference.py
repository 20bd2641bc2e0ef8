"""Tests against chance, intervals and bounds: each agrees with a second way of computing it."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from rr_helpers import networks
from rr_helpers.errors import UserError
from rr_helpers.study.synthetic import ties as synthetic_ties
from rr_helpers.study.synthetic.panels import panel_members
from rr_helpers.study.synthetic.places import INTERVIEW_SITES, make_places


def off_diagonal(matrix):
    return matrix[~np.eye(len(matrix), dtype=bool)]


def test_mrqap_permutes_the_residual_of_each_predictor_as_dekker_does():
    # A second computation, matrix by matrix, of double semi-partialling (Dekker et al. 2007).
    graphs = [nx.gnp_random_graph(11, 0.35, seed=s, directed=True) for s in (1, 2, 3)]
    y, x, z = (nx.to_numpy_array(graph) for graph in graphs)
    found = networks.mrqap(graphs[0], {"x": graphs[1], "z": graphs[2]}, permutations=100, seed=4)

    def t_of(first):
        columns = [np.ones(110), off_diagonal(first), off_diagonal(z)]
        design, outcome = np.column_stack(columns), off_diagonal(y)
        inverse = np.linalg.inv(design.T @ design)
        slope = inverse @ design.T @ outcome
        residual = outcome - design @ slope
        return slope[1] / np.sqrt(residual @ residual / 107 * inverse[1, 1])

    partial = np.zeros_like(x)
    on_z = np.column_stack([np.ones(110), off_diagonal(z)])
    fitted = on_z @ np.linalg.lstsq(on_z, off_diagonal(x))[0]
    partial[~np.eye(11, dtype=bool)] = off_diagonal(x) - fitted
    draw = np.random.default_rng(4)
    orders = [draw.permutation(11) for _ in range(100)]
    drawn = np.array([t_of(partial[np.ix_(order, order)]) for order in orders])
    assert found["x"].details["t"] == pytest.approx(t_of(x))
    as_far = np.sum(np.abs(drawn) >= abs(t_of(x)) - 1e-9)
    assert found["x"].details["p_value"] == pytest.approx((as_far + 1) / 101)


def test_mrqap_without_direction_counts_each_pair_once():
    graphs = [nx.gnp_random_graph(12, 0.4, seed=s) for s in (1, 2)]
    y, x = (nx.to_numpy_array(graph)[np.tril_indices(12, -1)] for graph in graphs)
    found = networks.mrqap(graphs[0], {"x": graphs[1]}, permutations=10)["x"]
    r = np.corrcoef(x, y)[0, 1]
    assert found.details["pairs"] == 66
    assert found.details["t"] == pytest.approx(r * np.sqrt(64 / (1 - r**2)))
    assert found.details["r_squared"] == pytest.approx(r**2)


def test_mrqap_holds_its_size_where_predictors_are_correlated():
    draw, runs, rejected = np.random.default_rng(8), 100, 0
    for _ in range(runs):
        senders = draw.normal(0, 1, 14)
        common = senders[:, None] + draw.normal(0, 1, (14, 14))
        x = common + draw.normal(0, 0.5, (14, 14))
        outcome = common + draw.normal(0, 1, (14, 14)) > 0.5
        np.fill_diagonal(outcome, False)
        z = senders[:, None] + 0.5 * draw.normal(0, 1, (14, 14))
        unrelated = 0.8 * x + draw.normal(0, 1, (14, 14))
        graph = nx.from_numpy_array(outcome, create_using=nx.DiGraph)
        found = networks.mrqap(graph, {"x": x, "z": z, "u": unrelated}, permutations=99)
        rejected += found["u"].details["p_value"] <= 0.05
    assert rejected / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_curveball_reaches_every_arrangement_of_the_margins_alike():
    # Organisations that attended 2, 1 and 1 of three panels with 2, 1 and 1 present: five tables.
    pairs = [("a", "p"), ("a", "q"), ("b", "p"), ("c", "r")]
    graph = networks.two_mode(pd.DataFrame(pairs, columns=["org", "panel"]), "org", "panel")
    seen = [
        frozenset(map(frozenset, networks.shuffle_attendance(graph, seed=s).edges))
        for s in range(1000)
    ]
    counts = np.array([seen.count(table) for table in set(seen)])
    assert len(counts) == 5
    assert np.sum((counts - 200) ** 2 / 200) < 18.5  # chi-squared on 4 degrees, 0.1%


def test_curveball_finds_pairs_that_keep_meeting_and_not_their_absence():
    draw, cliques, chance = np.random.default_rng(3), [], []
    for _ in range(20):
        faithful = [(f"org {i}", f"p{j}") for j in range(20) for i in range(10) if i % 2 == j % 2]
        anyone = [(f"org {i}", f"p{j}") for j in range(20) for i in draw.choice(10, 5, False)]
        for pairs, found in ((faithful, cliques), (anyone, chance)):
            graph = networks.two_mode(pd.DataFrame(pairs, columns=["o", "p"]), "o", "p")
            found.append(networks.curveball(graph, draws=99).details["p_greater"])
    assert max(cliques) <= 0.01
    assert np.mean(np.array(chance) <= 0.05) <= 0.2


def test_newman_weights_of_one_meeting_add_up_to_one_for_each_who_came():
    frame = pd.DataFrame({"org": list("abcd"), "panel": "p"})
    projected = networks.project(networks.two_mode(frame, "org", "panel"))
    assert projected.degree("a", weight="weight") == pytest.approx(1)
    assert projected["a"]["b"] == {"meetings": 1, "weight": pytest.approx(1 / 3)}


@pytest.mark.parametrize(
    "analyse",
    [
        lambda graph: networks.brokerage(graph, {}),
        lambda graph: networks.ei_index(graph, {}),
        lambda graph: networks.qap_correlation(graph, graph),
        lambda graph: networks.mrqap(graph, {"x": graph}),
        lambda graph: networks.compare_periods({1: graph, 2: graph}),
        lambda graph: networks.fragmentation(graph),
        lambda graph: networks.key_players(graph),
        lambda graph: networks.core_periphery(graph),
        lambda graph: networks.network_estimates(graph, {"density": "d"}, interval="bootstrap"),
        lambda graph: networks.missing_bounds(graph, []),
    ],
)
def test_a_projection_is_never_analysed_as_ties_that_formed_one_by_one(analyse):
    frame = pd.DataFrame({"org": list("abcab"), "panel": list("pppqq")})
    projected = networks.project(networks.two_mode(frame, "org", "panel"))
    with pytest.raises(UserError, match="a projection of organisations by meetings"):
        analyse(projected)


def test_a_projection_is_described_without_its_built_in_triangles():
    frame = pd.DataFrame({"org": list("abcab"), "panel": list("pppqq")})
    projected = networks.project(networks.two_mode(frame, "org", "panel"))
    described = networks.describe_network(projected).set_index("measure")
    assert described.loc["transitivity", "reason"].startswith("a meeting of three is a triangle")


def test_communities_of_the_karate_club_have_the_best_known_modularity():
    # 0.4198 in 4 communities: proven optimal, Brandes et al. 2008, IEEE TKDE 20:172.
    found = networks.communities(nx.karate_club_graph(), weight=None)
    assert found["modularity"].iloc[0] == pytest.approx(0.4198, abs=5e-5)
    assert found["community"].max() == 4


def test_communities_beat_louvain_and_are_connected():
    for seed in range(10):
        graph = nx.gnm_random_graph(120, 300, seed=seed)
        found = networks.communities(graph, seed=seed)
        groups = [set(part["node"]) for _, part in found.groupby("community")]
        assert all(nx.is_connected(graph.subgraph(group)) for group in groups)
        value = nx.community.modularity(graph, groups)
        assert found["modularity"].iloc[0] == pytest.approx(value)
        louvain = nx.community.louvain_communities(graph, seed=seed)
        assert value >= nx.community.modularity(graph, louvain)


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_core_is_the_best_of_all_cores(seed):
    graph = nx.gnp_random_graph(7, 0.2 + seed / 25, seed=seed, directed=seed % 2 == 1)
    ties, best = off_diagonal(nx.to_numpy_array(graph)), -1.0
    for size in range(1, 6):
        for chosen in itertools.combinations(range(7), size):
            core = np.isin(np.arange(7), chosen)
            ideal = off_diagonal(core[:, None] | core)
            if ideal.any() and not ideal.all():
                best = max(best, np.corrcoef(ties, ideal)[0, 1])
    found = networks.core_periphery(graph)
    assert found["core_fit"].iloc[0] == pytest.approx(best)
    coreness = found["coreness"].to_numpy(float)
    fit = np.corrcoef(ties, off_diagonal(np.outer(coreness, coreness)))[0, 1]
    assert found["coreness_fit"].iloc[0] == pytest.approx(fit, abs=1e-4)


def test_the_vertex_bootstrap_has_the_error_of_independent_computation():
    # Density of an undirected random network: its error is near that of independent pairs, with
    # a vertex bootstrap that is known to be wide (Snijders & Borgatti 1999, table 1).
    graph = nx.gnp_random_graph(30, 0.3, seed=2)
    estimates = networks.network_estimates(
        graph, {"density": "Density"}, interval="bootstrap", draws=400
    )
    error = estimates.loc["all", "Density"].details["standard_error"]
    independent = np.sqrt(0.3 * 0.7 / 435)
    assert independent < error < 3 * independent


def test_leaving_out_the_hub_of_a_star_leaves_nothing():
    left = networks.leave_one_out(nx.star_graph(4), "mean_degree").set_index("left_out")
    assert left.loc[0, "value"] == 0
    assert left.loc[1, "change"] == pytest.approx(6 / 4 - 8 / 5)
    by_function = networks.leave_one_out(nx.star_graph(4), nx.number_of_edges, among=[0])
    assert by_function["value"].tolist() == [0]


@pytest.mark.parametrize("directed", [True, False])
def test_bounds_are_the_least_and_most_of_every_way_the_silent_could_have_answered(directed):
    kind = nx.DiGraph if directed else nx.Graph
    graph = nx.gnp_random_graph(4, 0.5, seed=3, directed=directed)
    sector = {0: "a", 1: "b", 2: "a", 3: "b"}
    silent = [3] if directed else [2, 3]
    open_pairs = [
        (i, k) for i, k in itertools.permutations(graph, 2)
        if i in silent and (directed or (k in silent and i < k)) and not graph.has_edge(i, k)
    ]  # fmt: skip
    possible = {"density": [], "reciprocity": [], "ei_index": [], "distance_weighted": []}
    for said in itertools.product([False, True], repeat=len(open_pairs)):
        one = kind(graph)
        one.add_edges_from(pair for pair, yes in zip(open_pairs, said, strict=True) if yes)
        described = networks.describe_network(one).set_index("measure")["value"]
        possible["density"].append(described["density"])
        possible["reciprocity"].append(described.get("reciprocity"))
        possible["ei_index"].append(networks.ei_index(one, sector, permutations=1).value)
        weighted = networks.fragmentation(one)["distance_weighted"].iloc[0]
        possible["distance_weighted"].append(weighted)
    answered = [node for node in graph if node not in silent]
    bounds = networks.missing_bounds(graph, answered, sector).set_index("measure")
    for measure, values in possible.items():
        if measure in bounds.index:
            assert bounds.loc[measure, "lower"] == pytest.approx(min(values)), measure
            assert bounds.loc[measure, "upper"] == pytest.approx(max(values)), measure
    assert bounds["response"].unique() == [f"{len(answered)} of 4 answered"]


def test_change_in_meetings_leaves_each_organisation_out_of_both_periods():
    draw = np.random.default_rng(5)
    rows = [(f"o{i}", f"p{j}", j >= 8) for j in range(16) for i in range(9) if draw.random() < 0.4]
    frame = pd.DataFrame(rows, columns=["org", "panel", "later"])
    network = networks.two_mode(frame, "org", "panel", "later")
    found = networks.compare_periods(network).set_index("measure").loc["density_change"]
    tables = [pd.crosstab(part["org"], part["panel"]) for _, part in frame.groupby("later")]
    first, second = (table.reindex(sorted(frame["org"].unique()), fill_value=0) for table in tables)
    value = second.to_numpy().mean() - first.to_numpy().mean()
    without = np.array([
        np.delete(second.to_numpy(), i, 0).mean() - np.delete(first.to_numpy(), i, 0).mean()
        for i in range(9)
    ])  # fmt: skip
    error = np.sqrt(8 / 9 * np.sum((without - without.mean()) ** 2))
    assert found["value"] == pytest.approx(value)
    assert found["high"] - value == pytest.approx(2.306004 * error)  # t(8)


def panels_of(places):
    graph = nx.Graph()
    for site in INTERVIEW_SITES:
        graph.add_edges_from(itertools.combinations(panel_members(site, places), 2))
    return graph


def test_planted_handover_is_found_in_synthetic_studies_and_no_handover_is_not():
    found, falsely, by_place, by_pair = [], [], [], []
    for seed in range(5):
        places = make_places(seed)
        sectors = places.sector_of()
        team = [org for org, sector in sectors.items() if sector == "RR_coordination"]
        frame = synthetic_ties.make_ties(seed, places)
        network = networks.ties(frame, "from_org_id", "to_org_id", "period_start")
        halves = list(network)
        change = networks.brokerage_change(network, team)[halves[0], halves[-1]]
        found.append(change.high < 0)
        again = synthetic_ties.make_ties(seed + 500, places)
        again = networks.ties(again, "from_org_id", "to_org_id", "period_start")[halves[0]]
        same = networks.brokerage_change({1: network[halves[0]], 2: again}, team)[1, 2]
        falsely.append(same.estimable and not same.low <= 0 <= same.high)
        # Whether sharing a coordinator brings ties is not planted: only place does.
        steps = {half: network[half] for half in halves[:2]}
        by_place += networks.ties_after_brokerage(steps, team).values()
        compared = networks.ties_after_brokerage(steps, team, opportunity=panels_of(places))
        by_pair += compared.values()
    assert all(found)
    assert sum(falsely) <= 2
    assert np.mean([estimate.value for estimate in by_place]) > 2
    assert sum(not one.low <= 0 <= one.high for one in by_pair) <= 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g: networks.mrqap(g, g), "argument 'predictors': a Graph"),
        (lambda g: networks.mrqap(g, {}), "argument 'predictors': none"),
        (lambda g: networks.mrqap(g, {"x": np.eye(2)}), "a matrix of shape (2, 2)"),
        (lambda g: networks.communities(g, resolution=0), "argument 'resolution': 0"),
        (lambda g: networks.project(g), "argument 'network': ties between nodes of one kind"),
        (lambda g: networks.curveball(g, "density"), "argument 'measure': 'density'"),
        (lambda g: networks.missing_bounds(g), "argument 'respondents': none"),
        (lambda g: networks.missing_bounds(g, ["x"]), "'x', not within the boundary"),
        (lambda g: networks.leave_one_out(g, "densty"), "argument 'measure': 'densty'"),
        (
            lambda g: networks.network_estimates(g, {"density": "d"}, interval="normal"),
            "argument 'interval': 'normal'",
        ),
        (
            lambda g: networks.compare_periods({1: g, 2: g}, measures=["denstiy"]),
            "argument 'measures': 'denstiy'",
        ),
    ],
)
def test_wrong_input_names_the_argument(call, words):
    with pytest.raises(UserError) as caught:
        call(nx.path_graph(5))
    assert words in str(caught.value)


def test_boundary_and_response_are_said_with_every_result():
    frame = pd.DataFrame({"a": ["x", "y", "z"], "b": ["y", "z", "x"]})
    graph = networks.ties(frame, "a", "b", nodes=list("vwxyz"), respondents=list("xyz"))
    sector = dict(zip("vwxyz", "aabbb", strict=True))
    told = {"boundary": "listed beforehand", "response": "3 of 5 answered"}
    tables = [
        networks.describe_network(graph),
        networks.centrality(graph),
        networks.brokerage(graph, sector),
        networks.fragmentation(graph),
        networks.key_players(graph),
        networks.communities(graph),
        networks.core_periphery(graph),
        networks.leave_one_out(graph),
        networks.missing_bounds(graph),
        networks.compare_periods({1: graph, 2: graph}),
    ]
    for table in tables:
        assert table[list(told)].drop_duplicates().to_dict("records") == [told]
    estimates = [
        networks.ei_index(graph, sector, permutations=9),
        networks.qap_correlation(graph, graph, permutations=9),
        *networks.mrqap(graph, {"x": graph.reverse()}, permutations=9).values(),
        networks.brokerage_share(graph, ["x"]),
        networks.network_estimates(graph, {"density": "d"}).loc["all", "d"],
    ]
    for estimate in estimates:
        assert {name: estimate.details[name] for name in told} == told
