"""The tables of one coded project, read from whatever tool the evaluators code in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from rr_helpers.qualitative.tables import COLUMNS, make_table


@dataclass(frozen=True, eq=False, repr=False)
class CodedMaterial:
    """One coded project as tables. HIGHLY SENSITIVE: it holds what people said.

    sources: one row per document, recording or picture; `kind` is text, pdf, picture, audio or
        video; `characters` counts code points and is missing where there is no text.
    codes: the codebook; `path` joins the names from the top with ``/``.
    segments: one row per coding, and one row without `code` per selection that nobody coded.
        `start` and `end` are code points of the source's text, end exclusive; both are missing
        where the selection is not a span of text, and then `place` says where it is (page,
        rectangle, milliseconds, paragraphs). `verified` is True where the quotation was found at
        its place, False where it was looked for and not found or its place is doubtful, missing
        where nothing allows a check. `segment_id` is the same for the same source name, span,
        code and coder in every export.
    coders, cases, memos, sets, links: as their names say, one row per member or link.
    attributes: one row per source and variable; `origin` is case, source, sheet or set, and
        `holder` the case or source that carries the value in the file.
    issues: what was missing, doubtful or left out, with how often.
    positions: how each file counts characters, with the evidence (see `positions.settle`).
    texts: source_id to the source's text.
    """

    sources: pd.DataFrame
    codes: pd.DataFrame
    segments: pd.DataFrame
    coders: pd.DataFrame
    cases: pd.DataFrame
    attributes: pd.DataFrame
    memos: pd.DataFrame
    sets: pd.DataFrame
    links: pd.DataFrame
    issues: pd.DataFrame
    positions: pd.DataFrame
    texts: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {len(getattr(self, name))}" for name in COLUMNS)
        return f"CodedMaterial({counts}, texts {len(self.texts)})"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by its name, in a fixed order."""
        return {name: getattr(self, name) for name in COLUMNS}

    @cached_property
    def codings(self) -> pd.DataFrame:
        """The segments that carry a code; the same table each time, which nobody changes."""
        return self.segments[self.segments["code_id"].notna()]

    def keep_sources(self, names: Iterable[str]) -> "CodedMaterial":
        """Return the material of the sources named, with nothing left of any other.

        names: names of sources, as in `sources.name`; names of no source here are no error.

        Whatever cannot be tied to a kept source goes too, because consent for it cannot be
        shown: memos about a code or about nothing, links with an end elsewhere, sets and cases
        without a kept member, coders who coded nothing that is kept. The codebook stays. One row
        of `issues` counts what was removed. Raises TypeError where `names` is one string.
        """
        if isinstance(names, str):
            raise TypeError("names is a collection of source names, not one string")
        wanted = {str(name).strip() for name in names}
        kept = self.sources[self.sources["name"].isin(wanted)]
        return _keep(self, set(kept["source_id"]), kept)


def _keep(material: CodedMaterial, kept_ids: set[str], kept: pd.DataFrame) -> CodedMaterial:
    def of_kept(table):
        return table[table["source_id"].isin(kept_ids)].reset_index(drop=True)

    segments = of_kept(material.segments)
    memos, cases = of_kept(material.memos), of_kept(material.cases)
    # A case that was coded to stands among the codes, with its name: it goes with its segments.
    codes = material.codes
    of_cases = codes["code_id"].isin(material.cases["case_id"])
    codes = codes[~of_cases | codes["code_id"].isin(segments["code_id"])]
    present = kept_ids | set(segments["selection_id"].dropna().unique())
    present |= set(memos["memo_id"].dropna())
    present |= set(codes["code_id"]) | set(cases["case_id"].dropna())
    links = material.links
    links = links[links["origin_id"].isin(present) & links["target_id"].isin(present)]
    coders = material.coders
    names = set(segments["coder"].dropna().unique()) | set(memos["coder"].dropna())
    issues = material.issues
    issues = issues[issues["source_id"].isna() | issues["source_id"].isin(kept_ids)]
    gone = len(material.sources) - len(kept)
    return replace(
        material,
        sources=kept.reset_index(drop=True),
        codes=codes.reset_index(drop=True),
        segments=segments,
        coders=coders[coders["name"].isin(names)].reset_index(drop=True),
        cases=cases,
        attributes=of_kept(material.attributes),
        memos=memos,
        sets=_sets_of(material.sets, present),
        links=links.reset_index(drop=True),
        issues=_with_removal(issues, gone),
        texts={key: text for key, text in material.texts.items() if key in kept_ids},
    )


def _sets_of(sets: pd.DataFrame, present: set[str]) -> pd.DataFrame:
    """Keep members that are present, of sets of codes only or with a kept source or memo."""
    is_code = sets["member_kind"].eq("code").fillna(False)
    kept = sets["member_id"].isin(present)
    about_sources = set(sets.loc[~is_code, "set_id"])
    with_kept = set(sets.loc[~is_code & kept, "set_id"])
    allowed = ~sets["set_id"].isin(about_sources) | sets["set_id"].isin(with_kept)
    return sets[kept & allowed].reset_index(drop=True)


def _with_removal(issues: pd.DataFrame, gone: int) -> pd.DataFrame:
    if not gone:
        return issues.reset_index(drop=True)
    row = {
        "kind": "sources not kept",
        "where": "sources",
        "detail": "removed with all that belongs to them, and what belongs to no source",
        "count": gone,
    }
    return pd.concat([issues, make_table("issues", [row])], ignore_index=True)
