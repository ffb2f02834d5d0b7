"""Import statements, and the files of a tree that they mean."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from posixpath import dirname, join
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reviewbot.syntax import Node

STAR = "*"


@dataclass(frozen=True, slots=True)
class Import:
    """A name that an import statement binds.

    Attributes:
        name: The name in the file; ``*`` for all names of a module.
        module: The module named, dotted, without the dots of a relative import.
        level: How many dots it begins with; 0 for an absolute import.
        attribute: What is taken from the module (``from module import attribute``); None for the module itself.
        line: Where the name stands.
        first: First line of the statement.
        last: Last line of the statement.
        top: Whether the statement stands at the margin, and so at module level.
    """

    name: str
    module: str
    level: int
    attribute: str | None
    line: int
    first: int
    last: int
    top: bool


def read(node: Node) -> Iterator[Import]:
    """Give the names that an ``import_statement`` or ``import_from_statement`` binds."""
    place = node.range()
    first, last, top = place.start.line + 1, place.end.line + 1, _at_module_level(node)
    source = node.field("module_name")
    module, level = _module(source.text()) if source is not None else ("", 0)
    if node.kind() == "import_from_statement" and node.find(kind="wildcard_import") is not None:
        yield Import(STAR, module, level, STAR, first, first, last, top)
    for child in node.field_children("name"):
        inner, alias = child.field("name"), child.field("alias")
        named = inner.text() if child.kind() == "aliased_import" and inner is not None else child.text()
        line = child.range().start.line + 1
        if node.kind() == "import_from_statement":
            yield Import(alias.text() if alias is not None else named, module, level, named, line, first, last, top)
        elif alias is not None:
            yield Import(alias.text(), named, 0, None, line, first, last, top)
        else:
            # `import a.b` binds `a`; what is used of it is found along the dots.
            package = named.partition(".")[0]
            yield Import(package, package, 0, None, line, first, last, top)


class Paths:
    """Which file a module is, as far as the names of the files tell.

    An absolute import is looked up from the folders around the importing file that are no packages, nearest first, and
    from the ``src`` in each: a monorepo has several. What the standard library has is not looked up.

    Args:
        paths: All files of the tree.
    """

    def __init__(self, paths: Collection[str]) -> None:
        self._paths = frozenset(path for path in paths if path.endswith(".py"))
        self._found: dict[tuple[str, str, int], str | None] = {}

    def module(self, importer: str, module: str, level: int = 0) -> str | None:
        """Give the file of a module that ``importer`` imports, or None."""
        folder = dirname(importer)
        key = (folder, module, level)
        if key not in self._found:
            self._found[key] = self._look_up(folder, module.replace(".", "/"), level)
        return self._found[key]

    def namespace(self, importer: str, module: str, level: int, name: str) -> str | None:
        """Give the file that ``from module import name`` means where it is a module, or None."""
        return self.module(importer, f"{module}.{name}" if module else name, level)

    def _look_up(self, folder: str, inner: str, level: int) -> str | None:
        if level:
            for _ in range(level - 1):
                folder = dirname(folder)
            return self._file(join(folder, inner) if inner else folder)
        if not inner or inner.partition("/")[0] in sys.stdlib_module_names:
            return None
        return next((path for root in self._roots(folder) if (path := self._file(join(root, inner)))), None)

    def _roots(self, folder: str) -> Iterator[str]:
        while True:
            if join(folder, "__init__.py") not in self._paths:
                yield folder
                yield join(folder, "src")
            if not folder:
                return
            folder = dirname(folder)

    def _file(self, stem: str) -> str | None:
        return next((path for path in (f"{stem}.py", join(stem, "__init__.py")) if path in self._paths), None)


def _module(text: str) -> tuple[str, int]:
    name = text.lstrip(".")
    return name.strip(), len(text) - len(name)


def _at_module_level(node: Node) -> bool:
    return not any(around.kind() in {"function_definition", "class_definition"} for around in node.ancestors())
