"""The triangulation protocol: how far methods agree on a finding, and the analyst's call beside it.

Farmer, Robinson, Elliott and Eyles (2006), Qualitative Health Research 16: 377-394.
"""

from collections.abc import Mapping

import pandas as pd

from rr_helpers.errors import UserError

CODES = ("agreement", "partial", "silence", "dissonance")
DIRECTIONS = ("supports", "contradicts", "mixed")
COLUMNS = ("finding", "method", "covers", "direction")


def converge(covers: bool, meaning_agrees: bool, examples_agree: bool) -> str:
    """Return agreement, partial, silence or dissonance, for two sets of results or more.

    covers: whether more than one set speaks to the finding. meaning_agrees: on its meaning and
    prominence. examples_agree: on what illustrates it. Agreement is on both, partial agreement on
    one, dissonance on neither; silence where one set only covers it (Farmer et al. 2006).
    """
    if not covers:
        return "silence"
    return ("dissonance", "partial", "agreement")[bool(meaning_agrees) + bool(examples_agree)]


def triangulate(
    findings: pd.DataFrame, calls: Mapping[str, tuple[str, str]] | None = None
) -> pd.DataFrame:
    """Return a proposal per finding from what each method says of it, with the analyst's call.

    findings: one row per finding and method: finding, method, covers (true or false), direction
        (supports, contradicts or mixed; empty where it does not cover), and optionally examples
        (what illustrates it, several separated by ``;``).
    calls: finding to (one of the four codes, the reason), as the team decided.

    Meaning agrees where no method supports what another contradicts. Examples agree where one
    example occurs in every method that covers the finding; where a method names none, examples
    agree if all point the same way. One row per finding, in the order given: finding, n_methods,
    n_covering, covering, silent, supporting, contradicting, mixed (methods, joined by ``; ``),
    meaning_agrees, examples_agree (missing under silence), proposal, call, reason, departs (call
    differs from the proposal; missing without a call). A finding that no method covers is silence.
    UserError for a value that is not one of these, a method given twice, or a call without reason.
    """
    _check_columns(findings)
    rows = []
    for finding, group in findings.groupby("finding", sort=False):
        rows.append({"finding": finding, **_propose(str(finding), group)})
    columns = ["finding", "n_methods", "n_covering", "covering", "silent", "supporting"]
    columns += ["contradicting", "mixed", "meaning_agrees", "examples_agree", "proposal"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({"meaning_agrees": "boolean", "examples_agree": "boolean"})
    made = _checked_calls(dict(calls or {}), set(table["finding"]))
    table["call"] = table["finding"].map({name: call for name, (call, _) in made.items()})
    table["reason"] = table["finding"].map({name: reason for name, (_, reason) in made.items()})
    table = table.astype({"call": "string", "reason": "string"})
    table["departs"] = table["call"].ne(table["proposal"]).astype("boolean")
    table["departs"] = table["departs"].mask(table["call"].isna())
    return table


def _propose(finding: str, group: pd.DataFrame) -> dict:
    rows = [_checked(finding, row) for row in group.to_dict("records")]
    methods = [row["method"] for row in rows]
    if len(set(methods)) < len(methods):
        twice = next(method for method in methods if methods.count(method) > 1)
        raise _fault(finding, f"the method '{twice}' twice", "each method once", "Merge the rows")
    covering = [row for row in rows if row["covers"]]
    by_direction = {
        direction: [row["method"] for row in covering if row["direction"] == direction]
        for direction in DIRECTIONS
    }
    covers = len(covering) > 1
    meaning = not (by_direction["supports"] and by_direction["contradicts"])
    examples = _examples_agree(covering) if covers else None
    return {
        "n_methods": len(rows),
        "n_covering": len(covering),
        "covering": "; ".join(row["method"] for row in covering),
        "silent": "; ".join(row["method"] for row in rows if not row["covers"]),
        "supporting": "; ".join(by_direction["supports"]),
        "contradicting": "; ".join(by_direction["contradicts"]),
        "mixed": "; ".join(by_direction["mixed"]),
        "meaning_agrees": meaning if covers else None,
        "examples_agree": examples,
        "proposal": converge(covers, meaning, bool(examples)),
    }


def _examples_agree(covering: list[dict]) -> bool:
    named = [_split(row.get("examples")) for row in covering]
    if all(named):
        return bool(set.intersection(*named))
    return len({row["direction"] for row in covering}) == 1 and covering[0]["direction"] != "mixed"


def _split(cell) -> set[str]:
    cell = "" if cell is None or pd.isna(cell) else str(cell)
    return {part.strip().casefold() for part in cell.split(";") if part.strip()}


def _checked(finding: str, row: dict) -> dict:
    direction = "" if pd.isna(row["direction"]) else str(row["direction"]).strip()
    covers = row["covers"]
    if pd.isna(covers) or covers not in (True, False):
        raise _fault(finding, f"covers is {covers!r}", "true or false", "Say which")
    if covers and direction not in DIRECTIONS:
        raise _fault(
            finding,
            f"'{row['method']}' covers it with the direction '{direction}'",
            f"one of {', '.join(DIRECTIONS)}",
            "Say what the method says of the finding",
        )
    if not covers and direction:
        raise _fault(
            finding,
            f"'{row['method']}' does not cover it and has the direction '{direction}'",
            "no direction where a method is silent",
            "Clear the direction, or say that the method covers the finding",
        )
    return {**row, "method": str(row["method"]), "direction": direction, "covers": bool(covers)}


def _check_columns(findings: pd.DataFrame) -> None:
    if missing := [name for name in COLUMNS if name not in findings.columns]:
        raise UserError(
            place="triangulation",
            found=f"no column {', '.join(missing)}",
            expected=f"the columns {', '.join(COLUMNS)}",
            cure="Add what is missing",
        )


def _checked_calls(calls: dict, findings: set) -> dict[str, tuple[str, str]]:
    for finding, given in calls.items():
        if finding not in findings:
            raise _fault(finding, "a call on no finding", "a finding of the table", "Correct it")
        call, reason = given
        if call not in CODES:
            raise _fault(finding, f"the call '{call}'", f"one of {', '.join(CODES)}", "Choose one")
        if not str(reason or "").strip():
            raise _fault(
                finding, "a call without a reason", "the team's reason", "Write why in a sentence"
            )
    return calls


def _fault(finding, found: str, expected: str, cure: str) -> UserError:
    return UserError(place=f"triangulation, '{finding}'", found=found, expected=expected, cure=cure)
