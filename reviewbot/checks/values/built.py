"""What a text is put together from: fixed words, and values that somebody else may choose.

The ways a text is made are f-strings, ``+``, ``+=``, ``%``, ``format``, ``join``, and names for any of them. A value
counts as fixed where the code shows that it is one of a few: constants, numbers, columns from a fixed mapping, names of
tables of models, placeholders, what a driver quotes. What cannot be told counts as chosen by somebody else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from reviewbot.checks.values import naming
from reviewbot.checks.values.carriers import returns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reviewbot.checks.values.flow import Flow, Names
    from reviewbot.python.syntax import Match, Node

# So many names are followed, one from another.
_MOST_STEPS = 8
# So many nodes of one text are looked at, so deep: enough for a query, and a bound for what is none.
_MOST_NODES, _MOST_DEPTH = 2_000, 40
_LITERALS = frozenset({"integer", "float", "true", "false", "none", "comparison_operator", "not_operator", "ellipsis"})
_ROWS = frozenset({"concatenated_string", "parenthesized_expression", "list", "tuple", "expression_list", "set"})
_COLLECTIONS = frozenset({"list", "tuple", "set", "expression_list", "parenthesized_expression", "dictionary"})
_CHOICES = frozenset({"conditional_expression", "boolean_operator"})
_COMPREHENSIONS = frozenset({"generator_expression", "list_comprehension", "set_comprehension"})
_GIVING_THE_SAME = frozenset({"enumerate", "sorted", "list", "set", "tuple", "frozenset", "reversed"})


def from_values(match: Match, wanted: Mapping[str, str], flow: Flow) -> bool:
    """Tell whether a text that a rule found is put together from values that somebody else may choose.

    Args:
        match: What the rule found.
        wanted: Meta-variable → regular expression that the fixed words of its text must match.
        flow: The names of the text.
    """
    for name, words in wanted.items():
        node = match.node(name)
        if node is not None:
            pieces = list(_Text(node, flow).pieces(node, _MOST_STEPS))
            fixed = "".join(piece if piece is not None else "\0" for piece in pieces)
            if None in pieces and re.search(words, fixed):
                return True
    return False


class _Text:
    """Takes texts apart: each piece is its fixed words, empty for a fixed value, or None for what others may choose."""

    def __init__(self, near: Node, flow: Flow) -> None:
        self._flow = flow
        self._function, self._module = flow.around(near)
        self._open: set[str] = set()
        self._left = _MOST_NODES
        self._depth = 0

    def pieces(self, node: Node, steps: int) -> Iterator[str | None]:
        self._left -= 1
        self._depth += 1
        if self._left > 0 and self._depth < _MOST_DEPTH:
            yield from self._pieces(node, steps)
        self._depth -= 1

    def _pieces(self, node: Node, steps: int) -> Iterator[str | None]:
        kind = node.kind()
        if kind in _LITERALS:
            yield ""
        elif kind in _ROWS:
            for child in _named(node):
                yield from self.pieces(child, steps)
        elif kind in _CHOICES:
            children = _named(node)
            yield from self.pieces(children[0], steps)
            yield from self.pieces(children[-1], steps)
        elif kind in _COMPREHENSIONS:
            yield from self.pieces(_named(node)[0], steps)
        else:
            tell = self._kinds.get(kind)
            yield from tell(self, node, steps) if tell is not None else (None,)

    def _string(self, node: Node, steps: int) -> Iterator[str | None]:
        before = ""
        for child in node.children():
            if child.kind() == "string_content":
                before = child.text()
                yield before
            elif child.kind() == "interpolation":
                value = _named(child)[0]
                yield from ("",) if self._is_statement(value, before) else self.pieces(value, steps)
                before = ""

    def _is_statement(self, value: Node, before: str) -> bool:
        """Tell whether a value is a statement that the function is given, and stands where a statement does."""
        name, own = value.text(), self._function
        given = own is not None and name in own.parameters and name not in own.values
        return given and bool(naming.STATEMENT.match(name) and naming.STATEMENT_NEXT.search(before))

    def _operator(self, node: Node, steps: int) -> Iterator[str | None]:
        # A long sum leans to the left.
        terms: list[Node] = []
        left: Node | None = node
        while left is not None and left.kind() == "binary_operator":
            right = left.field("right")
            terms += [right] if right is not None else []
            left = left.field("left")
        for term in (*([left] if left is not None else ()), *reversed(terms)):
            yield from self.pieces(term, steps)

    def _call(self, node: Node, steps: int) -> Iterator[str | None]:
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None:
            return
        name, given = "".join(function.text().split()), _named(arguments)
        of, method = function.field("object"), function.field("attribute")
        if naming.NUMBERS.match(name) or naming.QUOTED.search(name.rpartition(".")[2]) or naming.MADE.match(name):
            yield ""
        elif name in naming.WRAPPED and given:
            yield from self.pieces(given[0], steps)
        elif steps > 0 and (returned := list(returns(node, name, self._flow))):
            yield from self._returned(returned, given, steps)
        elif of is None or method is None:
            # What `text(…)` is given, it is asked about itself.
            yield "" if name == "text" else None
        else:
            yield from self._method(name, of, method.text(), given, steps)

    def _method(self, name: str, of: Node, method: str, given: list[Node], steps: int) -> Iterator[str | None]:
        if method in {"format", "substitute", "safe_substitute"}:
            yield from self._format(of, given, steps)
        elif method == "join" and given:
            yield from self.pieces(of, steps)
            yield from self.pieces(given[0], steps)
        elif method in naming.DRESSED:
            yield from self.pieces(of, steps)
        elif method == "get" and self._is_fixed_collection(of, steps):
            for default in given[1:]:
                yield from self.pieces(default, steps)
            yield ""
        elif naming.HANDLE.match(of.text()) and not naming.READS.match(method):
            for argument in given:
                yield from self.pieces(argument.field("value") or argument, steps)
        else:
            yield "" if name.endswith(".text") or naming.CLAUSE.match(method) else None

    def _returned(self, returned: list[Node], given: list[Node], steps: int) -> Iterator[str | None]:
        """Take apart what a function of the same module returns; where all that it is given is fixed, so is that.

        Of SQL only what stands where a value does: which tables and columns there are, callers know.
        """
        fixed = bool(given) and all(self._is_written(argument.field("value") or argument, steps) for argument in given)
        for value in returned:
            preceding = ""
            for piece in _Text(value, self._flow).pieces(value, steps - 1):
                is_name = naming.SQL.match(preceding) and not naming.VALUE_NEXT.search(preceding.rstrip())
                preceding += piece or ""
                yield piece if piece is not None or not (fixed or is_name) else ""

    def _format(self, of: Node, given: list[Node], steps: int) -> Iterator[str | None]:
        """Take `"…".format(…)` apart; `sql.SQL("…").format(…)` is the driver's own, and takes nothing unquoted."""
        if of.kind() == "call" and "".join(of.text().split()).startswith(("sql.SQL(", "SQL(", "psycopg.sql.SQL(")):
            yield ""
            return
        yield from self.pieces(of, steps)
        for argument in given:
            value = argument.field("value") if argument.kind() == "keyword_argument" else argument
            yield from self.pieces(value, steps) if value is not None else ()

    def _name(self, name: str, steps: int) -> Iterator[str | None]:
        own = self._function
        known = own if own is not None and own.has(name) else self._module
        said = (naming.PLACEHOLDERS.search(name) and name not in known.values) or naming.SAID_QUOTED.search(name)
        if naming.CONSTANT.match(name) and name not in self._open and steps > 0:
            # Its words count; what it is made of nobody chooses.
            self._open.add(name)
            for value in self._module.values.get(name, ()):
                yield from (piece or "" for piece in self.pieces(value, steps - 1))
            self._open.discard(name)
            yield ""
        elif naming.CONSTANT.match(name) or name in self._open or said:
            yield ""
        elif steps == 0 or (own is None and not known.has(name)):
            yield None  # what stands before a hunk is not known
        elif self._is_asked(name, steps):
            yield ""
        elif known.has(name):
            self._open.add(name)
            yield from self._values_of(name, known, steps)
            self._open.discard(name)
        else:
            yield ""  # imported: somebody wrote it down

    def _values_of(self, name: str, known: Names, steps: int) -> Iterator[str | None]:
        for value in known.values.get(name, ()):
            yield from self.pieces(value, steps - 1)
        for collection in known.elements.get(name, ()):
            fixed = self._is_fixed_collection(collection, steps - 1)
            yield "" if fixed else None
        if name in known.annotations and not naming.SAFE_TYPE.match(known.annotations[name]):
            yield None

    def _is_asked(self, name: str, steps: int) -> bool:
        """Tell whether the function asks if a name is one of a fixed collection, or a plain word.

        Of a list, whether it asks that of each.
        """
        own = self._function
        if own is None:
            return False
        each = [item for item, looped in own.elements.items() if any(list_.text() == name for list_ in looped)]
        asked = [node for one in (name, *each) for node in own.asked.get(one, ())]
        return any(node.kind() == "call" or self._is_fixed_collection(node, steps - 1) for node in asked)

    def _identifier(self, node: Node, steps: int) -> Iterator[str | None]:
        yield from self._name(node.text(), steps)

    def _attribute(self, node: Node, steps: int) -> Iterator[str | None]:  # noqa: ARG002 - told like the others
        text = node.text()
        constant = naming.CONSTANT.match(text.rpartition(".")[2]) or naming.SETTING.match(text)
        of_handle = naming.HANDLE.match(text.rpartition(".")[0])
        yield "" if constant or of_handle or naming.OWN_NAME.search(text) or naming.PLACEHOLDERS.search(text) else None

    def _subscript(self, node: Node, steps: int) -> Iterator[str | None]:
        yield "" if self._is_fixed_collection(node.field("value"), steps) else None

    def _is_fixed_collection(self, node: Node | None, steps: int) -> bool:
        """Tell whether everything in a collection is written down."""
        if node is None or steps <= 0:
            return False
        kind, text, inner = node.kind(), node.text(), _named(node)
        if kind in {"identifier", "attribute"} and naming.CONSTANT.match(text.rpartition(".")[2]):
            return True
        if kind == "identifier":
            known = self._function if self._function is not None and self._function.has(text) else self._module
            values = known.values.get(text, [])
            if naming.SAFE_ITEMS.match(known.annotations.get(text, "")):
                return True
            return bool(values) and all(self._is_fixed_collection(value, steps - 1) for value in values)
        if kind == "call":
            return self._is_fixed_call(node, steps)
        if kind == "dictionary":
            inner = [pair.field("value") or pair for pair in inner]
        return kind in _COLLECTIONS and all(self._is_written(item, steps) for item in inner)

    def _is_fixed_call(self, node: Node, steps: int) -> bool:
        """Tell whether a call only gives what is in a fixed collection, or numbers."""
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None:
            return False
        if function.kind() == "attribute":
            items = function.text().endswith((".items", ".keys", ".values"))
            return items and self._is_fixed_collection(function.field("object"), steps - 1)
        given = _named(arguments)
        around = function.text() in _GIVING_THE_SAME and bool(given)
        return function.text() == "range" or (around and self._is_fixed_collection(given[0], steps - 1))

    def _is_written(self, node: Node, steps: int) -> bool:
        return None not in self.pieces(node, steps - 1)

    _kinds: ClassVar[dict[str, Callable[[_Text, Node, int], Iterator[str | None]]]] = {
        "string": _string,
        "binary_operator": _operator,
        "call": _call,
        "identifier": _identifier,
        "attribute": _attribute,
        "subscript": _subscript,
    }


def _named(node: Node) -> list[Node]:
    return [child for child in node.children() if child.is_named() and child.kind() != "comment"]
