"""Claude's SDK, imported as far as it is used: half the time of ``import anthropic``, which every review waits for.

Its packages import whatever they offer: beside the Messages API five other clouds and two thousand modules of types.
Here a name that a package only passes on is imported when somebody asks for it, as :pep:`562` has it; everything else
in the package is run as it stands.
"""

from __future__ import annotations

import ast
import gc
import importlib
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_NAME = "anthropic"


def load() -> None:
    """Import the SDK, for the first time in this process."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    # What an import makes is there to stay, so looking for garbage in it, ever, only takes time.
    gc.disable()
    try:
        importlib.import_module(_NAME)
    finally:
        gc.freeze()
        gc.enable()


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] != _NAME:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.submodule_search_locations and type(spec.loader) is SourceFileLoader:
            spec.loader = _Package(name, spec.loader.path)
        return spec


class _Package(SourceFileLoader):
    """Runs a package without the imports of names that it only passes on."""

    def exec_module(self, module: ModuleType) -> None:
        own, passed_on, stars = _parts(ast.parse(self.get_data(self.path)))
        if any(isinstance(statement, ast.FunctionDef) and statement.name == "__getattr__" for statement in own):
            # It answers for itself.
            super().exec_module(module)
            return
        module.__dict__["__getattr__"] = _asked(module, passed_on, stars)
        try:
            exec(compile(ast.Module(own, []), self.path, "exec"), module.__dict__)  # noqa: S102 - what an import does
        except (AttributeError, ImportError, LookupError, NameError, TypeError):
            # A package that looks at its own names in a way not thought of here.
            del module.__dict__["__getattr__"]
            super().exec_module(module)


def _parts(tree: ast.Module) -> tuple[list[ast.stmt], dict[str, tuple[str, str]], list[str]]:
    """Part a package's statements: those to run, origins of names only passed on, modules passed on whole."""
    inner = [
        statement
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.level == 1 and statement.module
    ]
    needed = _read(statement for statement in tree.body if statement not in inner)
    # Importing a module binds its name in the package, whatever else the package calls so.
    needed |= {_first(statement) for statement in inner}
    own: list[ast.stmt] = []
    passed_on: dict[str, tuple[str, str]] = {}
    stars: list[str] = []
    for statement in tree.body:
        if not isinstance(statement, ast.ImportFrom) or statement not in inner:
            own.append(statement)
        elif statement.names[0].name == "*":
            stars.append(f".{statement.module}")
        elif needed.isdisjoint(names := {alias.asname or alias.name: alias.name for alias in statement.names}):
            passed_on |= {name: (f".{statement.module}", there) for name, there in names.items()}
        else:
            own.append(statement)
    return own, passed_on, stars


def _read(statements: Iterable[ast.stmt]) -> set[str]:
    """Give the names that statements read, those that `__all__` lists included where they read that."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    if "__all__" in names:
        names |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return names


def _first(statement: ast.ImportFrom) -> str:
    return (statement.module or "").partition(".")[0]


def _asked(module: ModuleType, passed_on: dict[str, tuple[str, str]], stars: list[str]) -> Callable[[str], Any]:
    """Give what a package answers when it is asked for a name that it does not have yet."""
    modules = {origin.split(".")[1] for origin in (*stars, *(origin for origin, _ in passed_on.values()))}

    def get(name: str) -> Any:
        if name in modules:
            return importlib.import_module(f".{name}", module.__name__)
        origins = [passed_on[name]] if name in passed_on else [(star, name) for star in stars if name[0] != "_"]
        for origin, there in origins:
            whole = importlib.import_module(origin, module.__name__)
            if hasattr(whole, there):
                vars(module)[name] = getattr(whole, there)
                return vars(module)[name]
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    return get
