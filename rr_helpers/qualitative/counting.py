"""Codes counted by source and by group: never without the number of sources and participants."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from rr_helpers.qualitative.material import CodedMaterial

MATRIX = ["code", "group", "n_sources", "n_participants", "n_segments", "of_sources"]


def codings_with_paths(
    material: CodedMaterial, codes: Collection[str] | None = None, *, roll_up: bool = False
) -> pd.DataFrame:
    """Return the codings, one row per segment and code path it counts for.

    With `roll_up` a coding counts for its own code and for every code above it, once per span,
    coder and code: two children on the same words are one coding of the parent. `codes` keeps
    only these paths; ValueError names a path that is not in the codebook.
    """
    codings = material.codings
    if codes is not None:
        known = set(code_paths(material, roll_up=roll_up))
        unknown = sorted(set(codes) - known)
        if unknown:
            raise ValueError(f"not in the codebook: {unknown}; codes are paths such as 'A/B'")
    if roll_up:
        lineages = {path: _lineage(path) for path in codings["code"].unique()}
        if codes is not None:  # the others are not spelt out first
            wanted = set(codes)
            lineages = {path: [step for step in steps if step in wanted]
                        for path, steps in lineages.items()}  # fmt: skip
            codings = codings[codings["code"].isin([path for path in lineages if lineages[path]])]
        codings = codings.assign(code=codings["code"].map(lineages)).explode("code")
        codings = codings.astype({"code": "string"})
        same = ["source_id", "start", "end", "place", "text", "kind", "coder", "code"]
        codings = codings.drop_duplicates(same)
    elif codes is not None:
        codings = codings[codings["code"].isin(list(codes))]
    return codings.reset_index(drop=True)


def code_paths(material: CodedMaterial, *, roll_up: bool = False) -> list[str]:
    """Return the paths that can be counted, in the codebook's order.

    Without `roll_up` these are the codes that can be coded or have been; with it, all paths and
    those above them, also where a tool keeps the hierarchy in the name only.
    """
    codes = material.codes
    if roll_up:
        paths = [step for path in codes["path"] for step in _lineage(path)]
    else:
        used = codes["path"].isin(material.codings["code"])
        paths = codes.loc[codes["codable"].fillna(True) | used, "path"]
    return list(dict.fromkeys(paths))


def _lineage(path: str) -> list[str]:
    steps = path.split("/")
    return ["/".join(steps[:depth]) for depth in range(1, len(steps) + 1)]


def code_matrix(
    material: CodedMaterial,
    by: str | None = None,
    codes: Collection[str] | None = None,
    *,
    roll_up: bool = False,
    participants: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Count codings by code and by a source attribute.

    by: name of an attribute; None counts all sources as one group, ``"all"``. Sources without a
        value form the group ``"not stated"``; a source with several values counts in each.
    codes: paths to count; every code by default.
    roll_up: False counts what was coded to the code itself, True with its descendants.
    participants: source name to participant id, for sources of one person each. Without it, or
        where a source with the code is not in it, `n_participants` is missing: sources are not
        people.

    Returns one row per code and group, zeros included: code, group, n_sources, n_participants,
    n_segments, of_sources (sources in that group, coded or not). ValueError where no source has
    the attribute or a code is not in the codebook.
    """
    groups = source_groups(material, by)
    codings = codings_with_paths(material, codes, roll_up=roll_up)
    wanted = list(dict.fromkeys(codes)) if codes is not None else None
    wanted = wanted or code_paths(material, roll_up=roll_up)
    joined = codings[["source_id", "source", "code"]].merge(groups, on="source_id")
    people = joined["source"].map(dict(participants or {})).astype("object")
    joined = joined.assign(participant=people, unknown=people.isna())
    counts = joined.groupby(["code", "group"], observed=True).agg(
        n_sources=("source_id", "nunique"),
        n_participants=("participant", "nunique"),
        n_segments=("source_id", "size"),
        n_unknown=("unknown", "sum"),
    )
    group_sizes = groups.groupby("group")["source_id"].nunique()
    cells = pd.MultiIndex.from_product([wanted, group_sizes.index], names=["code", "group"])
    whole = counts.astype("Int64").reindex(cells).fillna(0)
    missing = whole["n_unknown"].gt(0) | (participants is None)
    whole["n_participants"] = whole["n_participants"].mask(missing)
    whole["of_sources"] = group_sizes.reindex(cells.get_level_values("group")).to_numpy()
    return whole.reset_index()[MATRIX].astype({"of_sources": "Int64"})


def source_groups(material: CodedMaterial, by: str | None) -> pd.DataFrame:
    """Return source_id and group, one row per source and value of the attribute `by`."""
    sources = material.sources[["source_id"]]
    if by is None:
        return sources.assign(group="all")
    values = material.attributes[material.attributes["name"] == by]
    if values.empty:
        known = ", ".join(sorted(material.attributes["name"].dropna().unique())) or "none"
        raise ValueError(f"no source has the attribute {by!r}; attributes here: {known}")
    values = values[["source_id", "value"]].drop_duplicates()
    groups = sources.merge(values, on="source_id", how="left").rename(columns={"value": "group"})
    return groups.assign(group=groups["group"].fillna("not stated"))


def source_codes(material: CodedMaterial, *, roll_up: bool = False) -> pd.DataFrame:
    """Return which codes each source has: a boolean column per code path, indexed by source name.

    Every source has a row, coded or not, and every code that can be counted a column.
    """
    codings = codings_with_paths(material, roll_up=roll_up)
    return codes_held(
        codings, material.sources["name"].tolist(), code_paths(material, roll_up=roll_up)
    )


def codes_held(codings: pd.DataFrame, sources: Sequence[str], codes: Sequence[str]) -> pd.DataFrame:
    """Return a row a source and a column a code path: whether some coding has both.

    codings: with columns source and code, of other sources and codes too.
    """
    places = pd.Index(sources, name="source"), pd.Index(codes, name="code")
    held = np.zeros((len(sources), len(codes)), dtype=bool)
    if len(codings):
        row, column = (place.get_indexer(codings[place.name]) for place in places)
        inside = (row >= 0) & (column >= 0)
        held[row[inside], column[inside]] = True
    return pd.DataFrame(held, *places)
