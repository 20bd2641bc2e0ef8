"""How far the coding can be relied on: agreement between coders, saturation of interviews."""

from dataclasses import replace
from itertools import combinations

import pandas as pd

from rr_helpers.publish.coded_evidence import UNCLEARED
from rr_helpers.publish.edition import Edition
from rr_helpers.qualitative import (
    character_counts,
    code_estimates,
    double_coded_sources,
    presence_counts,
    presence_units,
    saturation,
    source_codes,
)
from rr_helpers.results import Estimate, not_estimable

NO_PAIR = "no document was coded by two people"
TOO_FEW = "too few interviews, or no code in the base of them"
BASE, RUN = 4, 2


def coder_agreement(edition: Edition) -> dict[str, Estimate]:
    """Return how far the two who double-coded most agree, over all codes, by measure.

    Documents: whether both, either or neither used a code in it. Characters: whether both, either
    or neither marked it. Intervals draw whole documents. Not estimable where nobody coded twice.
    """
    pair = _pair(edition)
    names = {
        "percent": "Documents: share of decisions alike",
        "kappa": "Documents: Cohen's kappa",
        "ac1": "Documents: Gwet's AC1",
        "characters": "Characters: Cohen's kappa",
        "coded": "Characters: of those either marked, the share both did",
    }
    if pair is None:
        missing = not_estimable(NO_PAIR, n=0, method="agreement", of="coded documents")
        return dict.fromkeys(names.values(), missing)
    codes = list(edition.coded.codes["path"])
    presence = presence_counts(presence_units(edition.coded.material, pair, codes=codes))
    characters = character_counts(edition.coded.material, pair, codes=codes)
    asked = {name: (presence, name) for name in ("percent", "kappa", "ac1")}
    asked |= {"characters": (characters, "kappa"), "coded": (characters, "percent_coded")}
    return {label: code_estimates(*asked[name])["all codes"] for name, label in names.items()}


def agreement_by_label(edition: Edition) -> dict[str, Estimate]:
    """Return Gwet's AC1 for each code that has wording for readers, least agreement first.

    Presence per document; intervals draw whole documents. Empty where nobody coded twice.
    """
    pair, codes = _pair(edition), edition.coded.codes
    worded = codes[codes["label"].ne(UNCLEARED) & ~codes["label"].duplicated(keep=False)]
    if pair is None or worded.empty:
        return {}
    units = presence_units(edition.coded.material, pair, codes=list(worded["path"]))
    found = code_estimates(presence_counts(units), "ac1")
    labels = worded.set_index("path")["label"]
    by_label = {labels[path]: _by_document(found[path]) for path in labels.index}
    return dict(sorted(by_label.items(), key=lambda item: item[1].value or 0.0))


def interview_saturation(edition: Edition) -> dict[str, Estimate]:
    """Return after how many interviews of the window hardly any code was new.

    In the order of collection, and over random orders with the range of the middle 95%: Guest,
    Namey and Chen (2020) with a base of four, runs of two and a threshold of five per cent.
    """
    sheet = edition.rows("coded_source", dated="date")
    sheet = sheet[sheet["method"].str.startswith("interview")].sort_values(["date", "source_name"])
    present = source_codes(edition.coded.material)
    present = present.reindex(columns=list(edition.coded.codes["path"]))
    ordered = present.reindex(sheet["source_name"]).dropna().astype(bool)
    try:
        found = saturation(ordered, base=BASE, run=RUN)
    except ValueError:
        shared = {"n": len(ordered), "method": "saturation", "of": "interviews"}
        return {"In the order of collection": not_estimable(TOO_FEW, **shared)}
    return found.estimates(of="interviews")


def _by_document(estimate: Estimate) -> Estimate:
    # The documents are units and clusters at once: said once, and not to the last document.
    return replace(estimate, of="documents coded twice", clusters=None)


def _pair(edition: Edition) -> tuple[str, str] | None:
    """Return the two coders with the most documents in common; None where there are none."""
    material = edition.coded.material
    pairs = combinations(sorted(material.coders["name"].dropna().unique()), 2)
    sizes = pd.Series({pair: len(double_coded_sources(material, pair)) for pair in pairs})
    return None if sizes.empty or not sizes.max() else tuple(sizes.idxmax())
