"""The release of a window: made once, kept in the study, shown by London's and boroughs' editions.

.rr/<study>/release-eval_Y3.json     what is told: released counts only
.rr/<study>/audit-eval_Y3.json       the attack it withstood; names small counts
.rr/<study>/evidence-eval_Y3.json    what a later release must reckon with; holds true counts
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rr_helpers.disclosure import Release, write_audit
from rr_helpers.errors import UserError
from rr_helpers.publish.catalogue import catalogue_file
from rr_helpers.publish.earlier_editions import (
    EarlierEdition,
    changed_tables,
    keep_evidence,
    read_earlier,
    write_evidence,
)
from rr_helpers.publish.edition import Edition, make_release
from rr_helpers.publish.record import digest_file, digest_files, read_record
from rr_helpers.publish.since_last import keep_record


def window_release(edition: Edition, store: Path) -> Release:
    """Return the release of the edition's window: the one in `store`, or made now where it is none.

    It is made anew where the study, the package, the catalogue or the earlier releases are no
    longer what it was made of.
    """
    path = store / f"release-{edition.window_id}.json"
    made_of = store / f"made-of-{edition.window_id}.txt"
    if path.is_file() and made_of.is_file():
        if made_of.read_text(encoding="utf-8") == _what_it_is_made_of(edition):
            return Release.from_json(path)
    return release_window(edition, store, say=_quiet)[1]


def _what_it_is_made_of(edition: Edition) -> str:
    # The study itself is in the name of its store.
    package = Path(__file__).parents[1]
    parts = digest_files(package, package.rglob("*.py"))
    parts |= {"catalogue": digest_file(catalogue_file())}
    parts |= {each.release.name: each.digest for each in read_earlier(edition.study.folder)}
    return "".join(f"{name} {digest}\n" for name, digest in parts.items())


def _quiet(_: str) -> None:
    pass


def release_window(
    edition: Edition, store: Path, *, thorough: bool = False, say: Callable[[str], None] = print
) -> tuple[Path, Release]:
    """Make the release of the edition's window; return its file in `store`, and the release.

    `say` is told which earlier releases were part of the attack, and which tables of an edition of
    the same days, published before, no longer show what they showed. thorough: as in
    `protect_release`.
    """
    window = edition.window
    earlier = read_earlier(edition.study.folder)
    made = make_release(edition, thorough=thorough)
    for line in _tell_earlier(made, earlier, window):
        say(line)
    path = store / f"release-{window.window_id}.json"
    write_audit(made.audit, store / f"audit-{window.window_id}.json")
    write_evidence(made, store / f"evidence-{window.window_id}.json", window=window)
    made.to_json(path)
    made_of = store / f"made-of-{window.window_id}.txt"
    made_of.write_text(_what_it_is_made_of(edition), encoding="utf-8")
    return path, made


def keep_release(edition_folder: Path, store: Path, *, released_on: str) -> Path:
    """Keep the evidence of a published edition in its study; return the file.

    UserError where the study's release is not the one that the edition shows: the study has changed
    since, and what was published could not be reckoned with; and where a release on record was not
    part of the attack on this one.
    """
    record = read_record(edition_folder / "record.json")
    evidence = store / f"evidence-{record['window']}.json"
    release = store / f"release-{record['window']}.json"
    if not (evidence.is_file() and release.is_file()) or (
        Release.from_json(release).digest != record["options"].get("release")
    ):
        raise UserError(
            place=str(edition_folder),
            found="an edition that was not built from the study as it is now",
            expected="the study unchanged between building an edition and publishing it",
            cure="Build the edition again, look at it, and record that one",
        )
    if missed := _not_reckoned_with(record, store):
        raise UserError(
            place=str(edition_folder),
            found=f"an edition that was built before {missed[0]} was on record",
            expected="an edition protected beside every release on record",
            cure="Build the edition again, look at it, and record that one",
        )
    keep_record(edition_folder, store.parent.parent, released_on=released_on)
    return keep_evidence(evidence, store.parent.parent, released_on=released_on)


def _not_reckoned_with(record: Mapping, store: Path) -> list[str]:
    """The releases on record that were no part of the attack on the release of an edition."""
    earlier = read_earlier(store.parent.parent)
    if record["options"]["release"] in {each.digest for each in earlier}:
        return []  # published before, for another scope: what came later was attacked beside it
    made_of = store / f"made-of-{record['window']}.txt"
    lines = made_of.read_text(encoding="utf-8").splitlines() if made_of.is_file() else []
    names = {each.release.name: each.digest for each in earlier}
    return [name for name, digest in names.items() if f"{name} {digest}" not in lines]


def _tell_earlier(made: Release, earlier: Sequence[EarlierEdition], window):
    if not earlier:
        yield (
            "No earlier release is on record (releases/ in the study folder): if one was "
            "published, put its file there first"
        )
        return
    yield f"{len(earlier)} earlier releases were part of the attack"
    for name, tables in changed_tables(made, earlier, window).items():
        changed = ", ".join(tables) or "none"
        yield f"Tables that no longer show what {name} showed: {changed}"
