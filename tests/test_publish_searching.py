"""Which files of a site are searched, and that nothing is missed where several are at once."""

import json
import multiprocessing
import os
import shutil
from dataclasses import dataclass

import pytest

from rr_helpers.publish import remembered as memory
from rr_helpers.publish import searching
from rr_helpers.publish.check import check_site
from rr_helpers.publish.file_faults import NO_CANARIES, Search
from rr_helpers.publish.leaks import word_runs
from rr_helpers.publish.searching import search_site
from rr_helpers.publish.sources import package_digest

PAGE = "<!DOCTYPE html><html lang='en'><head><title>T</title></head><body>{}</body></html>"
NOTE = "she said that nobody had ever asked her what would help most"


def search_for(*identifiers, notes=(NOTE,)):
    study = {"organisations": (), "runs": word_runs(notes), "canaries": NO_CANARIES}
    return Search.prepare(identifiers, (), **study)


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    for name, words in {"index": "Title", "about": "About", "methods": "Methods"}.items():
        put(folder, name, words)
    return folder


@pytest.fixture
def remembered(site):
    return site.parent / "searched.json"


@pytest.fixture
def searched(monkeypatch):
    """The names of the files that were searched, in order."""
    names, faults_of = [], Search.faults_of

    def note(self, site, path):
        names.append(path.name)
        return faults_of(self, site, path)

    monkeypatch.setattr(Search, "faults_of", note)
    return names


def put(site, name, words):
    (site / f"{name}.html").write_text(PAGE.format(f"<p>{words}</p>"), encoding="utf-8")


def test_what_was_found_clean_is_not_searched_again_and_what_changed_is(site, remembered, searched):
    assert search_site(search_for("YP00001"), site, remembered=remembered) == []
    assert searched == ["about.html", "index.html", "methods.html"]
    put(site, "about", "Others")
    searched.clear()
    assert search_site(search_for("YP00001"), site, remembered=remembered) == []
    assert searched == ["about.html"]


def test_a_leak_is_found_every_time(site, remembered):
    put(site, "about", "YP00001")
    for _ in range(3):
        (fault,) = search_site(search_for("YP00001"), site, remembered=remembered)
        assert fault.workbook == "about.html" and "YP00001" in fault.found


def test_a_file_of_another_name_is_searched(site, remembered, searched):
    search_site(search_for("YP00001"), site, remembered=remembered)
    searched.clear()
    os.rename(site / "about.html", site / "other.html")
    search_site(search_for("YP00001"), site, remembered=remembered)
    assert searched == ["other.html"]


@pytest.mark.parametrize(
    "sought",
    [search_for("YP00001", "YP00002"), search_for("YP00001", notes=(NOTE, f"more {NOTE}"))],
    ids=["another identifier", "another note"],
)
def test_where_anything_else_is_sought_everything_is_searched(site, remembered, searched, sought):
    search_site(search_for("YP00001"), site, remembered=remembered)
    searched.clear()
    search_site(sought, site, remembered=remembered)
    assert len(searched) == 3


@pytest.mark.parametrize("changed", ["rr_helpers/disclosure/vocabulary.py", "requirements.lock"])
def test_another_program_searches_everything(site, remembered, searched, monkeypatch, changed):
    root = site.parent / "project"
    shutil.copytree(memory.ROOT / "rr_helpers", root / "rr_helpers")
    shutil.copy(memory.ROOT / "requirements.lock", root)
    monkeypatch.setattr(memory, "ROOT", root)
    # A process asks for this once; here one stands for several.
    monkeypatch.setattr(memory, "this_program", lambda: package_digest(root))
    search_site(search_for(), site, remembered=remembered)
    searched.clear()
    search_site(search_for(), site, remembered=remembered)
    assert searched == []
    with (root / changed).open("a") as file:
        file.write("# a remark\n")
    search_site(search_for(), site, remembered=remembered)
    assert len(searched) == 3


@pytest.mark.parametrize("broken", ["", "{", "[]", "{}", '{"program": 1, "clean": 2}'])
def test_a_broken_memory_is_no_memory(site, remembered, searched, broken):
    remembered.write_text(broken)
    assert search_site(search_for(), site, remembered=remembered) == []
    assert len(searched) == 3
    assert len(json.loads(remembered.read_text())["clean"]) == 3


def test_a_check_without_a_memory_searches_everything_every_time(site, searched):
    assert check_site(site) == check_site(site) == []
    assert len(searched) == 6


def leak_everywhere(site):
    put(site, "about", "YP00001")
    put(site, "methods", f"A note: {NOTE}!")
    (site / "data.csv").write_text("n,1")


def test_processes_side_by_side_find_what_one_finds(site, monkeypatch):
    leak_everywhere(site)
    alone = search_site(search_for("YP00001"), site)
    assert [fault.workbook for fault in alone] == ["about.html", "data.csv", "methods.html"]
    assert "eight words" in alone[-1].found
    monkeypatch.setattr(searching, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(searching, "usable_cores", lambda: 2)
    monkeypatch.setattr(Search, "faults_of", None)  # so that this process searches nothing
    assert search_site(search_for("YP00001"), site) == alone


@dataclass(frozen=True)
class EndsItsWorker(Search):
    """A search of which a worker does not come back, as when memory runs out."""

    def faults_of(self, site, path):
        if multiprocessing.parent_process():
            os._exit(9)
        return super().faults_of(site, path)


def test_where_a_worker_ends_all_is_searched_here(site, monkeypatch):
    leak_everywhere(site)
    search = search_for("YP00001")
    alone = search_site(search, site)
    monkeypatch.setattr(searching, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(searching, "usable_cores", lambda: 2)
    assert search_site(EndsItsWorker(**vars(search)), site) == alone
