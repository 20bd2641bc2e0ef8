"""The room's outputs where they are used: in a real kernel, and in a real browser."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import sync_playwright
from released_samples import change, register_entry, release
from test_report_charts import CHARTS

from rr_helpers.disclosure import check_output, clear_quotation, protect
from rr_helpers.report import (
    ComposedTable,
    Finding,
    JointDisplay,
    Measures,
    QuoteCard,
    Table,
    TriangulationMatrix,
)

ROOT = Path(__file__).parents[1]
CELLS = {
    "setting up": """
import pandas as pd
from rr_helpers.disclosure import Release
from rr_helpers.report import Chart, Finding, Table
release = Release.from_json(path)
table = release["sex_by_age"]""",
    "a table": "Table(table)",
    "two tables": "display(Table(table), Table(table.percent()))",
    "a chart": 'Chart.bars(table, alt="Most referrals were of young men")',
    "a finding": """Finding(id="f1", question="Q3", sentence="{n} referrals came in.",
    numbers={"n": table.total}, evidence=table, strength="strong", limits="One year")""",
    "a DataFrame": "table.frame",
    "a count": "table.total",
    "a SafeTable": "table",
    "the release": "release",
    "printed": "print(table.total)",
    "a matplotlib figure": """
from matplotlib.figure import Figure
figure = Figure(); figure.add_axes((0, 0, 1, 1)).plot([41, 3])
figure""",
    "rows in text": 'pd.DataFrame({"name": ["A"]}).to_string()',
}
MAY_BE_SHOWN = ("a table", "two tables", "a chart", "a finding")


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernel")
    release().to_json(folder / "release.json")
    first, *rest = CELLS.values()
    sources = [f"path = {str(folder / 'release.json')!r}{first}", *rest]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    places = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, places))
    try:
        NotebookClient(book, timeout=120, kernel_name="python3").execute(cwd=str(folder))
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
    nbformat.write(book, folder / "executed.ipynb")
    cells = nbformat.read(folder / "executed.ipynb", as_version=4).cells
    return {name: cell.outputs for name, cell in zip(CELLS, cells, strict=True)}


@pytest.mark.parametrize("cell", [name for name in CELLS if name != "setting up"])
def test_a_kernel_keeps_the_clearance_and_everything_else_is_refused(executed, cell):
    outputs = executed[cell]
    assert outputs
    reasons = [check_output(output) for output in outputs]
    if cell in MAY_BE_SHOWN:
        assert reasons == [None] * len(outputs)
    else:
        assert all(reasons)


def test_setting_up_a_chapter_prints_nothing(executed):
    assert executed["setting up"] == []


def test_a_finding_travels_in_the_metadata_of_its_output(executed):
    carried = executed["a finding"][0].metadata["rr"]["finding"]
    assert carried["sentence"] == f"{release()['sex_by_age'].total} referrals came in."


def test_solving_prints_nothing_either(capfd):
    release()
    assert capfd.readouterr() == ("", "")


def page():
    table = release()["sex_by_age"]
    quotation = clear_quotation(register_entry(), "They sat with me and they listened.", 9)
    share = table.percent().value("Male")
    finding = Finding(
        id="f1", question="Q3", sentence="{share} were of young men.", numbers={"share": share},
        evidence=table, strength="limited", limits="One year",
    )  # fmt: skip
    row = {
        "theme": "Being listened to", "quantitative": share,
        "qualitative": release()["barriers"], "exemplar": quotation, "contrary": "none found",
        "integration": "agreement", "inference": "Both point the same way", "reason": "",
        "proposal": "partial", "confidence": "high",
    }  # fmt: skip
    methods = {"Staff": "supports", "Files": "silent", "Panels": "mixed", "Reviews": "contradicts"}
    judged = ("theme", "integration", "proposal", "reason", "inference", "confidence")
    matrix = [{key: row[key] for key in judged} | {"says": methods}]
    estimates = protect({"Confidence": change(), "Vignettes": change(n=4)}, title="Change")
    shown = [
        finding,
        Measures({"Referrals": table.total, "Men": share}, title="Key numbers"),
        Table(table), Table(table.percent()), Table(release()["borough_by_sex"]), Table(estimates),
        *CHARTS.values(),
        QuoteCard(quotation),
        JointDisplay([row, row], title="Numbers beside words"),
        TriangulationMatrix(matrix, title="Themes by methods", evidence=[table]),
        ComposedTable({"Men": {"Referrals": table.total}}, title="Side by side", row_name="Sex"),
    ]  # fmt: skip
    # Only what the style sheet must do for the markup to work: scroll tables, stack the display.
    style = """body{font:16px sans-serif;margin:16px} .rr-scroll{overflow-x:auto}
    .rr-chart svg{max-width:36rem;font-family:sans-serif} figure{margin:0}
    @media(max-width:40rem){.rr-joint,.rr-joint tbody,.rr-joint tr,.rr-joint td,.rr-joint th
    {display:block} .rr-joint thead{display:none}}"""
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Trial</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>'
        f"<body><main><h1>Trial</h1><h2>Outputs</h2>{''.join(each.html for each in shown)}"
        "</main></body></html>"
    )


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_of_all_outputs_is_accessible_and_fits(browser, tmp_path, width):
    from axe_playwright_python.sync_playwright import Axe

    file = tmp_path / "page.html"
    file.write_text(page(), encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 900})
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(file.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(tab).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert all(url.startswith("file:") for url in requests)
    tab.close()


def test_another_process_makes_the_same_bytes():
    code = (
        "import hashlib, test_report_outputs as t;"
        "print(hashlib.sha256(t.page().encode()).hexdigest())"
    )
    places = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = os.environ | {"PYTHONPATH": places, "PYTHONHASHSEED": "7"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == hashlib.sha256(page().encode()).hexdigest()
