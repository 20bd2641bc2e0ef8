"""Linear and integer programmes for HiGHS: the one place where a model is made."""

from collections.abc import Mapping

import highspy
import numpy as np
from scipy.sparse import csr_matrix

# Two HiGHS models in one process must agree on `threads`, or the second stops without an answer.
ALWAYS = {"output_flag": False, "threads": 1, "random_seed": 1}
# For models that are solved again and again from where they last stood.
WARM = {"presolve": "off", "simplex_strategy": 4}


class _QuietHighs(highspy.Highs):
    # Enabling callbacks, which are not used here, prints a banner: in a notebook, an output.
    def enableCallbacks(self):
        pass


def pose_programme(
    matrix, rows, cost, lower, upper, *, whole: bool = False, options: Mapping = WARM
) -> highspy.Highs:
    """Return a HiGHS model: smallest `cost` with ``rows[0] <= matrix @ x <= rows[1]`` in bounds.

    whole: whether every variable is a whole number. options: HiGHS options beside `ALWAYS`.
    """
    model = _QuietHighs()
    for option, value in {**ALWAYS, **options}.items():
        model.setOptionValue(option, value)
    programme = highspy.HighsLp()
    programme.num_row_, programme.num_col_ = matrix.shape
    programme.col_cost_ = np.asarray(cost, dtype=float)
    programme.col_lower_, programme.col_upper_ = lower, upper
    programme.row_lower_, programme.row_upper_ = rows
    matrix = csr_matrix(matrix)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = matrix.indptr
    programme.a_matrix_.index_ = matrix.indices
    programme.a_matrix_.value_ = matrix.data
    if whole:
        programme.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    model.passModel(programme)
    return model


def sum_matrix(sums, size: int) -> csr_matrix:
    """Return one row for each (whole, parts), by place: +1 for the whole, -1 for each part."""
    rows, columns, signs = [], [], []
    for number, (whole, parts) in enumerate(sums):
        rows += [number] * (1 + len(parts))
        columns += [whole, *parts]
        signs += [1.0] + [-1.0] * len(parts)
    return csr_matrix((signs, (rows, columns)), shape=(len(sums), size))
