"""Which file of a tree a module's name means: relative names, package roots, and what is Python's own.

Where a program is started, and so what is importable, nobody says. A name of one part, such as ``redis``, may be a
package's that is not in the tree as well: it means a file only where its folder is a root.
"""

from __future__ import annotations

import re
import sys
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

# A folder with one of these is where a program, or a distribution, begins.
_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "manage.py", "alembic.ini")
# Folders of these names hold packages, and are none, unless their own name is imported.
_ROOTS = frozenset({"src", "backend"})


class Packages:
    """The modules of a tree, by their names.

    Args:
        texts: The application's files: path → text.
        paths: All files of the tree.
    """

    def __init__(self, texts: Mapping[str, str], paths: Collection[str]) -> None:
        self._texts = texts
        self._paths = paths
        self._seen: dict[tuple[str, str], bool] = {}

    def find(self, dotted: str, user: str) -> str | None:
        """Give the file that a module's name means.

        Args:
            dotted: The name, with the dots of a relative import before it.
            user: Path of the file that names it.

        Returns:
            The nearest where several packages have the name, as in a monorepo; None where it is outside of the tree,
            or may be.
        """
        if dotted.startswith("."):
            return self._relative(dotted, user)
        first, _, rest = dotted.partition(".")
        paths = [path for root, path in self._candidates(dotted) if self._is_root(root, first, user, alone=not rest)]
        best = sorted(paths, key=lambda path: _nearness(path, user), reverse=True)[:2]
        is_tie = len(best) > 1 and _nearness(best[0], user) == _nearness(best[1], user)
        return best[0] if best and not is_tie else None

    def likely(self, dotted: str, user: str) -> str | None:
        """Give the file that a module's name may mean, its root a root or not: for what must not be overlooked."""
        if dotted.startswith("."):
            return self._relative(dotted, user)
        paths = sorted(path for _, path in self._candidates(dotted))
        return max(paths, key=lambda path: _nearness(path, user), default=None)

    def _relative(self, dotted: str, user: str) -> str | None:
        name = dotted.lstrip(".")
        folders = user.split("/")
        dots = len(dotted) - len(name)
        if dots > len(folders):
            return None
        base = "/".join([*folders[:-dots], *filter(None, name.split("."))])
        packages = f"{base}/__init__.py" if base else "__init__.py"
        return next((path for path in (packages, f"{base}.py") if path in self._texts), None)

    def _candidates(self, dotted: str) -> Iterator[tuple[str, str]]:
        """Give the files that end like the name, each with the folder that the name would have to be seen from."""
        if dotted.partition(".")[0] in sys.stdlib_module_names:
            return  # `from signal import Signals` means Python's, whatever the application calls its own
        tail = dotted.replace(".", "/")
        for path in self._by_name.get(dotted.rpartition(".")[2], ()):
            plain = _plain(path)
            # Of a package and a module of one name Python takes the package.
            if f"/{plain}".endswith(f"/{tail}") and (path.endswith("/__init__.py") or self._is_alone(plain)):
                yield plain[: -len(tail)].rstrip("/"), path

    def _is_alone(self, plain: str) -> bool:
        return f"{plain}/__init__.py" not in self._texts

    def _is_root(self, root: str, first: str, user: str, *, alone: bool) -> bool:
        """Tell whether names that begin with ``first`` are looked up in a folder.

        Args:
            root: The folder.
            first: The name's first part.
            user: Path of the file that uses the name.
            alone: Whether the name has no other part.
        """
        is_package = f"{root}/__init__.py" in self._paths
        if not root or (not is_package and any(f"{root}/{mark}" in self._paths for mark in _MARKS)):
            return True
        if self._is_imported(root, "" if alone else first):
            return False
        folder = root.rpartition("/")[2]
        return not alone or (not is_package and (user.startswith(f"{root}/") or folder in _ROOTS))

    def _is_imported(self, folder: str, inner: str) -> bool:
        """Tell whether the files around a folder import it, or ``inner`` by way of it: then it is a package."""
        key = (folder, inner)
        if key not in self._seen:
            around, _, name = folder.rpartition("/")
            inner = re.escape(inner)  # of a text that names a module it may be anything
            part = rf"\.{inner}\b|[ \t]+import\b.*\b{inner}\b" if inner else r"\.|[ \t]+import\b|[ \t]*(?:,|$)"
            statement = re.compile(
                rf"^[ \t]*(?:from|import)[ \t]+(?:[\w.]*\.)?{re.escape(name)}(?:{part})", re.MULTILINE
            )
            near = f"{around}/" if around else ""
            self._seen[key] = any(
                name in text and path.startswith(near) and statement.search(text) for path, text in self._texts.items()
            )
        return self._seen[key]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Last part of a module's name → paths."""
        paths: dict[str, list[str]] = {}
        for path in self._texts:
            paths.setdefault(_plain(path).rpartition("/")[2], []).append(path)
        return paths


def module_name(path: str) -> str:
    """Give the dotted name of a file, from the root of the tree."""
    return _plain(path).replace("/", ".")


def _plain(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__")


def _nearness(path: str, user: str) -> tuple[int, int]:
    """Give how many folders two paths have in common, and how short the first is."""
    pairs = zip(path.split("/"), user.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)), -path.count("/")
