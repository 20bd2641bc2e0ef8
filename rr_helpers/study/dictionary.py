"""The data dictionary page, written from the schema."""

from collections.abc import Iterator, Mapping
from functools import cache

from rr_helpers.study.schema import MISSING_CODES, WORKBOOKS, Table

CONSENTS = {
    "participate": "agreed to take part (`consent_participate` is yes)",
    "link_files": "agreed that files may be read and linked (`consent_link_files` is yes)",
}
# Longer lists of values stand once at the end, where a phone can show them line by line.
SHORT_LIST = 4

Values = tuple[tuple[str, str], ...]


def data_dictionary_markdown() -> str:
    """Return the page in Markdown: each workbook, each table, each column with its values.

    Everything on it comes from the schema, so it cannot differ from what the reader accepts.
    """
    lines = ["# Data dictionary", "", *_introduction()]
    for workbook, tables in WORKBOOKS.items():
        lines += [f"## {workbook}", ""]
        for table in tables:
            lines += _table_section(table)
    lines += _lists_section()
    return "\n".join(lines).rstrip() + "\n"


def _introduction() -> Iterator[str]:
    yield "Every workbook and table that the evaluation reads. `rr templates` writes empty"
    yield "workbooks with the same columns, and `rr validate` checks against the same rules."
    yield ""
    yield "Missing answers have codes of their own, which stay distinct:"
    yield ""
    yield from (f"- `{code}`: {meaning}" for code, meaning in MISSING_CODES.items())
    yield ""
    yield "The role of a column says how it is protected: an *identifier* is never published; a"
    yield "*quasi-identifier* could single a person out together with others; a *measure* is what"
    yield "is analysed; *free text* is shown only as a reviewed quotation."
    yield ""


def _table_section(table: Table) -> list[str]:
    return [
        f"### {table.name}",
        "",
        *_about(table),
        "",
        "| Column | Meaning | A cell holds | Role | Required |",
        "| :-- | :-- | :-- | :-- | :-- |",
        *(_column_row(name, table.column(name)) for name in table.columns),
        "",
    ]


def _about(table: Table) -> Iterator[str]:
    yield f"One row is {table.row}."
    yield ""
    yield f"- Key: {', '.join(f'`{name}`' for name in table.key)}"
    if table.subject:
        yield f"- The person a row is about: `{table.subject}`"
    if table.consent:
        yield f"- Used only where the person {CONSENTS[table.consent]}"
    elif table.subject:
        yield "- Held under public task; a withdrawal still takes the rows out"
    if table.dated:
        yield f"- A withdrawal from a day on looks at `{table.dated}`"
    if table.optional:
        yield "- A study may do without this sheet"


def _column_row(name: str, column: Mapping) -> str:
    required = "yes" if column["required"] else "no"
    cells = [f"`{name}`", column["meaning"], _holds(column), column["role"], required]
    return f"| {' | '.join(text.replace('|', chr(92) + '|') for text in cells)} |"


def _holds(column: Mapping) -> str:
    """What a cell holds: type, values or range, unit, missing codes."""
    kind = column["type"]
    text = {"date": "date (dd/mm/yyyy)", "coded": _coded(column)}.get(kind, kind)
    if column.get("refers"):
        text = f"identifier, found in `{column['refers']}`"
    if "low" in column:
        text = f"{kind}, {column['low']} to {column['high']} {column['unit']}".rstrip()
    codes = ", ".join(f"`{code}`" for code in column["missing"])
    return f"{text}; or {codes}" if codes else text


def _coded(column: Mapping) -> str:
    start = "several of" if column.get("multiple") else "one of"
    values = tuple(column.get("values", {}).items())
    if len(values) > SHORT_LIST:
        return f"{start} [{len(values)} values](#{_anchor(_list_name(values))})"
    return f"{start} " + ", ".join(f"`{code}` ({label})" for code, label in values)


def _lists_section() -> Iterator[str]:
    yield "## Lists of values"
    yield ""
    for values, places in _long_lists().items():
        name = _list_name(values)
        yield f"({_anchor(name)})="
        yield f"### Values of {name}"
        yield ""
        yield f"For {', '.join(f'`{place}`' for place in places)}."
        yield ""
        yield from (f"- `{code}`: {label}" for code, label in values)
        yield ""


@cache
def _long_lists() -> dict[Values, list[str]]:
    """Lists of more than a few values, each with the columns (``table.column``) that use it."""
    found: dict[Values, list[str]] = {}
    for tables in WORKBOOKS.values():
        for table in tables:
            for name in table.columns:
                values = tuple(table.column(name).get("values", {}).items())
                if len(values) > SHORT_LIST:
                    found.setdefault(values, []).append(f"{table.name}.{name}")
    return found


def _list_name(values: Values) -> str:
    return _long_lists()[values][0]


def _anchor(name: str) -> str:
    return f"values-{name.replace('.', '-').replace('_', '-')}"
