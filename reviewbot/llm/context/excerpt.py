"""Which lines of a class say what it is: its head, its fields, the signatures of its methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.python.layout import Kind

if TYPE_CHECKING:
    from reviewbot.python.layout import Definition

# Statements whose first lines say under which condition, or how often, a line runs.
BLOCKS = frozenset(
    {
        "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "with_statement",
        "try_statement", "except_clause", "finally_clause", "match_statement", "case_clause", "function_definition",
        "class_definition",
    }
)  # fmt: skip


def outline(definition: Definition) -> set[int]:
    """Give the lines to show of a class: its head, its docstring's first line, its fields and signatures."""
    lines = set(definition.head) | set(_summary(definition))
    for member in definition.body:
        if member.kind is Kind.VALUE:
            lines |= {*range(member.start, member.end + 1), *definition.comment_above(member.start)}
        else:
            lines |= set(member.head)
    return lines


def _summary(definition: Definition) -> range:
    """Give the docstring's lines up to the first that says something."""
    lines = definition.docstring
    alone = lines and definition.docstring_text.lstrip("rR").strip().split("\n")[0].strip() in {'"""', "'''"}
    return lines[: 2 if alone else 1]
