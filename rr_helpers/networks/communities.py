"""Groups of organisations that have more ties among them than chance would give: Leiden.

Leiden and not Louvain because Louvain's communities can fall apart into unconnected pieces. No
release of networkx that this project can use has it (3.6.1 only passes it on to a backend), and
igraph and leidenalg are under the GPL: so it is written out here.
"""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from rr_helpers.networks.inputs import by_period, stated, wrong

PASSES, ROUNDS = 10, 50  # ends of what stops by itself after a handful


def communities(
    network: nx.Graph | Mapping,
    *,
    resolution: float = 1.0,
    weight: str | None = "weight",
    seed: int = 1,
) -> pd.DataFrame:
    """Community of each node by the Leiden algorithm, one row per period and node.

    Maximises modularity (Newman & Girvan 2004), over ties read without direction; a higher
    resolution gives more and smaller communities. weight: tie attribute, 1 where a tie has none;
    None: tie or no tie. Every community is connected. Source: Traag, Waltman & van Eck 2019,
    Scientific Reports 9:5233. Test value: Zachary's karate club, modularity 0.4198 in 4
    communities.

    Columns: period, node, community (1 is the largest), modularity (of the whole partition, blank
    without ties), n, boundary, response, reason. Another seed may cut ties of the same strength
    elsewhere: do not read meaning into who is at an edge.
    """
    if not isinstance(resolution, int | float) or not 0 < resolution < np.inf:
        raise wrong("resolution", repr(resolution), "a number above 0", "Write resolution=1")
    tables = []
    for period, graph in by_period(network).items():
        neighbours = _neighbours(graph, weight)
        numbers = _leiden(neighbours, float(resolution), np.random.default_rng(seed))
        value = _modularity(neighbours, numbers, float(resolution))
        table = pd.DataFrame({"node": list(graph), "community": _by_size(numbers)})
        table.insert(0, "period", period)
        reason = "there are no ties" if np.isnan(value) else ""
        tables.append(table.assign(modularity=value, n=len(graph), **stated(graph), reason=reason))
    return pd.concat(tables, ignore_index=True)


def _neighbours(graph: nx.Graph, weight: str | None) -> list[dict[int, float]]:
    place = {node: index for index, node in enumerate(graph)}
    found: list[dict[int, float]] = [{} for _ in place]
    for one, other, data in graph.edges(data=True):
        size = 1.0 if weight is None else float(data.get(weight, 1))
        if one == other or size <= 0:
            continue
        i, k = place[one], place[other]
        found[i][k] = found[i].get(k, 0.0) + size
        found[k][i] = found[k].get(i, 0.0) + size
    return found


class Level(NamedTuple):
    """A network of communities of the one below: ties between them, strength of each."""

    neighbours: list[dict[int, float]]
    strength: np.ndarray


def _leiden(neighbours: list[dict], resolution: float, draw: np.random.Generator) -> np.ndarray:
    """Passes, each from the communities of the last, until modularity gains no more."""
    members = np.arange(len(neighbours))
    if not any(neighbours):
        return members
    best = -np.inf
    for _ in range(PASSES):
        found = _connected_parts(neighbours, _one_pass(neighbours, members, resolution, draw))
        value = _modularity(neighbours, found, resolution)
        if value <= best + 1e-9:
            break
        best, members = value, found
    return members


def _one_pass(neighbours: list[dict], home: np.ndarray, resolution: float, draw) -> np.ndarray:
    strength = np.array([sum(others.values()) for others in neighbours])
    pull = resolution / strength.sum()
    level = Level(neighbours, strength)
    members = belongs = np.arange(len(neighbours))  # the level's node that each node belongs to
    for _ in range(ROUNDS):
        home = _move(level, home, pull, draw)
        members = home[belongs]
        refined = _refine(level, home, pull, draw)
        if len(np.unique(home)) == len(home):
            break
        numbers, inside = np.unique(refined, return_inverse=True)
        # Communities of the coarser round start from the unrefined ones.
        start = home[numbers]
        if len(numbers) == len(refined):
            inside, start = np.unique(home, return_inverse=True)[1], np.unique(home)
        level, belongs = _merge(level, inside), inside[belongs]
        home = np.unique(start, return_inverse=True)[1]
    return members


def _connected_parts(neighbours: list[dict], numbers: np.ndarray) -> np.ndarray:
    """Each community cut into its connected parts, which never lowers modularity."""
    ends = [
        (node, other)
        for node, others in enumerate(neighbours)
        for other in others
        if numbers[node] == numbers[other]
    ]
    rows, columns = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    shape = (len(numbers), len(numbers))
    within = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    return connected_components(within, directed=False)[1]


def _move(level: Level, home: np.ndarray, pull: float, draw: np.random.Generator) -> np.ndarray:
    """Move nodes to the community that gains most modularity, until none gains."""
    home, strength = home.tolist(), level.strength.tolist()
    total = np.bincount(home, weights=strength, minlength=len(home)).tolist()
    held = np.bincount(home, minlength=len(home)).tolist()
    empty = [number for number, count in enumerate(held) if not count]
    queue = deque(draw.permutation(len(home)).tolist())
    waiting = [True] * len(home)
    while queue:
        node = queue.popleft()
        waiting[node] = False
        old, own = home[node], strength[node]
        total[old] -= own
        ties: dict[int, float] = {}
        for other, size in level.neighbours[node].items():
            ties[home[other]] = ties.get(home[other], 0.0) + size
        best, most = old, ties.get(old, 0.0) - pull * own * total[old]
        for number, size in ties.items():
            gain = size - pull * own * total[number]
            if gain > most + 1e-12:
                best, most = number, gain
        if most < -1e-12 and empty and held[old] > 1:
            best = empty.pop()
        total[best] += own
        if best == old:
            continue
        home[node] = best
        held[old] -= 1
        held[best] += 1
        if not held[old]:
            empty.append(old)
        for other in level.neighbours[node]:
            if home[other] != best and not waiting[other]:
                waiting[other] = True
                queue.append(other)
    return np.array(home)


def _refine(level: Level, home: np.ndarray, pull: float, draw: np.random.Generator) -> np.ndarray:
    """Split each community into parts that hang together: single nodes join where it gains.

    A node joins only a part that it has a tie to, which is why parts are connected.
    """
    home_of, strength = home.tolist(), level.strength.tolist()
    part, alone = list(range(len(home))), [True] * len(home)
    total = level.strength.tolist()
    inside = [
        sum(size for other, size in others.items() if home_of[other] == home_of[node])
        for node, others in enumerate(level.neighbours)
    ]
    whole = np.bincount(home, weights=level.strength, minlength=len(home)).tolist()
    to_rest = list(inside)  # ties of each part to the rest of its community
    for node in draw.permutation(len(home)).tolist():
        own = strength[node]
        if not alone[node] or inside[node] < pull * own * (whole[home_of[node]] - own) - 1e-12:
            continue
        ties: dict[int, float] = {}
        for other, size in level.neighbours[node].items():
            if home_of[other] == home_of[node]:
                ties[part[other]] = ties.get(part[other], 0.0) + size
        choices, gains = [], []
        for number, size in ties.items():
            rest = whole[home_of[node]] - total[number]
            gain = size - pull * own * total[number]
            if gain >= 0 and to_rest[number] >= pull * total[number] * rest - 1e-12:
                choices.append(number)
                gains.append(gain)
        if not choices:
            continue
        joined = choices[int(np.argmax(gains))]
        part[node] = joined
        alone[node] = alone[joined] = False
        total[joined] += own
        to_rest[joined] += inside[node] - 2 * ties[joined]
    return np.array(part)


def _merge(level: Level, inside: np.ndarray) -> Level:
    count = int(inside.max()) + 1
    merged: list[dict[int, float]] = [{} for _ in range(count)]
    place = inside.tolist()
    for node, others in enumerate(level.neighbours):
        ties = merged[place[node]]
        for other, size in others.items():
            if place[other] != place[node]:
                ties[place[other]] = ties.get(place[other], 0.0) + size
    return Level(merged, np.bincount(inside, weights=level.strength, minlength=count))


def _modularity(neighbours: list[dict], numbers: np.ndarray, resolution: float) -> float:
    strength = np.array([sum(others.values()) for others in neighbours])
    total = float(strength.sum())
    if not total:
        return np.nan
    within = sum(
        size
        for node, others in enumerate(neighbours)
        for other, size in others.items()
        if numbers[node] == numbers[other]
    )
    return within / total - resolution * float(
        np.sum((np.bincount(numbers, strength) / total) ** 2)
    )


def _by_size(numbers: np.ndarray) -> np.ndarray:
    found, first, sizes = np.unique(numbers, return_index=True, return_counts=True)
    rank = np.empty(len(found), dtype=int)
    rank[np.lexsort((first, -sizes))] = np.arange(1, len(found) + 1)
    return rank[np.searchsorted(found, numbers)] if len(numbers) else numbers
