"""What a briefing is made of besides the findings: the team's words, the boards' log, last time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from rr_helpers.publish.edition import Edition
from rr_helpers.publish.governance import asked_before, past_their_day, since_last_briefing
from rr_helpers.publish.since_last import EarlierFindings, read_edition_before
from rr_helpers.publish.team_words import BOARDS, Passage, read_team_words


@dataclass(frozen=True, kw_only=True)
class BoardPapers:
    """What briefings tell besides findings, as shown.

    words: the team's passages. moved: recommendations agreed or closed since the last briefing, and
    `moved_title` the month of that. overdue, asked: by board, what was agreed and is past its day,
    and what was asked before. before: the edition published before, None without a record of it.
    """

    words: tuple[Passage, ...] = ()
    moved: pd.DataFrame = field(default_factory=pd.DataFrame)
    moved_title: str = ""
    overdue: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    asked: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    before: EarlierFindings | None = None


def gather_papers(edition: Edition, study_folder: Path) -> BoardPapers:
    """Return what the briefings of an edition are made of besides its findings."""
    moved = since_last_briefing(edition)
    return BoardPapers(
        words=read_team_words(study_folder, edition.window_id),
        moved=_rows(moved),
        moved_title=moved.title,
        overdue={board: _rows(past_their_day(edition, board)) for board in BOARDS},
        asked={board: _rows(asked_before(edition, board)) for board in BOARDS},
        before=read_edition_before(
            study_folder, edition.study["window"], window=edition.window_id, scope=edition.scope
        ),
    )


def _rows(table) -> pd.DataFrame:
    return table.frame.reset_index()
