"""A route is never reached, because an earlier one of the same router takes its requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import ROUTES, adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project.routes import Route
    from reviewbot.core.change import ChangedFile

CHECK = Check(
    id="route-shadowed",
    title="A route is never reached, because an earlier one takes its requests",
    why=(
        "FastAPI takes the first route that matches, in the order of the source: `/{id}` takes `/export` too, and "
        "answers with 422, or with 404 for an id that nobody has."
    ),
    fix="Define the route with the fixed path before the one with the parameter, or narrow that (`{id:int}`).",
    leaves_alone=(
        "Routes of different routers; parameters with a converter that narrows them (`{id:int}`); routes in branches, "
        "of which only one may be defined; routes that were there before, in the same order."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=(
        "sinag-backend-architect/rest-semantics",
        "trainsmart-senior-backend-architect/correct-behaviour",
    ),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=(
        "route order",
        "shadowed routes",
        "route conflicts",
        "overlapping routes",
    ),
)

_PARAMETER = re.compile(r"\{\w+(?::(\w+))?\}")
# What a parameter takes, by its converter, and a request that has nothing else in common with fixed text. Any other
# converter takes only what has the same one.
_PATTERNS = {None: "[^/]+", "str": "[^/]+", "path": ".*"}
_REQUESTS = {None: "~", "str": "~", "path": "~/~"}


def run(context: Context) -> Iterator[Draft]:
    """Report each route that the change adds behind another one, or before which it adds one."""
    for file, module in modules(context, *ROUTES):
        routes = [] if context.project is None else list(context.project.routing.routes_of(module))
        for at, route in enumerate(routes):
            first = _first_match(route, routes[:at])
            if first is None or not (_is_new(file, route) or _is_new(file, first)):
                continue
            place = f"`{first.path}` in line {first_line(first.call.node)}"
            title = f"`{route.method.upper()} {route.path}` is never reached: {place} takes its requests"
            yield draft(module, (route if _is_new(file, route) else first).call.node, title)


def _first_match(route: Route, earlier: Sequence[Route]) -> Route | None:
    """Give the first of the earlier routes that takes a route's requests."""
    for other in earlier:
        same = (other.router, other.method) == (route.router, route.method)
        if same and route.function.name != other.function.name and _takes(other.path, route.path):
            return other
    return None


def _takes(path: str | None, other: str | None) -> bool:
    """Tell whether every request for ``other`` fits ``path`` too."""
    if path is None or other is None:
        return False
    pattern = "".join(
        _PATTERNS.get(parameter[1], re.escape(f"~{parameter[1]}")) if parameter else re.escape(text)
        for text, parameter in _parts(path)
    )
    request = "".join(
        _REQUESTS.get(parameter[1], f"~{parameter[1]}") if parameter else text for text, parameter in _parts(other)
    )
    return re.fullmatch(pattern, request) is not None


def _parts(path: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Give the parts of a path, in their order: fixed text, or a parameter with its converter."""
    end = 0
    for parameter in _PARAMETER.finditer(path):
        yield path[end : parameter.start()], None
        yield parameter[0], parameter
        end = parameter.end()
    yield path[end:], None


def _is_new(file: ChangedFile, route: Route) -> bool:
    return adds(file, first_line(route.call.node), last_line(route.call.node))
