"""How evenly the passages of a theme are spread over those who speak to it."""

from collections.abc import Collection, Mapping

import numpy as np

from rr_helpers.qualitative.counting import code_paths, codings_with_paths
from rr_helpers.qualitative.framework import PASSAGE
from rr_helpers.qualitative.material import CodedMaterial
from rr_helpers.qualitative.realist import contrary_codings
from rr_helpers.results import Estimate, not_estimable


def effective_voices(
    material: CodedMaterial,
    codes: Collection[str],
    *,
    participants: Mapping[str, str] | None = None,
    marker: Collection[str] = (),
) -> Estimate:
    """Return among how many equal voices the passages of a theme would be spread as evenly.

    codes: paths of the theme, with those below. participants: source name to participant id; a
    source that is not in it is a voice of its own. marker: passages so marked are left out.

    One over the sum of squared shares (the inverse Simpson index, Hill's number of order two; Hill
    1973, Ecology 54: 427-432): `n` where each of n voices gave as many, 1 where one gave all; by
    hand, 2, 1 and 1 passages give 2.67. No voice gave more than one over its square root, since the
    square of the largest share is a part of the sum. `n` counts the voices.
    """
    shared = {"method": "inverse Simpson index of passages by voice", "of": "voices"}
    known = code_paths(material, roll_up=True)
    codings = codings_with_paths(material, [path for path in known if path in codes], roll_up=True)
    if marker:
        against = material.codings[contrary_codings(material, marker)]["segment_id"]
        codings = codings[~codings["segment_id"].isin(against)]
    codings = codings.drop_duplicates([column for column in PASSAGE if column != "code"])
    voice = codings["source"].map(dict(participants or {})).fillna(codings["source"])
    shares = voice.value_counts(normalize=True).to_numpy(dtype=float)
    if not len(shares):
        return not_estimable("no passage", n=0, **shared)
    return Estimate(value=float(1 / np.square(shares).sum()), n=len(shares), **shared)
