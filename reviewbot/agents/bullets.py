"""Markdown lists with the headings they stand under; code and examples are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(\S.*)$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)$")
_BREAK = re.compile(r"\s*(?:[-*_]\s*){3,}$")
_BULLET = re.compile(r"(\s*)([-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(\S.*)$")
_EXAMPLE = re.compile(r"<example\b")
_BOLD_LINE = re.compile(r"\*\*([^*]+)\*\*\s*:?$")


@dataclass(slots=True)
class Entry:
    """One element of a list.

    Attributes:
        text: Its text, lines joined by one space.
        line: 1-based line in the file.
        indent: Columns before its marker.
        headings: The headings it stands under, outermost first.
        lead: What introduces its list: a bold line, then a line ending in a colon; each may be missing.
        parent: The element it is nested in, or None.
        children: The elements nested in it.
    """

    text: str
    line: int
    indent: int
    headings: tuple[str, ...]
    lead: tuple[str, ...] = ()
    parent: Entry | None = None
    children: list[Entry] = field(default_factory=list)


def entries(body: str, first_line: int = 1) -> list[Entry]:
    """Give the list elements of ``body`` in order, outside of code fences, comments and ``<example>`` blocks.

    Args:
        body: Markdown.
        first_line: Number of its first line in the file.
    """
    walker = _Walker()
    for number, line in enumerate(body.split("\n"), first_line):
        walker.take(number, line.expandtabs(4))
    return walker.found


class _Walker:
    """Goes through the lines once and remembers where it is."""

    def __init__(self) -> None:
        self.found: list[Entry] = []
        self._headings: list[tuple[int, str]] = []
        self._open: list[Entry] = []  # the elements that the next line may be nested in
        self._bold = ""
        self._colon = ""
        self._fence = ""
        self._hidden_until = ""
        self._after_blank = False

    def take(self, number: int, line: str) -> None:
        heading = _HEADING.match(line)
        if self._in_fence(line):
            return
        # An <example> that nobody closed ends at the next heading, or it would hide the rest of the file.
        if self._in_hidden(line) and not (heading and self._hidden_until == "</example>"):
            return
        if heading:
            self._hidden_until = ""
            self._enter(len(heading[1]), heading[2].rstrip("# ").strip())
        elif not line.strip() or _BREAK.match(line):
            self._after_blank = True
            return
        elif bullet := _BULLET.match(line):
            self._add(Entry(bullet[3].strip(), number, len(bullet[1]), tuple(text for _, text in self._headings)))
        else:
            self._text(line)
        self._after_blank = False

    def _in_fence(self, line: str) -> bool:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence[1].startswith(self._fence) and not fence[2].strip():
                self._fence = ""
            return True
        if fence and not self._hidden_until:
            self._fence = fence[1]
        return bool(self._fence)

    def _in_hidden(self, line: str) -> bool:
        low = line.lower()
        if not self._hidden_until:
            if _EXAMPLE.search(low):
                self._hidden_until = "</example>"
            elif low.lstrip().startswith("<!--"):
                self._hidden_until = "-->"
            else:
                return False
        if self._hidden_until in low:
            self._hidden_until = ""
        return True

    def _enter(self, level: int, text: str) -> None:
        self._headings = [(above, name) for above, name in self._headings if above < level] + [(level, text)]
        self._open, self._bold, self._colon = [], "", ""

    def _add(self, entry: Entry) -> None:
        while self._open and self._open[-1].indent >= entry.indent:
            self._open.pop()
        if self._open:
            entry.parent = self._open[-1]
            entry.parent.children.append(entry)
        entry.lead = tuple(filter(None, (self._bold, self._colon)))
        self._open.append(entry)
        self.found.append(entry)

    def _text(self, line: str) -> None:
        indent = len(line) - len(line.lstrip())
        if self._open and (not self._after_blank or indent > self._open[0].indent):
            while self._after_blank and len(self._open) > 1 and self._open[-1].indent >= indent:
                self._open.pop()
            self._open[-1].text += " " + line.strip()
            return
        self._open = []
        bold = _BOLD_LINE.match(line.strip())
        if bold:
            self._bold, self._colon = bold[1].strip().rstrip(":"), ""
        else:
            self._colon = line.strip() if line.rstrip().endswith((":", ":**")) else ""
