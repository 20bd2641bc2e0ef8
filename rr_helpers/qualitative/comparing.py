"""Two coders on the same sources: what each marked, how far they agree, what to talk about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from rr_helpers.qualitative import agreement
from rr_helpers.qualitative.counting import code_paths, codes_held, codings_with_paths
from rr_helpers.qualitative.material import CodedMaterial

COUNTS = ["both", "first_only", "second_only", "neither"]


def double_coded_sources(material: CodedMaterial, coders: tuple[str, str]) -> list[str]:
    """Return the sources in which each of the two coders coded something, in their order."""
    codings = material.codings
    coded = [set(codings.loc[codings["coder"] == coder, "source"].unique()) for coder in coders]
    return [name for name in material.sources["name"].tolist() if all(name in c for c in coded)]


def presence_units(
    material: CodedMaterial,
    coders: tuple[str, str],
    *,
    sources: Iterable[str] | None = None,
    codes: Collection[str] | None = None,
    roll_up: bool = False,
) -> pd.DataFrame:
    """Return units_by_coder: one row per source and code, 1 where the coder used it there, else 0.

    sources: those both coders read; by default those in which both coded something, which leaves
        out a source that one read and found nothing in. Index: source, code.
    """
    sources, codes = _chosen(material, coders, sources, codes, roll_up)
    codings = codings_with_paths(material, codes, roll_up=roll_up)
    units = pd.MultiIndex.from_product([sources, codes], names=["source", "code"])
    held = {coder: codes_held(codings[codings["coder"].eq(coder)], sources, codes)
            for coder in coders}  # fmt: skip
    return pd.DataFrame(
        {coder: table.to_numpy(dtype=int).ravel() for coder, table in held.items()}, index=units
    )


def _chosen(material, coders, sources, codes, roll_up) -> tuple[list[str], list[str]]:
    if len(set(coders)) != 2:
        raise ValueError(f"give two different coders, not {len(set(coders))}")
    known = set(material.coders["name"])
    if missing := [coder for coder in coders if coder not in known]:
        raise ValueError(f"{len(missing)} of the coders named coded nothing here")
    if sources is None:
        sources = double_coded_sources(material, coders)
    codes = list(codes) if codes is not None else code_paths(material, roll_up=roll_up)
    return list(sources), codes


def character_counts(
    material: CodedMaterial,
    coders: tuple[str, str],
    *,
    sources: Iterable[str] | None = None,
    codes: Collection[str] | None = None,
    roll_up: bool = False,
) -> pd.DataFrame:
    """Return the characters that both coders, either or neither marked, per code and source.

    Columns: code, source, both, first_only, second_only, neither. Only spans of text count; the
    characters nobody coded are `neither`, so leave that column out to judge the coded text alone.
    ValueError where a source has no text.
    """
    sources, codes = _chosen(material, coders, sources, codes, roll_up)
    ids = dict(zip(material.sources["name"], material.sources["source_id"], strict=True))
    spans = codings_with_paths(material, codes, roll_up=roll_up)
    spans = spans[spans["start"].notna() & spans["source"].isin(sources)]
    columns = (spans[name].tolist() for name in ("source", "code", "coder", "start", "end"))
    places = defaultdict(list)
    for source, code, coder, start, end in zip(*columns, strict=True):
        places[source, code, coder].append((start, end))
    rows = []
    for source in sources:
        if ids[source] not in material.texts:
            raise ValueError(f"no text for {source!r}, so no characters to compare")
        length = len(material.texts[ids[source]])
        for code in codes:
            spans = [places.get((source, code, coder), ()) for coder in coders]
            # Most codes stand in few sources.
            four = _four(*(_mask(each, length) for each in spans)) if any(spans) else None
            rows.append((code, source, *(four or (0, 0, 0, length))))
    return pd.DataFrame(rows, columns=["code", "source", *COUNTS])


def _mask(spans, length: int) -> np.ndarray:
    mask = np.zeros(length, dtype=bool)
    for start, end in spans:
        mask[start:end] = True
    return mask


def _four(first: np.ndarray, second: np.ndarray) -> tuple[int, int, int, int]:
    both, either = int((first & second).sum()), int((first | second).sum())
    return both, int(first.sum()) - both, int(second.sum()) - both, len(first) - either


def presence_counts(units: pd.DataFrame) -> pd.DataFrame:
    """Return both, first_only, second_only and neither per code and source of presence units."""
    first, second = (units.iloc[:, number].astype(bool) for number in (0, 1))
    table = {"both": first & second, "first_only": first & ~second, "second_only": ~first & second}
    table |= {"neither": ~first & ~second}
    return pd.DataFrame(table).astype(int).reset_index()[["code", "source", *COUNTS]]


def disagreements(
    material: CodedMaterial,
    coders: tuple[str, str],
    *,
    sources: Iterable[str] | None = None,
    codes: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return what to talk about: codings of one coder that no coding of the other touches.

    Columns: source, code, coder, segment_id, start, end, text, other_used_code_here (whether the
    other coder used that code elsewhere in the source). Codings without a span of text are matched
    on their place.
    """
    sources, codes = _chosen(material, coders, sources, codes, roll_up=False)
    codings = codings_with_paths(material, codes)
    codings = codings[codings["source"].isin(sources) & codings["coder"].isin(coders)]
    rows = []
    for (_, _), group in codings.groupby(["source", "code"], sort=False):
        for row in group.itertuples():
            others = group[group["coder"] != row.coder]
            if not _touches(row, others):
                rows.append((*_told(row), not others.empty))
    columns = ["source", "code", "coder", "segment_id", "start", "end", "text"]
    return pd.DataFrame(rows, columns=[*columns, "other_used_code_here"])


def _touches(row, others: pd.DataFrame) -> bool:
    if pd.isna(row.start):
        return bool((others["place"] == row.place).fillna(False).any())
    overlap = (others["start"] < row.end) & (others["end"] > row.start)
    return bool(overlap.fillna(False).any())


def _told(row) -> tuple:
    return row.source, row.code, row.coder, row.segment_id, row.start, row.end, row.text


def coded_unitising_alpha(
    material: CodedMaterial,
    coders: Sequence[str],
    *,
    sources: Iterable[str] | None = None,
    codes: Iterable[str] | None = None,
) -> float:
    """Return alpha for unitising by coders of the material, in characters.

    The texts of the sources (by default those in which both of two coders coded something) stand
    one after another as one continuum; a coder's overlapping codings with one code are joined.
    """
    sources = (
        list(sources) if sources is not None else double_coded_sources(material, tuple(coders))
    )
    ids = material.sources.set_index("name")["source_id"]
    lengths = [len(material.texts[ids[name]]) for name in sources]
    offsets = dict(zip(sources, np.cumsum([0, *lengths[:-1]]).tolist(), strict=True))
    codings = codings_with_paths(material, list(codes) if codes is not None else None)
    codings = codings[codings["start"].notna() & codings["source"].isin(sources)]
    codings = codings[codings["coder"].isin(list(coders))]
    units = {
        code: [_joined(rows[rows["coder"] == coder], offsets) for coder in coders]
        for code, rows in codings.groupby("code")
    }
    return agreement.unitising_alpha(units, begin=0, length=sum(lengths))


def _joined(rows, offsets: Mapping[str, int]) -> list[tuple[int, int]]:
    spans = sorted(
        (offsets[row.source] + int(row.start), offsets[row.source] + int(row.end))
        for row in rows.itertuples()
        if row.end > row.start
    )
    joined: list[list[int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return [(start, end - start) for start, end in joined]
