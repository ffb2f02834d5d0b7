"""What hands a value on unchanged or in another dress, and what functions are called by their imports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

# Functions that give on what they are handed: other clothes, the same content.
CARRIES = re.compile(
    r"(^|\.)(str|repr|bytes|int|float|dict|list|tuple|set|sorted|reversed|iter|next|map|zip|enumerate|format|vars"
    r"|partial"
    r"|join|urljoin|quote|quote_plus|urlencode|dumps|loads|pformat|dedent|b64encode|urlsafe_b64encode|hexlify|cast"
    r"|JSONResponse|ORJSONResponse|UJSONResponse|jsonable_encoder|Field|mapped_column|Column|substitute|safe_substitute"
    r"|from_iterable|chain|HttpUrl|AnyHttpUrl|URL|UUID|field|Response|FileResponse|urlparse|urlsplit|compare_digest|(hashlib\.new|md5|sha1|sha224|sha256|sha384|sha512))$"
)
# Of these, the ones after which the value can still be read.
SHOWS = re.compile(r"(^|\.)(str|repr|dict|list|tuple|format|vars|dumps|pformat|join|substitute|safe_substitute|cast)$")
SHOWN = frozenset(
    [
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "encode",
        "decode",
        "format",
        "join",
        "get_secret_value",
        "copy",
    ]
)
# Attributes that are the value, or the part of it that matters.
PARTS = frozenset({"netloc", "hostname", "hex"})
# Methods that give their object on.
DRESSES = SHOWN.union(
    [
        "replace",
        "removesuffix",
        "removeprefix",
        "split",
        "rsplit",
        "partition",
        "rpartition",
        "splitlines",
        "zfill",
        "ljust",
        "rjust",
    ],
    ["hex", "hexdigest", "digest", "pop", "geturl", "items", "values"],
)
_SPACE = re.compile(r"\s+")


def called(node: Node, flow: Flow) -> Iterator[str]:
    """Give the dotted names of a function as its module imports it: ``subprocess.run`` for ``sp.run`` and ``run``.

    A name of its own for a function (``shell = subprocess.run``) or an instance (``rng = random.Random()``) is followed
    one step, an instance told with parentheses: ``random.Random().choice``.

    Args:
        node: The function of a call.
        flow: The names of the text.
    """
    first, dot, rest = squeezed(node).partition(".")
    yield flow.imported(node, first) + dot + rest
    for names in flow.around(node):
        for value in names.values.get(first, ()) if names is not None else ():
            function = value.field("function") if value.kind() == "call" else value
            if function is not None and function.kind() in {"identifier", "attribute"}:
                start, point, end = squeezed(function).partition(".")
                made = "()" if value.kind() == "call" else ""
                yield flow.imported(node, start) + point + end + made + dot + rest


def returns(node: Node, name: str, flow: Flow) -> Iterator[Node]:
    """Give what a function returns that is defined in the same module or class as its call.

    Args:
        node: The call.
        name: The function's name, as it is called.
        flow: The names of the text.
    """
    short = name.removeprefix("self.").removeprefix("cls.")
    if not short.isidentifier():
        return
    for statement in flow.statements(node):
        if f"def {short}(" in statement.text():
            for function in statement.find_all(
                kind="function_definition", has={"field": "name", "regex": f"^{short}$"}
            ):
                for returned in function.find_all(kind="return_statement"):
                    yield from named(returned)[:1]


def squeezed(node: Node | None) -> str:
    """Give the source of a node without white space."""
    return _SPACE.sub("", node.text()) if node is not None else ""


def named(node: Node) -> list[Node]:
    """Give the children of a node that are no punctuation and no comments."""
    return [child for child in node.children() if child.is_named() and child.kind() != "comment"]
