"""Attributes of sources from outside the project: a sheet keyed by source name, or named sets."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.qualitative.grids import cell_text, read_grids
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.tables import make_table


def join_attributes(material: CodedMaterial, sheet) -> CodedMaterial:
    """Return the material with the values of a sheet added, one column per attribute.

    sheet: path of an .xlsx or .csv file, or a DataFrame with source names in its index or in one
        of its columns. The column whose cells name most sources is the key. Names match exactly,
        or else without case and file ending where that is unambiguous.

    Sources the sheet does not name, and rows that name no source, are counted in `issues`.
    UserError where no column names a source, or one source has two rows.
    """
    place, header, rows = _rows_of(sheet)
    find = _finder(material.sources["name"].tolist())
    key = _key_column(place, header, rows, find)
    ids = dict(zip(material.sources["name"], material.sources["source_id"], strict=True))
    values, seen, unmatched = [], set(), 0
    for row in rows:
        name = find(row[key])
        if name is None:
            unmatched += bool(row[key])
            continue
        if name in seen:
            raise UserError(
                place=place,
                found=f"two rows for the source {name!r}",
                expected="one row per source",
                cure="Remove or merge one of the rows",
            )
        seen.add(name)
        cells = {
            column: value
            for number, (column, value) in enumerate(zip(header, row, strict=True))
            if number != key
        }
        values += [
            {
                "source_id": ids[name],
                "source": name,
                "name": column,
                "value": value,
                "origin": "sheet",
                "holder": ids[name],
            }
            for column, value in cells.items()
            if column and value
        ]
    return _with_values(material, values, place, unmatched, ids, seen)


def _with_values(material, values, place, unmatched, ids, seen) -> CodedMaterial:
    issues = []
    told = material.attributes.groupby(["source_id", "name"])["value"].agg(set).to_dict()
    for row in values:
        if {row["value"]} != told.get((row["source_id"], row["name"]), {row["value"]}):
            detail = f"the sheet and the project differ on {row['name']}"
            where = {"where": place, "detail": detail, "count": 1, "source_id": row["source_id"]}
            issues.append({"kind": "two values of one attribute", **where})
    if unmatched:
        where = {"where": place, "count": unmatched}
        issues.append({"kind": "row of the attribute sheet names no source", **where})
    issues += [
        {
            "kind": "source not in the attribute sheet",
            "where": place,
            "count": 1,
            "source_id": ids[n],
        }
        for n in ids
        if n not in seen
    ]
    add = {"attributes": values, "issues": issues}
    return replace(
        material,
        **{
            name: pd.concat([getattr(material, name), make_table(name, rows)], ignore_index=True)
            for name, rows in add.items()
            if rows
        },
    )


def _rows_of(sheet) -> tuple[str, list[str], list[list[str]]]:
    if isinstance(sheet, pd.DataFrame):
        frame = sheet.reset_index() if sheet.index.name or not _is_plain(sheet.index) else sheet
        rows = [
            ["" if pd.isna(cell) else cell_text(cell) for cell in row]
            for row in frame.itertuples(index=False)
        ]
        return "attributes", [str(name) for name in frame.columns], rows
    path = Path(sheet)
    for name, rows in read_grids(path).items():
        filled = [row for row in rows if any(row)]
        if len(filled) > 1:
            width = len(filled[0])
            body = [(row + [""] * width)[:width] for row in filled[1:]]
            return f"{path.name}, sheet '{name}'" if name else path.name, filled[0], body
    raise UserError(
        place=path.name,
        found="no rows",
        expected="a header row and one row per source",
        cure="Fill the sheet, or leave it out",
    )


def _is_plain(index: pd.Index) -> bool:
    return isinstance(index, pd.RangeIndex)


def _finder(names: list[str]):
    loose: dict[str, set[str]] = {}
    for name in names:
        loose.setdefault(_loosely(name), set()).add(name)
    exact = set(names)

    def find(cell: str) -> str | None:
        if cell in exact:
            return cell
        near = loose.get(_loosely(cell), set())
        return next(iter(near)) if len(near) == 1 else None

    return find


def _loosely(name: str) -> str:
    name = name.strip().casefold()
    for ending in (".txt", ".docx", ".doc", ".rtf", ".pdf", ".odt"):
        name = name.removesuffix(ending)
    return name


def _key_column(place: str, header: list[str], rows: list[list[str]], find) -> int:
    hits = [sum(find(row[number]) is not None for row in rows) for number in range(len(header))]
    if not hits or max(hits) == 0:
        raise UserError(
            place=place,
            found=f"no column with the name of a source (columns: {', '.join(header)})",
            expected="one column with the names the sources have in the coding tool",
            cure="Add such a column, or correct the names",
        )
    return hits.index(max(hits))


def attributes_from_sets(material: CodedMaterial) -> CodedMaterial:
    """Return the material with sets named ``name: value`` read as attributes of their sources.

    ATLAS.ti writes document groups so. Other sets stay sets.
    """
    names: Mapping = dict(zip(material.sources["source_id"], material.sources["name"], strict=True))
    sets = material.sets
    values = []
    for row in sets[sets["member_kind"].eq("source").fillna(False)].itertuples():
        name, colon, value = str(row.set).partition(":")
        if colon and name.strip() and value.strip() and row.member_id in names:
            start = {"source_id": row.member_id, "source": names[row.member_id]}
            start |= {"name": name.strip(), "value": value.strip()}
            values.append(start | {"origin": "set", "holder": row.member_id})
    if not values:
        return material
    table = pd.concat([material.attributes, make_table("attributes", values)], ignore_index=True)
    return replace(material, attributes=table)
