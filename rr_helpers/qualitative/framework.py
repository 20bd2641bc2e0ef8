"""Charts of coded material: framework matrices, codes over time, and whose words carry a theme."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.qualitative.counting import (
    code_matrix,
    code_paths,
    codings_with_paths,
    source_groups,
)
from rr_helpers.qualitative.material import CodedMaterial

# Two coders' coding of the same words with the same code is one passage.
PASSAGE = ["source_id", "start", "end", "place", "text", "kind", "code"]


def framework_matrix(
    material: CodedMaterial,
    by: str = "source",
    codes: Collection[str] | None = None,
    *,
    roll_up: bool = True,
    summaries: Mapping[tuple[str, str], str] | None = None,
    participants: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return a framework matrix in long form: one row per case and category, empty cells included.

    by: what a case is: ``"source"``, ``"case"`` (the cases of the project), or an attribute.
    codes: the categories, as paths; every code by default. roll_up: with their descendants.
    summaries: (case, category) to what the analyst wrote of that cell.
    participants: source name to participant id, as for `code_matrix`.

    Columns: case, category, summary (missing where none was written), text (the passages in their
    order, one a line), segment_ids (a tuple, so that every cell can be traced), n_segments,
    n_unverified, n_sources, n_participants. ``pivot(index="case", columns="category")`` lays it
    out. Ritchie and Spencer (1994); Gale et al. (2013). ValueError for an unknown code or
    attribute; UserError for a summary of a cell that does not exist.
    """
    groups = _cases(material, by)
    codings = codings_with_paths(material, codes, roll_up=roll_up).drop_duplicates(PASSAGE)
    wanted = list(codes) if codes is not None else code_paths(material, roll_up=roll_up)
    joined = codings.merge(groups, on="source_id", how="inner")
    cells = {key: rows for key, rows in joined.groupby(["group", "code"], sort=False)}
    written = dict(summaries or {})
    rows = []
    for case in dict.fromkeys(groups["group"]):
        for category in wanted:
            found = cells.get((case, category), joined.iloc[:0])
            start = {"case": case, "category": category}
            start["summary"] = written.pop((case, category), None)
            rows.append(start | _cell(found, participants))
    if written:
        raise UserError(
            place="framework matrix",
            found=f"{len(written)} summaries of cells that do not exist, the first: "
            f"{next(iter(written))!r}",
            expected="a case and a category of this matrix",
            cure="Correct the names, or take the summaries out",
        )
    columns = ["case", "category", "summary", "text", "segment_ids", "n_segments"]
    columns += ["n_unverified", "n_sources", "n_participants"]
    return pd.DataFrame(rows, columns=columns).astype({"n_participants": "Int64"})


def _cases(material: CodedMaterial, by: str) -> pd.DataFrame:
    if by == "source":
        return material.sources[["source_id", "name"]].rename(columns={"name": "group"})
    if by != "case":
        return source_groups(material, by)
    linked = material.cases.dropna(subset=["source_id"])[["source_id", "case"]].drop_duplicates()
    if linked.empty:
        raise ValueError("no source belongs to a case here; choose by='source' or an attribute")
    return linked.rename(columns={"case": "group"})


def _cell(found: pd.DataFrame, participants: Mapping[str, str] | None) -> dict:
    sources = set(found["source"])
    people = {(participants or {}).get(source) for source in sources}
    known = participants is not None and None not in people
    return {
        "text": "\n".join(found["text"].dropna()),
        "segment_ids": tuple(found["segment_id"]),
        "n_segments": len(found),
        "n_unverified": int((~found["verified"].fillna(False).astype(bool)).sum()),
        "n_sources": len(sources),
        "n_participants": len(people) if known else None,
    }


def code_timeline(
    material: CodedMaterial,
    by: str,
    codes: Collection[str] | None = None,
    *,
    order: Sequence[str] | None = None,
    roll_up: bool = False,
    participants: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return how many sources of each period hold each code: `code_matrix` in order of time.

    by: attribute with the period (a wave, or a date as 2026-03-01). order: the periods in order;
        by default sorted as text, which is right for such dates and for single-digit waves.

    Columns of `code_matrix` with `period` for `group`, and share_of_sources (missing for a period
    without sources). Sources without a period come last, as ``"not stated"``. Periods differ in
    who was asked: compare the shares, not the counts. ValueError where `order` leaves out a period.
    """
    counts = code_matrix(material, by, codes, roll_up=roll_up, participants=participants)
    counts = counts.rename(columns={"group": "period"})
    met = [period for period in counts["period"].unique() if period != "not stated"]
    chosen = sorted(met) if order is None else list(order)
    if missing := sorted(set(met) - set(chosen)):
        raise ValueError(f"order leaves out periods that occur: {', '.join(missing)}")
    place = {period: number for number, period in enumerate([*chosen, "not stated"])}
    counts["share_of_sources"] = counts["n_sources"] / counts["of_sources"].where(
        counts["of_sources"] > 0
    )
    rank = {code: number for number, code in enumerate(counts["code"].unique())}
    keys = counts.assign(_code=counts["code"].map(rank), _period=counts["period"].map(place))
    return keys.sort_values(["_code", "_period"], ignore_index=True).drop(
        columns=["_code", "_period"]
    )


def quotation_shares(
    material: CodedMaterial,
    codes: Collection[str] | None = None,
    *,
    participants: Mapping[str, str] | None = None,
    segment_ids: Collection[str] | None = None,
    roll_up: bool = True,
    most: float = 0.5,
) -> pd.DataFrame:
    """Return whose words each theme rests on, so that no single voice carries one unseen.

    participants: source name to participant id; a source that is not in it is a voice of its own.
    segment_ids: only these quotations, as those chosen for a chapter; all by default.
    most: the share above which one voice carries the theme.

    One row per code and voice, the most heard first: code, participant, n_segments, n_sources,
    of_segments, n_voices, share, carries_theme (share above `most`). A theme that only one voice
    speaks to is carried by it. ValueError for a share outside 0 to 1, an unknown code or segment.
    """
    if not 0 < most <= 1:
        raise ValueError(f"most is a share above 0 and up to 1, not {most}")
    codings = codings_with_paths(material, codes, roll_up=roll_up)
    if segment_ids is not None:
        unknown = set(segment_ids) - set(material.segments["segment_id"])
        if unknown:
            raise ValueError(f"{len(unknown)} segment ids are not in this material")
        codings = codings[codings["segment_id"].isin(list(segment_ids))]
    codings = codings.drop_duplicates(PASSAGE)
    voice = codings["source"].map(dict(participants or {})).fillna(codings["source"])
    shares = (
        codings.assign(participant=voice.astype("string"))
        .groupby(["code", "participant"], sort=False)
        .agg(n_segments=("segment_id", "size"), n_sources=("source", "nunique"))
        .reset_index()
    )
    by_code = shares.groupby("code")
    shares["of_segments"] = by_code["n_segments"].transform("sum")
    shares["n_voices"] = by_code["participant"].transform("size")
    shares["share"] = shares["n_segments"] / shares["of_segments"]
    shares["carries_theme"] = (shares["share"] > most) | (shares["n_voices"] == 1)
    return shares.sort_values(
        ["code", "n_segments", "participant"], ascending=[True, False, True], ignore_index=True
    )
