"""Which names the changed lines of a file use, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.context.module import Kind, chain, lines_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reviewbot.context.module import Definition, Module
    from reviewbot.syntax import Node

    # By name, for each line that binds it: what its type can be read from.
    _Variables = dict[str, list[tuple[int, list[Node]]]]

# What FastAPI calls for a request: whoever judges a route must see it.
_DEPENDENCIES = frozenset({"Depends", "Security"})
_BINDING = ("assignment", "for_statement", "named_expression")
_OWN = frozenset({"self", "cls"})


@dataclass(frozen=True, slots=True)
class Use:
    """A name in a changed line.

    Attributes:
        names: ``a.b.c``, taken apart; of ``self.x`` the class stands for ``self``.
        line: Where.
        dependency: Whether it is what ``Depends(…)`` names.
        variable: Of a name found through the type of a variable, the variable; else empty.
        own: Whether it is a member of the class around the line (``self.x``).
    """

    names: tuple[str, ...]
    line: int
    dependency: bool = False
    variable: str = ""
    own: bool = False


def uses(module: Module, lines: Collection[int]) -> Iterator[Use]:
    """Give what the given lines of a file use, in order.

    Names are taken apart from what they are used for: attributes of a call's result, keyword arguments and the names of
    parameters are none. A string that is a name counts (``Mapped["User"]``, ``relationship("User")``). Of an attribute
    of a parameter or local variable, the names in its annotation, or in what was assigned to it last, are given.

    Args:
        module: The file.
        lines: Numbers of the lines to look at.
    """
    wanted = frozenset(lines)
    variables: dict[Definition, _Variables] = {}
    for node in _leaves(module.source.root, wanted):
        line = lines_of(node).start
        if line not in wanted:
            continue
        if node.kind() == "string":
            text = node.text().strip("'\"")
            if text.isidentifier():
                yield Use((text,), line)
            continue
        names = chain(node)
        scopes = module.around(line)
        if names[0] in _OWN:
            owner = next((scope for scope in reversed(scopes) if scope.kind is Kind.CLASS), None)
            if owner is not None and len(names) > 1:
                yield Use((*owner.symbol.split("."), *names[1:]), line, own=True)
                yield from _of_field(owner, names, line)
            continue
        yield Use(names, line, _is_dependency(node))
        if len(names) > 1 and scopes and scopes[-1].kind is Kind.FUNCTION:
            function = scopes[-1]
            if function not in variables:
                variables[function] = _variables(function)
            yield from _of_variable(variables[function], names, line)


def _of_variable(variables: _Variables, names: tuple[str, ...], line: int) -> Iterator[Use]:
    """Follow an attribute of a variable to the names in what the variable was bound to last."""
    bound = [parts for at, parts in variables.get(names[0], ()) if at < line]
    for part in bound[-1] if bound else ():
        for one in _names_in(part):
            yield Use((*one, names[1]), line, variable=names[0])


def _leaves(root: Node, wanted: Collection[int]) -> Iterator[Node]:
    """Give the outermost names, dotted names and strings on the wanted lines, in order."""
    first, last = min(wanted, default=0), max(wanted, default=0)
    pending = [root]
    while pending:
        node = pending.pop()
        kind = node.kind()
        if kind in {"identifier", "string"} or (kind == "attribute" and chain(node)):
            if kind != "string" or node.find(kind="interpolation") is None:
                yield node
                continue
        elif kind in {"comment", "import_statement", "import_from_statement"}:
            continue
        inner = []
        for child in _used(node, kind):
            place = child.range()
            if place.start.line + 1 <= last and place.end.line + 1 >= first:
                inner.append(child)
        pending += reversed(inner)


def _used(node: Node, kind: str) -> list[Node]:
    """Give the children of a node in which names are used, and not given."""
    if kind == "attribute":
        inner = node.field("object")
        return [inner] if inner is not None else []
    skipped = {"keyword_argument": "name", "function_definition": "name", "class_definition": "name"}.get(kind)
    if skipped:
        name = node.field(skipped)
        start = name.range().start.index if name is not None else -1
        return [child for child in node.children() if child.range().start.index != start]
    if kind in {"typed_default_parameter", "default_parameter", "typed_parameter"}:
        return _fields(node, "type", "value")
    return node.children()


def _is_dependency(node: Node) -> bool:
    arguments = node.parent()
    call = arguments.parent() if arguments is not None and arguments.kind() == "argument_list" else None
    function = call.field("function") if call is not None else None
    return function is not None and function.text().rpartition(".")[2] in _DEPENDENCIES


def _variables(function: Definition) -> _Variables:
    """Give for each parameter and local variable, in order, the lines that bind it and what its type is read from."""
    found: _Variables = {}
    parameters = function.node.field("parameters")
    for node in parameters.children() if parameters is not None else ():
        named = node.field("name") or node.child(0)
        if node.kind() in {"typed_default_parameter", "typed_parameter"} and named is not None:
            found[named.text()] = [(0, _fields(node, "type", "value"))]
    for node in function.node.find_all(any=[{"kind": kind} for kind in _BINDING]):
        left = node.field("left") or node.field("name")
        if left is not None:
            binding = (node.range().start.line + 1, _fields(node, "type", "right", "value"))
            found.setdefault(left.text(), []).append(binding)
    return found


def _fields(node: Node, *names: str) -> list[Node]:
    return [part for name in names if (part := node.field(name)) is not None]


def _of_field(owner: Definition, names: tuple[str, ...], line: int) -> Iterator[Use]:
    """Follow ``self.repository.get`` to the names in what a method assigns to ``self.repository``."""
    if len(names) < 3 or names[1] in owner.members:
        return
    for node in owner.node.find_all(kind="assignment"):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None and chain(left) == names[:2]:
            for one in _names_in(right):
                yield Use((*one, names[2]), line, variable=".".join(names[:2]))
            return


def _names_in(node: Node) -> Iterator[tuple[str, ...]]:
    pending = [node]
    while pending:
        one = pending.pop()
        if names := chain(one):
            yield names
        elif one.kind() == "string":
            if (text := one.text().strip("'\"")).isidentifier():
                yield (text,)
        else:
            pending += reversed(_used(one, one.kind()))
