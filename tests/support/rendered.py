"""What parsers that are not ours make of our Markdown, and what of it does more than show text and code."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable

# Two parsers that are not ours decide what is code, what a link and what HTML: GitHub's own, and another one.
PARSERS: dict[str, Callable[[str], str]] = {
    "cmark-gfm": lambda text: str(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)),
    "markdown-it": MarkdownIt("gfm-like", {"linkify": False, "html": True}).render,
}
# The signs that mean something in Markdown.
MARKUP = (
    *("`", "``", "```", "~~~", "\\", "|", "[", "]", "(", ")", "!", "<"),
    *(">", "$", "*", "_", "---", "===", ":-:", "~~"),
)
OURS = {
    "p",
    "h2",
    "h3",
    "strong",
    "b",
    "em",
    "i",
    "del",
    "s",
    "sub",
    "span",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "br",
    "hr",
}
OURS |= {"table", "thead", "tbody", "tr", "th", "td", "details", "summary", "blockquote"}


class Page(HTMLParser):
    """What a parser made of a document: its tags, and its text outside of code."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.harm: list[str] = []
        self.text: list[str] = []
        self.code: list[str] = []
        self._within_code = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._within_code += tag == "code"
        classes = [value or "" for name, value in attrs if name in {"class", "lang"}]
        self.harm += [f"<{tag}>"] * (tag not in OURS)
        self.harm += [name for name in classes if re.search("suggestion|mermaid|math", name)]

    def handle_endtag(self, tag: str) -> None:
        self._within_code -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.harm.append(data)

    def handle_data(self, data: str) -> None:
        (self.code if self._within_code else self.text).append(data)
        if not self._within_code:
            self.harm += re.findall(r"@\w+|#\d+|(?i:gh-)\d+|\w+://\w+|www\.\w+", data)


def harm(document: str) -> dict[str, list[str]]:
    """Give whatever GitHub would do with the document besides showing text and code."""
    pages = {name: Page(parser(document)) for name, parser in PARSERS.items()}
    return {name: page.harm for name, page in pages.items() if page.harm}
