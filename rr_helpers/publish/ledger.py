"""The ledger of releases: what was published when, so that it can be proved and built upon.

One line of JSON a release. Each line holds the digest of the line before it, so that no release
can be changed, taken out or put in afterwards without breaking the chain. Keep the ledger with the
study or under version control, not in the published folder.

    record_release(Path("build/report"), Path("releases.jsonl"), released_on="2021-10-01")
    rr check build/report --ledger releases.jsonl
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rr_helpers import __version__
from rr_helpers.errors import Fault, UserError
from rr_helpers.publish.record import digest_file, digest_files, read_record

FORMAT, START = 1, "0" * 64
FIELDS = {"format", "number", "released_on", "window", "scope", "rules", "rr", "record", "site"}
FIELDS |= {"before"}


def record_release(edition_folder: Path, ledger_file: Path, *, released_on: str) -> dict:
    """Append one release to the ledger, which is made where there is none, and return its entry.

    released_on: the day of publication, ``"2021-10-01"``, given by whoever publishes: no clock is
    read. The entry holds window, scope, disclosure rules of the outputs, version of rr, digest of
    the edition's record (inputs, options, package versions) and the digest of every file of the
    site. UserError where the site is not as its record has it, the day is no day or lies before the
    release before, or the ledger is broken.
    """
    day = _day(released_on)
    entries = read_ledger(ledger_file) if ledger_file.exists() else []
    if entries and entries[-1]["released_on"] > day:
        raise UserError(
            place=str(ledger_file),
            found=f"a release of {entries[-1]['released_on']} before this one of {day}",
            expected="releases in the order of their days",
            cure="Give the day on which this edition is published",
        )
    record = read_record(edition_folder / "record.json")
    present = digest_files(edition_folder / "site")
    if present != record["site"] or not present:
        raise UserError(
            place=str(edition_folder),
            found="files that are not as they were built",
            expected="an edition as 'rr build' left it",
            cure=f"Run 'rr check {edition_folder}' to see which, and build again",
        )
    entry = {
        "format": FORMAT,
        "number": len(entries) + 1,
        "released_on": day,
        "window": record["window"],
        "scope": record["scope"],
        "rules": _rules(edition_folder / "chapters"),
        "rr": __version__,
        "record": digest_file(edition_folder / "record.json"),
        "site": present,
        "before": _last_digest(ledger_file),
    }
    _append(ledger_file, _line(entry))
    return entry


def read_ledger(ledger_file: Path) -> list[dict]:
    """Return every entry, the oldest first; UserError where the chain of digests is broken."""
    entries, before = [], START
    for number, line in enumerate(_lines(ledger_file), 1):
        try:
            entry = json.loads(line)
            whole = isinstance(entry, dict) and set(entry) == FIELDS
        except ValueError:
            whole = False
        # Written in one way only, so that not even a space can be changed unseen.
        if not whole or line != _line(entry) or entry["format"] != FORMAT:
            raise _broken(ledger_file, number, "a line that is no entry as it was written")
        if entry["before"] != before or entry["number"] != number:
            raise _broken(ledger_file, number, "an entry that does not follow the line before it")
        entries.append(entry)
        before = _digest(line)
    return entries


def check_release(folder: Path, ledger_file: Path) -> list[Fault]:
    """Return every difference between a published folder and the ledger, a Fault a file.

    folder: the folder of an edition, or the published site itself, wherever it was copied to. It is
    held against the last release of its window and scope, or, for a site alone, against the release
    that it shares most files with. UserError where the ledger is broken or empty.
    """
    entries = read_ledger(ledger_file)
    if not entries:
        raise _broken(ledger_file, 1, "no release")
    site = folder / "site" if (folder / "site").is_dir() else folder
    present = digest_files(site)
    entry = _entry_of(folder, entries, present)
    if entry is None:
        return [
            _fault(folder.name, "an edition that was never released", "a release in the ledger",
                   "Record it with record_release when it is published")
        ]  # fmt: skip
    return list(_differences(entry, present))


def _entry_of(folder: Path, entries: list[dict], present: dict[str, str]) -> dict | None:
    if (folder / "record.json").is_file():
        record = read_record(folder / "record.json")
        wanted = (record["window"], record["scope"])
        entries = [entry for entry in entries if (entry["window"], entry["scope"]) == wanted]
    shared = [len(entry["site"].items() & present.items()) for entry in entries]
    # Of two that are equally near the later one counts.
    return max(zip(shared, range(len(entries)), entries, strict=True))[2] if entries else None


def _differences(entry: dict, present: dict[str, str]) -> Iterator[Fault]:
    released = entry["site"]
    for name in sorted(released.keys() | present.keys()):
        if released.get(name) == present.get(name):
            continue
        state = "changed after" if name in released and name in present else "not in"
        yield _fault(
            name,
            f"a file {state if name in present else 'missing since'} the release of "
            f"{entry['released_on']}",
            f"every file as release {entry['number']} of the ledger has it",
            "Take the folder down and publish the released files again, or record a new release",
        )


def _rules(chapters: Path) -> list[str]:
    """The disclosure rules that the stamps of the outputs name, each once."""
    rules: dict[str, None] = {}
    for path in sorted(chapters.rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                rules |= dict.fromkeys(output.get("metadata", {}).get("rr", {}).get("rules", []))
    return sorted(rules)


def _day(released_on: str) -> str:
    try:
        return date.fromisoformat(released_on).isoformat()
    except (TypeError, ValueError):
        raise UserError(
            place="released_on",
            found=f"{released_on!r}",
            expected="the day of publication as year-month-day, such as 2021-10-01",
            cure="Give the day on which the edition is published",
        ) from None


def _lines(ledger_file: Path) -> list[str]:
    try:
        text = ledger_file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _broken(ledger_file, 1, "a ledger that cannot be read") from error
    if text and not text.endswith("\n"):
        raise _broken(ledger_file, text.count("\n") + 1, "a line that was not written to its end")
    return text.split("\n")[:-1]


def _append(ledger_file: Path, line: str) -> None:
    lines = _lines(ledger_file) if ledger_file.exists() else []
    aside = ledger_file.with_name(f"{ledger_file.name}.{os.getpid()}.part")
    aside.write_text("\n".join([*lines, line, ""]), encoding="utf-8", newline="\n")
    os.replace(aside, ledger_file)


def _last_digest(ledger_file: Path) -> str:
    lines = _lines(ledger_file) if ledger_file.exists() else []
    return _digest(lines[-1]) if lines else START


def _line(entry: dict) -> str:
    return json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _broken(ledger_file: Path, number: int, found: str) -> UserError:
    return UserError(
        place=f"{ledger_file}, line {number}",
        found=found,
        expected="a ledger that record_release wrote and nobody edited",
        cure="Restore it from version control or a backup; do not mend it by hand",
    )


def _fault(name: str, found: str, expected: str, cure: str) -> Fault:
    return Fault(kind="not as released", workbook=name, found=found, expected=expected, cure=cure)
