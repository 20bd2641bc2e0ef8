"""Attendance and ties of organisations, with the half-year they belong to: SENSITIVE rows."""

from functools import partial
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd

from rr_helpers.networks import two_mode
from rr_helpers.networks.chance import attendances_by_chance
from rr_helpers.networks.projection import attendance_matrix
from rr_helpers.publish.populations.frames import SECTOR_GROUPS, half_year
from rr_helpers.publish.populations.practice import CAME
from rr_helpers.results import Estimate
from rr_helpers.study import Study


def panel_attendance(study: Study, window_id: str) -> pd.DataFrame:
    """Return one row an organisation that came to a panel, up to the end of the window.

    Columns: org_id, panel_id, half_year, borough_code (of the panel).
    """
    frame = study["panel_attendance"]
    frame = _at_panels(frame[frame["attended"].isin(CAME)], study, window_id)
    return frame[["org_id", "panel_id", "half_year", "borough_code"]]


def organisation_ties(study: Study, window_id: str) -> pd.DataFrame:
    """Return one row a tie between two organisations, up to the end of the window.

    Columns: from_org_id, to_org_id, tie, frequency, half_year.
    """
    frame = _until(study["directed_tie"], study, window_id, "period_start")
    return frame[["from_org_id", "to_org_id", "tie", "frequency", "half_year"]]


def organisation_opportunity(study: Study, window_id: str) -> dict[str, nx.Graph]:
    """Return who could have tied up at all, by half-year: organisations invited to one panel.

    Two organisations are linked in a half-year where both had been invited to the panel of one
    borough, of one kind, by its end. Who came is not asked, and later panels are not looked at, so
    that nothing that follows a tie decides whether the tie was possible.
    """
    frame = study["panel_attendance"]
    frame = _at_panels(frame[frame["attended"].ne("not_invited")], study, window_id)
    invited = frame.drop_duplicates(["borough_code", "panel_type", "org_id"])
    halves = organisation_ties(study, window_id)["half_year"].unique()
    return {half: _linked_by_panel(invited[invited["half_year"] <= half]) for half in halves}


def cross_sector_meetings(study: Study, window_id: str, *, draws: int = 200) -> Estimate:
    """Meetings shared across sectors, per hundred shared, minus what attendance would bring.

    Over all pairs of organisations that came to one meeting, up to the end of the window. Chance
    is drawn borough by borough (curveball): organisations of one borough can only meet at its
    panels, and a chance that sent them to others would take that for a liking across sectors.
    The interval is the observed share less the middle 95% of chance; `details`: observed, expected.
    """
    group = organisation_groups(study)
    met = panel_attendance(study, window_id)
    boroughs = two_mode(met, organisation="org_id", meeting="panel_id", period="borough_code")
    counted = [_crossing(graph, group, draws) for graph in boroughs.values()]
    total = sum(shared for _, _, shared in counted)
    observed = sum(seen for seen, _, _ in counted) / total
    drawn = np.sum([chance for _, chance, _ in counted], axis=0) / total
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(
        value=100 * (observed - float(drawn.mean())),
        low=100 * (observed - float(high)),
        high=100 * (observed - float(low)),
        unit="per hundred shared meetings",
        n=met["org_id"].nunique(),
        of="organisations",
        method="curveball within boroughs, margins kept",
        details={"observed": observed, "expected": float(drawn.mean()), "draws": draws},
    )


def _crossing(graph: nx.Graph, group: dict, draws: int) -> tuple[int, np.ndarray, int]:
    """Meetings shared across sectors, the same in each draw, and meetings shared at all."""
    organisations, _, matrix = attendance_matrix(graph)
    # A row for each group of sectors, 1 for the organisations that belong to it.
    belongs = pd.get_dummies([group[one] for one in organisations]).to_numpy(dtype=int).T

    def crossing(attended: np.ndarray) -> int:
        sizes = belongs @ attended  # of each group, how many came to each meeting
        return int((sizes.sum(axis=0) ** 2 - (sizes**2).sum(axis=0)).sum()) // 2

    drawn = [crossing(each) for each in attendances_by_chance(graph, draws=draws)]
    came = matrix.sum(axis=0)
    return crossing(matrix), np.array(drawn), int((came * (came - 1)).sum()) // 2


def organisation_groups(study: Study) -> dict[str, str]:
    """Return the group of sectors of every organisation, by org_id."""
    return study["organisation"].set_index("org_id")["sector"].map(SECTOR_GROUPS).to_dict()


def organisation_homes(study: Study) -> dict[str, str]:
    """Return the borough that each organisation serves, by org_id; ``"London"`` where all."""
    return study["organisation"].set_index("org_id")["borough_code"].fillna("London").to_dict()


def organisations_in(study: Study, group: str) -> list[str]:
    """Return the org_ids of one group of sectors, such as ``"R&R team"``."""
    return [org for org, its_group in organisation_groups(study).items() if its_group == group]


def _linked_by_panel(invited: pd.DataFrame) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(sorted(invited["org_id"].unique()))
    for _, members in invited.groupby(["borough_code", "panel_type"]):
        graph.add_edges_from(combinations(members["org_id"], 2))
    return graph


def _at_panels(frame: pd.DataFrame, study: Study, window_id: str) -> pd.DataFrame:
    panels = study["panel"][["panel_id", "date", "borough_code", "panel_type"]]
    return _until(frame.merge(panels, on="panel_id"), study, window_id, "date")


def _until(frame: pd.DataFrame, study: Study, window_id: str, dated: str) -> pd.DataFrame:
    end = study.window(window_id).end
    frame = frame[frame[dated] <= end]
    return frame.assign(half_year=frame[dated].map(partial(half_year, until=end))).sort_values(
        ["half_year"], kind="stable"
    )
