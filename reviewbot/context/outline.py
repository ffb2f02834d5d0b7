"""Which lines of a definition say what it is: signatures, fields, first lines of docstrings."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewbot.context.module import Kind, chain, lines_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reviewbot.context.module import Definition
    from reviewbot.syntax import Node

# A function this short is shown with its body; a longer one where there is room.
SHORT, MEDIUM = 30, 60
# What a function comes to, and what it does to the database; then what it calls.
_RESULTS = ("return_statement", "raise_statement", "yield", "await", "slice")
_EFFECTS = re.compile(r"\b(commit|flush|rollback|refresh|add|add_all|delete|limit|offset|execute|with_for_update)$")
_LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "print"})
# Statements whose first lines say under which condition, or how often, a line runs.
BLOCKS = frozenset(
    {
        "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "with_statement",
        "try_statement", "except_clause", "finally_clause", "match_statement", "case_clause", "function_definition",
        "class_definition",
    }
)  # fmt: skip
# Of a statement this many lines are shown.
_STATEMENT = 4
# A class with more lines of fields is shown with those that the change names; one that is an annotation only, with few.
_FIELDS, FEW = 60, 12
_VALUE = 20


def outline(definition: Definition, words: Collection[str] | None = None, most: int = _FIELDS) -> set[int]:
    """Give the lines to show of a definition.

    Of a function what :func:`function_outline` says; of a class its head, fields and signatures; of a value its
    assignment.

    Args:
        definition: What is shown.
        words: Names in the changed lines: where a class has very many fields, only these are shown; None for all.
        most: How many lines of fields are very many; where it is less than usual, and none is named, the head is all,
            and how a class is configured is not shown.
    """
    if definition.kind is Kind.FUNCTION:
        return function_outline(definition)
    if definition.kind is Kind.VALUE:
        return value_lines(definition)
    lines = set(definition.head) | set(_summary(definition))
    fields = [member for member in definition.body if member.kind is Kind.VALUE]
    many = sum(field.end - field.start + 1 for field in fields) > most
    named = {field.name for field in fields if words is None or field.name in words}
    if many and most < _FIELDS and not named:
        return set(definition.head)
    for member in definition.body:
        special = _special(member.name) and most == _FIELDS
        if member.kind is Kind.VALUE and (not many or special or member.name in named):
            lines |= {*range(member.start, member.end + 1), *definition.comment_above(member.start)}
        elif member.kind is not Kind.VALUE and not many:
            lines |= set(member.head)
    return lines


def value_lines(definition: Definition) -> set[int]:
    """Give the lines of an assignment, the beginning of a very long one."""
    return set(range(definition.start, min(definition.end, definition.start + _VALUE - 1) + 1))


def function_outline(definition: Definition, short: int = SHORT) -> set[int]:
    """Give a function's signature and docstring's first line, and its body where it is short.

    Of a longer function the lines that say what comes of it: where it returns, raises, waits or writes, then what it
    calls, as many as there is room for.
    """
    lines = set(range(definition.start, definition.end + 1))
    rest = set(definition.docstring) - set(_summary(definition))
    if len(lines - rest) <= short:
        return lines - rest
    shown = set(definition.head) | set(_summary(definition))
    for lines in _telling(definition.node):
        if _length(shown | lines) <= short:
            shown |= lines
    return shown


def _telling(function: Node) -> Iterator[set[int]]:
    """Give the lines of each statement that says most, then of each that calls something."""
    results = {_statement(node) for kind in _RESULTS for node in function.find_all(kind=kind)}
    calls = set()
    for call in function.find_all(kind="call"):
        called = call.field("function")
        if called is not None and _EFFECTS.search(called.text()):
            results.add(_statement(call))
        elif chain(called)[-1:] and chain(called)[-1] not in _LOGGING:
            calls.add(_statement(call))
    # The last one is what usually comes of it.
    first = sorted(results)
    for block, start, end in (*first[-1:], *first[:-1], *sorted(calls - results)):
        yield {block, *range(start, min(end, start + _STATEMENT - 1) + 1)}


def _statement(node: Node) -> tuple[int, int, int]:
    """Give the lines of the simple statement around a node, after the first line of the block it stands in.

    Of what stands in the head of a block, its own lines.
    """
    inner, block = node, node
    for block in node.ancestors():
        if block.kind() in BLOCKS:
            break
        inner = inner if block.kind() == "block" else block
    lines = lines_of(inner)
    first = lines.start if block.kind() == "function_definition" else lines_of(block).start
    return first, lines.start, lines.stop - 1


def _length(lines: Collection[int]) -> int:
    """Give how many lines these are with a mark for each gap between them."""
    return len(lines) + sum(after - before > 1 for before, after in pairwise(sorted(lines)))


def _summary(definition: Definition) -> range:
    """Give the docstring's lines up to the first that says something."""
    lines = definition.docstring
    alone = lines and definition.docstring_text.lstrip("rR").strip().split("\n")[0].strip() in {'"""', "'''"}
    return lines[: 2 if alone else 1]


def _special(name: str) -> bool:
    return name.startswith("__") or name == "model_config"
