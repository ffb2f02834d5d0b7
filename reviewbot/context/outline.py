"""Which lines of a definition say what it is: signatures, fields, first lines of docstrings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.context.module import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviewbot.context.module import Definition

# A function this short is shown with its body; a longer one where there is room.
SHORT, MEDIUM = 30, 60
# Of the docstring of a longer one, which is what it says about itself.
_DOCSTRING = 15
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
        most: How many lines of fields are very many; where it is less than usual, and none is named, the head is all.
    """
    if definition.kind is Kind.FUNCTION:
        return function_outline(definition)
    if definition.kind is Kind.VALUE:
        return value_lines(definition)
    lines = set(definition.head) | set(_summary(definition))
    fields = [member for member in definition.body if member.kind is Kind.VALUE]
    many = sum(field.end - field.start + 1 for field in fields) > most
    if many and most < _FIELDS and words is not None and not any(field.name in words for field in fields):
        return set(definition.head)
    for member in definition.body:
        if member.kind is Kind.VALUE and (not many or words is None or member.name in words or _special(member.name)):
            lines |= {*range(member.start, member.end + 1), *definition.comment_above(member.start)}
        elif member.kind is not Kind.VALUE and not many:
            lines |= set(member.head)
    return lines


def value_lines(definition: Definition) -> set[int]:
    """Give the lines of an assignment, the beginning of a very long one."""
    return set(range(definition.start, min(definition.end, definition.start + _VALUE - 1) + 1))


def function_outline(definition: Definition, short: int = SHORT) -> set[int]:
    """Give a function's signature and docstring's first line, and its body where it is short.

    Of a longer function the docstring is shown as far as a page allows.
    """
    lines = set(range(definition.start, definition.end + 1))
    rest = set(definition.docstring) - set(_summary(definition))
    if len(lines - rest) <= short:
        return lines - rest
    return set(definition.head) | set(definition.docstring[:_DOCSTRING])


def _summary(definition: Definition) -> range:
    """Give the docstring's lines up to the first that says something."""
    lines = definition.docstring
    alone = lines and definition.docstring_text.lstrip("rR").strip().split("\n")[0].strip() in {'"""', "'''"}
    return lines[: 2 if alone else 1]


def _special(name: str) -> bool:
    return name.startswith("__") or name == "model_config"
