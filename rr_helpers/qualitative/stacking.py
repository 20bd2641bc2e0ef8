"""Several coded projects of one study put together: a theme is looked for in all of them."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.tables import COLUMNS, make_table

# What names a row once; rows of other tables may repeat.
_ONCE = {"sources": "source_id", "codes": "path", "segments": "segment_id"}


def stack_projects(projects: Sequence[CodedMaterial]) -> CodedMaterial:
    """Return the material of several projects as one, each coding, source and code path once.

    The same document in two projects (each coder's own copy) stays one source where its id and
    text agree; where only the id agrees, the later one is a source of its own. No project gives
    empty tables.
    """
    texts: dict[str, str] = {}
    apart = []
    for number, project in enumerate(projects, start=1):
        clash = {i for i, text in project.texts.items() if texts.get(i, text) != text}
        apart.append(_rename(project, {i: f"{i} ({number})" for i in clash}))
        texts |= {i: text for i, text in apart[-1].texts.items() if i not in texts}
    tables = {name: _stack([getattr(p, name) for p in apart], name) for name in COLUMNS}
    return CodedMaterial(**tables, texts=texts)


def _rename(project: CodedMaterial, ids: dict[str, str]) -> CodedMaterial:
    if not ids:
        return project
    tables = {
        name: table.assign(source_id=table["source_id"].replace(ids))
        for name, table in project.tables().items()
        if "source_id" in table.columns
    }
    texts = {ids.get(key, key): text for key, text in project.texts.items()}
    return replace(project, **tables, texts=texts)


def _stack(tables: list[pd.DataFrame], name: str) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    if not filled:
        return make_table(name, [])
    stacked = pd.concat(filled, ignore_index=True)
    once = _ONCE.get(name)
    return stacked.drop_duplicates(once, ignore_index=True) if once else stacked
