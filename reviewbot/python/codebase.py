"""Names followed through imports to what defines them, over the Python files of one tree, each parsed when wanted.

Wherever a name is resolved, it is done here; which file a module's name means is known by `packages.py`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.python.imports import STAR, joined
from reviewbot.python.module import Module
from reviewbot.python.packages import Packages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reviewbot.core.change import Tree
    from reviewbot.python.imports import Import

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
        paths = [path for path in self.tree.paths if path.endswith(".py") and not self._exempt(path)]
        if len(paths) <= MOST_FILES:
            return frozenset(paths)
        tops = {path.partition("/")[0] for path in self._around}
        near = [path for path in paths if path.partition("/")[0] in tops]
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
            parsed = self._parsed._modules.get(path) if self._parsed is not None else None  # noqa: SLF001 - its own kind
            self._modules[path] = parsed if parsed is not None and parsed.text == text else Module(path, text)
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

    def loaded(self, modules: Iterable[Module], *, lazily: bool = False) -> Iterator[Module]:
        """Give the modules that are loaded when these are imported: they, their packages, and all they import.

        Args:
            modules: Where it begins.
            lazily: Whether what functions import counts too.
        """
        waiting = list(modules)
        seen = {module.path for module in waiting}
        while waiting:
            module = waiting.pop()
            yield module
            for other in self._loads(module, lazily=lazily):
                if other.path not in seen:
                    seen.add(other.path)
                    waiting.append(other)

    def find(self, module: Module, dotted: str) -> Module | None:
        """Give the module of a dotted name, seen from another one; None where it is outside the tree, or may be."""
        return self._at(self._packages.find(dotted, module.path))

    def likely(self, module: Module, dotted: str) -> Module | None:
        """Give the module that a dotted name may mean, for what must not be overlooked; None where there is none."""
        return self._at(self._packages.likely(dotted, module.path))

    @cached_property
    def _packages(self) -> Packages:
        return Packages(self.texts, self.tree.paths)

    def _at(self, path: str | None) -> Module | None:
        return self.module(path) if path is not None else None

    def _loads(self, module: Module, *, lazily: bool) -> Iterator[Module]:
        parts = module.path.split("/")[:-1]
        modules = [self.module("/".join([*parts[: at + 1], "__init__.py"])) for at in range(len(parts))]
        for binding in (*module.imports, *(module.lazy_imports if lazily else ())):
            if not binding.for_typing:
                modules.append(self.likely(module, binding.module))
                if binding.attribute not in {"", STAR}:
                    modules.append(self.likely(module, binding.origin))
        yield from (loaded for loaded in modules if loaded is not None)

    def _follow(self, module: Module, parts: list[str], hops: int) -> Place | None:
        if not parts or module.defines(parts[0]):
            return Place(module, ".".join(parts))
        if hops == 0:
            return None
        if parts[0] in module.imported:
            places = {self._imported(module, binding, parts[1:], hops) for binding in module.imported[parts[0]]}
            return places.pop() if len(places) == 1 else None
        # Of two modules whose names are all imported the last one counts.
        for star in reversed(module.stars) if not parts[0].startswith("_") else ():
            target = self.find(module, star)
            place = self._follow(target, parts, hops - 1) if target is not None else None
            if place is not None:
                return place
        inner = self.find(module, f".{parts[0]}") if module.path.endswith("__init__.py") else None
        return self._follow(inner, parts[1:], hops - 1) if inner is not None else None

    def _imported(self, module: Module, binding: Import, rest: list[str], hops: int) -> Place | None:
        """Follow a name along the dots: packages, then a module, or what a package has under the name of one."""
        dotted, names = (binding.module, [binding.attribute, *rest]) if binding.attribute else (binding.origin, rest)
        target, left = self.find(module, dotted), names
        for taken, name in enumerate(names, 1):
            if target is not None and left[:1] == [name] and self._binds(target, name):
                break
            dotted = joined(dotted, name)
            inner = self.find(module, dotted)
            if inner is not None:
                target, left = inner, names[taken:]
        return self._follow(target, left, hops - 1) if target is not None else None

    def _binds(self, module: Module, name: str) -> bool:
        """Tell whether a name in a module is its own, and no module in its folder that it only imports."""
        imports = module.imported.get(name, ())
        return module.defines(name) or any(
            binding.attribute != name or self.find(module, binding.module) is not module for binding in imports
        )
