"""From tables to networks: who met whom at meetings, who sent what to whom."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import networkx as nx
import pandas as pd

from rr_helpers.networks.inputs import wrong


def two_mode(
    attendance: pd.DataFrame,
    organisation: str,
    meeting: str,
    period: str | None = None,
    *,
    organisations: Sequence | None = None,
    respondents: Sequence | Mapping | None = None,
) -> nx.Graph | dict:
    """Network of organisations and the meetings they attended; a dict by period where one is named.

    attendance: one row per organisation that attended a meeting (leave apologies out first);
        organisation, meeting, period: names of its columns.
    organisations: every organisation that could have attended: the boundary. None takes all that
        appear in the table, the same for each period, so that densities can be compared.
    respondents: those whose attendance was recorded, or a dict of them by period; None: not known.

    Nodes carry `bipartite` 0 (organisation) or 1 (meeting). Rows with a blank are left out and
    counted in ``graph.graph["dropped"]``. Two people of one organisation at a meeting are one tie.
    """
    rows, dropped = _rows("attendance", attendance, [organisation, meeting], period)
    boundary, words = _boundary("organisations", organisations, rows[organisation])
    answered = _answered(respondents, boundary)
    if set(boundary) & set(rows[meeting]):
        raise wrong(
            "meeting",
            f"{sorted(set(boundary) & set(rows[meeting]), key=str)[0]!r}, also an organisation",
            "names that no organisation has",
            "Give meetings another prefix",
        )

    def build(part: pd.DataFrame, period_named) -> nx.Graph:
        graph = nx.Graph(dropped=dropped, boundary=words, **answered(period_named))
        graph.add_nodes_from(boundary, bipartite=0)
        graph.add_nodes_from(pd.unique(part[meeting]), bipartite=1)
        graph.add_edges_from(zip(part[organisation], part[meeting], strict=True))
        return graph

    return _each_period(rows, period, build)


def ties(
    frame: pd.DataFrame,
    source: str,
    target: str,
    period: str | None = None,
    weight: str | None = None,
    *,
    directed: bool = True,
    nodes: Sequence | None = None,
    respondents: Sequence | Mapping | None = None,
) -> nx.Graph | dict:
    """Network of ties from source to target; a dict by period where one is named.

    frame: one row per tie; source, target, period, weight: names of its columns.
    nodes: everyone who could have a tie: the boundary, so that those without one count too. None
        takes all that appear in the table, the same for each period.
    respondents: who was asked and answered, or a dict of them by period; None: not known.

    A tie named more than once is one tie with the sum of its weights (1 each where no weight is
    named) as `weight`. Rows with a blank, ties to oneself and ties of weight 0 are left out and
    counted in ``graph.graph["dropped"]``, ``["self_ties"]`` and ``["zero_ties"]``.
    """
    rows, dropped = _rows("frame", frame, [source, target], period, weight)
    boundary, words = _boundary("nodes", nodes, pd.concat([rows[source], rows[target]]))
    answered = _answered(respondents, boundary)
    loops = rows[source] == rows[target]
    empty = rows[weight] == 0 if weight else loops & False
    told = {"dropped": dropped, "self_ties": int(loops.sum()), "zero_ties": int(empty.sum())}
    told["boundary"] = words
    rows = rows[~loops & ~empty]

    def build(part: pd.DataFrame, period_named) -> nx.Graph:
        graph = (nx.DiGraph if directed else nx.Graph)(**told, **answered(period_named))
        graph.add_nodes_from(boundary)
        weights = part[weight] if weight else [1] * len(part)
        for one, other, size in zip(part[source], part[target], weights, strict=True):
            before = graph.get_edge_data(one, other, {}).get("weight", 0)
            graph.add_edge(one, other, weight=before + size)
        return graph

    return _each_period(rows, period, build)


def _rows(argument, frame, ends, period, weight=None) -> tuple[pd.DataFrame, int]:
    if not isinstance(frame, pd.DataFrame):
        raise wrong(argument, f"a {type(frame).__name__}", "a table", "Give the DataFrame itself")
    named = [name for name in (*ends, period, weight) if name is not None]
    unknown = [name for name in named if name not in frame.columns]
    if unknown:
        columns = ", ".join(str(name) for name in frame.columns)
        raise wrong(
            argument,
            f"no column {unknown[0]!r}",
            "the columns named",
            f"The columns are: {columns}",
        )
    rows = frame.dropna(subset=named)
    if weight is not None:
        sizes = pd.to_numeric(rows[weight], errors="coerce")
        if sizes.isna().any() or (sizes < 0).any():
            raise wrong("weight", "a value that is no number, or below 0", "0 or more", "Mend it")
        rows = rows.assign(**{weight: sizes})
    return rows, len(frame) - len(rows)


def _boundary(argument: str, given: Sequence | None, seen: pd.Series) -> tuple[list, str]:
    if given is None:
        return _in_order(seen), "all who appear in the table"
    boundary = list(dict.fromkeys(given))
    outside = set(seen) - set(boundary)
    if outside:
        raise wrong(
            argument,
            f"{len(outside)} in the table that are not in it, the first "
            f"{sorted(outside, key=str)[0]!r}",
            "everyone who has a tie",
            "Add them to the boundary, or leave their ties out",
        )
    return boundary, "listed beforehand"


def _answered(respondents: Sequence | Mapping | None, boundary: list) -> Callable[[object], dict]:
    """For each period: the respondents, and the response in words."""
    by_name = respondents if isinstance(respondents, Mapping) else None

    def answered(period_named) -> dict:
        given = by_name.get(period_named) if by_name is not None else respondents
        if given is None:
            return {}
        named = check_respondents(given, boundary)
        return {"respondents": named, "response": f"{len(named)} of {len(boundary)} answered"}

    return answered


def check_respondents(respondents: object, boundary: Collection) -> list:
    """The respondents once each, all of them within the boundary."""
    if isinstance(respondents, str) or not isinstance(respondents, Iterable):
        raise wrong("respondents", repr(respondents), "a list of nodes", "Write respondents=[…]")
    named = list(dict.fromkeys(respondents))
    outside = [node for node in named if node not in set(boundary)]
    if outside:
        raise wrong(
            "respondents",
            f"{outside[0]!r}, not within the boundary",
            "nodes of the network",
            "Check the names, or widen the boundary",
        )
    return named


def _each_period(rows: pd.DataFrame, period: str | None, build) -> nx.Graph | dict:
    if period is None:
        return build(rows, None)
    return {value: build(rows[rows[period] == value], value) for value in _in_order(rows[period])}


def _in_order(values: pd.Series) -> list:
    present = list(pd.unique(values))
    if isinstance(values.dtype, pd.CategoricalDtype):
        return [category for category in values.cat.categories if category in set(present)]
    try:
        return sorted(present)
    except TypeError:
        return sorted(present, key=str)
