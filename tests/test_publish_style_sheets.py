"""The site's one style sheet holds what its pages can meet, and nothing else."""

import pytest

from rr_helpers.publish.style_sheets import ENCODING, join_style_sheets

PAGE = """<!DOCTYPE html>
<html data-theme="light"><head><link rel="stylesheet" href="{up}_static/theme/theme.css?v=1">
<link rel="stylesheet" href="{up}_static/report.css"><script src="{up}_static/report.js"></script>
</head><body><p class="lead" id="top">Words</p></body></html>
"""


def joined(folder, theme, *, own="", script="", basic=""):
    """Return the style sheet of a site of two pages with this theme."""
    (folder / "_static" / "theme").mkdir(parents=True)
    (folder / "deeper").mkdir()
    for name, text in {"theme/theme.css": theme, "basic.css": basic, "report.css": own,
                       "report.js": script}.items():  # fmt: skip
        (folder / "_static" / name).write_text(text, encoding="utf-8")
    (folder / "index.html").write_text(PAGE.format(up=""), encoding="utf-8")
    (folder / "deeper" / "page.html").write_text(PAGE.format(up="../"), encoding="utf-8")
    join_style_sheets(folder)
    text = (folder / "_static" / "report.css").read_text(encoding="utf-8")
    assert text.startswith(ENCODING)
    return text.removeprefix(ENCODING)


@pytest.mark.parametrize(
    ("theme", "left"),
    [
        ("p{color:red}table{color:red}", "p{color:red}"),
        (".lead,.tail{color:red}", ".lead{color:red}"),
        ("#top a{color:red}#top p{color:red}", "#top p{color:red}"),
        ("p.lead:hover::before{content:'\\2190'}", 'p.lead:hover::before{content:"←"}'),
        ('[data-theme="dark"] p{color:red}[data-theme=light] p{top:0}',
         "[data-theme=light] p{top:0}"),
        ("p[open]{color:red}", "p[open]{color:red}"),
        ("p:not(.tail){color:red}", "p:not(.tail){color:red}"),
        (":is(.lead,.tail){color:red}", ":is(.lead,.tail){color:red}"),
        (".made-by-script{color:red}", ".made-by-script{color:red}"),
        ("@media print{p{color:red}td{color:red}}", "@media print{p{color:red}}"),
        ("@media print{td{color:red}}", ""),
        ("@font-face{font-family:icons;src:url(i.woff2)}", ""),
        ("@page{size:A4}", "@page {size:A4}"),
        ("p{}", ""),
        (":root{--a:var(--b);--b:1px;--c:var(--d);--d:2px}p{top:var(--a)}",
         ":root{--a:var(--b);--b:1px}\np{top:var(--a)}"),
        ("@keyframes go{to{top:0}}@keyframes stay{to{top:0}}p{animation:go 1s}",
         "@keyframes go{to{top:0}}\np{animation:go 1s}"),
    ],
)  # fmt: skip
def test_a_rule_is_kept_where_a_page_can_meet_it(tmp_path, theme, left):
    script = 'element.classList.add("made-by-script")'
    assert joined(tmp_path, theme, script=script).strip() == left


def test_the_order_of_the_style_sheets_is_kept_and_what_they_import_comes_first(tmp_path):
    theme = '@import "../basic.css";p{top:2px}'
    text = joined(tmp_path, theme, basic="p{top:1px}", own="p{top:3px}")
    assert text == "p{top:1px}\np{top:2px}\np{top:3px}\n"


def test_pages_link_to_the_one_style_sheet_by_its_content_and_come_out_the_same(tmp_path):
    joined(tmp_path / "a", "p{top:1px}")
    joined(tmp_path / "b", "p{top:1px}")
    joined(tmp_path / "c", "p{top:2px}")
    texts = {name: (tmp_path / name / "deeper" / "page.html").read_text() for name in "abc"}
    assert texts["a"].count('href="../_static/report.css?v=') == texts["a"].count("<link") == 1
    assert texts["a"] == texts["b"] != texts["c"]


def test_pages_with_different_style_sheets_are_refused(tmp_path):
    joined(tmp_path, "p{top:1px}")
    (tmp_path / "other.html").write_text("<html><body><p>Words</p></body></html>")
    with pytest.raises(ValueError, match="pages with different style sheets"):
        join_style_sheets(tmp_path)
