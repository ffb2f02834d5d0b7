"""The leaves of the tree as Markdown: text that is shown as it is, whatever somebody has put into it.

It mentions nobody, refers to no issue, links nowhere, loads no image, opens no HTML, and begins no block. Where two
parsers could differ, the form is one in which they cannot: a code span holds neither a backtick nor a pipe.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from reviewbot.core.printing import ZERO_WIDTH
from reviewbot.core.text import one_line, printable

# Whoever wants to break out of a page makes something longer than a page.
_MOST_CODE = 500
# More than a page of text without a new line is nobody's line; what comes after it is looked at on the next page.
_MOST_TEXT = 65_536
# A run of so many backticks would want a fence that cmark-gfm no longer reads as one.
_MOST_BACKTICKS = 60
# An underscore within a word is one.
_MARKS = re.compile(r"[\\\[\]*~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# What begins a heading, a list, a quote, a rule, or the second line of a heading or of a table's head.
_BEGINS = re.compile(r"[#+\-=:](?!\w)|>|[+\-=:](?=[-=>])|\d{1,9}(?=[.)])")


# Pages measure what they hold before it is written.
@lru_cache(maxsize=4096)
def text(content: str) -> str:
    """Give plain text within a line; white space at its ends stays, as one blank."""
    shown = _blanks(content)
    shown = shown.replace("&", "&amp;").replace("<", "&lt;")
    shown = _MARKS.sub(r"\\\g<0>", shown).replace("`", "&#96;").replace("|", "&#124;")
    # A bracket of ours may follow, and the two would be an image.
    return _inactive(re.sub(r"!$", "&#33;", shown))


def code(content: str) -> str:
    """Give a code span; what is very long is shortened."""
    shown = _short(one_line(content))
    return f"<code>{text(shown)}</code>" if re.search(r"[`|]", shown) else f"`{shown or ' '}`"


@lru_cache(maxsize=4096)
def in_html(content: str, *, is_code: bool = False) -> str:
    """Give text where GitHub reads HTML and no Markdown."""
    shown = _short(one_line(content)) if is_code else _blanks(content)
    shown = _inactive(html.escape(shown, quote=False).replace("[", "&#91;"))
    return f"<code>{shown}</code>" if is_code else shown


def at_margin(written: str) -> str:
    """Give a line of what is written so that it begins no block of its own."""
    bare = written.lstrip(" \t")
    if not (begins := _BEGINS.match(bare)):
        return bare
    mark = begins[0]
    return f"{mark}\\{bare[len(mark) :]}" if mark[0].isdigit() else f"\\{bare}"


def in_block(content: str) -> str:
    """Give text as a code block shows it: what is invisible is escaped, endless runs of backticks are interrupted."""
    return re.sub(rf"`{{{_MOST_BACKTICKS}}}(?=`)", rf"\g<0>{ZERO_WIDTH}", printable(content))


def fence(content: str) -> str:
    """Give the fence of a code block: longer than any run of backticks in it."""
    return "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", content)), default=0))


def _blanks(content: str) -> str:
    """Give printable text with one blank for all white space, and no more of it than a page holds."""
    short = re.sub(r"[ \t\n]+", " ", content)
    shown = short if len(short) <= _MOST_TEXT else f"{short[: _MOST_TEXT - 1]}…"
    return re.sub(r"\s+", " ", printable(shown))


def _short(content: str) -> str:
    return content if len(content) <= _MOST_CODE else f"{content[: _MOST_CODE - 1]}…"


def _inactive(shown: str) -> str:
    """Take from text what GitHub does with it after it was read: mentions, references, links, formulas."""
    # GitHub's documentation names this as the way to write a dollar that begins no formula.
    shown = shown.replace("$", "<span>$</span>")
    shown = re.sub(r"(?<!&)[@#](?!\s)|(?i:gh-)(?=\d|$)", rf"\g<0>{ZERO_WIDTH}", shown)
    shown = shown.replace("://", f":{ZERO_WIDTH}//")
    return re.sub(r"(?i)www(?=\.)", rf"\g<0>{ZERO_WIDTH}", shown)
