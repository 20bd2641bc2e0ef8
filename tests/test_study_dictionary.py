"""The data dictionary page: generated from the schema, whole, and rendered by MyST as meant."""

import re

import pytest
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from rr_helpers.study import data_dictionary_markdown
from rr_helpers.study.schema import MISSING_CODES, TABLES, WORKBOOKS


@pytest.fixture(scope="module")
def page():
    return data_dictionary_markdown()


@pytest.fixture(scope="module")
def html(page):
    return create_md_parser(MdParserConfig(), RendererHTML).render(page)


def section(page, table):
    return re.search(rf"^### {table}\n(.*?)(?=^##)", page, re.DOTALL | re.MULTILINE)[1]


def test_every_workbook_table_and_column_has_its_place(page):
    assert re.findall(r"^## (.*\.xlsx)$", page, re.MULTILINE) == list(WORKBOOKS)
    for table in TABLES.values():
        text = section(page, table.name)
        assert f"One row is {table.row}." in text
        assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(table.columns)


def test_a_column_tells_meaning_range_unit_missing_codes_role_and_need(page):
    assert (
        "| `hours_to_collect` | Hours until collected | number, 0 to 240 hours; or `NK`, `NR`, "
        "`NA` | measure | no |" in section(page, "episode")
    )
    assert "| `yp_id` | Young person | identifier | identifier | yes |" in section(page, "referral")
    assert "identifier, found in `referral.referral_id`" in section(page, "episode")


def test_key_consent_and_withdrawal_are_told(page):
    text = section(page, "file_review")
    assert "- Key: `file_id`, `reviewer`" in text
    assert "files may be read and linked (`consent_link_files` is yes)" in text
    assert "- A withdrawal from a day on looks at `reviewed_date`" in text
    assert "Held under public task" in section(page, "referral")


def test_a_long_list_of_values_stands_once_and_is_linked_from_every_column(page):
    assert page.count("- `E09000019`: Islington") == 1
    targets = set(re.findall(r"^\((values-[\w-]+)\)=$", page, re.MULTILINE))
    links = set(re.findall(r"\]\(#(values-[\w-]+)\)", page))
    assert targets == links
    assert len(links) > 10


def test_every_allowed_value_is_told_with_its_label(page):
    for table in TABLES.values():
        for name in table.columns:
            for code, label in table.column(name).get("values", {}).items():
                assert f"- `{code}`: {label}" in page or f"`{code}` ({label})" in page
    for code, meaning in MISSING_CODES.items():
        assert f"- `{code}`: {meaning}" in page


def test_the_page_has_one_title_and_no_skipped_level_of_heading(html):
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_every_table_has_a_header_row_and_no_empty_cell(html):
    assert html.count("<table>") == len(TABLES)
    assert html.count("<thead>") == len(TABLES)
    assert not re.search(r"<t[dh][^>]*>\s*</t[dh]>", html)
