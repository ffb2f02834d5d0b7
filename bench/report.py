"""The HTML report of 3,000 files: how long it takes to make, how large it is, and how long Chromium takes with it.

PYTHONPATH=. python bench/report.py [FILES]
"""

from __future__ import annotations

import shutil
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
SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def main(files: int) -> None:
    """Print a line for each figure."""
    code = "".join(f"+def f{n}(value: int) -> int:\n+    return value * {n}\n" for n in range(LINES // 2))
    diff = "".join(f"--- /dev/null\n+++ b/app/m{n}.py\n@@ -0,0 +1,{LINES} @@\n{code}" for n in range(files))
    changes = patch.read(diff.encode())
    found = tuple(_finding(n) for n in range(0, files, 6))
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


def _finding(number: int) -> Finding:
    severity = list(Severity)[number % 4]
    made = Finding("a", "i", "c", severity, Confidence.HIGH, f"app/m{number}.py", 2, 2, f"Finding {number}", "Why", "x")
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
        spent = chrome.execute_async_script(
            "const done = arguments[0], began = performance.now();"
            "document.querySelector('input[value=medium]').click();"
            "requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)))"
        )
        print(f"filtered and drawn in {spent:.0f} ms")
    finally:
        chrome.quit()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
