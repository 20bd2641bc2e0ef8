"""The clearance record that travels with every output, and the check of it when a book is built."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from rr_helpers.disclosure.figures import ReleasedCount, ReleasedFigure, SafeEstimate
from rr_helpers.disclosure.quotes import ClearedQuotation
from rr_helpers.disclosure.safe import SafeTable
from rr_helpers.errors import DisclosureError

KEY = "rr"
OUTPUT_KINDS = ("Table", "Chart", "Finding", "Joint display", "Quotation", "Key numbers")
Cleared = SafeTable | SafeEstimate | ReleasedCount | ReleasedFigure | ClearedQuotation


def require_cleared(thing, what: str = "this output") -> None:
    """Raise DisclosureError unless the thing came through the gate, saying how it may."""
    if not isinstance(thing, Cleared):
        raise DisclosureError(
            place=what,
            found=f"a {type(thing).__name__}",
            expected="a SafeTable, SafeEstimate, released count or cleared quotation",
            cure="Counts: add the table to notebooks/catalogue.toml and take it from the release. "
            "Estimates: disclosure.protect(...). Published figures: "
            "disclosure.published_statistics(...)",
        )


def stamp(
    kind: str,
    title: str,
    html: str,
    *,
    cleared: Iterable[Cleared] = (),
    finding: Mapping | None = None,
) -> dict:
    """Return the clearance record of one output.

    kind: one of `OUTPUT_KINDS`. cleared: all that the output shows; rules, suppressed cells and
    whether it is only a preview are read from them, so that none can be left out. finding: the
    finding as plain data, from which the front page is composed; it is under the digest too. The
    record holds kind, title, rules, suppressed, preview, finding (if any) and digest, a SHA-256 of
    the HTML and of all the rest.
    """
    if kind not in OUTPUT_KINDS:
        raise ValueError(f"kind is one of {OUTPUT_KINDS}, not {kind!r}")
    cleared = list(cleared)
    for thing in cleared:
        require_cleared(thing, f"{kind} '{title}'")
    rules = [rule for thing in cleared for rule in getattr(thing, "rules", ())]
    record = {
        "kind": kind,
        "title": title,
        "rules": list(dict.fromkeys(rules)),
        "suppressed": sum(getattr(thing, "suppressed", 0) for thing in cleared),
        "preview": any(getattr(thing, "preview", False) for thing in cleared),
    }
    if finding is not None:
        record["finding"] = dict(finding)
    return record | {"digest": _digest(html, record)}


def plain_text(record: Mapping) -> str:
    """Return the constant text that stands for an output where HTML is not shown."""
    return f"{record['kind']}: {record['title']}"


def check_output(output: Mapping) -> str | None:
    """Return why a notebook output may not be published, in plain words; None where it may.

    output: one entry of a code cell's outputs (nbformat 4). Anything not known to be cleared is
    refused.
    """
    kind = output.get("output_type")
    if kind == "stream":
        return f"printed text ({output.get('name', 'stdout')}); show results as Table or Finding"
    if kind == "error":
        return f"an error ({output.get('ename', '')})"
    if kind not in ("display_data", "execute_result"):
        return f"an output of unknown type '{kind}'"
    data, metadata = output.get("data") or {}, output.get("metadata") or {}
    record = metadata.get(KEY)
    return _check_kinds(data, metadata, record) or _check_record(data, record)


def _check_kinds(data: Mapping, metadata: Mapping, record) -> str | None:
    if any(mime.startswith("image/") for mime in data):
        return "an image without clearance; draw it with report.Chart from a SafeTable"
    if record is None:
        if 'class="dataframe"' in _joined(data.get("text/html", "")):
            return "an unprotected table (DataFrame); show a Table of the release instead"
        return "an output without clearance; show it with the classes of rr_helpers.report"
    strange = sorted(set(data) - {"text/html", "text/plain"}) + sorted(set(metadata) - {KEY})
    if strange:
        return f"an output with parts that were not cleared: {', '.join(strange)}"
    return None


def _check_record(data: Mapping, record) -> str | None:
    wanted = {"kind", "title", "rules", "suppressed", "preview", "digest"}
    complete = isinstance(record, Mapping) and set(record) - {"finding"} == wanted
    if not complete or "text/html" not in data:
        return "an output whose clearance record is incomplete"
    if record["kind"] not in OUTPUT_KINDS:
        return f"an output of a kind that is not known: {record['kind']}"
    if record["preview"] is not False:
        return (
            f"a preview ('{record['title']}'); add its line to notebooks/catalogue.toml and take "
            "the table from the release"
        )
    html = _joined(data["text/html"])
    altered = record["digest"] != _digest(html, {k: record[k] for k in record if k != "digest"})
    if altered or _joined(data.get("text/plain", "")) != plain_text(record):
        return f"an output changed after it was cleared ('{record['title']}')"
    return "an output with a script in it" if "<script" in html.lower() else None


def _joined(text) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _digest(html: str, record: Mapping) -> str:
    content = json.dumps([html, record], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
