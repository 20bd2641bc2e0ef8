import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from released_samples import change, release

from rr_helpers.disclosure import check_output, protect, published_statistics
from rr_helpers.disclosure.figures import ALL
from rr_helpers.errors import DisclosureError, UserError
from rr_helpers.report import Measures, QuoteCard, Table


def as_output(shown):
    data, metadata = shown._repr_mimebundle_()
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def parse(shown):
    return html.fragment_fromstring(shown.html)


@pytest.mark.parametrize(
    "thing", [pd.DataFrame({"a": [41]}), pd.Series([41]), 41, "41", [[41]], {"a": 41}, None]
)
def test_only_safe_tables_are_shown_and_the_message_says_what_to_do(thing):
    with pytest.raises(DisclosureError, match="add the table to notebooks/catalogue.toml"):
        Table(thing)


def test_a_single_number_is_no_table():
    with pytest.raises(UserError, match="a ReleasedCount; expected a SafeTable"):
        Table(release()["age"].total)
    with pytest.raises(UserError, match="a SafeTable; expected a cleared quotation"):
        QuoteCard(release()["age"])
    with pytest.raises(UserError, match="a SafeTable; expected single numbers"):
        Measures({"Referrals": release()["age"]}, title="T")


def test_every_cell_has_its_headers_and_the_table_its_caption():
    tree = parse(Table(release()["sex_by_age"]))
    assert tree.findtext(".//caption") == "Table of sex_by_age"
    head = [cell.text for cell in tree.findall(".//thead/tr/th[@scope='col']")]
    assert head == ["Sex", "Under 15", "15 to 17", "18 to 25", "All"]
    rows = [row.findtext("th[@scope='row']") for row in tree.findall(".//tbody/tr")]
    assert rows == ["Female", "Male", "Not known", "All referrals"]
    assert all(cell.text for cell in tree.iter("th", "td"))
    assert {cell.get("class") for cell in tree.iter("td")} == {"rr-number"}
    scroll = tree.find("div[@class='rr-scroll']")
    assert scroll.get("tabindex") == "0" and scroll.get("aria-label")


def test_a_long_noun_does_not_crowd_the_margin():
    from released_samples import SECRET, catalogue, referrals

    from rr_helpers.disclosure import protect_release

    frame = referrals()
    frame.attrs["of"] = "invitations of organisations to panels"
    made = protect_release({"referrals": frame}, catalogue("age"), secret=SECRET)["age"]
    assert made.frame.columns.tolist() == ["Number"] and made.frame.index[-1] == "All"
    assert "invitations of organisations to panels." in Table(made).html


def test_denominator_rule_and_source_stand_under_the_table():
    table = release()["sex_by_age"]
    notes = [p.text for p in parse(Table(table, note="As recorded.")).findall(".//p")]
    assert notes == [
        "As recorded.",
        f"Denominator: {table.total} referrals.",
        table.rules[0],
        "Source: Study records of referrals.",
    ]


def test_a_column_beside_the_whole_has_its_own_denominator():
    table = release()["borough_by_sex"]
    one = release()["sub_region_by_sex"].beside("Female", whole="London")
    told = f"Denominator: {table.total} referrals, {table.count(ALL, 'Female')} of them in Female."
    assert f"<p>{told}</p>" in Table(one).html


def test_marks_are_explained_only_where_they_occur():
    shown = protect({"a": change(), "b": change(n=4)}, title="T")
    assert "Marks: [c] confidential: too few to show." in Table(shown).html
    assert "Marks:" not in Table(release()["age"]).html


def test_a_note_takes_its_numbers_from_what_is_safe():
    table = release()["age"]
    shown = Table(table, note="{n} in all", numbers={"n": table.total})
    assert f"<p>{table.total} in all</p>" in shown.html
    with pytest.raises(UserError, match="a number typed into '41 of them'"):
        Table(table, note="41 of them")


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
@settings(deadline=None)
def test_labels_and_titles_are_text_whatever_they_hold(label, title):
    hard = f"<b>{label}</b>&\"'"
    frame = pd.DataFrame({hard: [5]}, index=[hard])
    safe = published_statistics(
        frame, title=title + hard, source="A publisher", licence="CC BY 4.0", note=hard
    )
    shown = Table(safe)
    assert "<b>" not in shown.html and "<script" not in shown.html.lower()
    assert check_output(as_output(shown)) is None


def test_the_output_is_stamped_and_constant():
    first, second = as_output(Table(release()["age"])), as_output(Table(release()["age"]))
    assert first == second and check_output(first) is None
    assert first["data"]["text/plain"] == "Table: Table of age"
    assert first["metadata"]["rr"]["rules"] == list(release()["age"].rules)


def test_a_preview_is_marked_and_may_not_be_published():
    from released_samples import referrals

    from rr_helpers.disclosure import preview

    shown = Table(preview(referrals(), rows="sex"))
    assert "Preview only: not for publication." in shown.html
    assert "a preview" in check_output(as_output(shown))


def test_key_numbers_show_what_they_are_a_share_of():
    table = release()["sex_by_age"]
    estimate = protect({"x": change()}, title="T")["x"]
    shown = Measures(
        {"Referrals": table.total, "Men": table.percent().value("Male"), "Change": estimate},
        title="Key numbers",
    )
    values = [v.text for v in parse(shown).findall(".//dd[@class='rr-measure-value']")]
    assert values == [table.total.text, table.percent().value("Male").text, "+0.4"]
    assert f"of {table.total}" in shown.html and "95% CI +0.2 to +0.6" in shown.html
    assert check_output(as_output(shown)) is None


def test_key_numbers_are_few_and_safe():
    with pytest.raises(DisclosureError, match="a int"):
        Measures({"Children": 41}, title="T")
    total = release()["age"].total
    with pytest.raises(UserError, match="7 numbers; expected 1 to 6"):
        Measures({f"x {n}": total for n in "abcdefg"}, title="T")
    with pytest.raises(UserError, match="a number typed into"):
        Measures({"41 children": total}, title="T")


def test_only_cleared_quotations_are_shown():
    from released_samples import register_entry

    from rr_helpers.disclosure import clear_quotation

    with pytest.raises(DisclosureError, match="cleared quotation"):
        QuoteCard("They listened.")
    said = "They sat with me <and> they listened."
    card = QuoteCard(clear_quotation(register_entry(said), said, 9))
    figure = html.fragment_fromstring(card.html)
    assert figure.findtext("blockquote/p") == said
    assert figure.findtext("figcaption") == "R&R worker"
    assert check_output(as_output(card)) is None


def test_several_quotations_are_shown_together_and_a_silence_is_said():
    from released_samples import register_entry

    from rr_helpers.disclosure import clear_quotation
    from rr_helpers.report import Quotations

    said = "They sat with me and they listened."
    one = clear_quotation(register_entry(said), said, 9)
    shown, none = Quotations([one], title="What speaks for it"), Quotations([], title="Against")
    assert html.fragment_fromstring(shown.html).findtext(".//blockquote/p") == said
    assert "No reviewed quotation was found." in none.html
    assert check_output(as_output(shown)) is None and check_output(as_output(none)) is None
    with pytest.raises(DisclosureError, match="cleared quotation"):
        Quotations([said], title="For")


def test_a_quotation_shown_by_itself_says_what_it_is_about_and_on_which_side():
    from released_samples import register_entry

    from rr_helpers.disclosure import clear_quotation

    said = "They didn't sit with me and they didn't listen."
    entry = {**register_entry(said), "direction": "contrary"}
    figure = html.fragment_fromstring(
        QuoteCard(clear_quotation(entry, said, 9, about="Workers' time")).html
    )
    assert figure.findtext("figcaption") == "R&R worker, against: Workers’ time"
    # What two people reviewed is shown letter by letter.
    assert figure.findtext("blockquote/p") == said
