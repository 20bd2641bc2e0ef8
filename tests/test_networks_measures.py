import networkx as nx
import numpy as np
import pandas as pd
import pytest

from rr_helpers.errors import UserError
from rr_helpers.networks import (
    brokerage,
    brokerage_change,
    brokerage_share,
    centrality,
    compare_periods,
    describe_network,
    ei_index,
    fragmentation,
    key_players,
    qap_correlation,
    resemblance,
    ties,
    ties_after_brokerage,
    two_mode,
)
from rr_helpers.networks.brokerage import left_out


def attendance():
    return pd.DataFrame(
        {
            "org": ["A", "B", "C", "A", "B", "A", None, "B"],
            "panel": ["p1", "p1", "p1", "p2", "p2", "p3", "p3", "p1"],
            "half": ["2019H1"] * 5 + ["2019H2"] * 2 + ["2019H1"],
        }
    )


def referrals():
    return pd.DataFrame(
        {
            "from": ["A", "A", "B", "C", "C", None, "D"],
            "to": ["B", "B", "A", "C", "B", "A", "A"],
            "year": [1, 1, 1, 1, 2, 2, 2],
            "cases": [2, 3, 1, 4, 0, 1, 5],
        }
    )


def value(described, measure, period="all"):
    row = described[(described["measure"] == measure) & (described["period"] == period)].iloc[0]
    return row["value"]


def test_each_period_is_a_network_over_the_same_organisations():
    graphs = two_mode(attendance(), "org", "panel", "half")
    assert list(graphs) == ["2019H1", "2019H2"]
    described = describe_network(graphs)
    assert value(described, "organisations", "2019H2") == 3
    assert value(described, "organisations_never_attending", "2019H2") == 2
    assert value(described, "mean_attendance", "2019H1") == pytest.approx(5 / 2)
    assert value(described, "density", "2019H1") == pytest.approx(5 / 6)
    assert graphs["2019H2"].graph["dropped"] == 1


def test_clustering_is_that_of_robins_and_alexander_as_networkx_has_it():
    graph = nx.bipartite.random_graph(12, 9, 0.4, seed=5)
    names = {node: f"{'op'[kind]}{node}" for node, kind in graph.nodes(data="bipartite")}
    graph = nx.relabel_nodes(graph, names)
    oracle = nx.bipartite.robins_alexander_clustering(graph)
    assert value(describe_network(graph), "clustering") == pytest.approx(oracle)


def test_repeated_ties_add_up_and_blank_self_and_zero_ties_are_counted():
    graph = ties(referrals(), "from", "to", weight="cases")
    assert graph["A"]["B"]["weight"] == 5
    assert {name: graph.graph[name] for name in ("dropped", "self_ties", "zero_ties")} == {
        "dropped": 1,
        "self_ties": 1,
        "zero_ties": 1,
    }
    assert set(graph.edges) == {("A", "B"), ("B", "A"), ("D", "A")}
    assert ties(referrals(), "from", "to")["A"]["B"]["weight"] == 2


def test_those_without_ties_count_within_the_boundary():
    graph = ties(referrals(), "from", "to", nodes=["A", "B", "C", "D", "E"])
    described = describe_network(graph)
    assert value(described, "isolates") == 1
    assert value(described, "density") == pytest.approx(4 / 20)


def test_measures_agree_with_networkx_on_a_random_network():
    graph = nx.gnp_random_graph(25, 0.15, seed=3, directed=True)
    described = describe_network(graph)
    assert value(described, "density") == pytest.approx(nx.density(graph))
    assert value(described, "reciprocity") == pytest.approx(nx.reciprocity(graph))
    undirected = graph.to_undirected()
    found = value(describe_network(undirected), "transitivity")
    assert found == pytest.approx(nx.transitivity(undirected))


def test_a_star_is_wholly_centralised():
    described = describe_network(nx.star_graph(6))
    assert value(described, "degree_centralisation") == pytest.approx(1)
    assert value(described, "betweenness_centralisation") == pytest.approx(1)


def test_a_measure_that_is_not_defined_is_blank_with_its_reason():
    described = describe_network(nx.empty_graph(2)).set_index("measure")
    assert described.loc["transitivity", "reason"] == "no path of two ties"
    assert pd.isna(described.loc["transitivity", "value"])
    assert described.loc["density", "reason"] == ""


def test_brokerage_roles_are_those_of_gould_and_fernandez():
    graph = nx.DiGraph([("a", "j"), ("j", "b"), ("j", "c"), ("a", "c"), ("d", "j"), ("e", "j")])
    sector = {"a": 1, "b": 1, "j": 1, "c": 2, "d": 2, "e": 3}
    roles = brokerage(graph, sector)
    counts = roles[roles["node"] == "j"].set_index("role")["count"].to_dict()
    # a-j-b coordinator; d-j-b and e-j-b gatekeeper; d-j-c itinerant; e-j-c liaison; a-c is tied.
    assert counts == {"coordinator": 1, "itinerant": 1, "representative": 0, "gatekeeper": 2,
                      "liaison": 1}  # fmt: skip


def test_brokerage_share_agrees_with_group_betweenness_of_networkx():
    graph = nx.gnp_random_graph(18, 0.3, seed=4, directed=True)
    assert nx.is_strongly_connected(graph)
    share = brokerage_share(graph, [0, 1, 2])
    oracle = nx.group_betweenness_centrality(graph, [0, 1, 2], normalized=True)
    assert share.value == pytest.approx(100 * oracle)
    assert share.n == 15


def test_the_interval_is_the_jackknife_by_removing_each_organisation():
    graph = nx.complete_graph(9, create_using=nx.DiGraph)
    graph.remove_edges_from([(3, 4), (4, 5), (5, 3), (6, 3), (7, 8), (8, 4), (3, 8)])
    share = brokerage_share(graph, [0, 1])
    without = []
    for without_one in range(2, 9):
        rest = graph.subgraph([node for node in graph if node != without_one])
        without.append(100 * nx.group_betweenness_centrality(rest, [0, 1], normalized=True))
    error = np.sqrt(6 / 7 * np.sum((np.array(without) - share.value) ** 2))
    assert share.high == pytest.approx(share.value + 2.446912 * error)  # t(6)


def test_handing_over_brokerage_shows_as_a_falling_share():
    hub = nx.star_graph(8)
    handed_over = hub.copy()
    handed_over.add_edges_from([(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 1)])
    shares = brokerage_share({"before": hub, "after": handed_over}, [0])
    assert shares["before"].details["share"] == 100
    assert shares["before"].reason == "the share is the same whichever organisation is left out"
    assert shares["after"].details["connected_only_by_brokers"] == 0


def test_brokers_absent_from_a_period_make_it_not_estimable():
    graphs = {1: nx.path_graph(6), 2: nx.path_graph(range(1, 6))}
    shares = brokerage_share(graphs, [0])
    assert shares[2].reason == "no broker is in the network"
    with pytest.raises(UserError, match="argument 'brokers': no node of the network"):
        brokerage_share(graphs, ["coordinator"])


def heterogeneous(draw, organisations=20, brokers=3):
    """Organisations that differ in how many ties they send and receive, and three coordinators."""
    count = organisations + brokers
    sends, receives = (np.append(draw.normal(0, 0.6, organisations), [0] * brokers) for _ in "sr")
    base = np.full((count, count), np.log(0.1 / 0.9))
    base[organisations:], base[:, organisations:] = np.log(0.4 / 0.6), np.log(0.4 / 0.6)
    chance = 1 / (1 + np.exp(-(base + sends[:, None] + receives[None, :])))
    matrix = draw.random((count, count)) < chance
    np.fill_diagonal(matrix, False)
    return nx.from_numpy_array(matrix, create_using=nx.DiGraph), range(organisations, count)


def test_intervals_of_the_brokerage_share_cover():
    draw, runs = np.random.default_rng(21), 150
    shares = [brokerage_share(*heterogeneous(draw)) for _ in range(runs)]
    truth = np.mean([share.value for share in shares])
    held = np.mean([share.low <= truth <= share.high for share in shares])
    assert 0.90 <= held <= 1  # 95% less three Monte Carlo standard errors


def handing_over(draw, organisations=20, *, handover):
    """Two periods; with handover, pairs that share a coordinator tie up far more in the second."""
    first, brokers = heterogeneous(draw, organisations)
    second = first.copy()
    for one in range(organisations):
        for other in range(organisations):
            shares = any(first.has_edge(one, b) and first.has_edge(b, other) for b in brokers)
            if one != other and draw.random() < (0.3 if handover and shares else 0.1):
                second.add_edge(one, other)
    return {"2019": first, "2020": second}, brokers


def test_planted_handover_is_found_and_its_absence_is_not():
    draw, runs = np.random.default_rng(13), 60
    planted, absent = (
        [ties_after_brokerage(*handing_over(draw, handover=handover)) for _ in range(runs)]
        for handover in (True, False)
    )
    found = [study["2019", "2020"].low > 0 for study in planted]
    falsely = [not study["2019", "2020"].low <= 0 <= study["2019", "2020"].high for study in absent]
    assert np.mean(found) > 0.8
    assert np.mean(falsely) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_the_change_in_brokerage_is_the_later_share_minus_the_earlier():
    network, brokers = handing_over(np.random.default_rng(3), handover=True)
    shares, change = brokerage_share(network, brokers), brokerage_change(network, brokers)
    assert list(change) == [("2019", "2020")]
    fall = change["2019", "2020"]
    assert fall.value == pytest.approx(shares["2020"].value - shares["2019"].value)
    assert fall.low < fall.value < 0
    assert fall.n == 20


def test_brokerage_that_does_not_change_is_not_said_to():
    draw, runs, held = np.random.default_rng(17), 80, 0
    for _ in range(runs):
        (first, brokers), (second, _) = heterogeneous(draw), heterogeneous(draw)
        change = brokerage_change({1: first, 2: second}, brokers)[1, 2]
        held += change.low <= 0 <= change.high
    assert held / runs >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)


def test_three_periods_give_each_step_and_the_whole_way():
    network = {year: nx.gnp_random_graph(9, 0.4, seed=year) for year in (1, 2, 3)}
    assert list(brokerage_change(network, [0])) == [(1, 2), (2, 3), (1, 3)]
    assert list(ties_after_brokerage(network, [0])) == [(1, 2), (2, 3)]


def test_ties_after_brokerage_counts_both_kinds_of_pair():
    first = nx.DiGraph([("a", "R"), ("R", "b"), ("R", "c"), ("d", "c")])
    second = nx.DiGraph([("a", "b"), ("d", "a"), ("b", "R"), ("c", "d")])
    estimate = ties_after_brokerage({1: first, 2: second}, ["R"])[1, 2]
    # Joined: a-b (forms) and a-c. Of the other 9 pairs of 4 organisations without a tie, d-a and
    # c-d form.
    counted = {k: estimate.details[k] for k in ("joined_pairs", "joined_new_ties", "other_pairs",
                                                "other_new_ties")}  # fmt: skip
    assert counted == {
        "joined_pairs": 2,
        "joined_new_ties": 1,
        "other_pairs": 9,
        "other_new_ties": 2,
    }


def test_ei_index_expects_what_small_sectors_bring_by_themselves():
    graph = nx.complete_graph(9)
    index = ei_index(graph, dict(zip(range(9), "aaabbbccc", strict=True)))
    # 27 of 36 pairs cross; in a complete network every deal of sectors gives the same.
    assert index.value == pytest.approx(0.5)
    assert index.details["expected"] == pytest.approx(0.5)
    assert index.details["p_value"] == 1


def test_ei_index_finds_ties_that_keep_to_their_sector():
    graph = nx.disjoint_union(nx.complete_graph(6), nx.complete_graph(6))
    index = ei_index(graph, {node: node // 6 for node in graph})
    assert index.value == -1
    assert index.details["p_value"] < 0.02


def test_qap_holds_its_size_where_networks_are_unrelated():
    draw = np.random.default_rng(2)
    seeds = draw.integers(0, 10_000, (120, 2))
    p_values = [
        qap_correlation(
            nx.gnp_random_graph(14, 0.3, seed=int(one), directed=True),
            nx.gnp_random_graph(14, 0.3, seed=int(other), directed=True),
            permutations=99,
        ).details["p_value"]
        for one, other in seeds
    ]
    rejected = np.mean(np.array(p_values) <= 0.05)
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 120)


def test_the_same_seed_gives_the_same_numbers():
    one, other = (nx.gnp_random_graph(12, 0.3, seed=s) for s in (1, 2))
    first, again = (qap_correlation(one, other, permutations=200, seed=7) for _ in range(2))
    assert first.details == again.details


def test_change_in_density_covers_no_change():
    draw, runs, held = np.random.default_rng(6), 150, 0
    for _ in range(runs):
        waves = {}
        sends = draw.normal(0, 0.8, 20)
        for wave in (1, 2):
            chance = 1 / (1 + np.exp(-(-1.5 + sends[:, None] + sends[None, :])))
            matrix = draw.random((20, 20)) < chance
            np.fill_diagonal(matrix, False)
            waves[wave] = nx.from_numpy_array(matrix, create_using=nx.DiGraph)
        change = compare_periods(waves).set_index("measure").loc["density_change"]
        held += change["low"] <= 0 <= change["high"]
    assert held / runs >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)


def test_fragmentation_of_two_halves_is_the_share_of_pairs_apart():
    graph = nx.disjoint_union(nx.complete_graph(4), nx.complete_graph(4))
    assert fragmentation(graph)["fragmentation"].iloc[0] == pytest.approx(32 / 56)
    bridge = nx.path_graph(5)
    assert key_players(bridge)["node"].iloc[0] == 2


def test_centrality_of_an_isolate_has_no_constraint():
    scores = centrality(nx.Graph([(1, 2)])).set_index("node")
    assert scores["constraint"].tolist() == [1, 1]
    graph = nx.Graph([(1, 2)])
    graph.add_node(3)
    assert centrality(graph)["constraint"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ties(referrals(), "from", "too"), "argument 'frame': no column 'too'"),
        (lambda: ties(referrals(), "from", "to", nodes=["A", "B"]), "2 in the table that are not"),
        (lambda: ties([1], "a", "b"), "argument 'frame': a list; expected a table"),
        (
            lambda: ties(referrals().assign(cases=-1), "from", "to", weight="cases"),
            "argument 'weight': a value that is no number, or below 0",
        ),
        (
            lambda: two_mode(attendance().assign(panel="A"), "org", "panel"),
            "argument 'meeting': 'A', also an organisation",
        ),
        (lambda: describe_network("net"), "argument 'network': a str; expected a Graph"),
        (lambda: describe_network({}), "argument 'network': no period"),
        (lambda: describe_network(nx.MultiGraph()), "argument 'network': a MultiGraph"),
        (lambda: brokerage(nx.path_graph(3), {0: "x"}), "no sector for 2 of 3 nodes, the first 1"),
        (
            lambda: brokerage(two_mode(attendance(), "org", "panel"), {}),
            "argument 'network': organisations by meetings; expected ties between organisations",
        ),
        (lambda: brokerage_share(nx.path_graph(3), "R&R"), "argument 'brokers': 'R&R'"),
        (lambda: ei_index(nx.path_graph(3), {}, permutations=0), "argument 'permutations': 0"),
        (
            lambda: qap_correlation(nx.path_graph(5), nx.path_graph(6)),
            "argument 'network_2': 1 nodes that only one network has",
        ),
        (lambda: compare_periods(nx.path_graph(3)), "argument 'network': one period"),
    ],
)
def test_wrong_input_names_the_argument_and_the_cure(call, words):
    with pytest.raises(UserError) as caught:
        call()
    assert words in str(caught.value)


@pytest.mark.parametrize("directed", [True, False])
def test_sparse_measures_are_those_of_networkx(directed):
    for seed in range(12):
        graph = nx.gnp_random_graph(4 + seed, 2 / (4 + seed), seed=seed, directed=directed)
        scores = centrality(graph)
        between = nx.betweenness_centrality(graph, normalized=False)
        assert scores["betweenness"].tolist() == pytest.approx(list(between.values()))
        closeness = list(nx.closeness_centrality(graph).values())
        assert scores["closeness"].tolist() == pytest.approx(closeness)
        if graph.number_of_edges():
            constraint = list(nx.constraint(graph).values())
            np.testing.assert_allclose(scores["constraint"], constraint)
        either, players = graph.to_undirected(), key_players(graph).set_index("node")
        assert set(players.index[players["cutpoint"]]) == set(nx.articulation_points(either))
        for node in graph:
            left = either.subgraph(other for other in either if other != node)
            joined = sum(len(part) * (len(part) - 1) for part in nx.connected_components(left))
            apart = 1 - joined / (len(left) * (len(left) - 1))
            assert players.loc[node, "fragmentation"] == pytest.approx(apart)
            weighted = 1 - nx.global_efficiency(left)
            assert players.loc[node, "distance_weighted"] == pytest.approx(weighted)


def test_two_mode_centrality_is_that_of_networkx():
    for seed in range(8):
        graph = nx.bipartite.random_graph(9, 5, 0.25, seed=seed)
        top = [node for node, kind in graph.nodes(data="bipartite") if kind == 0]
        scores = centrality(graph)
        between = nx.bipartite.betweenness_centrality(graph, top)
        close = nx.bipartite.closeness_centrality(graph, top, normalized=True)
        expected = [between[node] for node in graph]
        assert scores["betweenness_share"].tolist() == pytest.approx(expected)
        assert scores["closeness"].tolist() == pytest.approx([close[node] for node in graph])


def test_long_chains_are_searched_one_by_one_with_the_same_result():
    graph = nx.path_graph(90)
    scores = centrality(graph)
    between = list(nx.betweenness_centrality(graph, normalized=False).values())
    assert scores["betweenness"].tolist() == pytest.approx(between)
    assert fragmentation(graph)["distance_weighted"].iloc[0] == pytest.approx(
        1 - nx.global_efficiency(graph)
    )


def test_a_large_network_is_described_from_a_sample_and_says_so():
    graph = nx.gnm_random_graph(2050, 6150, seed=1, directed=True)
    scores = centrality(graph)
    assert scores["note"].unique().tolist() == ["estimated from paths out of 500 of 2050 nodes"]
    described = describe_network(graph).set_index("measure")
    note = described.loc["betweenness_centralisation", "note"]
    assert note == "estimated from paths out of 500 of 2050 nodes"
    # Paths through all nodes add up to distances less one: exact from the sources that were drawn.
    assert (
        np.corrcoef(scores["betweenness"], scores["in_degree"] * scores["out_degree"])[0, 1] > 0.7
    )
    fragmented = fragmentation(graph)
    assert fragmented["note"].iloc[0] == note
    weakly = nx.weakly_connected_components(graph)
    apart = 1 - sum(len(part) * (len(part) - 1) for part in weakly) / (2050 * 2049)
    assert fragmented["fragmentation"].iloc[0] == pytest.approx(apart)


def test_fragmentation_without_each_of_many_nodes_leaves_distances_out_and_says_so():
    players = key_players(nx.path_graph(400))
    assert players["node"].iloc[0] in (199, 200)
    assert players["reason"].unique().tolist() == ["distance_weighted: more than 300 nodes"]


def test_many_organisations_are_left_out_in_groups_each_once():
    assert [group.tolist() for group in left_out(3)] == [[0], [1], [2]]
    groups = left_out(130)
    assert len(groups) == 50
    assert sorted(np.concatenate(groups)) == list(range(130))


def test_neighbours_on_a_line_resemble_each_other_and_strangers_do_not():
    line = nx.path_graph(40)
    alike = resemblance(line, {node: node for node in line})
    assert alike.value > 0.9 and alike.details["p_value"] < 0.01
    # Every second one: neighbours are as unlike as can be.
    unlike = resemblance(line, {node: node % 2 for node in line})
    assert unlike.value == pytest.approx(-1) and unlike.details["p_value"] < 0.01
    assert alike.details["expected"] == pytest.approx(-1 / 39, abs=0.01)


def test_who_has_no_value_is_left_out_and_counted():
    some = resemblance(nx.path_graph(6), {0: 1.0, 1: 2.0, 2: 2.5, 3: float("nan"), 4: None})
    assert some.n == 3 and some.details["left_out"] == 3
    assert "same value" in resemblance(nx.path_graph(3), dict.fromkeys(range(3), 1)).reason
    assert "no ties" in resemblance(nx.empty_graph(3), {0: 1, 1: 2, 2: 3}).reason
