"""Where a change touches the project: changed files as parsed modules, and drafts that point into them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.both_sides import normalised
from reviewbot.core.change import FileKind
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project.tables import Table
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.module import Class, Function, Module
    from reviewbot.python.syntax import Node


_COLUMN = re.compile(r"(\w+)(?::[^=]+)?=(?:sa\.|orm\.)?(?:Column|mapped_column)\(")
# Words without which a file defines no route.
ROUTES = ("APIRouter", "FastAPI", "router.", "@app.")


def modules(context: Context, *words: str, removing: bool = False) -> Iterator[tuple[ChangedFile, Module]]:
    """Give the check's files that have added lines and are application code, parsed as they are in the head.

    Args:
        context: What the check sees.
        words: Only files with any of them; the tree is not read for others.
        removing: Whether files count as well of which the change only takes lines away.
    """
    for file in context.files:
        if context.project is None or file.kind is FileKind.DELETED:
            continue
        if not file.added_lines and not (removing and file.removed_lines):
            continue
        if file.new_text is not None and not any(word in file.new_text for word in words):
            continue
        module = context.project.code.module(file.path)
        if module is not None and not module.is_script:
            yield file, module


def tables(context: Context) -> Iterator[tuple[ChangedFile, Table]]:
    """Give the tables that the models in those files declare."""
    for file, module in modules(context, "__tablename__"):
        if context.project is not None:
            yield from ((file, table) for table in context.project.tables.of(module))


def adds(file: ChangedFile, start: int, end: int) -> bool:
    """Tell whether the change added any of these lines, inclusive."""
    return any(line in file.added_lines for line in range(start, end + 1))


def declares(context: Context, file: ChangedFile, module: Module, node: Node) -> bool:
    """Tell whether the change adds or alters what a class declares; one that is only written otherwise is not new."""
    if not adds(file, first_line(node), last_line(node)):
        return False
    base = context.project.base if context.project is not None else None
    old = base.code.module(file.old_path or file.path) if base is not None else None
    owner = old.classes.get(module.source.symbol(first_line(node))) if old is not None else None
    return owner is None or _says(node) not in _declared(owner)


@lru_cache(maxsize=1)  # columns come class by class
def _declared(owner: Class) -> frozenset[str]:
    return frozenset(map(_says, owner.attributes.values()))


def _says(node: Node) -> str:
    """Give what an attribute is, without what SQLAlchemy 2 only writes otherwise."""
    text = normalised(node.text())
    made = _COLUMN.match(text)
    return f"{made[1]}=mapped_column({text[made.end() :]}" if made is not None else text


def is_new(file: ChangedFile, function: Function) -> bool:
    """Tell whether the change added a function: the line with its name, and no such function was there before."""
    return first_line(function.node) in file.added_lines and not _was_there(file, function.name)


def draft(module: Module, node: Node, title: str, *, last: int | None = None) -> Draft:
    """Make a draft that points at a node.

    Args:
        module: The file.
        node: Where it begins.
        title: What is wrong.
        last: The last line to point at; the node's first where None.
    """
    start = first_line(node)
    end = min(last or start, last_line(node)) if last is not None else start
    lines = module.source.lines[start - 1 : end]
    evidence = "\n".join(line.removesuffix("\r") for line in lines)
    return Draft(module.path, start, end, title, evidence, symbol=module.source.symbol(start))


def _was_there(file: ChangedFile, name: str) -> bool:
    return file.old_text is not None and f"def {name}(" in file.old_text
