"""What clients rely on: which schemas the routes answer with and take, and the fields these have on the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.project.declarations import Kind
from reviewbot.checks.project.nodes import call, decorators, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project.declarations import Declarations
    from reviewbot.checks.project.module import Class, Module
    from reviewbot.checks.project.routing import Route, Routing
    from reviewbot.syntax import Node

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
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
        routing: Routers and routes.
        declarations: Models and schemas.
    """

    def __init__(self, routing: Routing, declarations: Declarations) -> None:
        self._routing = routing
        self._declarations = declarations

    @cached_property
    def answers(self) -> dict[str, Schema]:
        """Schemas that routes answer with, those inside other ones included."""
        found: dict[str, Schema] = {}
        for route in self._routing.routes:
            model = route.call.keywords.get("response_model")
            self._add(found, route, route.function.returns if model is None else model.text())
        return found

    @cached_property
    def requests(self) -> dict[str, Schema]:
        """Schemas that routes take as their body, those inside other ones included."""
        found: dict[str, Schema] = {}
        for route in self._routing.routes:
            for parameter in route.function.parameters:
                if "Depends" not in f"{parameter.annotation} {parameter.default or ''}":
                    self._add(found, route, parameter.annotation)
        return found

    def _add(self, found: dict[str, Schema], route: Route, annotation: str) -> None:
        waiting = [(route.module, name) for name in _NAME.findall(annotation)]
        while waiting:
            place = self._declarations.find(*waiting.pop())
            if place is None or self._declarations.kind(*place) is not Kind.SCHEMA:
                continue
            module, definition = place
            before = found.get(definition.name)
            if before is not None and before.module.path == module.path:
                continue
            found[definition.name] = Schema(module, definition, route)
            if before is not None:
                continue
            for node in self._declarations.lineage(module, definition).attributes.values():
                kind = node.field("type")
                waiting += [(module, name) for name in _NAME.findall(kind.text() if kind is not None else "")]

    def fields(self, schema: Schema) -> dict[str, Field] | None:
        """Give the fields of a schema by their name on the wire; None where some may be out of sight."""
        lineage = self._declarations.lineage(schema.module, schema.definition)
        if not lineage.complete:
            return None
        found: dict[str, Field] = {}
        for module, definition in reversed(lineage.classes):
            found.update((field.name, field) for field in _fields(module, definition))
        return found


def _fields(module: Module, definition: Class) -> Iterator[Field]:
    for name, node in definition.attributes.items():
        kind = node.field("type")
        if kind is not None and not name.startswith("_") and "ClassVar" not in kind.text():
            yield Field(_wire_name(name, node), _is_required(node), module, node)
    for method in definition.methods:
        if any("computed_field" in decorator.text() for decorator in decorators(method.decorated)):
            yield Field(method.name, required=False, module=module, node=method.node)


def _wire_name(name: str, node: Node) -> str:
    given = call(node.field("right"))
    aliases = (string(given.keywords.get(alias)) for alias in _ALIASES) if given is not None else ()
    return next((alias for alias in aliases if alias is not None), name)


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
