"""Which tables Alembic compares with the database: those whose metadata an ``env.py`` of the tree names."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.python.module import Module
from reviewbot.python.nodes import call, elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project.declarations import Declarations
    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Class
    from reviewbot.python.syntax import Node

_ENV = re.compile(r"(?:^|/)env\.py$")
_ROOTS = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta"})
_OF_ALL = "SQLModel"
_OWN_REGISTRY = re.compile(r"^class \w+\([^()]*\bregistry\s*=")


class Metadata:
    """The metadata of one tree, each by the place that makes it.

    Args:
        code: The application's files.
        declarations: Models.
    """

    def __init__(self, code: Code, declarations: Declarations) -> None:
        self._code = code
        self._declarations = declarations

    def leaves_out(self, module: Module, name: str) -> bool:
        """Tell whether a table is in a metadata of which no migration is made; False where that cannot be told.

        Args:
            module: The file that declares it.
            name: Its model, or what ``Table(…)`` is assigned to.
        """
        own = self.of(module, name)
        return own is not None and bool(self._targets) and own not in self._targets

    def of(self, module: Module, name: str) -> str | None:
        """Give the metadata of a table, as the place that makes it; None where that cannot be told."""
        made = call(module.assignments.get(name))
        if made is not None and made.name == "Table":
            return self._named(module, made.argument(1, "metadata"))
        definition = module.classes.get(name.partition(".")[0])
        return self._of(module, definition) if definition is not None else None

    @cached_property
    def _targets(self) -> frozenset[str]:
        """What the migrations are about; empty where one ``env.py`` does not say, or not so that it is understood."""
        paths = sorted(path for path in self._code.tree.paths if _ENV.search(path))
        found: list[str | None] = []
        for path, text in self._code.tree.read(paths).items():
            if "alembic" in text:
                module = Module(path, text)
                named = [self._named(module, node) for node in _said(module)]
                found += named or [None]
        return frozenset() if None in found else frozenset(filter(None, found))

    def _named(self, module: Module, node: Node | None) -> str | None:
        """Give the metadata that an expression means: ``Base.metadata``, or a name for a ``MetaData()``."""
        owner, _, attribute = node.text().rpartition(".") if node is not None else ("", "", "")
        if attribute == "metadata" and owner:
            if owner.rpartition(".")[2] == _OF_ALL and self._code.resolve(module, owner) is None:
                return _OF_ALL
            found = self._declarations.find(module, owner)
            return self._of(*found) if found is not None else self._made(module, owner)
        return self._made(module, node.text()) if node is not None else None

    def _made(self, module: Module, name: str) -> str | None:
        """Give the metadata behind a name that is assigned ``MetaData(…)`` or ``declarative_base(…)``."""
        place = self._code.resolve(module, name)
        value = place.module.assignments.get(place.name) if place is not None else None
        made = call(value)
        if place is None or value is None:
            return None
        if made is None:
            return self._named(place.module, value) if value.kind() == "attribute" else None
        given = made.keywords.get("metadata")
        if made.name == "declarative_base" and given is not None:
            return self._named(place.module, given)
        is_own = made.name == "MetaData" or (made.name == "declarative_base" and not made.positional and not made.open)
        return f"{place.module.path}:{place.name}" if is_own else None

    def _of(self, module: Module, definition: Class) -> str | None:
        """Give the metadata of a model: the nearest that it or a base is given, or that of what all derive from."""
        lineage = self._declarations.lineage(module, definition)
        for at, cls in lineage.classes:
            if _OWN_REGISTRY.search(cls.node.text()):
                return None
            if "metadata" in cls.attributes:
                right = cls.attributes["metadata"].field("right")
                made = call(right)
                own = made is not None and made.name == "MetaData"
                return f"{at.path}:{cls.name}" if own else self._named(at, right)
        roots = {root for at, cls in lineage.classes for root in self._roots(at, cls)}
        return roots.pop() if len(roots) == 1 else None

    def _roots(self, module: Module, definition: Class) -> Iterator[str | None]:
        for base in definition.bases:
            if self._declarations.find(module, base) is not None:
                continue
            plain = base.rpartition(".")[2]
            if plain in _ROOTS:
                yield f"{module.path}:{definition.name}"
            elif plain == _OF_ALL:
                yield _OF_ALL
            elif self._code.resolve(module, base) is not None:
                yield self._made(module, base)


def _said(module: Module) -> Iterator[Node]:
    """Give each metadata that an ``env.py`` sets or passes as ``target_metadata``."""
    passed = module.source.root.find_all(kind="keyword_argument", has={"field": "name", "regex": "^target_metadata$"})
    given = [node.field("value") for node in passed]
    for node in (module.assignments.get("target_metadata"), *given):
        if node is not None and node.text() != "target_metadata":
            listed = list(elements(node))
            yield from listed or [node]
