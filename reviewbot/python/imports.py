"""Import statements, and the names that they bind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.syntax import Node

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


def _module(text: str) -> tuple[str, int]:
    name = text.lstrip(".")
    return name.strip(), len(text) - len(name)


def _at_module_level(node: Node) -> bool:
    return not any(around.kind() in {"function_definition", "class_definition"} for around in node.ancestors())
