"""Suggestions are tried before they are shown: with them the checks are silent where they spoke, and say nothing new.

All suggestions of a file are applied at once, and the checks run once more on what comes of it, so that the price does
not grow with their number. What is reported on the lines of one speaks against that one; what is reported elsewhere,
against all of its file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.checks.fragments import fragments
from reviewbot.checks.preexisting import squeezed
from reviewbot.core.change import Line, LineKind
from reviewbot.python.suggestion import applied, placed, replacement_lines, sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reviewbot.checks.fragments import Fragment
    from reviewbot.core.change import ChangedFile, ChangeSet, Hunk
    from reviewbot.core.finding import Finding, Suggestion

    # Path → the suggestions for that file, by line.
    Tried = Mapping[str, Sequence[Suggestion]]

# Suggestions for the same line exclude each other; so many of one line are tried.
_MOST_ROUNDS = 3
_WORD = re.compile(r"\w+")


def proven(
    findings: Sequence[Finding],
    reported: Sequence[Finding],
    changes: ChangeSet,
    drops: Mapping[str, Iterable[str]],
    again: Callable[[ChangeSet, frozenset[str]], Sequence[Finding] | None],
) -> tuple[Finding, ...]:
    """Give findings with those of their suggestions that do what they say.

    Args:
        findings: Whose suggestions are to be tried.
        reported: All that the checks report on the change.
        changes: The change.
        drops: Check → the names that its fix is about, and may take away. What is no check's may take away the
            names that its own words name.
        again: Runs the checks on another change, on the files at some paths; None where that failed.

    Returns:
        The findings in the same order. A suggestion for a file that is known as a whole is marked as verified.
    """
    about = _about(findings, drops)
    kept: dict[str, set[Suggestion]] = defaultdict(set)
    for tried in _rounds(findings):
        good = {path: _sound(path, some, changes, about) for path, some in tried.items()}
        good = {path: some for path, some in good.items() if some}
        if good:
            for path, some in _silent(good, findings, reported, changes, again).items():
                kept[path] |= some

    def shown(finding: Finding) -> Finding:
        suggestion = finding.suggestion
        if suggestion is None or suggestion not in kept[finding.path]:
            return finding if suggestion is None else replace(finding, suggestion=None)
        file = changes.file(finding.path)
        whole = file is not None and file.new_text is not None
        return replace(finding, suggestion=replace(suggestion, verified=whole))

    return tuple(map(shown, findings))


def _rounds(findings: Iterable[Finding]) -> Iterator[dict[str, list[Suggestion]]]:
    """Sort the suggestions by file and line, those for the same lines into different rounds."""
    waiting: dict[str, list[Suggestion]] = defaultdict(list)
    for path, suggestion in dict.fromkeys((f.path, f.suggestion) for f in findings if f.suggestion is not None):
        waiting[path].append(suggestion)
    for some in waiting.values():
        some.sort(key=lambda suggestion: (suggestion.start_line, suggestion.end_line))
    for _ in range(_MOST_ROUNDS):
        now: dict[str, list[Suggestion]] = {}
        for path, some in waiting.items():
            first: list[Suggestion] = []
            later: list[Suggestion] = []
            last = 0
            for suggestion in some:
                fits = suggestion.start_line > last
                (first if fits else later).append(suggestion)
                last = suggestion.end_line if fits else last
            now[path], waiting[path] = first, later
        yield {path: some for path, some in now.items() if some}


def _about(
    findings: Iterable[Finding], drops: Mapping[str, Iterable[str]]
) -> Mapping[tuple[str, Suggestion], set[str]]:
    """Give the names that each suggestion may take away."""
    names: dict[tuple[str, Suggestion], set[str]] = defaultdict(set)
    for finding in findings:
        if finding.suggestion is not None:
            own = drops.get(finding.check)
            said = own if own is not None else _WORD.findall(f"{finding.title} {finding.body}")
            names[finding.path, finding.suggestion] |= {*said}
    return names


def _sound(
    path: str, tried: Sequence[Suggestion], changes: ChangeSet, about: Mapping[tuple[str, Suggestion], set[str]]
) -> list[Suggestion]:
    file = changes.file(path)
    kept: list[Suggestion] = []
    for piece, some in _by_piece(fragments(file) if file is not None else (), tried):
        own = {_shifted(suggestion, piece): suggestion for suggestion in some}
        names = {shifted: about[path, suggestion] for shifted, suggestion in own.items()}
        kept += [own[shifted] for shifted in sound(piece.source, list(own), names, whole=piece.whole)]
    return kept


def _by_piece(pieces: Iterable[Fragment], tried: Iterable[Suggestion]) -> Iterator[tuple[Fragment, list[Suggestion]]]:
    waiting = deque(tried)
    for piece in pieces:
        first, last = piece.number(1), piece.numbers[-1]
        some = []
        while waiting and waiting[0].start_line <= last:
            some.append(waiting.popleft())
        inside = [suggestion for suggestion in some if first <= suggestion.start_line and suggestion.end_line <= last]
        yield piece, inside


def _shifted(suggestion: Suggestion, piece: Fragment) -> Suggestion:
    """Count the lines from the beginning of a piece; a hunk has all of its lines."""
    offset = piece.number(1) - 1
    return replace(suggestion, start_line=suggestion.start_line - offset, end_line=suggestion.end_line - offset)


def _silent(
    tried: Tried,
    findings: Iterable[Finding],
    reported: Iterable[Finding],
    changes: ChangeSet,
    again: Callable[[ChangeSet, frozenset[str]], Sequence[Finding] | None],
) -> dict[str, set[Suggestion]]:
    """Give those with which the checks report less where they spoke, and nothing new."""
    files = tuple(_patched(file, tried[file.path]) if file.path in tried else file for file in changes.files)
    after = again(replace(changes, files=files), frozenset(tried))
    if after is None:
        return {}
    own: dict[tuple[str, Suggestion], set[tuple[str, str]]] = defaultdict(set)
    for finding in findings:
        if finding.suggestion is not None:
            own[finding.path, finding.suggestion].add((finding.agent, finding.check))
    speakers = {who for checks in own.values() for who in checks}
    old_places = {path: [(s, (s.start_line, s.end_line + 1)) for s in some] for path, some in tried.items()}
    new_places = {path: list(placed(some).items()) for path, some in tried.items()}
    was, was_elsewhere = _counted(reported, old_places)
    now, now_elsewhere = _counted(after, new_places)
    # What a check says once for each function it says of the next place, when the first one is mended.
    new = {path for (path, who, _) in now_elsewhere - was_elsewhere if who not in speakers}
    if new - tried.keys():
        return {}
    kept: dict[str, set[Suggestion]] = {}
    for path in tried.keys() - new:
        kept[path] = {
            suggestion
            for suggestion in tried[path]
            if now[path, suggestion] <= was[path, suggestion]
            and all(
                now[path, suggestion][who] < was[path, suggestion][who]
                for who in own[path, suggestion]
                if who in was[path, suggestion]
            )
        }
    return kept


def _counted(
    findings: Iterable[Finding], places: Mapping[str, Sequence[tuple[Suggestion, tuple[int, int]]]]
) -> tuple[Mapping[tuple[str, Suggestion], Counter[tuple[str, str]]], Counter[tuple[str, tuple[str, str], str]]]:
    """Count what each check reports on the lines of each suggestion, and what it reports elsewhere."""
    there: dict[tuple[str, Suggestion], Counter[tuple[str, str]]] = defaultdict(Counter)
    elsewhere: Counter[tuple[str, tuple[str, str], str]] = Counter()
    ends = {path: [end for _, (_, end) in some] for path, some in places.items()}
    for finding in findings:
        who, some = (finding.agent, finding.check), places.get(finding.path, ())
        at = bisect_right(ends.get(finding.path, ()), finding.start_line)
        if at < len(some) and some[at][1][0] <= finding.end_line:
            there[finding.path, some[at][0]][who] += 1
        else:
            elsewhere[finding.path, who, squeezed(finding.evidence)] += 1
    return there, elsewhere


def _patched(file: ChangedFile, suggestions: Sequence[Suggestion]) -> ChangedFile:
    """Give a file as it would be with suggestions, their lines added by the change."""
    text = applied(file.new_text, suggestions) if file.new_text is not None else None
    return replace(file, new_text=text, new_blob=None, hunks=tuple(_hunks(file.hunks, suggestions)))


def _hunks(hunks: Iterable[Hunk], suggestions: Sequence[Suggestion]) -> Iterator[Hunk]:
    places, waiting, shift, written = placed(suggestions), deque(suggestions), 0, 0
    for hunk in hunks:
        lines: list[Line] = []
        start = hunk.new_start
        for line in hunk.lines:
            while waiting and line.new is not None and waiting[0].end_line < line.new:
                gone = waiting.popleft()
                shift += len(replacement_lines(gone)) - (gone.end_line - gone.start_line + 1)
            suggestion = waiting[0] if waiting else None
            if suggestion is None or line.new is None or line.new < suggestion.start_line:
                lines.append(replace(line, new=line.new + shift if line.new is not None else None))
                continue
            if written != suggestion.start_line:
                written = suggestion.start_line
                ending = "\r" if line.text.endswith("\r") else ""
                added = enumerate(replacement_lines(suggestion), start=places[suggestion][0])
                lines += [Line(LineKind.ADDED, None, number, f"{text}{ending}") for number, text in added]
            if line.old is not None:
                lines.append(replace(line, kind=LineKind.REMOVED, new=None))
        numbers = [line.new for line in lines if line.new is not None]
        yield replace(
            hunk, new_start=numbers[0] if numbers else start + shift, new_length=len(numbers), lines=tuple(lines)
        )
