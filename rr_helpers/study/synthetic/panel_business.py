"""What panels do: cases discussed, actions agreed, and how observers rate the meeting."""

import numpy as np
import pandas as pd

from rr_helpers.study.schema.codes import CONTEXTS
from rr_helpers.study.schema.panels import PANEL_ITEMS
from rr_helpers.study.synthetic.chance import (
    answers,
    blank,
    finish,
    generator,
    identifiers,
    later,
    pick,
    pick_by_row,
    sprinkle,
    yes,
)
from rr_helpers.study.synthetic.places import BUSY_BOROUGH, HALF_YEARS, LAST_DAY, PANEL_SITES

LEVEL_2_SHARE = (0.15, 0.35)
SECOND_OBSERVER_SHARE = 0.40
RISING_ITEMS = {"vcs_voice": 0.22, "rr_input": 0.18, "contexts": 0.08}


def make_cases(seed, panel, half, referrals) -> pd.DataFrame:
    """Return the cases discussed, and what was talked of."""
    rng = generator(seed, "panel_case")
    n_cases = panel["n_cases"].astype(int).to_numpy()
    row = np.repeat(np.arange(len(panel)), n_cases)
    n = len(row)
    known = _known_young_people(rng, panel, row, referrals)
    unit = pick(rng, {"individual": 0.74, "peer_group": 0.17, "location": 0.09}, n)
    unit = np.where((unit == "individual") & (known == None), "peer_group", unit)  # noqa: E711
    discussed = {"home": 0.86, "peer": 0.62, "school": 0.52, "neighbourhood": 0.30, "online": 0.16}
    step = {"neighbourhood": 0.05, "peer": 0.03}
    focus = ("child", "parents", "peer", "place", "adult_of_concern", "agency")
    weights = np.tile([0.52, 0.12, 0.10, 0.07, 0.08, 0.11], (n, 1))
    weights[unit == "peer_group"] = [0.2, 0.08, 0.46, 0.10, 0.08, 0.08]
    weights[unit == "location"] = [0.05, 0.02, 0.12, 0.63, 0.10, 0.08]
    table = {
        "panel_id": panel["panel_id"].to_numpy()[row],
        "case_seq": 1.0 + np.arange(n) - np.repeat(np.cumsum(n_cases) - n_cases, n_cases),
        "yp_id": blank(known, unit != "individual"),
        "unit": unit,
        "minutes": np.round(rng.gamma(6, 2.2, n), 0),
        **{
            f"discussed_{key}": yes(rng.random(n) < discussed[key] + step.get(key, 0) * half[row])
            for key in CONTEXTS
        },
        "focus_of_action": sprinkle(rng, pick_by_row(rng, focus, weights), {"NR": 0.03}),
    }
    return finish("panel_case", table)


def _known_young_people(rng, panel, row, referrals) -> np.ndarray:
    """Return, per case, a young person referred by that borough before the panel, or None."""
    known = np.full(len(row), None, object)
    dates = panel["date"].to_numpy()[row]
    draw = rng.random(len(row))
    for code in PANEL_SITES:
        mine = np.flatnonzero((panel["borough_code"] == code).to_numpy()[row])
        pool = referrals[referrals["referring_borough"] == code].sort_values("received_date")
        before = np.searchsorted(pool["received_date"].to_numpy(), dates[mine])
        recent = np.maximum(before - 60, 0)
        chosen = recent + np.floor(draw[mine] * (before - recent)).astype(int)
        some = before > 0
        known[mine[some]] = pool["yp_id"].to_numpy()[chosen[some]]
    return known


def make_actions(seed, panel, half, attendance) -> pd.DataFrame:
    """Return the actions agreed, more of them at level 2 from half-year to half-year."""
    rng = generator(seed, "panel_action")
    busy = np.where(panel["borough_code"] == BUSY_BOROUGH, 1.6, 1.0)
    n_actions = np.maximum(rng.poisson(1.5 * busy * panel["n_cases"].to_numpy()), 1)
    row = np.repeat(np.arange(len(panel)), n_actions)
    n = len(row)
    there = attendance[attendance["attended"].isin(["present", "sent_deputy"])]
    position = there["panel_id"].map(pd.Series(range(len(panel)), index=panel["panel_id"]))
    order = np.argsort(position.to_numpy(), kind="stable")
    owners, position = there["org_id"].to_numpy()[order], position.to_numpy()[order]
    first = np.searchsorted(position, row)
    size = np.searchsorted(position, row, "right") - first
    # The square draws the first members of the list, the borough's own teams, more often.
    owner = owners[first + np.floor(rng.random(n) ** 2 * size).astype(int)]
    low, high = LEVEL_2_SHARE
    second = rng.random(n) < low + (high - low) * half[row] / (len(HALF_YEARS) - 1)
    due = later(panel["date"].to_numpy()[row], rng.choice([14, 28, 42], n))
    done = later(due, np.rint(rng.normal(2, 9, n)))
    done = done.where(done > panel["date"].to_numpy()[row], due)
    outcome = pick(rng, {"done": 0.62, "partly": 0.14, "not_done": 0.24}, n)
    outcome = np.where(np.isin(outcome, ["done", "partly"]) & (done > LAST_DAY), "open", outcome)
    table = {
        "action_id": identifiers(rng, "AC", n),
        "panel_id": panel["panel_id"].to_numpy()[row],
        "owner_org_id": owner,
        "level": np.where(second, "2", "1"),
        "due_date": due,
        "done_date": done.where(np.isin(outcome, ["done", "partly"])),
        "outcome": sprinkle(rng, outcome, {"NR": 0.02}),
    }
    return finish("panel_action", table)


def make_ratings(seed, panel, half) -> pd.DataFrame:
    """Return observers' ratings, two observers at four panels in ten."""
    rng = generator(seed, "panel_rating")
    seen = np.flatnonzero(panel["observed"] == "yes")
    items = list(PANEL_ITEMS)
    level = rng.normal(1.5, 0.35, len(items)) + 0.3 * rng.standard_normal((len(seen), 1))
    level = level + 0.35 * rng.standard_normal(level.shape)
    for item, step in RISING_ITEMS.items():
        level[:, items.index(item)] += step * (half[seen] - 2.5)
    twice = np.zeros(len(seen), bool)
    twice[: int(np.ceil(SECOND_OBSERVER_SHARE * len(seen)))] = True
    rng.shuffle(twice)
    tables = []
    for who, observer in ((np.arange(len(seen)), "AB"), (np.flatnonzero(twice), "CD")):
        rating = answers(level[who] + 0.35 * rng.standard_normal((len(who), len(items))), 0, 3)
        rating[rng.random(rating.shape) < 0.02] = np.nan
        tables.append(
            pd.DataFrame(
                {
                    "panel_id": np.repeat(panel["panel_id"].to_numpy()[seen[who]], len(items)),
                    "observer": observer,
                    "item": np.tile(np.array(items, object), len(who)),
                    "rating": rating.ravel(),
                }
            )
        )
    return finish("panel_rating", pd.concat(tables, ignore_index=True))
