"""Opening an SQLite project that others made: read only, bounded in time and size."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rr_helpers.errors import UserError
from rr_helpers.qualitative.archive import LARGEST_MEMBER, LARGEST_TOTAL, too_large

MOST_STEPS = 2_000  # of a hundred thousand instructions each: some seconds
STEP = 100_000
MOST_ROWS = 1_000_000


@contextmanager
def open_database(path: Path) -> Iterator["Database"]:
    """Open a database for reading; every fault in it becomes a UserError."""
    if path.stat().st_size > LARGEST_TOTAL:
        raise too_large(path.name, f"{path.stat().st_size / 1024**2:.0f} MB", LARGEST_TOTAL)
    _refuse_unsaved(path)
    connection = None
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_MEMBER)
        steps = iter(range(MOST_STEPS))
        connection.set_progress_handler(lambda: next(steps, None) is None, STEP)
        yield Database(connection, path.name)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as fault:
        raise UserError(
            place=path.name,
            found=f"a database that cannot be read ({type(fault).__name__})",
            expected="a whole project database of QualCoder or Taguette",
            cure="Close the coding program, copy the project again, and try once more",
        ) from fault
    finally:
        if connection is not None:
            connection.close()


def _refuse_unsaved(path: Path) -> None:
    for ending in ("-wal", "-journal"):
        beside = path.with_name(path.name + ending)
        if beside.exists() and beside.stat().st_size:
            raise UserError(
                place=path.name,
                found=f"changes not yet written to it ({beside.name})",
                expected="a database that no program has open",
                cure="Close the coding program and copy the project again",
            )


class Database:
    """Tables of an open database, read by name; views are never run."""

    def __init__(self, connection: sqlite3.Connection, place: str):
        self._connection, self.place = connection, place
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        self.tables = {name for (name,) in found}

    def rows(self, table: str, *columns: str) -> list[dict]:
        """Return the rows of a table in its own order; columns an older version lacks are None.

        An absent table has no rows.
        """
        if table not in self.tables:
            return []
        present = {row[1] for row in self._connection.execute(f'PRAGMA table_info("{table}")')}
        chosen = [column for column in columns if column in present]
        if not chosen:
            return []
        names = ", ".join(f'"{column}"' for column in chosen)
        cursor = self._connection.execute(f'SELECT {names} FROM "{table}"')
        found = cursor.fetchmany(MOST_ROWS + 1)
        if len(found) > MOST_ROWS:
            raise too_large(f"{self.place}, table {table}", "too many rows", LARGEST_TOTAL)
        blank = dict.fromkeys(columns)
        return [blank | dict(zip(chosen, row, strict=True)) for row in found]


def as_text(value) -> str | None:
    """Return a value as text, or None where it is missing or blank. SQLite columns hold anything.

    Bytes are read as UTF-8, with marks in place of what is not.
    """
    if value is None:
        return None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text if text.strip() else None


def as_position(value) -> int | None:
    """Return a whole number that can be a position, or None."""
    return value if isinstance(value, int) and abs(value) < 10**15 else None
