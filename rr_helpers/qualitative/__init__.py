"""Coded qualitative material: read what the coding tools really export, and count it honestly."""

from rr_helpers.qualitative import agreement
from rr_helpers.qualitative.agreeing import (
    agreement_by_code,
    code_estimates,
    presence_estimates,
)
from rr_helpers.qualitative.co_occurring import co_occurrence
from rr_helpers.qualitative.comparing import (
    character_counts,
    coded_unitising_alpha,
    disagreements,
    double_coded_sources,
    presence_counts,
    presence_units,
)
from rr_helpers.qualitative.counting import code_matrix, code_paths, source_codes
from rr_helpers.qualitative.drifting import codebook_changes, codebook_drift
from rr_helpers.qualitative.framework import code_timeline, framework_matrix, quotation_shares
from rr_helpers.qualitative.joining import NONE_FOUND, NONE_QUOTABLE, is_verbatim, joint_display
from rr_helpers.qualitative.likeness import similarity
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.reading import read_codebook, read_coded
from rr_helpers.qualitative.realist import configurations, contrary_codings
from rr_helpers.qualitative.saturating import Saturation, saturation
from rr_helpers.qualitative.stacking import stack_projects
from rr_helpers.qualitative.triangulating import converge, triangulate
from rr_helpers.qualitative.voicing import effective_voices
from rr_helpers.qualitative.writing import write_qdc, write_qdpx

__all__ = [
    "NONE_FOUND",
    "NONE_QUOTABLE",
    "CodedMaterial",
    "Saturation",
    "agreement",
    "agreement_by_code",
    "character_counts",
    "co_occurrence",
    "code_estimates",
    "code_matrix",
    "code_paths",
    "code_timeline",
    "codebook_changes",
    "codebook_drift",
    "coded_unitising_alpha",
    "configurations",
    "contrary_codings",
    "converge",
    "disagreements",
    "double_coded_sources",
    "effective_voices",
    "framework_matrix",
    "is_verbatim",
    "joint_display",
    "presence_counts",
    "presence_estimates",
    "presence_units",
    "quotation_shares",
    "read_codebook",
    "read_coded",
    "saturation",
    "similarity",
    "source_codes",
    "stack_projects",
    "triangulate",
    "write_qdc",
    "write_qdpx",
]
