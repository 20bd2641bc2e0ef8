"""The codebook of a REFI-QDA file: codes as a tree, under their parents or by their paths."""

import pandas as pd

from rr_helpers.qualitative.outgoing import Outgoing, as_guid


def add_codes(parent, codes: pd.DataFrame, out: Outgoing) -> None:
    """Add the Codes of a codebook to an element, in the order of the table.

    A code stands under its parent. One that has none but a path of several steps, as from tools
    that keep the hierarchy in the name, stands under codes of those names, made where missing.
    """
    children = _children(codes)
    holder = out.add(parent, "Codes")
    waiting = [(row, holder) for row in reversed(children.pop(None, []))]
    while waiting:
        row, above = waiting.pop()
        start = {"guid": as_guid("code", row["code_id"]), "name": row["name"]}
        element = out.add(above, "Code", **start, isCodable="true" if row["codable"] else "false")
        out.describe(element, row["definition"])
        below = reversed(children.pop(row["code_id"], []))
        waiting += [(child, element) for child in below]
    out.losses["code below itself"] += sum(len(rows) for rows in children.values())


def _children(codes: pd.DataFrame) -> dict[str | None, list[dict]]:
    """Return the rows below each code, by its id; below None those that stand at the top."""
    ids = {path: code_id for code_id, path in zip(codes["code_id"], codes["path"], strict=True)}
    known = set(codes["code_id"])
    children: dict[str | None, list[dict]] = {}
    for row in codes.astype(object).where(codes.notna(), None).to_dict("records"):
        row["codable"] = row["codable"] is not False
        above = row["parent_id"] if row["parent_id"] in known else None
        if above is None and "/" in row["path"]:
            folder, row["name"] = row["path"].rsplit("/", 1)
            above = _folder(folder, ids, children)
        children.setdefault(above, []).append(row)
    return children


def _folder(path: str, ids: dict[str, str], children: dict) -> str:
    """Return the id of the code with a path; one that cannot be coded is made where none has it."""
    if path not in ids:
        above, _, name = path.rpartition("/")
        ids[path] = as_guid("folder", path)
        row = {"code_id": ids[path], "name": name, "codable": False, "definition": None}
        children.setdefault(_folder(above, ids, children) if above else None, []).append(row)
    return ids[path]
