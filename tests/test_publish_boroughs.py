"""Borough briefings, built as a user builds them, from the release of the report on London."""

import json
import threading
import time

import psutil
from conftest import WINDOW
from lxml import html
from test_publish_cluster import scheduler, workers  # noqa: F401 (fixtures)

from rr_helpers.publish.boroughs import build_all_boroughs
from rr_helpers.publish.check import check_edition
from rr_helpers.publish.record import digest_files
from rr_helpers.report.markup import escape
from rr_helpers.study.schema import codes

TWO = {"E09000014": "Haringey", "E09000022": "Lambeth"}


def test_every_borough_gets_a_briefing_of_its_own_from_one_release(edition, tmp_path, monkeypatch):
    names = dict(codes.BOROUGHS)
    monkeypatch.setattr(codes, "BOROUGHS", TWO)
    built = build_all_boroughs(edition.study, window=WINDOW, out=tmp_path, say=lambda line: None)
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


def test_the_briefings_of_a_cluster_that_loses_a_worker_are_those_of_this_machine(
    edition,
    tmp_path,
    monkeypatch,
    scheduler,  # noqa: F811
    workers,  # noqa: F811
):
    monkeypatch.setattr(codes, "BOROUGHS", TWO)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    asked = {"window": WINDOW, "say": lambda line: None}
    here = build_all_boroughs(edition.study, out=tmp_path / "here", **asked)
    killer = threading.Thread(target=kill_one_at_work, args=(workers,), daemon=True)
    killer.start()
    there = build_all_boroughs(edition.study, out=tmp_path / "there", **asked, cluster=scheduler)
    killer.join(timeout=60)
    assert [worker.poll() is None for worker in workers].count(False) == 1
    assert [digest_files(folder) for folder in there] == [digest_files(folder) for folder in here]


def kill_one_at_work(workers) -> None:  # noqa: F811
    """Kill the first worker that has a kernel's parent, as if its machine had gone."""
    while True:
        for worker in workers:
            if family := psutil.Process(worker.pid).children(recursive=True):
                worker.kill()
                worker.wait()
                psutil.wait_procs(family, timeout=60)
                return
        time.sleep(0.05)


def test_an_apostrophe_is_no_number_to_whoever_reads_the_source():
    assert escape('the borough\'s "own" <b> & more') == (
        "the borough’s &quot;own&quot; &lt;b&gt; &amp; more"
    )
