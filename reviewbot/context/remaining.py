"""What is left of the fields, columns and constants that a change removes or renames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import basename
from typing import TYPE_CHECKING

from reviewbot.context.module import Kind, Module, chain, is_source, lines_of
from reviewbot.context.nearby import nearby

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewbot.change import ChangedFile, ChangeSet
    from reviewbot.context.module import Definition
    from reviewbot.context.search import Library
    from reviewbot.syntax import Node

# So many uses of a name are given.
_MOST_USES = 5
# More removed names than these are a file that is gone.
_MOST_NAMES = 12
# What is set for a framework, or for the file alone.
_UNUSED = re.compile(r"__|model_config$|logger$|router$")
# A name like this is looked for wherever it stands, a plainer one only where its class is named.
_TELLING = re.compile(r"(?=.{8,})\w+_\w+")


@dataclass(frozen=True, slots=True)
class Remaining:
    """A name that is gone, and where it is still used.

    Attributes:
        symbol: The name, with the class it stood in: ``User.email``.
        uses: Lines that still use it, as ``path:line text``, nearest first, five at most.
        searched: How many Python files were looked through.
        candidates: How many there are.
    """

    symbol: str
    uses: tuple[str, ...]
    searched: int
    candidates: int


def remaining(
    changes: ChangeSet, files: Sequence[ChangedFile], *, most_files: int | None = None
) -> tuple[Remaining, ...]:
    """Find uses that the diff does not show of fields, columns and constants that the files remove or rename.

    Of a field attributes and keyword arguments of its name count, whatever they belong to; of a constant what is
    imported. Names in strings and comments are no uses.

    Args:
        changes: The change; its ``head_tree`` is read once, and not at all where no name is gone.
        files: The files whose names are compared before and after; the whole text before must be known.
        most_files: How many files of the tree may be read, nearest first; None for all of them.
    """
    gone = [(file.path, one) for file in files for one in _gone(file)][:_MOST_NAMES]
    if not gone:
        return ()
    around = nearby(changes, {path for path, _ in gone}, most_files)
    found: dict[Definition, list[str]] = {one: [] for _, one in gone}
    for path in around.read:
        shown = around.shown.get(path, frozenset())
        for origin, one in gone:
            if len(found[one]) < _MOST_USES and one.name in around.library.texts[path]:
                uses = _uses(around.library, path, origin, one)
                found[one] += (text for line, text in uses.items() if line not in shown)
    counts = len(around.read), len(around.candidates)
    return tuple(Remaining(one.symbol, tuple(lines[:_MOST_USES]), *counts) for one, lines in found.items())


def _gone(file: ChangedFile) -> Iterator[Definition]:
    """Give the values that a file defined before the change and does not define any more, in classes that it has."""
    if file.old_text is None or not file.removed_lines or not is_source(file.path, file.old_text):
        return
    now = {one.symbol for one in _all(Module(file.path, file.new_text or "").body)}
    for one in _all(Module(file.old_path or file.path, file.old_text).body):
        kept = one.owner is None or one.owner.symbol in now
        if one.kind is Kind.VALUE and one.symbol not in now and kept and not _UNUSED.match(one.name):
            yield one


def _all(body: Iterable[Definition]) -> Iterator[Definition]:
    for one in body:
        yield one
        yield from _all(one.body)


def _uses(library: Library, path: str, origin: str, one: Definition) -> dict[int, str]:
    """Give the lines of a file that use a name, each once."""
    text = library.texts[path]
    owner = one.owner
    if owner is not None and not _TELLING.fullmatch(one.name) and owner.name not in text:
        return {}
    module = library.module(path)
    if module is None:
        return {}
    imported = path == origin or _imports(library, module, origin, one.name)
    lines: dict[int, str] = {}
    for node in module.source.root.find_all(kind="identifier", regex=f"^{one.name}$"):
        used = _is_member(node) if owner is not None else _is_value(node, origin, imported)
        line = lines_of(node).start
        if used:
            lines.setdefault(line, f"{path}:{line} {module.lines[line - 1].strip()}")
    return dict(sorted(lines.items()))


def _is_member(node: Node) -> bool:
    """Tell whether a name is an attribute of something, or a keyword argument."""
    parent = node.parent()
    field = {"attribute": "attribute", "keyword_argument": "name"}.get(parent.kind()) if parent is not None else None
    named = parent.field(field) if parent is not None and field else None
    return named is not None and named.range().start.index == node.range().start.index


def _is_value(node: Node, origin: str, imported: bool) -> bool:
    parent = node.parent()
    if _is_member(node):
        stem = basename(origin).removesuffix(".py")
        return parent is not None and chain(parent.field("object"))[-1:] == (stem,)
    return imported


def _imports(library: Library, module: Module, origin: str, name: str) -> bool:
    return any(
        one.attribute == name and library.paths.module(module.path, one.module, one.level) == origin
        for one in module.imports
    )
