"""Python source, parsed by tree-sitter: find by rule, name the enclosing symbol, tell whether it parses.

The only importer of ast_grep_py. tree-sitter and not `ast`, since a hunk alone rarely parses for
Python itself, and since the code under review may be newer than the Python that runs us.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ast_grep_py import SgRoot

from reviewbot.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ast_grep_py import SgNode

_SCOPES = frozenset({"class_definition", "function_definition"})
_VARIABLE = re.compile(r"\$(\$\$)?([A-Z_][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the source: 1-based lines, 0-based columns in characters, the end exclusive, and its text."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


class Match:
    """What a rule found, with the pieces its meta-variables stand for."""

    def __init__(self, node: SgNode) -> None:
        self._node = node

    @property
    def span(self) -> Span:
        """The whole match."""
        return _span(self._node)

    def variable(self, name: str) -> Span | None:
        """Give what the single meta-variable ``$NAME`` matched, or None."""
        node = self._node.get_match(name)
        return _span(node) if node is not None else None

    def filled(self, template: str) -> str:
        """Give ``template`` with ``$NAME`` and ``$$$NAME`` replaced by the source they matched."""

        def piece(match: re.Match[str]) -> str:
            if match[1]:
                return self._several(match[2])
            node = self._node.get_match(match[2])
            return node.text() if node is not None else self._node.get_transformed(match[2]) or ""

        return _VARIABLE.sub(piece, template)

    def _several(self, name: str) -> str:
        """Give the source from the first to the last node of ``$$$NAME``, without a trailing comma."""
        nodes = self._node.get_multiple_matches(name)
        if not nodes:
            return ""
        whole = self._node.get_root().root()
        start, end = nodes[0].range().start.index, nodes[-1].range().end.index
        offset = whole.range().start.index
        return whole.text()[start - offset : end - offset].rstrip().rstrip(",")


class Source:
    """A parsed Python text: a whole file, or the post-image of one hunk."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def root(self) -> SgNode:
        """The root node, for checks that walk the tree themselves."""
        return SgRoot(self.text, "python").root()

    def find(self, config: Mapping[str, Any]) -> Iterator[Match]:
        """Give every match of an ast-grep rule.

        Args:
            config: ``rule``, and where needed ``constraints`` and ``utils``.

        Raises:
            EngineError: The rule is not one that ast-grep understands.
        """
        try:
            nodes = self.root.find_all(dict(config))  # type: ignore[call-overload]  # its stub wants a TypedDict
        except Exception as error:  # ast-grep raises plain Exception, and nothing else runs here
            raise EngineError(str(error)) from error
        for node in nodes:
            yield Match(node)

    def symbol(self, line: int) -> str:
        """Give the class and function around ``line`` (1-based), dotted; empty at module level."""
        best = ""
        for start, end, name in self._scopes:
            if start > line:
                break
            if line <= end:
                best = name
        return best

    @cached_property
    def _scopes(self) -> list[tuple[int, int, str]]:
        """First line, last line and dotted name of every class and function, in order of their beginnings."""
        found: list[tuple[int, int, str]] = []
        rule = {"rule": {"any": [{"kind": kind} for kind in sorted(_SCOPES)]}}
        for node in self.root.find_all(rule):  # type: ignore[call-overload]  # as above
            names = [_name(node)]
            outer = node.parent()
            first = node
            if outer is not None and outer.kind() == "decorated_definition":
                first = outer
            while outer is not None:
                if outer.kind() in _SCOPES:
                    names.append(_name(outer))
                outer = outer.parent()
            span = first.range()
            found.append((span.start.line + 1, span.end.line + 1, ".".join(reversed(names))))
        return sorted(found, key=lambda scope: (scope[0], -scope[1]))


def parses(text: str) -> bool:
    """Tell whether ``text`` is Python without a syntax error that tree-sitter sees."""
    root = SgRoot(text, "python").root()
    if root.find({"rule": {"kind": "ERROR"}}) is not None:
        return False
    # What the parser had to invent to go on has no text.
    return not text.strip() or root.find({"rule": {"regex": "^$"}}) is None


def _span(node: SgNode) -> Span:
    span = node.range()
    return Span(span.start.line + 1, span.start.column, span.end.line + 1, span.end.column, node.text())


def _name(node: SgNode) -> str:
    name = node.field("name")
    return name.text() if name is not None else "?"
