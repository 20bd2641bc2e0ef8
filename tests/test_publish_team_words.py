"""The team's own words to a board: numbers only by name, nothing that the gate would refuse."""

from dataclasses import replace

import pytest
import trial_project as trial

from rr_helpers.errors import UserError
from rr_helpers.publish.findings import Told
from rr_helpers.publish.team_words import fill, read_team_words, words_digest

MESSAGE = '[[message]]\nfinding = "safer"\nmeans = "{words}"\n'


def read(folder, text):
    (folder / "briefings").mkdir(exist_ok=True)
    (folder / "briefings" / "eval_Y3.toml").write_text(text, encoding="utf-8")
    return read_team_words(folder, "eval_Y3")


def told(**changes):
    data = {**trial.finding(), "numbers": {"share": "52% (95% CI 40% to 64%)"}, **changes}
    kept = {key: data[key] for key in ("id", "question", "sentence", "strength", "numbers")}
    return Told(**kept, evidence=(), limits=("Half did not answer",), chapter="notebooks/q4",
                title="Safety: how safe", estimates=data.get("estimates", ()))  # fmt: skip


def estimate(low, high, name="share"):
    return {"name": name, "low": low, "high": high, "value": 0.5, "unit": "", "level": 0.95,
            "text": "0.5", "interval": f"{low} to {high}", "rests_on": "9"}  # fmt: skip


def test_without_a_file_the_team_says_nothing(tmp_path):
    assert read_team_words(tmp_path, "eval_Y3") == ()
    assert words_digest(tmp_path, "eval_Y3") == {}


def test_numbers_come_from_the_finding_or_from_another_by_its_name(tmp_path):
    (one,) = read(tmp_path, MESSAGE.format(words="Of these {share}; of those {other.share}."))
    both = {"safer": told(), "other": told(id="other", numbers={"share": "[c]"})}
    assert fill(one, both) == "Of these 52% (95% CI 40% to 64%); of those [c]."
    assert list(words_digest(tmp_path, "eval_Y3")) == ["briefings/eval_Y3.toml"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("About 52% feel safer", "a number typed into 'About 52% feel safer'"),
        ("About ½ feel safer", "a number typed into"),
        ("Three young people feel safer", "people or records counted in words"),
        ("The pilot led to safety", "'led to' in the sentence"),
        ("Ask for a lead like Jordan Blake", "'Jordan' in"),
        ("Write to team@home", "'team@home' in"),
        ("Safer by {share:.1f}", "{share:.1f}"),
        ("Safer by {share", "a brace that does not close"),
    ],
)
def test_what_a_page_may_not_hold_is_refused_with_its_place(tmp_path, words, found):
    with pytest.raises(UserError) as refused:
        read(tmp_path, MESSAGE.format(words=words))
    assert "briefings/eval_Y3.toml, message 1" in str(refused.value)
    assert found in str(refused.value)


def test_a_typed_number_is_told_with_its_cure(tmp_path):
    with pytest.raises(UserError) as refused:
        read(tmp_path, '[[decision]]\nask = "Fund 3 more years"\n')
    assert str(refused.value) == (
        "briefings/eval_Y3.toml, decision 1: a number typed into 'Fund 3 more years'; expected "
        "numbers put in from released tables: '{referred} referrals', numbers={'referred': "
        "table.total}. Put a {name} in its place and give the safe number in numbers=."
    )


def test_a_finding_or_a_number_that_there_is_not_is_told_with_those_that_there_are(tmp_path):
    (one,) = read(tmp_path, MESSAGE.format(words="So {rate}"))
    with pytest.raises(UserError, match=r"\{rate\}, a number that .* expected one of share"):
        fill(one, {"safer": told()})
    with pytest.raises(UserError, match="the finding 'safer'; expected one of this edition's: a"):
        fill(one, {"a": told(id="a")})


@pytest.mark.parametrize(("low", "high", "holds"), [(0.1, 0.3, True), (-0.1, 0.3, False)])
def test_words_are_dropped_where_the_whole_interval_no_longer_bears_them(
    tmp_path, low, high, holds
):
    text = MESSAGE.format(words="Safer") + 'only_if = ["share above 0"]\n'
    (one,) = read(tmp_path, text)
    found = told(estimates=(estimate(low, high),))
    assert fill(one, {"safer": found}) == ("Safer" if holds else None)
    with pytest.raises(UserError, match="'NAME above 0' or 'NAME below 0'"):
        fill(replace(one, only_if=("share is large",)), {"safer": found})


def test_more_than_a_page_holds_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"4 of \[\[decision\]\] for the operational board"):
        read(tmp_path, '[[decision]]\nask = "Decide"\n' * 4)
    assert len(read(tmp_path, '[[decision]]\nask = "Decide"\nboards = ["strategic"]\n' * 3)) == 3


def test_unknown_keys_boards_and_broken_files_are_told(tmp_path):
    for text, found in (
        ('[[massage]]\nmeans = "x"', "the unknown key 'massage'"),
        ('[[message]]\nmeans = "x"', "no 'finding'"),
        ('[[decision]]\nask = "x"\nboards = "mopac"', "the board 'mopac'"),
        ("[[decision]\n", "a file that cannot be read"),
    ):
        with pytest.raises(UserError) as refused:
            read(tmp_path, text)
        assert found in str(refused.value)
