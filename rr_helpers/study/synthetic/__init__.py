"""A synthetic study: three invented years of the pilot, with known truths planted in them."""

from rr_helpers.study.synthetic.making import SyntheticStudy, make_study
from rr_helpers.study.synthetic.writing import write_study

__all__ = ["SyntheticStudy", "make_study", "write_study"]
