"""Whom an edition is about: London, or one borough by its code."""

LONDON = "london"


def contents_of(scope: str) -> str:
    """Return the name of the list of contents of an edition, a file in ``book/``."""
    return "_toc.yml" if scope == LONDON else "_toc_borough.yml"
