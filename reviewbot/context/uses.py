"""Which names the changed lines of a file use, and what for."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.context.module import Kind, chain, lines_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reviewbot.context.module import Definition, Module
    from reviewbot.syntax import Node

    # By name, for each line that binds it: the names that it may be an object of.
    _Variables = dict[str, list[tuple[int, list[tuple[str, ...]]]]]

# What FastAPI calls for a request: whoever judges a route must see it.
_DEPENDENCIES = frozenset({("Depends",), ("Security",)})
_QUERIES = frozenset({"query", "select"})
# Calls whose texts name classes.
_NAMING = frozenset({"relationship", "cast", "ForwardRef", "TypeVar", "dynamic_loader"})
_NAMELESS = frozenset({"comment", "import_statement", "import_from_statement"})
_TYPED = frozenset({"typed_default_parameter", "default_parameter", "typed_parameter"})
_BINDING = ("assignment", "for_statement", "for_in_clause", "named_expression")
_OWN = frozenset({"self", "cls"})


@dataclass(frozen=True, slots=True)
class Use:
    """A name in a changed line.

    Attributes:
        names: ``a.b.c``, taken apart; of ``self.x`` the class stands for ``self``.
        line: Where.
        dependency: Whether it is what ``Depends(…)`` names.
        own: Whether it is a member of the class around the line (``self.x``).
        variable: Of a name that a variable comes from, the variable; else empty.
        attribute: What is used of the variable; empty where it is not about that.
        annotation: Whether it says a type only.
        alias: Whether it annotates a parameter of the function around the line, which counts where it is an alias.
    """

    names: tuple[str, ...]
    line: int
    dependency: bool = False
    own: bool = False
    variable: str = ""
    attribute: str = ""
    annotation: bool = False
    alias: bool = False


def uses(module: Module, lines: Collection[int]) -> Iterator[Use]:
    """Give what the given lines of a file use, in order.

    Names are taken apart from what they are used for: attributes of a call's result, keyword arguments and the names of
    parameters are none. A string counts where it names a type (``Mapped["User"]``, ``relationship("User")``). Of an
    attribute of a parameter or local variable, the names in its annotation, or in what was assigned to it last, are
    given; of a line in the body of a class, the base classes; of a line among a call's arguments, what is called; of a
    line in a function, what its parameters name in ``Depends(…)``, and their annotations, which may be aliases that do.

    Args:
        module: The file.
        lines: Numbers of the lines to look at.
    """
    wanted = sorted(set(lines))
    variables: dict[Definition, _Variables] = {}
    for node, line, typed in _leaves(module.source.root, wanted):
        if node.kind() == "string":
            if _is_type(node):
                yield Use((_plain(node),), line, annotation=True)
            continue
        names = chain(node)
        scopes = module.around(line)
        if names[0] in _OWN:
            owner = next((scope for scope in reversed(scopes) if scope.kind is Kind.CLASS), None)
            if owner is not None and len(names) > 1:
                yield Use((*owner.symbol.split("."), *names[1:]), line, own=True)
                yield from _of_field(owner, names, line)
            continue
        dependency = _is_dependency(node)
        # What ``Depends(…)`` names in an annotation is called nevertheless.
        yield Use(names, line, dependency, annotation=typed and not dependency)
        if len(names) > 1 and scopes and scopes[-1].kind is Kind.FUNCTION:
            function = scopes[-1]
            if function not in variables:
                variables[function] = _variables(function)
            yield from _of_variable(variables[function], names, line)
    yield from _of_scopes(module, wanted)


def names_on(module: Module, lines: Collection[int]) -> frozenset[str]:
    """Give the names that the given lines of a file use, the first of dotted ones; none of comments and texts."""
    found = set()
    for node, _, _ in _leaves(module.source.root, sorted(set(lines))):
        if node.kind() != "string":
            found.add(chain(node)[0])
        elif _is_type(node):
            found.add(_plain(node))
    return frozenset(found)


def _plain(string: Node) -> str:
    return string.text().strip("'\"")


def _is_type(string: Node) -> bool:
    """Tell whether a string is the name of a type: in an annotation, in brackets, or in a call such as a cast."""
    if not _plain(string).isidentifier():
        return False
    around = string.parent()
    if around is None or around.kind() in {"type", "type_parameter"}:
        return around is not None
    if around.kind() == "subscript":
        # `Mapped["User"]`, and not `row["user"]`.
        return any(name[:1].isupper() for name in chain(around.field("value"))[-1:])
    call = around.parent() if around.kind() == "argument_list" else None
    return call is not None and _called(call) in _NAMING


def _of_scopes(module: Module, wanted: Sequence[int]) -> Iterator[Use]:
    """Give the base classes of lines in the body of a class, and what the functions around lines depend on."""
    seen = set()
    for line in wanted:
        scope = next(reversed(module.around(line)), None)
        if scope is None:
            continue
        if scope.kind is Kind.CLASS:
            yield from (Use(base, line) for base in scope.bases)
        elif scope not in seen:
            seen.add(scope)
            for parameter in _parameters(scope):
                for part in _fields(parameter, "type", "value"):
                    for names in injected(part):
                        yield Use(names, line, dependency=True, variable=scope.name)
                for part in _fields(parameter, "type"):
                    for names in names_in(part):
                        yield Use(names, line, variable=scope.name, alias=True)


def injected(node: Node) -> Iterator[tuple[str, ...]]:
    """Give what ``Depends(…)`` and ``Security(…)`` name in an annotation or a value."""
    for call in node.find_all(kind="call"):
        if chain(call.field("function"))[-1:] in _DEPENDENCIES and (names := _first(call)):
            yield names


def _first(call: Node) -> tuple[str, ...]:
    arguments = call.field("arguments")
    return next((names for one in (arguments.children() if arguments else ()) if (names := chain(one))), ())


def _parameters(function: Definition) -> list[Node]:
    """Give the parameters that have an annotation or a default."""
    parameters = function.node.field("parameters")
    nodes = parameters.children() if parameters is not None else []
    return [node for node in nodes if node.kind() in _TYPED]


def _of_variable(variables: _Variables, names: tuple[str, ...], line: int) -> Iterator[Use]:
    """Follow an attribute of a variable to the names it comes from, through other variables too."""
    pending, seen = [names[0]], {names[0]}
    while pending:
        bound = [names for at, names in variables.get(pending.pop(0), ()) if at < line]
        for one in bound[-1] if bound else ():
            if one[0] not in variables:
                yield Use(one, line, variable=names[0], attribute=names[1])
            elif one[0] not in seen:
                pending.append(one[0])
                seen.add(one[0])


def _all_made_of(node: Node, *fields: str) -> list[tuple[str, ...]]:
    return [names for part in _fields(node, *fields) for names in _made_of(part)]


def _made_of(node: Node) -> Iterator[tuple[str, ...]]:
    """Give the names that a value may be an object of: of a query the classes asked for, and not what it joins."""
    calls = [call for call in node.find_all(kind="call") if _called(call) in _QUERIES]
    if not calls:
        yield from names_in(node)
    for call in calls:
        arguments = call.field("arguments")
        for names in (chain(argument) for argument in (arguments.children() if arguments is not None else ())):
            # `select(User.id)` gives no users.
            if names and names[-1][:1].isupper():
                yield names


def _called(call: Node) -> str:
    function = call.field("function")
    name = function.field("attribute") if function is not None and function.kind() == "attribute" else function
    return name.text() if name is not None else ""


def _leaves(root: Node, wanted: Sequence[int]) -> Iterator[tuple[Node, int, bool]]:
    """Give the outermost names, dotted names and strings on the wanted lines, in order.

    Each comes with its line, and with whether it stands in an annotation.

    A call that has a wanted line is made by it, wherever its name stands.
    """
    pending = [(root, False)]
    while pending:
        node, typed = pending.pop()
        kind = node.kind()
        typed = kind == "type" or (typed and not kind.endswith(("_statement", "_definition")))
        place = lines_of(node)
        at = bisect_left(wanted, place.start)
        if at == len(wanted) or wanted[at] >= place.stop or kind in _NAMELESS:
            continue
        if kind in {"identifier", "string"} or (kind == "attribute" and chain(node)):
            if wanted[at] == place.start and (kind != "string" or node.find(kind="interpolation") is None):
                yield node, place.start, typed
            if kind != "string":
                continue
        called = node.field("function") if kind == "call" else None
        if called is not None and chain(called) and lines_of(called).start != wanted[at]:
            yield called, wanted[at], typed
        pending += [(one, typed) for one in reversed(_used(node, kind))]


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
    if kind in _TYPED:
        return _fields(node, "type", "value")
    return node.children()


def _is_dependency(node: Node) -> bool:
    arguments = node.parent()
    call = arguments.parent() if arguments is not None and arguments.kind() == "argument_list" else None
    function = call.field("function") if call is not None else None
    return chain(function)[-1:] in _DEPENDENCIES


def _variables(function: Definition) -> _Variables:
    """Give for each parameter and local variable, in order, the lines that bind it and what its type is read from."""
    found: _Variables = {}
    for node in _parameters(function):
        named = node.field("name") or node.child(0)
        if named is not None:
            found[named.text()] = [(0, _all_made_of(node, "type", "value"))]
    for node in function.node.find_all(any=[{"kind": kind} for kind in _BINDING]):
        left = node.field("left") or node.field("name")
        for name in _bound(left):
            binding = (node.range().start.line + 1, _all_made_of(node, "type", "right", "value"))
            found.setdefault(name, []).append(binding)
    return found


def _bound(left: Node | None) -> list[str]:
    """Give the names that a target binds: one, or those of a tuple."""
    if left is None or left.kind() not in {"identifier", "pattern_list", "tuple_pattern"}:
        return []
    return [left.text()] if left.kind() == "identifier" else [part.text() for part in left.find_all(kind="identifier")]


def _fields(node: Node, *names: str) -> list[Node]:
    return [part for name in names if (part := node.field(name)) is not None]


def _of_field(owner: Definition, names: tuple[str, ...], line: int) -> Iterator[Use]:
    """Follow ``self.repository.get`` to the names in what a method assigns to ``self.repository``."""
    if len(names) < 3 or names[1] in owner.members:
        return
    for node in owner.node.find_all(kind="assignment"):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None and chain(left) == names[:2]:
            for one in names_in(right):
                yield Use(one, line, variable=".".join(names[:2]), attribute=names[2])
            return


def names_in(node: Node) -> Iterator[tuple[str, ...]]:
    """Give the outermost names and dotted names used in an expression or annotation, in strings too."""
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
