"""Which handlers ask who is calling: in their signature, on the decorator, on the router, or where it is included."""

from __future__ import annotations

import re
from collections import defaultdict
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from reviewbot.python.nodes import Call, call, decorators

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewbot.checks.project.routes import Key, Route, Routing
    from reviewbot.python.codebase import Code, Place
    from reviewbot.python.module import Function, Module, Parameter
    from reviewbot.python.syntax import Node

# A dependency with such a name asks who is calling, or what they may do.
_ASKS = re.compile(
    r"(?i)auth|current|user|token|login|permission|require|verif|check|guard|protect|role|api_?key|secur|session_?info|"
    r"principal|identity|member|admin|scope|access|jwt|bearer|credential|signature|allow|policy|tenant|owner|caller|cron"
)
_HARMLESS = re.compile(
    r"(?i)^(get_|provide_|yield_)?(async_|sync_)?(read_?only_)?(db|database|db_?session|session|dbsession|sessiondep|settings|config|redis|cache|"
    r"cache_client|pagination|paging|page_params|common_parameters|request_id|logger|http_client|limiter|rate_limiter)(_dep|_async)?$"
)
# What gives a handler something to work with asks nobody, whatever the thing is about: `get_user_service`.
_GIVES = re.compile(
    r"(?i)(service|repo|repository|store|dao|gateway|mailer|uow|unit_?of_?work|use_?case|crud|manager|queue)s?(_?dep|_?factory)?$"
)
_MAKES = re.compile(r"(?:\w+\.)*(?:get_|provide_|[A-Z])")
# The form of a login: it takes a password and checks none.
_LOGIN_FORM = re.compile(r"(?:^|\.)OAuth2PasswordRequestForm(?:Strict)?$")
# What is called so is a body, not an alias of a dependency.
_BODY = re.compile(
    r"(?:Create|Update|In|Input|Out|Request|Payload|Body|Schema|Data|Form|DTO|Dto|Base|Read|Params|Filter|Register|Login)$"
)
_DEPENDS = frozenset({"Depends", "Security"})
# What the client sends beside path, query and body.
_SENT = re.compile(r"\b(Header|Cookie)\(")
_REFUSES = re.compile(r"\b(?:40[13]|HTTP_40[13]_\w+|Unauthorized|Forbidden)\b|(?i:authorization)")
# Middleware that may ask for all routes at once.
_MIDDLEWARE = re.compile(
    r"(?i)add_middleware\(\s*[\w.]*(auth|jwt|token|api_?key|gateway)|middleware\(\s*[\"']http[\"']\s*\)"
)
# The decorators of FastAPI that make a route of a function.
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "api_route", "websocket", "route"})
_MOST_STEPS = 5


class Asks(Enum):
    """Whether somebody is asked who is calling."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Authentication:
    """Authentication in one tree.

    Args:
        code: The application's files.
        routing: Its routers and routes.
    """

    def __init__(self, code: Code, routing: Routing) -> None:
        self._code = code
        self._routing = routing
        self._levels = cache(self._levels_of)
        self._alike: dict[str, dict[tuple[str, str, str | None], list[Route]]] = {}
        self._shares: dict[frozenset[Key], tuple[int, int]] = {}

    def of(self, route: Route) -> Asks:
        """Tell whether a route asks who is calling, on any of its levels."""
        answers = [self._parameters(route.handled_in, route.function, _MOST_STEPS)]
        answers.append(self._listed(route.module, route.dependencies))
        answers.append(self._decorators(route.handled_in, route.function))
        answers.append(self._levels(route.router) if route.router is not None else Asks.UNKNOWN)
        return _any(answers)

    def _levels_of(self, router: Key) -> Asks:
        """Tell whether anything asks on the way to a router."""
        chains = self._routing.chains(router)
        if chains is None:
            return Asks.UNKNOWN
        ways = [_any(self._listed(level.module, level.dependencies) for level in chain) for chain in chains]
        # Where a router is included twice, the way on which nobody asks is the one that counts.
        answers = [next((answer for answer in (Asks.NO, Asks.UNKNOWN) if answer in ways), Asks.YES)]
        if any(_MIDDLEWARE.search(level.module.text) for chain in chains for level in chain):
            answers.append(Asks.UNKNOWN)
        return _any(answers)

    def alike(self, module: Module, route: Route) -> Sequence[Route]:
        """Give the routes of a module with the handler's name, the method and the path of another."""
        if module.path not in self._alike:
            alike = self._alike[module.path] = defaultdict(list)
            for own in self._routing.routes_of(module):
                alike[own.function.name, own.method, own.path].append(own)
        return self._alike[module.path].get((route.function.name, route.method, route.path), ())

    def share(self, applications: frozenset[Key]) -> tuple[int, int]:
        """Tell how many routes of some applications ask who is calling, and of how many that can be told."""
        if applications not in self._shares:
            answers = [self.of(other) for other in self._routing.of_applications(applications)]
            known = [answer for answer in answers if answer is not Asks.UNKNOWN]
            self._shares[applications] = sum(answer is Asks.YES for answer in known), len(known)
        return self._shares[applications]

    def _parameters(self, module: Module, function: Function, steps: int) -> Asks:
        return _any(self._parameter(module, parameter, steps) for parameter in function.parameters)

    def _decorators(self, module: Module, function: Function) -> Asks:
        """Tell whether a decorator beside the route's own may ask; what it does with the handler is not followed."""
        decorations = (call(node) or node for node in decorators(function.decorated))
        names = (
            decoration.function if isinstance(decoration, Call) else decoration.text() for decoration in decorations
        )
        asking = (name for name in names if name.rpartition(".")[2] not in _METHODS and _ASKS.search(name))
        return _any(self._decorator(module, name) for name in asking)

    def _decorator(self, module: Module, name: str) -> Asks:
        place = self._code.resolve(module, name)
        followed = place.module.function.get(place.name) if place is not None else None
        return Asks.YES if followed is not None and _REFUSES.search(followed.body) else Asks.UNKNOWN

    def _parameter(self, module: Module, parameter: Parameter, steps: int) -> Asks:
        given = f"{parameter.annotation} {parameter.default or ''}"
        if _SENT.search(given):
            return Asks.YES if _ASKS.search(parameter.name) else Asks.NO
        depends = list(_depends(parameter.node))
        if depends:
            return _any(self._dependency(module, dependency, parameter.annotation, steps) for dependency in depends)
        named = [parameter.annotation, parameter.default or "", *_metadata(parameter.node)]
        return _any(self._alias(module, name, steps) for name in named) if steps else Asks.NO

    def _alias(self, module: Module, name: str, steps: int) -> Asks:
        """Follow `CurrentUser = Annotated[User, Depends(get_current_user)]`, and a `Depends(…)` that has a name."""
        place = self._code.resolve(module, name)
        if place is None:
            # An alias of a package, which is not in the tree.
            package = name.partition(".")[0] in module.imported and _ASKS.search(name) and not _BODY.search(name)
            return Asks.UNKNOWN if package else Asks.NO
        if place.name not in place.module.assignments:
            return Asks.NO
        aliased = list(_depends(place.module.assignments[place.name]))
        return _any(self._dependency(place.module, dependency, "", steps - 1) for dependency in aliased)

    def _listed(self, module: Module, dependencies: tuple[Node, ...] | None) -> Asks:
        if dependencies is None:
            return Asks.UNKNOWN
        return _any(self._element(module, node) for node in dependencies)

    def _element(self, module: Module, node: Node) -> Asks:
        dependency = call(node)
        if dependency is not None and dependency.name in _DEPENDS:
            return self._dependency(module, dependency, "", _MOST_STEPS)
        return Asks.YES if _ASKS.search(node.text()) else Asks.UNKNOWN

    def _dependency(self, module: Module, depends: Call, annotation: str, steps: int) -> Asks:
        """Tell whether what stands in ``Depends(…)`` asks."""
        node = depends.argument(0, "dependency")
        name = node.text() if node is not None else annotation
        if depends.name == "Security" or _asks(name):
            return Asks.YES
        if _LOGIN_FORM.search(name) or _HARMLESS.search(name.rpartition(".")[2]):
            return Asks.NO
        place = self._code.resolve(module, name) if steps else None
        functions = _called(place) if place is not None else None
        if place is None or functions is None:
            # A package's, or of a file that cannot be read: `get_user_service` will not ask.
            gives = place is None and steps and _GIVES.search(name) and _MAKES.match(name)
            return Asks.NO if gives else Asks.UNKNOWN
        if any(_REFUSES.search(function.body) for function in functions):
            return Asks.YES
        return _any(self._parameters(place.module, function, steps - 1) for function in functions)


def _asks(name: str) -> bool:
    """Tell whether a dependency asks who is calling, by its name."""
    return bool(_ASKS.search(name)) and not _GIVES.search(name) and not _LOGIN_FORM.search(name)


def _called(place: Place) -> list[Function] | None:
    """Give what FastAPI calls for a dependency: the function, or what makes the object of a class; None if unknown."""
    if place.name in place.module.function:
        return [place.module.function[place.name]]
    made = place.module.classes.get(place.name)
    # A base may ask, too; those of a schema do not.
    if made is None or not {base.rpartition(".")[2] for base in made.bases} <= {"BaseModel", "object"}:
        return None
    return [method for method in made.methods if method.name == "__init__"]


def _metadata(parameter: Node) -> list[str]:
    """Give what stands behind the type in `Annotated[type, …]`, where it is a name."""
    kind = parameter.field("type")
    if kind is None or not kind.text().partition("[")[0].endswith("Annotated"):
        return []
    return [node.text() for node in kind.find_all(kind="identifier")]


def _depends(node: Node) -> Iterator[Call]:
    """Give each ``Depends(…)`` and ``Security(…)`` in a parameter or an alias."""
    for inner in node.find_all(kind="call", regex=r"^([A-Za-z0-9_]+\.)*(Depends|Security)\("):
        taken = call(inner)
        if taken is not None:
            yield taken


def _any(answers: Iterable[Asks]) -> Asks:
    """One that asks is enough; one that cannot be read may ask."""
    distinct = set(answers)
    return next((answer for answer in (Asks.YES, Asks.UNKNOWN) if answer in distinct), Asks.NO)
