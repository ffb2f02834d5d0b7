"""Python source, parsed by tree-sitter: find by rule, name the enclosing symbol, tell whether it parses.

The only importer of ast_grep_py. tree-sitter and not `ast`, since a hunk alone rarely parses for
Python itself, and since the code under review may be newer than the Python that runs us.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ast_grep_py import Range as SgRange
from ast_grep_py import SgNode, SgRoot

from reviewbot.core.errors import EngineError
from reviewbot.python.quickness import is_quick, is_shallow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A node of the tree, for those who walk it themselves.
Node = SgNode
Range = SgRange

# The statements that open a scope of their own.
DEFINITIONS = frozenset({"class_definition", "function_definition"})
# Where a node stands is found by reading its line up to it. So a line must not be longer than this for all that is
# found in a text to be looked at; in others, as much is as can be had for so many characters read.
LONG_LINE, _MOST_READ = 2_000, 20_000_000
# So much of what stands around a name tells how it is used.
_AROUND = 16
# Trees of longer texts are not kept: they take memory.
_MOST_KEPT = 400_000
_VARIABLE = re.compile(r"\$(\$\$)?([A-Z_][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the source.

    Attributes:
        start_line: First line, 1-based.
        start_column: 0-based, in characters.
        end_line: Line of the end.
        end_column: Exclusive.
        start: Offset in characters from the beginning of the parsed text.
        end: Likewise, exclusive.
        text: The source itself.
    """

    start_line: int
    start_column: int
    end_line: int
    end_column: int
    start: int
    end: int
    text: str

    @property
    def last_line(self) -> int:
        """The last line that has a character of it."""
        return self.end_line - (self.end_column == 0 and self.end_line > self.start_line)


class Word(NamedTuple):
    """A name or a comment in the source.

    Attributes:
        text: Itself; a comment with its ``#``.
        line: Its line, 1-based.
        before: The few characters before it.
        after: The few characters after it.
    """

    text: str
    line: int
    before: str
    after: str


class Match:
    """What a rule found, with the pieces its meta-variables stand for.

    Args:
        node: The node.
        lines_before: How many lines of the parsed text stand before the piece that lines are counted in.
    """

    def __init__(self, node: SgNode, source: Source, lines_before: int = 0) -> None:
        self._node = node
        self._source = source
        self._lines_before = lines_before

    @property
    def span(self) -> Span:
        """The whole match."""
        return _span(self._node, self._lines_before)

    def variable(self, name: str) -> Span | None:
        """Give what the single meta-variable ``$NAME`` matched, or None."""
        node = self._node.get_match(name)
        return _span(node, self._lines_before) if node is not None else None

    def node(self, name: str) -> Node | None:
        """Give the node that the single meta-variable ``$NAME`` matched, or None."""
        return self._node.get_match(name)

    def within(self, lines_before: int) -> Match:
        """Give the same match with lines counted after the first ``lines_before`` lines of the text."""
        return Match(self._node, self._source, lines_before)

    def filled(self, template: str) -> str:
        """Give ``template`` with ``$NAME`` and ``$$$NAME`` replaced by the source they matched."""

        def piece(match: re.Match[str]) -> str:
            if match[1]:
                return self._several(match[2])
            node = self._node.get_match(match[2])
            return node.text() if node is not None else self._transformed(match[2]) or ""

        return _VARIABLE.sub(piece, template)

    def fills(self, template: str) -> bool:
        """Tell whether the match, which may be of one branch of its rule, has every ``$NAME`` of ``template``."""
        names = (name for several, name in _VARIABLE.findall(template) if not several)
        # A variable made of one that the match does not have is empty.
        return all(self._node.get_match(name) or self._node.get_transformed(name) for name in names)

    def with_argument(self, name: str, argument: str) -> Span | None:
        """Give the call that ``$NAME`` matched with one more keyword argument, or with another value for it.

        That is where it stands, and its text with an argument such as ``timeout=10``; None where it cannot be told.
        """
        node = self._node.get_match(name)
        listed = node.field("arguments") if node is not None else None
        if node is None or listed is None or listed.kind() != "argument_list":
            return None
        given = [child for child in listed.children() if child.is_named() and child.kind() != "comment"]
        keyword = argument.partition("=")[0]
        there = next((child for child in given if _keyword(child) == keyword), None)
        span, at = _span(node, self._lines_before), node.range().start.index
        if there is not None:
            start, end, text = there.range().start.index, there.range().end.index, argument
        else:
            start = end = (given[-1].range().end if given else listed.range().start).index + (not given)
            text = f", {argument}" if given else argument
        return replace(span, text=f"{span.text[: start - at]}{text}{span.text[end - at :]}")

    def _transformed(self, name: str) -> str:
        """Give a transformed variable, whose later lines ast-grep moves to the margin, with the match's indentation."""
        text = self._node.get_transformed(name) or ""
        if "\n" not in text:
            return text
        line = self._source.lines[self._node.range().start.line]
        margin = line[: len(line) - len(line.lstrip())]
        return re.sub(r"\n(?=[^\n])", f"\n{margin}", text)

    def _several(self, name: str) -> str:
        """Give the source from the first to the last node of ``$$$NAME``, without a trailing comma."""
        nodes = self._node.get_multiple_matches(name)
        if not nodes:
            return ""
        start, end = nodes[0].range().start.index, nodes[-1].range().end.index
        return self._source.text[start:end].rstrip().rstrip(",")


class Source:
    """A parsed Python text: a whole file, or the post-image of one hunk."""

    def __init__(self, text: str) -> None:
        self.text = text
        #: Whether not all was looked at: a rule found too much in very long lines.
        self.is_cut = False

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their newlines."""
        return self.text.split("\n")

    @cached_property
    def longest_line(self) -> int:
        """Length of the longest line."""
        return max(map(len, self.lines))

    @cached_property
    def root(self) -> SgNode:
        """The root node, for checks that walk the tree themselves; of nothing where that would take too long."""
        return self.tree or SgRoot("", "python").root()

    @cached_property
    def tree(self) -> SgNode | None:
        """The root node; None where parsing, or searching it, takes more time than goes with the length of the text."""
        if not is_quick(self.text, lambda part: SgRoot(part, "python")):
            return None
        root = SgRoot(self.text, "python").root()
        return root if is_shallow(root) else None

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
            # With RUST_BACKTRACE in the environment, a page of no use to anybody follows.
            raise EngineError(str(error).partition("Stack backtrace:")[0].strip()) from error
        if self.longest_line > LONG_LINE and len(nodes) > (most := max(1, _MOST_READ // self.longest_line)):
            self.is_cut = True
            nodes = nodes[:most]
        for node in nodes:
            yield Match(node, self)

    def words(self) -> Iterator[Word]:
        """Give every name and every comment, in order."""
        kinds = {"rule": {"any": [{"kind": "identifier"}, {"kind": "comment"}]}}
        for node in self.root.find_all(kinds):  # type: ignore[call-overload]  # as above
            start, end = node.range().start, node.range().end
            before, after = (
                self.text[max(0, start.index - _AROUND) : start.index],
                self.text[end.index : end.index + _AROUND],
            )
            yield Word(node.text(), start.line + 1, before, after)

    def symbol(self, line: int) -> str:
        """Give the class and function around ``line`` (1-based), dotted; empty at module level."""
        starts, names = self._scopes
        return names[bisect_right(starts, line) - 1]

    @cached_property
    def parses(self) -> bool:
        """Whether it is Python without a syntax error that tree-sitter sees."""
        if self.tree is None or self.tree.find(kind="ERROR") is not None:
            return False
        # What the parser had to invent to go on has no text.
        return not self.text.strip() or self.root.find(regex="^$") is None

    @cached_property
    def _scopes(self) -> tuple[list[int], list[str]]:
        """Where the enclosing symbol changes: lines in ascending order, and the symbol from each of them on."""
        rule = {"rule": {"any": [{"kind": kind} for kind in sorted(DEFINITIONS)]}}
        scopes: list[tuple[int, int, str]] = []
        for node in self.root.find_all(rule):  # type: ignore[call-overload]  # as above
            outer = node.parent()
            first = outer if outer is not None and outer.kind() == "decorated_definition" else node
            span = _span(first, 0)
            scopes.append((span.start_line, span.last_line, _name(node)))
        starts, names, open_scopes = [0], [""], [(0, 0, "")]

        def close(line: int) -> None:
            while len(open_scopes) > 1 and open_scopes[-1][1] < line:
                last = open_scopes.pop()[1]
                starts.append(last + 1)
                names.append(open_scopes[-1][2])

        for start, end, name in sorted(scopes, key=lambda scope: (scope[0], -scope[1])):
            close(start)
            around = open_scopes[-1][2]
            dotted = f"{around}.{name}" if around else name
            open_scopes.append((start, end, dotted))
            starts.append(start)
            names.append(dotted)
        close(len(self.text) + 1)
        return starts, names


def parsed(text: str) -> Source:
    """Give the source of a text; the last few are kept, since many ask for the same file."""
    return _parse(text) if len(text) <= _MOST_KEPT else Source(text)


@lru_cache(maxsize=64)
def _parse(text: str) -> Source:
    return Source(text)


def parses(text: str) -> bool:
    """Tell whether ``text`` is Python without a syntax error that tree-sitter sees."""
    return parsed(text).parses


def _span(node: SgNode, lines_before: int) -> Span:
    start, end = node.range().start, node.range().end
    return Span(
        start.line + 1 - lines_before,
        start.column,
        end.line + 1 - lines_before,
        end.column,
        start.index,
        end.index,
        node.text(),
    )


def _keyword(node: SgNode) -> str:
    name = node.field("name") if node.kind() == "keyword_argument" else None
    return name.text() if name is not None else ""


def _name(node: SgNode) -> str:
    name = node.field("name")
    return name.text() if name is not None else "?"
