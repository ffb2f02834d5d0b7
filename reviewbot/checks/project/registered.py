"""Which exception handlers an application registers: by decorator, by call, in a loop, or in a dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviewbot.python.module import Function, functions_within
from reviewbot.python.nodes import call, decorators, elements, field, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

_REGISTERS = r"(^|\.)(add_exception_handler|FastAPI|Starlette|exception_handler\([^()]*\))$"


class Handler(NamedTuple):
    """A function that answers an exception.

    Attributes:
        exception: The exception's name, as it is registered, without its module.
        module: The file of the function.
        function: What answers it.
    """

    exception: str
    module: Module
    function: Function


class _Pair(NamedTuple):
    """An exception, as it is written, and what is to answer it, as the file writes it."""

    exception: str
    module: Module
    handler: Node


def handlers(code: Code) -> Iterator[Handler]:
    """Give the exception handlers of a tree."""
    for module in code.mentioning("exception_handler"):
        for function in functions_within(module.source):
            for decorator in map(call, decorators(function.decorated)):
                if decorator is not None and decorator.name == "exception_handler" and decorator.positional:
                    yield Handler(_named(decorator.positional[0].text()), module, function)
        for node in module.source.root.find_all(kind="call", has={"field": "function", "regex": _REGISTERS}):
            made = call(node)
            for pair in _given(code, module, made) if made is not None else ():
                found = _function(code, pair.module, pair.handler)
                if found is not None:
                    yield Handler(_named(pair.exception), *found)


def _named(exception: str) -> str:
    return exception.rpartition(".")[2]


def _given(code: Code, module: Module, made: Call) -> Iterator[_Pair]:
    """Give the exceptions with their handlers that a call registers."""
    decorator = call(made.node.field("function"))
    if decorator is not None and decorator.positional and made.positional:
        # `app.exception_handler(Refused)(refuse)`
        yield _Pair(decorator.positional[0].text(), module, made.positional[0])
        return
    if made.name != "add_exception_handler":
        yield from _mapping(code, module, made.keywords.get("exception_handlers"))
        return
    exception, handler = made.argument(0, "exc_class_or_status_code"), made.argument(1, "handler")
    if exception is None or handler is None:
        return
    loop = next((above for above in made.node.ancestors() if above.kind() == "for_statement"), None)
    names = [name.strip() for name in field(loop, "left").strip("()").split(",")] if loop is not None else []
    listed = loop.field("right") if loop is not None else None
    if exception.text() not in names:
        yield _Pair(exception.text(), module, handler)
    elif len(names) == 1:
        _, each = _value(code, module, listed)
        yield from (_Pair(one.text(), module, handler) for one in elements(each))
    else:
        yield from _listed(code, module, listed)


def _listed(code: Code, module: Module, listed: Node | None) -> Iterator[_Pair]:
    """Give the pairs that a loop goes through: `HANDLERS.items()`, or a list of them."""
    mapping = call(listed)
    owner = mapping.node.field("function") if mapping is not None and mapping.name == "items" else None
    if owner is not None:
        yield from _mapping(code, module, owner.field("object"))
    at, each = _value(code, module, listed)
    for one in elements(each):
        pair = tuple(elements(one))
        if len(pair) == 2:
            yield _Pair(pair[0].text(), at, pair[1])


def _mapping(code: Code, module: Module, node: Node | None) -> Iterator[_Pair]:
    """Give the pairs of a dictionary, those too that the file puts into it afterwards."""
    at, value = _value(code, module, node)
    yield from (_Pair(exception.text(), at, handler) for exception, handler in pairs(value))
    place = code.resolve(module, node.text()) if node is not None else None
    if place is not None and place.name:
        for name, handler in place.module.assignments.items():
            if name.startswith(f"{place.name}["):
                yield _Pair(name.removeprefix(f"{place.name}[").removesuffix("]"), place.module, handler)


def _value(code: Code, module: Module, node: Node | None) -> tuple[Module, Node | None]:
    """Give what a name is assigned, with its file; anything else as it is."""
    place = code.resolve(module, node.text()) if node is not None else None
    value = place.module.assignments.get(place.name) if place is not None else None
    return (place.module, value) if place is not None and value is not None else (module, node)


def _function(code: Code, module: Module, handler: Node) -> tuple[Module, Function] | None:
    """Give a handler with its file: a function wherever it stands, a method, or a lambda."""
    if handler.kind() == "lambda":
        return module, Function(handler, handler)
    place = code.resolve(module, handler.text())
    at, name = place if place is not None else (module, handler.text())
    known = at.function.get(name)
    if known is not None:
        return at, known
    own = name.rpartition(".")[2]
    found = [node for node in at.source.root.find_all(kind="function_definition") if field(node, "name") == own]
    return (at, Function(found[0], found[0])) if len(found) == 1 else None
