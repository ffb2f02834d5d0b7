"""What people see, as pictures, of examples/: those of docs/images, and in build/pictures those to be looked at.

PYTHONPATH=. python bench/screenshots.py [report] [comment] [summary] …

It says how high each page is; the summary of ten findings has to fit on a screen.
"""

from __future__ import annotations

import html
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from reviewbot.checks import check_pages
from reviewbot.cli import main as program
from reviewbot.core.finding import Placement
from reviewbot.core.reasons import NO_REASON
from reviewbot.github import marked_bodies
from reviewbot.github.decisions import Rules
from reviewbot.github.pull import PullRef
from reviewbot.github.state import State
from reviewbot.output import saved
from reviewbot.output.markdown import bodies, writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
EXAMPLE = ROOT / "examples" / "trainsmart-progress.diff"
SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
MOST_BYTES = 150_000
# What a browser of a laptop shows of a page 1,280 px wide, and how many findings have to fit into it.
SCREEN, TEN = 900, 10
LOOKED_AT = ROOT / "build" / "pictures"
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# As GitHub shows a comment, by the measures of its style sheet; a page of its own cannot be had without posting one.
STYLE = """
body { margin: 0; padding: 12px; width: 736px; font: 14px/1.5 sans-serif; color: #1f2328; background: #fff }
.frame { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden }
.line { background: #dafbe1; font: 12px/20px monospace; white-space: pre; overflow: hidden }
.line span { display: inline-block; width: 48px; padding-right: 8px; text-align: right; background: #aceebb }
.who { padding: 8px 16px; font-weight: 600; background: #f6f8fa; border-bottom: 1px solid #d1d9e0 }
.who small { border: 1px solid #d1d9e0; border-radius: 9px; padding: 0 6px; color: #59636e; font-weight: 500 }
.body { padding: 16px 16px 0 }
p, details, table, pre, .suggested { margin: 0 0 16px }
a { color: #0969da; text-decoration: none }
code { background: #eff1f3; border-radius: 6px; padding: .2em .4em; font: 85%/1 monospace; white-space: break-spaces }
pre { background: #f6f8fa; border-radius: 6px; padding: 16px; overflow: hidden }
pre code { background: none; padding: 0 }
.suggested { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden }
.suggested b { display: block; padding: 6px 12px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0 }
.suggested .line, .suggested .gone { padding-left: 12px }
.gone { background: #ffebe9; font: 12px/20px monospace; white-space: pre; overflow: hidden }
sub { color: #59636e; font-size: 12px; vertical-align: baseline }
h2 { font-size: 21px; line-height: 1.25; margin: 0 0 16px; padding-bottom: 6px; border-bottom: 1px solid #d1d9e0 }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left }
"""


def main(wanted: set[str]) -> None:
    """Take the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("r.html", "r.json", "r.txt"):
            program.main(["review", str(EXAMPLE), "--engine", "checks", "--output", str(folder / file)])
        review = saved.load((folder / "r.json").read_text(encoding="utf-8"), "r.json")
        suggesting = next(one for one in review.findings if one.suggestion and one.suggestion.verified)
        (folder / "c.html").write_text(comment(suggesting), encoding="utf-8")
        (folder / "s.html").write_text(summary(review), encoding="utf-8")
        (folder / "t.html").write_text(terminal((folder / "r.txt").read_text(encoding="utf-8")), encoding="utf-8")
        with browser(folder / "profile") as chrome:
            for picture in (one for one in PICTURES if one.name in wanted):
                height, taken = picture.taken(chrome, folder)
                place = (IMAGES if picture.kept else LOOKED_AT) / f"{picture.name}.png"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(taken)
                print(f"{place.relative_to(ROOT)}: {height:,} px of {picture.width:,}, {len(taken):,} bytes")
                if picture.kept and len(taken) > MOST_BYTES:
                    sys.exit(f"more than {MOST_BYTES:,} bytes: too much for a page that people open to have a look")
                if picture.name == "summary" and height > SCREEN:
                    sys.exit(f"the summary of ten findings is more than a screen of {SCREEN} px")


@dataclass(frozen=True)
class Picture:
    """A page, and how it is looked at."""

    name: str
    file: str
    width: int
    most: int
    dark: bool = False
    kept: bool = False

    def taken(self, chrome: Chrome, folder: Path) -> tuple[int, bytes]:
        """Give how high the page is, and a picture of it, no higher than what is on it."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if self.dark else "light"}]
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        _sized(chrome, self.width, self.most)
        chrome.get((folder / self.file).as_uri())
        height = int(chrome.execute_script("return Math.ceil(document.body.getBoundingClientRect().height)"))
        _sized(chrome, self.width, min(self.most, height))
        return height, chrome.get_screenshot_as_png()


PICTURES = (
    Picture("report", "r.html", 1100, 600, kept=True),
    Picture("comment", "c.html", 760, 2000, kept=True),
    Picture("summary", "s.html", 1280, 2000),
    Picture("report-1280", "r.html", 1280, 2400),
    Picture("report-1280-dark", "r.html", 1280, 2400, dark=True),
    Picture("report-380", "r.html", 380, 2400),
    Picture("report-380-dark", "r.html", 380, 2400, dark=True),
    Picture("terminal", "t.html", 1280, 2400),
)


def summary(review: Review) -> str:
    """Give a page with the summary as it is posted, of ten findings, in the column that GitHub has for it."""
    spoken = tuple(replace(one, placement=Placement.INLINE, placement_reason=NO_REASON) for one in review.findings)
    made = replace(review, findings=spoken)
    if len(spoken) != TEN:
        sys.exit(f"{EXAMPLE.name} has {len(spoken)} findings: take an example that has {TEN}")
    rules = Rules("https://github.com", page=check_pages.of("https://github.com/OWNER/reviewbot/blob/main"))
    state = State(made.source.head or "", {}, ())
    (text,) = marked_bodies.summary(made, PullRef("acme", "app", 1), rules.server, rules.name, state, rules.page)
    return (
        f'<!doctype html><meta charset="utf-8"><style>{STYLE}\nbody {{ width: 836px }}</style><div class="frame">'
        f'<div class="who">github-actions <small>bot</small></div><div class="body">{READER.render(text)}</div></div>'
    )


def terminal(text: str) -> str:
    """Give a page with what a terminal shows."""
    return f'<!doctype html><meta charset="utf-8"><body><pre>{html.escape(text)}</pre>'


def comment(finding: Finding) -> str:
    """Give a page with the line that a comment is on, and the comment."""
    body = READER.render(writer.write(*bodies.comment(finding)))
    old = "".join(f'<div class="gone">- {html.escape(line)}</div>' for line in finding.evidence.splitlines())

    def suggested(block: re.Match[str]) -> str:
        new = "".join(f'<div class="line">+ {line}</div>' for line in block[1].splitlines())
        return f'<div class="suggested"><b>Suggested change</b>{old}{new}</div>'

    body = re.sub(r'<pre><code class="language-suggestion">(.*?)</code></pre>', suggested, body, flags=re.DOTALL)
    first = finding.evidence.splitlines()[0]
    return (
        f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><div class="frame">'
        f'<div class="line"><span>{finding.end_line}</span>  + {html.escape(first)}</div>'
        f'<div class="who">github-actions <small>bot</small></div><div class="body">{body}</div></div>'
    )


@contextmanager
def browser(profile: Path) -> Iterator[Chrome]:
    """Give a browser."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = str(shutil.which("chromium") or shutil.which("google-chrome"))
    for switch in (*SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    chrome = Chrome(options, ChromeService(str(shutil.which("chromedriver"))))
    try:
        yield chrome
    finally:
        chrome.quit()


def _sized(chrome: Chrome, width: int, height: int) -> None:
    """Give the page, not the window, a size."""
    settings = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", settings)


if __name__ == "__main__":
    main(set(sys.argv[1:]) or {picture.name for picture in PICTURES})
