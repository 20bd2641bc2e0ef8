"""Which pages are looked at for numbers that nobody cleared, where a build remembers clean ones."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from rr_helpers.publish import uncleared
from rr_helpers.publish.uncleared import find_uncleared

PAGE = "<!DOCTYPE html><html lang='en'><head><title>T</title></head><body>{}</body></html>"
SHOWN = "<p>Between 40 and 45 of 120</p>"
SOURCES = {"index": "# In 2021", "about": "# About us"}


def chapter(shown=SHOWN):
    return new_notebook(
        cells=[
            new_code_cell("show", outputs=[new_output("display_data", data={"text/html": shown})])
        ]
    )


def put(site, name, body):
    (site / f"{name}.html").write_text(PAGE.format(body), encoding="utf-8")


def put_index(site, words):
    (site / "searchindex.js").write_text(f'Search.setIndex({{"terms":{{"{words}":0}}}})')


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    put(folder, "index", "<h1>In 2021</h1>")
    put(folder, "about", "<h1>About us</h1>")
    put(folder, "safety", f'<div class="cell_output docutils"><div>{SHOWN}</div></div>')
    put_index(folder, "120")
    return folder


@pytest.fixture
def look(site, monkeypatch):
    """Look for what was not cleared, as a build does; tells the names of the pages looked at."""
    names, look_at = [], uncleared._look_at

    def note(data, name, may_show):
        names.append(name)
        return look_at(data, name, may_show)

    monkeypatch.setattr(uncleared, "_look_at", note)

    def look(*, shown=SHOWN, sources=SOURCES):
        names.clear()
        remembered = site.parent / "cleared.json"
        faults = find_uncleared(site, {"safety": chapter(shown)}, sources, remembered=remembered)
        return [fault.workbook for fault in faults], list(names)

    return look


def test_a_clean_page_is_looked_at_once_and_again_when_it_changes(site, look):
    assert look() == ([], ["about", "index", "safety"])
    assert look() == ([], [])
    put(site, "about", "<h1>About others</h1>")
    assert look() == ([], ["about"])
    put(site, "about", "<h1>About 7 others</h1>")
    assert look() == look() == (["about.html"], ["about"])


def test_the_same_page_is_looked_at_where_what_it_may_show_has_changed(look):
    look()
    assert look(sources={**SOURCES, "index": "# In another year"}) == (["index.html"], ["index"])
    faults, looked_at = look(shown=SHOWN.replace("40", "35"))
    assert set(faults) == {"safety.html"} and looked_at == ["index", "safety"]


def test_a_page_of_another_name_is_looked_at(site, look):
    look()
    (site / "index.html").rename(site / "front.html")
    assert look() == (["front.html"], ["front"])


def test_the_search_index_is_held_to_the_numbers_of_pages_not_looked_at_again(site, look):
    look()
    put_index(site, "121")
    assert look() == (["searchindex.js"], [])
    put(site, "index", "<h1>In a year</h1>")
    put_index(site, "2021")
    assert look() == (["searchindex.js"], ["index"])


def test_without_a_memory_every_page_is_looked_at_every_time(site, look):
    assert look()[1] and not look()[1]
    assert find_uncleared(site, {"safety": chapter()}, SOURCES) == []
    assert (site.parent / "cleared.json").is_file()
    put(site, "about", "<h1>About 7 others</h1>")
    (fault,) = find_uncleared(site, {"safety": chapter()}, SOURCES)
    assert fault.workbook == "about.html"
