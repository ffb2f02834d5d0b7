"""What changed: change sets, files, hunks and lines.

Line numbers are 1-based, as git, GitHub and editors count them. ``old`` is the
pre-image (base), ``new`` the post-image (head).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class FileKind(StrEnum):
    """How a file changed. A renamed or copied file may also have hunks."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    MODE_ONLY = "mode-only"
    BINARY = "binary"
    SUBMODULE = "submodule"


class LineKind(StrEnum):
    """Where a line of a hunk stands."""

    CONTEXT = "context"
    ADDED = "added"
    REMOVED = "removed"


class Side(StrEnum):
    """GitHub's names of the two sides of a diff: LEFT is the pre-image, RIGHT the post-image."""

    LEFT = "LEFT"
    RIGHT = "RIGHT"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk.

    Attributes:
        kind: Context, added or removed.
        old: Its number in the pre-image; None for an added line.
        new: Its number in the post-image; None for a removed line.
        text: The line without its diff prefix and without its newline (a CR before it is kept).
        newline: False where the diff says "No newline at end of file".
    """

    kind: LineKind
    old: int | None
    new: int | None
    text: str
    newline: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines with its context, as ``@@ -old_start,old_length +new_start,new_length @@ section``."""

    old_start: int
    old_length: int
    new_start: int
    new_length: int
    section: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ChangedFile:
    """One file of a change set.

    Attributes:
        path: Path after the change (before it, for a deleted file), relative, with ``/``.
        old_path: Path before the change where it differs (renames, copies), else None.
        kind: How the file changed.
        hunks: In file order; empty for pure renames, mode changes, binaries and submodules.
        old_text: The whole pre-image where it is known; None where it is not, or there is none.
        new_text: The whole post-image where it is known; None where it is not, or there is none.
        old_blob: Object id (maybe abbreviated) of the pre-image from the ``index`` line, or None.
        new_blob: Object id (maybe abbreviated) of the post-image from the ``index`` line, or None.
        old_mode: File mode before, such as ``100644``, where the diff says it.
        new_mode: File mode after, likewise.
    """

    path: str
    kind: FileKind
    hunks: tuple[Hunk, ...] = ()
    old_path: str | None = None
    old_text: str | None = field(default=None, repr=False)
    new_text: str | None = field(default=None, repr=False)
    old_blob: str | None = None
    new_blob: str | None = None
    old_mode: str | None = None
    new_mode: str | None = None

    @cached_property
    def added_lines(self) -> frozenset[int]:
        """Post-image numbers of the added lines."""
        return frozenset(
            line.new for hunk in self.hunks for line in hunk.lines if line.kind is LineKind.ADDED and line.new
        )

    @cached_property
    def removed_lines(self) -> frozenset[int]:
        """Pre-image numbers of the removed lines."""
        return frozenset(
            line.old for hunk in self.hunks for line in hunk.lines if line.kind is LineKind.REMOVED and line.old
        )

    def hunk_at(self, line: int, side: Side = Side.RIGHT) -> Hunk | None:
        """Give the hunk in which ``line`` of ``side`` is visible and can carry a comment, or None.

        GitHub takes review comments only on lines of the diff: added and context lines on
        the RIGHT, removed and context lines on the LEFT.
        """
        return self.hunk_within(line, line, side)

    def hunk_within(self, first: int, last: int, side: Side = Side.RIGHT) -> Hunk | None:
        """Give the first hunk in which any line from ``first`` to ``last`` is visible, or None."""
        ends, hunks = self._by_end[side]
        at = bisect_right(ends, first)
        if at == len(hunks):
            return None
        start = hunks[at].new_start if side is Side.RIGHT else hunks[at].old_start
        return hunks[at] if start <= last else None

    @cached_property
    def _by_end(self) -> dict[Side, tuple[list[int], list[Hunk]]]:
        """For each side, the line after each hunk that has lines there, and those hunks."""
        new, old = [hunk for hunk in self.hunks if hunk.new_length], [hunk for hunk in self.hunks if hunk.old_length]
        return {
            Side.RIGHT: ([hunk.new_start + hunk.new_length for hunk in new], new),
            Side.LEFT: ([hunk.old_start + hunk.old_length for hunk in old], old),
        }


class Tree(Protocol):
    """The files of one revision, or of a work tree, without their contents being loaded."""

    @property
    def paths(self) -> frozenset[str]:
        """All file paths, relative, with ``/``."""

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Give the text of those ``paths`` that exist and are text; absent and binary ones are left out."""


@dataclass(frozen=True)
class ChangeSet:
    """A change to review: the diff from the merge base to the head.

    Attributes:
        source: What it was read from: ``patch``, ``git`` or ``github``.
        files: The changed files, in the order of the diff.
        base: Name or id of the base revision, or None where unknown (a bare diff).
        head: Name or id of the head revision, or None where unknown.
        title: Title given by its author; untrusted.
        description: Description given by its author; untrusted.
        base_tree: The tip of the base branch, where it can be read.
        head_tree: The tree after the change, where it can be read.
        remarks: Sentences on what could not be had (such as context files that do not match).
        unlisted: How many changed files the source did not name (GitHub lists 3,000 at most).
    """

    source: str
    files: tuple[ChangedFile, ...]
    base: str | None = None
    head: str | None = None
    title: str = ""
    description: str = ""
    base_tree: Tree | None = field(default=None, compare=False, repr=False)
    head_tree: Tree | None = field(default=None, compare=False, repr=False)
    remarks: tuple[str, ...] = ()
    unlisted: int = 0

    def file(self, path: str) -> ChangedFile | None:
        """Give the changed file at ``path`` (its path after the change), or None."""
        return self._by_path.get(path)

    @cached_property
    def renames(self) -> dict[str, str]:
        """Path after the change → path before it, of renamed and copied files."""
        return {file.path: file.old_path for file in self.files if file.old_path}

    @cached_property
    def _by_path(self) -> dict[str, ChangedFile]:
        return {file.path: file for file in self.files}
