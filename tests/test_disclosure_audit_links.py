import pytest
from released_samples import SECRET, ordered, referrals

from rr_helpers.disclosure import CountTable, Link, protect_release
from rr_helpers.errors import UserError

COMPLETED = Link(
    left=("survey_responses", [{}]), right=("survey_invited", [{"outcome": "Completed"}])
)


def invited(completed=52):
    outcomes = ["Completed"] * completed + ["Declined"] * 33 + ["No contact"] * 12
    frame = referrals(len(outcomes))[["sex", "age"]]
    frame["outcome"] = ordered(outcomes, ["Completed", "Declined", "No contact"])
    return frame


def table(name, population, **shape):
    return CountTable(id=name, question="q", population=population, title=name, **shape)


def release(links, *, answered=52, **options):
    frame = invited()
    answers = frame[frame["outcome"] == "Completed"].head(answered)[["sex", "age"]]
    tables = [
        table("invited", "survey_invited", rows="outcome", columns="sex"),
        table("ages", "survey_responses", rows="age"),
        table("sexes", "survey_responses", rows="sex"),
    ]
    populations = {"survey_invited": frame, "survey_responses": answers}
    catalogue = {item.id: item for item in tables}
    return protect_release(populations, catalogue, secret=SECRET, links=links, **options)


def test_linked_counts_have_one_released_value():
    made = release([COMPLETED])
    assert made["ages"].total == made["invited"].count("Completed")
    assert made["ages"].total == made["sexes"].total
    assert not made.audit.failures
    assert any("survey_invited and survey_responses" in t.population for t in made.audit.targets)


def test_a_link_by_a_variable_holds_in_each_of_its_categories():
    link = Link(left=COMPLETED.left, right=COMPLETED.right, by="sex")
    made = release([link], thorough=True)
    for sex in ("Female", "Male", "Not known"):
        assert made["sexes"].count(sex) == made["invited"].count("Completed", sex)
    assert not made.audit.failures


def test_what_is_left_over_by_a_part_is_a_small_count_of_its_own():
    link = Link(left=COMPLETED.left, right=COMPLETED.right, relation="<=")
    made = release([link], answered=49)
    assert made["ages"].total <= made["invited"].count("Completed")
    rest = [target for target in made.audit.targets if "the rest" in target.cell]
    assert rest and all(target.verdict == "safe" for target in rest)


def test_variables_of_one_population_that_say_the_same_are_rounded_to_one_value():
    frame = invited()
    frame["reached: Done"] = ordered(
        frame["outcome"].eq("Completed").map({True: "Yes", False: "No"}), ["Yes", "No"]
    )
    tables = {
        "outcomes": table("outcomes", "p", rows="outcome", columns="sex"),
        "reached": table("reached", "p", items="reached", response="Yes", columns="age"),
    }
    link = Link(left=("p", [{"outcome": "Completed"}]), right=("p", [{"reached: Done": "Yes"}]))
    made = protect_release({"p": frame}, tables, secret=SECRET, links=[link])
    assert made["outcomes"].count("Completed") == made["reached"].count("Done")


def test_parts_of_one_population_add_up_to_the_whole_of_another():
    frame = invited()
    rest = frame[frame["outcome"] != "Completed"][["sex", "age"]]
    tables = {
        "invited": table("invited", "survey_invited", rows="outcome"),
        "others": table("others", "others", rows="age"),
    }
    link = Link(
        left=("others", [{}]),
        right=("survey_invited", [{"outcome": "Declined"}, {"outcome": "No contact"}]),
    )
    made = protect_release(
        {"survey_invited": frame, "others": rest}, tables, secret=SECRET, links=[link]
    )
    shown = made["invited"].count("Declined") + made["invited"].count("No contact")
    assert made["others"].total == shown


FAULTS = {
    "unknown population": (
        Link(left=("survey_response", [{}]), right=COMPLETED.right),
        "no published population 'survey_response'; did you mean 'survey_responses'",
    ),
    "unpublished cell": (
        Link(left=("survey_responses", [{"age": "Old"}]), right=COMPLETED.right),
        "age = Old, population = survey_responses is in no published table",
    ),
    "unlike variable": (
        Link(left=COMPLETED.left, right=COMPLETED.right, by="outcome"),
        "no variable 'outcome' in population 'survey_responses'",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_link_that_cannot_be_is_refused(fault):
    link, message = FAULTS[fault]
    with pytest.raises(UserError) as error:
        release([link])
    assert message in str(error.value)


def test_a_link_that_does_not_hold_in_the_study_is_refused():
    with pytest.raises(UserError, match="is not = .*outcome = Completed.*Correct the link"):
        release([COMPLETED], answered=49)


def test_an_unknown_relation_is_refused():
    with pytest.raises(UserError, match="relation '<'; expected '=' or '<='"):
        Link(left=COMPLETED.left, right=COMPLETED.right, relation="<")
