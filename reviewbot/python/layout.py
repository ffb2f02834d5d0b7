"""How a Python file is laid out: which lines each definition and import takes, nested ones included.

`module.py` has the same file by its names: what each means at module level. Here every definition of a name counts,
and those of a broken file that the parser could make out.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.python.imports import STATEMENTS, Import, read
from reviewbot.python.nodes import assignment, lines_of, statements, undecorated
from reviewbot.python.syntax import DEFINITIONS, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.python.syntax import Node

# What is defined in these belongs to the scope they stand in, too.
_AROUND = frozenset({"for_statement", "while_statement", "ERROR"})
# Of decorators and a signature this many lines are shown.
_HEAD = 60
# Of a comment above a field this many lines are shown with it.
_COMMENT = 6
# Lines longer than the first are data; so is a file that has more than the second of it.
_LONG, _DATA = 2_000, 10_000


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
    """

    name: str
    kind: Kind
    node: Node
    start: int
    end: int

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
    def body(self) -> tuple[Definition, ...]:
        """Everything that a class defines, in order; nothing for what is no class."""
        body = self.node.field("body") if self.kind is Kind.CLASS else None
        return tuple(_definitions(body)) if body is not None else ()

    @cached_property
    def scopes(self) -> _Scopes:
        """The classes and functions in a class, by their lines."""
        return _Scopes(self.body)


class Layout:
    """A parsed file, by its lines.

    Args:
        path: Where it stands in the tree.
        text: Its whole text.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.source = parsed(text)
        self.lines = text.split("\n")

    @cached_property
    def body(self) -> tuple[Definition, ...]:
        """Everything defined at module level, in order."""
        return tuple(_definitions(self.source.root))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every name that is imported anywhere in the file, functions included, in order."""
        nodes = self.source.root.find_all(any=[{"kind": kind} for kind in STATEMENTS])
        return tuple(binding for node in nodes for binding in read(node))

    def around(self, line: int) -> tuple[Definition, ...]:
        """Give the classes around a line and the function in the innermost, or at module level, outermost first.

        Functions within functions belong to the outer one, which they share their names with.
        """
        definitions: list[Definition] = []
        scopes = self._scopes
        while (here := scopes.at(line)) is not None:
            definitions.append(here)
            scopes = here.scopes
        return tuple(definitions)

    def statement(self, line: int) -> tuple[range, str]:
        """Give the lines and the kind of the statement at module level on a line; no lines where there is none."""
        at = bisect_right(self._statements, line, key=lambda statement: statement[0].start) - 1
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
        self._all = [definition for definition in body if definition.kind is not Kind.VALUE]

    def at(self, line: int) -> Definition | None:
        at = bisect_right(self._all, line, key=lambda definition: definition.start) - 1
        return self._all[at] if at >= 0 and line <= self._all[at].end else None


def is_source(path: str, text: str) -> bool:
    """Tell whether a file is Python that somebody wrote.

    Lines of many thousands of characters are data, and columns are counted from the beginning of the line again and
    again.
    """
    return path.endswith((".py", ".pyi")) and sum(len(line) for line in text.split("\n") if len(line) > _LONG) <= _DATA


def _definitions(around: Node) -> Iterator[Definition]:
    for statement in statements(around, _AROUND):
        node: Node | None = undecorated(statement)
        if node is not None and node.kind() in DEFINITIONS:
            kind = Kind.CLASS if node.kind() == "class_definition" else Kind.FUNCTION
            name = node.field("name")
        else:
            kind, node = Kind.VALUE, assignment(statement)
            name = node.field("left") if node is not None else None
        if node is not None and name is not None and name.kind() in {"identifier", "type"}:
            start, end = lines_of(statement).start, lines_of(node).stop - 1
            yield Definition(name.text().partition("[")[0], kind, node, start, end)
