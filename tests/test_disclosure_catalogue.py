import pytest

from rr_helpers.disclosure import read_catalogue
from rr_helpers.errors import UserError


def read(tmp_path, text):
    path = tmp_path / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return read_catalogue(path)


def test_a_line_is_a_table_and_a_section_a_question(tmp_path):
    tables = read(
        tmp_path,
        """
        [q3_barriers]
        funnel = {title = "Referrals", population = "referrals", rows = "stage", columns = "sex"}
        codes = {title = "B", population = "s", items = "code", response = "Yes", columns = "who"}
        [q4_safety]
        safe = {title = "Safety now", population = "survey", items = "safe_now", note = "Own words"}
        women = {title = "Age", population = "referrals", rows = "age", where = {sex = "Female"}}
        """,
    )
    assert list(tables) == ["funnel", "codes", "safe", "women"]
    assert tables["funnel"].question == "q3_barriers" and tables["funnel"].columns == "sex"
    assert tables["safe"].items == "safe_now" and tables["safe"].note == "Own words"
    assert tables["women"].where == {"sex": "Female"}


ROWS = 'title = "T", population = "p", rows = "a"'
FAULTS = {
    f'x = {{{ROWS}, colums = "b"}}': r"key 'colums' is unknown; expected one of population, title",
    f'x = {{{ROWS}, rounding = "none"}}': r"table 'x': key 'rounding' is unknown",
    'x = {population = "p", rows = "a"}': r"no title; expected the key title",
    'x = {title = "T", rows = "a"}': r"no population",
    'x = {title = "T", population = "p"}': r"neither rows nor items",
    f'x = {{{ROWS}, items = "i"}}': r"both rows and items",
    f'x = {{{ROWS}, response = "Yes"}}': r"response without items",
    'x = {title = "T", population = "p", items = "i", columns = "c"}': r"would cross three",
    'x = {title = "T", population = "p", rows = ["a", "b"]}': r"several variables.*two tables",
    f'x = {{{ROWS}, columns = "a"}}': r"a variable used twice",
    f'x = {{{ROWS}, columns = 3}}': r"columns is 3; expected text in quotation marks",
    f'x = {{{ROWS}, where = "b"}}': r"where is 'b'",
    'x = "a by b"': r"'a by b'; expected \{title",
    f'x = {{{ROWS}, columns = "b", where = {{c = "1", d = "2"}}}}': r"crosses a, b, c, d",
}  # fmt: skip


@pytest.mark.parametrize("line", FAULTS)
def test_a_faulty_line_is_refused_with_file_and_table_named(tmp_path, line):
    with pytest.raises(UserError, match=FAULTS[line]) as error:
        read(tmp_path, f"[q]\n{line}")
    assert str(error.value).startswith("catalogue.toml, [q], table 'x'")


@pytest.mark.parametrize("area", ["borough", "residence_borough", "sub_region"])
def test_a_table_by_borough_is_two_way_at_most_and_the_reason_is_given(tmp_path, area):
    line = f'x = {{title = "T", population = "p", rows = "{area}", columns = "sex", %s}}'
    with pytest.raises(UserError, match="at most 2 variables in a table by borough or area"):
        read(tmp_path, "[q]\n" + line % 'where = {age = "Under 15"}')
    assert read(tmp_path, "[q]\n" + line % 'note = "n"')["x"].rows == area


def test_an_unknown_key_is_answered_with_the_key_that_was_meant(tmp_path):
    with pytest.raises(UserError, match="Did you mean 'columns'"):
        read(tmp_path, '[q]\nx = {title = "T", population = "p", rows = "a", collumns = "b"}')


def test_one_id_names_one_table(tmp_path):
    line = 'x = {title = "T", population = "p", rows = "a"}\n'
    with pytest.raises(UserError, match="table 'x' twice"):
        read(tmp_path, f"[q]\n{line}[r]\n{line}")


def test_a_file_that_is_missing_or_no_toml_is_a_plain_message(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        read_catalogue(tmp_path / "none.toml")
    with pytest.raises(UserError, match="not readable as TOML"):
        read(tmp_path, "[q\nx = 1")
    with pytest.raises(UserError, match="not a section"):
        read(tmp_path, 'x = "loose"')
