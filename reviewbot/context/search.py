"""Where a name is defined: along imports, re-exports and module-level objects, file by file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.context.imports import STAR, Paths
from reviewbot.context.module import Kind, Module, chain, is_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.change import Tree
    from reviewbot.context.imports import Import
    from reviewbot.context.module import Definition
    from reviewbot.syntax import Node

# A name is passed on a few times at most; more is a circle.
_STEPS = 6
# What GitHub gives in one answer (see reviewbot/github/contents.py).
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A definition, and what of it is meant.

    Attributes:
        module: The file it stands in.
        definition: The class, function or value at module level.
        member: The member of the class that is meant, or None.
        passed: The module-level objects it was found through (``user_service`` for ``UserService``).
    """

    module: Module
    definition: Definition
    member: Definition | None = None
    passed: tuple[str, ...] = ()


@dataclass
class Library:
    """The files of a tree, as far as they are known; what is asked of others is noted, to be read together.

    Attributes:
        tree: The tree, or None.
        texts: Whole texts that are known already (the changed files).
        gone: Paths that the change removes.
        lacking: Files that a search would have looked into.
    """

    tree: Tree | None
    texts: dict[str, str]
    gone: frozenset[str] = frozenset()
    lacking: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        known = self.tree.paths if self.tree is not None else frozenset()
        self.paths = Paths((known - self.gone) | set(self.texts))
        self._modules: dict[str, Module | None] = {}

    def module(self, path: str) -> Module | None:
        """Give a file; None where it is not known, or not any more."""
        if path not in self._modules:
            if path not in self.texts:
                self.lacking.add(path)
                return None
            text = self.texts[path]
            self._modules[path] = Module(path, text) if is_source(path, text) else None
        return self._modules[path]

    def expect(self, module: Module) -> None:
        """Note what a file imports as lacking, a batch at most: what is passed on is then found a reading earlier."""
        for one in module.imports:
            path = self.paths.module(module.path, one.module, one.level)
            if path and path not in self.texts and len(self.lacking) < _BATCH:
                self.lacking.add(path)

    def read(self) -> bool:
        """Read the files that were lacking, in one go; tell whether there were any."""
        if self.tree is None or not self.lacking:
            return False
        texts: Mapping[str, str] = self.tree.read(sorted(self.lacking))
        for path in self.lacking:
            if path in texts:
                self.texts[path] = texts[path]
            else:
                self._modules[path] = None
        self.lacking.clear()
        return True

    def find(self, module: Module, names: tuple[str, ...], steps: int = _STEPS) -> Found | None:
        """Give the definition that dotted names mean in a file, as far as the files known so far tell."""
        if not names or not steps:
            return None
        definition = module.names.get(names[0])
        if definition is not None:
            return self._within(module, definition, names[1:], steps)
        imported = module.imported.get(names[0])
        if imported is not None:
            return self._imported(module, imported, names[1:], steps)
        for star in module.imports:
            if star.name == STAR:
                path = self.paths.module(module.path, star.module, star.level)
                other = self.module(path) if path else None
                if other is not None and (found := self.find(other, names, steps - 1)):
                    return found
        return None

    def member(self, found: Found, name: str, steps: int = _STEPS) -> Found | None:
        """Give a member of a class, or of one of its bases."""
        if name in found.definition.members:
            return Found(found.module, found.definition, found.definition.members[name], found.passed)
        for base in self.bases(found, steps - 1):
            if inherited := self.member(base, name, steps - 1):
                return inherited
        return None

    def bases(self, found: Found, steps: int = _STEPS) -> Iterator[Found]:
        """Give the base classes of a class that the tree has."""
        for names in found.definition.bases:
            base = self.find(found.module, names, steps)
            if base is not None and base.definition is not found.definition:
                yield base

    def _within(self, module: Module, definition: Definition, rest: tuple[str, ...], steps: int) -> Found | None:
        found = Found(module, definition)
        if definition.kind is Kind.CLASS and rest:
            return self.member(found, rest[0]) or found
        value = definition.value
        if value is None or not rest:
            return found
        # `user_service = UserService(db)`: what is used of the object is in its class.
        made = _made(value)
        target = self.find(module, made, steps - 1) if made and made[0] != definition.name else None
        if target is None or target.definition.kind is not Kind.CLASS:
            return found
        inner = self.member(target, rest[0]) or target
        return Found(inner.module, inner.definition, inner.member, (definition.name, *inner.passed))

    def _imported(self, module: Module, one: Import, rest: tuple[str, ...], steps: int) -> Found | None:
        if one.attribute is None:
            return self._along(module, one.module, rest, steps)
        # What the package's __init__ says comes before a module of that name, as for Python.
        path = self.paths.module(module.path, one.module, one.level)
        inner = self.paths.namespace(module.path, one.module, one.level, one.attribute)
        package = self.module(path) if path and path != module.path else None
        submodule = self.module(inner) if inner and inner != module.path else None
        if package is not None and (found := self.find(package, (one.attribute, *rest), steps - 1)):
            return found
        return self.find(submodule, rest, steps - 1) if submodule is not None else None

    def _along(self, module: Module, name: str, rest: tuple[str, ...], steps: int) -> Found | None:
        """Follow ``a.b.c.name`` as far as it names modules, the longest first."""
        for count in range(len(rest), -1, -1):
            path = self.paths.module(module.path, ".".join((name, *rest[:count])))
            if path:
                other = self.module(path)
                return self.find(other, rest[count:], steps - 1) if other is not None else None
        return None


def _made(value: Node) -> tuple[str, ...]:
    """Give the names of the class that a value is an object of, or stands for (``Annotated[User, …]``)."""
    if value.kind() == "call":
        return chain(value.field("function"))
    if value.kind() == "subscript" and chain(value.field("value"))[-1:] == ("Annotated",):
        return chain(value.field("subscript"))
    return chain(value)
