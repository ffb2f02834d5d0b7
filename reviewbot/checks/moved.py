"""What a change only moves from one file to another: nothing new is said of it."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.preexisting import is_severe, is_style, squeezed
from reviewbot.core.change import LineKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.checks.changeset import Draft
    from reviewbot.core.change import ChangedFile
    from reviewbot.core.check import Check

# Shorter lines (`pass`, `return rows`) are alike by chance; so may be little code, where more than style is at stake.
_SHORT = 15
_LITTLE = 60
# So much text with its neighbours is not: then it came along with them.
_TOGETHER = 80


class Removed:
    """The lines that a change takes away, which tell what it only moves from one file to another.

    Args:
        files: The changed files.
    """

    def __init__(self, files: Iterable[ChangedFile]) -> None:
        self._files = tuple(files)
        # Check and old place → the place it went to, so that one piece of old code excuses one of new code.
        self._taken: dict[tuple[str, str, int], tuple[str, int]] = {}

    @cached_property
    def _lines(self) -> Mapping[str, Sequence[str]]:
        return {file.path: lines for file in self._files if (lines := [text for _, text in _those(file, removed=True)])}

    @cached_property
    def _places(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        places: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for path, lines in self._lines.items():
            for at, line in enumerate(lines):
                places[line].append((path, at))
        return places

    def elsewhere(self, check: Check, draft: Draft) -> bool:
        """Tell whether what a check found is only moved: each of its lines was taken away from another file.

        Where that is little code, and more than style is at stake, its neighbours must have come along.

        Args:
            check: What looked; severe findings are said wherever the code came from.
            draft: What it found.
        """
        if is_severe(check):
            return False
        lines = [squeezed(line) for line in draft.evidence.split("\n") if len(line.strip()) > _SHORT]
        telling = bool(lines) and (is_style(check) or len(squeezed(draft.evidence)) >= _LITTLE)
        return (telling and self._lost_all(lines, draft.path)) or self._came_along(check, draft)

    def _lost_all(self, lines: Sequence[str], path: str) -> bool:
        """Tell whether other files lost all lines, or one whose name the change renamed in them, too, lost them."""
        if all(any(other != path for other, _ in self._places.get(line, ())) for line in lines):
            return True
        for other, removed in self._lines.items():
            old, new = _renamed(other, path)
            if old and {_plain(line) for line in lines} <= {_plain(line).replace(old, new) for line in removed}:
                return True
        return False

    def _came_along(self, check: Check, draft: Draft) -> bool:
        """Tell whether the lines around and of a finding were taken away together, from one place in another file."""
        here = next((dict(_those(file, removed=False)) for file in self._files if file.path == draft.path), {})
        if not {draft.start_line, draft.end_line} <= here.keys():
            return False
        numbers, mine, place = sorted(here), list(here.values()), (draft.path, draft.start_line)
        first, end = numbers.index(draft.start_line), numbers.index(draft.end_line) + 1
        for path, at in self._places.get(mine[first], ()):
            there, until = self._lines[path], at + end - first
            owner = self._taken.get((check.id, path, at), place)
            if path == draft.path or owner != place or there[at:until] != mine[first:end]:
                continue
            around = _common(reversed(mine[:first]), reversed(there[:at])) + _common(mine[end:], there[until:])
            if sum(map(len, mine[first:end])) + around >= _TOGETHER:
                self._taken[check.id, path, at] = place
                return True
        return False


def _those(file: ChangedFile, *, removed: bool) -> Iterator[tuple[int, str]]:
    """Give the lines that were taken away from a file, or added to it, that say something, with their numbers."""
    kind = LineKind.REMOVED if removed else LineKind.ADDED
    for line in (line for hunk in file.hunks for line in hunk.lines if line.kind is kind):
        number, text = line.old if removed else line.new, squeezed(line.text)
        if number is not None and text:
            yield number, text


def _common(mine: Iterable[str], there: Iterable[str]) -> int:
    """Give how much text two runs of lines have in common from their first line on."""
    length = 0
    for one, other in zip(mine, there, strict=False):
        if one != other:
            break
        length += len(one)
    return length


def _renamed(old: str, new: str) -> tuple[str, str]:
    """Give the one part of two paths that differs, before and after, as names are compared; empty for any other."""
    pairs = [(a, b) for a, b in zip(old.split("/"), new.split("/"), strict=False) if a != b]
    if old.count("/") != new.count("/") or len(pairs) != 1:
        return "", ""
    return _plain(pairs[0][0].removesuffix(".py")), _plain(pairs[0][1].removesuffix(".py"))


def _plain(text: str) -> str:
    return text.casefold().replace("_", "")
