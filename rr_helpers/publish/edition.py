"""What a chapter opens: the gated study, the coded evidence and the released counts of an edition.

    edition = open_edition(study, window=window, scope=scope, release=release)

In a build the release was made once, before the chapters, and is handed in by its file. In
JupyterLab, `release=None` makes it on the spot from the same catalogue, jointly as in a build.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from rr_helpers.disclosure import (
    ClearedQuotation,
    Release,
    SafeTable,
    preview,
    protect_release,
    published_statistics,
    read_catalogue,
)
from rr_helpers.errors import UserError
from rr_helpers.publish.borough import BoroughEdition, require_scope
from rr_helpers.publish.catalogue import catalogue_file
from rr_helpers.publish.coded_evidence import CodedEvidence, read_evidence
from rr_helpers.publish.earlier_editions import read_earlier, tie_editions
from rr_helpers.publish.fairness import language_of_files, referred_for_intervention
from rr_helpers.publish.licensed import scale_scores
from rr_helpers.publish.links import evidence_links, published_links, release_links
from rr_helpers.publish.organisations import (
    cross_sector_meetings,
    organisation_groups,
    organisation_homes,
    organisation_opportunity,
    organisation_ties,
    organisations_in,
    panel_attendance,
)
from rr_helpers.publish.populations import POPULATIONS
from rr_helpers.publish.populations.referrals import response_times
from rr_helpers.publish.practice import learning, referrals_around_courses
from rr_helpers.publish.quoting import quotations_of
from rr_helpers.publish.release_secret import release_secret
from rr_helpers.publish.safety import (
    asked_about_safety,
    own_and_workers_ratings,
    safety_in_files,
    survey_answers,
)
from rr_helpers.publish.scope import LONDON
from rr_helpers.publish.series import (
    benchmark_of_safety,
    events_by_quarter,
    marks_in_words,
    series_by_sub_region,
    series_licence,
    series_source,
)
from rr_helpers.publish.traces import engagement, panel_ratings, waits_for_response
from rr_helpers.publish.validated import prepare_study
from rr_helpers.study import Study, in_window, load_study
from rr_helpers.study.schema import TABLES
from rr_helpers.study.schema.borough_series import PUBLISHED

HIERARCHIES: Mapping[str, str] = {"borough": "sub_region"}
# What a row says that the team has not judged.
OPEN: Mapping[str, str] = {
    "integration": "open",
    "reason": "",
    "inference": "The team has not judged this yet.",
    "confidence": "",
}


@dataclass(frozen=True)
class Edition:
    """One edition as its chapters see it; `repr` shows names and counts of rows, never rows."""

    study: Study
    window_id: str
    scope: str
    release_file: Path | None = None
    store: Path | None = None

    def __repr__(self) -> str:
        return f"Edition({self.window.label}, {self.scope}, {self.study!r})"

    @property
    def window(self):
        """The reporting window: window_id, label, start, end."""
        return self.study.window(self.window_id)

    @cached_property
    def coded(self) -> CodedEvidence:
        """The coded documents that the consent register allows."""
        return read_evidence(self.study, store=self.store)

    @cached_property
    def release(self) -> Release:
        """Every count that the edition may show, protected together; ask by id."""
        if self.release_file is not None:
            return Release.from_json(self.release_file)
        from rr_helpers.publish.releasing import window_release  # which needs this module

        return window_release(self, self.store) if self.store else make_release(self)

    def counts(self, table_id: str) -> SafeTable:
        """Return the released counts of one line of notebooks/catalogue.toml."""
        return self.release[table_id]

    def preview(self, population: str, *, rows: str, columns: str | None = None) -> SafeTable:
        """Protect one table on its own, to look at in JupyterLab; a build refuses to show it."""
        return preview(self.population(population), rows=rows, columns=columns)

    def population(self, name: str) -> pd.DataFrame:
        """Return one population of the window, a row a unit: SENSITIVE, not to be shown."""
        if name not in POPULATIONS:
            raise UserError(
                place="notebooks/catalogue.toml",
                found=f"the population '{name}'",
                expected=f"one of {', '.join(POPULATIONS)}",
                cure="Correct the name, or add the population to rr_helpers/publish/populations.py",
            )
        return POPULATIONS[name](self.study, self.coded, self.window_id)

    def rows(self, table: str, *, dated: str | None = None) -> pd.DataFrame:
        """Return a table of the study, of the window where `dated` names the column of its date."""
        frame = self.study[table]
        return in_window(frame, dated, self.window) if dated else frame

    def labels(self, table: str, column: str) -> dict[str, str]:
        """Return the schema's labels of a coded column: value -> words for readers."""
        return dict(TABLES[table].column(column)["values"])

    def panel_attendance(self) -> pd.DataFrame:
        """Organisations that came to panels, up to the end of the window, by half-year."""
        return panel_attendance(self.study, self.window_id)

    def organisation_ties(self) -> pd.DataFrame:
        """Ties between organisations, up to the end of the window, by half-year."""
        return organisation_ties(self.study, self.window_id)

    def organisation_opportunity(self):
        """Who could have tied up at all: by half-year, a graph of those invited to one panel."""
        return organisation_opportunity(self.study, self.window_id)

    def cross_sector_meetings(self):
        """Share of meetings shared across sectors, minus what attendance alone would bring."""
        return cross_sector_meetings(self.study, self.window_id)

    def organisation_groups(self) -> dict[str, str]:
        """The group of sectors of every organisation."""
        return organisation_groups(self.study)

    def organisation_homes(self) -> dict[str, str]:
        """The borough that every organisation serves; ``"London"`` for those that serve all."""
        return organisation_homes(self.study)

    def organisations_in(self, group: str) -> list[str]:
        """The organisations of one group of sectors, such as ``"R&R team"``."""
        return organisations_in(self.study, group)

    def panel_ratings(self) -> pd.DataFrame:
        """Observers' mean ratings of panels, up to the end of the window, a row an item."""
        return panel_ratings(self.study, self.window_id)

    def waits_for_response(self) -> pd.DataFrame:
        """Referrals for intervention up to the end of the window, and how long they waited."""
        return waits_for_response(self.study, self.window_id)

    def engagement(self) -> pd.DataFrame:
        """Episodes up to the end of the window: engaged or not, rescued or not."""
        return engagement(self.study, self.window_id)

    def learning(self) -> pd.DataFrame:
        """Delegates of the window's courses, with what they answered at each time."""
        return learning(self.study, self.window_id)

    def referrals_around_courses(self) -> pd.DataFrame:
        """Referrals of every kind by borough and month, before and after its first course."""
        return referrals_around_courses(self.study, self.window_id)

    def survey_answers(self) -> pd.DataFrame:
        """Surveys answered up to the end of the window: about the support, and who was present."""
        return survey_answers(self.study, self.window_id)

    def asked_about_safety(self) -> pd.DataFrame:
        """Everyone who could be asked in the window, with the change in safety told, if any."""
        return asked_about_safety(self.study, self.window_id)

    def own_and_workers_ratings(self) -> pd.DataFrame:
        """Young people's own ratings beside their workers', by dimension of safety."""
        return own_and_workers_ratings(self.study, self.window_id)

    def safety_in_files(self) -> pd.DataFrame:
        """Changes in safety as case files of the window tell them, by dimension."""
        return safety_in_files(self.study, self.window_id)

    def referred_for_intervention(self) -> pd.DataFrame:
        """Referrals for intervention of the window: decision and wait, by sex and ethnic group."""
        return referred_for_intervention(self.study, self.window_id)

    def language_of_files(self) -> pd.DataFrame:
        """Case files read up to the end of the window, and the language they are written in."""
        return language_of_files(self.study, self.window_id)

    def events(self, *types: str) -> dict[str, str]:
        """Events of these types that charts over time must mark: quarter -> label."""
        return events_by_quarter(self.study, self.window_id, types)

    def response_times(self) -> pd.DataFrame:
        """Days from referral to the first safeguarding response, or to what ended the wait."""
        return response_times(self.study)

    def published_series(self, series: str) -> SafeTable | None:
        """A series of official statistics by sub-region; None where none was handed in."""
        frame = series_by_sub_region(self.study, series)
        if frame.empty:
            return None
        return published_statistics(
            frame,
            title=f"{PUBLISHED[series]}, years to 31 March",
            source=series_source(self.study, series),
            licence=series_licence(self.study, series),
            note=marks_in_words(self.study, series),
        )

    def benchmark_of_safety(self) -> SafeTable | None:
        """A published survey on safety, to stand beside the study's; None where none was named."""
        frame = benchmark_of_safety(self.study)
        if frame.empty:
            return None
        title = "Feel safe, as a published survey has it (per cent)"
        return published_statistics(frame, title=title, row_name="Context", **frame.attrs)

    def scale_scores(self) -> list:
        """Scores on scales under licence, where the study keeps a licensed file for them."""
        return scale_scores(self.study, self.window_id)

    def judgement(self, display_id: str) -> dict[str, str]:
        """The team's judgement on one row: `integration`, `reason`, `inference`, `confidence`.

        It is read from the sheet 'judgement' of reference.xlsx, for this window; where the team
        has not judged yet, the row says so.
        """
        frame = self.study["judgement"]
        found = frame[frame["display_id"].eq(display_id) & frame["window_id"].eq(self.window_id)]
        if found.empty:
            return dict(OPEN)
        judged = found.iloc[0].fillna("")
        return {"integration": judged["call"]} | {name: judged[name] for name in tuple(OPEN)[1:]}

    def quotations(
        self,
        *,
        question: str | None = None,
        direction: str = "supports",
        codes: Collection[str] | None = None,
        speaker: str | None = None,
    ) -> list[ClearedQuotation]:
        """Return the reviewed quotations for a question, cleared one by one, in register order.

        question: ``"Q1"`` to ``"Q4"``, by the questions that the quotation's code speaks to; or
        codes: names of codes that they illustrate.
        direction: ``"supports"`` or ``"contrary"``. speaker: only those of one role label of the
        register, such as ``"young_person"``. A quotation that the gate refuses raises
        DisclosureError, which says why and what to mend in the register.
        """
        asked = {"question": question, "direction": direction, "codes": codes, "speaker": speaker}
        return quotations_of(self.study, self.coded, **asked)


def open_edition(
    study: str | Path, *, window: str, scope: str = LONDON, release: str | Path | None = None
) -> Edition | BoroughEdition:
    """Open the edition of a reporting window on a study folder.

    The folder is validated and read once; later openings use the copy kept inside the folder as
    long as no file has changed. scope: ``"london"``, or a borough's code, whose edition has its
    released counts and no rows.
    """
    require_scope(scope)
    store = prepare_study(Path(study))
    opened = load_study(store)
    opened.window(window)
    edition = Edition(opened, window, LONDON, Path(release) if release else None, store)
    if scope == LONDON:
        return edition
    return BoroughEdition(edition.window, scope, edition.release)


def make_release(edition: Edition, *, thorough: bool = False) -> Release:
    """Tabulate every table of the catalogue and protect all of them together.

    The release is of a window: London's report and every borough's briefing show parts of it. What
    was published before, in the study's folder ``releases/``, is part of the attack. thorough: as
    in `protect_release`.
    """
    catalogue = read_catalogue(catalogue_file())
    names = list(dict.fromkeys(table.population for table in catalogue.values()))
    populations = {name: edition.population(name) for name in names}
    earlier = read_earlier(edition.study.folder)
    links = published_links(release_links(edition.study, edition.window_id), catalogue.values())
    return protect_release(
        populations,
        catalogue,
        secret=release_secret(edition.study),
        hierarchies=HIERARCHIES,
        links=[*links, *evidence_links(edition.coded, catalogue.values())],
        earlier=[each.release for each in earlier],
        ties=tie_editions(edition.study, edition.coded, edition.window_id, earlier, names),
        thorough=thorough,
    )
