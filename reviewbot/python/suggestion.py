"""A suggestion does what it says, by syntax: applied, the file parses, and nothing else of the old lines is lost.

Whether the checks are silent afterwards is seen by :mod:`reviewbot.checks.suggestion_trial`.
"""

from __future__ import annotations

import builtins
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewbot.python.syntax import LONG_LINE, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewbot.core.finding import Suggestion
    from reviewbot.python.syntax import Source, Word

_CALLED = re.compile(r"\s*\(")
# A name that comes into being where it stands, or that is an argument's or belongs to an object.
_BOUND_BEFORE = re.compile(r"(\b(as|for|def|class|import|lambda|type)\s+|\.\s*)$")
_BOUND_AFTER = re.compile(r"\s*(=(?!=)|:=|:|in\b)")
_BUILTINS = frozenset(dir(builtins))
# A file is parsed so often at most to find out which suggestions break it.
_MOST_TRIES = 16


def verified(text: str, suggestion: Suggestion, about: Iterable[str] | None = None) -> Suggestion | None:
    """Apply a suggestion to the whole post-image and look at the result.

    Args:
        text: The whole Python file after the change.
        suggestion: Line range and replacement.
        about: The names that the fix may take away; None where that is not known, and any may go.

    Returns:
        The suggestion marked as verified; None where it breaks the file, loses a name, or says nothing new.
    """
    kept = sound(parsed(text), [suggestion], {} if about is None else {suggestion: about}, whole=True)
    return replace(suggestion, verified=True) if kept else None


def applied(text: str, suggestions: Iterable[Suggestion]) -> str:
    """Give the text with suggestions applied: by line, each of lines that exist and that are no other's."""
    return "\n".join(_patched(text.split("\n"), suggestions))


def sound(
    source: Source,
    suggestions: Sequence[Suggestion],
    about: Mapping[Suggestion, Iterable[str]],
    *,
    whole: bool,
) -> list[Suggestion]:
    """Give those suggestions for a text with which it parses and keeps its names.

    Args:
        source: The text.
        suggestions: None of which has a line of another.
        about: The names that each may take away; any where it is not there.
        whole: Whether the text is a whole file, which must parse; a hunk need not.
    """
    lines = source.text.split("\n")
    tried = sorted(
        (suggestion for suggestion in suggestions if _fits(lines, suggestion)),
        key=lambda suggestion: suggestion.start_line,
    )
    tried = [suggestion for suggestion in tried if suggestion.replacement != "\n".join(_plain(lines, suggestion))]
    if not tried or source.longest_line > LONG_LINE or (whole and not source.parses):
        return []
    if source.parses:
        tried = _parsing(lines, tried, [_MOST_TRIES])
    return _keeping(source, lines, tried, about)


def placed(suggestions: Iterable[Suggestion]) -> dict[Suggestion, tuple[int, int]]:
    """Give the first line and the line after the last of each replacement, when all are applied.

    Args:
        suggestions: By line, none of which has a line of another.
    """
    shift, places = 0, {}
    for suggestion in suggestions:
        start = suggestion.start_line + shift
        length = len(replacement_lines(suggestion))
        places[suggestion] = (start, start + length)
        shift += length - (suggestion.end_line - suggestion.start_line + 1)
    return places


def replacement_lines(suggestion: Suggestion) -> list[str]:
    """Give the lines of a replacement; an empty one has none."""
    return suggestion.replacement.split("\n") if suggestion.replacement else []


def _fits(lines: Sequence[str], suggestion: Suggestion) -> bool:
    return 1 <= suggestion.start_line <= suggestion.end_line <= len(lines)


def _plain(lines: Sequence[str], suggestion: Suggestion) -> list[str]:
    return [line.removesuffix("\r") for line in lines[suggestion.start_line - 1 : suggestion.end_line]]


def _patched(lines: Sequence[str], suggestions: Iterable[Suggestion]) -> list[str]:
    result: list[str] = []
    at = 0
    for suggestion in suggestions:
        ending = "\r" if lines[suggestion.start_line - 1].endswith("\r") else ""
        result += lines[at : suggestion.start_line - 1]
        result += [f"{line}{ending}" for line in replacement_lines(suggestion)]
        at = suggestion.end_line
    return [*result, *lines[at:]]


def _parsing(lines: Sequence[str], tried: list[Suggestion], left: list[int]) -> list[Suggestion]:
    """Leave out those that break the text, halving until they are found; ``left`` counts the tries."""
    if not tried or left[0] == 0:
        return []
    left[0] -= 1
    if parsed("\n".join(_patched(lines, tried))).parses:
        return tried
    if len(tried) == 1:
        return []
    middle = len(tried) // 2
    return [*_parsing(lines, tried[:middle], left), *_parsing(lines, tried[middle:], left)]


def _keeping(
    source: Source,
    lines: Sequence[str],
    tried: list[Suggestion],
    about: Mapping[Suggestion, Iterable[str]],
) -> list[Suggestion]:
    """Leave out those that lose a name, a call or a comment, or use a name that the text does not have."""
    words = list(source.words())
    known = {word.text for word in words} | _BUILTINS
    after = parsed("\n".join(_patched(lines, tried))).words()
    old = _within(words, [(suggestion.start_line, suggestion.end_line + 1) for suggestion in tried])
    new = _within(after, list(placed(tried).values()))
    kept = []
    for suggestion, was, now in zip(tried, old, new, strict=True):
        lost = {text.rstrip("(") for text in was.all - now.all}
        if (suggestion not in about or lost <= {*about[suggestion]}) and now.needs <= known:
            kept.append(suggestion)
    return kept


@dataclass
class _Words:
    """The words on some lines, a name that is called once more as ``name(``; and which names are made or used there."""

    all: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)

    def add(self, word: Word) -> None:
        self.all[word.text] += 1
        if word.text.startswith("#"):
            return
        if _CALLED.match(word.after):
            self.all[f"{word.text}("] += 1
        makes = _BOUND_BEFORE.search(word.before) or _BOUND_AFTER.match(word.after)
        (self.bound if makes else self.used).add(word.text)

    @property
    def needs(self) -> set[str]:
        return self.used - self.bound


def _within(words: Iterable[Word], places: Sequence[tuple[int, int]]) -> list[_Words]:
    """Sort words by the lines they stand on; each place is its first line and the one after its last."""
    by_place = [_Words() for _ in places]
    starts = [start for start, _ in places]
    for word in words:
        at = bisect_right(starts, word.line) - 1
        if at >= 0 and word.line < places[at][1]:
            by_place[at].add(word)
    return by_place
