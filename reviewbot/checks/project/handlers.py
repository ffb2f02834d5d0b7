"""What becomes of an exception that no route catches: the application's handlers answer it, or its command ends."""

from __future__ import annotations

import builtins
import re
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.project import registered
from reviewbot.python.nodes import field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project.declarations import Declarations, Lineage
    from reviewbot.checks.project.registered import Handler
    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Function, Module

_LOGS = r"(?i)^(\w+\.)*_*\w*log\w*\.(info|warning|warn|error|exception|critical|fatal|log)\("
_SHOWS_TRACEBACK = re.compile(r"exc_info|\.exception\(|traceback|capture_exception")
_PRINTS_TRACEBACK = re.compile(r"\.exception\(|traceback|print_exc|capture_exception")
_ENDS = r"\bexit\(|\bSystemExit\b|\b(typer|click)\.(Exit|Abort)\b"
_CLIENT = re.compile(r"\b4\d\d\b|\bHTTP_4\d\d|HTTPStatus\.(BAD_REQ|UNAUTH|FORBID|NOT_|CONFLICT|GONE|UNPROC|TOO_MANY)")
_SERVER = re.compile(r"\b5\d\d\b|\bHTTP_5\d\d|HTTPStatus\.(INTERNAL|BAD_GATE|SERVICE_U|GATEWAY)|\braise\b")
_OWN_STATUS = re.compile(r"\.((?i:http_)?(?i:status_code|status)|code)\b")
# Where an exception's class, or who raises it, says its status.
_STATUS = re.compile(
    r"(?:\b(?i:http_status_code|http_status|status_code|status|code)[ \t]*(?::[^=\n,()]+)?=(?!=)"
    r"|\bsuper\(\)\.__init__\(|^raise[ \t]+[\w.]+\()\s*(?P<given>[\w.]+)"
)
# These are answered outside of all other handlers, and raised again.
_UNEXPECTED = frozenset({"Exception", "BaseException", "object"})


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
        return tuple(registered.handlers(self._code))

    @cached_property
    def log_details(self) -> bool:
        """Whether the project's own handlers of ``HTTPException`` write what its ``detail`` says into the log."""
        own = [handler for handler in self._registered if handler.exception.endswith("HTTPException")]
        return bool(own) and all(_logs(handler.function) for handler in own)

    def refuses(self, module: Module, name: str, raised: str = "") -> bool:
        """Tell whether an exception only becomes an answer of class 4xx: no traceback of it is shown.

        Args:
            module: Where it is raised.
            name: Its class, as it is written there.
            raised: The statement that raises it.
        """
        found = self._declarations.find(module, name)
        lineage = self._declarations.lineage(*found) if found is not None else None
        outside = lineage.outside if lineage is not None else (name,)
        if lineage is not None and any(base.rpartition(".")[2].endswith("HTTPException") for base in outside):
            return True
        own = [cls.name for _, cls in lineage.classes] if lineage is not None else []
        named = {handler.exception: handler for handler in reversed(self._registered)}
        handler = next((named[one] for one in (*own, *_builtin(outside)) if one in named), None)
        if handler is None:
            return False
        answer = self._said(handler)
        if _SHOWS_TRACEBACK.search(answer):
            return False
        if _OWN_STATUS.search(answer):
            answer += f" {_own_status(lineage, raised)}"
        return bool(_CLIENT.search(answer)) and not _SERVER.search(answer)

    def ends_command(self, module: Module, name: str) -> bool:
        """Tell whether some code catches an exception of the project's, and ends the program with its words alone.

        Args:
            module: Where it is raised.
            name: Its class, as it is written there.
        """
        found = self._declarations.find(module, name)
        if found is None:
            return False
        kinds = {cls.name for _, cls in self._declarations.lineage(*found).classes}
        for other in self._code.mentioning(*kinds):
            for clause in other.source.root.find_all(kind="except_clause", regex=_ENDS):
                head, _, body = clause.text().partition(":")
                if not kinds.isdisjoint(re.findall(r"\w+", head)) and not _PRINTS_TRACEBACK.search(body):
                    return True
        return False

    def _said(self, handler: Handler) -> str:
        """Give the source of a handler, with that of what it calls of the project's."""
        texts = [handler.function.body]
        for called in handler.function.node.find_all(kind="call"):
            place = self._code.resolve(handler.module, field(called, "function"))
            for known in (place.module.function, place.module.classes) if place is not None else ():
                definition = known.get(place.name) if place is not None else None
                texts += [definition.node.text()] if definition is not None else []
        return "\n".join(texts)


def _builtin(names: tuple[str, ...]) -> Iterator[str]:
    """Give Python's own exceptions among some names, each with what it is a kind of."""
    for name in names:
        known = getattr(builtins, name, None)
        if isinstance(known, type):
            yield from (cls.__name__ for cls in known.__mro__ if cls.__name__ not in _UNEXPECTED)


def _own_status(lineage: Lineage | None, raised: str) -> str:
    """Give the status that whoever raises an exception gives it, or else its class, or the nearest base."""
    texts = [raised, *(cls.node.text() for _, cls in lineage.classes)] if lineage is not None else [raised]
    for text in texts:
        given = [match["given"] for match in _STATUS.finditer(text)]
        known = [one for one in given if _CLIENT.search(one) or _SERVER.search(one)]
        if known:
            return " ".join(known)
    return ""


def _logs(function: Function) -> bool:
    """Tell whether a handler logs the detail of its exception, or all of it."""
    given = function.parameters[-1].name if function.parameters else "exc"
    shows = re.compile(rf"\.detail\b|\b{re.escape(given)}\b(?!\.)|exc_info|\.exception\(")
    return any(shows.search(node.text()) for node in function.node.find_all(kind="call", regex=_LOGS))
