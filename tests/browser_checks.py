"""What is checked of every page in a browser, for the tests and for the accessibility statement.

Each check takes a browser and the address of a page and returns what is wrong with it, nothing
where all is well.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync""".split()
HEIGHTS = {1280: 900, 390: 844, 320: 640}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STEPS = 400  # of the Tab key: more than any page has controls
_NEXT = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  element.setAttribute('data-walked', '');
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  return {
    name: (element.innerText || element.getAttribute('aria-label') || element.id ||
      element.getAttribute('placeholder') || element.tagName).trim().slice(0, 60),
    seen: box.width > 0 && box.height > 0 && style.visibility !== 'hidden',
    ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
  };
}"""
_NOT_WALKED = """() => [...document.querySelectorAll(
    'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), summary')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && e.tabIndex >= 0 &&
    !e.hasAttribute('data-walked')).map(e => e.innerText || e.id || e.className)"""
_MOVES = """() => [...document.querySelectorAll('*')].filter(e => {
    const style = getComputedStyle(e);
    return style.transitionDuration.split(',').some(t => parseFloat(t) > 0.01) ||
      style.animationName !== 'none' || style.scrollBehavior === 'smooth';
  }).map(e => e.tagName + '.' + e.getAttribute('class')).slice(0, 5)"""
_DARK_CHARTS = """() => [...document.querySelectorAll('.rr-chart')].filter(e => {
    const style = getComputedStyle(e);
    return style.backgroundColor !== 'rgb(255, 255, 255)' || style.forcedColorAdjust !== 'none';
  }).map(e => 'a chart on a ground that its lines were not drawn for')"""
_CUT_OFF = """() => [...document.querySelectorAll('article p, article li, article h1, article h2')]
  .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 &&
    getComputedStyle(e).overflowX !== 'visible')
  .map(e => e.innerText.slice(0, 60))"""


class Visit:
    """One page opened, with what it asked for and what it complained of."""

    def __init__(self, browser, address: str, width: int = 1280, **settings):
        self.requests, self.complaints = [], []
        self.page = browser.new_page(
            viewport={"width": width, "height": HEIGHTS[width]}, **settings
        )
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.complaints.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(address)
        self.page.wait_for_load_state("load")

    def _hear(self, said):
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def elsewhere(self, own: tuple[str, ...] = ("file:",)) -> list[str]:
        return [url for url in self.requests if not url.startswith((*own, "data:"))]


@contextmanager
def visiting(browser, address: str, width: int = 1280, **settings) -> Iterator[Visit]:
    visit = Visit(browser, address, width, **settings)
    try:
        yield visit
    finally:
        visit.page.close()


def rules(browser, address: str, width: int = 1280, **settings) -> list:
    """What axe-core finds, every folded table open: it does not look inside closed ones."""
    with visiting(browser, address, width, **settings) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        # What a page does right is told by one example a rule: all would take twice as long.
        options = {"preload": False, "runOnly": RULES, "resultTypes": ["violations"]}
        found = Axe().run(visit.page, options=options).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:160]) for rule in found]


def quiet(browser, address: str, width: int = 1280, own: tuple[str, ...] = ("file:",)) -> list:
    """Requests elsewhere, complaints of the browser, headings, sideways scrolling."""
    with visiting(browser, address, width) as visit:
        wrong = [*visit.elsewhere(own), *visit.complaints]
        if visit.page.locator("h1").count() != 1:
            wrong.append("not one h1")
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        return [*wrong, *([f"{wide} pixels wide"] if wide > width else [])]


def zoomed(browser, address: str) -> list:
    """At 400% of a usual window (320 pixels wide): no scrolling sideways, no words cut off."""
    with visiting(browser, address, 320) as visit:
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        cut = visit.page.evaluate(_CUT_OFF)
        return [*([f"{wide} pixels wide"] if wide > 320 else []), *cut]


def keyboard(browser, address: str) -> list:
    """From the first control to the last by Tab: each is seen and ringed, and none holds it."""
    with visiting(browser, address) as visit:
        wrong = []
        for _ in range(STEPS):
            visit.page.keyboard.press("Tab")
            shown = visit.page.evaluate(_NEXT)
            if shown is None:
                break
            if not shown["seen"]:
                wrong.append(f"'{shown['name']}' has the focus and is not seen")
            if not shown["ringed"]:
                wrong.append(f"'{shown['name']}' has the focus and no ring")
        else:
            return [*wrong, "the walk does not end"]
        missed = visit.page.evaluate(_NOT_WALKED)
        return [*wrong, *(f"'{name}' is not reached" for name in missed)]


def forced_colours(browser, address: str) -> list:
    """With the reader's own colours forced, on a dark ground: charts keep the ground they need."""
    settings = {"forced_colors": "active", "color_scheme": "dark"}
    with visiting(browser, address, **settings) as visit:
        return visit.page.evaluate(_DARK_CHARTS)


def reduced_motion(browser, address: str) -> list:
    """With motion reduced: nothing moves or glides."""
    with visiting(browser, address, reduced_motion="reduce") as visit:
        return visit.page.evaluate(_MOVES)


# What the statement says of each check, and the check.
CHECKS: dict[str, tuple[str, Callable]] = {
    "rules_wide": ("Rules of WCAG 2.2 AA that axe-core can test, in a wide window", rules),
    "rules_phone": (
        "The same on a phone",
        lambda browser, address: rules(browser, address, 390),
    ),
    "quiet": ("No request elsewhere, no complaint, one main heading, no sideways scroll", quiet),
    "zoomed": ("Enlarged four times: no sideways scrolling, no words cut off", zoomed),
    "keyboard": ("By keyboard alone: every control is reached, seen and ringed", keyboard),
    "forced_colours": (
        "With the reader's own colours forced: charts stay readable",
        forced_colours,
    ),
    "reduced_motion": ("With motion reduced: nothing moves or glides", reduced_motion),
}
