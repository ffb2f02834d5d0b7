"""A new route asks nobody who is calling, in a project whose routes do."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.changed_modules import ROUTES, adds, draft, is_new, modules
from reviewbot.checks.project.authentication import Asks
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import LineKind, Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.routes import Route, Routing
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.module import Function
    from reviewbot.python.syntax import Node

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
        "Login, registration, password reset, tokens, invitations, health, metrics, webhooks and the like, by path "
        "and name (of confirming, sharing, a status and the like only without an id in the path); routes whose "
        "docstring says that they are public; handlers that look at the request's headers or at a token themselves; "
        "dependencies and decorators that cannot be followed; routers that are included nowhere; projects with "
        "authentication in middleware; applications of which most routes ask nobody, whatever another application of "
        "the repository does; such as have fewer than five routes of which it can be told, which are too few "
        "to compare with. Medium where the handler uses neither a session nor a service."
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
    r"(?i)log_?-?(in|out)|logout|sign_?-?(in|up|out)|regist|forgot|passw|refresh|token|o?auth|oidc|"
    r"saml|sso|callback|health|ready|readi|alive|liveness|ping|metrics|docs|openapi|robots|favicon|vapid|"
    r"public|webhook|hook|captcha|unsubscribe|pixel|static|well-known|hello|challenge|landing"
)
# What is public as a whole, or with a secret in the link; not where it is done with an object that has an id.
_PUBLIC_WITHOUT_ID = re.compile(
    r"(?i)verif|confirm|activat|reset|invit|track|share|preview|subscri|status|version|contact|root|index"
)
_ID = re.compile(r"(?i)\{(?!\w*(?:token|code|key|hash|secret|slug|signature|uid\b|link|nonce|otp))\w+(?::\w+)?\}")
_SAYS_SO = re.compile(
    r"(?i)\b(public(ly)?|no auth\w*|not require\w* auth\w*|without auth\w*|unauthenticated|anonymous|no login)\b"
)
_LOOKS_ITSELF = re.compile(
    r"(?i)authoriz|authentic|\btoken|_token|signature|hmac|api_?key|secret|credential|current_user|\bheaders\b|cookies|verify|permission|"
    r"session_id|check_access"
)
# What a call sends to another server, or how: nothing that the caller of the route sent.
_SENT = {"headers", "cookies", "auth", "cert"}
_DATA = re.compile(r"(?i)(?:\b|_)(?:db|sessions?|services?)(?:\b|_)|(?-i:Service|Session)")
# What a line says that may ask who is calling, or is a part of what does.
_ASKS = re.compile(
    r"(?i)depends|security|dependenc|router|user|auth|token|current|principal|account|member|admin|staff|session|@"
)
# Of so many routes so large a part asks who is calling: the project means it.
_FEWEST = 5
_SHARE = 0.7


def run(context: Context) -> Iterator[Draft]:
    """Report each route that the change makes, or from which it takes the authentication."""
    project = context.project
    if project is None:
        return
    said: set[tuple[str, int]] = set()
    for file, module in modules(context, *ROUTES):
        for route in project.routing.routes_of(module):
            function = route.function
            if route.home is not None or not adds(file, function.start, function.signature_end):
                continue
            if not _is_open(project, route):
                continue
            if is_new(file, function) or _base_route(project, file, route) is not None:
                said.add((module.path, function.start))
                finding = draft(module, function.decorated, _title(project, route), last=function.signature_end)
                yield finding if _reaches_data(function) else replace(finding, severity=Severity.MEDIUM)
    yield from _opened(context, project, said)


def _title(project: Project, route: Route) -> str:
    asking, known, which = _share(project, route)
    return f"`{route.function.name}` asks nobody who is calling, unlike {asking} of {known} routes {which}"


def _is_open(project: Project, route: Route) -> bool:
    if _is_public(project.routing, route):
        return False
    return project.authentication.of(route) is Asks.NO and _expects(project, route)


def _opened(context: Context, project: Project, said: set[tuple[str, int]]) -> Iterator[Draft]:
    """Report once where a removed line took the authentication from routes: of a signature, a router, an include."""
    base = project.base
    files = {file.old_path or file.path: file for file in context.files if _may_open(file)}
    if base is None or not files:
        return
    for route in project.routing.routes:
        if (route.module.path, route.function.start) in said:
            continue
        for old in _versions(base, route):
            place = next(_removed_lines(base, files, old), None)
            if place is None or place in said or not _is_open(project, route):
                continue
            if base.authentication.of(old) is Asks.YES:
                said.add(place)
                yield _on_the_left(files[place[0]], base, place, _title(project, route))


def _may_open(file: ChangedFile) -> bool:
    """Tell whether a removed line may have asked who is calling; following every route of the tree takes long."""
    removed = (line.text for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.REMOVED)
    return any(_ASKS.search(line) for line in removed)


def _versions(base: Tree, route: Route) -> Iterator[Route]:
    module = base.code.module(route.module.path)
    for old in base.routing.routes_of(module) if module is not None else ():
        if (old.function.name, old.method, old.at) == (route.function.name, route.method, route.at):
            yield old


def _removed_lines(base: Tree, files: Mapping[str, ChangedFile], old: Route) -> Iterator[tuple[str, int]]:
    """Give the removed lines of a route's signature, and of the levels above it."""
    chains = base.routing.chains(old.router) if old.router is not None else None
    spans = [(old.module.path, old.function.start, old.function.signature_end)]
    spans += [
        (level.module.path, first_line(level.call.node), last_line(level.call.node))
        for chain in chains or ()
        for level in chain
    ]
    for path, start, end in spans:
        file = files.get(path)
        yield from ((path, line) for line in range(start, end + 1) if file is not None and line in file.removed_lines)


def _on_the_left(file: ChangedFile, base: Tree, place: tuple[str, int], title: str) -> Draft:
    lines = base.code.texts.get(place[0], "").split("\n")
    evidence = lines[place[1] - 1].removesuffix("\r") if place[1] <= len(lines) else ""
    return Draft(file.path, place[1], place[1], title, evidence, side=Side.LEFT)


def _reaches_data(function: Function) -> bool:
    """Tell whether a handler uses a session or a service."""
    body = function.node.field("body")
    return body is not None and any(_DATA.search(node.text()) for node in body.find_all(kind="identifier"))


def _is_public(routing: Routing, route: Route) -> bool:
    if route.path in {"", "/"} and route.router is not None and routing.is_application(route.router):
        return True
    paths = " ".join(routing.full_paths(route) or [route.path or ""])
    names = f"{paths} {route.function.name}"
    function = route.function
    text = function.decorated.text()
    weakly = _PUBLIC_WITHOUT_ID.search(names) and not _ID.search(paths)
    said = (
        _PUBLIC.search(names),
        weakly,
        _SAYS_SO.search(text),
        _looks_itself(function),
        "include_in_schema=False" in text,
    )
    return any(said)


def _looks_itself(function: Function) -> bool:
    """Tell whether a handler asks by itself: by its signature and decorators, or by what its body calls and reads."""
    body = function.node.field("body")
    if body is None or _LOOKS_ITSELF.search(function.decorated.text().removesuffix(body.text())):
        return True
    names = body.find_all(kind="identifier", regex=_LOOKS_ITSELF.pattern)
    return any(not _is_told(name) for name in names)


def _is_told(name: Node) -> bool:
    """Tell whether code does not read a name: it assigns to it, passes something by it, or sends it elsewhere."""
    inner = name.range()
    for outer in name.ancestors():
        if outer.kind() == "keyword_argument":
            keyword = outer.field("name")
            if keyword is not None and (keyword.text() in _SENT or keyword.range() == inner):
                return True
        if outer.kind() == "assignment":
            left = outer.field("left")
            return left is not None and left.range().end.index >= inner.end.index
        if outer.kind() == "block":
            break
    return False


def _expects(project: Project, route: Route) -> bool:
    asking, known, _ = _share(project, route)
    return known >= _FEWEST and asking >= _SHARE * known


def _share(project: Project, route: Route) -> tuple[int, int, str]:
    """Give how many routes ask, of how many that can be told, and which they are: before the change, where more did."""
    applications = project.routing.applications(route)
    sides = (project, "of the application"), (project.base, "that the application had before")
    shares = [(*side.authentication.share(applications), which) for side, which in sides if side is not None]
    return max(shares, key=lambda share: (share[1] >= _FEWEST, share[0] / (share[1] or 1)))


def _base_route(project: Project, file: ChangedFile, route: Route) -> Route | None:
    """Give the route as it was, if it asked who is calling."""
    base = project.base
    module = base.code.module(file.old_path or file.path) if base is not None else None
    if base is None or module is None:
        return None
    others = base.authentication.alike(module, route)
    return next((other for other in others if base.authentication.of(other) is Asks.YES), None)
