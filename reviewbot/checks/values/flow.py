"""What the names of one function stand for: a small data flow, by syntax, shared by the rules.

It knows what is assigned, added to and looped over in the function and at module level, and no more: not what other
functions do, and not which branch is taken. A name has all the values that it is given anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.checks.values.vetted import vetted
from reviewbot.python.imports import STATEMENTS, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.python.syntax import Node

_GIVES = {
    "any": [
        {"kind": kind}
        for kind in (
            "assignment",
            "augmented_assignment",
            "named_expression",
            "for_statement",
            "for_in_clause",
            "as_pattern",
            "call",
            "comparison_operator",
        )
    ]
}
_PATTERNS = frozenset({"pattern_list", "tuple_pattern", "expression_list", "tuple"})
# What puts more into a list: `conditions.append(…)`.
_ADDS = frozenset({"append", "extend", "insert"})


@dataclass
class Names:
    """What the names in one piece of code are given.

    Attributes:
        values: Name → the values it is assigned, or that are added to it.
        elements: Name → what it loops over.
        entries: Name → what is put into it under a key.
        annotations: Parameter → its annotation; empty where it has none.
        parameters: Parameter → the whole of it, with its annotation and default.
        asked: Names that are compared with a collection, asked whether they are plain words, or vetted, and with what.
    """

    values: dict[str, list[Node]] = field(default_factory=dict)
    elements: dict[str, list[Node]] = field(default_factory=dict)
    entries: dict[str, list[Node]] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Node] = field(default_factory=dict)
    asked: dict[str, list[Node]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Tell whether the name comes into being here."""
        return name in self.values or name in self.elements or name in self.annotations


class Flow:
    """The names of the functions of one text, worked out when asked for and kept."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Names] = {}
        self._imports: dict[int, dict[str, str]] = {}
        self._pieces: list[tuple[int, list[Node]]] = []

    def around(self, node: Node) -> tuple[Names | None, Names]:
        """Give the names of the function around a node, outer functions included, and those of the module.

        Returns:
            None for the function where there is none around: at module level, or where a hunk does not show it.
        """
        ancestors = node.ancestors()
        functions = [ancestor for ancestor in ancestors if ancestor.kind() == "function_definition"]
        return (self._of(functions[-1]) if functions else None), self._module(node)

    def _module(self, node: Node) -> Names:
        statements = self.statements(node)
        key = ("module", statements[0].range().start.index if statements else -1)
        if key not in self._known:
            self._known[key] = _module(statements)
        return self._known[key]

    def imported(self, node: Node, name: str) -> str:
        """Give the dotted name that a name is imported as in the module around a node; itself where it is not."""
        statements = self.statements(node)
        key = statements[0].range().start.index if statements else -1
        if key not in self._imports:
            self._imports[key] = dict(_imports(statements))
        known = self._imports[key]
        functions = (
            [ancestor for ancestor in node.ancestors() if ancestor.kind() == "function_definition"]
            if name not in known
            else []
        )
        if functions:
            inner = functions[-1].find_all(any=[{"kind": kind} for kind in STATEMENTS])
            known = dict(_imports(inner))
        return known.get(name, name)

    def statements(self, node: Node) -> list[Node]:
        """Give the statements of the module around a node, without those of files searched together with it."""
        if not self._pieces:
            self._pieces.append((-1, []))
            ancestors = node.ancestors()
            for child in (ancestors[-1] if ancestors else node).children():
                if child.kind() == "nonlocal_statement":
                    self._pieces.append((child.range().start.index, []))
                elif child.is_named():
                    self._pieces[-1][1].append(child)
        at = node.range().start.index
        return next(statements for start, statements in reversed(self._pieces) if start <= at)

    def _of(self, node: Node) -> Names:
        key = (node.kind(), node.range().start.index)
        if key not in self._known:
            self._known[key] = _function(node)
        return self._known[key]


def _imports(statements: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """Give each name that statements import, with what it stands for."""
    for statement in statements:
        if statement.kind() in STATEMENTS:
            yield from ((binding.name, binding.origin) for binding in read(statement))


def _module(statements: Iterable[Node]) -> Names:
    names = Names()
    for statement in statements:
        inner = statement.child(0) if statement.kind() == "expression_statement" else None
        if inner is not None:
            _note(inner, names)
    return names


def _function(definition: Node) -> Names:
    names = Names()
    for function in [definition, *definition.find_all(kind="function_definition")]:
        _parameters(function, names)
    for node in definition.find_all({"rule": _GIVES}):  # type: ignore[call-overload]  # its stub wants a TypedDict
        _note(node, names)
    return names


def _parameters(function: Node, names: Names) -> None:
    listed = function.field("parameters")
    for child in listed.children() if listed is not None else ():
        name = child if child.kind() == "identifier" else child.field("name") or child.child(0)
        if name is not None and child.is_named() and child.kind() != "comment":
            kind = child.field("type")
            names.annotations[name.text().lstrip("*")] = kind.text() if kind is not None else ""
            names.parameters[name.text().lstrip("*")] = child


def _note(node: Node, names: Names) -> None:
    left, right = node.field("left") or node.field("name"), node.field("right") or node.field("value")
    kind = node.kind()
    if kind in {"assignment", "augmented_assignment", "named_expression"} and left is not None and right is not None:
        _assigned(left, right, names)
    elif kind in {"for_statement", "for_in_clause"} and left is not None and right is not None:
        for variable in _names(left):
            names.elements.setdefault(variable, []).append(right)
    elif kind == "as_pattern":
        target, given = node.field("alias"), node.child(0)
        if target is not None and given is not None:
            names.values.setdefault(target.text(), []).append(given)
    elif kind == "call":
        _called(node, names)
    elif kind == "comparison_operator":
        first, *_, last = node.children()
        if first.kind() == "identifier" and any(child.kind() in {"in", "not in"} for child in node.children()):
            names.asked.setdefault(first.text(), []).append(last)


def _assigned(left: Node, right: Node, names: Names) -> None:
    of = left.field("value") if left.kind() == "subscript" else None
    if of is not None:
        names.entries.setdefault(of.text(), []).append(right)
    for name, value in _paired(left, right):
        names.values.setdefault(name, []).append(value)


def _called(node: Node, names: Names) -> None:
    for name in vetted(node):
        names.asked.setdefault(name, []).append(node)
    function, arguments = node.field("function"), node.field("arguments")
    if function is None or arguments is None or function.kind() != "attribute":
        return
    of, method = function.field("object"), function.field("attribute")
    if of is None or method is None or of.kind() != "identifier":
        return
    if method.text() in _ADDS:
        added = [child for child in arguments.children() if child.is_named()]
        names.values.setdefault(of.text(), []).extend(added)
    elif method.text() in {"isidentifier", "isalnum", "isdigit"}:
        names.asked.setdefault(of.text(), []).append(node)


def _paired(left: Node, right: Node) -> Iterator[tuple[str, Node]]:
    """Give each name of `a = …` and of `a, b = …, …` with its value."""
    if left.kind() == "identifier":
        yield left.text(), right
        return
    names = [child for child in left.children() if child.is_named()] if left.kind() in _PATTERNS else []
    values = [child for child in right.children() if child.is_named()] if right.kind() in _PATTERNS else []
    for at, name in enumerate(names):
        if name.kind() == "identifier":
            yield name.text(), values[at] if len(values) == len(names) else right


def _names(pattern: Node) -> list[str]:
    if pattern.kind() == "identifier":
        return [pattern.text()]
    return [name.text() for name in pattern.find_all(kind="identifier")]
