"""A request that was right yesterday is refused: a schema asks for a new field, without a default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import ROUTES, adds, draft, modules
from reviewbot.checks.helpers.compatibility import COMPATIBILITY, COMPATIBLE
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import call, first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.contracts import Field, Schema
    from reviewbot.checks.project.routes import Route
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.module import Module, Parameter
    from reviewbot.python.syntax import Node

CHECK = Check(
    id="request-field-required",
    title="A request that was right yesterday is refused: a field becomes required",
    why="Every client that does not send the field yet gets a 422, from the moment this is deployed.",
    fix="Give the field a default, or accept requests without it until all clients send it.",
    leaves_alone=(
        "Schemas that no route took before; new routes; fields that were required already; where the repository "
        "has a frontend, fields that it sends, or at least mentions; another name for what is the whole body; headers "
        "that clients send by themselves (`content_length: int = Header()`); a type that allows `None`, also under a "
        "name of the project's, without a default where the project is written for a pydantic before version 2."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    items=("trainsmart-senior-backend-architect/backward-compatible-api",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=COMPATIBLE,
    topics=COMPATIBILITY,
)


# Annotations that come from the request where nothing else is said; a class may be a body, or a dependency.
_SENT_AS = re.compile(
    r"^(?:Annotated\[)?(?:(?:list|List|set|Set|Literal|Optional)\[[\w\[\]\"', .|]+\]|str|int|float|bool|bytes"
    r"|(?:datetime\.)?(?:date|datetime)|(?:decimal\.)?Decimal|(?:uuid\.)?UUID|EmailStr|UploadFile)\b"
)
_BODY = re.compile(r"\bBody\(")
_ELSEWHERE = re.compile(r"\b(?:Query|Form|Header|Cookie|File|Path|Depends|Security)\(")
_EMBEDDED = re.compile(r"\bembed\s*=\s*(?!False\b)")
_MAPPING = re.compile(r"^(?:dict|Dict|Mapping)\b")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_ASKED = re.compile(r"\b(?:Query|Form|Body|Header|Cookie|File)\(")
# What browsers and libraries send with a request by themselves.
_OF_ITSELF = re.compile(r"(?i)^(host|content.length|content.type|accept|accept.encoding|user.agent|connection)$")


def run(context: Context) -> Iterator[Draft]:
    """Report each field that a published request must have now and need not have before."""
    project = context.project
    base = project.base if project is not None else None
    if project is None or base is None:
        return
    files = {file.path: file for file, _ in modules(context, "class ")}
    said: set[tuple[str, int]] = set()
    for name, new in project.contracts.requests.items() if files else ():
        old = base.contracts.requests.get(name)
        for module, node, title in _required(project, base, files, old, new) if old is not None else ():
            # A base's field is asked for by whatever inherits it.
            place = (module.path, first_line(node))
            if place not in said:
                said.add(place)
                yield draft(module, node, title)
    for file, module in modules(context, *ROUTES):
        for route in project.routing.routes_of(module):
            yield from _parameters(project, base, file, route)


def _required(
    project: Project, base: Tree, files: Mapping[str, ChangedFile], old: Schema, new: Schema
) -> Iterator[tuple[Module, Node, str]]:
    had, has = base.contracts.fields(old), project.contracts.fields(new)
    for name, field in (has or {}).items() if had is not None else ():
        known = (had or {}).get(name)
        if not field.required or (known is not None and _was_expected(known)):
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


def _was_expected(field: Field) -> bool:
    """Tell whether clients had to send a field: of `Any` only an old pydantic says that they need not."""
    kind, given = field.node.field("type"), field.node.field("right")
    return field.required or (kind is not None and kind.text().endswith("Any") and given is None)


def _parameters(project: Project, base: Tree, file: ChangedFile, route: Route) -> Iterator[Draft]:
    """Report what a handler newly asks for beside the body: a parameter of the query, a form or a header."""
    module = base.code.module(file.old_path or file.path)
    if module is None or route.path is None or route.home is not None:
        return
    own = (route.method, route.at)
    old = next(
        (candidate for candidate in base.routing.routes_of(module) if (candidate.method, candidate.at) == own), None
    )
    had = {parameter.name: parameter for parameter in old.function.parameters} if old is not None else {}
    if old is not None:
        had.update(_same_body(project, base, route, old))
    for parameter in route.function.parameters if old is not None else ():
        known = had.get(parameter.name)
        if not _must_be_sent(parameter, project.routing.full_paths(route) or (route.path,)):
            continue
        lines = (first_line(parameter.node), last_line(parameter.node))
        if (known is None or _is_optional(known)) and adds(file, *lines) and not _sent(project, parameter.name):
            title = f"`{route.function.name}` now requires `{parameter.name}`, which clients do not send yet"
            yield draft(route.module, parameter.node, title)


def _same_body(project: Project, base: Tree, route: Route, old: Route) -> Iterator[tuple[str, Parameter]]:
    """Give what was the whole body by the name that the whole body has now, where the models ask for no more."""
    now, then = _whole_body(project, route), _whole_body(base, old)
    if now is None or then is None:
        return
    if _model(now) != _model(then):
        has, had = _asked_for(project, route, now), _asked_for(base, old, then)
        if has is None or had is None or has - had:
            return
    yield now.name, then


def _whole_body(tree: Tree, route: Route) -> Parameter | None:
    """Give the parameter that is all of the body, and whose name therefore is not on the wire."""
    bodies = [parameter for parameter in route.function.parameters if _is_body(tree, route, parameter)]
    return bodies[0] if len(bodies) == 1 and not _EMBEDDED.search(_written(bodies[0])) else None


def _is_body(tree: Tree, route: Route, parameter: Parameter) -> bool:
    text = _written(parameter)
    if _BODY.search(text):
        return True
    if _ELSEWHERE.search(text):
        return False
    names = _NAME.findall(parameter.annotation)
    return bool(_MAPPING.match(parameter.annotation)) or any(tree.contracts.named(route, name) for name in names)


def _model(parameter: Parameter) -> str:
    """Give the type of a parameter, without what is said of it besides."""
    text = "".join(parameter.annotation.split())
    return re.sub(r"^Annotated\[(.*?),\w*\(.*$", r"\1", text)


def _asked_for(tree: Tree, route: Route, body: Parameter) -> set[str] | None:
    """Give the fields that a body must have; None where that cannot be told."""
    schema = tree.contracts.named(route, _model(body))
    fields = tree.contracts.fields(schema) if schema is not None else None
    return {name for name, field in fields.items() if field.required} if fields is not None else None


def _written(parameter: Parameter) -> str:
    return f"{parameter.annotation} {parameter.default or ''}"


def _must_be_sent(parameter: Parameter, paths: Sequence[str]) -> bool:
    text = _written(parameter)
    in_path = any(re.search(rf"\{{{parameter.name}\b", path) for path in paths)
    if in_path or "Depends(" in text or "Security(" in text or "Path(" in text or parameter.name.startswith("*"):
        return False
    if re.search(r"\bHeader\(", text) and _OF_ITSELF.match(_header(parameter)):
        return False
    return not _is_optional(parameter) and bool(_ASKED.search(text) or _SENT_AS.match(parameter.annotation))


def _header(parameter: Parameter) -> str:
    alias = re.search(r"""\balias\s*=\s*["']([^"']+)""", _written(parameter))
    return alias[1] if alias is not None else parameter.name


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
