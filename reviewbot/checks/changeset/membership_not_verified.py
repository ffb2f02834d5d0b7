"""A new handler takes an organization's id, and nothing on its way asks whether the caller belongs to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import ROUTES, draft, is_new, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.module import Function, Module
    from reviewbot.checks.project.routing import Route

CHECK = Check(
    id="membership-not-verified",
    title="A handler takes an organization's id and does not ask whether the caller belongs to it",
    why="Every user of any organization reads or writes the data of every other one, by sending another id.",
    fix="Call `verify_org_membership(db, current_user.id, organization_id)` before anything is read or written.",
    leaves_alone=(
        "Handlers that mention memberships or super-administrators, in their body, in a dependency, or in any function "
        "they call, by name and two calls deep; routes that are public by design; projects without a function that "
        "verifies memberships."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    items=("trainsmart-senior-backend-architect/authorization",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("verify_org_membership", "organization membership", "tenant isolation"),
)

_ORGANIZATION = re.compile(r"^(organi[sz]ation|org)_id$")
_VERIFIES = re.compile(r"\bdef (?:verify|check|require|ensure|assert)_(?:\w+_)?member(?:ship)?\w*\(")
_ASKS = re.compile(
    r"(?i)member|super_?admin|org_admin|owner_id|require_org|org_access|authorize_org|invite\.code|invite_code"
)
_PUBLIC = re.compile(r"(?i)login|regist|invit|signup|public|webhook")
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\(")
_DEEPEST = 2


def run(context: Context) -> Iterator[Draft]:
    """Report each new handler with an organization's id that nothing checks."""
    project = context.project
    for file, module in modules(context, *ROUTES):
        if project is None or "org" not in module.text:
            continue
        for route in project.routing.routes_of(module):
            source = _organization(project, route)
            if (
                source is None
                or not is_new(file, route.function)
                or _PUBLIC.search(f"{route.path} {route.function.name}")
            ):
                continue
            if not any(_VERIFIES.search(one.text) for one in project.code.mentioning("member")):
                return
            if not _asked(project, route.function.decorated.text(), _DEEPEST):
                title = f"`{route.function.name}` takes `{source}`, and nothing asks whether the caller is a member"
                yield draft(module, route.function.decorated, title, last=route.function.signature_end)


def _organization(project: Project, route: Route) -> str | None:
    """Give how the handler takes an organization's id: as a parameter, or as a field of its body; else None."""
    for parameter in route.function.parameters:
        if _ORGANIZATION.match(parameter.name):
            return parameter.name
        found = project.declarations.find(route.module, parameter.annotation)
        if found is not None and "Depends(" not in (parameter.default or ""):
            fields = project.declarations.lineage(*found).attributes
            name = next((name for name in fields if _ORGANIZATION.match(name)), None)
            if name is not None and parameter.name != "current_user":
                return f"{parameter.name}.{name}"
    return None


def _asked(project: Project, source: str, depth: int) -> bool:
    """Tell whether a function's source, or any function it may call, asks for a membership."""
    if _ASKS.search(source):
        return True
    if depth == 0:
        return False
    called = {name for name in _CALLED.findall(source) if not name[0].isupper()}
    return any(
        _asked(project, function, depth - 1) for name in sorted(called) for function in _functions(project, name)
    )


def _functions(project: Project, name: str) -> Iterator[str]:
    for module in project.code.mentioning(f"def {name}("):
        yield from (function.decorated.text() for function in _all(module) if function.name == name)


def _all(module: Module) -> Iterator[Function]:
    yield from module.functions
    for one in module.classes.values():
        yield from one.methods
