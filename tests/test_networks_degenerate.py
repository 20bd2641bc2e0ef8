"""Any network gives an estimate, a table or a reason: no traceback, no NaN posed as an estimate."""

import math

import networkx as nx
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rr_helpers import networks
from rr_helpers.errors import UserError

CASES = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
NAMES = st.sampled_from("ABCDEF")
BLANKS = st.one_of(st.none(), NAMES)


@st.composite
def graphs(draw, directed=None):
    directed = draw(st.booleans()) if directed is None else directed
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(draw(st.integers(0, 7))))
    pairs = [(i, k) for i in graph for k in graph if i != k]
    graph.add_edges_from(draw(st.lists(st.sampled_from(pairs), max_size=20)) if pairs else [])
    return graph


def assert_honest(estimate):
    if estimate.estimable:
        low, high = estimate.low, estimate.high
        assert math.isfinite(estimate.value)
        assert (low is None) == (high is None)
        assert low is None or low - 1e-9 <= estimate.value <= high + 1e-9
    else:
        assert len(estimate.reason) > 10


def assert_blank_with_reason(table):
    assert (table["value"].isna() == (table["reason"] != "")).all()


@CASES
@given(graphs())
def test_describing_any_network(graph):
    assert_blank_with_reason(networks.describe_network(graph))
    assert_blank_with_reason(networks.describe_network(graph, {node: node % 2 for node in graph}))


@CASES
@given(graphs())
def test_measures_of_any_network(graph):
    assert len(networks.centrality(graph)) == len(graph)
    assert len(networks.brokerage(graph, {node: node % 3 for node in graph})) == 5 * len(graph)
    assert networks.fragmentation(graph)["fragmentation"].dropna().between(0, 1).all()
    assert len(networks.key_players(graph)) == len(graph)
    assert_honest(networks.ei_index(graph, {node: node % 2 for node in graph}, permutations=20))
    assert_honest(networks.resemblance(graph, {node: node % 3 for node in graph}, permutations=20))


@CASES
@given(graphs(), st.sets(st.integers(0, 6), max_size=3))
def test_brokerage_share_of_any_network(graph, brokers):
    try:
        share = networks.brokerage_share(graph, brokers)
    except UserError:
        assert not brokers & set(graph)
    else:
        assert_honest(share)


@CASES
@given(graphs(directed=True), graphs(directed=True), st.sets(st.integers(0, 6), max_size=3))
def test_handover_between_any_two_networks(one, other, brokers):
    for function in (networks.brokerage_change, networks.ties_after_brokerage):
        try:
            estimates = function({1: one, 2: other}, brokers)
        except UserError:
            assert not brokers & (set(one) | set(other))
        else:
            for estimate in estimates.values():
                assert_honest(estimate)


@CASES
@given(graphs(directed=True), graphs(directed=True))
def test_comparing_any_two_networks(one, other):
    table = networks.compare_periods({1: one, 2: other})
    assert_blank_with_reason(table)
    try:
        assert_honest(networks.qap_correlation(one, other, permutations=20))
    except UserError:
        assert set(one) != set(other)


@CASES
@given(st.lists(st.tuples(BLANKS, BLANKS, st.sampled_from([1, 2, None])), max_size=12))
def test_ties_and_attendance_of_any_table(rows):
    frame = pd.DataFrame(rows, columns=["org", "other", "period"])
    for network in (
        networks.ties(frame, "org", "other", "period"),
        networks.ties(frame, "org", "other"),
    ):
        if network != {}:
            assert_blank_with_reason(networks.describe_network(network))
    panels = frame.assign(other=frame["other"].map(lambda name: name and f"panel {name}"))
    graph = networks.two_mode(panels, "org", "other")
    assert_blank_with_reason(networks.describe_network(graph))
    assert len(networks.centrality(graph)) == len(graph)


@CASES
@given(graphs(), st.integers(0, 3))
def test_groups_and_cores_of_any_network(graph, seed):
    found = networks.communities(graph, seed=seed)
    assert len(found) == len(graph)
    assert (found["modularity"].isna() == (found["reason"] != "")).all()
    core = networks.core_periphery(graph, seed=seed)
    assert (core["core_fit"].isna() == (core["reason"] != "")).all()
    assert core["core_fit"].dropna().between(-1, 1).all()


@CASES
@given(graphs(), graphs(), graphs())
def test_regressing_any_network_on_any_others(outcome, one, other):
    try:
        estimates = networks.mrqap(outcome, {"one": one, "other": other}, permutations=9)
    except UserError:
        alike = outcome.is_directed() or not (one.is_directed() or other.is_directed())
        assert not (set(outcome) == set(one) == set(other)) or not alike
    else:
        assert list(estimates) == ["intercept", "one", "other"]
        for estimate in estimates.values():
            assert_honest(estimate)


@CASES
@given(graphs(), st.sets(st.integers(0, 6), max_size=4))
def test_bounds_hold_what_was_observed(graph, answered):
    try:
        bounds = networks.missing_bounds(graph, answered, {node: node % 2 for node in graph})
    except UserError:
        assert not answered <= set(graph)
    else:
        assert (bounds["observed"].isna() == (bounds["reason"] != "")).all()
        inside = bounds.dropna(subset=["observed"])
        assert (inside["lower"] <= inside["observed"] + 1e-9).all()
        assert (inside["observed"] <= inside["upper"] + 1e-9).all()


@CASES
@given(graphs(), st.sampled_from(["density", "transitivity", "degree_centralisation", "isolates"]))
def test_leaving_out_each_of_any_network(graph, measure):
    try:
        left = networks.leave_one_out(graph, measure)
    except UserError:
        assert measure == "degree_centralisation" and graph.is_directed()
    else:
        assert len(left) == len(graph)
        assert (left["change"].isna() == (left["reason"] != "")).all()


@CASES
@given(graphs(), st.sampled_from(["jackknife", "bootstrap"]))
def test_estimates_of_any_network(graph, interval):
    measures = {"density": "Density", "transitivity": "Transitivity"}
    estimates = networks.network_estimates(graph, measures, interval=interval, draws=9)
    for estimate in estimates.iloc[0]:
        assert_honest(estimate)


@CASES
@given(
    st.lists(st.tuples(BLANKS, BLANKS), max_size=14),
    st.sampled_from(["clustering", "shared_meetings_variance", "cross_sector_share"]),
)
def test_meetings_of_any_table_against_chance(rows, measure):
    frame = pd.DataFrame(rows, columns=["org", "other"])
    panels = frame.assign(other=frame["other"].map(lambda name: name and f"panel {name}"))
    graph = networks.two_mode(panels, "org", "other")
    sector = {org: org in "ABC" for org in "ABCDEF"}
    estimate = networks.curveball(graph, measure, sector, draws=9)
    assert_honest(estimate)
    shuffled = networks.shuffle_attendance(graph, seed=2)
    assert dict(shuffled.degree()) == dict(graph.degree())
    projected = networks.project(graph)
    assert all(data["weight"] > 0 for *_, data in projected.edges(data=True))
    for period in ("before", "after"):
        assert_blank_with_reason(networks.describe_network({period: projected}))
    assert_blank_with_reason(networks.compare_periods({1: graph, 2: shuffled}).assign(x=1))
