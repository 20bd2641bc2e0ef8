"""Several windows in one run: the editions that each would have alone, and every fault told."""

from pathlib import Path

import pytest

from rr_helpers import cli
from rr_helpers.errors import UserError
from rr_helpers.publish import editions
from rr_helpers.publish.editions import build_windows, places_of

YEARS = ("eval_Y2", "eval_Y3")


def test_one_window_lies_in_the_folder_named_and_several_each_in_its_own():
    out = Path("report")
    assert places_of(["eval_Y3"], out) == {"eval_Y3": out}
    assert places_of(YEARS, out) == {"eval_Y2": out / "eval_Y2", "eval_Y3": out / "eval_Y3"}


@pytest.mark.parametrize(
    "windows, found",
    [
        (["eval_Y3", "eval_Y2", "eval_Y3"], "'eval_Y3' a second time"),
        (["eval_Y3", "EVAL_Y3"], "'EVAL_Y3' a second time"),
        (["eval_Y3", "../eval_Y2"], "'../eval_Y2'"),
        (["eval_Y3", ".."], "'..'"),
        (["eval_Y3", ""], "''"),
    ],
)
def test_a_window_named_twice_or_leading_out_of_the_folder_is_refused(windows, found):
    with pytest.raises(UserError) as told:
        places_of(windows, Path("report"))
    assert str(told.value) == (
        f"--window: {found}; expected windows that differ, each of which can be the name of a "
        "folder in --out. Leave it out, or build it by itself."
    )


@pytest.mark.parametrize("more", [[], ["--all-boroughs"]])
def test_a_window_that_is_not_in_the_study_is_told_before_anything_is_built(
    small_study_folder, tmp_path, capsys, more
):
    asked = ["build", str(small_study_folder), "--window", "eval_Y3", "--window", "eval_Y9", *more]
    assert cli.main([*asked, "--out", str(tmp_path / "report")]) == 1
    assert "there is no window 'eval_Y9'; expected one of" in capsys.readouterr().err
    assert not (tmp_path / "report").exists()


def test_an_edition_that_cannot_be_built_does_not_stop_the_others(
    small_study_folder, tmp_path, monkeypatch
):
    tried = []

    def build(folder, *, window, out, **asked):
        tried.append((window, out))
        if window == YEARS[0]:
            raise UserError(place="cell 3", found="a fault", expected="none", cure="Mend it")

    monkeypatch.setattr(editions, "build", build)
    places = places_of(YEARS, tmp_path)
    with pytest.raises(UserError) as told:
        build_windows(small_study_folder, places=places, scope="london", say=lambda line: None)
    assert tried == list(places.items())
    assert str(told.value) == (
        f"{tmp_path / 'eval_Y2'}, {tmp_path / 'eval_Y3'}: 1 of 2 editions not built:\n"
        "  - eval_Y2: cell 3: a fault; expected none. Mend it.\n; expected all of them. Mend what "
        "is named above and run the command again."
    )


@pytest.mark.parametrize(
    "option, more",
    [("watch", ["--watch", "--window", "eval_Y2"]), ("watch", ["--watch", "--all-boroughs"]),
     ("draft", ["--draft", "--all-boroughs"]),
     ("only", ["--only", "notebooks/q1_network/network", "--window", "eval_Y2"])],
)  # fmt: skip
def test_what_is_for_one_edition_is_refused_for_several(
    small_study_folder, tmp_path, capsys, option, more
):
    asked = ["build", str(small_study_folder), "--window", "eval_Y3", "--out", str(tmp_path)]
    assert cli.main([*asked, *more]) == 1
    assert capsys.readouterr().err == (
        f"rr build: --{option}: more than one edition to build; expected one window, without "
        f"--all-boroughs. Leave --{option} out, or name one edition.\n"
    )
