"""What the values of a project's settings stand for, through constants, other modules and what is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviewbot.python.nodes import call, elements, pairs, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Module
    from reviewbot.python.syntax import Node

_MOST_HOPS = 6


class Written(NamedTuple):
    """An expression, and the file it stands in.

    Attributes:
        module: The file.
        node: The expression.
    """

    module: Module
    node: Node


class Entry(NamedTuple):
    """An entry of a dictionary.

    Attributes:
        module: The file it stands in.
        key: What names it: a literal, or the keyword of ``dict(…)``.
        value: Its value.
    """

    module: Module
    key: Node
    value: Node

    @property
    def name(self) -> str | None:
        """Its key; None where that is no literal."""
        return self.key.text() if self.key.kind() == "identifier" and _is_keyword(self.key) else string(self.key)


class Reader:
    """Reads expressions of the code.

    Args:
        code: The application's files.
    """

    def __init__(self, code: Code) -> None:
        self._code = code

    def value(self, written: Written, hops: int = _MOST_HOPS) -> Written | None:
        """Follow a name to what it is assigned at module level or in a class; itself where it is no name."""
        text = written.node.text()
        if written.node.kind() not in {"identifier", "attribute"} or hops == 0:
            return written if hops else None
        place = self._code.resolve(written.module, text.removesuffix(".value"))
        if place is None or not place.name:
            local = [
                assignment.field("right")
                for assignment in written.module.source.root.find_all(kind="assignment")
                if _left(assignment) == text
            ]
            return Written(written.module, local[0]) if len(local) == 1 and local[0] is not None else None
        owner, _, name = place.name.rpartition(".")
        node = place.module.assignments.get(place.name) if not owner else None
        if owner in place.module.classes:
            declared = place.module.classes[owner].attributes.get(name)
            node = declared.field("right") if declared is not None else None
        if node is None:
            return None
        return self.value(Written(place.module, node), hops - 1)

    def text(self, module: Module, node: Node | None) -> str | None:
        """Give the string an expression stands for; None where that cannot be told."""
        if node is None:
            return None
        literal = string(node)
        if literal is not None:
            return literal
        value = self.value(Written(module, node))
        if value is None:
            return None
        if value.node.kind() == "string":
            parts = [self._piece(value.module, child) for child in value.node.children()]
        elif value.node.kind() == "binary_operator" and value.node.child(1) is not None:
            named = [child for child in value.node.children() if child.is_named()]
            is_sum = any(child.text() == "+" for child in value.node.children())
            parts = [self.text(value.module, child) for child in named] if is_sum else [None]
        else:
            parts = [string(value.node)]
        return None if None in parts else "".join(part or "" for part in parts)

    def entries(self, written: Written) -> tuple[Entry, ...] | None:
        """Give the entries of a dictionary, of ``dict(…)`` and of several in one; None where any cannot be told."""
        value = self.value(written)
        if value is None:
            return None
        module, node = value
        made = call(node)
        if node.kind() == "dictionary":
            return _all(self._members(module, node))
        if made is not None and made.function == "dict" and not made.open:
            given = tuple(_keyword_entries(module, node))
            inner = self.entries(Written(module, made.positional[0])) if made.positional else ()
            return (*inner, *given) if inner is not None else None
        if node.kind() == "binary_operator" and any(child.text() == "|" for child in node.children()):
            return _all(self.entries(Written(module, child)) for child in node.children() if child.is_named())
        return None

    def members(self, written: Written) -> tuple[Entry, ...]:
        """Give as many entries of a dictionary as can be told."""
        entries = self.entries(written)
        if entries is not None:
            return entries
        value = self.value(written)
        known = self._members(*value) if value is not None and value.node.kind() == "dictionary" else ()
        return tuple(entry for part in known for entry in part or ())

    def strings(self, written: Written) -> tuple[str, ...] | None:
        """Give the strings of a list, of a sum of lists, or of a single string; None where any cannot be told."""
        value = self.value(written)
        if value is None:
            return None
        module, node = value
        single = self.text(module, node)
        if single is not None:
            return (single,)
        if node.kind() == "binary_operator" and any(child.text() == "+" for child in node.children()):
            parts = [self.strings(Written(module, child)) for child in node.children() if child.is_named()]
        elif node.kind() in {"list", "tuple", "set"}:
            parts = [
                self.strings(Written(module, inner))
                if (inner := _splatted(child))
                else _as_tuple(self.text(module, child))
                for child in elements(node)
            ]
        elif node.kind() == "parenthesized_expression":
            parts = [self.strings(Written(module, child)) for child in node.children() if child.is_named()]
        else:
            return None
        return None if None in parts else tuple(value for values in parts for value in values or ())

    def _members(self, module: Module, node: Node) -> Iterator[tuple[Entry, ...] | None]:
        yield tuple(Entry(module, key, value) for key, value in pairs(node))
        for child in node.children():
            inner = _splatted(child)
            if inner is not None:
                yield self.entries(Written(module, inner))

    def _piece(self, module: Module, child: Node) -> str | None:
        if child.kind() == "interpolation":
            return self.text(module, next((inner for inner in child.children() if inner.is_named()), None))
        return child.text() if child.kind() == "string_content" else ""


def _all(parts: Iterator[tuple[Entry, ...] | None]) -> tuple[Entry, ...] | None:
    entries: list[Entry] = []
    for part in parts:
        if part is None:
            return None
        entries += part
    return tuple(entries)


def _left(node: Node) -> str:
    left = node.field("left")
    return left.text() if left is not None else ""


def _as_tuple(value: str | None) -> tuple[str, ...] | None:
    return None if value is None else (value,)


def _splatted(node: Node) -> Node | None:
    """Give what stands behind the stars of ``*names`` or ``**names``."""
    if node.kind() not in {"dictionary_splat", "list_splat"}:
        return None
    return next((child for child in node.children() if child.is_named()), None)


def _keyword_entries(module: Module, node: Node) -> Iterator[Entry]:
    arguments = node.field("arguments")
    for child in arguments.children() if arguments is not None else ():
        key, value = child.field("name"), child.field("value")
        if child.kind() == "keyword_argument" and key is not None and value is not None:
            yield Entry(module, key, value)


def _is_keyword(node: Node) -> bool:
    parent = node.parent()
    return parent is not None and parent.kind() == "keyword_argument"
