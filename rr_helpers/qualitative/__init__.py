"""Coded qualitative material: read what the coding tools really export, and count it honestly."""

from rr_helpers.qualitative import agreement
from rr_helpers.qualitative.co_occurring import co_occurrence
from rr_helpers.qualitative.comparing import (
    agreement_by_code,
    character_counts,
    coded_unitising_alpha,
    disagreements,
    double_coded_sources,
    presence_counts,
    presence_estimates,
    presence_units,
)
from rr_helpers.qualitative.counting import code_matrix, code_paths, source_codes
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.reading import read_codebook, read_coded
from rr_helpers.qualitative.saturating import Saturation, saturation

__all__ = [
    "CodedMaterial",
    "Saturation",
    "agreement",
    "agreement_by_code",
    "character_counts",
    "co_occurrence",
    "code_matrix",
    "code_paths",
    "coded_unitising_alpha",
    "disagreements",
    "double_coded_sources",
    "presence_counts",
    "presence_estimates",
    "presence_units",
    "read_codebook",
    "read_coded",
    "saturation",
    "source_codes",
]
