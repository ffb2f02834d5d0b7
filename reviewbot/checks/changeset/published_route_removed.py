"""A route that clients may call is no longer there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.change import FileKind, Side
from reviewbot.check import Check, Needs
from reviewbot.checks.changeset import Draft
from reviewbot.checks.changeset.places import ROUTES
from reviewbot.checks.project.nodes import first_line
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import ChangedFile
    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.routing import Route

CHECK = Check(
    id="published-route-removed",
    title="A route that clients call is no longer there",
    why=(
        "Whoever has the old frontend open, or is another client, gets a 404 from the moment this is deployed, and the "
        "frontend in this repository does if it still calls the route."
    ),
    fix="Keep the old path (`deprecated=True`) beside the new one until no client calls it, or make it a new version.",
    leaves_alone=(
        "Routes that moved to another file or router and kept their method and path; routes outside the schema; where "
        "the repository has a frontend, routes that it does not call any more; routes whose path cannot be read."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=("trainsmart-senior-backend-architect/backward-compatible-api",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("ensure backward compatibility", "maintain backward compatibility", "breaking api changes"),
    topics=(
        "backward compatibility of a web service",
        "backward compatible of a web service",
        "breaking changes of a web service",
        "breaking public API changes of a web service",
    ),
)

_PARAMETER = re.compile(r"\{[^{}]*\}")


def run(context: Context) -> Iterator[Draft]:
    """Report each route of the base that the head lacks and the frontend calls, or nobody knows whether it does."""
    project = context.project
    before = project.before if project is not None else None
    if project is None or before is None:
        return
    for file in context.files:
        if file.kind is FileKind.ADDED or not file.removed_lines or not _may_have_routes(file):
            continue
        module = before.code.module(file.old_path or file.path)
        if module is None:
            continue
        for route in before.routing.routes_of(module):
            if _is_gone(project, before, route) and first_line(route.call.node) in file.removed_lines:
                yield from _draft(project, before, file, route)


def _may_have_routes(file: ChangedFile) -> bool:
    return file.old_text is None or any(word in file.old_text for word in ROUTES)


def _served(tree: Tree, route: Route) -> set[tuple[str, str]]:
    """Give method and path of a route, parameters without their names."""
    paths = tree.routing.full_paths(route) or ()
    return {(route.method, _PARAMETER.sub("{}", path).rstrip("/")) for path in paths}


def _is_gone(project: Project, before: Tree, route: Route) -> bool:
    served = _served(before, route)
    hidden = "include_in_schema=False" in route.function.decorated.text()
    if not served or route.path is None or hidden:
        return False
    for other in project.routing.routes:
        now = _served(project, other)
        if served & now or (not now and (other.path is None or other.path.rstrip("/") == route.path.rstrip("/"))):
            return False
    return True


def _draft(project: Project, before: Tree, file: ChangedFile, route: Route) -> Iterator[Draft]:
    _, path = min(_served(before, route))
    shown = re.sub(r"<[^>]*>", "", path)
    called = None
    if project.frontend.exists:
        if not project.frontend.readable or any(
            path == other for one in project.routing.routes for _, other in _served(project, one)
        ):
            return
        called = project.frontend.mention(_calls(shown))
        if called is None:
            return
    where = f", and `{called}` still calls it" if called else ""
    line = first_line(route.call.node)
    evidence = route.module.text.split("\n")[line - 1].removesuffix("\r")
    title = f"`{route.method.upper()} {shown}` is no longer there{where}"
    yield Draft(file.path, line, line, title, evidence, side=Side.LEFT, symbol=route.function.name)


def _calls(path: str) -> re.Pattern[str]:
    """Make a pattern of how a frontend writes a path; its prefix may stand in the client's base address."""
    segments = [segment for segment in path.split("/") if segment]
    while len(segments) > 2 and re.fullmatch(r"api|v\d+", segments[0]):
        segments.pop(0)
    written = "/".join(r"(?:\$\{[^}]*\}|:\w+)" if segment == "{}" else re.escape(segment) for segment in segments)
    return re.compile(rf"""/{written}/?["'`?]""")
