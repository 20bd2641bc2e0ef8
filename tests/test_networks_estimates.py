"""Measures of a network as Estimates: the jackknife, its limits, and what is refused."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from rr_helpers.errors import UserError
from rr_helpers.networks import describe_network, network_estimates, ties, two_mode
from rr_helpers.networks.estimates import values_without_each


@pytest.fixture
def attendance():
    rng = np.random.default_rng(5)
    pairs = {(f"org {i}", f"panel {j}") for i, j in rng.integers(0, 15, (90, 2))}
    return pd.DataFrame(sorted(pairs), columns=["org", "panel"])


def test_the_interval_is_the_jackknife_over_organisations(attendance):
    network = two_mode(attendance, "org", "panel")
    estimate = network_estimates(network, {"density": "Density"}).iloc[0]["Density"]
    # An independent computation of the same: density of the table with one organisation left out.
    table = pd.crosstab(attendance["org"], attendance["panel"]).to_numpy()
    without = [np.delete(table, row, axis=0).mean() for row in range(len(table))]
    error = np.sqrt((len(table) - 1) / len(table) * np.sum((without - np.mean(without)) ** 2))
    assert estimate.value == pytest.approx(table.mean())
    assert (estimate.high - estimate.low) / 2 == pytest.approx(2.1448 * error, rel=1e-3)  # t(14)
    assert estimate.n == 15


def test_without_an_organisation_is_the_network_of_the_others(attendance):
    network = two_mode(attendance, "org", "panel")
    organisations = [node for node, kind in network.nodes(data="bipartite") if kind == 0]
    found = values_without_each(network, ["clustering", "mean_meetings", "density"])
    for place, node in enumerate(organisations):
        rest = two_mode(attendance[attendance["org"] != node], "org", "panel")
        rest.add_nodes_from(attendance["panel"], bipartite=1)  # though nobody else came
        cycles = nx.bipartite.robins_alexander_clustering(rest)
        told = describe_network(rest).set_index("measure")["value"]
        assert found["clustering"][place] == pytest.approx(cycles)
        assert found["mean_meetings"][place] == pytest.approx(told["mean_meetings"])
        assert found["density"][place] == pytest.approx(told["density"])


def test_a_share_stays_between_nought_and_one(attendance):
    network = two_mode(attendance[:9], "org", "panel")
    estimate = network_estimates(network, {"density": "Density"}).iloc[0]["Density"]
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_each_period_is_a_row_and_each_measure_a_column(attendance):
    frame = attendance.assign(
        period=["first", "second"] * (len(attendance) // 2) + ["first"] * (len(attendance) % 2)
    )
    network = two_mode(frame, "org", "panel", "period")
    estimates = network_estimates(network, {"density": "Density", "clustering": "Clustering"})
    assert list(estimates.index) == ["first", "second"]
    assert list(estimates.columns) == ["Density", "Clustering"]


def test_a_measure_that_does_not_vary_is_not_given_a_false_certainty():
    ring = nx.cycle_graph(["a", "b", "c", "d", "e", "f"])
    edges = pd.DataFrame(ring.edges, columns=["one", "other"])
    network = ties(edges, "one", "other", directed=False)
    estimate = network_estimates(network, {"density": "Density"}).iloc[0]["Density"]
    assert not estimate.estimable
    assert "the same whichever organisation" in estimate.reason


def test_an_unknown_measure_is_told_with_those_there_are(attendance):
    with pytest.raises(UserError, match="clustering"):
        network_estimates(two_mode(attendance, "org", "panel"), {"densty": "Density"})
