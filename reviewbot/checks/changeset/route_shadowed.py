"""A route is never reached, because an earlier one of the same router takes its requests."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import ROUTES, adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        earlier: dict[tuple[object, str], _Earlier] = defaultdict(_Earlier)
        for route in routes:
            before = earlier[route.router, route.method]
            first = before.taking(route)
            before.add(route)
            if first is None or not (_is_new(file, route) or _is_new(file, first)):
                continue
            place = f"`{first.path}` in line {first_line(first.call.node)}"
            title = f"`{route.method.upper()} {route.path}` is never reached: {place} takes its requests"
            yield draft(module, (route if _is_new(file, route) else first).call.node, title)


class _Earlier:
    """Routes of one router and method, by the fixed text that their paths begin and end with."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        self._count = 0
        self._routes: dict[str, dict[str, list[tuple[int, Route]]]] = defaultdict(lambda: defaultdict(list))

    def add(self, route: Route) -> None:
        names = self._names[route.path or ""]
        # Of those with one path the first two are enough: one of them has another handler.
        if route.path is not None and len(names) < 2 and route.function.name not in names:
            names.add(route.function.name)
            fixed = [text for text, parameter in _parts(route.path) if parameter is None]
            self._routes[fixed[0]]["" if len(fixed) == 1 else fixed[-1]].append((self._count, route))
            self._count += 1

    def taking(self, route: Route) -> Route | None:
        """Give the first that takes a route's requests."""
        if route.path is None:
            return None
        request = _request(route.path)
        beginning = (ends for at in range(len(request) + 1) if (ends := self._routes.get(request[:at])))
        found = (those for ends in beginning for at in range(len(request) + 1) if (those := ends.get(request[at:])))
        others = sorted((place for those in found for place in those), key=lambda place: place[0])
        return next(
            (
                other
                for _, other in others
                if other.function.name != route.function.name and re.fullmatch(_pattern(other.path or ""), request)
            ),
            None,
        )


def _pattern(path: str) -> str:
    """Give the expression for what a path takes."""
    return "".join(
        _PATTERNS.get(parameter[1], re.escape(f"~{parameter[1]}")) if parameter else re.escape(text)
        for text, parameter in _parts(path)
    )


def _request(path: str) -> str:
    """Give a request for a path that every path fits that takes all of its requests."""
    return "".join(
        _REQUESTS.get(parameter[1], f"~{parameter[1]}") if parameter else text for text, parameter in _parts(path)
    )


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
