"""What is planted in the synthetic study can be found in it by simple means, at a large scale."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from rr_helpers.study.schema.yp_survey import PSYCHOLOGICAL_ITEMS
from rr_helpers.study.synthetic import make_study
from rr_helpers.study.synthetic.places import MONTHS

CAME = ["present", "sent_deputy"]
VOLUNTARY = ["VCS_RR", "VCS_other"]


@pytest.fixture(scope="module")
def study():
    return make_study(seed=11, scale=10)


@pytest.fixture(scope="module")
def planted(study):
    return study.truth["planted"]


def half_year(dates):
    return (dates.dt.year - 2018) * 2 + (dates.dt.month > 6) - 1


def test_every_planted_effect_says_where_it_lives_and_on_what_scale(study, planted):
    for effect in planted.values():
        assert set(effect) >= {"table", "columns", "value", "scale"}
        assert set(effect["columns"]) <= set(study.tables[effect["table"]].columns)


def test_the_voluntary_sector_attends_more_from_half_year_to_half_year(study, planted):
    tables = study.tables
    seats = tables["panel_attendance"].merge(tables["panel"]).drop(columns="borough_code")
    seats = seats.merge(tables["organisation"], on="org_id")
    seats = seats[seats["sector"].isin(VOLUNTARY)]
    share = seats["attended"].isin(CAME).groupby(half_year(seats["date"])).mean()
    step = np.polyfit(share.index, np.log(share / (1 - share)), 1)[0]
    value = planted["voluntary_sector_attends_panels_more"]["value"]
    assert step == pytest.approx(value, abs=0.05)


def test_coordinators_broker_less_as_direct_ties_form(study):
    ties = study.tables["directed_tie"]
    ties = ties[ties["tie"] == "information"]
    coordinators = [org for org in set(ties["from_org_id"]) if org.startswith("RR-COORD")]
    brokerage, direct = [], []
    for _, group in ties.groupby("period_start"):
        network = nx.from_pandas_edgelist(
            group, "from_org_id", "to_org_id", create_using=nx.DiGraph
        )
        between = nx.betweenness_centrality(network)
        brokerage.append(sum(between[org] for org in coordinators))
        ends = group["from_org_id"].isin(coordinators) | group["to_org_id"].isin(coordinators)
        direct.append(int((~ends).sum()))
    assert brokerage == sorted(brokerage, reverse=True)
    assert brokerage[-1] < brokerage[0] / 2
    assert direct == sorted(direct) and direct[-1] > 3 * direct[0]


def test_actions_reach_contexts_more(study, planted):
    actions = study.tables["panel_action"].merge(study.tables["panel"])
    share = (actions["level"] == "2").groupby(half_year(actions["date"])).mean()
    first, last = planted["actions_reach_contexts_more"]["value"]
    assert share.iloc[0] == pytest.approx(first, abs=0.05)
    assert share.iloc[-1] == pytest.approx(last, abs=0.05)


@pytest.fixture(scope="module")
def confidence(study):
    return study.tables["delegate_item"].pivot(
        index=["delegate_id", "item"], columns="wave", values="response"
    )


def test_networks_have_a_lead_as_often_as_planted_and_members_of_one_borough(study, planted):
    network, members = study.tables["yp_network"], study.tables["yp_network_member"]
    led = network["lead_professional"].eq("yes").mean()
    assert led == pytest.approx(planted["networks_have_a_lead"]["value"], abs=0.02)
    homes = study.tables["referral"].drop_duplicates("yp_id").set_index("yp_id")
    told = members.merge(network, on="network_id")
    assert (told["yp_id"].map(homes["residence_borough"]) == told["borough_code"]).all()
    assert (told["yp_id"].map(homes["received_date"]) < told["identified_date"]).all()


def test_confidence_rises_after_the_course(confidence, planted):
    change = (confidence["post"] - confidence["pre"]).mean()
    value = planted["confidence_rises_after_the_course"]["value"]
    assert value == 0.70 and change == pytest.approx(value, abs=0.05)


def test_confidence_decays_and_those_who_gained_more_answer_more(confidence, planted):
    change = (confidence["followup_3m"] - confidence["pre"]).mean()
    value = planted["confidence_decays_by_three_months"]["value"]
    assert value < change < value + 0.12
    assert change < (confidence["post"] - confidence["pre"]).mean() - 0.1


def test_looking_back_lowers_the_start(confidence, planted):
    change = (confidence["retro_pre"] - confidence["pre"]).mean()
    assert change == pytest.approx(planted["looking_back_lowers_the_start"]["value"], abs=0.05)


def test_delegates_of_one_course_are_alike(study, planted):
    items = study.tables["delegate_item"].merge(study.tables["delegate"])
    items = items[(items["wave"] == "pre") & (items["item"] == "confident_refer")]
    groups = items.dropna(subset=["response"]).groupby("course_id")["response"]
    size = groups.size().mean()
    within = groups.var().mean()
    between = size * groups.mean().var()
    correlation = (between - within) / (between + (size - 1) * within)
    value = planted["delegates_of_one_course_are_alike"]["value"]
    assert correlation == pytest.approx(value, abs=0.04)


def test_the_vignette_score_rises(study, planted):
    effect = planted["vignette_score_rises"]
    share = study.tables["delegate_test"].set_index("wave")[effect["columns"]].mean(axis=1)
    change = share["post"].mean() - share["pre"].mean()
    assert change == pytest.approx(effect["value"], abs=0.02)


def test_a_borough_refers_more_two_months_after_its_first_course(study, planted):
    referral, course = study.tables["referral"], study.tables["course"]
    month = referral["received_date"].dt.to_period("M").dt.to_timestamp()
    boroughs = study.tables["borough"]["borough_code"]
    grid = pd.MultiIndex.from_product([boroughs, MONTHS], names=["borough", "month"])
    counts = referral.groupby([referral["referring_borough"], month]).size()
    data = counts.reindex(grid, fill_value=0).rename("n").reset_index()
    first = course.groupby("borough_host")["date"].min().dt.to_period("M").dt.to_timestamp()
    start = data["borough"].map(first) + pd.DateOffset(months=2)
    data["trained"] = (data["month"] >= start).astype(float)
    data = data[data.groupby("borough")["n"].transform("sum") > 0]
    effects = pd.get_dummies(data[["borough", "month"]].astype(str), drop_first=True, dtype=float)
    design = sm.add_constant(pd.concat([data["trained"], effects], axis=1))
    fit = sm.GLM(data["n"], design, family=sm.families.Poisson()).fit()
    ratio = np.exp(fit.params["trained"])
    value = planted["borough_refers_more_after_its_first_course"]["value"]
    assert 1.10 <= value <= 1.25
    assert ratio == pytest.approx(value, abs=0.08)


def test_the_response_is_slower_for_18_to_25(study, planted):
    response = study.tables["safeguarding_response"].merge(study.tables["referral"])
    response["days"] = (response["started_date"] - response["received_date"]).dt.days
    first = response.groupby("referral_id").agg(
        days=("days", "min"), age=("age_at_referral", "first")
    )
    median = first.groupby(first["age"] >= 18)["days"].median()
    value = planted["response_is_slower_for_18_to_25"]["value"]
    # Waits that end otherwise cut off long ones, more of them among the slower.
    assert median[True] / median[False] == pytest.approx(value, abs=0.2)


def test_waits_that_end_without_a_response_have_the_shares_that_were_assumed(study):
    response = study.tables["safeguarding_response"]
    referrals = response["referral_id"].nunique()
    ended = response["ended_without"].notna().sum() / referrals
    none = (response["resp_type"] == "none").sum() / referrals
    assert 0.10 <= ended <= 0.16
    assert 0.20 <= none <= 0.33


def test_outcomes_did_not_change_when_the_form_did(planted):
    before, after = planted["outcome_definition_changed_not_outcomes"]["value"]
    assert before == pytest.approx(after, abs=0.03)


def test_those_not_engaged_do_worse_and_are_mostly_missing(study, planted):
    engaged, other = planted["not_engaged_do_worse"]["value"]
    assert other < engaged - 0.25
    episode = study.tables["episode"]
    episode = episode[episode["outcome_reported"] != "NA"]
    missing = episode["outcome_reported"] == "NK"
    within = episode["engagement_level"].isin(["partial", "sustained"])
    assert missing[~within].mean() > 0.65 > missing[within].mean()


def test_a_rescue_goes_with_engagement(study, planted):
    episode = study.tables["episode"]
    engaged = episode["engagement_level"].isin(["partial", "sustained"])
    odds = engaged.groupby(episode["rescue"]).agg(lambda share: share.mean() / (1 - share.mean()))
    value = planted["rescue_goes_with_engagement"]["value"]
    assert np.log(odds["yes"] / odds["no"]) == pytest.approx(value, abs=0.25)


def test_one_busy_borough_shows_no_change_in_contexts(study, planted):
    busy = study.truth["busy_borough_without_context_change"]
    contexts = study.tables["ccr_context"].merge(study.tables["ccr_case"])
    change = contexts.groupby(contexts["borough_code"] == busy)["change_12m"].mean()
    elsewhere, there = planted["busy_borough_shows_no_context_change"]["value"]
    assert change[False] == pytest.approx(elsewhere, abs=0.08)
    assert change[True] == pytest.approx(there, abs=0.20)
    counts = study.tables["referral"]["referring_borough"].value_counts()
    assert counts[busy] > 1.7 * counts.mean()


def test_voluntary_files_carry_the_voice_more(study, planted):
    files = study.tables["file_review"]
    voice = files[files["is_second_review"] == "no"].groupby("file_type")["voice_of_young_person"]
    difference = voice.mean()["VCS"] - voice.mean()["statutory"]
    value = planted["voluntary_files_carry_the_voice_more"]["value"]
    assert difference == pytest.approx(value, abs=0.12)


@pytest.fixture(scope="module")
def gains(study, planted):
    survey = study.tables["yp_survey"]
    return {
        name.removeprefix("safety_gain_"): (
            effect["value"],
            (survey[effect["columns"][1]] - survey[effect["columns"][0]]).mean(),
        )
        for name, effect in planted.items()
        if name.startswith("safety_gain_")
    }


def test_safety_gains_are_at_home_and_with_friends_and_not_in_the_neighbourhood(gains):
    answers = {context: found for context, (_, found) in gains.items()}
    assert sorted(answers, key=answers.get)[-2:] in (["friends", "home"], ["home", "friends"])
    assert min(answers, key=answers.get) == "neighbourhood"
    assert answers["home"] > answers["neighbourhood"] + 0.55


def test_answers_show_a_little_more_gain_than_all_who_engaged_had(gains):
    # Non-response is not at random: those who gained more answered more often.
    differences = [found - value for value, found in gains.values()]
    assert 0.03 < np.mean(differences) < 0.20
    assert max(differences) < 0.25


def test_a_worker_in_the_room_lifts_answers_about_the_support_only(study, planted):
    survey = study.tables["yp_survey"]
    present = survey["worker_present"] == "yes"
    columns = planted["worker_in_the_room_lifts_answers"]["columns"][1:]
    lift = survey[present][columns].mean().mean() - survey[~present][columns].mean().mean()
    assert 0.20 < lift < 0.45
    others = list(PSYCHOLOGICAL_ITEMS)
    assert abs(survey[present][others].mean().mean() - survey[~present][others].mean().mean()) < 0.1
