import json

import pandas as pd
import pytest
from released_samples import referrals, release

from rr_helpers.disclosure import check_output, preview, stamp
from rr_helpers.disclosure.stamp import OUTPUT_KINDS, plain_text
from rr_helpers.errors import DisclosureError

HTML = "<p>shown</p>"


def output(html=HTML, *, cleared=None, finding=None, **changes):
    record = stamp("Table", "T", html, cleared=cleared or [release()["age"]], finding=finding)
    data = {"text/html": html, "text/plain": plain_text(record)}
    made = {"output_type": "display_data", "data": data, "metadata": {"rr": record}}
    return json.loads(json.dumps(made | changes))


def test_a_cleared_output_may_be_published_also_after_a_notebook_was_saved_and_read():
    assert check_output(output()) is None
    saved = output("<p>\nshown</p>")
    saved["data"]["text/html"] = saved["data"]["text/html"].splitlines(keepends=True)
    assert check_output(saved) is None


def test_the_record_says_what_was_done_and_hides_nothing():
    record = stamp("Chart", "T", HTML, cleared=[release()["age"], release()["age"].total])
    assert record["rules"] == list(release()["age"].rules)
    assert (record["suppressed"], record["preview"], record["kind"]) == (0, False, "Chart")
    assert plain_text(record) == "Chart: T"


@pytest.mark.parametrize("thing", [pd.DataFrame({"a": [1]}), 41, "41%", None, [1]])
def test_what_did_not_come_through_the_gate_cannot_be_stamped(thing):
    with pytest.raises(DisclosureError, match="add the table to notebooks/catalogue.toml"):
        stamp("Table", "T", HTML, cleared=[thing])


def test_an_unknown_kind_of_output_cannot_be_stamped():
    assert "Table" in OUTPUT_KINDS
    with pytest.raises(ValueError, match="kind is one of"):
        stamp("Raw", "T", HTML)


def change(part, **values):
    changed = output(finding={"id": "f", "sentence": "s"})
    target = changed
    for name in part:
        target = target[name]
    target.update(values)
    return changed


REFUSED = {
    "printed text": ({"output_type": "stream", "name": "stdout", "text": "41"}, "printed text"),
    "a warning": ({"output_type": "stream", "name": "stderr", "text": "w"}, r"\(stderr\)"),
    "an error": ({"output_type": "error", "ename": "KeyError"}, r"an error \(KeyError\)"),
    "another type": ({"output_type": "comm"}, "unknown type 'comm'"),
    "no type": ({}, "unknown type"),
    "a DataFrame": (
        {
            "output_type": "execute_result",
            "data": {"text/html": pd.DataFrame({"a": [41]}).to_html(), "text/plain": "41"},
            "metadata": {},
        },
        r"unprotected table \(DataFrame\)",
    ),
    "a number": (
        {"output_type": "execute_result", "data": {"text/plain": "41"}, "metadata": {}},
        "without clearance",
    ),
    "an image": (
        {"output_type": "display_data", "data": {"image/png": "iVBOR"}, "metadata": {}},
        "an image without clearance",
    ),
    "an image beside": (change(["data"], **{"image/svg+xml": "<svg/>"}), "an image without"),
    "JSON beside": (change(["data"], **{"application/json": {"n": 41}}), "not cleared: applic"),
    "metadata beside": (change(["metadata"], note="41"), "not cleared: note"),
    "altered html": (change(["data"], **{"text/html": "<p>41</p>"}), "changed after it was cl"),
    "altered text": (change(["data"], **{"text/plain": "41"}), "changed after it was cleared"),
    "no html": (change([], data={"text/plain": "Table: T"}), "record is incomplete"),
    "altered finding": (
        change(["metadata", "rr", "finding"], sentence="41 children"),
        "changed after it was cleared",
    ),
    "altered rules": (change(["metadata", "rr"], rules=[]), "changed after it was cleared"),
    "more in the record": (change(["metadata", "rr"], count=41), "record is incomplete"),
    "a record of one's own": (change(["metadata"], rr={"digest": "x"}), "record is incomplete"),
    "a record of the wrong type": (change(["metadata"], rr="yes"), "record is incomplete"),
    "another kind": (change(["metadata", "rr"], kind="Raw"), "a kind that is not known: Raw"),
    "a preview made public": (change(["metadata", "rr"], preview=0), "a preview"),
    "a preview": (output(cleared=[preview(referrals(), rows="age")]), "a preview .*catalogue.toml"),
    "a script": (output("<SCRIPT>1</SCRIPT>"), "a script in it"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_anything_else_is_refused_with_a_plain_reason(what):
    refused, reason = REFUSED[what]
    import re

    said = check_output(refused)
    assert said and re.search(reason, said), said
