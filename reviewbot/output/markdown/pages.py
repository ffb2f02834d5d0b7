"""Long Markdown in pieces: never within a fence, a folded part or a table that is not closed and opened again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewbot.output.markdown.safe import ZERO_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

# GitHub takes 65,536 characters in a comment.
LIMIT = 65_536

_FENCE = re.compile(r"(`{3,})([\w+-]*)")
# As gfm writes them; an escaped backtick begins none.
_SPAN = re.compile(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)")
_RULE = re.compile(r"\|(?:-+\|)+")


def size(text: str) -> int:
    """Give the length as the strictest counting has it: in UTF-16 units."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def split(text: str, limit: int) -> list[str]:
    """Split what :mod:`reviewbot.output.markdown.bodies` wrote into pieces of at most ``limit`` characters.

    Args:
        text: The Markdown; its fences and its ``<details>`` begin lines, as ours do.
        limit: At least some hundreds, since what is open at the end of a piece is closed and opened anew.
    """
    if size(text) <= limit:
        return [text]
    pages: list[str] = []
    lines: list[str] = []
    used = 0
    opened = _Open()
    for line in _lines(text, limit // 4):
        after = opened.after(line, lines[-1] if lines else "")
        closing = _used(after.closing())
        if lines and used + _used([line]) + closing > limit:
            pages.append("\n".join([*lines, *opened.closing()]).strip("\n") + "\n")
            lines = opened.opening()
            used = _used(lines)
        lines.append(line)
        used += _used([line])
        opened = after
    return [*pages, "\n".join(lines).strip("\n") + "\n"]


@dataclass(frozen=True)
class _Open:
    """What is open between two lines."""

    fence: str = ""
    language: str = ""
    details: tuple[str, ...] = ()
    table: tuple[str, ...] = field(default=())

    def after(self, line: str, previous: str) -> _Open:
        if self.fence:
            return replace(self, fence="", language="") if line == self.fence else self
        if fence := _FENCE.fullmatch(line):
            return replace(self, fence=fence[1], language=fence[2], table=())
        if line.startswith("<details>"):
            return replace(self, details=(*self.details, line), table=())
        if line == "</details>":
            return replace(self, details=self.details[:-1], table=())
        if _RULE.fullmatch(line):
            return replace(self, table=(previous, line))
        return self if line.startswith("|") else replace(self, table=())

    def closing(self) -> list[str]:
        return [*([self.fence] if self.fence else []), *(part for _ in self.details for part in ("", "</details>"))]

    def opening(self) -> list[str]:
        folded = [part for line in self.details for part in (line, "")]
        return [*folded, *self.table, *([f"{self.fence}{self.language}"] if self.fence else [])]


def _used(lines: list[str]) -> int:
    return sum(size(line) + 1 for line in lines)


def _lines(text: str, longest: int) -> Iterator[str]:
    """Give the lines, cutting those that are too long for any piece."""
    opened = _Open()
    previous = ""
    for line in text.split("\n"):
        pieces = _cut(line, longest, inside=bool(opened.fence)) if len(line) > longest else [line]
        for piece in pieces:
            opened = opened.after(piece, previous)
            previous = piece
        yield from pieces


def _cut(line: str, longest: int, *, inside: bool) -> list[str]:
    """Cut a line: anywhere within a code block, else not within a code span; no piece begins a block of its own."""
    spans = [] if inside else [match.span() for match in _SPAN.finditer(line)]
    pieces: list[str] = []
    at = 0
    while at < len(line):
        end = at + longest
        begun = next((first for first, last in spans if first < end < last and first > at), end)
        pieces.append(f"{ZERO_WIDTH if pieces and not inside else ''}{line[at:begun]}")
        at = begun
    return pieces
