"""The Python files around a change, nearest first, of which some are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from posixpath import dirname
from typing import TYPE_CHECKING

from reviewbot.change import FileKind
from reviewbot.context.around import shown_in
from reviewbot.context.search import Library

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewbot.change import ChangeSet

# What declares data or runs once calls little, and there may be hundreds of it.
_QUIET = re.compile(r"(^|/)(schemas?|models?|migrations?|alembic|versions|scripts?|seeds?)[^/]*/")
_TEST = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_|conftest)[^/]*$|_test\.py$")


@dataclass(frozen=True, slots=True)
class Nearby:
    """Files of the tree after the change.

    Attributes:
        library: Those that were read, and those of the change.
        candidates: All Python files, nearest first.
        shown: By path, the lines that the diff shows.
    """

    library: Library
    candidates: Sequence[str]
    shown: Mapping[str, frozenset[int]]

    @property
    def read(self) -> list[str]:
        """The candidates that were read, nearest first."""
        return [path for path in self.candidates if path in self.library.texts]


def nearby(changes: ChangeSet, paths: Iterable[str], most_files: int | None = None) -> Nearby:
    """Read the files nearest to some paths, in one go.

    Args:
        changes: The change; its ``head_tree`` is read once.
        paths: What they are near to.
        most_files: How many files of the tree may be read; None for all of them.
    """
    gone = frozenset(file.path for file in changes.files if file.kind is FileKind.DELETED)
    texts = {file.path: file.new_text for file in changes.files if file.new_text is not None}
    tree = changes.head_tree
    known = [path for path in (tree.paths if tree is not None else texts) if path.endswith(".py") and path not in gone]
    candidates = _nearest_first(known, paths)
    unread = [path for path in candidates if path not in texts][:most_files]
    if tree is not None and unread:
        texts |= tree.read(unread)
    library = Library(None, {path: text for path, text in texts.items() if path in set(known)})
    return Nearby(library, candidates, {file.path: shown_in(file) for file in changes.files})


def is_test(path: str) -> bool:
    """Tell whether a file belongs to the tests, by its name."""
    return _TEST.search(path) is not None


def _nearest_first(paths: Sequence[str], near: Iterable[str]) -> list[str]:
    """Sort files by how many folders lie between them and the nearest of others; what calls little, and tests, last."""
    centres = {tuple(path.split("/")[:-1]) for path in near}
    distances: dict[str, int] = {}

    def between(one: tuple[str, ...], other: tuple[str, ...]) -> int:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
        return len(one) + len(other) - 2 * sum(1 for _ in same)

    for folder in {dirname(path) for path in paths}:
        parts = tuple(folder.split("/")) if folder else ()
        distances[folder] = min(between(parts, centre) for centre in centres)
    return sorted(
        paths, key=lambda path: (is_test(path), _QUIET.search(path) is not None, distances[dirname(path)], path)
    )
