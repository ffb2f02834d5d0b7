"""What a Python module imports and defines at module level, by name, as other files see it.

`layout.py` has the same file by its lines: every definition, nested ones and those of a broken file too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.python.imports import STAR, STATEMENTS, read
from reviewbot.python.nodes import assignment, decorators, field, first_line, last_line, statements, undecorated
from reviewbot.python.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.python.imports import Import
    from reviewbot.python.syntax import Node, Source


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function, without ``self`` and ``cls``.

    Attributes:
        name: Its name.
        annotation: As it is written; empty where there is none.
        default: As it is written; None where there is none.
        node: The parameter itself.
    """

    name: str
    annotation: str
    default: str | None
    node: Node


@dataclass(frozen=True)
class Function:
    """A function or method.

    Attributes:
        node: The ``def``, without its decorators.
        decorated: With its decorators; the same node where it has none.
    """

    node: Node
    decorated: Node

    @cached_property
    def name(self) -> str:
        """Its name."""
        return field(self.node, "name")

    @cached_property
    def start(self) -> int:
        """First line, decorators included."""
        return first_line(self.decorated)

    @cached_property
    def signature_end(self) -> int:
        """Last line of the parameters and the return type."""
        last = self.node.field("return_type") or self.node.field("parameters") or self.node
        return last_line(last)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters."""
        listed = self.node.field("parameters")
        return tuple(_parameters(listed)) if listed is not None else ()

    @cached_property
    def returns(self) -> str:
        """The return annotation as it is written; empty where there is none."""
        return field(self.node, "return_type")

    @cached_property
    def body(self) -> str:
        """The source of its body."""
        return field(self.node, "body")


@dataclass(frozen=True)
class Class:
    """A class.

    Attributes:
        node: The ``class``, without its decorators.
    """

    node: Node

    @cached_property
    def name(self) -> str:
        """Its name."""
        return field(self.node, "name")

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """Its bases as they are written, without type arguments."""
        listed = self.node.field("superclasses")
        children = listed.children() if listed is not None else []
        plain = [
            child for child in children if child.is_named() and child.kind() not in {"keyword_argument", "comment"}
        ]
        return tuple(child.text().partition("[")[0].strip() for child in plain)

    @cached_property
    def body(self) -> tuple[Node, ...]:
        """The statements of its body."""
        block = self.node.field("body")
        return tuple(statements(block)) if block is not None else ()

    @cached_property
    def attributes(self) -> dict[str, Node]:
        """Name → the assignment or bare annotation of each attribute."""
        assignments = (assignment(statement) for statement in self.body)
        return {field(node, "left"): node for node in assignments if node is not None}

    @cached_property
    def methods(self) -> tuple[Function, ...]:
        """Its methods."""
        return tuple(_functions(self.body))


class Module:
    """A parsed file.

    Args:
        path: Its path in the tree.
        text: Its source.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.source = parsed(text)

    @property
    def text(self) -> str:
        """The source."""
        return self.source.text

    @cached_property
    def statements(self) -> tuple[Node, ...]:
        """The statements at module level, those in branches included."""
        return tuple(statements(self.source.root))

    @cached_property
    def is_script(self) -> bool:
        """Whether it prints while it is loaded, which only what is run by hand does."""
        return any(
            node.kind() == "expression_statement" and node.text().startswith("print(")
            for node in self.source.root.children()
        )

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """What is imported at module level, in order."""
        return tuple(
            binding for statement in self.statements if statement.kind() in STATEMENTS for binding in read(statement)
        )

    @cached_property
    def lazy_imports(self) -> tuple[Import, ...]:
        """What its functions and classes import when they run."""
        nested = (node for kind in STATEMENTS for node in self.source.root.find_all(kind=kind))
        return tuple(binding for statement in nested for binding in read(statement) if not binding.top)

    @cached_property
    def imported(self) -> dict[str, tuple[Import, ...]]:
        """Name → its import; several where it depends on a branch, such as ``except ImportError``, which one counts."""
        by_name: dict[str, tuple[Import, ...]] = {}
        for binding in self.imports:
            earlier = by_name.get(binding.name, ())
            by_name[binding.name] = (*earlier, binding) if earlier and binding.in_branch else (binding,)
        return by_name

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """Modules of which everything is imported, with the dots of relative imports before them."""
        return tuple(binding.module for binding in self.imports if binding.name == STAR)

    def defines(self, name: str) -> bool:
        """Tell whether a name is given to something here, and not only imported."""
        return name in self.assignments or name in self.function or name in self.classes

    @cached_property
    def assignments(self) -> dict[str, Node]:
        """Name → what it is assigned at module level, `type name = …` too; the last assignment counts."""
        values: dict[str, Node] = {}
        for statement in self.statements:
            node = assignment(statement)
            left, right = (node.field("left"), node.field("right")) if node is not None else (None, None)
            if left is not None and right is not None:
                values[left.text().partition("[")[0] if left.kind() == "type" else left.text()] = right
        return values

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The functions at module level."""
        return tuple(_functions(self.statements))

    @cached_property
    def function(self) -> dict[str, Function]:
        """Name → function at module level."""
        return {function.name: function for function in self.functions}

    @cached_property
    def classes(self) -> dict[str, Class]:
        """Name → class at module level."""
        nodes = (undecorated(statement) for statement in self.statements)
        classes = [Class(node) for node in nodes if node.kind() == "class_definition"]
        return {definition.name: definition for definition in classes}


def functions_within(source: Source) -> Iterator[Function]:
    """Give all functions and methods of a source that have decorators, at whatever depth."""
    for match in source.root.find_all(kind="decorated_definition"):
        node = undecorated(match)
        if node.kind() == "function_definition" and any(True for _ in decorators(match)):
            yield Function(node, match)


def _functions(among: Iterable[Node]) -> Iterator[Function]:
    for statement in among:
        node = undecorated(statement)
        if node.kind() == "function_definition":
            yield Function(node, statement)


def _parameters(listed: Node) -> Iterator[Parameter]:
    for child in listed.children():
        if not child.is_named() or child.kind() in {"comment", "keyword_separator", "positional_separator"}:
            continue
        first = child.child(0)
        name = field(child, "name") or (first.text() if first is not None else child.text())
        if name in {"self", "cls"}:
            continue
        value = child.field("value")
        yield Parameter(name, field(child, "type"), value.text() if value is not None else None, child)
