"""Contextual case reviews: domains, contexts, what R&R may have contributed.

Everything but the claims is up to the end of the window, since a year has few reviews. No borough
is named. Estimates are SENSITIVE until protected.
"""

import pandas as pd

from rr_helpers.disclosure import SafeTable, public_wording
from rr_helpers.publish.edition import Edition
from rr_helpers.publish.readings import AC2, ALPHA, agreement_of, mean_of
from rr_helpers.results import Estimate, not_estimable
from rr_helpers.stats import linear
from rr_helpers.study import in_window

DOMAINS = {
    "D1": "Domain 1: the context is the target",
    "D2": "Domain 2: a welfare lens",
    "D3": "Domain 3: partners with reach",
    "D4": "Domain 4: change is measured in the context",
}
RATERS = {"1": "First rater", "2": "Second rater", "agreed": "Agreed"}
_CLAIM = {
    "claim_public": "What R&R may have contributed",
    "rival_public": "What else could explain it",
    "for_public": "What speaks for it",
    "against_public": "What speaks against it",
}


def domain_scores(edition: Edition) -> pd.DataFrame:
    """Return mean ratings by domain, red to green (0 to 3): a column for each rater and agreed."""
    ratings = _ratings(edition)
    return pd.DataFrame(
        {
            words: {
                name: _mean(mine[mine["rater"].eq(rater)], "rating", of="ratings", top=3)
                for rater, name in RATERS.items()
            }
            for words, mine in ((w, ratings[ratings["domain"].eq(d)]) for d, w in DOMAINS.items())
        }
    ).T


def item_scores(edition: Edition) -> dict[str, Estimate]:
    """Return the mean of the agreed ratings of every item, in the order of the domains."""
    ratings, labels = _ratings(edition), edition.labels("ccr_domain", "item")
    agreed = ratings[ratings["rater"].eq("agreed")]
    return {
        label: _mean(agreed[agreed["item"].eq(item)], "rating", of="case reviews", top=3)
        for item, label in labels.items()
    }


def rater_agreement(edition: Edition) -> pd.DataFrame:
    """Return how far the two raters agree before they talk, by domain."""
    ratings = _ratings(edition)
    wide = ratings.pivot_table("rating", ["ccr_id", "item", "domain"], "rater")
    wide = wide.reindex(columns=["1", "2"]).reset_index()
    pairs = wide.rename(columns={"1": "first", "2": "second", "ccr_id": "source"})
    found = {
        words: agreement_of(pairs[pairs["domain"].eq(domain)], of="ratings")
        for domain, words in DOMAINS.items()
    }
    return pd.DataFrame(found | {"All domains": agreement_of(pairs, of="ratings")}).T[[ALPHA, AC2]]


def context_scores(edition: Edition) -> pd.DataFrame:
    """Return harm (0 to 3), weight in the case (0 to 100) and change (-2 to 2), by context."""
    frame, labels = _contexts(edition), edition.labels("ccr_context", "context")
    asked = {"Harm": ("harm_level", 0, 3), "Weight in the case": ("weight", 0, 100),
             "Change in a year": ("change_12m", -2, 2)}  # fmt: skip
    groups = {label: frame[frame["context"].eq(key)] for key, label in labels.items()}
    rows = {
        label: {
            name: _mean(rows, column, of="contexts in case reviews", low=low, top=top)
            for name, (column, low, top) in asked.items()
        }
        for label, rows in groups.items()
    }
    return pd.DataFrame(rows).T


def context_change(edition: Edition) -> Estimate:
    """Return the mean change of a context in a year (-2 to 2), over all contexts of all reviews."""
    frame = _contexts(edition)
    return _mean(frame, "change_12m", of="contexts in case reviews", low=-2, top=2)


def change_by_activity(edition: Edition) -> Estimate:
    """Return how much more a context changed for each further kind of work that R&R did there.

    As a part of the whole scale, from two down to two up.
    """
    frame = _contexts(edition).dropna(subset=["change_12m", "rr_role"])
    kinds = frame["rr_role"].str.split("; ").map(lambda roles: len(set(roles) - {"none"}))
    frame = frame.assign(kinds=kinds.astype(float), change=frame["change_12m"] / 4)
    shared = {"of": "contexts in case reviews", "unit": "change"}
    if frame["borough_code"].nunique() < 2 or frame["kinds"].nunique() < 2:
        return not_estimable("nothing to compare", n=len(frame), method="least squares", **shared)
    formula = "change ~ kinds"
    return linear(frame, formula, "kinds", clusters="borough_code", **shared)


def contribution(edition: Edition) -> Estimate:
    """Return the mean rating of R&R's contribution: none, possible, likely, strong (0 to 3)."""
    frame = _reviews(edition).dropna(subset=["contribution_rating"])
    return _mean(frame, "contribution_rating", of="case reviews", top=3)


def contribution_claims(edition: Edition) -> SafeTable:
    """Return the claims of the window's reviews in words for the public, with rivals and evidence.

    A claim that several reviews make stands once, with everything that was said of it.
    """
    frame = in_window(edition.rows("ccr_case"), "review_date", edition.window)
    frame = frame.dropna(subset=["claim_public"])
    said = frame.groupby("claim_public", sort=True)[list(_CLAIM)[1:]].agg(_joined)
    return public_wording(
        said.reset_index().rename(columns=_CLAIM),
        title="Contribution claims, and what else could explain them",
        source="Contextual case reviews of the window",
        of="claims",
    )


def _joined(texts: pd.Series) -> str | None:
    return ". ".join(sorted(set(texts.dropna().str.strip(" .")))) or None


def _reviews(edition: Edition) -> pd.DataFrame:
    frame = edition.rows("ccr_case")
    return frame[frame["review_date"] <= edition.window.end]


def _ratings(edition: Edition) -> pd.DataFrame:
    reviews = _reviews(edition)[["ccr_id", "borough_code"]]
    frame = edition.rows("ccr_domain").dropna(subset=["rating"]).merge(reviews, on="ccr_id")
    return frame.assign(domain=frame["item"].str[:2])


def _contexts(edition: Edition) -> pd.DataFrame:
    reviews = _reviews(edition)[["ccr_id", "borough_code", "rr_role"]]
    return edition.rows("ccr_context").merge(reviews, on="ccr_id")


def _mean(frame: pd.DataFrame, column: str, *, of: str, low: float = 0, top: float) -> Estimate:
    return mean_of(frame, column, clusters="borough_code", of=of, bounds=(float(low), float(top)))
