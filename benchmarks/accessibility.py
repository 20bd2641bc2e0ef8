"""Every check of the browser tests on every page of a built report, for the statement in the book.

    python -m benchmarks.accessibility build/report

Writes ``book/_data/accessibility/results.csv``. A page that is not there yet (the statement itself,
at its first run) is counted at the next.
"""

import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser_checks import CHECKS, FLAGS  # noqa: E402

from rr_helpers.publish.accessibility import RESULTS  # noqa: E402


def main(report: Path) -> None:
    site = report / "site"
    pages = sorted(site.rglob("*.html"))
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        program = f"Chromium {browser.version.partition('.')[0]}"
        program += (
            f" and axe-core by way of axe-playwright-python {version('axe-playwright-python')}"
        )
        rows = []
        for name, (words, check) in CHECKS.items():
            found = {page: check(browser, page.as_uri()) for page in pages}
            for page, faults in found.items():
                if faults:
                    print(name, page.relative_to(site), faults[:3])
            problems = sum(map(len, found.values()))
            rows.append((name, words, len(pages), problems, program))
        browser.close()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    columns = ["check", "words", "pages", "problems", "program"]
    pd.DataFrame(rows, columns=columns).to_csv(RESULTS, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
