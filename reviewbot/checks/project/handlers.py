"""The application's exception handlers: what becomes of an exception that no route catches."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.python.module import functions_within
from reviewbot.python.nodes import call, decorators, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project.declarations import Declarations
    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Function, Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

_REGISTERS = r"(^|\.)(add_exception_handler|FastAPI|Starlette)$"
_LOGS = r"(?i)^(\w+\.)*_*\w*log\w*\.(info|warning|warn|error|exception|critical|fatal|log)\("
_SHOWS_TRACEBACK = re.compile(r"exc_info|\.exception\(|traceback|capture_exception")
_CLIENT = re.compile(r"\b4\d\d\b|\bHTTP_4\d\d|HTTPStatus\.(BAD_REQ|UNAUTH|FORBID|NOT_|CONFLICT|GONE|UNPROC|TOO_MANY)")
_SERVER = re.compile(r"\b5\d\d\b|\bHTTP_5\d\d|HTTPStatus\.(INTERNAL|BAD_GATE|SERVICE_U|GATEWAY)|\braise\b")
_OWN_STATUS = re.compile(r"\.(status_code|status|http_status|code)\b")
_STATUS = re.compile(r"(?m)^[ \t]*(status_code|status|http_status|code)[ \t]*(:[^=\n]+)?=(?P<given>[^\n]+)")


class Handler(NamedTuple):
    """A function that answers an exception.

    Attributes:
        exception: The exception's name, as it is registered, without its module.
        function: What answers it.
    """

    exception: str
    function: Function


class Handlers:
    """The exception handlers of one tree.

    Args:
        code: The application's files.
        declarations: Its classes.
    """

    def __init__(self, code: Code, declarations: Declarations) -> None:
        self._code = code
        self._declarations = declarations

    @cached_property
    def _registered(self) -> tuple[Handler, ...]:
        modules = self._code.mentioning("exception_handler")
        return tuple(handler for module in modules for handler in self._of(module))

    def _of(self, module: Module) -> Iterator[Handler]:
        for function in functions_within(module.source):
            for decorator in map(call, decorators(function.decorated)):
                if decorator is not None and decorator.name == "exception_handler" and decorator.positional:
                    yield Handler(_named(decorator.positional[0]), function)
        for node in module.source.root.find_all(kind="call", has={"field": "function", "regex": _REGISTERS}):
            made = call(node)
            for exception, handler in _given(made) if made is not None else ():
                place = self._code.resolve(module, handler.text())
                found = place.module.function.get(place.name) if place is not None else None
                if found is not None:
                    yield Handler(_named(exception), found)

    @cached_property
    def log_details(self) -> bool:
        """Whether the project's own handlers of ``HTTPException`` write what its ``detail`` says into the log."""
        own = [handler for handler in self._registered if handler.exception.endswith("HTTPException")]
        return bool(own) and all(_logs(handler.function) for handler in own)

    def refuses(self, module: Module, name: str) -> bool:
        """Tell whether an exception only becomes an answer of class 4xx: no traceback of it is shown.

        Args:
            module: Where it is raised.
            name: Its class, as it is written there.
        """
        found = self._declarations.find(module, name)
        lineage = self._declarations.lineage(*found) if found is not None else None
        if lineage is None:
            return False
        if any(base.rpartition(".")[2].endswith("HTTPException") for base in lineage.outside):
            return True
        named = {handler.exception: handler.function for handler in reversed(self._registered)}
        handler = next((named[cls.name] for _, cls in lineage.classes if cls.name in named), None)
        if handler is None or _SHOWS_TRACEBACK.search(handler.body):
            return False
        given = [match["given"] for _, cls in lineage.classes for match in _STATUS.finditer(cls.node.text())]
        own = given[0] if given and _OWN_STATUS.search(handler.body) else ""
        return bool(_CLIENT.search(handler.body + own)) and not _SERVER.search(handler.body + own)


def _named(exception: Node) -> str:
    return exception.text().rpartition(".")[2]


def _given(made: Call) -> Iterator[tuple[Node, Node]]:
    """Give the exceptions with their handlers that a call registers."""
    if made.name == "add_exception_handler":
        exception, handler = made.argument(0, "exc_class_or_status_code"), made.argument(1, "handler")
        if exception is not None and handler is not None:
            yield exception, handler
    else:
        yield from pairs(made.keywords.get("exception_handlers"))


def _logs(function: Function) -> bool:
    """Tell whether a handler logs the detail of its exception, or all of it."""
    given = function.parameters[-1].name if function.parameters else "exc"
    shows = re.compile(rf"\.detail\b|\b{re.escape(given)}\b(?!\.)|exc_info|\.exception\(")
    return any(shows.search(node.text()) for node in function.node.find_all(kind="call", regex=_LOGS))
