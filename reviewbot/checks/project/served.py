"""Which code a server runs, by what imports it: a command line's code runs once, on the disk of whoever called it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.python.module import functions_within
from reviewbot.python.nodes import decorators, last_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.python.codebase import Code

# What answers requests or takes work: an application, a router or a handler, a task, what waits for messages.
_SERVER = re.compile(
    r"\b(?:FastAPI|APIRouter|Starlette|Flask|Blueprint|Quart|Sanic|Litestar|Celery|KafkaConsumer|AIOKafkaConsumer)\("
    r"|\bweb\.Application\(|\bgrpc(?:\.aio)?\.server\(|\bget_[aw]sgi_application\(|^urlpatterns\b|\bWorkerSettings\b"
    r"|^[ \t]*@(?:\w+\.)*(?:(?:shared_task|actor|job|task)\b|(?:get|post|put|patch|delete|route|websocket)\()"
    r"|\.(?:serve_forever|start_polling|run_polling|basic_consume|start_consuming)\(|\bwebsockets\.serve\(",
    re.MULTILINE,
)
_SERVER_NAMES = re.compile(r"(?:^|[/_])(?:workers?|consumers?|daemon|asgi|wsgi)(?:/|_|\.py$)")
_COMMANDS = re.compile(
    r"^[ \t]*(?:import|from)[ \t]+(?:click|rich_click|asyncclick|typer|argparse|fire)\b", re.MULTILINE
)
_COMMAND_PATH = re.compile(r"(?:^|/)_?(?:cli|command_?line|__main__)(?:/|\.py$)|_cli\.py$")
_COMMAND = re.compile(r"(?:^|\.)(?:command|group|callback)\b|^(?:click|typer)\.")


def is_command_line(path: str) -> bool:
    """Tell whether a path says that a file belongs to a command line; all that is known without the tree."""
    return _COMMAND_PATH.search(path) is not None


class Served:
    """What the servers and the workers of a tree load, and what its command lines do.

    Args:
        code: The application's files.
    """

    def __init__(self, code: Code) -> None:
        self._code = code

    def leaves_out(self, path: str, line: int) -> bool:
        """Tell whether what stands at a line is run by a command line and by no server, as far as the tree tells."""
        if self._is_in_command(path, line):
            return True
        if not self._code.is_whole or not self._by_servers:
            return is_command_line(path)
        return path not in self._by_servers and (is_command_line(path) or path in self._by_commands)

    @cached_property
    def _by_servers(self) -> frozenset[str]:
        return self._loaded(
            path
            for path, text in self._code.texts.items()
            if not is_command_line(path) and (_SERVER_NAMES.search(path) or _SERVER.search(text))
        )

    @cached_property
    def _by_commands(self) -> frozenset[str]:
        return self._loaded(
            path for path, text in self._code.texts.items() if is_command_line(path) or _COMMANDS.search(text)
        )

    def _loaded(self, paths: Iterable[str]) -> frozenset[str]:
        modules = (module for path in paths if (module := self._code.module(path)) is not None)
        return frozenset(module.path for module in self._code.loaded(modules, lazily=True))

    def _is_in_command(self, path: str, line: int) -> bool:
        """Tell whether a line stands in a function that click or typer makes a command of."""
        module = self._code.module(path)
        if module is None or not _COMMANDS.search(module.text):
            return False
        return any(
            function.start <= line <= last_line(function.node)
            and any(_COMMAND.search(by.text().partition("(")[0]) for by in decorators(function.decorated))
            for function in functions_within(module.source)
        )
