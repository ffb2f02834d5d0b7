"""What a change only moves from one file to another: nothing new is said of it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

from reviewbot.checks.preexisting import is_severe, is_style, squeezed
from reviewbot.core.change import LineKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from reviewbot.checks.changeset import Draft
    from reviewbot.core.change import ChangedFile
    from reviewbot.core.check import Check

# Shorter lines (`pass`, `return rows`) are alike by chance; so may be little code, where more than style is at stake.
_SHORT = 15
_LITTLE = 60
# So much text with its neighbours is not: then it came along with them.
_TOGETHER = 80
# So many old places of a line, and files that may have been called otherwise, are looked at.
_MANY = 50


class Removed:
    """The lines that a change takes away, which tell what it only moves from one file to another.

    Args:
        files: The changed files.
    """

    def __init__(self, files: Iterable[ChangedFile]) -> None:
        self._files = {file.path: file for file in files}
        # Check and old place → the place it went to, so that one piece of old code excuses one of new code.
        self._taken: dict[tuple[str, str, int], tuple[str, int]] = {}
        # Check and line → which of its old places was found last.
        self._last: dict[tuple[str, str], int] = {}
        self._added = cache(self._added_to)
        self._renamed = lru_cache(maxsize=_MANY)(self._lines_renamed)

    @cached_property
    def _lines(self) -> Mapping[str, Sequence[str]]:
        gone = {path: [text for _, text in _those(file, removed=True)] for path, file in self._files.items()}
        return {path: lines for path, lines in gone.items() if lines}

    @cached_property
    def _places(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        places: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for path, lines in self._lines.items():
            for at, line in enumerate(lines):
                places[line].append((path, at))
        return places

    @cached_property
    def _losers(self) -> Mapping[str, AbstractSet[str]]:
        return {line: {path for path, _ in places} for line, places in self._places.items()}

    @cached_property
    def _neighbours(self) -> Mapping[tuple[str, ...], Sequence[str]]:
        """The files that lost lines, by their path without any one of its parts."""
        neighbours: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for path in self._lines:
            for rest in _rests(path):
                neighbours[rest].append(path)
        return neighbours

    def elsewhere(self, check: Check, draft: Draft) -> bool:
        """Tell whether what a check found is only moved: each of its lines was taken away from another file.

        Where that is little code, and more than style is at stake, its neighbours must have come along.

        Args:
            check: What looked; severe findings are said wherever the code came from.
            draft: What it found.
        """
        if is_severe(check) or not self._lines:
            return False
        lines = [squeezed(line) for line in draft.evidence.split("\n") if len(line.strip()) > _SHORT]
        telling = bool(lines) and (is_style(check) or len(squeezed(draft.evidence)) >= _LITTLE)
        return (telling and self._lost_all(lines, draft.path)) or self._came_along(check, draft)

    def _lost_all(self, lines: Sequence[str], path: str) -> bool:
        """Tell whether other files lost all lines, or one whose name the change renamed in them, too, lost them."""
        if all(len(losers) > (path in losers) for losers in (self._losers.get(line, set()) for line in lines)):
            return True
        plain = {_plain(line) for line in lines}
        others = (other for rest in _rests(path) for other in self._neighbours.get(rest, ())[:_MANY])
        return any(plain <= self._renamed(other, path) for other in others)

    def _lines_renamed(self, other: str, path: str) -> AbstractSet[str]:
        """Give the lines that another file lost, with the name of this one for its own; none where they are one."""
        old, new = _renamed(other, path)
        return {_plain(line).replace(old, new) for line in self._lines[other]} if old else set()

    def _came_along(self, check: Check, draft: Draft) -> bool:
        """Tell whether the lines around and of a finding were taken away together, from one place in another file."""
        at, mine = self._added(draft.path)
        if not {draft.start_line, draft.end_line} <= at.keys():
            return False
        place, first, end = (draft.path, draft.start_line), at[draft.start_line], at[draft.end_line] + 1
        places = self._places.get(mine[first], ())
        # What moves stays in order: of old lines that are alike it is mostly the one after the last.
        last = self._last.get((check.id, mine[first]), 0)
        for index in (*range(last, len(places))[:_MANY], *range(last)[:_MANY]):
            path, old = places[index]
            there, until = self._lines[path], old + end - first
            owner = self._taken.get((check.id, path, old), place)
            if path == draft.path or owner != place or there[old:until] != mine[first:end]:
                continue
            around = _common(
                reversed(mine[max(0, first - _TOGETHER) : first]), reversed(there[max(0, old - _TOGETHER) : old])
            )
            around += _common(mine[end : end + _TOGETHER], there[until : until + _TOGETHER])
            if sum(map(len, mine[first:end])) + around >= _TOGETHER:
                self._taken[check.id, path, old] = place
                self._last[check.id, mine[first]] = index
                return True
        return False

    def _added_to(self, path: str) -> tuple[Mapping[int, int], Sequence[str]]:
        """Give the lines that were added to a file, and by its number where each is among them."""
        lines = dict(_those(self._files[path], removed=False)) if path in self._files else {}
        return {number: at for at, number in enumerate(lines)}, list(lines.values())


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


def _rests(path: str) -> Iterator[tuple[str, ...]]:
    """Give a path's parts, each time without another of them."""
    parts = path.split("/")
    for at in range(len(parts)):
        yield (*parts[:at], "", *parts[at + 1 :])


def _plain(text: str) -> str:
    return text.casefold().replace("_", "")
