"""A new route is served outside the version prefix that the project's other routes have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import ROUTES, draft, is_new, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.routes import Route

CHECK = Check(
    id="route-outside-version",
    title="A route is served outside the version prefix",
    why=(
        "It cannot be changed later without breaking its clients, and what looks at the prefix (proxies, limits, logs) "
        "misses it."
    ),
    fix="Put the router under the versioned one, or include it with the version's prefix.",
    leaves_alone=(
        "Health, metrics, documentation, webhooks, OAuth, redirects, files and pages; routes outside the schema; "
        "projects most of whose routes have no version; routers that are included nowhere. One finding for each "
        "router."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    items=("sinag-backend-architect/versioned-routes",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("api versioning", "version prefix", "versioned route", "versioned api"),
)

_VERSION = re.compile(r"(?i)/v\d+(?:/|$)|<[^<>]*v\d|<[^<>]*version|<[^<>]*prefix")
_UNVERSIONED = re.compile(
    r"(?i)health|ready|alive|\blive\b|ping|metrics|docs|openapi|robots|favicon|hook|oauth|oidc|saml|sso|callback|well-known|"
    r"static|media|redirect|sitemap|version|\bws\b|socket|internal|admin-ui|catchall|graphql"
)
_FEWEST = 5
_SHARE = 0.8


def run(context: Context) -> Iterator[Draft]:
    """Report the first new route of each router that has no version."""
    project = context.project
    for file, module in modules(context, *ROUTES):
        said = set()
        for route in project.routing.routes_of(module) if project is not None else ():
            if project is None or route.router in said or not is_new(file, route.function):
                continue
            paths = project.routing.full_paths(route)
            if paths is None or any(map(_is_fine, paths)) or _is_page(route) or not _expects(project):
                continue
            said.add(route.router)
            title = f"`{route.method.upper()} {paths[0]}` is served outside the version prefix of the other routes"
            yield draft(module, route.call.node, title)


def _is_fine(path: str) -> bool:
    return path in {"", "/"} or bool(_VERSION.search(path) or _UNVERSIONED.search(path))


def _is_page(route: Route) -> bool:
    text = route.function.decorated.text()
    return bool(re.search(r"include_in_schema=False|HTMLResponse|FileResponse|RedirectResponse|TemplateResponse", text))


def _expects(project: Project) -> bool:
    paths = [path for route in project.routing.routes for path in project.routing.full_paths(route) or ()]
    return len(paths) >= _FEWEST and sum(bool(_VERSION.search(path)) for path in paths) >= _SHARE * len(paths)
