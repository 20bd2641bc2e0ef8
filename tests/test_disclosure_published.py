import numpy as np
import pandas as pd
import pytest

from rr_helpers.disclosure import published_statistics
from rr_helpers.errors import DisclosureError

SOURCE = {
    "source": "Department for Education, Characteristics of children in need",
    "licence": "Open Government Licence v3.0",
}


def table(cells, **options):
    frame = pd.DataFrame({"2021": cells}, index=[f"Area {n}" for n in range(len(cells))])
    return published_statistics(frame, title="Referrals", **(SOURCE | options))


def test_published_numbers_and_marks_are_kept_as_published():
    shown = table([1590, 12.34, "c", "[x]", np.nan, "Z", "k", np.int64(-3), None])
    assert shown.frame["2021"].tolist() == [
        "1,590", "12.3", "[c]", "[x]", "[x]", "[z]", "[low]", "−3", "[x]",
    ]  # fmt: skip
    assert shown.kind == "published statistics" and shown.suppressed == 1
    assert str(shown.value("Area 0", "2021")) == "1,590"
    assert shown.value("Area 2", "2021").value is None


def test_source_and_licence_are_shown():
    assert table([1]).source == f"{SOURCE['source']} ({SOURCE['licence']})"


@pytest.mark.parametrize(
    ("cells", "options", "message"),
    [
        ([1], {"source": ""}, "publisher and publication"),
        ([1], {"source": "Us"}, "publisher and publication"),
        ([1], {"licence": "none"}, "licence 'none'; expected one of Open Government"),
        (["Amina"], {}, "text 'Amina'; expected a number, or one of"),
        ([True], {}, "a bool"),
        ([pd.Timestamp("2021-01-01")], {}, "a Timestamp"),
    ],
)
def test_what_is_no_published_statistic_is_refused(cells, options, message):
    with pytest.raises(DisclosureError, match=message):
        table(cells, **options)


def test_labels_must_tell_rows_apart():
    with pytest.raises(DisclosureError, match="a label twice"):
        published_statistics(pd.DataFrame({"a": [1, 2]}, index=["x", "x"]), title="T", **SOURCE)


def test_published_statistics_have_no_percentages_made_of_them():
    from rr_helpers.errors import UserError

    with pytest.raises(UserError, match="without counts"):
        table([1]).percent()
