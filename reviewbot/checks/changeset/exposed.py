"""What clients can know of an API, as far as the texts of a tree tell: what routes show, and what was generated."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.scope import matches

if TYPE_CHECKING:
    from reviewbot.change import Tree

# Not every folder called api: `apps/api` holds the schemas as well.
_ROUTERS = (
    *("**/api/v[0-9]*/**/*.py", "**/app/api/**/*.py"),
    *("**/routers/**/*.py", "**/routes/**/*.py", "**/endpoints/**/*.py", "main.py"),
)
_SCHEMAS = ("**/schemas/**/*.py", "**/schemas.py")
_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_NAME = re.compile(r"\b[A-Z]\w+")


class Exposed:
    """What is exposed.

    Args:
        tree: The tree after the change; None where there is none, and nothing is known.
        generated: Globs of what is generated from the API.
    """

    def __init__(self, tree: Tree | None, generated: tuple[str, ...]) -> None:
        self._tree = tree
        self._generated_globs = generated

    def hides(self, schema: str) -> bool:
        """Tell whether no route shows a schema, not even in another schema."""
        return self._tree is not None and bool(self._shown) and schema.partition(".")[0] not in self._shown

    def generated(self, route: str) -> bool:
        """Tell whether what is generated names a route already, in whatever spelling."""
        return bool(self._texts) and _plain(route) in self._texts

    def generated_type(self, schema: str, field: str = "") -> bool:
        """Tell whether what is generated has a type for the schema already, and in it the field."""
        inside = rf"[^}}]*\b{_plain(field)}\b" if field else ""
        return bool(re.search(rf"\b(?:interface|type|const) *{_plain(schema)}\b{inside}", self._texts))

    @cached_property
    def _texts(self) -> str:
        return _plain("\n".join(self._read(self._generated_globs)))

    @cached_property
    def _shown(self) -> frozenset[str]:
        """Names in the routers, and in every schema that is named so."""
        bodies: dict[str, set[str]] = {}
        for text in self._read(_SCHEMAS):
            # What stands before the first class, then name and body of each.
            _, *classes = _CLASS.split(text)
            for name, body in zip(classes[::2], classes[1::2], strict=True):
                bodies.setdefault(name, set()).update(_NAME.findall(body))
        waiting = {name for text in self._read(_ROUTERS) for name in _NAME.findall(text)}
        shown: set[str] = set()
        while waiting:
            name = waiting.pop()
            shown.add(name)
            waiting |= bodies.get(name, set()) - shown
        return frozenset(shown)

    def _read(self, globs: tuple[str, ...]) -> list[str]:
        if self._tree is None:
            return []
        return list(self._tree.read(sorted(path for path in self._tree.paths if matches(globs, path))).values())


def _plain(text: str) -> str:
    """Give names in one spelling: of `snake_case` and `camelCase` the same."""
    return text.replace("_", "").lower()
