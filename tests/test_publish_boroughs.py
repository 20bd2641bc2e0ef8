"""Borough briefings, built as a user builds them, from the release of the report on London."""

import json
import threading

import pytest
from conftest import WINDOW
from local_cluster import kill_one_at_work
from lxml import html
from test_publish_cluster import scheduler, workers  # noqa: F401 (fixtures)

from rr_helpers.cli import main
from rr_helpers.publish.boroughs import build_all_boroughs, build_each
from rr_helpers.publish.check import check_edition
from rr_helpers.publish.edition import open_edition
from rr_helpers.publish.editions import RECORD_FIRST
from rr_helpers.publish.record import digest_files
from rr_helpers.publish.releasing import release_window
from rr_helpers.publish.validated import prepare_study
from rr_helpers.report.markup import escape
from rr_helpers.study.schema import codes

HARINGEY = "E09000014"
TWO = {HARINGEY: "Haringey", "E09000022": "Lambeth"}
YEARS = ("eval_Y2", WINDOW)  # the releases of both are made once for the tests of this file


def test_every_borough_gets_a_briefing_of_its_own_from_one_release(edition, tmp_path, monkeypatch):
    names = dict(codes.BOROUGHS)
    monkeypatch.setattr(codes, "BOROUGHS", TWO)
    built = build_all_boroughs(edition.study, places={WINDOW: tmp_path}, say=lambda line: None)
    assert built == [tmp_path / code for code in TWO]
    released = set()
    for (code, borough), folder in zip(TWO.items(), built, strict=True):
        assert check_edition(folder) == []
        record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
        assert record["scope"] == code
        released.add(record["options"]["release"])
        pages = [html.parse(path).getroot() for path in (folder / "site").rglob("*.html")]
        words = " ".join(page.text_content() for page in pages)
        assert f"Rescue and Response in {borough}" in words
        others = {name for key, name in names.items() if key not in (code, "E09000033")}
        assert not [name for name in others if f" {name} " in f" {words} "]
    london = json.loads((edition.folder / "record.json").read_text(encoding="utf-8"))
    assert released == {london["options"]["release"]}


def test_one_process_gives_each_borough_its_own_briefing_one_after_another(
    small_study_folder, tmp_path
):
    store = prepare_study(small_study_folder)
    opened = open_edition(store, window=WINDOW)
    release, _ = release_window(opened, store, say=lambda line: None)
    shared = {"window": WINDOW, "release": release}
    asked = {code: {**shared, "scope": code, "out": tmp_path / code} for code in TWO}
    done = build_each(small_study_folder, asked, workers=1)
    assert list(done) == [(code, "") for code in TWO]
    for code, borough in TWO.items():
        record = json.loads((tmp_path / code / "record.json").read_text(encoding="utf-8"))
        page = (tmp_path / code / "site" / "index.html").read_text(encoding="utf-8")
        assert record["scope"] == code and f"Rescue and Response in {borough}" in page


@pytest.fixture(scope="module")
def alone(small_study_folder, tmp_path_factory):
    """The briefing of one borough for each window, built in a run of its own."""
    place = tmp_path_factory.mktemp("alone")
    for year in YEARS:
        asked = ["--window", year, "--scope", HARINGEY, "--out", str(place / year)]
        assert main(["build", str(small_study_folder), *asked]) == 0
    return place


@pytest.fixture
def together(small_study_folder):
    """The command that builds both windows in one run."""
    return ["build", str(small_study_folder), *(w for year in YEARS for w in ("--window", year))]


def test_the_command_builds_the_same_briefings_on_a_cluster_that_loses_a_worker(
    alone,
    together,
    tmp_path,
    monkeypatch,
    scheduler,  # noqa: F811
    workers,  # noqa: F811
):
    monkeypatch.setattr(codes, "BOROUGHS", {HARINGEY: TWO[HARINGEY]})
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    killer = threading.Thread(target=kill_one_at_work, args=(workers,), daemon=True)
    killer.start()
    build = [*together, "--out", str(tmp_path), "--all-boroughs", "--cluster", scheduler]
    assert main(build) == 0
    killer.join(timeout=60)
    assert [worker.poll() is None for worker in workers].count(False) == 1
    for year in YEARS:
        assert [path.name for path in (tmp_path / year).iterdir()] == [HARINGEY]
        assert digest_files(tmp_path / year / HARINGEY) == digest_files(alone / year)


def test_two_windows_in_one_run_are_byte_for_byte_those_of_two_runs(
    alone, together, tmp_path, capsys
):
    assert main([*together, "--scope", HARINGEY, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "eval_Y3 (2 of 2)" in said and RECORD_FIRST in said
    for year in YEARS:
        built = tmp_path / year
        assert digest_files(built) == digest_files(alone / year) and check_edition(built) == []
        assert json.loads((built / "record.json").read_text(encoding="utf-8"))["window"] == year


def test_an_apostrophe_is_no_number_to_whoever_reads_the_source():
    assert escape('the borough\'s "own" <b> & more') == (
        "the borough’s &quot;own&quot; &lt;b&gt; &amp; more"
    )
