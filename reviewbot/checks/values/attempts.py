"""Attempts: what is tried, the handler of every error or the `suppress` around it, and what stands about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from reviewbot.checks.values.surroundings import function_around

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from reviewbot.python.syntax import Node

# So many statements after an attempt are looked at: what asks for its outcome stands near.
_MOST = 20


@dataclass(frozen=True)
class Attempt:
    """A `try` and one of its handlers, or a `with` that suppresses.

    Attributes:
        catching: The handler, or the call of ``suppress``.
        statement: The whole statement.
        body: What is tried.
        handled: The statements of the handler; none of a ``with``.
    """

    catching: Node
    statement: Node
    body: Node
    handled: tuple[Node, ...]

    @staticmethod
    def of(node: Node) -> Attempt | None:
        """Give the attempt of a handler, or of a call of ``suppress``; None where there is none."""
        wanted = "try_statement" if node.kind() == "except_clause" else "with_statement"
        statement = next((around for around in node.ancestors() if around.kind() == wanted), None)
        body = statement.field("body") if statement is not None else None
        if statement is None or body is None:
            return None
        blocks = [child for child in node.children() if child.kind() == "block"]
        return Attempt(node, statement, body, tuple(child for block in blocks for child in _code(block.children())))

    @property
    def goes_on(self) -> bool:
        """Whether the handler does nothing at all."""
        return all(statement.kind() == "pass_statement" for statement in self.handled)

    @cached_property
    def ancestors(self) -> tuple[Node, ...]:
        """What is around it, as far as its function, from the inside."""
        around = []
        for node in self.statement.ancestors():
            if node.kind() == "function_definition":
                break
            around.append(node)
        return tuple(around)

    def around(self, kinds: Collection[str]) -> Node | None:
        """Give the innermost of some kinds that is around it in its function."""
        return next((node for node in self.ancestors if node.kind() in kinds), None)

    @cached_property
    def function(self) -> Node | None:
        """The function that it is in."""
        return function_around(self.statement)

    @property
    def name(self) -> str:
        """The function's name; empty outside of one."""
        return _field(self.function, "name")

    @property
    def returns(self) -> str:
        """The function's return type; empty where it has none."""
        return _field(self.function, "return_type")

    def tries(self, kinds: Collection[str]) -> bool:
        """Tell whether what is tried, or its `else`, has statements of some kinds."""
        parts = (self.body, *(child for child in self.statement.children() if child.kind() == "else_clause"))
        return any(part.find(kind=kind) is not None for part in parts for kind in kinds)

    @cached_property
    def following(self) -> tuple[Node, ...]:
        """The statements after it in its block."""
        return tuple(islice(_code(_after(self.statement)), _MOST))

    @cached_property
    def beyond(self) -> tuple[Node, ...]:
        """The statements after the `if` that it is in, where it is the last of it."""
        block = self.statement.parent()
        outer = block.parent() if block is not None and not self.following else None
        return tuple(_code(_after(outer))) if outer is not None and outer.kind() == "if_statement" else ()

    @cached_property
    def comments(self) -> tuple[str, ...]:
        """The comments in the handler, or in the head of a `with`."""
        within = self.catching if self.catching.kind() == "except_clause" else self.statement
        return tuple(
            comment.text()
            for comment in within.find_all(kind="comment")
            if within is not self.statement or comment.range().start.line == self.catching.range().start.line
        )

    @cached_property
    def above(self) -> tuple[str, ...]:
        """The comments right above the handler; of a `with` those right above it, and the first ones in it."""
        if self.catching.kind() == "except_clause":
            is_first = all(node.kind() != "except_clause" for node in _before(self.catching))
            last = self.body.text().rstrip().rpartition("\n")[2].strip()
            return (*_comments_before(self.catching), *([last] if is_first else ()))
        outer = self.statement.parent()
        in_front = _comments_before(outer) if outer is not None and outer.kind() == "block" else ()
        first = _is_first(self.statement)
        return (*_comments_before(self.statement), *(in_front if first else ()), *self._first_in_body)

    @cached_property
    def introduced(self) -> tuple[str, ...]:
        """What is said before: above the attempt and at its beginning, and at the head of the functions around it."""
        heads = []
        for around in (node for node in self.statement.ancestors() if node.kind() == "function_definition"):
            body = around.field("body")
            first = next((child for child in body.children() if child.is_named()), None) if body is not None else None
            if first is not None and (first.kind() == "comment" or first.text().lstrip("rfRF")[:1] in {'"', "'"}):
                heads.append(first.text())
            if body is not None:
                heads.extend(_comments_before(body))
        own = _comments_before(self.statement)
        return (*own, *self._first_in_body, *heads)

    @property
    def _first_in_body(self) -> tuple[str, ...]:
        within = next((child.text() for child in self.body.children() if child.is_named()), "")
        return (*_comments_before(self.body), within if within.startswith("#") else "")


def _field(node: Node | None, name: str) -> str:
    child = node.field(name) if node is not None else None
    return child.text() if child is not None else ""


def _code(nodes: Iterable[Node]) -> Iterator[Node]:
    yield from (node for node in nodes if node.is_named() and node.kind() != "comment")


def _after(node: Node) -> Iterator[Node]:
    beside = node.next()
    while beside is not None:
        yield beside
        beside = beside.next()


def _before(node: Node) -> Iterator[Node]:
    beside = node.prev()
    while beside is not None:
        yield beside
        beside = beside.prev()


def _is_first(statement: Node) -> bool:
    return next(_code(_before(statement)), None) is None


def _comments_before(node: Node) -> tuple[str, ...]:
    """Give the comments that stand directly before a node."""
    found = []
    for beside in _before(node):
        if beside.kind() != "comment":
            break
        found.append(beside.text())
    return tuple(found)
