"""A quotation on a page."""

from collections.abc import Sequence

from rr_helpers.disclosure.quotes import ClearedQuotation
from rr_helpers.disclosure.stamp import require_cleared
from rr_helpers.errors import UserError
from rr_helpers.report.markup import bundle, escape, escape_exactly, make_id
from rr_helpers.report.sentences import refuse_typed_numbers, require_text


class QuoteCard:
    """A cleared quotation with the coarse description of its speaker."""

    def __init__(self, quotation: ClearedQuotation):
        require_cleared(quotation, "QuoteCard")
        self.html = quote_html(quotation, about=True)
        self.title = f"{quotation.role_label}, {quotation.quotation_id}"
        self._cleared = [quotation]

    def __repr__(self) -> str:
        return f"<QuoteCard '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Quotation", self.title, self.html, cleared=self._cleared)


class Quotations:
    """Several cleared quotations, or the words that none was found: a silence is shown too."""

    def __init__(self, quotations: Sequence[ClearedQuotation], *, title: str):
        for quotation in quotations:
            require_cleared(quotation, "Quotations")
        self.title = require_text(title, "title", place="Quotations")
        refuse_typed_numbers(self.title, place="Quotations")
        cards = "".join(quote_html(quotation, about=True) for quotation in quotations)
        shown = cards or '<p class="rr-none">No reviewed quotation was found.</p>'
        label = make_id("quotations", self.title)
        self.html = (
            f'<section class="rr-quotations" aria-labelledby="{label}">'
            f'<h3 id="{label}">{escape(self.title)}</h3>{shown}</section>'
        )
        self._cleared = list(quotations)

    def __repr__(self) -> str:
        return f"<Quotations '{self.title}'>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle("Quotation", self.title, self.html, cleared=self._cleared)


def quote_html(quotation: ClearedQuotation, *, about: bool = False) -> str:
    """Return the quotation as a figure: block quotation and caption, with what it is about."""
    if not isinstance(quotation, ClearedQuotation):
        raise UserError(
            place="QuoteCard",
            found=f"a {type(quotation).__name__}",
            expected="a cleared quotation",
            cure="Take one from disclosure.clear_quotation",
        )
    language = "" if quotation.language == "en-GB" else f' lang="{escape(quotation.language)}"'
    caption = escape(quotation.role_label)
    if about and quotation.about:
        side = "against" if quotation.contrary else "on"
        caption += f", {side}: {escape(quotation.about)}"
    contrary = " rr-contrary" if about and quotation.contrary else ""
    said = escape_exactly(quotation.text)
    return (
        f'<figure class="rr-quote{contrary}"><blockquote{language}><p>{said}</p></blockquote>'
        f"<figcaption>{caption}</figcaption></figure>"
    )
