"""Where a value goes inside its function, told in short lines that a rule's regular expression reads.

    token=                     it is given a name, an attribute or a key (`user.token`, `data["token"]`)
    hashpw(0)  f(salt)         it is handed to a function, at a place or by a name
    "password":                it is the value of a key
    return make_token          it is returned, or yielded; decorators follow: `return show @router.get("/x")`
    text https://{}/reset      it is put into a text: `{}` is the value, `{…}` other values
    [0]  .split(",")           of it is taken a part, or a method called
    compared in ALLOWED        it is compared
    …mail(0)                   the same of a text in which the value does not come first

It is followed where the same value goes on: names, choices, texts, encodings; never into another function.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from reviewbot.checks.values.carriers import CARRIES, DRESSES, PARTS, named, squeezed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

# So many names are followed, one from another; so many places are looked at for one value.
_MOST_STEPS, _MOST_PLACES = 4, 200
_ON = frozenset(
    [
        "parenthesized_expression",
        "concatenated_string",
        "list",
        "tuple",
        "set",
        "expression_list",
        "dictionary",
        "await",
        "lambda",
        "list_splat",
        "dictionary_splat",
        "interpolation",
        "unary_operator",
        "list_comprehension",
        "generator_expression",
        "set_comprehension",
        "dictionary_comprehension",
        "boolean_operator",
    ]
)
_GIVING = frozenset({"assignment", "named_expression", "for_in_clause", "for_statement", "augmented_assignment"})
_ADDED = re.compile(r"^\w+\.(append|extend|insert|add)\(\d\)$")
_BEGINS = re.compile(r"^(\w+://|\{…\}(://)?)?(\{\}|%s|\{\w*\})")
_TEXTS = frozenset({"string", "concatenated_string", "binary_operator"})
_PARAMETERS = frozenset({"typed_parameter", "typed_default_parameter", "default_parameter"})


def goes(node: Node, flow: Flow) -> Iterator[str]:
    """Say where a value goes, or what a parameter is used for.

    Args:
        node: The value, or a parameter.
        flow: The names of the text.
    """
    way = _Way(flow)
    if node.kind() in _PARAMETERS:
        name = node.field("name") or node.child(0)
        yield from way.used(name.text(), node, _MOST_STEPS) if name is not None else ()
    else:
        yield from way.on(node, _MOST_STEPS)


def stays(node: Node, flow: Flow) -> Iterator[str]:
    """Say where a value goes as long as no function returns it, and ``awaited`` where it is awaited.

    Args:
        node: The value.
        flow: The names of the text.
    """
    yield from _Way(flow, leaves=False).on(node, _MOST_STEPS)


def used(node: Node, flow: Flow) -> Iterator[str]:
    """Say where a name's value goes, wherever in its function the name stands.

    Args:
        node: The name.
        flow: The names of the text.
    """
    yield from _Way(flow).used(node.text(), node, _MOST_STEPS)


class _Way:
    def __init__(self, flow: Flow, *, leaves: bool = True) -> None:
        self._flow = flow
        self._followed_out = leaves
        self._seen: set[str] = set()
        self._left = _MOST_PLACES

    def on(self, node: Node, steps: int, inner: str = "") -> Iterator[str]:
        """Climb from a value as long as what is around it is still the value.

        Args:
            node: The value.
            steps: How many names may still be followed.
            inner: What stands before each line where the value is only somewhere inside of what goes on.
        """
        at: Node | None = node
        while at is not None:
            self._left -= 1
            around = at.parent()
            if around is None or self._left < 0:
                return
            if around.kind() in _TEXTS:
                text = rendered(around, node)
                yield f"text {text}"
                inner = inner if _BEGINS.match(text) else "…"
            if around.kind() == "await" and not self._followed_out:
                yield "awaited"
            said, at = self._step(at, around)
            if said:
                yield f"{inner}{said}"
            if around.kind() in _GIVING:
                for name in said.removesuffix("=").split(","):
                    yield from self.used(name.strip("()[]*"), node, steps - 1, inner)
            elif said.startswith("return ") and self._followed_out:
                yield from self._called(said.split(" ")[1], node, steps - 1, inner)
            elif _ADDED.search(said):
                yield from self.used(said.partition(".")[0], node, steps - 1, inner)

    def _called(self, name: str, near: Node, steps: int, inner: str) -> Iterator[str]:
        """Follow what a function returns to its calls in the same module."""
        key = f"{name}()"
        if key in self._seen or steps < 0 or not name.isidentifier():
            return
        self._seen.add(key)
        for statement in self._flow.statements(near):
            if f"{name}(" in statement.text():
                for call in statement.find_all(
                    kind="call", has={"field": "function", "regex": rf"^((self|cls)\.)?{name}$"}
                ):
                    yield from self.on(call, steps, inner)

    def used(self, name: str, near: Node, steps: int, inner: str = "") -> Iterator[str]:
        """Say where the value goes that a name of the function around a node has."""
        functions = [ancestor for ancestor in near.ancestors() if ancestor.kind() == "function_definition"]
        if name in self._seen or steps < 0 or not functions or not name.isidentifier():
            return
        self._seen.add(name)
        for use in functions[-1].find_all(kind="identifier", regex=f"^{name}$"):
            around = use.parent()
            if around is not None and _is_read(use, around):
                yield from self.on(use, steps, inner)

    def _step(self, at: Node, around: Node) -> tuple[str, Node | None]:
        """Say where a value goes that stands in a node, and give the node that is still the value."""
        kind = around.kind()
        if kind in _ON or kind in _TEXTS:
            return "", around
        tell = self._kinds.get(kind)
        return tell(self, at, around) if tell is not None else _target(at, around)

    def _choice(self, at: Node, around: Node) -> tuple[str, Node | None]:
        return "", around if named(around)[1] != at else None

    def _pair(self, at: Node, around: Node) -> tuple[str, Node | None]:
        return (f"{squeezed(around.field('key'))}:", around) if around.field("value") == at else ("", None)

    def _subscript(self, at: Node, around: Node) -> tuple[str, Node | None]:
        return (f"[{squeezed(around.field('subscript'))}]", around) if around.field("value") == at else ("", None)

    def _compared(self, at: Node, around: Node) -> tuple[str, Node | None]:
        return f"compared {' '.join(squeezed(child) for child in around.children() if child != at)}", None

    def _leaves(self, at: Node, around: Node) -> tuple[str, Node | None]:  # noqa: ARG002 - told like the others
        function = next((ancestor for ancestor in around.ancestors() if ancestor.kind() == "function_definition"), None)
        return _returned(function) if function is not None else "", None

    def _listed(self, at: Node, around: Node) -> tuple[str, Node | None]:
        return self._argument(around, str(named(around).index(at)))

    def _keyword(self, at: Node, around: Node) -> tuple[str, Node | None]:  # noqa: ARG002 - told like the others
        listed = around.parent()
        return self._argument(listed, squeezed(around.field("name"))) if listed is not None else ("", None)

    def _alone(self, at: Node, around: Node) -> tuple[str, Node | None]:
        # `join(one for one in …)`, without parentheses of its own
        return self._argument(at, "0") if around.field("arguments") == at else ("", None)

    def _argument(self, listed: Node, place: str) -> tuple[str, Node | None]:
        call = listed.parent()
        function = call.field("function") if call is not None else None
        if function is None:
            return "", None
        name = squeezed(function)
        method = function.field("attribute")
        carries = CARRIES.search(name) or (method is not None and method.text() in {"format", "join"})
        return f"{name}({place})", call if carries else None

    def _attribute(self, at: Node, around: Node) -> tuple[str, Node | None]:  # noqa: ARG002 - told like the others
        call, method = around.parent(), squeezed(around.field("attribute"))
        if method in PARTS:
            return f".{method}", around
        if call is None or call.kind() != "call":
            return f".{method}", None
        return f".{method}{squeezed(call.field('arguments'))}", call if method in DRESSES else None

    _kinds: ClassVar[dict[str, Callable[[_Way, Node, Node], tuple[str, Node | None]]]] = {
        "conditional_expression": _choice,
        "pair": _pair,
        "attribute": _attribute,
        "argument_list": _listed,
        "keyword_argument": _keyword,
        "call": _alone,
        "subscript": _subscript,
        "comparison_operator": _compared,
        "return_statement": _leaves,
        "yield": _leaves,
    }


def _returned(function: Node) -> str:
    """Say what function it is returned from, with its decorators."""
    around = function.parent()
    decorated = around is not None and around.kind() == "decorated_definition"
    decorators = (
        [squeezed(child) for child in around.children() if child.kind() == "decorator"] if around and decorated else []
    )
    return " ".join(["return", squeezed(function.field("name")), *decorators])


def _target(at: Node, around: Node) -> tuple[str, Node | None]:
    """Say what name a value is given."""
    kind = around.kind()
    if kind in {"assignment", "augmented_assignment", "for_in_clause", "for_statement"}:
        return (f"{squeezed(around.field('left'))}=", None) if around.field("right") == at else ("", None)
    if kind == "named_expression":
        return f"{squeezed(around.field('name'))}=", around
    if kind in {"default_parameter", "typed_default_parameter"} and around.field("value") == at:
        return f"{squeezed(around.field('name'))}=", None
    return "", None


def _is_read(use: Node, around: Node) -> bool:
    """Tell whether an identifier is the name's value, and no attribute, keyword, or name that is given a value."""
    kind = around.kind()
    if kind == "attribute":
        return around.field("object") == use
    if kind == "keyword_argument":
        return around.field("value") == use
    if kind in {"assignment", "for_in_clause", "for_statement"}:
        return around.field("right") == use
    return kind not in {"parameters", "pattern_list", "tuple_pattern", *_PARAMETERS} and not (
        kind == "named_expression" and around.field("name") == use
    )


def rendered(node: Node, value: Node) -> str:
    """Give the words of a text, with `{}` where a value stands in it and `{…}` for other values."""
    if node == value:
        return "{}"
    kind = node.kind()
    if kind == "string":
        return "".join(
            child.text() if child.kind() == "string_content" else rendered(named(child)[0], value)
            for child in node.children()
            if child.kind() in {"string_content", "interpolation"}
        )
    if kind in {"concatenated_string", "binary_operator", "parenthesized_expression", "await", "boolean_operator"}:
        return "".join(rendered(child, value) for child in named(node))
    return "{}" if _holds(node, value) else "{…}"


def _holds(node: Node, value: Node) -> bool:
    span, inner = node.range(), value.range()
    return span.start.index <= inner.start.index and inner.end.index <= span.end.index
