"""What a path or prefix says, where it is put together from literals and constants of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.python.nodes import call, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Module
    from reviewbot.python.syntax import Node

# So many constants are followed from one to the next.
_MOST_STEPS = 4


def written(code: Code, module: Module, node: Node, steps: int = _MOST_STEPS) -> str:
    """Give what an expression says; what cannot be told stands in angle brackets.

    Args:
        code: The application's files.
        module: Where the expression stands.
        node: A literal, an f-string, a sum, or the name of a constant or of a setting with a default.
        steps: So many names are followed.
    """
    value = string(node)
    if value is not None:
        return value
    if node.kind() == "string":
        return "".join(_pieces(code, module, node, steps))
    if node.kind() == "parenthesized_expression" and (inner := node.child(1)) is not None:
        return written(code, module, inner, steps)
    left, right, operator = node.field("left"), node.field("right"), node.field("operator")
    if node.kind() == "binary_operator" and left is not None and right is not None:
        if operator is not None and operator.text() == "+":
            return written(code, module, left, steps) + written(code, module, right, steps)
    elif node.kind() in {"identifier", "attribute"} and steps:
        constant = _constant(code, module, node.text())
        if constant is not None:
            said = written(code, *constant, steps - 1)
            return said if "<" not in said else f"<{node.text()}>"
    return f"<{node.text()}>"


def _pieces(code: Code, module: Module, node: Node, steps: int) -> Iterator[str]:
    """Give the parts of an f-string."""
    for child in node.children():
        if child.kind() == "string_content":
            # `{{id}}` is how an f-string writes the braces of a path parameter.
            yield child.text().replace("{{", "{").replace("}}", "}")
        elif child.kind() == "escape_interpolation":
            yield child.text()[:1]
        elif child.kind() == "interpolation":
            inner = child.field("expression") or child.child(1)
            yield written(code, module, inner, steps) if inner is not None else f"<{child.text()}>"


def _constant(code: Code, module: Module, name: str) -> tuple[Module, Node] | None:
    """Give where a constant is assigned, or the default of a setting: `settings.prefix`."""
    place = code.resolve(module, name)
    if place is None:
        return None
    if place.name in place.module.assignments:
        return place.module, place.module.assignments[place.name]
    owner, _, attribute = place.name.partition(".")
    made = call(place.module.assignments.get(owner))
    of_class = code.resolve(place.module, made.function if made is not None else owner)
    settings_class = of_class.module.classes.get(of_class.name) if of_class is not None else None
    value = (
        settings_class.attributes[attribute].field("right")
        if settings_class is not None and attribute in settings_class.attributes
        else None
    )
    return (of_class.module, value) if of_class is not None and value is not None else None
