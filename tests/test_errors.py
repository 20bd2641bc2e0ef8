"""Errors that people meet are the same in whichever process they are told."""

import pickle

import pytest

from rr_helpers.errors import DisclosureError, Fault, StudyFaults, UserError

PARTS = {"place": "referrals.xlsx", "found": "no sheet", "expected": "one", "cure": "Add it."}
FAULT = Fault(kind="no sheet", found="none", expected="one", cure="Add it", workbook="a.xlsx")


@pytest.mark.parametrize(
    "error", [UserError(**PARTS), DisclosureError(**PARTS), StudyFaults("study", [FAULT])], ids=repr
)
def test_an_error_travels_from_one_process_to_another_as_it_is(error):
    error.chapter = "notebooks/q1_network/network"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error)
    assert vars(again) == vars(error)
