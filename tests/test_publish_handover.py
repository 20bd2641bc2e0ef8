"""The zip that is handed on: the site and a first page that needs nothing beside it."""

import random
import shutil
import zipfile

import pytest
from lxml import html

from rr_helpers.publish.handover import (
    MOST_BYTES,
    START,
    handover_faults,
    start_page,
    too_heavy,
    write_handover,
)
from rr_helpers.publish.record import digest_file

KNOWN = {"title": "Report & more", "reporting": "Year 3", "synthetic": True,
         "listed": ["index", "briefing_strategic", "summary"]}  # fmt: skip


@pytest.fixture()
def site(tmp_path):
    (tmp_path / "site" / "downloads").mkdir(parents=True)
    for name in ("index.html", "summary.html", "downloads/report.pdf", "downloads/tables.xlsx"):
        (tmp_path / "site" / name).write_text(name)
    return tmp_path / "site"


def links(text: str) -> list[str]:
    return html.fromstring(text).xpath("//a/@href")


def test_the_zip_holds_the_first_page_and_the_site_and_is_the_same_every_time(site, tmp_path):
    for name in ("a.zip", "b.zip"):
        write_handover(tmp_path / name, site, **KNOWN)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    held = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    assert held[0] == START
    assert sorted(held[1:]) == [
        "report/downloads/report.pdf", "report/downloads/tables.xlsx",
        "report/index.html", "report/summary.html",
    ]  # fmt: skip


def test_the_first_page_links_to_what_there_is_and_loads_nothing(site):
    text = start_page(site, **KNOWN)
    assert links(text) == [
        "report/index.html", "report/briefing_strategic.html", "report/summary.html",
        "report/downloads/report.pdf", "report/downloads/tables.xlsx",
    ]  # fmt: skip
    assert "Report &amp; more" in text and "Synthetic data" in text and "Extract all" in text
    assert "<script" not in text and "src=" not in text and "default-src 'none'" in text


def test_a_zip_that_is_not_the_site_is_told(site, tmp_path):
    made = tmp_path / "handover.zip"
    write_handover(made, site, **KNOWN)
    recorded = digest_file(made)
    assert list(handover_faults(made, site, recorded)) == []
    (site / "index.html").write_text("changed")
    (fault,) = handover_faults(made, site, recorded)
    assert "a zip that does not hold the site" in str(fault)
    made.write_bytes(made.read_bytes() + b"x")
    (fault,) = handover_faults(made, site, recorded)
    assert "changed or missing since the build" in str(fault)
    made.unlink()
    assert len(list(handover_faults(made, site, recorded))) == 1
    assert list(handover_faults(made, site, None)) == []


def test_a_zip_too_heavy_to_mail_is_told_with_what_weighs_most(site, tmp_path):
    made = tmp_path / "handover.zip"
    assert too_heavy(made) == ""
    write_handover(made, site, **KNOWN)
    assert too_heavy(made) == ""
    noise = random.Random(1).randbytes(MOST_BYTES)  # noise does not pack
    (site / "downloads" / "report.pdf").write_bytes(noise)
    write_handover(made, site, **KNOWN)
    told = too_heavy(made)
    assert told.startswith(
        "handover.zip weighs 10.0 MB; expected at most 10.0 MB, which most post boxes take. "
        "What weighs most: report/downloads/report.pdf (10.0 MB), "
    )
    assert "Make charts of these pages simpler" in told


def test_the_reports_zip_is_small_and_every_link_of_its_first_page_leads_to_a_file(
    edition, tmp_path
):
    packed = edition.folder / "handover.zip"
    assert packed.stat().st_size < MOST_BYTES
    shutil.unpack_archive(packed, tmp_path)
    found = links((tmp_path / START).read_text(encoding="utf-8"))
    assert len(found) >= 8 and all((tmp_path / link).is_file() for link in found)
