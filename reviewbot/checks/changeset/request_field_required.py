"""A request that was right yesterday is refused: a schema asks for a new field, without a default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import ROUTES, adds, draft, modules
from reviewbot.checks.project.nodes import call, first_line, last_line
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewbot.change import ChangedFile
    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.contracts import Schema
    from reviewbot.checks.project.module import Module, Parameter
    from reviewbot.checks.project.routing import Route
    from reviewbot.syntax import Node

CHECK = Check(
    id="request-field-required",
    title="A request that was right yesterday is refused: a field becomes required",
    why="Every client that does not send the field yet gets a 422, from the moment this is deployed.",
    fix="Give the field a default, or accept requests without it until all clients send it.",
    leaves_alone=(
        "Schemas that no route took before; new routes; fields that were required already; where the repository "
        "has a frontend, fields that it sends, or at least mentions."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
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


# Annotations that come from the request where nothing else is said; a class may be a body, or a dependency.
_SENT_AS = re.compile(
    r"^(?:Annotated\[)?(?:(?:list|List|set|Set|Literal|Optional)\[[\w\[\]\"', .|]+\]|str|int|float|bool|bytes"
    r"|(?:datetime\.)?(?:date|datetime)|(?:decimal\.)?Decimal|(?:uuid\.)?UUID|EmailStr|UploadFile)\b"
)
_ASKED = re.compile(r"\b(?:Query|Form|Body|Header|Cookie|File)\(")


def run(context: Context) -> Iterator[Draft]:
    """Report each field that a published request must have now and need not have before."""
    project = context.project
    before = project.before if project is not None else None
    if project is None or before is None:
        return
    files = {file.path: file for file, _ in modules(context, "class ")}
    said: set[tuple[str, int]] = set()
    for name, new in project.contracts.requests.items() if files else ():
        old = before.contracts.requests.get(name)
        for module, node, title in _required(project, before, files, old, new) if old is not None else ():
            # A base's field is asked for by whatever inherits it.
            place = (module.path, first_line(node))
            if place not in said:
                said.add(place)
                yield draft(module, node, title)
    for file, module in modules(context, *ROUTES):
        for route in project.routing.routes_of(module):
            yield from _parameters(project, before, file, route)


def _required(
    project: Project, before: Tree, files: Mapping[str, ChangedFile], old: Schema, new: Schema
) -> Iterator[tuple[Module, Node, str]]:
    had, has = before.contracts.fields(old), project.contracts.fields(new)
    for name, field in (has or {}).items() if had is not None else ():
        known = (had or {}).get(name)
        if not field.required or (known is not None and known.required):
            continue
        title = f"`{new.definition.name}` now requires `{name}`, which clients do not send yet"
        places = [(field.module, field.node, last_line(field.node))]
        if known is None:
            # The class has another base now, and with it the field.
            places.append((new.module, new.definition.node, first_line(new.definition.node)))
        for module, node, last in places:
            file = files.get(module.path)
            if file is not None and adds(file, first_line(node), last):
                if not _sent(project, name):
                    yield module, node, title
                break


def _parameters(project: Project, before: Tree, file: ChangedFile, route: Route) -> Iterator[Draft]:
    """Report what a handler newly asks for beside the body: a parameter of the query, a form or a header."""
    module = before.code.module(file.old_path or file.path)
    if module is None or route.path is None or route.home is not None:
        return
    own = (route.method, route.at)
    old = next((one for one in before.routing.routes_of(module) if (one.method, one.at) == own), None)
    had = {one.name: one for one in old.function.parameters} if old is not None else {}
    for parameter in route.function.parameters if old is not None else ():
        known = had.get(parameter.name)
        if not _must_be_sent(parameter, project.routing.full_paths(route) or (route.path,)):
            continue
        lines = (first_line(parameter.node), last_line(parameter.node))
        if (known is None or _is_optional(known)) and adds(file, *lines) and not _sent(project, parameter.name):
            title = f"`{route.function.name}` now requires `{parameter.name}`, which clients do not send yet"
            yield draft(route.module, parameter.node, title)


def _must_be_sent(parameter: Parameter, paths: Sequence[str]) -> bool:
    text = f"{parameter.annotation} {parameter.default or ''}"
    in_path = any(re.search(rf"\{{{parameter.name}\b", path) for path in paths)
    if in_path or "Depends(" in text or "Security(" in text or "Path(" in text or parameter.name.startswith("*"):
        return False
    return not _is_optional(parameter) and bool(_ASKED.search(text) or _SENT_AS.match(parameter.annotation))


def _is_optional(parameter: Parameter) -> bool:
    """Tell whether a request may leave a parameter out."""
    if parameter.default is None:
        return "default_factory" in parameter.annotation
    given = call(parameter.node.field("value"))
    if given is None or not _ASKED.match(parameter.default):
        return parameter.default != "..."
    default = given.argument(0, "default")
    return given.open or "default_factory" in given.keywords or (default is not None and default.text() != "...")


def _sent(project: Project, name: str) -> bool:
    frontend = project.frontend
    if not frontend.exists:
        return False
    return not frontend.readable or frontend.mention(re.compile(rf"\b{re.escape(name)}\b")) is not None
