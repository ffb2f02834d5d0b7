"""Whether the application's code before a change uses a table or a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.python.nodes import string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project import Side
    from reviewbot.python.module import Class, Module

_HAS_COLUMNS = re.compile(r"\b(?:mapped_)?[Cc]olumn\(|\bMapped\[|\btable\s*=\s*True")
_RETURNS = re.compile(r"""\breturn\s+["'](\w+)["']""")


def names(base: Side, table: str, column: str = "") -> bool:
    """Tell whether anything names a table, or a column of it; also where not every file can be read.

    Where the model is there, it tells which columns are used: the same word elsewhere means something else.

    Args:
        base: The project before the change.
        table: The table's name, without its schema.
        column: The column's; empty for the table itself.
    """
    if not base.code.is_whole:
        return True
    models = list(_models(base, table))
    if models and column:
        return any(_declares(base, *model, column) for model in models)
    named = re.compile(rf"\b{re.escape(table)}\b" if column else rf"[\"']{re.escape(table)}[\"']")
    word = re.compile(rf"\b{re.escape(column)}\b")
    return bool(models) or any(named.search(text) and word.search(text) for text in base.code.texts.values())


def _models(base: Side, table: str) -> Iterator[tuple[Module, Class]]:
    """Give the models of a table, those too whose base makes its name of the class's."""
    likely = re.compile(rf"[\"']{re.escape(table)}[\"']|\bclass\s+(?i:{re.escape(_plain(table))})")
    for path in sorted(path for path, text in base.code.texts.items() if likely.search(text)):
        module = base.code.module(path)
        if module is not None:
            yield from ((module, cls) for cls in module.classes.values() if _is_of(cls, table))


def _is_of(definition: Class, table: str) -> bool:
    named = _named(definition)
    if named:
        return named == table
    return _plain(definition.name) == _plain(table) and _HAS_COLUMNS.search(definition.node.text()) is not None


def _named(definition: Class) -> str:
    """Give the table's name as a model says it, in an attribute or in a method; empty where it does not."""
    said = definition.attributes.get("__tablename__")
    if said is not None:
        return string(said.field("right")) or ""
    made = next((method.body for method in definition.methods if method.name == "__tablename__"), "")
    match = _RETURNS.search(made)
    return match[1] if match else ""


def _plain(name: str) -> str:
    return name.replace("_", "").casefold().removesuffix("s")


def _declares(base: Side, module: Module, definition: Class, column: str) -> bool:
    """Tell whether a model or a base of it has an attribute of a column's name, or says the name in quotes."""
    quoted = re.compile(rf"[\"']{re.escape(column)}[\"']")
    return any(
        column in cls.attributes or quoted.search(cls.node.text())
        for _, cls in base.declarations.lineage(module, definition).classes
    )
