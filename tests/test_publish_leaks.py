import os
import subprocess
import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rr_helpers.publish.leaks import (
    BESIDE,
    RUN,
    RUN_FOUND,
    Sought,
    find_leaks,
    split_words,
    word_runs,
)

NAME = "Zephyrine O’Quill"


def leaks(text, *sought):
    return find_leaks(text, Sought(sought))


@pytest.mark.parametrize(
    "text",
    [
        "<p>Seen with YP0001.</p>",
        "<td>yp0001</td>",
        "YP-0001",
        "yp_0001",
        "YP 0001",
        "<b>YP</b>0001",
        "YP<wbr>00<i></i>01",
        "&#89;P0001",
        "\\u0059P0001",
        "ＹＰ０００１",
        "YP\u00ad0001",
        "Y\u200bP0001",
        '<path data-who="YP0001"/>',
        '<a href="page.html?yp%5F0001">',
        "<!-- YP0001 -->",
        'Search.setIndex({"terms":{"yp0001":[1]}})',
    ],
)
def test_an_identifier_is_found_however_it_is_written(text):
    assert leaks(text, "YP0001") == {"YP0001"}


@pytest.mark.parametrize("text", ["YP00012", "YP0002", "XYP0001", "0001", "yp", ""])
def test_other_words_are_no_leak(text):
    assert leaks(text, "YP0001") == set()


@pytest.mark.parametrize(
    "text",
    [
        "said Zephyrine O’Quill, who",
        "ZEPHYRINE O'QUILL",
        "Zephyrine\n   O&rsquo;Quill",
        "<b>Zephyrine</b> <i>O’Quill</i>",
        "Zephyrine&nbsp;O’Quill",
    ],
)
def test_a_name_of_several_words_is_found_across_lines_and_tags(text):
    assert leaks(text, NAME) == {NAME}


def test_a_first_name_alone_is_a_leak_where_it_is_written_as_a_name():
    assert leaks("Zephyrine went home", NAME) == {NAME}
    assert leaks("a zephyrine breeze", NAME) == set()


def test_the_rest_of_a_name_and_first_names_that_are_usual_words_are_no_leak():
    assert leaks("Quill went home", NAME) == set()
    assert leaks("River and Will went home. St Giles Trust helped", "River Kent") == set()
    assert leaks("Will went to St Giles Trust", "Will Young") == set()
    assert leaks("St Giles Trust", "Giles Okoro") == set()


def test_what_would_match_on_any_page_is_left_out_and_listed():
    sought = Sought(["12", "10423", "", "R7", "RR7", "A.B.", "Zeph"])
    assert sought.left_out == ["12", "", "R7", "A.B."]
    assert find_leaks("12, 10423, R7, RR7, a b, Zeph", sought) == {"10423", "RR7", "Zeph"}


def test_thousands_of_identifiers_are_looked_up_in_one_pass():
    sought = Sought(f"YP{number:05}" for number in range(20_000))
    text = "<p>a few ordinary words</p> " * 20_000 + "YP19999"
    assert find_leaks(text, sought) == {"YP19999"}


@given(st.text(), st.integers(0, 99_999), st.text())
def test_an_identifier_between_any_texts_is_found(before, number, after):
    identifier = f"QX{number:05}"
    assert leaks(f"{before} \n{identifier}\n {after}", identifier) == {identifier}


@pytest.mark.parametrize("seed", range(40))
def test_whatever_stands_in_a_row_is_found_and_nothing_else(seed):
    # Of few words, so that what is sought overlaps, nests and stands at the ends.
    random = Random(seed)
    words = ["abcd", "efgh", "ijkl", "12345", "don't", "mnop"]
    sought = [" ".join(random.choices(words, k=random.randint(1, 4))) for _ in range(12)]
    text = " ".join(random.choices(words, k=random.randint(1, 60)))
    written = [" ".join(random.choices(words, k=9))] + [text] * (seed % 2)
    said = split_words(text)
    expected = {
        each
        for run, each in Sought(sought).by_words.items()
        if any(tuple(said[place : place + len(run)]) == run for place in range(len(said)))
    }
    expected |= {RUN_FOUND} if in_eights(text) & set().union(*map(in_eights, written)) else set()
    assert find_leaks(text, Sought(sought, runs=word_runs(written))) == expected


def in_eights(text):
    spoken = split_words(text.replace("'", ""))
    return {tuple(spoken[place : place + RUN]) for place in range(len(spoken) - RUN + 1)}


@pytest.mark.parametrize("seed", range(20))
def test_what_is_reviewed_is_left_out_with_two_words_beside_it_and_nothing_else(seed):
    random = Random(seed)
    texts = [" ".join(random.choices("abcdefg", k=random.randint(0, 40))) for _ in range(4)]
    reviewed = [texts[0][4:30], " ".join(random.choices("abcdefg", k=9))]

    def in_a_row(text, length):
        words = text.split()
        return [tuple(words[k : k + length]) for k in range(len(words) - length + 1)]

    allowed = {part for text in reviewed for part in in_a_row(text, RUN - BESIDE)}
    expected = {
        run
        for text in texts
        for run in in_a_row(text, RUN)
        if allowed.isdisjoint(in_a_row(" ".join(run), RUN - BESIDE))
    }
    found = word_runs(texts, reviewed=reviewed)
    assert len(found) == len(expected)
    assert all(found.meet(run) for run in expected)
    assert found == word_runs([" ".join(run) for run in expected])


def test_runs_are_the_same_in_every_process():
    # Or a search that runs in a process of its own would find none of them.
    text = "one two three four five six seven eight nine Grüße"
    code = f"from rr_helpers.publish.leaks import word_runs; print(word_runs([{text!r}]).digest)"
    told = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8",
                       check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert told == {f"{word_runs([text]).digest}\n"}
    assert len(word_runs([text])) == 3
