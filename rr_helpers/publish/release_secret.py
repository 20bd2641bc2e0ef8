"""The secret by which the counts of a release are rounded: only who holds the rows has it."""

import hashlib

import pandas as pd

from rr_helpers.study import Study


def release_secret(study: Study) -> bytes:
    """A secret that only someone who holds the study's rows can compute.

    It is taken over the cells themselves, so that digests of files, which the record of an edition
    tells, do not give it away; the same rows give the same secret and so the same release.
    """
    digest = hashlib.sha256(b"rounding of the release")
    for name in sorted(study.tables):
        words = pd.DataFrame({each: _as_text(cells) for each, cells in study.tables[name].items()})
        hashes = pd.util.hash_pandas_object(words, index=False)
        digest.update(name.encode() + hashes.to_numpy().tobytes())
    return digest.digest()


def _as_text(values: pd.Series) -> pd.Categorical:
    """`values.astype(str)`, each different value put into words once."""
    places, different = pd.factorize(values, use_na_sentinel=False)
    words = pd.Series(different).astype(str)
    again, categories = pd.factorize(words)
    return pd.Categorical.from_codes(again[places], categories)
