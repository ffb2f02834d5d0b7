"""The HTML report of 3,000 files: how long it takes to make, how large it is, and how long Chromium takes with it.

PYTHONPATH=. python bench/report.py [FILES [FINDINGS]]
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from reviewbot.changes import patch
from reviewbot.core.finding import Confidence, Finding, Placement, Severity
from reviewbot.core.review import Review, Source, Verdict
from reviewbot.output import formats

LINES = 40
TURNS = 7
# Every second press shows again what the one before has hidden.
TURN = """
const done = arguments[0], began = performance.now();
document.querySelectorAll('#filters input:not([value=critical])').forEach((box) => { box.checked = !box.checked; });
document.querySelector('#filters').dispatchEvent(new Event('change'));
requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
"""
SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def main(files: int, findings: int) -> None:
    """Print a line for each figure."""
    code = "".join(f"+def f{n}(value: int) -> int:\n+    return value * {n}\n" for n in range(LINES // 2))
    diff = "".join(f"--- /dev/null\n+++ b/app/m{n}.py\n@@ -0,0 +1,{LINES} @@\n{code}" for n in range(files))
    changes = patch.read(diff.encode())
    found = tuple(_finding(n, n * max(1, files // findings) % files) for n in range(findings))
    began = time.perf_counter()
    text = formats.render("html", Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=found), changes)
    print(
        f"{files} files, {len(found)} findings: made in {time.perf_counter() - began:.2f} s, {len(text) / 1e6:.1f} MB"
    )
    if not shutil.which("chromedriver"):
        print("no chromedriver here, so nothing is opened")
        return
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "r.html"
        page.write_text(text, encoding="utf-8")
        _open(page, Path(folder) / "profile")


def _finding(number: int, file: int) -> Finding:
    severity = list(Severity)[number % 4]
    made = Finding("a", "i", "c", severity, Confidence.HIGH, f"app/m{file}.py", 2, 2, f"Finding {number}", "Why", "x")
    return replace(made, fingerprint=f"{number:016x}", placement=Placement.INLINE)


def _open(page: Path, profile: Path) -> None:
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = str(shutil.which("chromium") or shutil.which("google-chrome"))
    for switch in (*SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    chrome = Chrome(options, ChromeService(str(shutil.which("chromedriver"))))
    try:
        began = time.perf_counter()
        chrome.get(page.as_uri())
        chrome.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0]))")
        print(f"opened and drawn in {time.perf_counter() - began:.2f} s")
        turns: dict[str, list[float]] = {"filtered": [], "all shown again": []}
        for _ in range(TURNS):
            for spent in turns.values():
                spent.append(chrome.execute_async_script(TURN))
        for what, spent in turns.items():
            print(f"{what} and drawn in {statistics.median(spent):.0f} ms (median of {TURNS})")
    finally:
        chrome.quit()


if __name__ == "__main__":
    given = [int(number) for number in sys.argv[1:]]
    main(*(given + [3000, 500][len(given) :]))
