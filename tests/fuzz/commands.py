"""Commands in comments: none is obeyed that two parsers of Markdown do not show as a line somebody says."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from pieces import text
from rendered import PARSERS

from reviewbot.github import commands

TOKENS = (
    *("/review", "/review full", "/review help", "/dismiss", "/dismiss 0123abcd why", "\n/review", "\n\n/review\n"),
    *("> ", "- ", "1. ", "    ", "\t", "```", "~~~", "`", "<!--", "-->", "<pre>", "</pre>", "<code>", "</code>"),
    *("<blockquote>", "</blockquote>", "<div>", "<details>", "<summary>", "[a]: ", "[a](", ")", "![", "# ", "---"),
    *("===", "|---|", "~~", "**", "&#47;", "\\", "<script>", "<a href=", "[^1]: ", "<![CDATA[", "]]>", "<?", "?>"),
)
# Where a text is quoted, code, or leads somewhere. What is folded, a table's, or underlined is what somebody says.
_SILENT = frozenset({"blockquote", "pre", "code", "a", "h3", "h4", "h5", "h6", "script", "style", "title"})


_FILTERED = re.compile(r"(?i)<(?=/?(?:title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext)\b)")


class _Spoken(HTMLParser):
    """The lines of a page that stand nowhere silent."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = [""]
        self._silent: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in {"p", "li", "h1", "h2", "br", "td", "th", "div"}:
            self.lines.append("")
            # A link that is not closed where it was opened ends with its paragraph, for us.
            self._silent = [one for one in self._silent if one != "a"]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            self._silent.reverse()
            self._silent.remove(tag)
            self._silent.reverse()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            first, *more = re.split(r"[\n\r]", data)
            self.lines[-1] += first
            self.lines += more


def run(data: bytes) -> Any:
    return commands.parse(text(data))


def judge(data: bytes, result: Any) -> None:
    if result is None:
        return
    word = commands.DISMISS if result.kind is commands.Kind.DISMISS else commands.TRIGGER
    for name, parser in PARSERS.items():
        # The shortest comments of HTML, which Python's parser does not know.
        html = re.sub(r"<!--->|<!-->", "", parser(text(data).replace("\0", "\ufffd")))
        # GitHub shows these tags as text, whoever reads the Markdown.
        html = _FILTERED.sub("&lt;", html)
        said = _Spoken(html).lines
        assert any(line.strip().startswith(word) for line in said), f"{name}: {result} of {said}"
