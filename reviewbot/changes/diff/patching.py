"""Arithmetic on hunks: apply them to a text, take them back, complete a file's sides, join two patches of one file."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.change import FileKind, Hunk, Line, LineKind
from reviewbot.core.errors import DiffError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reviewbot.core.change import ChangedFile

_SWAPPED = {LineKind.ADDED: LineKind.REMOVED, LineKind.REMOVED: LineKind.ADDED, LineKind.CONTEXT: LineKind.CONTEXT}


def apply(old_text: str, hunks: Sequence[Hunk]) -> str:
    """Give the post-image that ``hunks`` make of the pre-image, to the newline.

    Raises:
        DiffError: The hunks are not of this text.
    """
    lines = _lines(old_text)
    result: list[str] = []
    position = 0
    for hunk in hunks:
        start = hunk.old_start - 1 if hunk.old_length else hunk.old_start
        if not position <= start <= len(lines):
            raise DiffError(f"the hunk at line {hunk.old_start} does not fit the text")
        result += lines[position:start]
        position = start
        for line in hunk.lines:
            text = line.text + "\n" * line.newline
            if line.kind is not LineKind.ADDED:
                if position >= len(lines) or lines[position] != text:
                    raise DiffError(f"line {position + 1} of the text is not the one in the diff")
                position += 1
            if line.kind is not LineKind.REMOVED:
                result.append(text)
    return "".join(result + lines[position:])


def unapply(new_text: str, hunks: Sequence[Hunk]) -> str:
    """Give the pre-image from which ``hunks`` made the post-image.

    Raises:
        DiffError: The hunks are not of this text.
    """
    return apply(new_text, [_reversed(hunk) for hunk in hunks])


def completed(file: ChangedFile, old: str | None, new: str | None) -> ChangedFile:
    """Give the file with the texts of both sides, each derived from the other; unchanged where the hunks fit neither.

    Args:
        file: A file with hunks, whose texts are not known yet.
        old: What may be its pre-image, or None.
        new: What may be its post-image, or None.
    """
    old_text = new_text = None
    if new is not None:
        old_text, new_text = _fitting(unapply, new, file.hunks), new
    if old_text is None and old is not None:
        old_text, new_text = old, _fitting(apply, old, file.hunks)
    if old_text is None or new_text is None:
        return file
    return replace(
        file,
        old_text=None if file.kind is FileKind.ADDED else old_text,
        new_text=None if file.kind is FileKind.DELETED else new_text,
    )


def _fitting(direction: Callable[[str, Sequence[Hunk]], str], text: str, hunks: Sequence[Hunk]) -> str | None:
    try:
        return direction(text, hunks)
    except DiffError:
        return None


def compose(patches: Sequence[Sequence[Hunk]]) -> tuple[Hunk, ...]:
    """Join patches of one file, each made on top of the one before, into one.

    By halves: joined one after the other, each would be as much work as all before it.

    Raises:
        DiffError: They contradict each other where both know a line.
    """
    if len(patches) == 1:
        return tuple(patches[0])
    middle = len(patches) // 2
    between = _Between(compose(patches[:middle]))
    for hunk in compose(patches[middle:]):
        between.patch(hunk)
    return between.hunks()


def _lines(text: str) -> list[str]:
    """Split at newlines only, each line with its own; form feeds and the like are part of a line."""
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def _reversed(hunk: Hunk) -> Hunk:
    lines = tuple(Line(_SWAPPED[line.kind], line.new, line.old, line.text, line.newline) for line in hunk.lines)
    return Hunk(hunk.new_start, hunk.new_length, hunk.old_start, hunk.old_length, hunk.section, lines)


class _Between:
    """The state between two patches: for each known line of it, what became of it on either side.

    Items sort by where they stand: ``(line between, 0)`` is removed by the first patch before that line,
    ``(…, 1)`` is added by the second before it, ``(…, 2)`` is the line itself.
    """

    def __init__(self, first: Iterable[Hunk]) -> None:
        self._items: dict[tuple[int, int, int], Line] = {}
        self._starts: list[int] = []  # where each hunk of the first patch begins
        self._only_removes: list[bool] = []
        self._shifts = [0]  # how many more lines the base has after so many hunks
        for hunk in first:
            at = hunk.new_start if hunk.new_length else hunk.new_start + 1
            self._starts.append(at)
            self._only_removes.append(not hunk.new_length)
            self._shifts.append(self._shifts[-1] + hunk.old_length - hunk.new_length)
            for line in hunk.lines:
                if line.kind is LineKind.REMOVED:
                    self._items[at, 0, len(self._items)] = line
                else:
                    self._items[at, 2, 0] = line
                    at += 1

    def patch(self, hunk: Hunk) -> None:
        at = hunk.old_start if hunk.old_length else hunk.old_start + 1
        for line in hunk.lines:
            if line.kind is LineKind.ADDED:
                self._items[at, 1, len(self._items)] = line
                continue
            known = self._items.get((at, 2, 0))
            if known is not None and known.text != line.text:
                raise DiffError(
                    f"two patches of one file do not follow each other at line {at} ({line.text.strip()!r}); "
                    "give one diff instead, such as `git diff BASE...HEAD`"
                )
            if line.kind is LineKind.REMOVED and known is not None and known.kind is LineKind.ADDED:
                # Marked, not deleted: the run of lines it stands in must stay one run.
                self._items[at, 2, 0] = replace(known, new=None)
            elif known is None:
                self._items[at, 2, 0] = replace(line, old=at + self._shift(at, after_removals=True))
            elif line.kind is LineKind.REMOVED:
                self._items[at, 2, 0] = replace(line, old=known.old)
            at += 1

    def hunks(self) -> tuple[Hunk, ...]:
        runs: list[list[tuple[tuple[int, int, int], Line]]] = []
        last = None
        for key in sorted(self._items):
            reaches = key[0] + (key[1] == 2)
            if last is None or key[0] > last:
                runs.append([])
            runs[-1].append((key, self._items[key]))
            last = reaches
        result = []
        offset = 0
        for run in runs:
            known = next((line.old for _, line in run if line.old is not None), None)
            start = run[0][0][0]
            preceding = known - 1 if known is not None else start - 1 + self._shift(start)
            hunk = _numbered([item for _, item in run if not _vanished(item)], preceding, preceding + offset)
            offset += hunk.new_length - hunk.old_length
            if any(line.kind is not LineKind.CONTEXT for line in hunk.lines):
                result.append(hunk)
        return tuple(result)

    def _shift(self, at: int, *, after_removals: bool = False) -> int:
        """How many more lines the base has than the state between, before line ``at`` of the latter."""
        index = bisect_left(self._starts, at)
        if after_removals and index < len(self._starts) and self._starts[index] == at and self._only_removes[index]:
            index += 1
        return self._shifts[index]


def _vanished(line: Line) -> bool:
    return line.kind is LineKind.ADDED and line.new is None


def _numbered(lines: Sequence[Line], old_before: int, new_before: int) -> Hunk:
    """Build a hunk from lines in order, of which so many lines of either side stand before it."""
    old, new = old_before, new_before
    numbered = []
    for line in lines:
        old += line.kind is not LineKind.ADDED
        new += line.kind is not LineKind.REMOVED
        numbered.append(
            replace(
                line,
                old=old if line.kind is not LineKind.ADDED else None,
                new=new if line.kind is not LineKind.REMOVED else None,
            )
        )
    old_length, new_length = old - old_before, new - new_before
    return Hunk(
        old_before + (old_length > 0), old_length, new_before + (new_length > 0), new_length, "", tuple(numbered)
    )
