"""How network measures grow with size, and whether a planted handover is found at its rate.

``python benchmarks/networks.py`` times the full description of random directed networks of 50 to
50,000 nodes (five ties a node, eight sectors), plain networkx up to `--networkx` nodes, and QAP and
MRQAP with 5,000 permutations. ``--igraph PYTHON`` times igraph too, in another interpreter that
has it (it is under the GPL and no part of this project). ``--recovery 200`` instead makes that many
synthetic studies with and without a handover of brokerage. Results, with environment and date, go
to networks.csv and networks_recovery.csv in benchmarks/results.
"""

import argparse
import csv
import datetime
import itertools
import os
import platform
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import networkx as nx
import numpy as np

from rr_helpers import networks
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.study.synthetic.panels import panel_members
from rr_helpers.study.synthetic.places import INTERVIEW_SITES, make_places
from rr_helpers.study.synthetic.ties import make_ties

RESULTS = Path(__file__).parent / "results"
SIZES = (50, 500, 5_000, 50_000)
TESTED = (50, 500)
TIES_A_NODE, SECTORS, PERMUTATIONS = 5, 8, 5_000
OURS, PLAIN, IGRAPH = "rr_helpers", "plain networkx", "igraph"
IGRAPH_CALLS = """
import sys, time, random, igraph
n, m = int(sys.argv[1]), int(sys.argv[2])
random.seed(1)
g = igraph.Graph.Erdos_Renyi(n=n, m=m, directed=True)
u = g.as_undirected()
calls = {
    "describe_network": lambda: (g.density(), g.reciprocity(), u.transitivity_undirected(),
                                 u.coreness(), g.connected_components(mode="weak")),
    "centrality": lambda: (g.degree(), g.betweenness(), g.closeness(mode="in"), g.constraint()),
    "fragmentation": lambda: u.connected_components(),
    "communities": lambda: u.community_leiden(objective_function="modularity", n_iterations=-1),
}
for name, call in calls.items():
    if name == "centrality" and n > 5000:
        continue
    start = time.perf_counter()
    call()
    print(name, time.perf_counter() - start, igraph.__version__)
"""


def make_network(nodes: int, seed: int = 1) -> nx.DiGraph:
    """Return a random directed network with five ties a node."""
    return nx.gnm_random_graph(nodes, TIES_A_NODE * nodes, seed=seed, directed=True)


def describe_in_full(graph: nx.DiGraph) -> dict:
    """Steps of the full description by name."""
    sector = {node: node % SECTORS for node in graph}
    return {
        "describe_network": lambda: networks.describe_network(graph, sector),
        "centrality": lambda: networks.centrality(graph),
        "brokerage": lambda: networks.brokerage(graph, sector),
        "ei_index": lambda: networks.ei_index(graph, sector, permutations=200),
        "fragmentation": lambda: networks.fragmentation(graph),
        "key_players": lambda: networks.key_players(graph),
        "core_periphery": lambda: networks.core_periphery(graph),
        "communities": lambda: networks.communities(graph),
    }


def describe_plainly(graph: nx.DiGraph) -> dict:
    """The same quantities by networkx where it has them."""
    either = graph.to_undirected()
    return {
        "describe_network": lambda: (
            nx.density(graph), nx.overall_reciprocity(graph), nx.transitivity(either),
            nx.core_number(either), nx.number_weakly_connected_components(graph),
            nx.betweenness_centrality(graph),
        ),
        "centrality": lambda: (
            nx.betweenness_centrality(graph), nx.closeness_centrality(graph), nx.constraint(graph),
        ),
        "fragmentation": lambda: nx.global_efficiency(either),
        "communities": lambda: nx.community.louvain_communities(either, seed=1),
    }  # fmt: skip


def time_steps(size: int, steps: dict, tool: str, release: str) -> list[dict]:
    """Seconds of each step, and of all."""
    rows = []
    for name, step in steps.items():
        start = time.perf_counter()
        step()
        rows.append(row_of(tool, release, name, size, time.perf_counter() - start))
        print(f"{tool:15} {size:>6} {name:18} {rows[-1]['seconds']:9.3f} s", flush=True)
    return rows


def row_of(tool, release, step, nodes, seconds) -> dict:
    """One line of the results."""
    found = {"tool": tool, "version": release, "step": step, "nodes": nodes}
    return found | {"seconds": round(seconds, 4) or 0.0001}


def time_tests(size: int) -> list[dict]:
    """QAP and MRQAP with 5,000 permutations; one predictor is same sector or not."""
    first, second, third = (make_network(size, seed) for seed in (1, 2, 3))
    sector = np.arange(size) % SECTORS
    same = sector[:, None] == sector
    draws = {"permutations": PERMUTATIONS}
    steps = {
        "qap_correlation": lambda: networks.qap_correlation(first, second, **draws),
        "mrqap": lambda: networks.mrqap(first, {"second": second, "third": third}, **draws),
        "mrqap, same sector": lambda: networks.mrqap(first, {"x": second, "same": same}, **draws),
    }
    return time_steps(size, steps, OURS, "")


def time_igraph(interpreter: str, size: int) -> list[dict]:
    """Seconds of igraph's calls, in another interpreter."""
    call = [interpreter, "-c", IGRAPH_CALLS, str(size), str(TIES_A_NODE * size)]
    told = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    rows = []
    for name, seconds, release in map(str.split, told.splitlines()):
        rows.append(row_of(IGRAPH, release, name, size, float(seconds)))
        print(f"{IGRAPH:15} {size:>6} {name:18} {rows[-1]['seconds']:9.3f} s", flush=True)
    return rows


def add_growth(rows: list[dict]) -> list[dict]:
    """How many times longer each step took than at the size before it."""
    before: dict = {}
    for row in rows:
        key = row["tool"], row["step"]
        row["growth"] = round(row["seconds"] / before[key], 1) if key in before else ""
        before[key] = row["seconds"]
    return rows


def recover(studies: int) -> list[dict]:
    """Share of synthetic studies in which each estimate says handover, planted or not."""
    said: dict = {}
    for seed in range(studies):
        for key, estimate in one_study(seed).items():
            counts = said.setdefault(key, [0, 0, 0, 0.0, 0])
            counts[0] += 1
            counts[1] += estimate.estimable and bool(estimate.low > 0)
            counts[2] += estimate.estimable and bool(estimate.high < 0)
            counts[3] += estimate.value if estimate.estimable else 0.0
            counts[4] += estimate.estimable
    rows = []
    for (name, planted), (n, above, below, total, estimable) in said.items():
        row = {"estimate": name, "planted": planted, "studies": n, "estimable": estimable}
        row |= {"mean": round(total / max(estimable, 1), 3)}
        rows.append(row | {"above_0": round(above / n, 4), "below_0": round(below / n, 4)})
        print(rows[-1], flush=True)
    return rows


def one_study(seed: int) -> dict:
    """Estimates of one study: handover as planted, and two draws of one half-year for none."""
    places = make_places(seed)
    team = [org for org, kind in places.sector_of().items() if kind == "RR_coordination"]
    planted = network_of(seed, places)
    halves = list(planted)
    again = network_of(seed + 1_000_000, places)
    still, late = (
        {"first": planted[half], "again": again[half]} for half in (halves[0], halves[-1])
    )
    panels = nx.Graph()
    for site in INTERVIEW_SITES:
        panels.add_edges_from(itertools.combinations(panel_members(site, places), 2))
    steps = {half: planted[half] for half in halves[:2]}
    ends = {half: planted[half] for half in (halves[0], halves[-1])}
    change = "brokerage_change, first to last"
    density = "compare_periods, density_change"
    return {
        (change, "handover"): only(networks.brokerage_change(ends, team)),
        (change, "none, first half-year drawn twice"): only(networks.brokerage_change(still, team)),
        (change, "none, last half-year drawn twice"): only(networks.brokerage_change(late, team)),
        (density, "handover"): density_change(ends),
        (density, "none, first half-year drawn twice"): density_change(still),
        (density, "none, last half-year drawn twice"): density_change(late),
        ("ties_after_brokerage, all pairs", "none"): only(
            networks.ties_after_brokerage(steps, team)
        ),
        ("ties_after_brokerage, members of one panel", "none"): only(
            networks.ties_after_brokerage(steps, team, opportunity=panels)
        ),
        ("ties_after_brokerage, members of one panel", "planted here"): only(
            networks.ties_after_brokerage(
                hand_over(steps, team, panels, seed), team, opportunity=panels
            )
        ),
    }


def network_of(seed: int, places) -> dict:
    frame = make_ties(seed, places)
    return networks.ties(frame, "from_org_id", "to_org_id", "period_start")


def only(estimates: dict):
    return next(iter(estimates.values()))


def density_change(periods: dict) -> Estimate:
    """The change in density as an Estimate."""
    table = networks.compare_periods(periods).set_index("measure")
    row = table.loc["density_change"]
    shared = dict(n=int(row["n"]), method="change in density")
    if row["reason"]:
        return not_estimable(row["reason"], **shared)
    return Estimate(
        value=float(row["value"]), low=float(row["low"]), high=float(row["high"]), **shared
    )


def hand_over(steps: dict, team: list, panels: nx.Graph, seed: int) -> dict:
    """The same two half-years, with more new ties (15 in 100) between pairs that share a broker."""
    draw = np.random.default_rng(seed)
    (start, first), (end, second) = steps.items()
    later = second.copy()
    for one, other in itertools.permutations(first, 2):
        joined = any(first.has_edge(one, b) and first.has_edge(b, other) for b in team)
        if joined and panels.has_edge(one, other) and draw.random() < 0.15:
            later.add_edge(one, other, weight=1)
    return {start: first, end: later}


def write(rows: list[dict], path: Path) -> None:
    """Write the results aside, then put them in place."""
    today = datetime.date.today().isoformat()
    where = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    where += "".join(f", {name} {version(name)}" for name in ("numpy", "scipy", "networkx"))
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    with aside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "date", "environment"])
        writer.writeheader()
        writer.writerows(row | {"date": today, "environment": where} for row in rows)
    os.replace(aside, path)


def main() -> None:
    """Time, or recover, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--recovery", type=int, metavar="STUDIES", default=0)
    parser.add_argument("--networkx", type=int, metavar="NODES", default=500)
    parser.add_argument("--igraph", metavar="PYTHON")
    options = parser.parse_args()
    if options.recovery:
        write(recover(options.recovery), RESULTS / "networks_recovery.csv")
        return
    rows = []
    for size in options.sizes:
        graph = make_network(size)
        rows += time_steps(size, describe_in_full(graph), OURS, "")
        if size <= options.networkx:
            rows += time_steps(size, describe_plainly(graph), PLAIN, version("networkx"))
        if options.igraph:
            rows += time_igraph(options.igraph, size)
        if size in TESTED:
            rows += time_tests(size)
        write(add_growth(rows), RESULTS / "networks.csv")


if __name__ == "__main__":
    main()
