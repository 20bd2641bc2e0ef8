"""What the book declares in TOML files: read, and held to the keys that each entry may have."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from rr_helpers.errors import UserError


def read_declared(path: Path, known: Sequence[str]) -> dict:
    """Return what a TOML file of the book declares; UserError for other sections than `known`."""
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            place=f"book/{path.name}",
            found=f"a file that cannot be read ({error})",
            expected="a TOML file",
            cure="Compare it with the version before your last change",
        ) from error
    require_keys(declared, required=(), allowed=known, place=f"book/{path.name}")
    return declared


def require_keys(
    entry: Mapping, *, required: Sequence[str], allowed: Sequence[str], place: str
) -> None:
    """Raise UserError for a key that is not allowed, or a required one that is missing or empty."""
    unknown = [key for key in entry if key not in (*required, *allowed)]
    missing = [key for key in required if not entry.get(key)]
    if unknown or missing:
        found = f"the unknown key '{unknown[0]}'" if unknown else f"no '{missing[0]}'"
        raise UserError(
            place=place,
            found=found,
            expected=f"{', '.join((*required, *allowed))}",
            cure="Correct the key" if unknown else f"Write '{missing[0]}'",
        )
