"""A tree in memory, for tests of what looks at the whole project."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Files:
    """The files of a tree, by path; it counts how often it is read."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        self.reads = 0

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self._texts)

    def read(self, paths: Iterable[str]) -> dict[str, str]:
        self.reads += 1
        return {path: self._texts[path] for path in paths if path in self._texts}
