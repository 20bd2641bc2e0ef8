"""How long a board member waits for the briefing on a phone, and how much it weighs.

    python -m benchmarks.briefing build/report

Measured in Chromium over http on a slowed line and processor, as Lighthouse does for a phone: 150
milliseconds there and back, 1.6 megabits a second, a processor four times slower than this one.
Each page is opened five times with nothing in store, and once more from the store; the middle of
the five is kept. Writes ``benchmarks/results/briefing.csv``.
"""

import functools
import shutil
import statistics
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser_checks import FLAGS  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "briefing.csv"
PAGES = ("briefing_operational", "briefing_strategic", "summary", "index")
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True}
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8,
        "uploadThroughput": 0.75e6 / 8}  # fmt: skip
SLOWER, TIMES = 4, 5
_WATCH = """() => { window.measured = {largest: 0, shifted: 0, blocked: 0};
  new PerformanceObserver(list => { for (const e of list.getEntries())
    window.measured.largest = e.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(list => { for (const e of list.getEntries())
    if (!e.hadRecentInput) window.measured.shifted += e.value; })
    .observe({type: 'layout-shift', buffered: true});
  new PerformanceObserver(list => { for (const e of list.getEntries())
    window.measured.blocked += Math.max(0, e.duration - 50); })
    .observe({type: 'longtask', buffered: true}); }"""
_READ = """() => ({...window.measured,
  first: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  loaded: performance.getEntriesByType('navigation')[0].loadEventEnd,
  requests: 1 + performance.getEntriesByType('resource').length,
  bytes: [...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource')].reduce((sum, e) => sum + e.encodedBodySize, 0)})"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing of each request."""


def main(report: Path) -> None:
    handler = functools.partial(_Quiet, directory=str(report / "site"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        rows = []
        for name in PAGES:
            address = f"http://127.0.0.1:{server.server_port}/{name}.html"
            found = [measure(browser, address) for _ in range(TIMES)]
            rows.append({"page": name, **_middle(found)})
        browser.close()
    server.shutdown()
    pd.DataFrame(rows).to_csv(RESULTS, index=False, lineterminator="\n")
    print(pd.DataFrame(rows).to_string(index=False))


def measure(browser, address: str) -> dict:
    """Return what one visit takes: seconds, shifts of the layout, requests, kilobytes."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({_WATCH})()")
    page.goto(address, wait_until="load")
    page.wait_for_timeout(500)
    read = page.evaluate(_READ)
    page.goto(address, wait_until="load")
    again = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    context.close()
    return {
        "first_words_s": read["first"] / 1000,
        "largest_part_s": read["largest"] / 1000,
        "loaded_s": read["loaded"] / 1000,
        "loaded_again_s": again / 1000,
        "blocked_s": read["blocked"] / 1000,
        "layout_shift": read["shifted"],
        "requests": read["requests"],
        "kilobytes": read["bytes"] / 1000,
    }


def _middle(found: list[dict]) -> dict:
    return {key: round(statistics.median(one[key] for one in found), 2) for key in found[0]}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
