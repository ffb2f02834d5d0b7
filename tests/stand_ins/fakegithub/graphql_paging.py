"""Connections of GraphQL."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
_MOST = 100


def error(kind: str, message: str) -> GraphQLError:
    """Give an error of some type."""
    return GraphQLError(message, extensions={"type": kind})


def _cursor(key: int) -> str:
    return base64.b64encode(f"cursor:v2:{key}".encode()).decode()


def _key(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().rpartition(":")[2])
    except ValueError as wrong:
        raise error("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from wrong


def connection(
    name: str, items: Sequence[tuple[int, T]], render: Callable[[T], Any], arguments: dict[str, Any]
) -> dict[str, Any]:
    """Give a part of a list; a cursor stays right when other items go.

    Args:
        name: Of the connection, for errors.
        items: Everything, each with a number that grows.
        render: Gives a node.
        arguments: ``first``, ``after``, ``last``, ``before``.
    """
    first, last = arguments.get("first"), arguments.get("last")
    if first is None and last is None:
        raise error(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
        )
    for word, value in (("first", first), ("last", last)):
        if value is not None and value > _MOST:
            message = (
                f"Requesting {value} records on the `{name}` connection exceeds the `{word}` limit of {_MOST} records."
            )
            raise error("EXCESSIVE_PAGINATION", message)
        if value is not None and value < 0:
            raise error("INVALID_PAGINATION", f"`{word}` on the `{name}` connection cannot be less than zero.")
    after, before = arguments.get("after"), arguments.get("before")
    low = _key(after) if after else None
    high = _key(before) if before else None
    inside = [one for one in items if (low is None or one[0] > low) and (high is None or one[0] < high)]
    shown = inside[:first] if first is not None else inside
    if last is not None:
        shown = shown[len(shown) - min(last, len(shown)) :]
    edge = shown[-1][0] if shown else None
    start = shown[0][0] if shown else None
    page = {
        "hasNextPage": edge is not None and any(key > edge for key, _ in items),
        "hasPreviousPage": start is not None and any(key < start for key, _ in items),
        "startCursor": None if start is None else _cursor(start),
        "endCursor": None if edge is None else _cursor(edge),
    }
    return {
        "totalCount": len(items),
        "pageInfo": page,
        "nodes": [render(item) for _, item in shown],
    }
