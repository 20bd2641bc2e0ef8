"""Licensed scales: scored from the study's own file, done without where there is none."""

from dataclasses import replace

import pytest

from rr_helpers.errors import UserError
from rr_helpers.publish.licensed import read_scale, scale_scores
from rr_helpers.study.inputs import input_digests

LINES = {
    "title": '"An invented scale"',
    "copyright": '"(c) Nobody"',
    "items": "4",
    "lowest": "1",
    "highest": "5",
}


def write(folder, lines, conversion="", name="invented"):
    (folder / "licensed").mkdir(exist_ok=True)
    path = folder / "licensed" / f"{name}.toml"
    text = "\n".join(f"{key} = {value}" for key, value in lines.items())
    path.write_text(f"{text}\n{conversion}", encoding="utf-8")
    return path


def scores(study, folder, lines, conversion=""):
    write(folder, lines, conversion)
    ((scale, found),) = scale_scores(replace(study, folder=folder), "FY2021_22")
    return scale, found


def test_a_study_without_a_licensed_file_has_no_score(small_study, tmp_path):
    assert len(small_study["scale_answer"])
    assert scale_scores(replace(small_study, folder=tmp_path), "FY2021_22") == []


def test_a_score_is_the_sum_of_all_items_of_those_who_answered_each(small_study, tmp_path):
    _, found = scores(small_study, tmp_path, LINES)
    answers = small_study["scale_answer"].dropna(subset=["response"])
    sums = answers.groupby("response_id")["response"].agg(["sum", "size"])
    surveys = small_study["yp_survey"]
    window = small_study.window("FY2021_22")
    due = surveys.loc[surveys["date"] <= window.end, "response_id"]
    expected = sums.loc[sums["size"].eq(4) & sums.index.isin(due), "sum"]
    assert sorted(found["score"]) == sorted(expected)


def test_reversed_items_are_turned_round_and_sums_converted(small_study, tmp_path):
    _, plain = scores(small_study, tmp_path, LINES)
    turned = LINES | {"reversed": "[1, 2, 3, 4]"}
    _, found = scores(small_study, tmp_path, turned)
    assert found["score"].tolist() == (24 - plain["score"]).tolist()
    table = "[conversion]\n" + "\n".join(f'"{total}" = {total / 2}' for total in range(4, 21))
    _, halved = scores(small_study, tmp_path, LINES, table)
    assert halved["score"].tolist() == (plain["score"] / 2).tolist()


@pytest.mark.parametrize(
    ("lines", "conversion", "words"),
    [
        ({"items": None}, "", "no entry 'items'"),
        ({"wording": '"How …"'}, "", "an unknown entry 'wording'"),
        ({"items": '"four"'}, "", "items = 'four'; expected int"),
        ({"copyright": '""'}, "", "copyright = ''"),
        ({"lowest": "5"}, "", "lowest below highest"),
        ({"reversed": "[5]"}, "", "reversed = [5]; expected numbers from 1 to 4"),
        ({}, '[conversion]\n"4" = 1.0', "differs at the sum 5; expected every sum from 4 to 20"),
        ({}, '[conversion]\n"a" = 1.0', "a conversion that is not of numbers"),
        ({}, "items", "no TOML"),
    ],
)
def test_a_file_that_cannot_be_scored_from_is_refused_by_its_place(
    tmp_path, lines, conversion, words
):
    told = {key: value for key, value in (LINES | lines).items() if value is not None}
    with pytest.raises(UserError) as caught:
        read_scale(write(tmp_path, told, conversion))
    assert words in str(caught.value) and str(caught.value).startswith("licensed/invented.toml: ")


def test_answers_outside_the_scale_are_refused_with_the_sheet(small_study, tmp_path):
    with pytest.raises(UserError, match="sheet 'scale_answer', scale 'invented': .* items 1 to 2"):
        scores(small_study, tmp_path, LINES | {"items": "2"})


def test_answers_of_people_who_withdrew_have_no_score(small_study):
    left = set(small_study["yp_survey"]["response_id"])
    assert set(small_study["scale_answer"]["response_id"]) <= left


def test_a_licensed_file_that_changes_makes_the_chapters_run_again(tmp_path):
    write(tmp_path, LINES)
    before = input_digests(tmp_path, {})
    assert list(before) == ["licensed/invented.toml"]
    write(tmp_path, LINES | {"highest": "6"})
    assert input_digests(tmp_path, {}) != before
