"""The frontend that lies in the same repository: what it calls and reads, as plain text."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.core.globs import matches

if TYPE_CHECKING:
    import re

    from reviewbot.core.change import Tree

_SOURCES = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte")
_NOT_ITS_OWN = (
    *("node_modules/", "dist/", "build/", ".next/", "generated/", "*.d.ts", "*.min.js", "*.config.*", "vendor/"),
    *("tests/", "test/", "__tests__/", "e2e/", "*.test.*", "*.spec.*", "mocks/", "*.stories.*", "docs/", "scripts/"),
)
# A frontend with more files than that is not read for one finding.
_MOST_FILES = 1_200


class Frontend:
    """The frontend of a tree, generated clients and tests left out.

    Args:
        tree: The tree.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @cached_property
    def _paths(self) -> list[str]:
        return sorted(path for path in self._tree.paths if path.endswith(_SOURCES) and not matches(_NOT_ITS_OWN, path))

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return bool(self._paths)

    @property
    def readable(self) -> bool:
        """Whether it is small enough to be read."""
        return len(self._paths) <= _MOST_FILES

    @cached_property
    def _texts(self) -> dict[str, str]:
        return dict(self._tree.read(self._paths)) if self.readable else {}

    def mention(self, pattern: re.Pattern[str]) -> str | None:
        """Give the first place that a pattern matches, as ``path:line``, or None."""
        for path in self._paths:
            match = pattern.search(self._texts.get(path, ""))
            if match is not None:
                return f"{path}:{self._texts[path].count(chr(10), 0, match.start()) + 1}"
        return None
