import nbformat
import pytest
import trial_project as trial
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rr_helpers.disclosure.stamp import plain_text, stamp
from rr_helpers.errors import DisclosureError
from rr_helpers.publish.gate import (
    code_problems,
    find_unsafe,
    refuse_unsafe,
    refuse_unstamped,
    typed_numbers,
)

DATAFRAME = '<table class="dataframe"><tr><td>3</td></tr></table>'


def stamped(html="<p>About half.</p>", **changes):
    record = stamp("Finding", "safer", html, finding=trial.finding())
    data = {"text/html": html, "text/plain": plain_text(record)}
    return new_output("display_data", data=data | changes, metadata={"rr": record})


def showing(*outputs):
    return new_notebook(cells=[new_markdown_cell("# Title"), new_code_cell(outputs=list(outputs))])


def prose(text):
    return new_notebook(cells=[new_markdown_cell(text)])


def kinds(notebook):
    return [fault.kind for fault in find_unsafe(notebook, "q1")]


def test_a_dataframe_left_on_show_is_refused_with_notebook_cell_and_cure():
    output = new_output("execute_result", data={"text/html": DATAFRAME, "text/plain": "3"})
    with pytest.raises(DisclosureError) as caught:
        refuse_unstamped(showing(output), "notebooks/q1_network/network")
    (fault,) = caught.value.faults
    assert str(fault) == (
        "notebooks/q1_network/network.ipynb, cell 2: a table of rows (an unprotected table "
        "(DataFrame); show a Table of the release instead); expected an output with a valid stamp. "
        "Show it with Table(…) of a released table, or take the line out."
    )


def test_what_was_cleared_may_be_published():
    refuse_unstamped(showing(stamped()))


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        (new_output("stream", name="stdout", text="YP0001"), "printed text"),
        (new_output("stream", name="stderr", text="UserWarning"), "a warning"),
        (new_output("error", ename="KeyError", evalue="YP0001"), "error"),
        (new_output("display_data", data={"image/png": "iVBOR"}), "a picture"),
        (new_output("execute_result", data={"text/plain": "41"}), "a value"),
        (
            new_output("display_data", data={"text/html": "<b>41</b>"}),
            "display without clearance",
        ),
    ],
)
def test_every_kind_of_output_without_clearance_is_named(output, kind):
    assert kinds(showing(output)) == [kind]


def test_an_output_changed_after_clearance_is_refused():
    changed = stamped(**{"text/html": "<p>About two thirds.</p>"})
    assert kinds(showing(changed)) == ["display without clearance"]


def test_a_picture_hidden_beside_a_cleared_output_is_refused():
    assert kinds(showing(stamped(**{"image/png": "iVBOR"}))) == ["a picture"]


def test_every_fault_of_every_notebook_is_listed_at_once():
    printed = new_output("stream", name="stdout", text="1")
    with pytest.raises(DisclosureError) as caught:
        refuse_unsafe({"q1": showing(printed, printed), "q2": showing(stamped()), "q3": prose("7")})
    assert [fault.workbook for fault in caught.value.faults] == ["q1.ipynb", "q1.ipynb", "q3.ipynb"]
    assert "3 things that may not be published" in str(caught.value)


def test_a_number_typed_into_prose_is_refused():
    (fault,) = find_unsafe(prose("Of the young people asked, 41 felt safer."), "q4")
    assert str(fault) == (
        "q4.ipynb, cell 1: a number typed into prose, 'Of the young people asked, 41 felt safer.'; "
        "expected numbers only in outputs, computed from released tables. "
        "Say it in a Finding, or take the number out."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Q1 asks about the network; Q2 to Q4 follow.",
        "Mechanisms TN1 and TN7, domain 3, domains 1 to 4, D2, level 2, levels 1 and 2.",
        "A 95% interval stands beside each estimate.",
        "Those under 18 and those aged 18 to 25 are reported apart; so is the 18th birthday.",
        "See [the methods](../../pages/methods.md#how-2) and {ref}`section-2`, {doc}`/m2`.",
        "(section-2)=\n## Heading",
        "1. first\n2. second",
        ":::{note}\n:class: wide-2\nWords.\n:::",
    ],
)
def test_names_and_definitions_with_digits_are_no_typed_numbers(text):
    assert typed_numbers(text) == []
    assert kinds(prose(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Half (50%) agreed.",
        "`41` of them",
        "forty&#49; of them",
        "½ of them",
        '[words](page.md "41 of them")',
        "{doc}`41 of them <page>`",
        "In 95 of them.",
        "Aged 18 or more: 12.",
        "Q14 rose.",
        "| a | 41 |",
        "<!-- 41 of them -->",
        "```\n41\n```",
    ],
)
def test_a_typed_number_cannot_hide(text):
    assert typed_numbers(text) != []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("![a chart](chart.png)", "a picture in prose"),
        ('<img src="x.png">', "a picture in prose"),
        ("<script>alert()</script>", "HTML in prose"),
        ("<!-- a name -->", "HTML in prose"),
        ('<b onclick="x()">bold</b>', "HTML in prose"),
        ("```{include} ../study/rows.csv\n```", "the directive 'include'"),
        (":::{csv-table}\n:file: rows.csv\n:::", "the directive 'csv-table'"),
        ("{download}`rows <rows.csv>`", "the role 'download'"),
        ("[a source](https://example.org/page)", "a link to another host, 'https://example.org'"),
        ("[a source](//example.org/page)", "a link to another host, '//example.org'"),
    ],
)
def test_prose_cannot_bring_in_what_no_one_cleared(text, kind):
    assert kind in kinds(prose(text))


def test_a_pasted_picture_is_refused():
    notebook = prose("![pasted](attachment:image.png)")
    notebook.cells[0]["attachments"] = {"image.png": {"image/png": "iVBOR"}}
    assert kinds(notebook) == ["a pasted picture", "a picture in prose"]


def test_a_raw_cell_is_refused():
    notebook = new_notebook(cells=[nbformat.v4.new_raw_cell("<b>41</b>")])
    assert kinds(notebook) == ["a raw cell"]


def test_emphasis_and_plain_markdown_pass():
    text = "Some *words*, <em>others</em>, a > b.\n\n- one\n- two\n\n> quoted\n\nCO<sub>x</sub>"
    assert kinds(prose(text)) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from rr_helpers.disclosure.stamp import stamp", "'from rr_helpers.disclosure.stamp"),
        ("from rr_helpers.disclosure import published_statistics", "published_statistics'"),
        ("from rr_helpers.report.markup import bundle", "'from rr_helpers.report.markup"),
        ("from rr_helpers import disclosure", "'from rr_helpers import disclosure'"),
        ("import rr_helpers.disclosure as gate", "'import rr_helpers.disclosure'"),
        ("import importlib", "'import importlib'"),
        ("getattr(edition, 'study')", "'getattr'"),
        ("table._with(preview=False)", "'._with', a private part"),
        ("!cat ../../build/study/truth.json", "a command of the notebook program"),
    ],
)
def test_code_that_could_go_round_the_gate_is_refused(code, found):
    problems = list(code_problems(code))
    assert problems and found in problems[0][1]


def test_what_chapters_use_is_let_through():
    code = "from rr_helpers.disclosure import protect\nfrom rr_helpers.report import Table"
    assert list(code_problems(code)) == []
