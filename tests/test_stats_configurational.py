import itertools

import numpy as np
import pandas as pd
import pytest

from rr_helpers.errors import UserError
from rr_helpers.stats import minimise, necessity, truth_table


def boroughs():
    rows = [(1, 1, 0, 1), (1, 1, 1, 1), (1, 0, 1, 1), (0, 1, 1, 0), (0, 0, 1, 0), (1, 0, 0, 0),
            (0, 0, 0, 0), (1, 1, 0, 0)]  # fmt: skip
    names = ["training", "panel", "lead", "better"]
    return pd.DataFrame(rows, columns=names, index=[f"borough {k}" for k in range(8)])


def table_of(frame, **options):
    call = dict(outcome="better", conditions=["training", "panel", "lead"])
    return truth_table(frame, **(call | options))


def test_contradictory_cases_are_shown_and_do_not_count_as_sufficient():
    table = table_of(boroughs())
    row = table[table["contradiction"]].iloc[0]
    assert (row["cases"], row["inclusion"], row["outcome"]) == ("borough 0, borough 7", 0.5, 0)
    assert table["n"].sum() == 8


def test_more_than_three_conditions_for_eight_cases_are_refused_unless_asked_for():
    frame = boroughs().assign(voluntary=[1, 0, 1, 0, 1, 0, 1, 0])
    four = ["training", "panel", "lead", "voluntary"]
    with pytest.raises(UserError) as caught:
        table_of(frame, conditions=four)
    assert str(caught.value).startswith(
        "argument 'conditions': 4 conditions for 8 cases; expected at most 3. Drop conditions"
    )
    assert list(table_of(frame, conditions=four, most_conditions=4).columns[:4]) == four


def truth_of(expression, frame):
    """Whether each case satisfies an expression, read from its words."""

    def holds(word):
        return 1 - frame[word[1:]] if word.startswith("~") else frame[word]

    terms = [np.prod([holds(word) for word in term.split("*")], axis=0)
             for term in expression.split(" + ")]  # fmt: skip
    return np.max(terms, axis=0)


@pytest.mark.parametrize("seed", range(12))
def test_a_solution_is_true_of_just_the_sufficient_rows_and_none_is_shorter(seed):
    draw = np.random.default_rng(seed)
    every = pd.DataFrame(list(itertools.product([0, 1], repeat=3)), columns=list("abc"))
    frame = every.assign(y=draw.integers(0, 2, 8))
    if frame["y"].nunique() == 1:
        frame.loc[0, "y"] = 1 - frame.loc[0, "y"]
    table = truth_table(frame, outcome="y", conditions=list("abc"))
    found = minimise(table, frame, outcome="y")
    whole = found[found["part"] == "solution"]
    sizes = {len(expression.split(" + ")) for expression in whole["expression"]}
    assert len(sizes) == 1
    for expression in whole["expression"]:
        assert (truth_of(expression, frame) == frame["y"]).all()
    # By trying every set of fewer conjunctions: none is true of the same rows.
    words = ["*".join(w for w in parts if w) for parts in
             itertools.product(*[("", n, f"~{n}") for n in "abc"])]  # fmt: skip
    fewer = itertools.combinations([w for w in words if w], min(sizes) - 1)
    assert not any(
        (truth_of(" + ".join(terms), frame) == frame["y"]).all() for terms in fewer if terms
    )


def test_a_fuzzy_row_is_as_sufficient_as_its_memberships_say():
    frame = pd.DataFrame({"a": [0.9, 0.7, 0.2, 0.4], "y": [0.8, 0.9, 0.3, 0.1]})
    table = truth_table(frame, outcome="y", conditions=["a"]).set_index("a")
    # a: (0.8 + 0.7 + 0.2 + 0.1) / 2.2; both in y and in not-y: 0.2 + 0.1 + 0.2 + 0.1 = 0.6.
    assert table.loc[1, "inclusion"] == pytest.approx(1.8 / 2.2)
    assert table.loc[1, "pri"] == pytest.approx((1.8 - 0.6) / (2.2 - 0.6))
    found = minimise(table.reset_index(), frame, outcome="y").iloc[0]
    assert (found["expression"], found["coverage"]) == ("a", pytest.approx(1.8 / 2.1))


def test_a_membership_of_one_half_and_a_blank_are_refused():
    with pytest.raises(UserError, match="a membership of exactly 0.5; expected more or less"):
        truth_table(pd.DataFrame({"a": [0.5, 1], "y": [0, 1]}), outcome="y", conditions=["a"],
                    most_conditions=1)  # fmt: skip
    with pytest.raises(UserError, match="memberships from 0 to 1"):
        table_of(boroughs().assign(lead=[np.nan] + [1] * 7))


def test_where_nothing_is_sufficient_there_is_no_solution():
    frame = boroughs().assign(better=0)
    assert minimise(table_of(frame), frame, outcome="better").empty
    needed = necessity(frame, outcome="better", conditions=["lead"])
    assert needed["inclusion"].isna().all()
