"""Which pydantic a project is written for: before version 2, a type that allows ``None`` makes a field optional."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.python.module import Module
from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from reviewbot.python.codebase import Code
    from reviewbot.python.syntax import Node

_MOST = 20
# Where a project says what it needs, the most exact first.
_LOCKS = re.compile(r"(^|/)(uv|poetry|pdm)\.lock$|(^|/)Pipfile\.lock$")
_NEEDS = re.compile(
    r"(^|/)(requirements[^/]*(/[^/]+)?\.(txt|in)|pyproject\.toml|setup\.(cfg|py)|Pipfile|environment[^/]*\.ya?ml)$"
)
_LOCKED = re.compile(r"""\bname = "pydantic"\s+version = "(\d+)\.|"pydantic": \{[^{}]*?"version": "==(\d+)\.""")
_NEEDED = re.compile(
    r"""(?mi)(?:^|["'\s])pydantic(?:\[[^\]]*\])?["']?\s*(?:=\s*\{[^\n{}]*?)?(?P<wanted>[=<>~^!"'][^\n;#]*)"""
)
_BELOW_TWO = re.compile(r"<\s*2(\.0)*(?![.\d])|<=?\s*1\b|(==|~=|\^)\s*1\b|^[=\s]*[\"']1\b|^=\s*1\b")
# `>=1.10` says nothing: both are meant.
_ABOVE_ONE = re.compile(r"(>=?|==|~=|\^|^=)\s*2|^[=\s]*[\"']2\b")
# What version 2 does not have any more.
_ONLY_IN_ONE = re.compile(
    r"^from pydantic(\.generics|\.error_wrappers|\.env_settings) import|^from pydantic import [^\n]*\bBaseSettings\b",
    re.MULTILINE,
)
# What version 2 calls otherwise, and only warns of; and what version 1 has not got.
_OF_ONE = re.compile(r"^[ \t]+orm_mode[ \t]*=|^from pydantic import [^\n]*\b(root_)?validator\b", re.MULTILINE)
_OF_TWO = re.compile(
    r"\b(pydantic_settings|field_validator|model_validator|ConfigDict|model_config|from_attributes|TypeAdapter"
    r"|RootModel|computed_field|field_serializer|model_serializer|model_dump|model_rebuild)\b|\bpydantic\.v1\b"
)
_MOST_ALIASES = 6
_QUOTES = "\"' "
_COMPOSED = frozenset({"type", "parenthesized_expression", "binary_operator", "union_type"})
_ANYTHING = ("Any", "typing.Any", "t.Any")


def is_before_two(code: Code) -> bool:
    """Tell whether the code of a tree is for a pydantic before version 2; False where nothing says so."""
    paths = sorted(code.tree.paths, key=lambda path: (path.count("/"), path))
    for wanted, said in ((_LOCKS, _LOCKED), (_NEEDS, _NEEDED)):
        chosen = [path for path in paths if wanted.search(path)][:_MOST]
        texts = code.tree.read(chosen)
        for match in filter(None, (said.search(texts.get(path, "")) for path in chosen)):
            if said is _LOCKED:
                return (match[1] or match[2]) == "1"
            if _BELOW_TWO.search(match["wanted"]):
                return True
            if _ABOVE_ONE.search(match["wanted"]):
                return False
    return _is_written_so(code)


def _is_written_so(code: Code) -> bool:
    """Tell whether code is written in a way that only a pydantic before version 2 takes, or takes without a word."""
    texts = [text for text in code.texts.values() if "pydantic" in text or "orm_mode" in text]
    if any(_ONLY_IN_ONE.search(text) for text in texts):
        return True
    return any(_OF_ONE.search(text) for text in texts) and not any(map(_OF_TWO.search, texts))


def may_be_none(code: Code, module: Module, kind: Node, hops: int = _MOST_ALIASES) -> bool:
    """Tell whether a type allows ``None``, also where it is the project's name for one that does.

    Args:
        code: Follows the names.
        module: Where the type is written.
        kind: The annotation, or what a name for a type is assigned.
        hops: So many names are followed at most.
    """
    what = kind.kind()
    if what in {"identifier", "attribute"}:
        place = code.resolve(module, kind.text()) if hops else None
        meant = place.module.assignments.get(place.name) if place is not None else None
        if place is None or meant is None:
            return kind.text() in _ANYTHING
        return may_be_none(code, place.module, meant, hops - 1)
    if what == "string":
        quoted = Module(module.path, f"_ = {kind.text().strip(_QUOTES)}").assignments.get("_")
        return quoted is not None and quoted.kind() != "string" and may_be_none(code, module, quoted, hops)
    inner = [child for child in kind.children() if child.is_named() and child.kind() != "comment"]
    if what in {"subscript", "generic_type"}:
        return _generic_may_be_none(code, module, inner, hops)
    return what == "none" or (what in _COMPOSED and any(may_be_none(code, module, child, hops) for child in inner))


def _generic_may_be_none(code: Code, module: Module, parts: list[Node], hops: int) -> bool:
    name, given = parts[0].text().rpartition(".")[2], parts[1:]
    if given and given[0].kind() == "type_parameter":
        given = [child for child in given[0].children() if child.is_named() and child.kind() != "comment"]
    if name == "Annotated":
        return not any(map(_asks, given[1:])) and any(may_be_none(code, module, one, hops) for one in given[:1])
    return name == "Optional" or (name == "Union" and any(may_be_none(code, module, one, hops) for one in given))


def _asks(said: Node) -> bool:
    """Tell whether ``Field(...)``, beside a type, asks for a value all the same."""
    field = call(said.child(0) if said.kind() == "type" else said)
    return field is not None and any(argument.kind() == "ellipsis" for argument in field.positional)
