"""Markdown lists with the headings they stand under; code and examples are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.blocks import Dialect, Hidden, blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.core.blocks import Block

_HEADING = re.compile(r"#{1,6}\s+\S")
# What the lists of agent files are written in besides Markdown; there a number other than 1 begins a list as well.
_BULLET = re.compile(r"\s*(?:[-*+\u2022]|\d{1,3}[.)])\s+(?=\S)")
_CHECKBOX = re.compile(r"^\[[ xX]\]\s+(?=\S)")
_BOLD_LINE = re.compile(r"\*\*([^*]+)\*\*\s*:?$")
# Quotes and HTML are text like any other, since people mark the parts of their prompts by tags; and so is indented
# code, since they indent lists as they like. An <example> that nobody closed ends at the next heading, or it would hide
# the rest of the file.
_DIALECT = Dialect(
    rules=("code", "fence", "hr", "list", "heading"),
    deepest=30,
    hidden=(
        Hidden(re.compile(r"<example\b", re.IGNORECASE), "</example>", _HEADING),
        Hidden(re.compile("^<!--"), "-->"),
    ),
)


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
        body: Markdown, whose lines end in a newline alone.
        first_line: Number of its first line in the file.
    """
    walker = _Walker(body.split("\n"), first_line)
    for block in blocks(body, _DIALECT):
        walker.take(block)
    return walker.entries()


class _Walker:
    """Goes through the blocks once and remembers where it is."""

    def __init__(self, lines: Sequence[str], first_line: int) -> None:
        self._lines = lines
        self._first_line = first_line
        self._entries: list[tuple[Entry, list[str]]] = []
        self._headings: list[tuple[int, str]] = []
        self._open: list[tuple[Entry, list[str]]] = []  # the elements that the next line may be nested in
        self._marked = 0  # the last line that begins with the mark of a list
        self._bold = ""
        self._colon = ""

    def entries(self) -> list[Entry]:
        """Give what was found."""
        for entry, texts in self._entries:
            entry.text = " ".join(texts)
        return [entry for entry, _ in self._entries]

    def take(self, block: Block) -> None:
        """Go on by one block."""
        if block.kind == "item":
            self._marked = block.line
        elif block.kind == "heading" and block.line != self._marked:
            if block.text:
                self._enter(block.level, block.text)
        else:
            self._paragraphs(block)

    def _paragraphs(self, block: Block) -> None:
        begins = True
        for number, line in enumerate(block.text.split("\n"), block.line):
            blank = not line.strip()
            bullet = _BULLET.match(line)
            if bullet or (number == self._marked and not blank):
                self._add(number, line if bullet is None else line[bullet.end() :])
            elif not blank:
                self._text(line.strip(), self._indent(number), begins=begins)
            begins = blank

    def _indent(self, number: int) -> int:
        line = self._lines[number - 1].expandtabs(4)
        return len(line) - len(line.lstrip())

    def _enter(self, level: int, text: str) -> None:
        self._headings = [(above, name) for above, name in self._headings if above < level] + [(level, text)]
        self._open, self._bold, self._colon = [], "", ""

    def _add(self, number: int, text: str) -> None:
        headings = tuple(text for _, text in self._headings)
        lead = tuple(filter(None, (self._bold, self._colon)))
        entry = Entry("", self._first_line + number - 1, self._indent(number), headings, lead)
        # One column more is no nesting, as a Markdown list has it; two are, also below a number, where it wants three.
        while self._open and self._open[-1][0].indent > entry.indent - 2:
            self._open.pop()
        if self._open:
            entry.parent = self._open[-1][0]
            entry.parent.children.append(entry)
        self._open.append((entry, [_CHECKBOX.sub("", text.strip(), 1)]))
        self._entries.append(self._open[-1])

    def _text(self, line: str, indent: int, *, begins: bool) -> None:
        """Take a line of text, which ``begins`` a paragraph or goes on with one."""
        if self._open and (not begins or indent > self._open[0][0].indent):
            while begins and len(self._open) > 1 and self._open[-1][0].indent >= indent:
                self._open.pop()
            self._open[-1][1].append(line)
            return
        self._open = []
        bold = _BOLD_LINE.match(line)
        if bold:
            self._bold, self._colon = bold[1].strip().rstrip(":"), ""
        else:
            self._colon = line if line.endswith((":", ":**")) else ""
