"""What clients rely on: which schemas the routes answer with and take, and the fields these have on the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.project.declarations import Kind
from reviewbot.checks.project.pydantic import is_before_two, may_be_none
from reviewbot.python.nodes import call, decorators, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project.declarations import Declarations
    from reviewbot.checks.project.routes import Route, Routing
    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Class, Module
    from reviewbot.python.syntax import Node

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_GENERATOR = re.compile(r"alias_generator\s*+=\s*+(?:AliasGenerator\([^)]{,300}?)?([\w.]{,200}(?i:camel|pascal)\w*)")
_DATACLASS = re.compile(r"^@(?:\w+\.)*dataclass\b")
_ALIASES = ("serialization_alias", "alias", "validation_alias")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a schema.

    Attributes:
        name: Its name on the wire.
        required: Whether a client must send it.
        module: The file that declares it.
        node: Its declaration.
    """

    name: str
    required: bool
    module: Module
    node: Node


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema in use.

    Attributes:
        module: The file that defines it.
        definition: The class.
        route: A route that answers with it, or takes it.
    """

    module: Module
    definition: Class
    route: Route


class Contracts:
    """The schemas of one tree, by their name; where two are in use under one name, neither.

    Args:
        code: The application's files.
        routing: Routers and routes.
        declarations: Models and schemas.
    """

    def __init__(self, code: Code, routing: Routing, declarations: Declarations) -> None:
        self._code = code
        self._routing = routing
        self._declarations = declarations

    @cached_property
    def answers(self) -> dict[str, Schema]:
        """Schemas that routes answer with, those inside other ones included."""
        schemas: dict[str, Schema] = {}
        for route in self._routing.routes:
            self._add(schemas, route, answer(route))
        return schemas

    @cached_property
    def requests(self) -> dict[str, Schema]:
        """Schemas that routes take as their body, those inside other ones included."""
        schemas: dict[str, Schema] = {}
        for route in self._routing.routes:
            for parameter in route.function.parameters:
                if "Depends" not in f"{parameter.annotation} {parameter.default or ''}":
                    self._add(schemas, route, parameter.annotation)
        return schemas

    def named(self, route: Route, name: str) -> Schema | None:
        """Give the schema that a name means where a route is handled; None where it is none."""
        place = self._declarations.find(route.handled_in, name)
        return Schema(*place, route) if place is not None and self._is_schema(*place) else None

    def _is_schema(self, module: Module, definition: Class) -> bool:
        if self._declarations.kind(module, definition) is Kind.SCHEMA:
            return True
        roots = {base.rpartition(".")[2] for base in self._declarations.lineage(module, definition).outside}
        around = definition.node.parent()
        is_dataclass = around is not None and _DATACLASS.match(around.text()) is not None
        return bool(roots & {"SQLModel", "TypedDict"}) or is_dataclass

    def _add(self, schemas: dict[str, Schema], route: Route, annotation: str) -> None:
        waiting = [(route.handled_in, name) for name in _NAME.findall(annotation)]
        while waiting:
            place = self._declarations.find(*waiting.pop())
            if place is None or not self._is_schema(*place):
                continue
            module, definition = place
            known = schemas.get(definition.name)
            if known is not None and known.module.path == module.path:
                continue
            schemas[definition.name] = Schema(module, definition, route)
            if known is not None:
                continue
            for node in self._declarations.lineage(module, definition).attributes.values():
                kind = node.field("type")
                waiting += [(module, name) for name in _NAME.findall(kind.text() if kind is not None else "")]

    def fields(self, schema: Schema) -> dict[str, Field] | None:
        """Give the fields of a schema by their name on the wire; None where some may be out of sight."""
        lineage = self._declarations.lineage(schema.module, schema.definition)
        if not all(base.rpartition(".")[2] == "TypedDict" for base in lineage.outside) and not lineage.complete:
            return None
        generated = next(
            filter(None, (_GENERATOR.search(ancestor.node.text()) for _, ancestor in lineage.classes)), None
        )
        style = generated[1].lower() if generated is not None else ""
        fields: dict[str, Field] = {}
        for module, definition in reversed(lineage.classes):
            # By the attribute's name, so that what a class says again counts once.
            fields.update(_fields(module, definition, style))
        return {field.name: self._by_version(field) for field in fields.values()}

    def _by_version(self, field: Field) -> Field:
        """Give a field as pydantic sees it: before version 2, one that may be None may be left out."""
        kind, right = field.node.field("type"), field.node.field("right")
        given = call(right)
        asked = right is not None and (given is None or bool(given.positional))
        if not field.required or kind is None or asked or not self._is_old:
            return field
        return replace(field, required=not may_be_none(self._code, field.module, kind))

    @cached_property
    def _is_old(self) -> bool:
        return is_before_two(self._code)


def answer(route: Route) -> str:
    """Give what a route says that it answers with."""
    model = route.call.keywords.get("response_model")
    return route.function.returns if model is None else model.text()


def _fields(module: Module, definition: Class, style: str) -> Iterator[tuple[str, Field]]:
    for name, node in definition.attributes.items():
        kind = node.field("type")
        if kind is not None and not name.startswith("_") and "ClassVar" not in kind.text():
            yield name, Field(_wire_name(name, node, style), _is_required(node), module, node)
    for method in definition.methods:
        if any("computed_field" in decorator.text() for decorator in decorators(method.decorated)):
            yield (
                method.name,
                Field(_generated(method.name, style), required=False, module=module, node=method.decorated),
            )


def _wire_name(name: str, node: Node, style: str) -> str:
    given = call(node.field("right"))
    kind = node.field("type")
    calls = [given] if given is not None else []
    if kind is not None and "Annotated" in kind.text():
        calls += filter(None, map(call, kind.find_all(kind="call", regex=r"^([A-Za-z0-9_]+\.)*Field\(")))
    aliases = (string(field_call.keywords.get(alias)) for field_call in calls for alias in _ALIASES)
    return next((alias for alias in aliases if alias is not None), _generated(name, style))


def _generated(name: str, style: str) -> str:
    """Give the name that an alias generator makes of a field's; the same for one that is not known."""
    words = name.split("_")
    if "camel" in style:
        return words[0] + "".join(word.title() for word in words[1:])
    return "".join(word.title() for word in words) if "pascal" in style else name


def _is_required(node: Node) -> bool:
    right = node.field("right")
    if right is None:
        return not ("Field(" in node.text() and "default" in node.text())
    given = call(right)
    if given is None or given.name != "Field":
        return right.text() == "..."
    if given.open or {"default", "default_factory"} & given.keywords.keys():
        return False
    return not given.positional or given.positional[0].text() == "..."
