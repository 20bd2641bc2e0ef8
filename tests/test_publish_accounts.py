"""The book accounts for itself: each item has a place or a reason, and each place is there."""

import re
from pathlib import Path

import nbformat
import pytest
import trial_project as trial
from lxml import html
from nbformat.v4 import new_output

from rr_helpers.disclosure.stamp import plain_text, stamp
from rr_helpers.errors import UserError
from rr_helpers.publish.accounts import Accounts, compose_accounts, read_accounts
from rr_helpers.publish.build import build_site
from rr_helpers.publish.logs import read_assumptions, revisions_markdown
from rr_helpers.publish.pointers import index_book, link_to
from rr_helpers.publish.standards import STATES, count_states, read_standards

BOOK = trial.ROOT / "book"
SAFETY = "notebooks/q4_safety/safety"
METHODS = "# Methods\n\n## What we asked\n\n```\n## Not a heading\n```\n\n## Consent & *care*\n"
MET = 'met_by = ["pages/methods#What we asked", "finding:safer", "exhibit:Trial table"]'
STANDARD = """
[[standard]]
name = "A standard"
source = "Someone (2020)"
about = "What a study should tell."
[[standard.item]]
asks = "Say what was asked"
"""
ASSUMED = """
[[assumption]]
id = "A-1"
assumes = "Nobody forgot."
matters_in = ["pages/methods#What we asked"]
if_wrong = "It is otherwise."
"""
REVISED = """
[[revision]]
date = 2021-06-30
edition = "eval_Y3"
kind = "method"
changed = "Ranges are wider."
matters_to = "All of them."
"""


def chapters():
    """One executed chapter with a finding and a table under the heading 'What was found'."""
    notebook = trial.notebook("pass", "#md ## Later\n\nMore.", title="Safety")
    notebook.cells[2].outputs = [
        shown("Finding", "safer", finding=trial.finding()),
        shown("Table", "Trial table"),
    ]
    return {SAFETY: notebook}


def shown(kind, title, **more):
    record = stamp(kind, title, "<p>Shown.</p>", **more)
    data = {"text/html": "<p>Shown.</p>", "text/plain": plain_text(record)}
    return new_output("display_data", data=data, metadata={"rr": record})


def index():
    return index_book(chapters(), {"pages/methods": METHODS, "index": "# Front\n"})


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def declared(folder: Path, *, item: str = MET, assumed: str = ASSUMED) -> Accounts:
    write(folder, "standards.toml", STANDARD + item)
    write(folder, "assumptions.toml", assumed)
    write(folder, "revisions.toml", REVISED)
    write(folder, "synthesis.toml", "")
    return read_accounts(folder)


def compose(accounts: Accounts):
    return compose_accounts(accounts, chapters(), {"pages/methods": METHODS})


@pytest.mark.parametrize("item, found", [
    ("", "neither a place nor a reason"),
    ('met_by = []', "neither a place nor a reason"),
    ('not_met = ""', "neither a place nor a reason"),
    ('not_met = "No."\nnot_applicable = "Never."', "not_met and not_applicable"),
    (MET + '\nnot_met = "No."', "met_by and not_met"),
    ('not_met = "No."\nlacking = "All."', "not_met, with lacking"),
])  # fmt: skip
def test_an_item_has_either_places_or_one_reason(tmp_path, item, found):
    path = write(tmp_path, "standards.toml", STANDARD + item)
    with pytest.raises(UserError) as error:
        read_standards(path)
    said = str(error.value)
    assert said.startswith(f"book/standards.toml, A standard, 'Say what was asked': {found}; ")
    assert "expected met_by (with lacking where it is met in part), not_met or not_appl" in said
    assert said.endswith("Say where the book meets it, or why it does not.")


def test_an_unknown_key_a_missing_one_and_an_unreadable_file_are_told(tmp_path):
    for text, found in (
        (STANDARD + 'meet_by = ["index"]', "the unknown key 'meet_by'"),
        (STANDARD.replace('about = "What a study should tell."\n', "") + MET, "no 'about'"),
        ("[[norm]]\n", "book/standards.toml: the unknown key 'norm'"),
        ("[[standard]", "book/standards.toml: a file that cannot be read"),
    ):
        with pytest.raises(UserError, match=re.escape(found)):
            read_standards(write(tmp_path, "standards.toml", text))


@pytest.mark.parametrize("pointer, found", [
    ("pages/method", "no page of that name; did you mean 'pages/methods'?"),
    ("pages/methods#Consents & *care*", "no heading of pages/methods of that name; did you mean"),
    ("pages/methods#Not a heading", "no heading of pages/methods of that name"),
    (f"{SAFETY}#Safety", f"no heading of {SAFETY} of that name"),
    ("finding:safest", "no finding of that name; did you mean 'safer'?"),
    ("exhibit:A picture", "no exhibit of that name"),
])  # fmt: skip
def test_a_place_that_the_book_does_not_have_stops_the_build(tmp_path, pointer, found):
    accounts = declared(tmp_path, item=f'met_by = ["{pointer}"]')
    with pytest.raises(UserError) as error:
        compose(accounts)
    said = str(error.value)
    assert said.startswith("book/standards.toml: what the book does not have (1):\n")
    assert f"  - A standard, 'Say what was asked': '{pointer}' ({found}" in said
    assert "Point to where it stands now, or say there why it is not met" in said


def test_every_lost_place_is_told_at_once_and_those_of_assumptions_too(tmp_path):
    accounts = declared(tmp_path, item='met_by = ["pages/a", "pages/b"]')
    with pytest.raises(UserError, match=r"\(2\)"):
        compose(accounts)
    lost = ASSUMED.replace("What we asked", "What we never asked")
    with pytest.raises(UserError, match=r"book/assumptions.toml: (?s:.)*A-1: 'pages/methods#W"):
        compose(declared(tmp_path, assumed=lost))


def test_a_place_becomes_a_link_to_the_heading_it_stands_under():
    book = index()
    assert link_to("pages/methods#Consent & *care*", book) == (
        "[Methods: Consent \\& \\*care\\*](/pages/methods.md#consent--care)"
    )
    assert link_to("finding:safer", book) == (
        f"[finding: About half of those asked felt safer.](/{SAFETY}.ipynb#what-was-found)"
    )
    assert link_to("exhibit:Trial table", book) == (
        f"[Safety: Trial table](/{SAFETY}.ipynb#what-was-found)"
    )
    assert link_to(f"{SAFETY}#Later", book) == f"[Safety: Later](/{SAFETY}.ipynb#later)"
    assert link_to("index", book) == "[Front](/index.md)"


def test_what_is_met_in_part_or_not_is_said_and_counted(tmp_path):
    items = f"""{MET}
lacking = "who asked"
[[standard.item]]
asks = "Say who paid"
not_met = "It is not known | yet."
[[standard.item]]
asks = "Say how often"
not_applicable = "Once only."
"""
    accounts = declared(tmp_path, item=items)
    assert count_states(accounts.standards[0]) == dict(zip(STATES, (0, 1, 1, 1), strict=True))
    page = compose(accounts)["reporting_standards"]
    assert "| A standard | 0 | 1 | 1 | 1 |" in page and "| All | 0 | 1 | 1 | 1 |" in page
    assert "| Say who paid | Not met | It is not known \\| yet. |" in page
    assert "| Say how often | Does not apply | Once only. |" in page
    assert "*Lacking:* who asked |" in page and "Source: Someone (2020)." in page


def test_a_standard_may_point_to_the_other_accounts(tmp_path):
    item = 'met_by = ["assumptions#What is assumed", "revisions#What changed"]'
    pages = compose(declared(tmp_path, item=item))
    assert "(/assumptions.md#what-is-assumed)" in pages["reporting_standards"]
    assert "**A-1. Nobody forgot.**" in pages["assumptions"]
    assert "*If it is wrong:* It is otherwise." in pages["assumptions"]
    assert "(/pages/methods.md#what-we-asked)" in pages["assumptions"]


def test_an_assumption_is_whole_and_has_an_id_of_its_own(tmp_path):
    for text, found in (
        (ASSUMED.replace('if_wrong = "It is otherwise."', ""), "'A-1': no 'if_wrong'"),
        (ASSUMED.replace('["pages/methods#What we asked"]', "[]"), "'A-1': no 'matters_in'"),
        (ASSUMED + ASSUMED, "'A-1': the same id twice"),
    ):
        with pytest.raises(UserError, match=found):
            read_assumptions(write(tmp_path, "assumptions.toml", text))


def test_revisions_are_dated_of_a_known_kind_and_the_newest_comes_first(tmp_path):
    newer = REVISED.replace("2021-06-30", "2021-07-01").replace("method", "correction")
    page = revisions_markdown(write(tmp_path, "revisions.toml", newer + REVISED))
    assert "| 1 July 2021; eval\\_Y3 | Correction of a fault: Ranges are wider. | All" in page
    for text, found in (
        (REVISED + newer, "revision 2: the date 2021-07-01; expected the newest revision first"),
        (REVISED.replace("method", "idea"), "revision 1: kind 'idea'; expected one of method,"),
        (REVISED.replace("2021-06-30", '"last year"'), "revision 1: date 'last year'"),
        (REVISED.replace('changed = "Ranges are wider."', ""), "revision 1: no 'changed'"),
    ):
        with pytest.raises(UserError, match=found):
            revisions_markdown(write(tmp_path, "revisions.toml", text))
    assert "Nothing has changed" in revisions_markdown(write(tmp_path, "revisions.toml", ""))


def test_the_books_own_standards_name_their_sources_and_hold_the_expected_numbers_of_items():
    declared_there = read_standards(BOOK / "standards.toml")
    standards = {standard.name.split(",")[0]: standard for standard in declared_there}
    # Items as the sources count them: Wong 2016 table 1; O'Cathain 2008; Eysenbach 2004 (without
    # its headings); O'Brien 2014; Johnson 2015.
    counts = {"RAMESES II": 20, "GRAMMS": 6, "CHERRIES": 30, "SRQR": 21, "EMMIE": 5}
    assert {name: len(standards[name].items) for name in counts} == counts
    asked = [(name, item.asks) for name, one in standards.items() for item in one.items]
    assert len(asked) == len(set(asked))
    economics = standards["EMMIE"].items[-1]
    assert economics.asks == "Economics" and economics.state == "Not met"


def build(folder: Path, **declares) -> Path:
    """Build the site of a trial edition with accounts, its chapters executed; return its folder."""
    project = trial.write_project(folder / "project")
    listed = ("assumptions", "revisions", "reporting_standards")
    contents = trial.TOC + "".join(f"      - file: {name}\n" for name in listed)
    (project / "book" / "_toc.yml").write_text(contents, encoding="utf-8")
    executed = {}
    for name, notebook in {**chapters(), "notebooks/q1_network/network": trial.notebook()}.items():
        executed[name] = folder / f"{Path(name).name}.ipynb"
        nbformat.write(notebook, executed[name])
    plan = trial.plan(project, accounts=declared(project / "book", **declares))
    for name in ("building", "kept"):
        (folder / name).mkdir()
    build_site(plan, executed, folder / "building", kept=folder / "kept")
    return folder / "building" / "site"


def test_an_edition_with_accounts_is_built_and_every_link_of_theirs_arrives(tmp_path):
    item = (
        f'met_by = ["pages/methods#Consent", "finding:safer", "{SAFETY}#What was found", "index"]'
    )
    site = build(tmp_path, item=item, assumed=ASSUMED.replace("What we asked", "The evidence"))
    for name in ("reporting_standards", "assumptions"):
        require_links_arrive(site, name)


def test_an_edition_that_lost_a_place_is_not_built(tmp_path):
    with pytest.raises(UserError, match="no finding of that name; did you mean 'safer'"):
        build(tmp_path, item='met_by = ["finding:safest"]', assumed="")
    assert not (tmp_path / "building" / "site").exists()


@pytest.mark.parametrize("name", ["reporting_standards", "assumptions"])
def test_every_link_of_the_report_s_own_accounts_arrives(edition, name):
    links = require_links_arrive(edition.folder / "site", name)
    assert len(links) >= 12


def require_links_arrive(site: Path, name: str) -> list[str]:
    """Return the links in the text of a page, after following each of them to its anchor."""
    page = html.parse(str(site / f"{name}.html"))
    links = [a.get("href") for a in page.xpath("//article//td//a | //article//p//a")]
    assert links
    for link in links:
        file, _, anchor = link.partition("#")
        target = html.parse(str(site / file)) if file else page
        assert not anchor or target.xpath(f"//*[@id='{anchor}']"), link
    return links
