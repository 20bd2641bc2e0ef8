"""How far each claim has come from being made to being shown, rung by rung."""

from collections.abc import Iterable, Mapping, Sequence

from rr_helpers.disclosure.stamp import Cleared, require_cleared
from rr_helpers.errors import UserError
from rr_helpers.report.joint import CONFIDENCE
from rr_helpers.report.markup import bundle, escape, stacked_html
from rr_helpers.report.sentences import fill_sentence, refuse_typed_numbers, require_text
from rr_helpers.report.triangulation import DIRECTIONS

# From the lowest rung up. The steps are those of contribution analysis (Mayne 2012, Evaluation
# 18:270): a claim, evidence that what it expects was seen, and other explanations ruled out.
RUNGS = {
    "claimed": "Claimed: the team set out to test it",
    "told": "Told: some kind of source speaks for it",
    "counted": "Counted: numbers fit it too",
    "borne_out": "Borne out: three kinds of source or more speak for it, none against; numbers fit",
    "ruled_out": "Rivals ruled out: nothing else could explain it",
}
SEVERAL = 3
_HEADINGS = (
    "Claim",
    "How far it has come",
    "What bears it, what holds it back",
    "How sure the team is",
)


def rung_of(says: Mapping[str, str], *, numbers: str) -> str:
    """Return the highest rung of `RUNGS` that a claim stands on, every lower one included.

    says: what each kind of evidence says, as in a TriangulationMatrix; numbers: which of them the
    numbers are. The last rung is never reached: no theme here has a comparison without the pilot.
    """
    words = [said for method, said in says.items() if method != numbers]
    if "supports" not in words:
        return "claimed"
    if says.get(numbers) != "supports":
        return "told"
    several = words.count("supports") >= SEVERAL and "contradicts" not in words
    return "borne_out" if several else "counted"


class ContributionLadder:
    """Claims with the rung each stands on, what speaks for and against, how sure the team is.

    rows: as for TriangulationMatrix (theme, says, confidence are read). numbers: the name of the
    numbers in `says`. evidence: what `says` was derived from, each cleared. Raises UserError naming
    the row at fault, DisclosureError for evidence that was not cleared.
    """

    def __init__(
        self,
        rows: Sequence[Mapping],
        *,
        title: str,
        numbers: str,
        evidence: Iterable[Cleared],
        note: str = "",
    ):
        self.title = require_text(title, "title", place="ContributionLadder")
        place = f"ContributionLadder '{self.title}'"
        refuse_typed_numbers(self.title, place=place)
        self._cleared = list(evidence)
        for item in self._cleared:
            require_cleared(item, f"{place}, evidence")
        note = fill_sentence(note, {}, place=place)
        lines = "".join(_line(row, numbers, f"{place}, row {n}") for n, row in enumerate(rows, 1))
        self.html = stacked_html(self.title, _HEADINGS, lines, note, more="rr-ladder")

    def __repr__(self) -> str:
        return f"<ContributionLadder '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Table", self.title, self.html, cleared=self._cleared)


def _line(row: Mapping, numbers: str, place: str) -> str:
    if numbers not in row["says"]:
        raise UserError(
            place=place,
            found=f"no '{numbers}' among {', '.join(row['says'])}",
            expected="numbers among what is said of every claim",
            cure="Correct numbers=",
        )
    rung, steps = rung_of(row["says"], numbers=numbers), list(RUNGS)
    reached = steps.index(rung)
    words = RUNGS[rung].partition(":")
    bars = f"{words[0]} (rung {_ORDER[reached]} of {_ORDER[len(steps) - 1]})"
    cells = (
        f"<p><strong>{escape(bars)}</strong></p><p>{escape(words[2].strip().capitalize())}.</p>",
        "".join(f"<p>{escape(text)}</p>" for text in _for_and_against(row["says"], numbers)),
        f"<p>{escape(CONFIDENCE[row['confidence']].capitalize())}.</p>",
    )
    shown = "".join(
        f'<td role="cell" data-label="{label}">{cell}</td>'
        for label, cell in zip(_HEADINGS[1:], cells, strict=True)
    )
    heading = escape(require_text(row["theme"], "claim", place=place))
    return f'<tr role="row"><th scope="row" role="rowheader">{heading}</th>{shown}</tr>'


_ORDER = ("one", "two", "three", "four", "five")


def _for_and_against(says: Mapping[str, str], numbers: str) -> list[str]:
    """In words, what speaks for a claim and what does not; the rivals never do."""
    named = {
        direction: "; ".join(method for method, said in says.items() if said == direction)
        for direction in DIRECTIONS
    }
    told = [f"{DIRECTIONS[direction][1]}: {who}." for direction, who in named.items() if who]
    return [*told, "Other explanations are not ruled out: nothing was compared without the pilot."]
