"""A new route asks nobody who is calling, in a project whose routes do."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import ROUTES, adds, draft, is_new, modules
from reviewbot.checks.project.authentication import Asks
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import ChangedFile
    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.module import Function
    from reviewbot.checks.project.routing import Route, Routing

CHECK = Check(
    id="route-without-authentication",
    title="A route can be called by anybody",
    why=(
        "Whoever knows the address gets the answer: nothing in the signature, the decorator or the routers asks who is "
        "calling."
    ),
    fix=(
        "Add the project's dependency for the current user (in the signature, in the decorator's `dependencies`, or on "
        "the router). If the route is public on purpose, say so in its docstring."
    ),
    leaves_alone=(
        "Login, registration, password reset, tokens, invitations, health, metrics, webhooks and the like, by path and "
        "name; routes whose docstring says that they are public; handlers that look at the request's headers or at a "
        "token themselves; dependencies and decorators that cannot be followed; routers that are included nowhere; "
        "projects with authentication in middleware, and those in which most routes ask nobody. Medium where the "
        "handler uses neither a session nor a service."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    items=(
        "sinag-backend-architect/authentication",
        "trainsmart-senior-backend-architect/authorization",
    ),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=(
        "authentication bypass",
        "authorization bypass",
        "requires authentication",
        "require authentication",
        "auth bypass",
        "unauthenticated",
        "broken access control",
        "missing access control",
    ),
    topics=(
        "authentication of a web service",
        "user authentication of a web service",
        "authorization of a web service",
        "secured endpoints",
        "protected endpoints",
    ),
)

_PUBLIC = re.compile(
    r"(?i)log_?-?(in|out)|logout|sign_?-?(in|up|out)|regist|forgot|reset|passw|verif|confirm|activat|refresh|token|o?auth|oidc|"
    r"saml|sso|callback|health|ready|readi|alive|liveness|ping|status|metrics|version|docs|openapi|robots|favicon|vapid|"
    r"public|invit|webhook|hook|captcha|unsubscribe|subscri|track|pixel|static|well-known|hello|root|index|challenge|"
    r"contact|landing|preview|share"
)
_SAYS_SO = re.compile(
    r"(?i)\b(public(ly)?|no auth\w*|not require\w* auth\w*|without auth\w*|unauthenticated|anonymous|no login)\b"
)
_LOOKS_ITSELF = re.compile(
    r"(?i)authoriz|\btoken|_token|signature|hmac|api_?key|secret|credential|current_user|\bheaders\b|cookies|verify|permission|"
    r"session_id|check_access"
)
_DATA = re.compile(r"(?i)(?:\b|_)(?:db|sessions?|services?)(?:\b|_)|(?-i:Service|Session)")
# Of so many routes so large a part asks who is calling: the project means it.
_FEWEST = 5
_SHARE = 0.7


def run(context: Context) -> Iterator[Draft]:
    """Report each route that the change makes, or from which it takes the authentication."""
    project = context.project
    if project is None:
        return
    for file, module in modules(context, *ROUTES):
        for route in project.routing.routes_of(module):
            function = route.function
            if not adds(file, function.start, function.signature_end) or _is_public(project.routing, route):
                continue
            if project.authentication.of(route) is not Asks.NO or not _expects(project):
                continue
            if is_new(file, function) or _asked_before(project, file, route):
                asking, known = project.authentication.share
                title = f"`{function.name}` asks nobody who is calling, unlike {asking} of the project's {known} routes"
                found = draft(module, function.decorated, title, last=function.signature_end)
                yield found if _reaches_data(function) else replace(found, severity=Severity.MEDIUM)


def _reaches_data(function: Function) -> bool:
    """Tell whether a handler uses a session or a service."""
    body = function.node.field("body")
    return body is not None and any(_DATA.search(node.text()) for node in body.find_all(kind="identifier"))


def _is_public(routing: Routing, route: Route) -> bool:
    if route.path in {"", "/"} and route.router is not None and routing.is_application(route.router):
        return True
    names = " ".join([*(routing.full_paths(route) or [route.path or ""]), route.function.name])
    text = route.function.decorated.text()
    said = (_PUBLIC.search(names), _SAYS_SO.search(text), _LOOKS_ITSELF.search(text), "include_in_schema=False" in text)
    return any(said)


def _expects(project: Project) -> bool:
    asking, known = project.authentication.share
    return known >= _FEWEST and asking >= _SHARE * known


def _asked_before(project: Project, file: ChangedFile, route: Route) -> bool:
    before = project.before
    module = before.code.module(file.old_path or file.path) if before is not None else None
    if before is None or module is None:
        return False
    own = (route.function.name, route.method, route.path)
    return any(
        (other.function.name, other.method, other.path) == own and before.authentication.of(other) is Asks.YES
        for other in before.routing.routes_of(module)
    )
