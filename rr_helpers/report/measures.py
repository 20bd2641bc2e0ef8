"""A few key numbers in large type."""

from collections.abc import Mapping

from rr_helpers.disclosure.figures import ReleasedCount, ReleasedFigure, SafeEstimate
from rr_helpers.disclosure.stamp import require_cleared
from rr_helpers.errors import UserError
from rr_helpers.report.markup import bundle, escape
from rr_helpers.report.sentences import refuse_typed_numbers, require_text

_MOST = 6


class Measures:
    """Up to six safe numbers with a label each: ``Measures({"Referrals": table.total}, title=…)``.

    A percentage shows the count that it is a share of; an estimate shows its interval.
    """

    def __init__(self, measures: Mapping[str, object], *, title: str):
        self.title = require_text(title, "title", place="Measures")
        for text in (self.title, *measures):
            refuse_typed_numbers(text, place=f"Measures '{self.title}'")
        if not 1 <= len(measures) <= _MOST:
            raise UserError(
                place=f"Measures '{self.title}'",
                found=f"{len(measures)} numbers",
                expected=f"1 to {_MOST}",
                cure="Keep the few that matter; show the rest in a Table",
            )
        for figure in measures.values():
            require_cleared(figure, f"Measures '{self.title}'")
        self._cleared = list(measures.values())
        tiles = "".join(_tile(label, figure) for label, figure in measures.items())
        self.html = f'<dl class="rr-measures" aria-label="{escape(self.title)}">{tiles}</dl>'

    def __repr__(self) -> str:
        return f"<Measures '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Key numbers", self.title, self.html, cleared=self._cleared)


def _tile(label: str, figure) -> str:
    shown, under = _parts(figure)
    detail = f'<dd class="rr-measure-detail">{escape(under)}</dd>' if under else ""
    return (
        f'<div class="rr-measure"><dt>{escape(label)}</dt>'
        f'<dd class="rr-measure-value">{escape(shown)}</dd>{detail}</div>'
    )


def _parts(figure) -> tuple[str, str]:
    if isinstance(figure, SafeEstimate):
        interval = f"{figure.level:.0%} CI {figure.interval}, " if figure.interval else ""
        return figure.text, interval + figure.rests_on
    if isinstance(figure, ReleasedFigure) and figure.base is not None:
        return figure.text, f"of {figure.base.text}"
    if isinstance(figure, ReleasedCount | ReleasedFigure):
        return figure.text, ""
    raise UserError(
        place="Measures",
        found=f"a {type(figure).__name__}",
        expected="single numbers",
        cure="Take one from the table: table.total, table.count(…), table.percent().value(…)",
    )
