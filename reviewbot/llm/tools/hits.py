"""Lines of the tree that match something, by file, with the function around each; counted where they are too many.

Patterns are RE2's, which take linear time whatever they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import re2

from reviewbot.llm.tools import LookError
from reviewbot.llm.tools.lines import named, numbered
from reviewbot.llm.workspace import UnsearchedError, rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.llm.workspace import Workspace

MOST_AROUND = 8
_MOST_LINES = 60
# Of tests, generated code and data beside code that matches; they are counted.
_MOST_BESIDE = 8
_MOST_IN_FILE = 12
_MOST_NAMED = 25
_HEADING = re.compile(
    r"(\s*)(?:async\s+def|def|class|export\s+(?:default\s+)?(?:async\s+)?(?:function|class|const)|function)\s+(\w+)"
)
# A match in a line longer than this is in data.
_MOST_OF_LINE = 240
# How far above a line its function may begin.
_ABOVE = 3_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A file, and the numbers of its lines that match."""

    path: str
    lines: list[str]
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found, and how many files it did not go through."""

    hits: tuple[Hit, ...]
    unsearched: int = 0


def pattern(text: str) -> Any:
    """Give a pattern for lines: the text as a regular expression, or as it is where it is none.

    Raises:
        LookError: It is empty, or too long to be looked for.
    """
    if not text.strip() or len(text) > 1_000:
        raise LookError("pattern: give some text to look for, of at most 1,000 characters")
    try:
        return re2.compile(f"(?m){text}", _options())
    except re2.error:
        return re2.compile(re2.escape(text), _options())


def literal(text: str) -> str:
    """Give the regular expression for a text as it is."""
    return str(re2.escape(text))


def find(workspace: Workspace, wanted: Any, paths: Sequence[str]) -> Hits:
    """Give the files with lines that match, in the order of ``paths``."""
    hits = []
    try:
        for path, text in workspace.searched(paths):
            if wanted.search(text) is None:
                continue
            lines = text.split("\n")
            numbers = [number for number, line in enumerate(lines, 1) if wanted.search(line) is not None]
            if numbers:
                hits.append(Hit(path, lines, numbers))
    except UnsearchedError as error:
        return Hits(tuple(hits), error.files)
    return Hits(tuple(hits))


def told(workspace: Workspace, hits: Hits, what: str, around: int = 0) -> str:
    """Give the lines of some hits, by file, and how many more there are and where.

    Args:
        workspace: Where they were found.
        hits: What was found.
        what: What was looked for, in words.
        around: How many lines are shown before and after each.
    """
    files, total = hits.hits, sum(len(hit.numbers) for hit in hits.hits)
    unsearched = f"not searched, being too many: {hits.unsearched} more files" if hits.unsearched else ""
    if not total:
        return "\n".join(filter(None, (f"no line has {what}", unsearched)))
    parts = [f"{total} lines in {len(files)} files have {what}"]
    around = min(around, MOST_AROUND)
    room = _MOST_LINES
    beside = _MOST_BESIDE if any(rank(hit.path) == 0 for hit in files) else room
    left = []
    for hit in files:
        here = room if rank(hit.path) == 0 else min(room, beside)
        some = hit.numbers[: min(_MOST_IN_FILE if len(files) > 1 else here, here)]
        room -= len(some)
        beside -= len(some) if rank(hit.path) else 0
        if some:
            parts.append(_shown(workspace, hit, some, around))
        if len(hit.numbers) > len(some):
            left.append(f"{named(hit.path)} ({len(hit.numbers) - len(some)})")
    if left:
        more = f" and {len(left) - _MOST_NAMED} more files" if len(left) > _MOST_NAMED else ""
        parts.append(f"not shown, by file: {', '.join(left[:_MOST_NAMED])}{more}")
    return "\n\n".join([*parts, unsearched] if unsearched else parts)


def _shown(workspace: Workspace, hit: Hit, numbers: Sequence[int], around: int) -> str:
    file = workspace.changes.file(hit.path)
    added = file.added_lines if file is not None else frozenset[int]()
    rows = [f"{named(hit.path)}{' (changed here)' if file else ''}"]
    heading, last = "", 0
    for number in numbers:
        first, end = max(last + 1, number - around), min(len(hit.lines), number + around)
        if first > end:
            continue
        if last and first > last + 1 and around:
            rows.append("  …")
        if (here := _heading(hit.lines, number)) != heading:
            heading = here
            rows.append(f" in {heading}:" if heading else " at the top:")
        rows.append(numbered(hit.lines, first, end, added, most=_MOST_OF_LINE))
        last = end
    return "\n".join(rows)


def _heading(lines: Sequence[str], number: int) -> str:
    """Give the functions and classes around a line, by their indentation: ``Service.finalize``."""
    names: list[str] = []
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
    for line in reversed(lines[max(0, number - 1 - _ABOVE) : number - 1]):
        if indent == 0:
            break
        heading = _HEADING.match(line)
        if heading and len(heading[1]) < indent:
            names.append(heading[2])
            indent = len(heading[1])
    return ".".join(reversed(names))


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False  # a pattern that is none is looked for as it is
    options.never_nl = False
    return options
