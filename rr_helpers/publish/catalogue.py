"""Where the catalogue of published counts lies: beside the chapters."""

from pathlib import Path


def catalogue_file() -> Path:
    """Return the path of notebooks/catalogue.toml."""
    return Path(__file__).parents[2] / "notebooks" / "catalogue.toml"
