"""What git's diffs say, per file and per line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_STATUS = {"A": "added", "D": "removed", "M": "modified", "T": "changed", "R": "renamed", "C": "copied"}


@dataclass(frozen=True)
class Row:
    """A line of a patch: which hunk it is in, its numbers on both sides, its place below the first header."""

    hunk: int
    old: int | None
    new: int | None
    position: int


@dataclass(frozen=True)
class FileDiff:
    """A changed file; ``patch`` has its hunks, ``section`` all that git prints of it."""

    path: str
    old_path: str
    status: str
    sha: str
    additions: int
    deletions: int
    patch: str
    section: str

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The lines of the patch that have a number."""
        rows: list[Row] = []
        hunk, old, new = -1, 0, 0
        for position, line in enumerate(self.patch.split("\n")):
            if match := _HUNK.match(line):
                hunk, old, new = hunk + 1, int(match[1]), int(match[3])
            elif line.startswith("+"):
                rows.append(Row(hunk, None, new, position))
                new += 1
            elif line.startswith("-"):
                rows.append(Row(hunk, old, None, position))
                old += 1
            elif line.startswith(" "):
                rows.append(Row(hunk, old, new, position))
                old, new = old + 1, new + 1
        return tuple(rows)

    def row(self, side: str, line: int) -> Row | None:
        """Give the row of a line on a side, if it is in the diff."""
        return next((row for row in self.rows if (row.old if side == "LEFT" else row.new) == line), None)

    def at(self, position: int) -> Row | None:
        """Give the row at a place of the patch."""
        return next((row for row in self.rows if row.position == position), None)

    def hunk_to(self, position: int) -> str:
        """Give the hunk around a place, up to it."""
        lines = self.patch.split("\n")[: position + 1]
        starts = [number for number, line in enumerate(lines) if _HUNK.match(line)]
        return "\n".join(lines[starts[-1] :]) if starts else ""


def parse(raw: bytes, patch: bytes) -> tuple[FileDiff, ...]:
    """Read the outputs of ``git diff --raw -z`` and ``git diff -p``, which have the same order."""
    sections = _sections(patch)
    fields = raw.decode(errors="replace").split("\0")
    files: list[FileDiff] = []
    at = section = 0
    while at < len(fields) - 1:
        old_mode, new_mode, old_sha, new_sha, status = fields[at].split(" ")
        kind = status[0]
        only_mode = kind == "M" and old_sha == new_sha and old_mode != f":{new_mode}"
        old_path = fields[at + 1]
        path = fields[at + 2] if kind in "RC" else old_path
        at += 3 if kind in "RC" else 2
        # A file that became a link, or the other way round, is shown as removed and added.
        count = 2 if kind == "T" else 1
        own = sections[section : section + count]
        section += count
        hunks = "\n".join(part for part in map(_hunks, own) if part)
        added = sum(line.startswith("+") for line in hunks.split("\n"))
        removed = sum(line.startswith("-") for line in hunks.split("\n"))
        sha = old_sha if kind == "D" else new_sha
        files.append(
            FileDiff(
                path, old_path, "changed" if only_mode else _STATUS[kind], sha, added, removed, hunks, "".join(own)
            )
        )
    return tuple(files)


def _sections(patch: bytes) -> list[str]:
    text = patch.decode(errors="replace")
    return [f"diff --git {part}" for part in re.split(r"(?m)^diff --git ", text)[1:]]


def _hunks(section: str) -> str:
    """Give the hunks of a section, without the last line's end."""
    match = re.search(r"(?m)^@@ ", section)
    return section[match.start() :].removesuffix("\n") if match else ""


def moves(patch: bytes) -> dict[str, list[tuple[int, int, int]]]:
    """Read a diff without context: per file where lines went, how many, and how many came.

    Files are named as before the change; one that is gone, or binary, has all its lines changed.
    """
    found: dict[str, list[tuple[int, int, int]]] = {}
    for section in _sections(patch):
        head, _, _ = section.partition("\n@@ ")
        name = re.search(r"(?m)^--- (?:\"?a/(.*?)\"?|/dev/null)\t?$", head)
        if name is None or not name[1]:
            binary = re.search(r"(?m)^Binary files a/(.*) and ", head)
            if binary:
                found[binary[1]] = [(1, 10**9, 0)]
            continue
        found[name[1]] = [
            (int(hunk[1]), int(hunk[2] or 1), int(hunk[4] or 1))
            for line in section.split("\n")
            if (hunk := _HUNK.match(line))
        ]
    return found
