"""Requests, answers and refusals, and which function answers which path."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fakegithub.model import Token
    from fakegithub.world import World

DOCUMENTATION = "https://docs.github.com/rest"
INTEGRATION = "Resource not accessible by integration"
_LEVELS = {"none": 0, "read": 1, "write": 2}
# Parameters that may hold slashes, and those that are numbers.
_LONG = frozenset({"path", "basehead", "ref", "tree_sha"})


@dataclass(frozen=True)
class Answer:
    """What is sent back: JSON, or text or bytes of some media type."""

    status: int = 200
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    content: bytes | None = None
    kind: str = "application/json; charset=utf-8"


class RefusedError(Exception):
    """GitHub says no.

    Args:
        status: Of the answer.
        message: In the answer.
        errors: In the answer, where there are any.
    """

    def __init__(self, status: int, message: str, errors: list[Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    @property
    def answer(self) -> Answer:
        """Give it as an answer."""
        body: dict[str, Any] = {"message": self.message}
        if self.errors is not None:
            body["errors"] = self.errors
        return Answer(self.status, {**body, "documentation_url": DOCUMENTATION, "status": str(self.status)})


def not_found() -> RefusedError:
    """Give the refusal of everything that is not there, or may not be seen."""
    return RefusedError(404, "Not Found")


def unprocessable(*errors: str) -> RefusedError:
    """Give the refusal of a review."""
    return RefusedError(422, "Unprocessable Entity", list(errors))


def invalid(resource: str, field_name: str, message: str, code: str = "custom") -> RefusedError:
    """Give the refusal of most other things."""
    error = {"resource": resource, "code": code, "field": field_name, "message": message}
    return RefusedError(422, "Validation Failed", [error])


@dataclass(frozen=True)
class Request:
    """A request of somebody with a valid token."""

    method: str
    path: str
    query: Mapping[str, str]
    accept: str
    body: Any
    token: Token
    world: World
    values: Mapping[str, str] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """Give a number of the path."""
        return int(self.values[name])

    def has(self, level: str, *scopes: str) -> bool:
        """Tell whether the token has the level in one of the scopes."""
        return any(_LEVELS[self.world.level(self.token, scope)] >= _LEVELS[level] for scope in scopes)

    def need(self, level: str, *scopes: str) -> None:
        """Refuse unless the token has the level in one of the scopes."""
        if not self.has(level, *scopes):
            message = INTEGRATION if self.token.kind == "installation" else "Must have admin rights to Repository."
            raise RefusedError(403, message)


@dataclass(frozen=True)
class Route:
    """A method and a path, written as in the description of the interface."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Callable[[Request], Answer]


ROUTES: list[Route] = []


def route(method: str, template: str) -> Callable[[Callable[[Request], Answer]], Callable[[Request], Answer]]:
    """Say what a function answers."""

    def register(handler: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
        ROUTES.append(Route(method, template, pattern_of(template), handler))
        return handler

    return register


def pattern_of(template: str) -> re.Pattern[str]:
    """Give the pattern of the paths of a template."""

    def group(match: re.Match[str]) -> str:
        name = match[1]
        if name in _LONG:
            inner = ".*" if name == "path" else ".+"
        else:
            inner = r"\d+" if name.endswith(("_id", "_number")) else "[^/]+"
        return f"(?P<{name}>{inner})"

    return re.compile(re.sub(r"\{(\w+)\}", group, template).replace("/contents/(", "/contents/?("))


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Give the route of a path, and the values in it."""
    for one in ROUTES:
        if one.method == method and (match := one.pattern.fullmatch(path)):
            return one, {name: unquote(value) for name, value in match.groupdict().items()}
    return None
