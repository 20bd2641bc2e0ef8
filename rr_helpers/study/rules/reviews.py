"""Case reviews and file reviews: weights, pairs, second readings."""

from collections.abc import Iterator

from rr_helpers.study.breach import Breach, Readings

READ_TWICE_TARGET = 0.20


def find_weights_not_adding_up(readings: Readings) -> Iterator[Breach]:
    """The weights of a case's contexts add to 100, where all of them are given."""
    if "ccr_context" not in readings:
        return
    for _, case in readings["ccr_context"].frame.groupby("ccr_id"):
        total, complete = case["weight"].sum(), case["weight"].notna().all()
        if total > 100 or (complete and total != 100):
            yield Breach(
                table="ccr_context",
                index=case.index[0],
                column="weight",
                found=f"the weights of the case add to {total:g}",
                expected="100 over the contexts of a case",
                cure="Correct the weights of this case",
            )


def find_pairs_of_two_people(readings: Readings) -> Iterator[Breach]:
    """Two paired files are files of one young person."""
    if "file_review" not in readings:
        return
    files = readings["file_review"].frame.dropna(subset=["pair_id", "yp_id"])
    first = files.groupby("pair_id")["yp_id"].transform("first")
    for index in files.index[files["yp_id"] != first]:
        yield Breach(
            table="file_review",
            index=index,
            column="pair_id",
            found="the pair_id links files of two young people",
            expected="one yp_id for one pair_id",
            cure="Correct the pair_id or the yp_id",
        )


def count_files_read_twice(readings: Readings) -> Iterator[Breach]:
    """A fifth of the case files should be read by two reviewers independently."""
    if "file_review" not in readings:
        return
    readers = readings["file_review"].frame.groupby("file_id")["reviewer"].nunique()
    share = (readers >= 2).mean() if len(readers) else 1
    if share < READ_TWICE_TARGET:
        yield Breach(
            table="file_review",
            found=f"{int((readers >= 2).sum())} of {len(readers)} files were read by two reviewers",
            expected=f"at least {READ_TWICE_TARGET:.0%} of the files",
            cure="Have more files read twice; agreement between reviewers is uncertain until then",
        )
