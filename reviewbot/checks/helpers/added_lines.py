"""The added lines of changed files of any kind, for checks that look beyond Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.core.change import FileKind, LineKind
from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.core.change import ChangedFile

# So many lines on either side may say what a line is about.
_NEAR = 8


@dataclass(frozen=True, slots=True)
class AddedLine:
    """A line that the change adds.

    Attributes:
        file: Its file.
        number: Its number in the post-image.
        text: Without its newline.
        lines_before: The last few post-image lines of the hunk that stand before it.
        lines_after: The first few that stand after it.
    """

    file: ChangedFile
    number: int
    text: str
    lines_before: tuple[str, ...]
    lines_after: tuple[str, ...]

    def draft(self, title: str) -> Draft:
        """Report it."""
        return Draft(self.file.path, self.number, self.number, title, self.text)


def added_lines(context: Context, globs: tuple[str, ...], ignores: tuple[str, ...] = ()) -> Iterator[AddedLine]:
    """Give the added lines of the files that match, whoever reviews them, except another project's."""
    for file in context.changes.files:
        if file.path in context.others or not matches(globs, file.path) or (ignores and matches(ignores, file.path)):
            continue
        for hunk in file.hunks:
            new_lines = [line for line in hunk.lines if line.kind is not LineKind.REMOVED]
            texts = [line.text.removesuffix("\r") for line in new_lines]
            for at, line in enumerate(new_lines):
                if line.kind is LineKind.ADDED and line.new:
                    yield AddedLine(file, line.new, texts[at], *_around(texts, at))


def _around(texts: list[str], at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(texts[max(0, at - _NEAR) : at]), tuple(texts[at + 1 : at + 1 + _NEAR])


def post_image(file: ChangedFile) -> str | None:
    """Give the whole text after the change, which a bare diff shows of a new file only; None where it is unknown."""
    if file.new_text is None and file.kind is FileKind.ADDED:
        return "\n".join(line.text for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.ADDED)
    return file.new_text
