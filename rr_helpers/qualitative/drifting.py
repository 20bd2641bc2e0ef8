"""How a codebook changed from round to round: an audit trail that needs no diary."""

from collections.abc import Mapping

import pandas as pd

from rr_helpers.qualitative.material import CodedMaterial

CHANGES = ("added", "removed", "merged", "moved", "redefined")


def codebook_drift(rounds: Mapping[str, pd.DataFrame | CodedMaterial]) -> pd.DataFrame:
    """Return how the codebook changed over rounds, one row per round in the order given.

    rounds: name of the round to its codes table (as `read_codebook` gives) or material.

    Columns: round, n_codes, added, removed, merged, moved, redefined: changes since the round
    before, missing in the first. n_codes before + added - removed - merged = n_codes. See
    `codebook_changes` for which codes. ValueError for fewer than two rounds.
    """
    if len(rounds) < 2:
        raise ValueError("drift needs two rounds of the codebook or more")
    rows, before = [], None
    for name, given in rounds.items():
        codes = given.codes if isinstance(given, CodedMaterial) else given
        row = {"round": name, "n_codes": len(codes)}
        if before is not None:
            changes = codebook_changes(before, codes)["change"].value_counts()
            row |= {change: int(changes.get(change, 0)) for change in CHANGES}
        rows.append(row)
        before = codes
    table = pd.DataFrame(rows, columns=["round", "n_codes", *CHANGES])
    return table.astype(dict.fromkeys(CHANGES, "Int64"))


def codebook_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return each change between two codebooks: change, code (its path), into (where it went).

    A path that is gone is ``moved`` where one new path has its name, ``merged`` where a path that
    was there before has it, or where several that are gone lead to the same new one (all but the
    first), and otherwise ``removed``. A path that stayed with other words to define it is
    ``redefined``. Names are compared without case and spare spaces: a code given another name
    counts as removed and added, since nothing in the files shows that it is the same.
    """
    old = dict(zip(before["path"], before["definition"], strict=True))
    new = dict(zip(after["path"], after["definition"], strict=True))
    by_name: dict[str, list[str]] = {}
    for path in new:
        by_name.setdefault(_name(path), []).append(path)
    rows, taken = [], set()
    for path in [path for path in old if path not in new]:
        into = by_name.get(_name(path), [])
        fresh = [each for each in into if each not in old and each not in taken]
        if fresh:
            taken.add(fresh[0])
            rows.append(("moved", path, fresh[0]))
        else:
            rows.append(("merged", path, into[0]) if into else ("removed", path, None))
    rows += [("added", path, None) for path in new if path not in old and path not in taken]
    kept = [path for path in new if path in old]
    rows += [("redefined", path, path) for path in kept if _words(old[path]) != _words(new[path])]
    return pd.DataFrame(rows, columns=["change", "code", "into"])


def _name(path: str) -> str:
    return _words(path.rsplit("/", 1)[-1]).casefold()


def _words(text) -> str:
    return "" if pd.isna(text) else " ".join(str(text).split())
