"""The coded documents of a study, after the consent gate, and what its codes are evidence for."""

from dataclasses import dataclass

import pandas as pd

from rr_helpers.qualitative import CodedMaterial, read_coded, source_codes
from rr_helpers.study import Study

# A project without a sheet 'code' is understood by the names of its top folders.
FOLDER_TYPES = {
    "context": "context",
    "mechanism": "mechanism",
    "outcome": "outcome",
    "barrier": "barrier",
    "enabler": "enabler",
    "process": "process",
}
UNCLASSIFIED = "unclassified"


@dataclass(frozen=True)
class CodedEvidence:
    """What the team coded, of sources that the consent register allows, over all projects.

    codes: one row a code: path, label (for readers), type, questions.
    source_codes: one row a source, one yes/no column a code path.
    segments: one row a coded segment: source, code, text, coder, segment_id, verified.
    left_out: sources in the projects that are not used, since they are not in the register of
        coded sources or consent does not allow it: a count, never names.
    issues: what the readers of the projects could not read as it should be: kinds and counts.
    """

    codes: pd.DataFrame
    source_codes: pd.DataFrame
    segments: pd.DataFrame
    left_out: int
    issues: pd.DataFrame

    def __repr__(self) -> str:
        return (
            f"CodedEvidence({len(self.source_codes)} sources, {len(self.codes)} codes, "
            f"{len(self.segments)} segments; {self.left_out} sources left out)"
        )


def read_evidence(study: Study) -> CodedEvidence:
    """Read every coded project of the study and keep only the sources that may be used."""
    projects = [read_coded(path) for path in study.coded_files]
    allowed = set(study.allowed_sources)
    left_out = sum(len(set(project.sources["name"]) - allowed) for project in projects)
    kept = [project.keep_sources(allowed) for project in projects]
    return CodedEvidence(
        codes=_codes(study, kept),
        source_codes=_held(kept),
        segments=_stack([project.segments for project in kept]),
        left_out=left_out,
        issues=_issues(projects),
    )


def _codes(study: Study, projects: list[CodedMaterial]) -> pd.DataFrame:
    codes = _stack([project.codes for project in projects])
    if codes.empty:
        return pd.DataFrame(columns=["path", "label", "type", "questions"])
    codes = codes[codes["codable"].astype(bool)].drop_duplicates("path")
    said = study["code"].drop_duplicates("code_label").set_index("code_label")
    folder = codes["path"].str.split("/").str[0].str.casefold().map(FOLDER_TYPES)
    frame = pd.DataFrame(
        {
            "path": codes["path"],
            "label": codes["name"].map(said["label_public"]).fillna(codes["name"]),
            "type": codes["name"].map(said["type"]).fillna(folder).fillna(UNCLASSIFIED),
            "questions": codes["name"].map(said["questions"]).fillna(""),
        }
    )
    return frame.sort_values(["type", "label"]).reset_index(drop=True)


def _held(projects: list[CodedMaterial]) -> pd.DataFrame:
    held = [source_codes(project) for project in projects]
    if not held:
        return pd.DataFrame()
    together = pd.concat([frame.astype(float) for frame in held])
    return together.fillna(0.0).groupby(level=0).max().astype(bool)


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _issues(projects: list[CodedMaterial]) -> pd.DataFrame:
    issues = _stack([project.issues for project in projects])
    if issues.empty:
        return pd.DataFrame({"kind": [], "count": []})
    return issues.groupby("kind", as_index=False)["count"].sum()
