"""What a Python file defines and imports, found by syntax: nothing is imported or executed.

Works on broken files too: what the parser could make out is there.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.python.imports import Import, read
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewbot.python.syntax import Node

# Statements whose blocks belong to the scope they stand in.
_AROUND = frozenset(
    {
        "block", "if_statement", "elif_clause", "else_clause", "try_statement", "except_clause",
        "except_group_clause", "finally_clause", "with_statement", "for_statement", "while_statement", "ERROR",
    }
)  # fmt: skip
# Of decorators and a signature this many lines are shown.
_HEAD = 60
# Of a comment above a field this many lines are shown with it.
_COMMENT = 6
# Lines longer than the first are data; so is a file that has more than the second of it.
_LONG, _DATA = 2_000, 10_000
_IMPORTS = ("import_statement", "import_from_statement")


class Kind(Enum):
    """What is defined."""

    CLASS = "class"
    FUNCTION = "function"
    VALUE = "value"


@dataclass(frozen=True, eq=False)
class Definition:
    """A class, a function, or an assignment to a name, at module level or in a class.

    Attributes:
        name: Its own name.
        kind: What it is.
        node: The definition without its decorators, or the assignment.
        start: First line, decorators included.
        end: Last line.
        owner: The class around it, or None.
    """

    name: str
    kind: Kind
    node: Node
    start: int
    end: int
    owner: Definition | None = None

    @property
    def symbol(self) -> str:
        """The name with those of the classes around it, dotted."""
        return f"{self.owner.symbol}.{self.name}" if self.owner else self.name

    @cached_property
    def head(self) -> range:
        """The first lines of the decorators and signature, or of the class statement; all lines of a value."""
        body = self.node.field("body")
        if body is None:
            return range(self.start, self.end + 1)
        first = lines_of(body).start
        # A comment before the first statement belongs to the body, which the parser begins after it.
        colon = next((child for child in reversed(self.node.children()) if child.kind() == ":"), None)
        last = lines_of(colon).stop - 1 if colon is not None else max(self.start, first - 1)
        return range(self.start, min(last, self.start + _HEAD - 1) + 1)

    @cached_property
    def docstring(self) -> range:
        """The lines of the docstring; empty where there is none."""
        return lines_of(self._docstring) if self._docstring is not None else range(0)

    @property
    def docstring_text(self) -> str:
        """The docstring as it is written, quotes included; empty where there is none."""
        return self._docstring.text() if self._docstring is not None else ""

    @cached_property
    def _docstring(self) -> Node | None:
        body = self.node.field("body")
        first = next((child for child in body.children() if child.kind() != "comment"), None) if body else None
        inner = first.child(0) if first is not None and first.kind() == "expression_statement" else None
        return inner if inner is not None and inner.kind() == "string" else None

    def comment_above(self, line: int) -> range:
        """Give the lines of a class's comment that stands right above ``line``, a few at most."""
        first = line
        while first - 1 in self._comments and line - first < _COMMENT:
            first -= 1
        return range(first, line)

    @cached_property
    def _comments(self) -> frozenset[int]:
        body = self.node.field("body")
        nodes = [*self.node.children(), *(body.children() if body is not None else ())]
        return frozenset(lines_of(node).start for node in nodes if node.kind() == "comment")

    @cached_property
    def members(self) -> Mapping[str, Definition]:
        """What a class defines; of several definitions of a name the first (a property before its setter)."""
        found: dict[str, Definition] = {}
        for member in self.body:
            found.setdefault(member.name, member)
        return found

    @cached_property
    def body(self) -> tuple[Definition, ...]:
        """Everything that a class defines, in order; nothing for what is no class."""
        body = self.node.field("body") if self.kind is Kind.CLASS else None
        return tuple(_definitions(body, self)) if body is not None else ()

    @cached_property
    def scopes(self) -> _Scopes:
        """The classes and functions in a class, by their lines."""
        return _Scopes(self.body)

    @cached_property
    def bases(self) -> tuple[tuple[str, ...], ...]:
        """The base classes, as dotted names taken apart; without type arguments."""
        listed = self.node.field("superclasses") if self.kind is Kind.CLASS else None
        chains = []
        for child in listed.children() if listed is not None else ():
            plain = child.field("value") if child.kind() == "subscript" else child
            if plain is not None and (names := chain(plain)):
                chains.append(names)
        return tuple(chains)

    @cached_property
    def value(self) -> Node | None:
        """What a name is assigned, where it is one."""
        return self.node.field("right") if self.kind is Kind.VALUE else None


class Module:
    """A parsed file.

    Args:
        path: Where it stands in the tree.
        text: Its whole text.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.source = Source(text)
        self.lines = text.split("\n")

    @cached_property
    def body(self) -> tuple[Definition, ...]:
        """Everything defined at module level, in order."""
        return tuple(_definitions(self.source.root, None))

    @cached_property
    def names(self) -> Mapping[str, Definition]:
        """What is defined at module level, by name; the first where there are several."""
        found: dict[str, Definition] = {}
        for definition in self.body:
            found.setdefault(definition.name, definition)
        return found

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every name that is imported anywhere in the file, functions included, in order."""
        nodes = self.source.root.find_all(any=[{"kind": kind} for kind in _IMPORTS])
        return tuple(one for node in nodes for one in read(node))

    @cached_property
    def imported(self) -> Mapping[str, Import]:
        """The imports by the name they bind; the first where there are several."""
        found: dict[str, Import] = {}
        for one in self.imports:
            found.setdefault(one.name, one)
        return found

    def around(self, line: int) -> tuple[Definition, ...]:
        """Give the classes around a line and the function in the innermost, or at module level, outermost first.

        Functions within functions belong to the outer one, which they share their names with.
        """
        found: list[Definition] = []
        scopes = self._scopes
        while (here := scopes.at(line)) is not None:
            found.append(here)
            scopes = here.scopes
        return tuple(found)

    def statement(self, line: int) -> tuple[range, str]:
        """Give the lines and the kind of the statement at module level on a line; no lines where there is none."""
        at = bisect_right(self._statements, line, key=lambda one: one[0].start) - 1
        lines, kind = self._statements[at] if at >= 0 else (range(0), "")
        return (lines, kind) if line in lines else (range(0), "")

    @cached_property
    def _scopes(self) -> _Scopes:
        return _Scopes(self.body)

    @cached_property
    def _statements(self) -> tuple[tuple[range, str], ...]:
        return tuple((lines_of(node), node.kind()) for node in self.source.root.children())


class _Scopes:
    """The classes and functions among some definitions, which do not overlap, by their lines."""

    def __init__(self, body: Iterable[Definition]) -> None:
        self._all = [one for one in body if one.kind is not Kind.VALUE]

    def at(self, line: int) -> Definition | None:
        at = bisect_right(self._all, line, key=lambda one: one.start) - 1
        return self._all[at] if at >= 0 and line <= self._all[at].end else None


def is_source(path: str, text: str) -> bool:
    """Tell whether a file is Python that somebody wrote.

    Lines of many thousands of characters are data, and columns are counted from the beginning of the line again and
    again.
    """
    return path.endswith((".py", ".pyi")) and sum(len(line) for line in text.split("\n") if len(line) > _LONG) <= _DATA


def lines_of(node: Node) -> range:
    """Give the lines, counted from 1, that have a character of a node."""
    place = node.range()
    start, end = place.start.line + 1, place.end.line + 1
    return range(start, end + (place.end.column > 0 or end == start))


def chain(node: Node | None) -> tuple[str, ...]:
    """Give the names of ``a.b.c``; nothing for any other expression, or none."""
    names = []
    while node is not None and node.kind() == "attribute":
        name = node.field("attribute")
        names.append(name.text() if name is not None else "")
        node = node.field("object")
    if node is None or node.kind() != "identifier":
        return ()
    return (node.text(), *reversed(names))


def _definitions(around: Node, owner: Definition | None) -> Iterator[Definition]:
    pending = list(reversed(around.children()))
    while pending:
        node = pending.pop()
        kind = node.kind()
        if kind == "decorated_definition":
            inner = node.field("definition")
            if inner is not None:
                yield from _definition(inner, lines_of(node).start, owner)
        elif kind in {"class_definition", "function_definition"}:
            yield from _definition(node, lines_of(node).start, owner)
        elif kind == "expression_statement":
            for child in node.children():
                yield from _assigned(child, owner)
        elif kind == "type_alias_statement":
            yield from _alias(node, owner)
        elif kind in _AROUND:
            pending += reversed(node.children())


def _definition(node: Node, start: int, owner: Definition | None) -> Iterator[Definition]:
    name = node.field("name")
    if name is not None:
        kind = Kind.CLASS if node.kind() == "class_definition" else Kind.FUNCTION
        yield Definition(name.text(), kind, node, start, lines_of(node).stop - 1, owner)


def _assigned(node: Node, owner: Definition | None) -> Iterator[Definition]:
    left = node.field("left") if node.kind() == "assignment" else None
    if left is not None and left.kind() == "identifier":
        lines = lines_of(node)
        yield Definition(left.text(), Kind.VALUE, node, lines.start, lines.stop - 1, owner)


def _alias(node: Node, owner: Definition | None) -> Iterator[Definition]:
    left = node.field("left")
    if left is not None:
        lines = lines_of(node)
        yield Definition(left.text().partition("[")[0], Kind.VALUE, node, lines.start, lines.stop - 1, owner)
