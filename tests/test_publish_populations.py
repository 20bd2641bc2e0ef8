"""The populations whose counts are published: complete, categorical, and nobody's key in them."""

from dataclasses import replace

import pandas as pd
import pytest

from rr_helpers.disclosure import read_catalogue
from rr_helpers.disclosure.tabulation import check_population
from rr_helpers.publish.coded_evidence import read_evidence
from rr_helpers.publish.edition import catalogue_file
from rr_helpers.publish.populations import POPULATIONS
from rr_helpers.publish.populations.frames import half_year
from rr_helpers.publish.populations.referrals import response_times
from rr_helpers.study.schema import TABLES

WINDOW = "eval_Y3"
MEASURED = ("measure", "quasi-identifier")


@pytest.fixture(scope="module")
def evidence(small_study):
    return read_evidence(small_study)


@pytest.mark.parametrize("name", POPULATIONS)
def test_a_population_holds_categories_only_and_no_blank(name, small_study, evidence):
    frame = POPULATIONS[name](small_study, evidence, WINDOW)
    check_population(frame, name)
    assert frame.attrs["of"]


@pytest.mark.parametrize("name", POPULATIONS)
def test_no_identifier_is_a_category_of_a_population(name, small_study, evidence):
    frame = POPULATIONS[name](small_study, evidence, WINDOW)
    labels = {label for column in frame for label in frame[column].cat.categories}
    assert not labels & small_study.identifiers()


def test_every_population_of_the_catalogue_exists():
    asked = {table.population for table in read_catalogue(catalogue_file()).values()}
    assert asked <= set(POPULATIONS)


def test_the_ladder_only_narrows(small_study, evidence):
    frame = POPULATIONS["referrals"](small_study, evidence, WINDOW)
    steps = ["Accepted", "Engaged", "Outcome known", "Activity reduced or ceased"]
    counts = [(frame[f"reached: {step}"] == "Yes").sum() for step in steps]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0


def test_a_window_counts_each_referral_of_its_days_once(small_study, evidence):
    window = small_study.window(WINDOW)
    received = small_study["referral"]["received_date"]
    frame = POPULATIONS["referrals"](small_study, evidence, WINDOW)
    assert len(frame) == received.between(window.start, window.end).sum()


def test_a_wait_without_response_is_not_counted_as_a_response(small_study):
    waits = response_times(small_study)
    responses = small_study["safeguarding_response"]
    started = set(responses.loc[responses["resp_type"] != "none", "referral_id"])
    assert set(waits.index[waits["event"] == "response"]) <= started
    assert (waits["days"] >= 0).all()
    assert waits.index.is_unique


def test_cells_count_every_cell_of_every_measure_once(small_study, evidence):
    cells = sum(
        len(small_study[name])
        * sum(table.column(column)["role"] in MEASURED for column in table.columns)
        for name, table in TABLES.items()
    )
    assert len(POPULATIONS["cells"](small_study, evidence, WINDOW)) == cells


def test_a_cell_is_filled_in_left_blank_or_says_why_it_is_not(small_study, evidence):
    said = {"NK": "Not known", "NR": "Not recorded", "NA": "Not applicable"}
    said |= {"PNTS": "Prefer not to say"}
    frame = POPULATIONS["cells"](small_study, evidence, WINDOW)
    states, start = frame["state"].tolist(), 0
    for name, table in TABLES.items():
        asked = [c for c in table.columns if table.column(c)["role"] in MEASURED]
        rows, behind = small_study[name], small_study.missing_codes(name)
        for row in range(len(rows)):
            for column in asked:
                value = rows[column].iloc[row]
                code = behind[column].iloc[row] if column in behind else value
                state = said.get(code, "Left blank" if pd.isna(value) else "Filled in")
                assert states[start] == state, (name, column)
                start += 1
    assert start == len(frame)


def test_a_half_year_cut_off_by_the_window_says_so():
    until = pd.Timestamp(2021, 3, 31)
    assert half_year(pd.Timestamp(2021, 2, 1), until=until) == "2021 Jan to Mar"
    assert half_year(pd.Timestamp(2020, 11, 1), until=until) == "2020 Jul to Dec"


def test_a_codebook_without_a_kind_of_code_says_so(small_study, evidence):
    codes = evidence.codes[evidence.codes["type"] != "enabler"]
    frame = POPULATIONS["coded_sources"](small_study, replace(evidence, codes=codes), WINDOW)
    enablers = [column for column in frame if column.startswith("enabler: ")]
    assert enablers == ["enabler: (the codebook has no such code)"]
    assert (frame[enablers[0]] == "No").all()


def test_the_name_of_a_code_is_not_shown_unless_the_team_worded_it_for_readers(small_study):
    code = small_study["code"]
    hidden = code["code_label"].iloc[0]
    code.loc[code["code_label"] == hidden, "label_public"] = None
    study = replace(small_study, tables={**small_study.tables, "code": code})
    codes = read_evidence(study).codes
    named = codes.set_index(codes["path"].str.split("/").str[-1])["label"]
    assert named[hidden] == "(codes without wording for readers)"
    assert hidden not in set(codes["label"])


def test_a_report_speaks_of_sectors_and_names_no_organisation_of_one_borough(small_study):
    named = small_study.organisation_names()
    assert {"R&R provider A", "Voluntary organisation 2, Brent"} <= named
    assert {"Youth offending service, Islington", "Children's social care, Havering"} <= named
    assert "Metropolitan Police" not in named


def rows_of_networks(study, **tables):
    return replace(study, tables={**study.tables, **tables})


def test_a_network_counts_what_reached_its_members_since_it_was_identified(small_study):
    day, people = pd.Timestamp("2020-06-01"), ["A", "B", "C", "D", "E"]
    network = small_study["yp_network"].iloc[[0, 0]].assign(
        network_id=["N1", "N2"], identified_date=day, lead_professional=["yes", "no"],
        mapping_date=[day, pd.NaT], context_response=["no", "yes"])  # fmt: skip
    members = pd.DataFrame({"network_id": ["N1"] * 3 + ["N2"] * 3, "yp_id": [*people, "A"]})
    one = small_study["safeguarding_response"].iloc[[0]]
    told = {"A": (5, "1"), "B": (-9, "2"), "C": (0, "2"), "D": (-1, "1")}
    responses = pd.concat([
        one.assign(yp_id=who, level=level, started_date=day + pd.Timedelta(days=after))
        for who, (after, level) in told.items()
    ])  # fmt: skip
    study = rows_of_networks(
        small_study,
        yp_network=network,
        yp_network_member=members,
        safeguarding_response=responses,
    )
    done = POPULATIONS["young_networks"](study, None, "eval_Y3")
    assert done["done: Two members or more had a response since"].tolist() == ["Yes", "No"]
    assert done["done: Somebody leads on it"].tolist() == ["Yes", "No"]
    assert done["done: It was mapped in a meeting"].tolist() == ["Yes", "No"]
    assert done["done: The group or a place had a response"].tolist() == ["No", "Yes"]
    reached = POPULATIONS["network_members"](study, None, "eval_Y3")["reached"].tolist()
    alone, before = "Responses one by one only", "Only before the network was identified"
    group, none = "A response to the group or a place as well", "No response on record"
    assert reached == [alone, before, group, before, none, alone]


def test_a_study_without_a_list_of_networks_counts_none(small_study):
    none = {name: small_study[name].iloc[:0] for name in ("yp_network", "yp_network_member")}
    study = rows_of_networks(small_study, **none)
    for name in ("young_networks", "network_members"):
        assert len(POPULATIONS[name](study, None, "eval_Y3")) == 0
