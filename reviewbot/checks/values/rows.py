"""The rows of a query: which expressions hold them all, and whether anything showed that there are any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.values.guards import is_tested
from reviewbot.checks.values.handles import handle
from reviewbot.checks.values.surroundings import arguments, function_around, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

MOST_STEPS = 8
_LOADS = frozenset({"all", "fetchall"})
_ASKS = frozenset({"query", "execute", "scalars", "exec", "stream", "stream_scalars"})
_NARROWS = frozenset({"filter", "filter_by", "where"})
COLLECTS = frozenset({"list", "tuple", "sorted"})
_COUNTS = re.compile(r"\b(func\.)?(count|sum|max|min|avg|coalesce|exists|now|version)\(", re.IGNORECASE)
_WRITES = re.compile(r"\breturning\b|(\b|\.)(insert|update|delete)\(", re.IGNORECASE)
_WRITTEN_SQL = re.compile(r"\b(select|show|with)\b", re.IGNORECASE)


def are_unasked(node: Node, flow: Flow) -> bool:
    """Tell whether an expression holds the rows of a query, and nothing before showed that there are any."""
    rows = Rows(flow, some=True)
    words = rows.loaded(node, MOST_STEPS)
    return (
        words is not None and not _gives_always(words) and not is_tested(node, rows.names, node.text(), "Index|Lookup")
    )


def are_counted(node: Node, flow: Flow) -> bool:
    """Tell whether an expression holds all rows of a query, and these are used for nothing but their number."""
    words = Rows(flow).loaded(node, MOST_STEPS) or Rows(flow).asked(node, MOST_STEPS)
    if (
        words is None
        or re.search(r"\.limit\(|with_for_update|\.fetch\(|\blimit\b", words, re.IGNORECASE)
        or _WRITES.search(words)
    ):
        return False
    return node.kind() != "identifier" or _only_measured(node)


class Rows:
    """Follows what holds the rows of a query.

    Args:
        flow: The names of the text.
        some: Whether the rows that a comprehension chose are rows as well.

    Attributes:
        names: The names that were followed: who tests one of them tests the rows.
    """

    def __init__(self, flow: Flow, *, some: bool = False) -> None:
        self._flow = flow
        self._some = some
        self._open: set[str] = set()
        self.names: set[str] = set()

    def loaded(self, node: Node, steps: int) -> str | None:
        """Give the words of the query whose rows an expression holds, all of them; None where it holds no rows."""
        node = unwrapped(node)
        if steps <= 0:
            return None
        if node.kind() == "identifier":
            return self._followed(node, steps, loaded=True)
        if node.kind() in {"conditional_expression", "boolean_operator"}:
            parts = [child for child in node.children() if child.is_named()]
            words = [self.loaded(part, steps - 1) for part in (parts[0], parts[-1])]
            return " ".join(word for word in words if word) if None not in words else None
        if node.kind() == "list_comprehension":
            kinds = {"for_in_clause"} if self._some else {"for_in_clause", "if_clause"}
            turns = [child for child in node.children() if child.kind() in kinds]
            of = turns[0].field("right") if len(turns) == 1 else None
            return self._rows_or_query(of, steps) if of is not None else None
        return self._loaded_by(node, steps) if node.kind() == "call" else None

    def _loaded_by(self, call: Node, steps: int) -> str | None:
        function, given = call.field("function"), arguments(call)
        if function is not None and function.kind() == "identifier" and function.text() in COLLECTS and given:
            return self._rows_or_query(given[0], steps)
        of, method = _parts(function)
        if of is None:
            return None
        access = handle(unwrapped(of), self._flow) if method in {"fetch", "fetchall"} else None
        if access is not None and access.kind == "connection":
            return f"{call.text()} {_executed(of)}"
        return self.asked(of, steps) if method in _LOADS and not given else None

    def asked(self, node: Node, steps: int) -> str | None:
        """Give the words of the query that an expression asks, or is the result of; None where it is none."""
        node = unwrapped(node)
        if steps <= 0:
            return None
        if node.kind() == "identifier":
            return self._followed(node, steps, loaded=False)
        if node.kind() == "attribute":
            return node.text() if re.match(r"[A-Z]\w*\.query$", node.text()) else None
        return self._asked_by(node, steps) if node.kind() == "call" else None

    def _asked_by(self, call: Node, steps: int) -> str | None:
        of, method = _parts(call.field("function"))
        if of is None:
            return None
        if method in _ASKS:
            access = handle(unwrapped(of), self._flow)
            if access.is_database if access is not None else re.search(r"(db|session)", of.text()):
                return " ".join([call.text(), *self._words(call)])
            if access is not None:
                return None
        words = self.asked(of, steps - 1)
        if words is not None:
            return f"{words} {call.text()}"
        return call.text() if method in _NARROWS and of.kind() != "attribute" else None

    def _rows_or_query(self, node: Node, steps: int) -> str | None:
        words = self.loaded(node, steps - 1)
        return words if words is not None else self.asked(node, steps - 1)

    def _followed(self, node: Node, steps: int, *, loaded: bool) -> str | None:
        """Follow a name to all the values that its function gives it."""
        name = node.text()
        values = list(values_of(node, self._flow))
        if not values or name in self._open:
            return None
        self._open.add(name)
        self.names.add(name)
        words: list[str] = []
        for value in values:
            if any(part.text() == name for part in value.find_all(kind="identifier")) and len(values) > 1:
                words.append(value.text())  # `query = query.filter(…)`
                continue
            query = self.loaded(value, steps - 1) if loaded else self.asked(value, steps - 1)
            if query is None:
                self._open.discard(name)
                return None
            words.append(query)
        self._open.discard(name)
        return " ".join(words)

    def _words(self, call: Node) -> Iterator[str]:
        """Give what the statement that is executed says, where it is a name."""
        for given in arguments(call)[:1]:
            for part in [given, *given.find_all(kind="identifier")]:
                if part.kind() == "identifier":
                    self.names.add(part.text())
                    yield from (value.text() for value in values_of(part, self._flow))


def values_of(node: Node, flow: Flow) -> Iterator[Node]:
    """Give the values that the innermost function around gives to a name; none for its parameters and loops."""
    function = function_around(node)
    names, _ = flow.around(node)
    if function is None or names is None:
        return
    name, start = node.text(), function.range().start.index
    if name in names.elements:
        return
    for value in names.values.get(name, ()):
        around = function_around(value)
        if around is not None and around.range().start.index == start:
            yield value


def _only_measured(node: Node) -> bool:
    """Tell whether a name is only ever given a value, and asked for its length or for being empty."""
    function = function_around(node)
    if function is None:
        return False
    rule = {"kind": "identifier", "regex": f"^{re.escape(node.text())}$"}
    uses = list(function.find_all({"rule": rule}))  # type: ignore[call-overload]  # its stub wants a TypedDict
    return bool(uses) and all(_is_measure(use) for use in uses)


def _is_measure(use: Node) -> bool:
    parent = use.parent()
    if parent is None:
        return False
    if parent.kind() in {"assignment", "named_expression"}:
        left = parent.field("left") or parent.field("name")
        return left is not None and left.range() == use.range()
    if parent.kind() == "argument_list":
        call = parent.parent()
        return call is not None and call.text().replace(" ", "") in {f"len({use.text()})", f"bool({use.text()})"}
    if parent.kind() in {"if_statement", "elif_clause"}:
        condition = parent.field("condition")
        return condition is not None and condition.range() == use.range()
    return parent.kind() == "not_operator"


def _gives_always(words: str) -> bool:
    """Tell whether a query has a row whatever is in the table: numbers of all rows, what was written."""
    if re.search(r"group_by|group\s+by", words, re.IGNORECASE):
        return False
    text = re.search(r"[\"']\s*(select|show|with)\b", words, re.IGNORECASE)
    if text is not None and not re.search(r"\bfrom\b", words, re.IGNORECASE):
        return True
    selected = re.search(r"(?is)\bselect\b(.*?)(\bfrom\b|\.(where|filter|select_from|join)\b|$)", words)
    queried = re.search(r"(?is)\.query\((.{,300}?)\)\s{,20}(\.\s*(where|filter|filter_by|select_from|join)\b|$)", words)
    chosen = "".join(match[1] for match in (selected, queried) if match is not None)
    return bool(_COUNTS.search(chosen) or _WRITES.search(words))


def _parts(function: Node | None) -> tuple[Node | None, str]:
    """Give the object and the name of a method that is called; None where it is no method."""
    of, method = (function.field("object"), function.field("attribute")) if function is not None else (None, None)
    return (of, method.text()) if of is not None and method is not None else (None, "")


def _executed(cursor: Node) -> str:
    """Give what a cursor executes in the function around."""
    function = function_around(cursor)
    own = f"{cursor.text()}.execute("
    calls = function.find_all(kind="call") if function is not None else ()
    return " ".join(call.text() for call in calls if call.text().startswith(own))
