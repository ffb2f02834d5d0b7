"""Routers, routes and how routers are put together: tags, dependencies and prefixes at each of the three levels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.checks.project.prefixes import written
from reviewbot.python.module import functions_within
from reviewbot.python.nodes import call, decorators, elements, first_line, string, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Function, Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

METHODS = ("get", "post", "put", "patch", "delete")
# What makes a route of a function for each of its `methods`: as a decorator, or as a call.
_OF_SEVERAL = ("api_route", "add_api_route")
_CALLS = r"^([A-Za-z0-9_]+\.)*(include_router|APIRouter|FastAPI)\("
_MOST_LEVELS = 6
# What is computed may be False.
_HIDDEN = re.compile(r"include_in_schema\s*=\s*(?!True\b)|\bopenapi_url\s*=\s*None\b")


class Key(NamedTuple):
    """Which router: the file that defines it, and its name there."""

    path: str
    name: str


@dataclass(frozen=True)
class Level:
    """What is said of all routes of a router, where it is made or where it is included.

    Attributes:
        module: The file that says it.
        call: The call of ``APIRouter``, ``FastAPI`` or ``include_router``.
    """

    module: Module
    call: Call

    @cached_property
    def has_tags(self) -> bool:
        """Whether it gives tags, or may give some that cannot be seen."""
        return self.call.open or "tags" in self.call.keywords

    @cached_property
    def dependencies(self) -> tuple[Node, ...] | None:
        """The elements of ``dependencies=[…]``; None where they cannot be seen."""
        return listed(self.call, "dependencies")

    def prefix(self, code: Code) -> str:
        """Give its prefix; where that is computed, the expression in angle brackets."""
        node = self.call.keywords.get("prefix")
        return "" if node is None else written(code, self.module, node)


@dataclass(frozen=True)
class Route:
    """A handler with one of its route decorators.

    Attributes:
        module: The file.
        function: The handler.
        call: The decorator.
        method: ``get``, ``post``, ``put``, ``patch``, ``delete``.
        router: The router it hangs on; None where that cannot be told.
        at: Its path below the router as far as it can be told, computed parts in angle brackets.
        home: The file of the handler, where that is another one.
    """

    module: Module
    function: Function
    call: Call
    method: str
    router: Key | None
    at: str | None = None
    home: Module | None = None

    @property
    def path(self) -> str | None:
        """Its path below the router; None where it is computed."""
        return None if self.at is None or "<" in self.at else self.at

    @property
    def handled_in(self) -> Module:
        """The file of the handler, in which its names mean what they say."""
        return self.home or self.module

    @cached_property
    def dependencies(self) -> tuple[Node, ...] | None:
        """The elements of the decorator's ``dependencies=[…]``; None where they cannot be seen."""
        return listed(self.call, "dependencies")


class Routing:
    """The routers and routes of a tree.

    Args:
        code: The application's files.
    """

    def __init__(self, code: Code) -> None:
        self._code = code
        self._routes_of: dict[str, tuple[Route, ...]] = {}

    @cached_property
    def _levels(self) -> tuple[dict[Key, Level], dict[Key | None, list[tuple[Key | None, Level]]], set[Key]]:
        """Each router's own level; each router's includes with the router they are made on; the applications.

        What is included and cannot be told is None.
        """
        made: dict[Key, Level] = {}
        included: dict[Key | None, list[tuple[Key | None, Level]]] = {}
        applications: set[Key] = set()
        for module in self._code.mentioning("APIRouter(", "include_router(", "FastAPI("):
            for node in module.source.root.find_all(kind="call", regex=_CALLS):
                invocation = call(node)
                if invocation is None:
                    continue
                if invocation.name == "include_router":
                    child = invocation.argument(0, "router")
                    key = self.key(module, child.text()) if child is not None else None
                    parent = self.key(module, invocation.function.rpartition(".")[0])
                    included.setdefault(key, []).append((parent, Level(module, invocation)))
                    continue
                name = _assigned_to(node)
                if name:
                    made[Key(module.path, name)] = Level(module, invocation)
                    if invocation.name == "FastAPI":
                        applications.add(Key(module.path, name))
        return made, included, applications

    def key(self, module: Module, expression: str) -> Key | None:
        """Tell which router an expression names, or None."""
        place = self._code.resolve(module, expression)
        if place is None:
            # Made inside a function, such as `create_app`.
            return Key(module.path, expression) if expression.isidentifier() else None
        return Key(place.module.path, place.name)

    def is_application(self, key: Key) -> bool:
        """Tell whether it is a ``FastAPI()`` itself."""
        return key in self._levels[2]

    def is_router(self, key: Key) -> bool:
        """Tell whether its ``APIRouter()`` or ``FastAPI()`` was found."""
        return key in self._levels[0]

    def is_detached(self, key: Key) -> bool:
        """Tell whether no application includes a router, by however many others; only where all includes are known."""
        made, included, applications = self._levels
        if not self._code.is_whole or not applications or not included.keys() <= made.keys():
            return False
        waiting: list[Key | None] = [key]
        seen: set[Key] = set()
        while waiting:
            router = waiting.pop()
            if router is None or router not in made or router in applications:
                return False
            if router not in seen:
                seen.add(router)
                waiting += [parent for parent, _ in included.get(router, ())]
        return True

    def applications(self, route: Route) -> frozenset[Key]:
        """Give the applications that serve a route; none where any way to one cannot be told."""
        chains = self.chains(route.router) if route.router is not None else None
        tops = (chain[-1] for chain in chains or ())
        return frozenset(Key(top.module.path, _assigned_to(top.call.node)) for top in tops)

    @cached_property
    def _by_application(self) -> dict[Key, list[Route]]:
        routes: dict[Key, list[Route]] = {}
        for route in self.routes:
            for application in self.applications(route):
                routes.setdefault(application, []).append(route)
        return routes

    def of_applications(self, applications: frozenset[Key]) -> tuple[Route, ...]:
        """Give the routes that any of some applications serves, whose habits are their own; without any, all routes."""
        if not applications:
            return self.routes
        return tuple(
            other for application in sorted(applications) for other in self._by_application.get(application, ())
        )

    def chains(self, key: Key) -> tuple[tuple[Level, ...], ...] | None:
        """Give every way from a router to an application, as the levels that its routes pass.

        Returns:
            None where that cannot be told: the router is included nowhere, or by something that cannot be followed.
        """
        ways = list(self._ways(key, _MOST_LEVELS))
        return None if not ways or None in ways else tuple(way for way in ways if way is not None)

    def _ways(self, key: Key, depth: int) -> Iterator[tuple[Level, ...] | None]:
        made, included, applications = self._levels
        own = made.get(key)
        if own is None or depth == 0:
            yield None
            return
        if key in applications:
            yield (own,)
            return
        if key not in included:
            yield None
        for parent, level in included.get(key, ()):
            for way in self._ways(parent, depth - 1) if parent is not None else (None,):
                yield None if way is None else (own, level, *way)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """All routes of the tree."""
        modules = self._code.mentioning(*(f".{method}(" for method in (*METHODS, *_OF_SEVERAL)))
        return tuple(route for module in modules for route in self.routes_of(module))

    def routes_of(self, module: Module) -> tuple[Route, ...]:
        """Give the routes that a module defines, in the order of the source."""
        if module.path not in self._routes_of:
            routes = list(self._decorated(module))
            routes += self._added(module) if "add_api_route" in module.text else ()
            self._routes_of[module.path] = tuple(sorted(routes, key=lambda route: first_line(route.call.node)))
        return self._routes_of[module.path]

    def _decorated(self, module: Module) -> Iterator[Route]:
        for function in functions_within(module.source):
            for decorator in decorators(function.decorated):
                invocation = call(decorator)
                if invocation is None or "." not in invocation.function:
                    continue
                router = invocation.function.rpartition(".")[0]
                if string(invocation.argument(0, "path")) is None and "router" not in router and "app" not in router:
                    continue
                for method in _methods(invocation):
                    yield self._route(module, function, invocation, method)

    def _added(self, module: Module) -> Iterator[Route]:
        """Give the routes that `router.add_api_route(path, handler)` makes, of handlers that can be followed."""
        for node in module.source.root.find_all(kind="call", regex=r"^[A-Za-z0-9_.]+\.add_api_route\("):
            invocation = call(node)
            handler = invocation.argument(1, "endpoint") if invocation is not None else None
            place = self._code.resolve(module, handler.text()) if handler is not None else None
            function = place.module.function.get(place.name) if place is not None else None
            if invocation is None or place is None or function is None:
                continue
            for method in _methods(invocation):
                yield self._route(module, function, invocation, method, place.module)

    def _route(self, module: Module, function: Function, by: Call, method: str, home: Module | None = None) -> Route:
        at = by.argument(0, "path")
        path = written(self._code, module, at) if at is not None else None
        return Route(module, function, by, method, self.key(module, by.function.rpartition(".")[0]), path, home)

    def is_documented(self, route: Route) -> bool:
        """Tell whether OpenAPI shows a route: neither it nor a level above it says otherwise, as far as can be told."""
        chains = self.chains(route.router) if route.router is not None else None
        own = self._levels[0].get(route.router) if route.router is not None else None
        levels = {level.call.node.text() for chain in chains or () for level in chain}
        return not any(
            _HIDDEN.search(text)
            for text in (
                *levels,
                own.call.node.text() if own is not None else "",
                *(include.call.node.text() for _, include in self._levels[1].get(route.router, ())),
                route.function.decorated.text().partition("\ndef ")[0].partition("\nasync def ")[0],
                route.call.node.text(),
            )
        )

    def full_paths(self, route: Route) -> tuple[str, ...] | None:
        """Give the paths under which a route is served, computed parts in angle brackets; None where unknown."""
        chains = self.chains(route.router) if route.router is not None else None
        at = route.at
        if chains is None or at is None:
            return None
        return tuple("".join(level.prefix(self._code) for level in reversed(chain)) + at for chain in chains)


def listed(of: Call, keyword: str) -> tuple[Node, ...] | None:
    """Give the elements of a list that is passed by name: () where none is, None where it cannot be seen."""
    node = of.keywords.get(keyword)
    if node is None:
        return None if of.open else ()
    return tuple(elements(node)) if node.kind() in {"list", "tuple"} else None


def _methods(of: Call) -> tuple[str, ...]:
    """Give the methods of a route: its decorator's name, or those that it lists."""
    if of.name not in _OF_SEVERAL:
        return (of.name,) if of.name in METHODS else ()
    listed_ones = of.keywords.get("methods")
    named = strings(listed_ones) if listed_ones is not None else ("get",)
    return tuple(name.lower() for name in named or () if name.lower() in METHODS)


def _assigned_to(node: Node) -> str:
    """Give the name that a call is assigned to, or nothing."""
    around = node.parent()
    left = around.field("left") if around is not None and around.kind() == "assignment" else None
    return left.text() if left is not None else ""
