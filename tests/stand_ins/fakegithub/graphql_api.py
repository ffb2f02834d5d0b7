"""GraphQL: parses, validates and executes queries, and words errors as GitHub does."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute,
    parse,
    validate,
)

from fakegithub.graphql_cost import node_count
from fakegithub.graphql_roots import Roots
from fakegithub.http import Answer

if TYPE_CHECKING:
    from fakegithub.model import Token
    from fakegithub.world import World

_UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
_UNKNOWN_ARGUMENT = re.compile(r"Unknown argument '(\w+)' on field '(\w+)\.(\w+)'")


@cache
def schema() -> GraphQLSchema:
    """Give the part of GitHub's schema that is played."""
    built = build_schema((Path(__file__).parent / "schema.graphql").read_text(encoding="utf-8"))
    # It is sent as text, since it may be larger than a number of GraphQL.
    vars(built.type_map["BigInt"]).update(serialize=str, coerce_output_value=str)
    return built


@lru_cache(maxsize=200)
def _read(query: str) -> tuple[DocumentNode, list[GraphQLError]]:
    """Give a query and what is wrong with it; the same few are asked all the time."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return DocumentNode(), [error]
    return document, validate(schema(), document)


class GraphQL:
    """Answers queries to one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, token: Token, body: Any) -> Answer:
        """Answer one query; errors come with status 200, too."""
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return Answer(400, {"message": "A query attribute must be specified and must be a string."})
        variables = body.get("variables") or {}
        document, errors = _read(body["query"])
        if errors:
            return _failed(errors)
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        nodes = node_count(document, variables)
        if nodes > self._world.limits.graphql_nodes:
            message = f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of 500,000."
            return Answer(200, {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}]})
        writes = any(one.operation is OperationType.MUTATION for one in operations)
        if (refused := self._world.rates.too_fast(writes=writes, graphql=True)) is not None:
            return refused
        result = execute(
            schema(),
            document,
            root_value=Roots(self._world, token, nodes).fields(),
            variable_values=variables,
            operation_name=body.get("operationName"),
        )
        if not isinstance(result, ExecutionResult):
            raise TypeError("no resolver is asynchronous")
        return _executed(result)


def _failed(errors: list[GraphQLError]) -> Answer:
    return Answer(200, {"errors": [_refused(error) for error in errors]})


def _executed(result: ExecutionResult) -> Answer:
    errors = result.errors or []
    for error in errors:
        cause = error.original_error
        if cause is not None and not isinstance(cause, GraphQLError):
            raise cause  # a mistake of the fake's
    # Variables that do not fit are noticed here; then there is no data at all.
    if result.data is None and errors and all(error.path is None for error in errors):
        return _failed(errors)
    body: dict[str, Any] = {"data": result.data}
    if errors:
        body["errors"] = [_said(error) for error in errors]
    return Answer(200, body)


def _places(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": place.line, "column": place.column} for place in error.locations or []]


def _said(error: GraphQLError) -> dict[str, Any]:
    """Word an error that came up while a query was executed."""
    extensions = dict(error.extensions or {})
    kind = extensions.pop("type", None)
    said: dict[str, Any] = {"type": kind} if kind else {}
    return {**said, "path": list(error.path or []), "locations": _places(error), "message": error.message}


def _refused(error: GraphQLError) -> dict[str, Any]:
    """Word an error that was noticed before a query was executed."""
    message, extensions = error.message, {}
    if match := _UNKNOWN_FIELD.match(message):
        message = f"Field '{match[1]}' doesn't exist on type '{match[2]}'"
        extensions = {"code": "undefinedField", "typeName": match[2], "fieldName": match[1]}
    elif match := _UNKNOWN_ARGUMENT.match(message):
        message = f"Field '{match[3]}' doesn't accept argument '{match[1]}'"
        extensions = {"code": "argumentNotAccepted", "name": match[3], "argumentName": match[1]}
    said: dict[str, Any] = {"path": ["query"], "locations": _places(error), "message": message}
    return {**said, "extensions": extensions} if extensions else said
