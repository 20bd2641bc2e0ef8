"""What may be wrong with a built edition, all of it at once."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import nbformat

from rr_helpers.errors import Fault, UserError
from rr_helpers.publish.file_faults import NO_CANARIES, Search, fault_maker
from rr_helpers.publish.gate import find_unsafe
from rr_helpers.publish.handover import FILE as HANDOVER
from rr_helpers.publish.handover import handover_faults
from rr_helpers.publish.leaks import NO_RUNS, WordRuns
from rr_helpers.publish.record import digest_files, read_record
from rr_helpers.publish.searching import search_site
from rr_helpers.publish.uncleared import find_uncleared


def check_edition(
    folder: Path,
    identifiers: Iterable[str] = (),
    names: Iterable[str] = (),
    *,
    organisations: Iterable[str] = (),
    runs: WordRuns = NO_RUNS,
    canaries: Mapping = NO_CANARIES,
) -> list[Fault]:
    """Return everything wrong with the edition in `folder` (what 'rr build --out' wrote).

    identifiers, names, organisations, runs, canaries: those of the study, as in `check_site`.
    UserError where the folder holds no edition.
    """
    site = folder / "site"
    if not (site / "index.html").is_file():
        raise UserError(
            place=str(folder),
            found="no built edition",
            expected="a folder with site/index.html, as 'rr build' writes it",
            cure="Give the folder that you gave to 'rr build --out'",
        )
    chapters = _read_chapters(folder / "chapters")
    record = read_record(folder / "record.json")
    study = {"organisations": organisations, "runs": runs, "canaries": canaries}
    return [
        *check_site(site, identifiers, names, **study),
        *find_uncleared(site, chapters),
        *_draft(record),
        *_against_record(site, record["site"]),
        *handover_faults(folder / HANDOVER, site, record.get("handover")),
        *(fault for name, chapter in chapters.items() for fault in find_unsafe(chapter, name)),
    ]


def check_site(
    site: Path,
    identifiers: Iterable[str] = (),
    names: Iterable[str] = (),
    *,
    organisations: Iterable[str] = (),
    runs: WordRuns = NO_RUNS,
    canaries: Mapping = NO_CANARIES,
) -> list[Fault]:
    """Return everything wrong with the published files under `site`, file by file.

    identifiers: codes of the study, none of which may stand in any published file, however packed
    or written. names: of staff; looked for in pages and the search index only, since scripts share
    words with them. organisations: those that no chapter may name; the book's own pages of prose
    describe the programme with its partners. runs: the study's free text, from `free_text_runs`.
    canaries: `words` and `numbers` that a synthetic study planted to be found (its truth.json).
    """
    study = {"organisations": organisations, "runs": runs, "canaries": canaries}
    return search_site(Search.prepare(identifiers, names, **study), site)


def _draft(record: Mapping) -> Iterator[Fault]:
    if record["options"].get("draft"):
        yield fault_maker("record.json")(
            "a draft",
            "a draft, which has pages alone",
            "a whole edition, with its files for paper and its zip",
            "Build it with 'rr build', without --draft and without --watch",
        )


def _against_record(site: Path, recorded: dict[str, str]) -> Iterator[Fault]:
    present = digest_files(site)
    for name in sorted(recorded.keys() | present.keys()):
        if recorded.get(name) != present.get(name):
            fault = fault_maker(name)
            state = "changed since" if name in recorded and name in present else "not there at"
            state = "missing since" if name not in present else state
            yield fault(
                "not as built",
                f"a file {state} the build",
                "every file as the record of the build has it",
                "Build the edition again; do not edit what was built",
            )


def _read_chapters(folder: Path) -> dict[str, object]:
    return {
        path.relative_to(folder).with_suffix("").as_posix(): nbformat.read(path, as_version=4)
        for path in sorted(folder.rglob("*.ipynb"))
    }
