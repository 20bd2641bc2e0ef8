"""The release: every count table of an edition, protected together and handed out by id."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from rr_helpers.disclosure.audit import Audit
from rr_helpers.disclosure.catalogue import nearest
from rr_helpers.disclosure.display import show_count
from rr_helpers.disclosure.earlier import Together
from rr_helpers.disclosure.figures import _GATE
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import DisclosureError, UserError

_FORMAT = 1


class Release:
    """Released count tables by id; holds released values only, never true counts.

    ``release["funnel_by_sex"]`` gives a SafeTable; `rules` says, by population, how the counts were
    protected. `audit` is the attack it withstood, `evidence` what a later release must reckon with:
    both HIGHLY SENSITIVE and never written with it; None where read back. Made by
    `protect_release`, or read back with `Release.from_json`.
    """

    def __init__(
        self,
        tables: Mapping[str, Mapping],
        rules: Mapping[str, list],
        *,
        preview=False,
        audit: Audit | None = None,
        evidence: tuple[Together, ...] | None = None,
    ):
        self._tables, self.rules, self._preview = dict(tables), dict(rules), preview
        self.audit, self.evidence = audit, evidence

    def __getitem__(self, name: str) -> SafeTable:
        if name not in self._tables:
            raise UserError(
                place="the release",
                found=f"no table '{name}'" + nearest(name, self._tables),
                expected=f"one of {', '.join(self._tables)}",
                cure="To publish it, add a line to notebooks/catalogue.toml: "
                f'{name} = {{title = "…", population = "…", rows = "…", columns = "…"}}. '
                "To look at it in JupyterLab only, use disclosure.preview",
            )
        table = self._tables[name]
        return _hand_out(table, self.rules[table["population"]], self._preview)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, name) -> bool:
        return name in self._tables

    def __repr__(self) -> str:
        return f"<Release of {len(self)} tables: {', '.join(self._tables)}>"

    @property
    def tables(self) -> dict[str, Mapping]:
        """The released tables as plain data, by id: what is published, and no more."""
        return dict(self._tables)

    @property
    def digest(self) -> str:
        """SHA-256 of everything that is released."""
        return _digest(self._content())

    def _content(self) -> dict:
        return {"format": _FORMAT, "rules": self.rules, "tables": self._tables}

    def to_json(self, path: str | Path) -> None:
        """Write the release to a private file for the chapters, whole or not at all."""
        path = Path(path)
        content = {**self._content(), "digest": self.digest}
        aside = path.with_name(path.name + ".part")
        aside.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        os.replace(aside, path)

    @classmethod
    def from_json(cls, path: str | Path) -> "Release":
        """Read a release; raises DisclosureError where the file was changed since it was made."""
        path = Path(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            digest = content.pop("digest")
            sound = digest == _digest(content) and content["format"] == _FORMAT
        except FileNotFoundError:
            raise UserError(
                place=path.name,
                found="no release yet",
                expected="the file that the release step writes",
                cure="Run 'rr release' first",
            ) from None
        except (ValueError, KeyError, AttributeError, TypeError):
            sound = False
        if not sound:
            raise DisclosureError(
                place=path.name,
                found="not the file that the release step wrote",
                expected="a release unchanged since it was protected",
                cure="Run 'rr release' again",
            )
        return cls(content["tables"], content["rules"])


def _hand_out(table: Mapping, rules: list[str], preview: bool) -> SafeTable:
    counts = [[show_count(count, preview=preview) for count in row] for row in table["counts"]]
    grid = pd.DataFrame(counts, index=table["rows"], columns=table["columns"], dtype=object)
    kept = ("id", "title", "population", "of", "note", "row_name", "additive_rows")
    return SafeTable(
        grid=grid,
        kind="counts",
        source=f"Study records of {table['of']}",
        rules=tuple(rules),
        preview=preview,
        suppressed=sum(count is None for row in table["counts"] for count in row),
        gate=_GATE,
        **{name: table[name] for name in kept},
    )


def _digest(content: Mapping) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
