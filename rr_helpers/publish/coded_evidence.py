"""The coded documents of a study, after the consent gate, and what its codes are evidence for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from rr_helpers.publish.coded_themes import configurations_of, themes_of
from rr_helpers.publish.gated_projects import gated_projects
from rr_helpers.qualitative import CodedMaterial, contrary_codings, stack_projects
from rr_helpers.qualitative.counting import codes_held
from rr_helpers.study import Study
from rr_helpers.study.schema import TABLES

# A project without a sheet 'code' is understood by the names of its top folders.
KINDS = tuple(TABLES["code"].column("type")["values"])
ISSUES = {"kind": "string", "count": "Int64"}
REFUTABLE = ("mechanism", "outcome", "enabler")
UNCLASSIFIED = "unclassified"
# Coders name codes as they like, after people and places too: only wording that the team wrote for
# readers is shown.
UNCLEARED = "(codes without wording for readers)"


@dataclass(frozen=True)
class CodedEvidence:
    """What the team coded, of sources that the consent register allows, over all projects.

    codes: one row a code: path, name, label (the register's wording for readers, or one for all
        codes that have none), type, questions.
    source_codes: one row a source, one yes/no column a code path: it holds the code at least once
        where nothing marks the passage as speaking against it.
    source_against: the same for passages that speak against a mechanism, outcome or enabler.
    segments: one row a coded segment: source, code, text, coder, segment_id, verified.
    left_out: sources in the projects that are not used, since they are not in the register of
        coded sources or consent does not allow it: a count, never names.
    issues: what the readers of the projects could not read as it should be: kinds and counts.
    material: the coded projects as one, of the sources that may be used: HIGHLY SENSITIVE.
    markers, refutable: paths of the codes that mark a passage as contrary, and of those that such
        a passage speaks against.
    themes: the sheet 'theme': theme_id, question, label, paths (those in the codebook).
    find_configurations: gives `configurations`.
    """

    codes: pd.DataFrame
    source_codes: pd.DataFrame
    source_against: pd.DataFrame
    segments: pd.DataFrame
    left_out: int
    issues: pd.DataFrame
    material: CodedMaterial
    markers: tuple[str, ...]
    refutable: tuple[str, ...]
    themes: pd.DataFrame
    find_configurations: Callable[[], pd.DataFrame]

    @cached_property
    def configurations(self) -> pd.DataFrame:
        """One row a context-mechanism-outcome configuration: question, label (in the wording for
        readers), supporting and refuting (segment ids); found when it is first asked for.
        """
        return self.find_configurations()

    def __repr__(self) -> str:
        return (
            f"CodedEvidence({len(self.source_codes)} sources, {len(self.codes)} codes, "
            f"{len(self.segments)} segments; {self.left_out} sources left out)"
        )


def read_evidence(study: Study, *, store: Path | None = None) -> CodedEvidence:
    """Return what the coded projects of the study hold, of the sources that may be used.

    store: as for `gated_projects`, which says more.
    """
    kept, left_out, issues = gated_projects(study, store)
    codes = _codes(study, kept)
    codings = _stack([project.codings for project in kept])
    contrary = _contrary(kept, codings, codes)
    sources = sorted({name for project in kept for name in project.sources["name"]})
    material = stack_projects(kept)
    markers = tuple(codes.loc[codes["marks_contrary"], "path"])
    return CodedEvidence(
        codes=codes[~codes["marks_contrary"]].drop(columns="marks_contrary").reset_index(drop=True),
        source_codes=codes_held(codings[~contrary], sources, list(codes["path"])),
        source_against=codes_held(codings[contrary], sources, list(codes["path"])),
        segments=_stack([project.segments for project in kept]),
        left_out=left_out,
        issues=pd.DataFrame(issues, columns=list(ISSUES)).astype(ISSUES),
        material=material,
        markers=markers,
        refutable=tuple(_refutable(codes)),
        themes=themes_of(study, codes),
        find_configurations=partial(configurations_of, study, codes, material, markers),
    )


def _refutable(codes: pd.DataFrame) -> pd.Series:
    return codes.loc[codes["type"].isin(REFUTABLE), "path"]


def _codes(study: Study, projects: list[CodedMaterial]) -> pd.DataFrame:
    codes = _stack([project.codes for project in projects])
    if codes.empty:
        columns = ["path", "name", "label", "type", "questions", "marks_contrary"]
        return pd.DataFrame(columns=columns).astype({"marks_contrary": bool})
    codes = codes[codes["codable"].astype(bool)].drop_duplicates("path")
    said = study["code"].drop_duplicates("code_label").set_index("code_label")
    folder = codes["path"].str.split("/").str[0].str.casefold()
    frame = pd.DataFrame(
        {
            "path": codes["path"],
            "name": codes["name"],
            "label": codes["name"].map(said["label_public"]).fillna(UNCLEARED).map(_capital),
            "type": codes["name"]
            .map(said["type"])
            .fillna(folder.where(folder.isin(KINDS)))
            .fillna(UNCLASSIFIED),
            "questions": codes["name"].map(said["questions"]).fillna(""),
            "marks_contrary": codes["name"].map(said["marks_contrary"]).eq("yes"),
        }
    )
    return frame.sort_values(["type", "label"]).reset_index(drop=True)


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _contrary(projects: list[CodedMaterial], codings: pd.DataFrame, codes) -> pd.Series:
    """Which of the stacked codings stand on a passage that speaks against them."""
    marks = codes.loc[codes["marks_contrary"], "path"]
    refutable = _refutable(codes)
    spoken = [contrary_codings(project, marks) for project in projects if len(project.codings)]
    if not spoken:
        return pd.Series(dtype=bool)
    return pd.concat(spoken, ignore_index=True).astype(bool) & codings["code"].isin(refutable)


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
