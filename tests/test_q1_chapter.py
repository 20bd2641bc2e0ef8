"""Question 1: a planted hand-over is found, none where there is none, and nobody is named."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rr_helpers.networks import brokerage_change, ties, ties_after_brokerage
from rr_helpers.publish.edition import Edition
from rr_helpers.publish.organisations import (
    cross_sector_meetings,
    organisation_opportunity,
    organisation_ties,
)
from rr_helpers.publish.populations.network import (
    OTHERS,
    TEAM,
    merge_small_sectors,
    panel_actions,
    panel_cases,
    reachable_moments,
    sector_ties,
)
from rr_helpers.publish.traces import engagement, panel_ratings, waits_for_response

WINDOW = "eval_Y3"
FIRST, SECOND = pd.Timestamp("2020-07-01"), pd.Timestamp("2021-01-01")


def with_table(study, **tables):
    return replace(study, tables={**study.tables, **tables})


def planted(study, seed, *, effect=0.0, coordinator=(0.6, 0.6), direct=(0.06, 0.06)):
    """Ties of two half-years among members of one panel.

    A pair without a tie at first forms one with the second chance of `direct`, and `effect` more
    where both deal with a coordinator. Organisations of one borough mostly share theirs.
    """
    rng = np.random.default_rng(seed)
    panels = study["panel"].set_index("panel_id")["borough_code"]
    seats = study["panel_attendance"]
    seats = seats[seats["attended"].ne("not_invited")]
    members = seats.groupby(seats["panel_id"].map(panels))["org_id"].agg(set)
    orgs = sorted(set().union(*members))
    team = [org for org in orgs if org.startswith("RR-COORD")]
    together = sum(np.outer(*2 * [np.isin(orgs, list(group))]) for group in members) > 0
    broker = np.isin(orgs, team)
    ours = broker[:, None] | broker[None, :]
    chance = rng.random(together.shape)
    then = together & (chance < np.where(ours, coordinator[0], direct[0]))
    joined = (then[:, broker].astype(int) @ then[broker].astype(int)) > 0
    later = np.where(ours, coordinator[1], direct[1] + effect * joined)
    now = together & (then & ~ours | (rng.random(together.shape) < later))
    frames = [
        pd.DataFrame({"from_org_id": np.array(orgs)[i], "to_org_id": np.array(orgs)[j],
                      "period_start": start, "tie": "information", "frequency": 1, "trust": 1})
        for start, tied in ((FIRST, then), (SECOND, now))
        for i, j in [np.nonzero(tied & ~np.eye(len(orgs), dtype=bool))]
    ]  # fmt: skip
    return with_table(study, directed_tie=pd.concat(frames, ignore_index=True)), team


def as_the_chapter_reads_it(study):
    rows = organisation_ties(study, WINDOW)
    return ties(rows, source="from_org_id", target="to_org_id", period="half_year")


def new_ties(study, team):
    opportunity = organisation_opportunity(study, WINDOW)
    (found,) = ties_after_brokerage(
        as_the_chapter_reads_it(study), brokers=team, opportunity=opportunity
    ).values()
    return found


def falling_share(study, team):
    return brokerage_change(as_the_chapter_reads_it(study), brokers=team).popitem()[1]


def test_ties_that_follow_a_shared_coordinator_are_found(small_study):
    found = [new_ties(*planted(small_study, seed, effect=0.25)) for seed in range(5)]
    assert all(estimate.low > 0 for estimate in found)
    assert np.mean([estimate.value for estimate in found]) == pytest.approx(25, abs=8)


def test_ties_that_follow_nothing_are_not_taken_for_the_coordinators_work(small_study):
    """At 95%, one in forty intervals lies above nought by chance: 4 of 40 would be 1.5 in 100."""
    found = [new_ties(*planted(small_study, seed)) for seed in range(40)]
    assert sum(estimate.low > 0 for estimate in found) <= 3


def test_a_share_of_paths_that_falls_is_found(small_study):
    handed_over = {"coordinator": (0.8, 0.6), "direct": (0.05, 0.3)}
    found = [falling_share(*planted(small_study, seed, **handed_over)) for seed in range(4)]
    assert all(estimate.high < 0 for estimate in found)


def test_a_share_of_paths_that_stays_is_not_said_to_fall(small_study):
    same = []
    for seed in range(12):
        study, team = planted(small_study, seed, direct=(0.08, 0.0))
        again, _ = planted(small_study, 1000 + seed, direct=(0.08, 0.0))
        first = study["directed_tie"].query("period_start == @FIRST")
        second = again["directed_tie"].query("period_start == @FIRST")
        rows = pd.concat([first, second.assign(period_start=SECOND)], ignore_index=True)
        same.append(falling_share(with_table(study, directed_tie=rows), team))
    assert sum(estimate.high < 0 for estimate in same) <= 1
    assert sum(estimate.low > 0 for estimate in same) <= 1


def two_panels(second_date="2020-09-01"):
    """Two boroughs' panels; X is not invited in time, Y only to the second, which comes later."""
    attendance = [
        ("P1", "A", "present"), ("P1", "B", "absent"), ("P1", "X", "not_invited"),
        ("P2", "C", "present"), ("P2", "A", "apologies"), ("P3", "X", "present"),
        ("P3", "A", "present"),
    ]  # fmt: skip
    panels = [("P1", "E1", "2020-08-01"), ("P2", "E2", second_date), ("P3", "E1", "2021-02-01")]
    panel = pd.DataFrame(panels, columns=["panel_id", "borough_code", "date"])
    tie = pd.DataFrame({"from_org_id": "A", "to_org_id": "B", "period_start": [FIRST, SECOND]})
    tables = {
        "panel": panel.assign(date=pd.to_datetime(panel["date"]), panel_type="MACE"),
        "panel_attendance": pd.DataFrame(attendance, columns=["panel_id", "org_id", "attended"]),
        "directed_tie": tie.assign(tie="referral", frequency=1),
    }
    window = SimpleNamespace(start=pd.Timestamp("2020-04-01"), end=pd.Timestamp("2021-03-31"))
    return Tables(tables, window)


class Tables:
    """As much of a study as the functions under test ask for."""

    def __init__(self, tables, window):
        self.tables, self.only_window = tables, window

    def __getitem__(self, name):
        return self.tables[name]

    def window(self, _):
        return self.only_window


def pairs(graph):
    return {frozenset(edge) for edge in graph.edges}


def test_only_members_of_one_panel_could_have_tied_up_and_absence_counts_as_membership():
    first, _ = organisation_opportunity(two_panels(), WINDOW).values()
    assert pairs(first) == {frozenset("AB"), frozenset("AC")}


def test_who_comes_later_does_not_decide_who_could_have_tied_up_before():
    first, second = organisation_opportunity(two_panels("2021-03-01"), WINDOW).values()
    assert pairs(first) == {frozenset("AB")}
    assert pairs(second) == {frozenset(pair) for pair in ("AB", "AC", "AX", "BX")}


def test_sectors_that_come_as_attendance_brings_them_are_not_said_to_mix(small_study):
    found = cross_sector_meetings(small_study, WINDOW)
    assert found.low <= 0 <= found.high
    assert 0 < found.details["observed"] < 1


def test_sectors_that_keep_apart_are_seen_to_keep_apart(small_study):
    seats = small_study["panel_attendance"]
    sector = small_study["organisation"].set_index("org_id")["sector"]
    voluntary = seats["org_id"].map(sector).str.startswith("VCS")
    panels = small_study["panel"].sort_values(["borough_code", "date"])
    turn = panels.groupby("borough_code").cumcount().mod(2).set_axis(panels["panel_id"])
    apart = voluntary == seats["panel_id"].map(turn).eq(1)
    kept = seats.assign(attended=np.where(apart, "present", "absent"))
    assert cross_sector_meetings(with_table(small_study, panel_attendance=kept), WINDOW).high < 0


def test_no_sector_but_the_pilots_own_stands_for_fewer_than_three_organisations(small_study):
    frame = small_study["directed_tie"]
    group = merge_small_sectors(small_study, {*frame["from_org_id"], *frame["to_org_id"]})
    sizes = pd.Series(group).value_counts()
    assert sizes.drop(TEAM).min() >= 3
    assert OTHERS in sizes and "Police" not in sizes


@pytest.mark.parametrize("number", [1, 2])
def test_a_small_sector_takes_a_large_one_in_rather_than_stand_alone(small_study, number):
    organisations = small_study["organisation"].set_index("org_id")["sector"]
    few = organisations[organisations.eq("probation") | organisations.eq("prison")].index[:number]
    many = organisations[organisations.eq("LA_CSC")].index
    group = merge_small_sectors(small_study, {*few, *many})
    assert set(group.values()) == {OTHERS}


def test_a_pair_of_organisations_counts_once_in_a_half_year(small_study):
    counted = sector_ties(small_study, None, WINDOW)
    frame = small_study["directed_tie"]
    frame = frame[frame["period_start"] <= small_study.window(WINDOW).end]
    ends = frame[["from_org_id", "to_org_id"]].apply(frozenset, axis="columns")
    assert len(counted) == len(set(zip(frame["period_start"], ends, strict=True)))


@pytest.mark.parametrize("population", [sector_ties, panel_cases, panel_actions, reachable_moments])
def test_counts_of_the_network_name_no_organisation(small_study, population):
    frame = population(small_study, None, WINDOW)
    names = set(small_study["organisation"]["org_name_public"])
    labels = {label for column in frame for label in frame[column].cat.categories}
    assert not labels & (names | small_study.identifiers())


def test_ratings_are_one_an_item_and_panel_and_none_is_later_than_the_window(small_study):
    rated = panel_ratings(small_study, "eval_Y1")
    panels = small_study["panel"].set_index("panel_id")["date"]
    given = small_study["panel_rating"].dropna(subset=["rating"])
    given = given[given["panel_id"].map(panels) <= small_study.window("eval_Y1").end]
    assert len(rated) == len(given.drop_duplicates(["panel_id", "item"]))
    assert not {"panel_id", "observer"} & set(rated)


def test_only_a_consultation_that_came_before_counts_as_one(small_study):
    asked = small_study["referral"]
    person = asked[asked["referral_type"].eq("intervention")].iloc[0]
    for days, expected in ((-1, True), (1, False)):
        extra = {"referral_type": "consultation", "referral_id": "R-EXTRA"}
        extra["received_date"] = person["received_date"] + pd.Timedelta(days=days)
        others = asked[asked["referral_type"].ne("consultation")]
        changed = pd.concat([others, person.to_frame().T.assign(**extra)], ignore_index=True)
        changed["received_date"] = pd.to_datetime(changed["received_date"])
        waits = waits_for_response(with_table(small_study, referral=changed), "FY2021_22")
        consulted = waits.loc[waits["referral_id"].eq(person["referral_id"]), "consulted"]
        assert consulted.tolist() == [expected]


def test_episodes_of_later_referrals_are_not_looked_at(small_study):
    early, late = (len(engagement(small_study, window)) for window in ("eval_Y1", "FY2021_22"))
    assert 0 < early < late


def test_an_edition_hands_out_the_same_to_its_chapters(small_study):
    edition = Edition(small_study, WINDOW, "london")
    assert list(edition.organisation_opportunity()) == list(as_the_chapter_reads_it(small_study))
    assert set(edition.organisation_homes()) == set(edition.organisation_groups())
