"""The network as counts: ties between sectors, and what panels discuss and agree to do."""

from functools import partial

import pandas as pd

from rr_helpers.publish.coded_evidence import CodedEvidence
from rr_helpers.publish.populations.frames import (
    SECTOR_GROUPS,
    count_of,
    half_year,
    sector_group,
    yes_no,
)
from rr_helpers.study import Study, in_window
from rr_helpers.study.labels import categories, label_values

BETWEEN = " – "
OTHERS, TEAM = "Other sectors", "R&R team"
FEWEST_ORGANISATIONS = 3
NO_TIES = "(no ties are on record)"
THROUGH_THE_GROUP = "A response to the group or a place as well"
ONE_BY_ONE, BEFORE_ONLY = "Responses one by one only", "Only before the network was identified"
NOT_REACHED = "No response on record"


def sector_ties(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a pair of organisations with a direct tie in a half-year, up to the window's end.

    A pair counts once, whichever way and of whatever kind its ties are. Sectors with fewer than
    three organisations in the network are merged, so that no sector stands for one organisation.
    """
    end = study.window(window_id).end
    frame = study["directed_tie"]
    frame = frame[frame["period_start"] <= end]
    halves = frame["period_start"].map(partial(half_year, until=end))
    ends = frame[["from_org_id", "to_org_id"]].agg(sorted, axis="columns").map(tuple)
    pairs = pd.DataFrame({"half_year": halves, "ends": ends}).drop_duplicates()
    group = merge_small_sectors(study, {org for pair in pairs["ends"] for org in pair})
    order = [*SECTOR_GROUPS.values(), OTHERS]
    known = sorted(set(group.values()), key=order.index)
    between = pairs["ends"].map(
        lambda pair: BETWEEN.join(sorted((group[org] for org in pair), key=order.index))
    )
    possible = [one + BETWEEN + other for n, one in enumerate(known) for other in known[n:]]
    columns = {
        "half_year": categories(pairs["half_year"], sorted(halves.unique()) or [NO_TIES],
                                missing=None),
        "sectors": categories(between, possible or [NO_TIES], missing=None),
    }  # fmt: skip
    frame = pd.DataFrame(columns, index=pairs.index)
    return count_of("pairs of organisations with a direct tie", frame)


def merge_small_sectors(study: Study, organisations: set[str]) -> dict[str, str]:
    """Return the group of sectors of each of the organisations, small groups merged.

    Groups with fewer than three of them become ``"Other sectors"``, which the smallest of the
    others joins for as long as three are not reached. R&R's own team stays apart: the report is
    about it, so there is nothing to hide in its name.
    """
    sectors = study["organisation"].set_index("org_id")["sector"].map(SECTOR_GROUPS)
    group = sectors.reindex(sorted(organisations))
    sizes = group[group.ne(TEAM)].value_counts().sort_index().sort_values(kind="stable")
    merged, held = [], 0
    for name, size in sizes.items():
        if size >= FEWEST_ORGANISATIONS and (not merged or held >= FEWEST_ORGANISATIONS):
            break
        merged.append(name)
        held += size
    return group.mask(group.isin(merged), OTHERS).to_dict()


def panel_cases(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a case discussed at a panel, up to the window's end: about whom or what it was."""
    frame, halves = _at_panels(study, "panel_case", window_id)
    columns = {
        "half_year": halves,
        "about": label_values(frame["unit"], table="panel_case", column="unit"),
    }
    return count_of("cases discussed at panels", pd.DataFrame(columns, index=frame.index))


def panel_actions(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row an action agreed at a panel, up to the window's end: level, and who owns it."""
    frame, halves = _at_panels(study, "panel_action", window_id)
    sectors = study["organisation"].set_index("org_id")["sector"]
    columns = {
        "half_year": halves,
        "level": label_values(frame["level"], table="panel_action", column="level"),
        "owner": sector_group(frame["owner_org_id"].map(sectors)),
    }
    return count_of("actions agreed at panels", pd.DataFrame(columns, index=frame.index))


def _at_panels(study: Study, table: str, window_id: str) -> tuple[pd.DataFrame, pd.Series]:
    end = study.window(window_id).end
    dates = study["panel"].set_index("panel_id")["date"]
    frame = study[table]
    frame = frame.assign(date=frame["panel_id"].map(dates))
    frame = frame[frame["date"] <= end]
    halves = frame["date"].map(partial(half_year, until=end))
    return frame, categories(halves, sorted(halves.unique()), missing=None)


def reachable_moments(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a reachable moment in the contextual case reviews of the window: was it used."""
    reviews = in_window(study["ccr_case"], "review_date", study.window(window_id))["ccr_id"]
    frame = study["ccr_event"]
    frame = frame[frame["ccr_id"].isin(reviews) & frame["opportunity"].ne("none")]
    label = label_values(frame["opportunity"], table="ccr_event", column="opportunity")
    columns = {"used": label.cat.remove_categories(["Not a reachable moment"])}
    return count_of("events in case reviews", pd.DataFrame(columns, index=frame.index))


def young_networks(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a network of young people identified in the window: what was done about it.

    What follows counts as far as it is on record, as with every response in this study.
    """
    frame = in_window(study["yp_network"], "identified_date", study.window(window_id))
    since = _responses_of_members(study).query("started_date >= identified_date")
    reached = since.groupby("network_id")["yp_id"].nunique()
    done = {
        "Somebody leads on it": frame["lead_professional"].eq("yes"),
        "It was mapped in a meeting": frame["mapping_date"].notna(),
        "Two members or more had a response since": frame["network_id"].map(reached).ge(2),
        "The group or a place had a response": frame["context_response"].eq("yes"),
    }
    columns = {f"done: {what}": yes_no(truth) for what, truth in done.items()}
    return count_of("networks identified", pd.DataFrame(columns, index=frame.index))


def network_members(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a young person in a network identified in the window: reached through it, or alone.

    A response at level two, to a peer group or a place, counts as reaching through the group.
    """
    networks = in_window(study["yp_network"], "identified_date", study.window(window_id))
    frame = study["yp_network_member"].merge(networks, on="network_id")
    told = _responses_of_members(study)
    since = told["started_date"] >= told["identified_date"]
    reached = pd.Series(NOT_REACHED, index=frame.index, dtype=object)
    for words, rows in {
        BEFORE_ONLY: told,
        ONE_BY_ONE: told[since],
        THROUGH_THE_GROUP: told[since & told["level"].eq("2")],
    }.items():
        reached = reached.mask(_among(frame, rows), words)
    order = [THROUGH_THE_GROUP, ONE_BY_ONE, BEFORE_ONLY, NOT_REACHED]
    columns = {"reached": categories(reached, order, missing=None)}
    return count_of("young people in networks identified", pd.DataFrame(columns, frame.index))


def _responses_of_members(study: Study) -> pd.DataFrame:
    responses = study["safeguarding_response"].dropna(subset=["started_date"])
    members = study["yp_network_member"].merge(study["yp_network"], on="network_id")
    return members.merge(responses, on="yp_id")


def _among(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    keys = ["network_id", "yp_id"]
    return pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(rows[keys]))


def review_contexts(study: Study, coded: CodedEvidence, window_id: str) -> pd.DataFrame:
    """One row a context of a case review of the window: how far the work came in it."""
    reviews = in_window(study["ccr_case"], "review_date", study.window(window_id))["ccr_id"]
    frame = study["ccr_context"]
    frame = frame[frame["ccr_id"].isin(reviews)]
    steps = {
        "Harm in the context": frame["harm_level"].gt(0),
        "Assessed": frame["assessed"].eq("yes"),
        "In the plan": frame["plan_target"].eq("yes"),
        "A response delivered": frame["response_delivered"].eq("yes"),
    }
    columns = {f"step: {name}": yes_no(reached) for name, reached in steps.items()}
    return count_of("contexts in case reviews", pd.DataFrame(columns, index=frame.index))
