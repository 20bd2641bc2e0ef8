"""The synthetic study satisfies the schema, follows the published figures, and is repeatable."""

import numpy as np
import pandas as pd
import pytest

from rr_helpers.errors import UserError
from rr_helpers.study.schema import TABLES
from rr_helpers.study.synthetic import make_study
from rr_helpers.study.synthetic.consents import PUBLISHED
from rr_helpers.study.synthetic.places import LAST_DAY

ENGAGED = ["partial", "sustained"]
BETTER = ["ceased", "reduced"]


@pytest.fixture(scope="module")
def study():
    return make_study()


@pytest.fixture(scope="module")
def small():
    return make_study(scale=0.1)


def between(frame, first, last, column="received_date"):
    return frame[frame[column].between(first, last)]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_satisfies_its_schema(study, name):
    TABLES[name].schema.validate(study.tables[name], lazy=True)
    assert len(study.tables[name]) > 0


@pytest.mark.parametrize("name", TABLES)
def test_a_small_study_satisfies_the_schema_too(small, name):
    TABLES[name].schema.validate(small.tables[name], lazy=True)
    assert len(small.tables[name]) > 0


@pytest.mark.parametrize("scale", [0.05, 0.2])
@pytest.mark.parametrize("seed", [0, 7])
def test_other_seeds_and_scales_are_valid_as_well(seed, scale):
    tables = make_study(seed, scale).tables
    for name, frame in tables.items():
        TABLES[name].schema.validate(frame, lazy=True)


def test_every_reference_is_found_in_its_table(study):
    for name, frame in study.tables.items():
        for column in frame.columns:
            target = TABLES[name].column(column).get("refers")
            if target:
                table, key = target.split(".")
                assert frame[column].dropna().isin(study.tables[table][key]).all(), (name, column)


def test_the_first_window_has_the_published_568_referrals_and_243_accepted(study):
    # london.gov.uk, 19 September 2019, and East London Advertiser: 568 referred, 243 accepted.
    rows = between(study.tables["referral"], "2018-09-01", "2019-06-30")
    assert len(rows) == 568
    assert (rows["decision"] == "accepted").sum() == 243


def test_2020_21_has_the_published_593_referrals_of_which_41_per_cent_accepted(study):
    # Minutes of Barking and Dagenham's committee, modgov.lbbd.gov.uk 91583: 593, 41%.
    rows = between(study.tables["referral"], "2020-04-01", "2021-03-31")
    assert len(rows) == 593
    assert (rows["decision"] == "accepted").mean() == pytest.approx(0.41, abs=0.001)


def test_the_second_window_lies_within_what_the_cumulative_figures_allow(study):
    # More than 1,100 since launch at September 2020 gives 45 to 53 a month over twelve months.
    rows = between(study.tables["referral"], "2019-05-01", "2020-04-30")
    assert 45 * 12 - 25 <= len(rows) <= 53 * 12


def test_the_windows_of_the_strategic_assessments_overlap_in_may_and_june_2019(study):
    window = study.tables["window"].set_index("window_id")
    assert window.at["Y2_SA", "start"] == pd.Timestamp("2019-05-01")
    assert window.at["Y1_SA", "end"] == pd.Timestamp("2019-06-30")


def test_sixty_two_per_cent_of_those_accepted_engage(study):
    engaged = study.tables["episode"]["engagement_level"].isin(ENGAGED)
    assert engaged.mean() == pytest.approx(0.62, abs=0.02)


def test_reported_outcomes_jump_from_60_to_88_per_cent_with_the_new_form(study):
    episode = study.tables["episode"].merge(study.tables["referral"], on="referral_id")
    episode = episode[episode["engagement_level"].isin(ENGAGED)]
    known = episode[episode["outcome_reported"].isin([*BETTER, "same", "increased"])]
    better = known["outcome_reported"].isin(BETTER)
    old = known["received_date"] < "2020-04-01"
    assert better[old].mean() == pytest.approx(0.60, abs=0.05)
    assert better[~old].mean() == pytest.approx(0.88, abs=0.06)


def test_sex_and_ages_follow_the_published_shares(study):
    referral = study.tables["referral"]
    age = referral["age_at_referral"]
    # 568 referred: 83% male, 70% aged 15 to 18, youngest 11 (East London Advertiser); a third
    # of two standard errors of a sample of 568 is allowed for the whole pilot.
    assert (referral["sex"] == "M").mean() == pytest.approx(0.83, abs=0.03)
    assert age.between(15, 18).mean() == pytest.approx(0.70, abs=0.04)
    assert age.min() == 11 and age.max() <= 25


def test_each_source_of_referrals_has_its_share(study):
    shares = study.tables["referral"]["referral_source"].value_counts(normalize=True)
    for source, share in study.truth["calibration"]["referral_sources (assumed)"].items():
        assert shares[source] == pytest.approx(share, abs=0.03)


def test_intelligence_moves_away_in_january_2020(study):
    referral = study.tables["referral"]
    intelligence = referral["referral_type"] == "intelligence"
    before = referral["received_date"] < "2020-01-01"
    assert intelligence[before].mean() > 0.28
    assert intelligence[~before].mean() < 0.12


def test_the_first_lockdown_and_school_holidays_show_as_dips(study):
    months = study.tables["referral"]["received_date"].dt.to_period("M").value_counts()
    lockdown = months["2020-04"] + months["2020-05"] + months["2020-06"]
    later = months["2020-09"] + months["2020-10"] + months["2020-11"]
    assert lockdown < 0.75 * later
    assert months["2019-08"] < (months["2019-07"] + months["2019-09"]) / 2


def test_boroughs_differ_as_need_and_propensity_make_them(study):
    counts = study.tables["referral"]["referring_borough"].value_counts()
    assert counts.max() > 4 * counts.median()
    assert counts.get("E09000001", 0) < 12


def test_dates_of_a_referral_are_in_order_and_none_is_after_the_last_day(study):
    referral, episode = study.tables["referral"], study.tables["episode"]
    assert not (referral["triage_date"] < referral["received_date"]).any()
    assert not (referral["decision_date"] < referral["triage_date"]).any()
    joined = episode.merge(referral, on="referral_id")
    assert not (joined["allocated_date"] < joined["decision_date"]).any()
    assert not (episode["first_meaningful_contact"] < episode["first_contact_attempt"]).any()
    assert not (episode["closed_date"] < episode["first_meaningful_contact"]).any()
    for frame in (referral, episode):
        dates = frame.select_dtypes("datetime")
        assert (dates.max().dropna() <= LAST_DAY).all()


def test_pseudonyms_say_nothing_about_time(study):
    referral = study.tables["referral"].sort_values("received_date")
    for column in ("yp_id", "referral_id"):
        order = referral[column].rank()
        assert abs(order.corr(pd.Series(range(len(order)), index=order.index))) < 0.1


def test_paired_files_are_of_one_young_person_and_a_fifth_are_read_twice(study):
    files = study.tables["file_review"]
    pairs = files.dropna(subset=["pair_id"]).groupby("pair_id")
    assert (pairs["yp_id"].nunique() == 1).all()
    assert (pairs["file_type"].nunique() == 2).all()
    readers = files.groupby("file_id")["reviewer"].nunique()
    assert (readers == 2).mean() == pytest.approx(0.20, abs=0.03)


def test_weights_of_a_case_add_up_to_100_and_every_item_has_two_raters(study):
    contexts = study.tables["ccr_context"]
    assert (contexts.groupby("ccr_id")["weight"].sum() == 100).all()
    raters = study.tables["ccr_domain"].groupby(["ccr_id", "item"])["rater"].agg(set)
    assert (raters.map(len) == 3).all()


def test_a_third_or_more_of_the_observed_panels_have_two_observers(study):
    observers = study.tables["panel_rating"].groupby("panel_id")["observer"].nunique()
    assert (observers == 2).mean() >= 0.30


def test_evidence_of_all_eight_methods_is_in_the_register(study):
    assert set(study.tables["coded_source"]["method"]) == set(
        TABLES["coded_source"].column("method")["values"]
    )


def test_everyone_who_needs_consent_has_a_row_in_the_register(study):
    registered = set(study.tables["consent"]["subject_id"])
    for name, table in TABLES.items():
        if table.consent:
            people = study.tables[name][table.subject].dropna()
            assert set(people) <= registered, name


@pytest.mark.parametrize("scope", ["all", "future", "quotes"])
@pytest.mark.parametrize("kind", ["young_person", "practitioner", "delegate"])
def test_some_of_every_kind_of_person_withdraw_in_every_scope(study, kind, scope):
    consent = study.tables["consent"]
    rows = consent[(consent["subject_type"] == kind) & (consent["withdrawal_scope"] == scope)]
    assert len(rows) == study.truth["withdrawn"][f"{kind}, {scope}"] > 0
    assert (rows["withdrawn_date"] >= rows["consent_date"]).all()
    assert (rows["actioned_date"] > rows["withdrawn_date"]).all()


def test_no_withdrawal_changes_a_published_total(study):
    consent, referral = study.tables["consent"], study.tables["referral"]
    gone = consent.loc[consent["withdrawn_date"].notna(), "subject_id"]
    theirs = referral[referral["yp_id"].isin(gone)]
    for first, last in PUBLISHED:
        assert between(theirs, first, last).empty


def test_missing_codes_stand_for_blank_numbers_only(study):
    for name, codes in study.missing.items():
        frame = study.tables[name]
        for column in codes:
            given = codes[column].notna()
            assert frame.loc[given, column].isna().all()
            assert set(codes.loc[given, column]) <= set(TABLES[name].column(column)["missing"])


def test_all_four_missing_codes_occur(study):
    numbers = {code for frame in study.missing.values() for code in np.unique(frame.fillna(""))}
    values = {code for frame in study.tables.values() for code in np.unique(frame.astype(str))}
    assert {"NK", "NR", "NA", "PNTS"} <= numbers | values


def test_borough_years_are_invented_and_marked_where_small_or_absent(study):
    series = study.tables["borough_year"]
    assert set(series["source"]) == {"Synthetic: invented"}
    assert set(series["mark"].dropna()) == {"c", "x"}
    assert series.loc[series["mark"].notna(), "value"].isna().all()
    counted = series[series["series"] != "population_under_18"]
    assert not counted["value"].between(1, 5).any()
    absent = counted[counted["mark"] == "x"]
    assert absent["borough_code"].nunique() == 1 and absent["year"].nunique() == 2


def test_monthly_returns_count_what_the_other_tables_hold(study):
    month, referral = study.tables["borough_month"], study.tables["referral"]
    assert month["rr_referrals"].sum() == (referral["referral_type"] == "intervention").sum()
    assert month["delegates"].sum() == len(study.tables["delegate"])


def test_the_same_seed_gives_the_same_study(study):
    again = make_study()
    for name, frame in study.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])
    assert study.documents == again.documents
    assert study.truth == again.truth


def test_another_seed_gives_another_study_with_the_same_totals(study):
    other = make_study(seed=3)
    assert not study.tables["referral"].equals(other.tables["referral"])
    assert len(between(other.tables["referral"], "2018-09-01", "2019-06-30")) == 568
    assert len(between(other.tables["referral"], "2020-04-01", "2021-03-31")) == 593


def test_scale_multiplies_people_and_leaves_boroughs(study, small):
    assert len(between(small.tables["referral"], "2018-09-01", "2019-06-30")) == 57
    assert len(small.tables["borough"]) == len(study.tables["borough"]) == 33
    assert len(small.tables["delegate"]) < len(study.tables["delegate"]) / 5


def test_the_representation_shows_counts_and_no_row(study):
    assert repr(study).startswith("SyntheticStudy(seed 20180701, scale 1: ")
    assert study.tables["referral"]["yp_id"].iloc[0] not in repr(study)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"scale": 0.01},
            "scale: 0.01; expected a number from 0.05 to 1000. "
            "Use 1 for a study of the pilot's size, 0.1 for a quick one.",
        ),
        (
            {"seed": -1},
            "seed: -1; expected a whole number, zero or more. "
            "Give another seed, for example 20180701.",
        ),
    ],
)
def test_a_wrong_seed_or_scale_is_refused_in_words(options, text):
    with pytest.raises(UserError) as error:
        make_study(**options)
    assert str(error.value) == text
