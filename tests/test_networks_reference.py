"""Published and cross-checked networks that this room reproduces, each within its own tolerance."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from rr_helpers.networks import (
    brokerage,
    centrality,
    compare_periods,
    describe_network,
    ei_index,
    fragmentation,
    key_players,
    mrqap,
    project,
    qap_correlation,
    resemblance,
    ties,
    two_mode,
)

SHARED = os.environ.get("RR_SHARED_DATA") or Path(__file__).parents[1].parent / "shared" / "data"
REFERENCE = Path(SHARED) / "reference"
pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="no reference data beside the repository (shared/data/reference)"
)
ROLES = {"coordinator": "w_I", "itinerant": "w_O", "representative": "b_IO",
         "gatekeeper": "b_OI", "liaison": "b_O"}  # fmt: skip


def table(case: str, file: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / case / f"{file}.csv")


def network(case: str, edges: str, **options):
    nodes = table(case, "nodes")["id"]
    return ties(table(case, edges), "source", "target", nodes=nodes, **options)


def expected_of(case: str) -> dict:
    listed = json.loads((REFERENCE / case / "case.json").read_text(encoding="utf-8"))["checks"]
    return {check["quantity"]: check for check in listed}


def assert_reproduced(case: str, found: dict) -> None:
    expected = expected_of(case)
    for quantity, value in found.items():
        check = expected[quantity]
        tolerance = max(check["tol"], 1e-12)
        assert value == pytest.approx(check["r_value"], abs=tolerance), quantity
        if "published" in check:
            published, slack = check["published"], max(check["published_tol"], 1e-12)
            assert value == pytest.approx(published, abs=slack), quantity


def measures(graph, sector=None) -> dict:
    described = describe_network(graph, sector)
    return dict(zip(described["measure"], described["value"], strict=True))


def of_nodes(graph, column: str) -> dict:
    scores = centrality(graph)
    return dict(zip(scores["node"], scores[column], strict=True))


def role_totals(graph, sector) -> pd.Series:
    return brokerage(graph, sector).groupby("role")["count"].sum()


def test_florentine_families():
    case = "net_florentine"
    marriage = network(case, "marriage_edges", directed=False)
    business = network(case, "business_edges", directed=False)
    found, whole = {}, measures(marriage)
    for family, paths in of_nodes(marriage, "betweenness").items():
        if family in ("Medici", "Guadagni", "Albizzi", "Salviati", "Ridolfi", "Bischeri"):
            found[f"betweenness {family}"] = paths
    for family, constraint in of_nodes(marriage, "constraint").items():
        if family in ("Medici", "Guadagni", "Ridolfi", "Peruzzi"):
            found[f"Burt constraint {family}"] = constraint
    found["density n=16"] = whole["density"]
    for name in ("transitivity", "degree_centralisation", "betweenness_centralisation"):
        found[name.replace("_", " ")] = whole[name]
    without_pucci = marriage.subgraph([family for family in marriage if family != "Pucci"])
    share = of_nodes(without_pucci, "betweenness_share")["Medici"]
    found["Medici betweenness normalised, n=15 without Pucci"] = share
    for family, closeness in of_nodes(without_pucci, "closeness").items():
        if family in ("Medici", "Ridolfi", "Albizzi", "Tornabuoni", "Guadagni", "Pazzi"):
            found[f"closeness {family} (n=15)"] = closeness
    correlation = qap_correlation(marriage, business)
    found["QAP r marriage x business"] = correlation.value
    found["QAP p (+-.004)"] = correlation.details["p_greater"]
    for row in key_players(marriage).itertuples():
        if row.node in ("Medici", "Guadagni", "Albizzi", "Strozzi"):
            found[f"fragmentation F after removing {row.node} (remaining nodes)"] = (
                row.fragmentation
            )
            distance = row.distance_weighted
            found[f"distance-weighted fragmentation after removing {row.node}"] = distance
    assert len(found) == 31
    assert_reproduced(case, found)
    players = key_players(marriage)
    cutpoints = sorted(players.loc[players["cutpoint"], "node"])
    assert cutpoints == expected_of(case)["cutpoints"]["r_value"]


def test_high_tech_managers():
    case, found = "net_krackhardt_hightech", {}
    department = table(case, "nodes").set_index("id")["dept"]
    graphs = {
        name: network(case, f"{name}_edges") for name in ("advice", "friendship", "reports_to")
    }
    for name, graph in graphs.items():
        whole, label = measures(graph), name.replace("reports_to", "reports-to")
        found |= {f"{label} ties": whole["ties"], f"{label} density": whole["density"]}
        if name != "reports_to":
            found[f"{name} reciprocity, arc-based"] = whole["reciprocity"]
            found[f"E-I index dept, {name}"] = ei_index(graph, department, permutations=1).value
    advice = graphs["advice"]
    whole = measures(advice)
    found["advice dyads: mutual"] = whole["mutual_dyads"]
    found["advice dyads: asymmetric"] = whole["asymmetric_dyads"]
    found["advice dyad reciprocity (mutual/non-null)"] = whole["dyad_reciprocity"]
    predictors = {name: graphs[name] for name in ("friendship", "reports_to")}
    for term, estimate in mrqap(advice, predictors, permutations=100).items():
        found[f"MRQAP linear coef {term}"] = estimate.value
    found["advice transitivity (share of two-paths closed)"] = measures(advice)["transitivity"]
    for one, other in (
        ("advice", "friendship"),
        ("advice", "reports_to"),
        ("friendship", "reports_to"),
    ):
        correlation = qap_correlation(graphs[one], graphs[other], permutations=2000)
        found[f"QAP r {one} x {other}"] = correlation.value
        p_value = correlation.details["p_greater"]
        found[f"QAP one-tailed p {one} x {other} (permutation, +-.015)"] = p_value
    roles = brokerage(advice, department)
    for role, total in role_totals(advice, department).items():
        found[f"Gould-Fernandez total {ROLES[role]}, advice by dept"] = total
    for row in roles[roles["node"] == 18].itertuples():
        found[f"Gould-Fernandez node 18 {ROLES[row.role]}"] = row.count
    found["betweenness node 18, advice"] = of_nodes(advice, "betweenness")[18]
    found["indegree node 2, advice"] = of_nodes(advice, "in_degree")[2]
    found["Burt constraint node 1, advice (igraph)"] = of_nodes(advice, "constraint")[1]
    assert len(found) == 36
    assert_reproduced(case, found)


def test_southern_women():
    graph = two_mode(table("net_southern_women", "edges"), "source", "target")
    whole, scores = measures(graph), centrality(graph).set_index("node")
    found = {
        "women": whole["organisations"],
        "events": whole["meetings"],
        "ties": whole["attendances"],
        "two-mode density": whole["density"],
    }
    for node in ("EVELYN", "NORA", "THERESA", "DOROTHY", "9/16", "4/8"):
        woman = scores.loc[node, "mode"] == "organisation"
        label = node if woman else f"event {node}"
        degree = f"{label} degree (share of 14 events)" if woman else f"{label} degree"
        found[degree] = scores.loc[node, "degree_share"]
        found[f"{label} two-mode betweenness"] = scores.loc[node, "betweenness_share"]
        found[f"{label} two-mode closeness"] = scores.loc[node, "closeness"]
    shared = project(graph)
    meetings = sum(count for _, _, count in shared.edges(data="meetings"))
    found["one-mode (women) edges"] = shared.number_of_edges()
    found["one-mode sum of co-attendance weights"] = meetings
    assert len(found) == 24
    assert_reproduced("net_southern_women", found)


def test_tobacco_leaders_in_federal_agencies():
    case = "net_dhhs_agencies"
    agency = table(case, "nodes").set_index("id")["agency"]
    edges = table(case, "edges")
    graph = network(case, "edges", directed=False)
    formal = ties(
        edges[edges["collab"] >= 3], "source", "target", directed=False, nodes=agency.index
    )
    whole, strong = measures(graph, agency), measures(formal, agency)
    found = {
        "nodes": whole["nodes"],
        "ties": whole["ties"],
        "density": whole["density"],
        "modularity by agency": whole["sector_modularity"],
        "nominal assortativity by agency": whole["sector_assortativity"],
        "E-I index by agency": ei_index(graph, agency, permutations=1).value,
        "transitivity": whole["transitivity"],
        "degree centralisation": whole["degree_centralisation"],
        "betweenness OS-5": of_nodes(graph, "betweenness")["OS-5"],
        "betweenness centralisation": whole["betweenness_centralisation"],
        "formal (>=3) ties": strong["ties"],
        "formal density": strong["density"],
        "formal E-I": ei_index(formal, agency, permutations=1).value,
        "formal modularity by agency": strong["sector_modularity"],
        "formal isolates": strong["isolates"],
        "formal components": strong["components"],
        "formal max k-core": strong["max_core"],
    }
    for role, total in role_totals(formal, agency).items():
        found[f"Gould-Fernandez total {ROLES[role]}, formal ties (ordered triads)"] = total
    for node in ("ACF-2", "AHRQ-1"):
        found[f"Burt constraint {node}"] = of_nodes(graph, "constraint")[node]
    for level, count in edges["collab"].value_counts().items():
        found[f"ties at collaboration level {level}"] = count
    assert len(found) == 28
    assert_reproduced(case, found)


def test_london_co_offending():
    case = "net_london_gang"
    graph = network(case, "edges", weight="weight", directed=False)
    birthplace = table(case, "nodes").set_index("id")["Birthplace"]
    whole = measures(graph, birthplace)
    weights = pd.Series([size for _, _, size in graph.edges(data="weight")]).value_counts()
    found = {
        "nodes": whole["nodes"],
        "ties": whole["ties"],
        "density": whole["density"],
        "transitivity": whole["transitivity"],
        "E-I birthplace": ei_index(graph, birthplace, permutations=1).value,
        "assortativity birthplace": whole["sector_assortativity"],
        "modularity birthplace": whole["sector_modularity"],
        "degree centralisation": whole["degree_centralisation"],
        "top betweenness (node 1)": max(of_nodes(graph, "betweenness").values()),
        "distance-weighted fragmentation": fragmentation(graph)["distance_weighted"].iloc[0],
    }
    found |= {f"ties of weight {size}": weights[size] for size in (1, 2, 3, 4)}
    for attribute, known in table(case, "nodes").set_index("id").items():
        found |= {f"mean {attribute}": known.mean(), f"SD {attribute}": known.std()}
    assert len(found) == 30
    assert_reproduced(case, found)


def test_three_waves_of_friendship():
    case, found = "net_s50_waves", {}
    waves = {wave: network(case, f"wave{wave}_edges") for wave in (1, 2, 3)}
    for wave, graph in waves.items():
        whole = measures(graph)
        found[f"wave {wave} ties"] = whole["ties"]
        found[f"wave {wave} average degree"] = whole["ties"] / whole["nodes"]
        found[f"wave {wave} reciprocity"] = whole["reciprocity"]
        found[f"wave {wave} transitivity"] = whole["transitivity"]
        alcohol = table(case, "nodes").set_index("id")[f"alcohol{wave}"]
        like = resemblance(graph, alcohol, permutations=200)
        found[f"wave {wave} Moran's I alcohol"] = like.value
        assert like.details["p_value"] < 0.01 and like.details["expected"] < 0.05
    names = {"kept": "kept 1->1", "lost": "lost 1->0", "new": "new 0->1", "jaccard": "Jaccard",
             "hamming": "Hamming"}  # fmt: skip
    for row in compare_periods(waves).itertuples():
        if row.measure in names:
            found[f"w{row.period_from}{row.period_to} {names[row.measure]}"] = row.value
    assert len(found) == 25
    assert_reproduced(case, found)


def test_tobacco_control_organisations():
    case, found = "net_tc_interagency", {}
    nodes = table(case, "nodes").set_index("id")
    names = ("contact", "collaborate", "dissemination")
    graphs = {name: network(case, f"{name}_edges", directed=False) for name in names}
    for name, graph in graphs.items():
        whole = measures(graph)
        found |= {f"{name} ties": whole["ties"], f"{name} density": whole["density"]}
    contact, collaborate = graphs["contact"], graphs["collaborate"]
    found["QAP r contact x collaboration"] = qap_correlation(contact, collaborate).value
    correlation = qap_correlation(collaborate, graphs["dissemination"], permutations=2000)
    found["QAP r collaboration x dissemination"] = correlation.value
    found["QAP p collaboration x dissemination"] = correlation.details["p_greater"]
    lead = nodes.index[nodes["lead"] == 1][0]
    whole = measures(collaborate, nodes["agency_cat"])
    found["E-I by agency category"] = ei_index(collaborate, nodes["agency_cat"]).value
    found["modularity by agency category"] = whole["sector_modularity"]
    found["lead agency degree (linked to all 24)"] = of_nodes(graphs["contact"], "degree")[lead]
    found["degree centralisation"] = whole["degree_centralisation"]
    found["betweenness lead agency"] = of_nodes(collaborate, "betweenness")[lead]
    assert len(found) == 14
    assert_reproduced(case, found)
