"""What was generated from an API, as far as the texts of a tree tell."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from reviewbot.core.change import Tree


class Generated:
    """The generated files.

    Args:
        tree: The tree after the change; None where there is none, and nothing is known.
        globs: Which files they are.
    """

    def __init__(self, tree: Tree | None, globs: tuple[str, ...]) -> None:
        self._tree = tree
        self._globs = globs

    def names(self, route: str) -> bool:
        """Tell whether they name a route already, in whatever spelling."""
        return bool(self._text) and _plain(route) in self._text

    def has_type(self, schema: str, field: str = "") -> bool:
        """Tell whether they have a type for the schema already, and in it the field."""
        inside = rf"[^}}]*\b{_plain(field)}\b" if field else ""
        return bool(re.search(rf"\b(?:interface|type|const) *{_plain(schema)}\b{inside}", self._text))

    @cached_property
    def _text(self) -> str:
        if self._tree is None:
            return ""
        texts = self._tree.read(sorted(path for path in self._tree.paths if matches(self._globs, path)))
        return _plain("\n".join(texts.values()))


def _plain(text: str) -> str:
    """Give names in one spelling: of `snake_case` and `camelCase` the same."""
    return text.replace("_", "").lower()
