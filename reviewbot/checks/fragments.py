"""The pieces of a changed file that can be parsed: the whole post-image, or each hunk by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.change import FileKind, LineKind
from reviewbot.syntax import Source

if TYPE_CHECKING:
    from reviewbot.change import ChangedFile

_UNREADABLE = {
    FileKind.DELETED: "deleted",
    FileKind.BINARY: "binary",
    FileKind.SUBMODULE: "a submodule",
    FileKind.MODE_ONLY: "only its mode changed",
}


@dataclass(frozen=True)
class Fragment:
    """A piece of post-image.

    Attributes:
        path: The file.
        text: The source.
        numbers: For each of its lines, the line's number in the post-image.
        added: Which of its own lines (1-based) were added.
        whole: Whether it is the whole file.
    """

    path: str
    text: str
    numbers: tuple[int, ...] | range
    added: frozenset[int]
    whole: bool

    @cached_property
    def source(self) -> Source:
        """The fragment, parsed when first asked for."""
        return Source(self.text)

    def number(self, line: int) -> int:
        """Give the post-image number of the fragment's own line ``line`` (1-based)."""
        return self.numbers[min(line, len(self.numbers)) - 1]

    def lines(self, start: int, end: int) -> str:
        """Give the fragment's own lines from ``start`` to ``end``, inclusive."""
        return "\n".join(line.removesuffix("\r") for line in self.text.split("\n")[start - 1 : end])


def unreadable(file: ChangedFile) -> str | None:
    """Say why nothing in the file can be looked at, or None."""
    if file.kind in _UNREADABLE:
        return _UNREADABLE[file.kind]
    return None if file.added_lines else "no line was added"


def fragments(file: ChangedFile) -> tuple[Fragment, ...]:
    """Take a readable file apart: one fragment where its text is known, else one for each hunk with added lines."""
    if file.new_text is not None:
        count = file.new_text.count("\n") + 1
        return (Fragment(file.path, file.new_text, range(1, count + 1), file.added_lines, whole=True),)
    result = []
    for hunk in file.hunks:
        after = [line for line in hunk.lines if line.kind is not LineKind.REMOVED]
        added = frozenset(at for at, line in enumerate(after, start=1) if line.kind is LineKind.ADDED)
        if added:
            numbers = tuple(line.new or 0 for line in after)
            result.append(Fragment(file.path, "\n".join(line.text for line in after), numbers, added, whole=False))
    return tuple(result)
