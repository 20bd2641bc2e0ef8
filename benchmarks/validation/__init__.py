"""How we know the numbers are right: coverage, recovery, and published results reproduced.

    python -m benchmarks.validation        (or: make validation)

Run from the repository. `grid` simulates every interval of rr_helpers.stats at the sizes of the
study; `recovery` runs the chapters' own cells on synthetic studies; `reproduced` compares with
published results. What they write lies in book/_data/validation and is shown by the book.
"""
