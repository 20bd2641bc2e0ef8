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
