"""One file to hand on: the whole report as a zip that opens without a network, on any machine.

    Start here.html     one page that needs no other file: what there is, and links to it
    report/             the site as it was built and checked, downloads included

Opened inside a zip, Windows shows a page without what lies beside it; the first page therefore
needs nothing beside it, and says how to unpack the rest.
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from rr_helpers.errors import Fault
from rr_helpers.publish.briefing import page_name
from rr_helpers.publish.documents import FOLDER, TABLES, papers_of
from rr_helpers.publish.findings import SYNTHETIC
from rr_helpers.publish.record import digest_file
from rr_helpers.publish.summary import PAGE as SUMMARY
from rr_helpers.publish.team_words import BOARDS

FILE, START, INSIDE = "handover.zip", "Start here.html", "report"
MOST_BYTES = 10_000_000  # what most post boxes take
NAMED = 5  # files in the warning that there are more
_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold; a clock would change the bytes
_STYLE = """
body { color: #0b0c0c; font: 1.1rem/1.5 Georgia, serif; margin: 2rem auto; max-width: 40rem;
  padding: 0 1rem; }
h1, h2 { color: #12436d; line-height: 1.2; }
a { color: #12436d; }
li { margin: 0.5rem 0; }
:focus-visible { outline: 3px solid #f46a25; outline-offset: 2px; }
.banner { border-left: 6px solid #6b3a00; color: #6b3a00; padding: 0.5rem 1rem; }
"""


def write_handover(
    path: Path, site: Path, *, title: str, reporting: str, synthetic: bool, listed: Iterable[str]
) -> None:
    """Write the zip of a built site to `path`, the same bytes every time.

    title, reporting, synthetic: of the edition, as on its front page. listed: the pages of its
    contents.
    """
    start = start_page(site, title=title, reporting=reporting, synthetic=synthetic, listed=listed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _add(archive, START, start.encode())
        for file in sorted(file for file in site.rglob("*") if file.is_file()):
            _add(archive, f"{INSIDE}/{file.relative_to(site).as_posix()}", file.read_bytes())


def start_page(
    site: Path, *, title: str, reporting: str, synthetic: bool, listed: Iterable[str]
) -> str:
    """Return the first page as HTML that needs no other file."""
    listed = list(listed)
    pages = [("index", "The report, from its front page")]
    pages += [(page_name(board), f"Briefing for {words}") for board, words in BOARDS.items()]
    pages += [(SUMMARY, "Summary")]
    files = [(paper.file, f"{paper.words} (PDF)") for paper in papers_of(listed)]
    files += [(TABLES, "Every table (Excel workbook)")]
    online = _links((f"{INSIDE}/{name}.html", words) for name, words in pages if name in listed)
    paper = _links(
        (f"{INSIDE}/{FOLDER}/{name}", words)
        for name, words in files
        if (site / FOLDER / name).is_file()
    )
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'"
    banner = f'<p class="banner">{escape(SYNTHETIC)}</p>' if synthetic else ""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1><p>{escape(reporting)}</p>{banner}"
        f"<h2>To read on a screen</h2>{online}<h2>To print, or to reckon with</h2>{paper}"
        "<h2>If a link does not open</h2><p>The zip has not been unpacked yet. On Windows, click "
        "on it with the right button and choose <em>Extract all</em>; on a Mac, click on it twice; "
        "on a phone, open it in the app for files. Then open this page again from the folder.</p>"
        "<p>Nothing is sent anywhere when you read: no network is needed.</p>"
        "</main></body></html>\n"
    )


def too_heavy(path: Path) -> str:
    """Return a warning that names what weighs most, where the zip is more than a post box takes.

    Empty where it is light enough, or where there is none. It is no fault: whoever hands the zip
    out by another road may.
    """
    weight = path.stat().st_size if path.is_file() else 0
    if weight <= MOST_BYTES:
        return ""
    with zipfile.ZipFile(path) as archive:
        members = sorted(archive.infolist(), key=lambda member: -member.compress_size)
    heaviest = ", ".join(
        f"{member.filename} ({_megabytes(member.compress_size)})" for member in members[:NAMED]
    )
    return (
        f"{path.name} weighs {_megabytes(weight)}; expected at most {_megabytes(MOST_BYTES)}, "
        f"which most post boxes take. What weighs most: {heaviest}. Make charts of these pages "
        "simpler or their tables shorter, or hand the zip out by a link or a stick, not by mail"
    )


def handover_faults(path: Path, site: Path, recorded: str | None) -> Iterator[Fault]:
    """Yield a Fault for a zip that is not as it was built, or holds anything but the site."""
    if recorded is None:
        return
    if not path.is_file() or digest_file(path) != recorded:
        yield _fault("a zip changed or missing since the build", "the zip as it was built")
        return
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if name != START}
    files = {
        f"{INSIDE}/{file.relative_to(site).as_posix()}": file.read_bytes()
        for file in site.rglob("*")
        if file.is_file()
    }
    if held != files:
        yield _fault("a zip that does not hold the site", "every file of the site, and no other")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _links(items: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f'<li><a href="{escape(to)}">{escape(words)}</a></li>' for to, words in items)
    return f"<ul>{lines}</ul>"


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    member = zipfile.ZipInfo(name, date_time=_DAY)
    member.compress_type, member.external_attr, member.create_system = 8, 0o644 << 16, 3
    archive.writestr(member, data)


def _fault(found: str, expected: str) -> Fault:
    return Fault(
        kind="not as built",
        workbook=FILE,
        found=found,
        expected=expected,
        cure="Build the edition again; do not edit what was built",
    )
