"""The application's Python files of one tree: read once, parsed when asked for, and names followed through imports."""

from __future__ import annotations

import sys
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.python.module import Module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reviewbot.core.change import Tree

# So many files are read for one review at most: over the API each hundred costs a request.
MOST_FILES = 2_000
# So many imports are followed from one name to where it is defined.
_MOST_HOPS = 6


class Place(NamedTuple):
    """Where a name is defined.

    Attributes:
        module: The file.
        name: The name in it; empty for the module itself.
    """

    module: Module
    name: str


class Code:
    """The application's code in one tree.

    Args:
        tree: The tree.
        around: Changed paths: where the tree is too large, the files of their top folders are read.
        exempt: Tells which paths are not part of it.
        parsed: Modules of another tree, which are taken over where their text is the same.
    """

    def __init__(
        self, tree: Tree, around: Iterable[str], exempt: Callable[[str], bool], parsed: Code | None = None
    ) -> None:
        self.tree = tree
        self._exempt = exempt
        self._around = tuple(around)
        self._parsed = parsed
        self._modules: dict[str, Module] = {}

    @cached_property
    def paths(self) -> frozenset[str]:
        """Paths of the files that are read."""
        found = [path for path in self.tree.paths if path.endswith(".py") and not self._exempt(path)]
        if len(found) <= MOST_FILES:
            return frozenset(found)
        tops = {path.partition("/")[0] for path in self._around}
        near = [path for path in found if path.partition("/")[0] in tops]
        return frozenset(near) if len(near) <= MOST_FILES else frozenset()

    @property
    def known(self) -> bool:
        """Whether the files could be read: there are some, and not too many."""
        return bool(self.paths)

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read, so that what none of them says is not said at all."""
        return self.known and self.paths == self.texts.keys()

    @cached_property
    def texts(self) -> dict[str, str]:
        """Path → text."""
        return dict(self.tree.read(sorted(self.paths)))

    @property
    def read(self) -> Mapping[str, str]:
        """Path → text, as far as anybody has asked for it."""
        texts: Mapping[str, str] = vars(self).get("texts", {})
        return texts

    def module(self, path: str) -> Module | None:
        """Give the module at ``path``, or None."""
        if path not in self._modules and path in self.texts:
            text = self.texts[path]
            before = self._parsed._modules.get(path) if self._parsed is not None else None  # noqa: SLF001 - its own kind
            self._modules[path] = before if before is not None and before.text == text else Module(path, text)
        return self._modules.get(path)

    def mentioning(self, *words: str) -> Iterator[Module]:
        """Give the modules whose text has any of ``words``, by path."""
        for path in sorted(self.texts):
            if any(word in self.texts[path] for word in words):
                module = self.module(path)
                if module is not None:
                    yield module

    def resolve(self, module: Module, expression: str) -> Place | None:
        """Follow a dotted name through imports to where it is defined.

        Args:
            module: Where it is used.
            expression: Such as ``auth.router`` or ``CurrentUser``.

        Returns:
            The module that defines it and the rest of the name there; None where that is outside the tree, or not a
            plain name.
        """
        parts = expression.split(".")
        if not all(part.isidentifier() for part in parts):
            return None
        return self._follow(module, parts, _MOST_HOPS)

    def loaded(self, modules: Iterable[Module]) -> Iterator[Module]:
        """Give the modules that are loaded when these are imported: they, their packages, and all they import."""
        waiting = list(modules)
        seen = {module.path for module in waiting}
        while waiting:
            module = waiting.pop()
            yield module
            for other in self._imports(module):
                if other.path not in seen:
                    seen.add(other.path)
                    waiting.append(other)

    def _imports(self, module: Module) -> Iterator[Module]:
        parts = module.path.split("/")[:-1]
        packages = ("/".join([*parts[: at + 1], "__init__.py"]) for at in range(len(parts)))
        found = [self.module(path) for path in packages]
        for imported in module.imports.values():
            found.append(self.find(module, imported.module))
            if imported.name:
                dotted = imported.module if imported.module.endswith(".") else f"{imported.module}."
                found.append(self.find(module, f"{dotted}{imported.name}"))
        found += [self.find(module, star) for star in module.stars]
        yield from (one for one in found if one is not None)

    def _follow(self, module: Module, parts: list[str], hops: int) -> Place | None:
        if not parts or parts[0] in module.assignments or parts[0] in module.function or parts[0] in module.classes:
            return Place(module, ".".join(parts))
        if hops == 0:
            return None
        for length in range(len(parts), 0, -1):
            imported = module.imports.get(".".join(parts[:length]))
            if imported is not None:
                return self._imported(module, imported.module, [*filter(None, [imported.name]), *parts[length:]], hops)
        for star in module.stars:
            target = self.find(module, star)
            found = self._follow(target, parts, hops - 1) if target is not None else None
            if found is not None:
                return found
        inner = self.find(module, f".{parts[0]}") if module.path.endswith("__init__.py") else None
        return self._follow(inner, parts[1:], hops - 1) if inner is not None else None

    def _imported(self, module: Module, dotted: str, rest: list[str], hops: int) -> Place | None:
        """Look up what ``from dotted import rest`` means: a submodule, or a name in the module."""
        if rest:
            joined = f"{dotted}{rest[0]}" if dotted.endswith(".") else f"{dotted}.{rest[0]}"
            inner = self.find(module, joined)
            if inner is not None:
                return self._follow(inner, rest[1:], hops - 1)
        target = self.find(module, dotted)
        return self._follow(target, rest, hops - 1) if target is not None else None

    def find(self, module: Module, dotted: str) -> Module | None:
        """Give the module of a dotted name, seen from another one; None where it is outside the tree."""
        name = dotted.lstrip(".")
        dots = len(dotted) - len(name)
        tail = name.replace(".", "/")
        if dots:
            folder = module.path.split("/")[:-dots]
            base = "/".join([*folder, tail] if tail else folder)
            found = [path for path in (f"{base}.py", f"{base}/__init__.py") if path in self.paths]
        elif name.partition(".")[0] in sys.stdlib_module_names:
            return None  # `from signal import Signals` means Python's, whatever the application calls its own
        else:
            found = [path for path in self._by_name.get(name.rpartition(".")[2], ()) if _ends(path, tail)]
        if not found:
            return None
        # In a monorepo two packages may have the same name: the nearest is meant.
        return self.module(max(found, key=lambda path: (_shared(path, module.path), -len(path))))

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Last part of a module's name → paths."""
        found: dict[str, list[str]] = {}
        for path in self.paths:
            found.setdefault(module_name(path).rpartition(".")[2], []).append(path)
        return found


def module_name(path: str) -> str:
    """Give the dotted name of a file, from the root of the tree."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _ends(path: str, tail: str) -> bool:
    plain = path.removesuffix(".py").removesuffix("/__init__")
    return plain == tail or plain.endswith(f"/{tail}")


def _shared(one: str, other: str) -> int:
    """Give how many folders two paths have in common."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
