"""A new handler takes an organization's id, and nothing on its way asks whether the caller belongs to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.changed_modules import ROUTES, adds, draft, is_new, modules
from reviewbot.checks.project.declarations import Kind
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.routes import Route
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.module import Function, Module

CHECK = Check(
    id="membership-not-verified",
    title="A handler takes an organization's id and does not ask whether the caller belongs to it",
    why="Every user of any organization reads or writes the data of every other one, by sending another id.",
    fix="Call `verify_org_membership(db, current_user.id, organization_id)` before anything is read or written.",
    leaves_alone=(
        "Handlers that mention memberships, super-administrators or the caller's own organization, in their body, in a "
        "dependency of theirs or of their router, or in any function they call, two calls deep; routes that are public "
        "by design; projects without a function that verifies memberships."
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

_ORGANIZATION = re.compile(r"^(?:x_|target_)?(?:organi[sz]ation|org)_?(?:id|Id|uuid|pk|slug)$")
_VERIFIES = re.compile(
    r"\bdef (?:(?:verify|check|require|ensure|assert|validate|enforce|authori[sz]e)_(?:\w{1,80}_)?member|"
    r"(?:is|has)_(?:org\w{,80}_|user_)?member(?:ship|_of)?(?:_org\w{,80})?(?=\()|"
    r"\w{,80}member(?:ship)?_or_\w|(?:verify|check|require|ensure|assert)_(?:org|organi[sz]ation)_\w|\w{1,80}_is_member)\w{,80}\("
)
_ASKS = re.compile(
    r"(?i)member|super_?(?:admin|user)|org_admin|owner_id|require_org|org_access|authorize_org|invite\.code|invite_code|"
    # What the id is compared with belongs to the caller.
    r"(?:user|caller|principal|identity|claims|me|actor)\.(?:organi[sz]ation|org)(?:_ids?|s)?\b|"
    r"(?:access|permission|authori[sz]e|tenant)\w{,80}\([^()]{,1000}\borg"
)
_PUBLIC = re.compile(r"(?i)login|regist|invit|signup|public|webhook")
# What is called, and what FastAPI calls for a dependency.
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*)\(|\)\.([A-Za-z_]\w*)\(")
_DEPENDS = re.compile(r"\b(?:Depends|Security)\(\s*([A-Za-z_][\w.]*)")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
# What a session has is not looked up by its name: another class may have a method that is called the same.
_SESSION = re.compile(
    r"(?:^|\.|_)(?:db|session|s|conn|connection|stmt|query|result|logger|log|router|app)(?:\.\w{1,80}){1,20}$"
)
_DEEPEST = 2


def run(context: Context) -> Iterator[Draft]:
    """Report each handler with an organization's id that nothing checks: a new one, and one that did check."""
    project = context.project
    for file, module in modules(context, *ROUTES, removing=True):
        for route in project.routing.routes_of(module) if project is not None else ():
            if project is None or route.home is not None:
                continue
            source = _organization(project, route)
            if source is None or _PUBLIC.search(f"{route.path} {route.function.name}"):
                continue
            touched = adds(file, route.function.start, last_line(route.function.decorated))
            new = is_new(file, route.function)
            if not new and not (touched or file.removed_lines):
                continue
            if not any(_VERIFIES.search(candidate.text) for candidate in project.code.mentioning("member", "org")):
                return
            if not _is_asked(project, route) and (new or _was_asked(project, file, route)):
                title = f"`{route.function.name}` takes `{source}`, and nothing asks whether the caller is a member"
                finding = draft(module, route.function.decorated, title, last=route.function.signature_end)
                yield finding if new else _removed(project, file, route, title) or finding


def _was_asked(project: Project, file: ChangedFile, route: Route) -> bool:
    old = _base_route(project, file, route)
    return old is not None and project.base is not None and _is_asked(project.base, old)


def _base_route(project: Project, file: ChangedFile, route: Route) -> Route | None:
    base = project.base
    module = base.code.module(file.old_path or file.path) if base is not None else None
    own = (route.function.name, route.method, route.at)
    routes = base.routing.routes_of(module) if base is not None and module is not None else ()
    return next((old for old in routes if (old.function.name, old.method, old.at) == own), None)


def _removed(project: Project, file: ChangedFile, route: Route, title: str) -> Draft | None:
    """Point at the removed line of the handler, or of its router, that asked."""
    old = _base_route(project, file, route)
    if old is None:
        return None
    texts = old.module.source.lines
    body = range(old.function.start, last_line(old.function.decorated) + 1)
    removed = [line for line in file.removed_lines if line in body] or list(file.removed_lines)
    line = next((number for number in sorted(removed) if _ASKS.search(texts[number - 1])), min(removed, default=0))
    if not line:
        return None
    evidence = texts[line - 1].removesuffix("\r")
    return Draft(file.path, line, line, title, evidence, side=Side.LEFT, symbol=old.function.name)


def _organization(project: Project, route: Route) -> str | None:
    """Give how the handler takes an organization's id: as a parameter, or as a field of its body; else None."""
    for parameter in route.function.parameters:
        if _ORGANIZATION.match(parameter.name):
            return parameter.name
        if "Depends(" in f"{parameter.annotation} {parameter.default or ''}" or parameter.name == "current_user":
            continue
        for named in _NAME.findall(parameter.annotation):
            schema = project.declarations.find(route.module, named)
            if schema is not None and project.declarations.kind(*schema) is not Kind.MODEL:
                fields = project.declarations.lineage(*schema).attributes
                name = next((name for name in fields if _ORGANIZATION.match(name)), None)
                if name is not None:
                    return f"{parameter.name}.{name}"
    return None


def _is_asked(side: Tree, route: Route) -> bool:
    """Tell whether a membership is asked for in the handler, what it depends on, or on its routers."""
    chains = side.routing.chains(route.router) if route.router is not None else None
    texts = [(route.module, route.function.decorated.text())]
    texts += [
        (level.module, level.call.keywords["dependencies"].text())
        for chain in chains or ()
        for level in chain
        if "dependencies" in level.call.keywords
    ]
    for parameter in route.function.parameters:
        for name in _NAME.findall(parameter.annotation):
            place = side.code.resolve(route.module, name)
            alias = place.module.assignments.get(place.name) if place is not None else None
            if place is not None and alias is not None:
                texts.append((place.module, alias.text()))
    return any(_asks(side, module, text, _DEEPEST) for module, text in texts)


def _asks(side: Tree, module: Module, source: str, depth: int) -> bool:
    """Tell whether a function's source, or any function it may call, asks for a membership."""
    if _ASKS.search(source):
        return True
    if depth == 0:
        return False
    called = {name or f".{method}" for name, method in _CALLED.findall(source)}
    needed = set(_DEPENDS.findall(source))
    return any(
        _asks(side, where, text, depth - 1)
        for name in sorted(called | needed)
        for where, text in _functions(side, module, name, whole=name in needed)
    )


def _functions(side: Tree, module: Module, name: str, *, whole: bool) -> Iterator[tuple[Module, str]]:
    """Give the functions that a name may mean: the one it is imported as, else all of that name; of a class all."""
    place = side.code.resolve(module, name)
    if place is not None and place.name in place.module.function:
        yield place.module, place.module.function[place.name].decorated.text()
        return
    if place is not None and place.name in place.module.classes:
        definition = place.module.classes[place.name]
        # A dependency is made and called by FastAPI; of what a handler makes the methods are called by name.
        yield from [(place.module, definition.node.text())] if whole else ()
        return
    last = name.rpartition(".")[2]
    if _SESSION.search(name) or not last or last[0].isupper():
        return
    for other in side.code.mentioning(f"def {last}("):
        yield from ((other, function.decorated.text()) for function in _all(other) if function.name == last)


def _all(module: Module) -> Iterator[Function]:
    yield from module.functions
    for cls in module.classes.values():
        yield from cls.methods
