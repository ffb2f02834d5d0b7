"""What a model may look at: the tree after the change, the files before it, and the change. Nothing else, read only.

A path is a name in a listing, never a place on a disk: what the listing does not have cannot be read.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.core.change import FileKind
from reviewbot.core.errors import ReviewbotError
from reviewbot.core.nearest import nearest
from reviewbot.llm.masking import private

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewbot.core.change import ChangedFile, ChangeSet

# A search reads what somebody wrote; more than this is a repository of data.
_MOST_CHARACTERS = 80_000_000
_BATCH = 500
# So few files were meant, whatever they are.
_NAMED = 5
# Nobody reads these line by line, and reading them takes long.
_UNREAD = re.compile(
    r"\.(png|jpe?g|gif|webp|ico|svg|pdf|woff2?|ttf|otf|eot|mp[34]|webm|zip|gz|tgz|whl|jar|so|pyc|map|lock|snap)$"
    r"|(^|/)(package-lock\.json|pnpm-lock\.yaml|node_modules/.*)$|\.min\.(js|css)$",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"(^|/)(tests?|testing|__tests__|e2e)/|(^|/)(test_|conftest)[^/]*$|(_test\.py|\.(test|spec)\.[jt]sx?)$"
)
_BESIDE = re.compile(
    r"(^|/)(docs?|generated|fixtures|seeds?|migrations|versions|versions_backup)/|\.(md|rst|txt|json|ya?ml)$"
)


class UnsearchedError(Exception):
    """A search came to the end of what it reads.

    Args:
        files: How many files were not searched, about.
    """

    def __init__(self, files: int) -> None:
        super().__init__(files)
        self.files = files


class Workspace:
    """The files around a change, for several threads.

    Args:
        changes: The change, with the trees around it where there are some.
    """

    def __init__(self, changes: ChangeSet) -> None:
        self.changes = changes
        self._texts: dict[str, str | None] = {}
        self._one_by_one = threading.RLock()

    def list_files(self) -> None:
        """List the files, which is done once; a tree that cannot be listed says so to whoever looks."""
        with suppress(ReviewbotError):
            _ = self._known

    @property
    def has_tree(self) -> bool:
        """Whether the files beside the changed ones are known."""
        return self.changes.head_tree is not None

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All files after the change but those that hold secrets: code first, then tests, then what is no code."""
        gone = {file.path for file in self.changes.files if file.kind is FileKind.DELETED}
        gone |= {file.old_path for file in self.changes.files if file.kind is FileKind.RENAMED and file.old_path}
        here = {file.path for file in self.changes.files if file.new_text is not None}
        listed = self.changes.head_tree.paths if self.changes.head_tree is not None else frozenset()
        open_ones = (path for path in (listed | here) - gone if not private(path))
        return tuple(sorted(open_ones, key=lambda path: (rank(path), path)))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.paths)

    def text(self, path: str) -> str | None:
        """Give a file after the change; None where there is none, or it is not text."""
        return dict(self.texts([path])).get(path)

    def old_text(self, path: str) -> str | None:
        """Give a file before the change, under its old or its new name; None where there was none."""
        if private(path):
            return None
        file = self.changed(path)
        if file is not None:
            if file.old_text is not None or file.kind is FileKind.ADDED:
                return file.old_text
            path = file.old_path or path
        with self._one_by_one:
            return self.changes.base_tree.read([path]).get(path) if self.changes.base_tree is not None else None

    def texts(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Give the texts of files after the change, in the order of ``paths``; what is not text is left out."""
        wanted = [path for path in dict.fromkeys(paths) if path in self._known]
        for begin in range(0, len(wanted), _BATCH):
            batch = wanted[begin : begin + _BATCH]
            with self._one_by_one:
                self._read([path for path in batch if path not in self._texts])
            for path in batch:
                if (text := self._texts[path]) is not None:
                    yield path, text

    def searched(self, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Give the texts that a search goes through; what nobody wrote only where it is named.

        Raises:
            UnsearchedError: There is more than a search goes through.
        """
        room = _MOST_CHARACTERS
        few = len(paths) <= _NAMED
        wanted = [path for path in paths if few or not _UNREAD.search(path)]
        for number, (path, text) in enumerate(self.texts(wanted)):
            room -= len(text)
            if room < 0:
                raise UnsearchedError(len(wanted) - number)
            yield path, text

    def changed(self, path: str) -> ChangedFile | None:
        """Give the changed file of that path, after or before the change."""
        return self.changes.file(path) or next((file for file in self.changes.files if file.old_path == path), None)

    def nearest(self, path: str) -> list[str]:
        """Give the paths that were probably meant: the same name elsewhere, or a similar one."""
        name = path.rpartition("/")[2]
        same = [known for known in self.paths if known.rpartition("/")[2] == name]
        return same[:5] or nearest(path, self.paths[:20_000], most=3)

    def _read(self, paths: list[str]) -> None:
        for path in paths:
            file = self.changes.file(path)
            self._texts[path] = file.new_text if file is not None else None
        missing = [path for path in paths if self._texts[path] is None]
        if missing and self.changes.head_tree is not None:
            self._texts |= self.changes.head_tree.read(missing)


def rank(path: str) -> int:
    """Give 0 for code, 1 for tests, 2 for what is generated, old or no code."""
    return 2 if _BESIDE.search(path) else 1 if _TEST.search(path) else 0
