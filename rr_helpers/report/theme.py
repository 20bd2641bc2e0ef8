"""One look for all charts, and their way into the page as accessible inline SVG."""

import io
import re
import textwrap
import warnings

import matplotlib as mpl
from lxml import etree
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from rr_helpers.report.markup import make_id, typographic

# Government Analysis Function categorical palette, in its order.
PALETTE = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1)), (0, (9, 3)))
TEXT, MUTED, GRID = "#0B0C0C", "#505A5F", "#D9DCDE"
# Those who gave no answer are shown, and not as if they had given one more.
NO_ANSWER = "#8C9196"
# One point of the drawing is one pixel of a 390-pixel phone, so what is 11 here reads as 11 there.
WIDTH, SIZE = 358, 11
NO_BREAK = "\u00a0"
_CHARACTER = 0.55 * SIZE  # the width of a usual letter, a little generous
_SETTINGS = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same layout on every machine
    "font.size": SIZE,
    "svg.fonttype": "none",
    "text.parse_math": False,  # a label with two $ is still a label
    "svg.hashsalt": "rescue and response",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": TEXT,
    "text.color": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "axes.axisbelow": True,
    "axes.grid": False,
    "grid.color": GRID,
}
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_FONT = re.compile(r"font(-family)?:\s*([^;]*?)'?DejaVu Sans'?[^;]*")


def settings():
    """Return the context in which every chart is drawn and written."""
    return mpl.rc_context(_SETTINGS)


def new_axes(height: float, *, left=6, right=6, top=6, bottom=6):
    """Return (figure, axes): a figure of the one width, margins and height in points."""
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    FigureCanvasSVG(figure)
    across, up = (WIDTH - left - right) / WIDTH, (height - top - bottom) / height
    return figure, figure.add_axes((left / WIDTH, bottom / height, across, up))


def wrap(text: str, points: float) -> str:
    """Break a label into lines no wider than so many points; never at a no-break space."""
    printable = "".join(c if c.isprintable() or c == NO_BREAK else " " for c in str(text))
    lines = textwrap.wrap(printable, max(6, int(points / _CHARACTER)))
    return "\n".join(lines).replace(NO_BREAK, " ") or " "


def text_width(text: str) -> float:
    """Return about how many points wide the longest line of a text is."""
    return _CHARACTER * max(len(line) for line in text.split("\n"))


def text_on(colour: str) -> str:
    """Return black or white, whichever reads better on a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return "#FFFFFF" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.4 else TEXT


def write_svg(figure: Figure, *, title: str, alt: str) -> str:
    """Return a figure as inline SVG with title and description, the same bytes every time.

    Comments and metadata go (they repeat labels and carry dates), identifiers are made unique to
    the chart, and the page's style sheet rather than the drawing decides the typeface.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The page's typeface shows the letters, whether or not the drawing's own has them.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    parser = etree.XMLParser(remove_comments=True, resolve_entities=False)
    root = etree.fromstring(buffer.getvalue(), parser)
    for element in [*root.iter(f"{_SVG}metadata"), *root.iter(f"{_SVG}style")]:
        element.getparent().remove(element)
    prefix = make_id(title, alt, etree.tostring(root, encoding="unicode"))
    for element in root.iter():
        _tidy(element, prefix)
        element.text = typographic(element.text or "") or None
    _drop_unused_ids(root)
    _describe(root, prefix, title, alt)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")


def _tidy(element, prefix: str) -> None:
    if "id" in element.attrib:
        element.set("id", f"{prefix}-{element.get('id')}")
    if _XLINK in element.attrib:
        element.set("href", f"#{prefix}-{element.attrib.pop(_XLINK).lstrip('#')}")
    for name, value in element.attrib.items():
        if "url(#" in value:
            value = value.replace("url(#", f"url(#{prefix}-")
        element.set(name, value)
    # A strict content security policy allows no style in an element: each is an attribute instead.
    style = _FONT.sub(_plain_font, element.attrib.pop("style", ""))
    for declaration in filter(str.strip, style.split(";")):
        name, _, value = declaration.partition(":")
        element.set(name.strip(), value.strip())


def _plain_font(match: re.Match) -> str:
    size = re.search(r"[\d.]+px", match[0])
    return f"font-size: {size[0]}" if size else ""


def _drop_unused_ids(root) -> None:
    used = set()
    for element in root.iter():
        used |= set(re.findall(r"url\(#([^)]+)\)", " ".join(element.attrib.values())))
        used.add(element.get("href", "").lstrip("#"))
    for element in root.iter():
        if element.get("id") and element.get("id") not in used:
            del element.attrib["id"]


def _describe(root, prefix: str, title: str, alt: str) -> None:
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("width", "100%")
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    # What matplotlib's own style element said, which would have spread to the whole page.
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    for place, (name, text) in enumerate((("title", title), ("desc", alt))):
        element = etree.Element(f"{_SVG}{name}", id=f"{prefix}-{name}")
        element.text = typographic(text)
        root.insert(place, element)
