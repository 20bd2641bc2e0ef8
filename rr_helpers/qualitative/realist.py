"""Context-mechanism-outcome configurations as data: what speaks for each, what against, where."""

from collections.abc import Collection, Mapping
from functools import reduce
from weakref import WeakKeyDictionary

import pandas as pd

from rr_helpers.errors import UserError
from rr_helpers.qualitative.counting import code_paths
from rr_helpers.qualitative.material import CodedMaterial

PARTS = ("context", "mechanism", "outcome")
PASSAGE = ["source_id", "kind", "start", "end", "place", "text"]
EVERYWHERE, NOT_STATED = "all", "not stated"


def configurations(
    material: CodedMaterial,
    table: pd.DataFrame,
    *,
    marker: str | Collection[str],
    boroughs: Mapping[str, str] | None = None,
    participants: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Count the evidence for and against each configuration that was declared beforehand.

    table: one row per configuration: configuration (its name), context, mechanism and outcome, each
        one code path or several separated by ``;`` of which any will do; codes below count too.
        A context may be empty: then any.
    marker: path or paths of the codes that mark a passage as speaking against what is coded in it.
    boroughs: source name to borough. participants: source name to participant id.

    A source supports a configuration where it holds all its parts outside marked passages; its
    supporting segments are then those of the mechanism and the outcome. A source refutes it where
    it holds the context and a marked passage of the mechanism or the outcome; its refuting segments
    are those passages. A source may do both, and is then counted in both and in n_sources_both.
    That the parts stand in one source is no proof that one brought the other about: read the
    passages, whose ids are given.

    One row per configuration and borough, zeros included, after one for ``"all"``: configuration,
    borough, n_segments_supporting, n_segments_refuting, n_sources_supporting, n_sources_refuting,
    n_sources_both, of_sources, n_participants_supporting, n_participants_refuting (missing where
    some participant is unknown), segments_supporting, segments_refuting (tuples of ids). Pawson and
    Tilley (1997); RAMESES II, Wong et al. (2016). UserError where a code is not in the codebook.
    """
    markers = [marker] if isinstance(marker, str) else list(marker)
    known = code_paths(material, roll_up=True)
    _check(table, markers, known)
    codings = material.codings.assign(against=contrary_codings(material, markers))
    # Each configuration asks all of them which codes and sources they are of.
    codings = codings.astype({"code": "category", "source": "category"})
    where = {name: (boroughs or {}).get(name, NOT_STATED) for name in material.sources["name"]}
    places = [EVERYWHERE, *(sorted(set(where.values())) if boroughs is not None else [])]
    rows = []
    for declared in table.to_dict("records"):
        support, refute = _evidence(codings, declared)
        for place in places:
            inside = {name for name, at in where.items() if place in (EVERYWHERE, at)}
            start = {"configuration": declared["configuration"], "borough": place}
            rows.append(start | _counts(support, refute, inside, participants))
    frame = pd.DataFrame(rows)
    people = ["n_participants_supporting", "n_participants_refuting"]
    return frame.astype(dict.fromkeys(people, "Int64")) if rows else frame


def contrary_codings(material: CodedMaterial, markers: Collection[str]) -> pd.Series:
    """Return for each of `material.codings` whether its passage is marked as speaking against it.

    A passage is marked where a marker was put on the same selection, or on exactly the same words
    or place: QualCoder and others write one selection per coding. Markers themselves are False.
    """
    found, asked = _FOUND.setdefault(material, {}), frozenset(markers)
    if asked not in found:
        found[asked] = _contrary(material, asked)
    return found[asked].copy()


# Joint displays ask for each of their rows. Weakly, so that nobody's words stay for it.
_FOUND: WeakKeyDictionary = WeakKeyDictionary()


def _contrary(material: CodedMaterial, markers: frozenset) -> pd.Series:
    codings = material.codings
    marks = codings["code"].isin(list(markers))
    # Few stand in a source and begin at a place where a marker does: only those are compared.
    begins = codings.groupby(["source_id", "start"], dropna=False, sort=False).ngroup()
    near = begins.isin(begins[marks].unique())
    parts = [codings.loc[near, part].astype("string").fillna("") for part in PASSAGE]
    words = reduce(lambda before, part: before + "|" + part, parts)
    selection = codings["selection_id"]
    same_words = words.isin(words[marks[near]].unique()).reindex(codings.index, fill_value=False)
    same_selection = selection.notna() & selection.isin(selection[marks].dropna().unique())
    return (same_words | same_selection) & ~marks


def _check(table: pd.DataFrame, markers: list[str], known: list[str]) -> None:
    if missing := [name for name in ("configuration", *PARTS) if name not in table.columns]:
        raise UserError(
            place="configurations",
            found=f"no column {', '.join(missing)}",
            expected=f"the columns configuration, {', '.join(PARTS)}",
            cure="Add what is missing; a context may be left empty",
        )
    cells = [("marker", path) for path in markers]
    for row in table.to_dict("records"):
        for part in PARTS:
            paths = _paths(row[part]) or ([] if part == "context" else [""])
            cells += [(f"'{row['configuration']}', {part}", path) for path in paths]
    for place, path in cells:
        if path not in known:
            raise UserError(
                place=f"configurations, {place}",
                found=f"'{path}'",
                expected="a path of the codebook, such as 'Mechanism/Trusted adult'",
                cure="Correct the path, or code to it first",
            )


def _paths(cell) -> list[str]:
    return [] if pd.isna(cell) else [path.strip() for path in str(cell).split(";") if path.strip()]


def _under(codings: pd.DataFrame, paths: list[str]) -> pd.Series:
    below = tuple(f"{path}/" for path in paths)
    used = codings["code"].dropna().unique()
    return codings["code"].isin([code for code in used if code in paths or code.startswith(below)])


def _evidence(codings: pd.DataFrame, declared: Mapping) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the segments for and against one configuration."""
    parts = {part: _under(codings, _paths(declared[part])) for part in PARTS}
    is_for, against = ~codings["against"], codings["against"]
    source = codings["source"]
    holds = {part: set(source[chosen & is_for].unique()) for part, chosen in parts.items()}
    if not _paths(declared["context"]):
        holds["context"] = set(source.unique())
    tied = parts["mechanism"] | parts["outcome"]
    whole = set.intersection(*holds.values())
    support = codings[tied & is_for & source.isin(whole)]
    refute = codings[tied & against & source.isin(holds["context"])]
    return support, refute


def _counts(support, refute, inside: set[str], participants) -> dict:
    found, row = {}, {}
    for name, segments in (("supporting", support), ("refuting", refute)):
        here = segments[segments["source"].isin(inside)]
        # Two coders' coding of the same words with the same code is one segment of evidence.
        here = here.drop_duplicates([*PASSAGE, "code"])
        found[name] = set(here["source"].unique())
        people = {(participants or {}).get(source) for source in found[name]}
        complete = participants is not None and None not in people
        row[f"n_segments_{name}"] = len(here)
        row[f"n_sources_{name}"] = len(found[name])
        row[f"n_participants_{name}"] = len(people) if complete else None
        row[f"segments_{name}"] = tuple(here["segment_id"])
    row["n_sources_both"] = len(found["supporting"] & found["refuting"])
    return row | {"of_sources": len(inside)}
