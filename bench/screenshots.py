"""The pictures of docs/images: the report, and a comment as it would stand on a pull request, both of examples/.

PYTHONPATH=. python bench/screenshots.py [report] [comment]
"""

from __future__ import annotations

import html
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from reviewbot.cli import main as program
from reviewbot.output import saved
from reviewbot.output.markdown import bodies, writer

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from reviewbot.core.finding import Finding

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
EXAMPLE = ROOT / "examples" / "trainsmart-progress.diff"
SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
MOST_BYTES = 150_000
# As GitHub shows a comment; a page of GitHub's own cannot be had without posting one.
STYLE = """
body { margin: 0; padding: 12px; width: 736px; font: 14px/1.5 sans-serif; color: #1f2328; background: #fff }
.frame { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden }
.line { background: #dafbe1; font: 12px/20px monospace; white-space: pre; overflow: hidden }
.line span { display: inline-block; width: 48px; padding-right: 8px; text-align: right; background: #aceebb }
.who { padding: 10px 16px 0; font-weight: 600 }
.who small { border: 1px solid #d1d9e0; border-radius: 9px; padding: 0 6px; color: #59636e; font-weight: 500 }
.body { padding: 4px 16px 12px }
p { margin: 8px 0 }
code { background: #eff1f3; border-radius: 6px; padding: 2px 5px; font: 12px monospace }
pre { background: #f6f8fa; border-radius: 6px; padding: 12px; margin: 8px 0; overflow: hidden }
pre code { background: none; padding: 0 }
.suggested { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden; margin: 8px 0 }
.suggested b { display: block; padding: 6px 12px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0 }
.suggested .line, .suggested .gone { padding-left: 12px }
.gone { background: #ffebe9; font: 12px/20px monospace; white-space: pre; overflow: hidden }
sub { color: #59636e; font-size: 12px; line-height: 1.4 }
details { margin: 8px 0 }
"""


def main(wanted: set[str]) -> None:
    """Take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("r.html", "r.json"):
            program.main(["review", str(EXAMPLE), "--engine", "checks", "--output", str(folder / file)])
        review = saved.load((folder / "r.json").read_text(encoding="utf-8"), "r.json")
        suggesting = next(one for one in review.findings if one.suggestion and one.suggestion.verified)
        (folder / "c.html").write_text(comment(suggesting), encoding="utf-8")
        pages = {"report": ("r.html", (1100, 600)), "comment": ("c.html", (760, 2000))}
        for picture, (file, size) in pages.items():
            if picture in wanted:
                path = IMAGES / f"{picture}.png"
                path.write_bytes(taken_of(folder / file, size, folder / f"profile-{picture}"))
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
                if path.stat().st_size > MOST_BYTES:
                    sys.exit(f"more than {MOST_BYTES:,} bytes: too much for a page that people open to have a look")


def comment(finding: Finding) -> str:
    """Give a page with the line that a comment is on, and the comment."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    body = reader.render(writer.write(*bodies.comment(finding)))
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


def taken_of(page: Path, size: tuple[int, int], profile: Path) -> bytes:
    """Give a picture of a page, no higher than what is on it."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = str(shutil.which("chromium") or shutil.which("google-chrome"))
    for switch in (*SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    chrome = Chrome(options, ChromeService(str(shutil.which("chromedriver"))))
    try:
        _sized(chrome, *size)
        chrome.get(page.as_uri())
        height = chrome.execute_script("return Math.ceil(document.body.getBoundingClientRect().height)")
        _sized(chrome, size[0], min(size[1], height))
        return chrome.get_screenshot_as_png()
    finally:
        chrome.quit()


def _sized(chrome: Chrome, width: int, height: int) -> None:
    """Give the page, not the window, a size."""
    settings = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", settings)


if __name__ == "__main__":
    main(set(sys.argv[1:]) or {"report", "comment"})
