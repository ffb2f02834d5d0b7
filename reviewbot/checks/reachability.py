"""What a rule cannot see from one place: who reaches it, whether a server runs it, what becomes of an exception."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks import handled
from reviewbot.checks.project.served import is_command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.checks.catalog import Rule
    from reviewbot.checks.changeset import Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.routes import Route

# An application of so many routes, of which so large a part names an action, is made of procedures, and means it.
_FEWEST = 5
_PROCEDURES = 0.5
_ACTION = re.compile(
    r"/(?:(?:bulk|batch)[-_])?(?:get|fetch|list|search|query|create|add|insert|register|update|edit|set|modify|apply|delete|"
    r"remove|unregister|stop|start|submit|terminate|archive|restore)(?:[-_][^/]*)?/?$"
)


def is_idle(rule: Rule, draft: Draft, project: Project | None) -> bool:
    """Tell whether a finding is about what nobody reaches, or the application handles, where its rule asks it."""
    if rule.reached == "served":
        return project.served.leaves_out(draft.path, draft.start_line) if project else is_command_line(draft.path)
    if project is None:
        return False
    handles = rule.unless_handled and handled.by_the_application(rule.unless_handled, draft, project)
    return bool(handles) or (bool(rule.reached) and _is_unreached(rule, draft, project))


def _is_unreached(rule: Rule, draft: Draft, project: Project) -> bool:
    if rule.reached == "schema":
        return bool(draft.symbol) and project.shown.hides(draft.symbol)
    module = project.code.module(draft.path)
    routes = project.routing.routes_of(module) if module is not None else ()
    around = [route for route in routes if route.function.start <= draft.start_line <= route.function.signature_end]
    if rule.reached == "resources":
        return any(_is_procedure(route, project) for route in around)
    if rule.reached == "documented":
        return bool(around) and not any(project.routing.is_documented(route) for route in around)
    return _is_detached(draft, around, project)


def _is_detached(draft: Draft, around: Sequence[Route], project: Project) -> bool:
    if not around and draft.symbol[:1].isupper():
        return project.shown.hides(draft.symbol)
    return bool(around) and all(
        route.router is not None and project.routing.is_detached(route.router) for route in around
    )


def _is_procedure(route: Route, project: Project) -> bool:
    """Tell whether a route is one of an application whose paths name actions, each called by POST."""
    routing = project.routing
    beside = routing.of_applications(routing.applications(route))
    actions = sum(other.method == "post" and _ACTION.search(other.at or "") is not None for other in beside)
    return actions >= max(_FEWEST, _PROCEDURES * len(beside))
