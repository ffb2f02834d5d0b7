"""YAML whose scalars are all texts, as front matter is read: leniently, and with the line of every value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from reviewbot.core.documents import NotYamlError, composed, said_twice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewbot.core.documents import Place


@dataclass(frozen=True, slots=True)
class Node:
    """A value with all its scalars as texts.

    Attributes:
        value: A scalar, a list or a mapping.
        line: The line it stands on, or its key does.
        again: Keys of the mapping that stand there twice; the first one counts → line of the second.
    """

    value: str | Sequence[Node] | Mapping[str, Node]
    line: int
    again: Mapping[str, int] = field(default_factory=dict)


def read(text: str, first: int) -> Node:
    """Read YAML, all scalars as texts, without aliases.

    Args:
        text: The YAML.
        first: The line it begins on.

    Raises:
        NotYamlError: It is none, or has aliases.
    """
    try:
        root = composed(text, "")
        return Node({}, first) if root is None else _node(root, first, set())
    except NotYamlError as error:
        raise NotYamlError(str(error), first + error.line - 1) from error
    except RecursionError as error:
        raise NotYamlError("nested too deeply", first) from error


def plain(node: Node, place: Place = ()) -> tuple[Any, dict[Place, int]]:
    """Give the values of a node, and their lines as if it stood at ``place``."""
    lines: dict[Place, int] = {}
    return _plain(node, place, lines), lines


def twice(node: Node, place: Place = ()) -> Iterator[tuple[int, str]]:
    """Complain of the keys that stand twice in a node: the line of the second, and the message."""
    if isinstance(node.value, dict):
        for key, line in node.again.items():
            yield line, said_twice((*place, key), node.value[key].line)
        for key, child in node.value.items():
            yield from twice(child, (*place, key))
    elif isinstance(node.value, list):
        for number, child in enumerate(node.value):
            yield from twice(child, (*place, number))


def _plain(node: Node, place: Place, lines: dict[Place, int]) -> Any:
    lines[place] = node.line
    if isinstance(node.value, dict):
        return {key: _plain(child, (*place, key), lines) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child, (*place, number), lines) for number, child in enumerate(node.value)]
    return node.value


def _node(node: yaml.Node, first: int, seen: set[int]) -> Node:
    if isinstance(node, yaml.ScalarNode):
        return Node(node.value, first + node.start_mark.line)
    # Expanding an alias may never end, or not in our lifetime.
    if id(node) in seen:
        raise NotYamlError("anchors and aliases are not read", 1)
    seen.add(id(node))
    line = first + node.start_mark.line
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(child, first, seen) for child in node.value], line)
    mapping: dict[str, Node] = {}
    again: dict[str, int] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else repr(key.tag)
        child, line_of_key = _node(value, first, seen), first + key.start_mark.line
        if name in mapping:
            again.setdefault(name, line_of_key)
        else:
            mapping[name] = Node(child.value, line_of_key, child.again)
    return Node(mapping, line, again)
