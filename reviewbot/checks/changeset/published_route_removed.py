"""A route that clients may call is no longer there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.changed_modules import ROUTES
from reviewbot.checks.helpers.compatibility import COMPATIBILITY, COMPATIBLE
from reviewbot.checks.helpers.frontend_calls import calls
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import ChangedFile, FileKind, Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.routes import Route
    from reviewbot.python.syntax import Node

    _Served = tuple[Route, set[tuple[str, str]]]

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
        "the repository has a frontend, routes that it does not call any more (with this method, where another one is "
        "still there); routes whose path cannot be read."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=("trainsmart-senior-backend-architect/backward-compatible-api",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=COMPATIBLE,
    topics=COMPATIBILITY,
)

_PARAMETER = re.compile(r"\{[^{}]*\}")
_COMPUTED = re.compile(r"<[^<>]*>")


class _Blame(NamedTuple):
    """Where the change takes a route away: a removed line of its own call, or of a level above it."""

    file: ChangedFile
    line: int
    own: bool


def run(context: Context) -> Iterator[Draft]:
    """Report each route of the base that the head lacks and the frontend calls, or nobody knows whether it does."""
    project = context.project
    base = project.base if project is not None else None
    if project is None or base is None:
        return
    touched = {file.old_path or file.path: file for file in context.files if _takes_routes(file)}
    if not touched:
        return
    now = [(other, _served(project, other)) for other in project.routing.routes]
    said: set[tuple[str, int]] = set()
    for route in base.routing.routes:
        blame = _blame(base, touched, route)
        if blame is None or (not blame.own and (blame.file.path, blame.line) in said):
            continue
        for _, path in sorted(_lost_endpoints(project, base, route, now))[:1]:
            for draft in _draft(project, base, route, path, blame, now):
                said.add((blame.file.path, blame.line))
                yield draft


def _takes_routes(file: ChangedFile) -> bool:
    if file.kind is FileKind.ADDED or not file.removed_lines:
        return False
    return file.old_text is None or any(word in file.old_text for word in (*ROUTES, "include_router"))


def _blame(base: Tree, touched: Mapping[str, ChangedFile], route: Route) -> _Blame | None:
    """Give the first removed line that made the route what it was; None where the change removes none."""
    own = _removed(touched.get(route.module.path), route.call.node)
    if own is not None:
        return _Blame(touched[route.module.path], own, own=True)
    for chain in base.routing.chains(route.router) or () if route.router is not None else ():
        for level in chain:
            line = _removed(touched.get(level.module.path), level.call.node)
            if line is not None:
                return _Blame(touched[level.module.path], line, own=False)
    return None


def _removed(file: ChangedFile | None, node: Node) -> int | None:
    lines = range(first_line(node), last_line(node) + 1) if file is not None else ()
    return next((line for line in lines if file is not None and line in file.removed_lines), None)


def _served(tree: Tree, route: Route) -> set[tuple[str, str]]:
    """Give method and path of a route, parameters without their names."""
    paths = tree.routing.full_paths(route) or ()
    return {(route.method, _PARAMETER.sub("{}", path).rstrip("/")) for path in paths}


def _lost_endpoints(project: Project, base: Tree, route: Route, now: Sequence[_Served]) -> set[tuple[str, str]]:
    """Give the methods and paths of a route that nothing serves any more, as far as that can be told."""
    lost = _served(base, route)
    if not lost or route.path is None or not base.routing.is_documented(route):
        return set()
    for other, serves in now:
        detached = other.router is not None and project.routing.is_detached(other.router)
        if not serves and not detached and other.method == route.method and other.at in {None, route.at}:
            return set()
        lost = {endpoint for endpoint in lost if not any(_same(endpoint, served) for served in serves)}
    return lost


def _same(lost: tuple[str, str], served: tuple[str, str]) -> bool:
    """Tell whether two methods and paths may be the same; of computed paths only the end is known."""
    if lost == served or lost[0] != served[0]:
        return lost == served
    ends = [path.rpartition(">")[2] for _, path in (lost, served) if "<" in path]
    return bool(ends) and all(path.endswith(end) for _, path in (lost, served) for end in ends)


def _draft(
    project: Project, base: Tree, route: Route, path: str, blame: _Blame, now: Sequence[_Served]
) -> Iterator[Draft]:
    shown = _COMPUTED.sub("", path)
    called = None
    if project.frontend.exists:
        other_method = any(path == other for _, serves in now for _, other in serves)
        called = project.frontend.mention(calls(shown, route.method if other_method else None))
        if not project.frontend.readable or called is None:
            return
    where = f", and `{called}` still calls it" if called else ""
    text = (blame.file.old_text or (base.code.texts.get(blame.file.old_path or blame.file.path, ""))).split("\n")
    evidence = text[blame.line - 1].removesuffix("\r") if blame.line <= len(text) else ""
    more = "" if blame.own else ", nor is what hangs on the same router"
    title = f"`{route.method.upper()} {shown}` is no longer there{more}{where}"
    symbol = route.function.name if blame.own else ""
    yield Draft(blame.file.path, blame.line, blame.line, title, evidence, side=Side.LEFT, symbol=symbol)
