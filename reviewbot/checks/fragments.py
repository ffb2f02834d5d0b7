"""The pieces of a changed file that can be parsed: the whole post-image, or each hunk by itself."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.core.change import FileKind, LineKind
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.unreviewed import is_misread
from reviewbot.python.syntax import DEFINITIONS, LONG_LINE, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.core.change import ChangedFile, Hunk
    from reviewbot.core.reasons import Reason
    from reviewbot.python.syntax import Node, Range, Source

_UNREADABLE = {
    FileKind.DELETED: because(ReasonKind.DELETED),
    FileKind.BINARY: because(ReasonKind.BINARY),
    FileKind.SUBMODULE: because(ReasonKind.SUBMODULE),
    FileKind.MODE_ONLY: because(ReasonKind.MODE_ONLY),
}


# What git shows after `@@ … @@`: the last line before the hunk that begins at the margin.
_SECTION = re.compile(r"(?:async\s+)?def\s+(\w+)")


@dataclass(frozen=True)
class Fragment:
    """A piece of post-image.

    Attributes:
        path: The file.
        text: The source.
        numbers: For each of its lines, the line's number in the post-image.
        added: Which of its own lines (1-based) were added.
        whole: Whether it is the whole file.
        section: Of a hunk: the function it begins in, as far as the diff says.
        old: The same piece of the pre-image; empty where the change takes nothing away from it.
    """

    path: str
    text: str
    numbers: tuple[int, ...] | range
    added: frozenset[int]
    whole: bool
    section: str = ""
    old: str = ""

    @cached_property
    def source(self) -> Source:
        """The fragment, parsed when first asked for."""
        return parsed(self.text)

    @property
    def near(self) -> str:
        """The source without the bodies of functions and classes at module level that have no added line.

        Each line keeps its number. A rule that sees nothing beyond a statement finds here what it finds in the file,
        in a part of the time.
        """
        return self._near[0]

    @property
    def near_old(self) -> str:
        """The same piece of the pre-image without what :attr:`near` leaves out, which stands there word for word."""
        return self._near[1]

    @cached_property
    def _near(self) -> tuple[str, str]:
        sides = [self.source, self.old_source]
        if not self.whole or any(source.longest_line > LONG_LINE or not source.parses for source in sides):
            return self.text, self.old
        counts = Counter(node.text() for node in self.old_source.root.children() if _body(node) is not None)
        left_out: Counter[str] = Counter()
        new: list[Range] = []
        for statement in self.source.root.children():
            body, place = _body(statement), statement.range()
            if body is None or self.adds(place.start.line + 1, place.end.line + 1):
                continue
            text = statement.text()
            if not self.old or left_out[text] < counts[text]:
                left_out[text] += 1
                new.append(body)
        old: list[Range] = []
        for statement in self.old_source.root.children():
            body, text = _body(statement), statement.text()
            if body is not None and left_out[text]:
                left_out[text] -= 1
                old.append(body)
        return _without(self.text, new), _without(self.old, old)

    @cached_property
    def old_source(self) -> Source:
        """The same piece of the pre-image, parsed when first asked for."""
        return parsed(self.old)

    def number(self, line: int) -> int:
        """Give the post-image number of the fragment's own line ``line`` (1-based)."""
        return self.numbers[min(line, len(self.numbers)) - 1]

    def lines(self, start: int, end: int) -> str:
        """Give the fragment's own lines from ``start`` to ``end``, inclusive, without the CR of a CRLF file."""
        return "\n".join(line.removesuffix("\r") for line in self._lines[start - 1 : end])

    def adds(self, start: int, end: int) -> bool:
        """Tell whether any of the fragment's own lines from ``start`` to ``end``, inclusive, was added."""
        at = bisect_left(self._added, start)
        return at < len(self._added) and self._added[at] <= end

    def section_of(self, line: int) -> str:
        """Give what the diff says the fragment's own line ``line`` stands in: an indented line's section."""
        return self.section if self._lines[line - 1][:1] in {" ", "\t"} else ""

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _added(self) -> list[int]:
        return sorted(self.added)


def _body(statement: Node) -> Range | None:
    """Give where the body of a definition stands."""
    definition = statement.field("definition") or statement
    block = definition.field("body") if definition.kind() in DEFINITIONS else None
    return block.range() if block is not None else None


def _without(text: str, places: Iterable[Range]) -> str:
    """Give a text with `...` in some places, each line with its number."""
    pieces, at = [], 0
    for place in places:
        pieces += [text[at : place.start.index], "...", "\n" * text.count("\n", place.start.index, place.end.index)]
        at = place.end.index
    return "".join([*pieces, text[at:]])


def unreadable(file: ChangedFile) -> Reason | None:
    """Say why nothing in the file can be looked at, or None."""
    if file.kind in _UNREADABLE:
        return _UNREADABLE[file.kind]
    if is_misread(file):
        return because(ReasonKind.UNREADABLE, "it declares an encoding in which it says something else")
    return None if file.added_lines else because(ReasonKind.NOTHING_ADDED)


def fragments(file: ChangedFile) -> tuple[Fragment, ...]:
    """Take a readable file apart: one fragment where its text is known, else one for each hunk with added lines."""
    if file.new_text is not None:
        count = file.new_text.count("\n") + 1
        old = file.old_text if file.old_text is not None and file.removed_lines else ""
        return (Fragment(file.path, file.new_text, range(1, count + 1), file.added_lines, whole=True, old=old),)
    result = []
    for hunk in file.hunks:
        after = [line for line in hunk.lines if line.kind is not LineKind.REMOVED]
        added = frozenset(at for at, line in enumerate(after, start=1) if line.kind is LineKind.ADDED)
        if added:
            numbers = tuple(line.new or 0 for line in after)
            text = "\n".join(line.text for line in after)
            match = _SECTION.match(hunk.section)
            section, old = match[1] if match else "", _old_text(hunk)
            result.append(Fragment(file.path, text, numbers, added, whole=False, section=section, old=old))
    return tuple(result)


def _old_text(hunk: Hunk) -> str:
    if not any(line.kind is LineKind.REMOVED for line in hunk.lines):
        return ""
    return "\n".join(line.text for line in hunk.lines if line.kind is not LineKind.ADDED)
