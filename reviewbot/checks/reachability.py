"""What a rule cannot see from one place: whether clients reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.checks.catalog import Rule
    from reviewbot.checks.changeset import Draft
    from reviewbot.checks.project import Project


def is_idle(rule: Rule, draft: Draft, project: Project | None) -> bool:
    """Tell whether a finding is about what no client reaches, where its rule asks for that."""
    if project is None or not rule.reached:
        return False
    if rule.reached == "schema":
        return bool(draft.symbol) and project.shown.hides(draft.symbol)
    return _is_detached(draft, project)


def _is_detached(draft: Draft, project: Project) -> bool:
    module = project.code.module(draft.path)
    routes = project.routing.routes_of(module) if module is not None else ()
    around = [one for one in routes if one.function.start <= draft.start_line <= one.function.signature_end]
    if not around and draft.symbol[:1].isupper():
        return project.shown.hides(draft.symbol)
    return bool(around) and all(one.router is not None and project.routing.is_detached(one.router) for one in around)
