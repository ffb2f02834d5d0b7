"""A tree with the changed files as the change itself shows them, on one of its sides.

The folder beside a patch may lie before or after it, and the tip of the base branch may have moved on: lines are
only those of the diff in the texts that belong to the diff.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.core.change import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewbot.core.change import ChangeSet, Tree


class Overlay:
    """A tree in which the change decides what stands in the files it touches.

    Args:
        tree: The tree.
        texts: Path → text of the changed files, None where it is not known and the tree is not to be asked.
        gone: Paths that do not exist on this side.
    """

    def __init__(self, tree: Tree, texts: Mapping[str, str | None], gone: frozenset[str]) -> None:
        self._tree = tree
        self._texts = texts
        self._gone = gone

    @cached_property
    def paths(self) -> frozenset[str]:
        """All file paths."""
        return (self._tree.paths | self._texts.keys()) - self._gone

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Give the text of those ``paths`` that exist and are text."""
        wanted = [path for path in paths if path not in self._gone]
        own = {path: text for path in wanted if (text := self._texts.get(path)) is not None}
        others = [path for path in wanted if path not in self._texts]
        return {**(self._tree.read(others) if others else {}), **own}


def head(changes: ChangeSet, tree: Tree) -> Tree:
    """Give a tree as it is after the change."""
    kept = [file for file in changes.files if file.kind is not FileKind.DELETED]
    gone = {file.old_path for file in changes.files if file.old_path and file.kind is not FileKind.COPIED}
    gone |= {file.path for file in changes.files if file.kind is FileKind.DELETED}
    texts = _known(changes, {file.path: file.new_text for file in kept})
    return Overlay(tree, texts, frozenset(gone - {file.path for file in kept}))


def base(changes: ChangeSet, tree: Tree) -> Tree:
    """Give a tree as it was before the change."""
    new = (FileKind.ADDED, FileKind.COPIED)
    there = {file.old_path or file.path: file.old_text for file in changes.files if file.kind not in new}
    gone = frozenset(file.path for file in changes.files) - there.keys()
    return Overlay(tree, _known(changes, there), gone)


def _known(changes: ChangeSet, texts: Mapping[str, str | None]) -> dict[str, str | None]:
    """Leave those that are not known to the tree, unless that is a folder that may lie on the other side."""
    return {path: text for path, text in texts.items() if text is not None or changes.source == "patch"}
