"""What a reader can work back from a protected estimate, by trying every possibility.

The reader of these tests knows the formula of the interval, and mostly the exact n too, which is
more than the page tells. A number of 1 to 4 must keep at least five possible values.
"""

from collections import defaultdict

import numpy as np
import pytest

from rr_helpers.disclosure import protect
from rr_helpers.results import Estimate

QUANTILE = 1.96


def readings(estimates: dict) -> list[list]:
    """The cases that look the same to a reader, each with whatever its label says."""
    table = protect(estimates, title="T")
    same = defaultdict(list)
    for label in estimates:
        same[str(table[label])].append(label)
    return list(same.values())


def fewest_values(estimates: dict, numbers) -> tuple[int, int]:
    """The fewest values left to a number of 1 to 4, and to any number; `numbers` of a label."""
    small, every = [], []
    for cases in readings(estimates):
        for values in zip(*map(numbers, cases), strict=True):
            every.append(len(set(values)))
            if any(1 <= value <= 4 for value in values):
                small.append(len(set(values)))
    return min(small), min(every)


def moved(n: int, up: int, down: int) -> Estimate | None:
    """Share who moved up minus share who moved down, with its interval."""
    value = (up - down) / n
    error = np.sqrt(max((up + down) / n - value**2, 0) / (n - 1))
    if not error:
        return None
    half = QUANTILE * error
    return Estimate(value=value, low=value - half, high=value + half, n=n, unit="change",
                    of="young people", method="paired dominance, t")  # fmt: skip


@pytest.mark.parametrize("about", [15, 20, 30, 45])
def test_how_many_moved_down_cannot_be_worked_out_from_a_difference_and_its_interval(about):
    estimates = {
        (n, up, down): estimate
        for n in range(about - 2, about + 3)
        for up in range(n + 1)
        for down in range(n + 1 - up)
        if (estimate := moved(n, up, down)) is not None
    }
    named = {" ".join(map(str, case)): estimate for case, estimate in estimates.items()}
    small, _ = fewest_values(named, lambda label: [int(part) for part in label.split()[1:]])
    assert small >= 5


@pytest.mark.parametrize("n", [10, 13, 20, 49, 65, 100, 235, 499, 500, 1000])
def test_a_mean_of_noughts_and_ones_does_not_give_the_number_of_ones_back(n):
    estimates = {
        str(k): Estimate(value=k / n, n=n, of="people", method="mean, t") for k in range(n + 1)
    }
    small, every = fewest_values(estimates, lambda label: (int(label), n - int(label)))
    assert small >= 5 and every >= 3


@pytest.mark.parametrize("n", [20, 50, 100, 400])
def test_a_ratio_of_two_counts_does_not_give_a_small_count_back(n):
    estimates = {}
    for first in range(1, n):
        value, error = first / (n - first), np.sqrt(1 / first + 1 / (n - first))
        low, high = value * np.exp(-QUANTILE * error), value * np.exp(QUANTILE * error)
        estimates[str(first)] = Estimate(value=value, low=low, high=high, n=n, unit="ratio",
                                         of="referrals", method="rate ratio, score")  # fmt: skip
    small, _ = fewest_values(estimates, lambda label: (int(label), n - int(label)))
    assert small >= 5


@pytest.mark.parametrize("n", [30, 60, 200, 900])
def test_the_interval_of_a_ratio_holds_the_exact_one_and_never_comes_out_at_nought(n):
    told = {}
    for first in range(2, n - 1, 3):
        value, error = first / (n - first), np.sqrt(1 / first + 1 / (n - first))
        low, high = value * np.exp(-QUANTILE * error), value * np.exp(QUANTILE * error)
        exact = Estimate(value=value, low=low, high=high, n=n, unit="ratio", of="referrals",
                         method="rate ratio, score")  # fmt: skip
        shown = protect({"A": exact}, title="T")["A"]
        if shown.value is not None:
            told[first] = shown
            assert 0 < shown.low <= low and high <= shown.high
            ends = [float(end) for end in shown.interval.split(" to ")]
            assert ends == [shown.low, shown.high]
    assert told


def wilson(k: int, n: int) -> tuple[float, float]:
    share, square = k / n, QUANTILE**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    spread = share * (1 - share) / n + square / (4 * n**2)
    half = QUANTILE * np.sqrt(spread) / (1 + square / n)
    return 100 * (centre - half), 100 * (centre + half)


@pytest.mark.parametrize("n", [60, 73, 99, 120, 250, 310, 501])
@pytest.mark.parametrize("ends", [True, False])
def test_a_share_at_a_day_and_its_wilson_ends_do_not_give_the_number_back(n, ends):
    estimates = {}
    for k in range(n, 9, -1):  # downwards, so that no step of a curve is withheld
        low, high = wilson(k, n) if ends else (None, None)
        estimates[str(k)] = Estimate(value=100 * k / n, low=low, high=high, n=n, events=k, unit="%",
                                     of="people", method="Kaplan-Meier")  # fmt: skip
    small, every = fewest_values(estimates, lambda label: (int(label), n - int(label)))
    assert small >= 5 and every >= 3


@pytest.mark.parametrize("n", [20, 24, 48, 120])
def test_a_share_of_decisions_alike_does_not_give_their_number_back(n):
    method = "agreement, Share alike, jackknife of whole sources t(G-1)"
    seen = defaultdict(set)
    for alike in range(n + 1):
        value = alike / n
        error = max((value * (1 - value) / n) ** 0.5, 0.01)
        low, high = max(value - 2 * error, 0), min(value + 2 * error, 1)
        told = Estimate(value=value, low=low, high=high, n=n, method=method, of="files")
        shown = protect({"x": told}, title="Agreement")["x"]
        seen[(shown.text, shown.interval)].add(alike)
    assert min(map(len, seen.values())) >= 3
    assert sum(map(len, seen.values())) == n + 1


def test_a_coefficient_of_agreement_is_shown_as_finely_as_before():
    method = "agreement, Gwet's AC, jackknife of whole sources t(G-1)"
    told = Estimate(value=0.614, low=0.521, high=0.702, n=120, method=method, of="files")
    assert protect({"x": told}, title="Agreement")["x"].text == "0.61"
