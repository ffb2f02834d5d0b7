"""How many nodes a query may bring at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    VariableNode,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, SelectionSetNode


def node_count(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """Multiply the sizes of connections that are inside each other, and add up."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}

    def inside(selections: SelectionSetNode | None, times: int) -> int:
        total = 0
        for one in selections.selections if selections else ():
            if isinstance(one, FieldNode):
                own = _size(one, variables)
                total += times * (own or 0) + inside(one.selection_set, times * (own or 1))
            elif isinstance(one, InlineFragmentNode):
                total += inside(one.selection_set, times)
            elif isinstance(one, FragmentSpreadNode) and one.name.value in fragments:
                total += inside(fragments[one.name.value].selection_set, times)
        return total

    return sum(
        inside(getattr(one, "selection_set", None), 1)
        for one in document.definitions
        if not isinstance(one, FragmentDefinitionNode)
    )


def _size(field: FieldNode, variables: Mapping[str, Any]) -> int | None:
    """Give how many nodes a connection is asked for; None for a field that is none."""
    for argument in field.arguments or ():
        if argument.name.value in {"first", "last"}:
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                return int(variables.get(argument.value.name.value) or 0)
    return None
