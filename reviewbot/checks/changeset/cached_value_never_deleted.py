"""A result is cached for long under a key that nothing deletes."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.checks.values.surroundings import function_around
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import call, first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

CHECK = Check(
    id="cached-value-never-deleted",
    title="A result is cached under a key that nothing deletes",
    why="Once the data behind it changes, everybody is shown the old value until its time is over.",
    fix="Delete the key where that data is written, or let it live for a few minutes only.",
    leaves_alone=(
        "Values that live for five minutes at most; keys that are named anywhere outside of the function that caches; "
        "projects that empty the whole cache somewhere; flags and locks; keys made by other functions; caches whose "
        "name does not say that they are one. A hint, since an old value may be good enough."
    ),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    items=("sinag-backend-architect/cache-invalidation",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("cache invalidation", "invalidate cache", "stale cache"),
)

_WRITES = frozenset({"set", "setex"})
_CACHE = re.compile(r"(?i)(?:^|\.)_*(?:redis|cache)(?:_?(?:cache|client|conn|connection|service))?$")
_DELETES = re.compile(r"(?i)delet|unlink|invalidat|evict|clear|flush|pop\(")
_EMPTIES = re.compile(r"(?i)\bflush(?:db|all)\(|\bcache\w*\.clear\(|delete_pattern\([\"']\*[\"']\)")
_LITERALS = frozenset({"string", "integer", "float", "true", "false", "none"})
_TIMES = ("ttl", "ex", "timeout", "expire", "expires")
_SHORT = 300
_NAMED = re.compile(r"[A-Za-z][\w.:-]{3,}")


def run(context: Context) -> Iterator[Draft]:
    """Report the first new place in each file that caches under such a key."""
    for file, module in modules(context, ".set(", ".setex("):
        if context.project is None:
            continue
        for node in module.source.root.find_all(kind="call"):
            written = call(node)
            if written is None or not _writes(written) or not adds(file, first_line(node), last_line(node)):
                continue
            function = function_around(node)
            family = _family(written.argument(0, "key"), function)
            if function is None or not family or not _is_read_too(function):
                continue
            code = context.project.code
            if not _is_short(code, written) and not _is_named_elsewhere(code, module, function, family):
                yield draft(module, node, f"Nothing deletes what is cached under `{family}`")
                break


def _writes(written: Call) -> bool:
    """Tell whether a call stores what was computed; a flag, a marker or a lock is no cached value."""
    if written.name not in _WRITES or not _is_cache(written) or "nx" in written.keywords:
        return False
    value = written.argument(2 if written.name == "setex" else 1, "value")
    return value is not None and value.kind() not in _LITERALS


def _is_cache(used: Call) -> bool:
    return _CACHE.search(used.function.rpartition(".")[0]) is not None


def _family(key: Node | None, function: Node | None) -> str:
    """Give what all keys of this kind begin with, as far as it is written here; empty where it is not."""
    if key is not None and key.kind() == "identifier" and function is not None:
        given = [node for node in function.find_all(kind="assignment") if _text(node.field("left")) == key.text()]
        key = given[0].field("right") if len(given) == 1 else None
    if key is None or key.kind() != "string":
        return ""
    constant = key.text().lstrip("fFrRbBuU").strip("\"'").partition("{")[0]
    match = _NAMED.match(constant)
    return match[0] if match else ""


def _text(node: Node | None) -> str:
    return node.text() if node is not None else ""


def _is_read_too(function: Node) -> bool:
    return any(
        used.name == "get" and _is_cache(used)
        for used in (call(node) for node in function.find_all(kind="call"))
        if used is not None
    )


def _is_short(code: Code, written: Call) -> bool:
    named = next((written.keywords[name] for name in _TIMES if name in written.keywords), None)
    time = named or written.argument(1 if written.name == "setex" else 2, "time")
    return time is not None and (_seconds(code, time.text()) or _SHORT + 1) <= _SHORT


def _seconds(code: Code, expression: str) -> int | None:
    """Work out a product of numbers, or a constant that is one."""
    factors = [factor.strip().replace("_", "") for factor in expression.split("*")]
    if all(factor.isdigit() for factor in factors):
        return math.prod(int(factor) for factor in factors)
    name = expression.rpartition(".")[2]
    if not name.isidentifier():
        return None
    constant = re.compile(
        rf"(?m)^[ \t]*+{re.escape(name)}[ \t]*+(?::[^=\n]++)?="
        r"[ \t]*+([\d_]++(?:[ \t]*+\*[ \t]*+[\d_]++)*+)[ \t]*+(?:#.*)?$"
    )
    matches = (constant.search(module.text) for module in code.mentioning(name))
    return next((_seconds(code, match[1]) for match in matches if match), None)


def _is_named_elsewhere(code: Code, module: Module, function: Node, family: str) -> bool:
    """Tell whether anything but the function that caches might delete such a key."""
    if _DELETES.search(function.text()) or any(_EMPTIES.search(text) for text in code.texts.values()):
        return True
    stem, first = family.rstrip(":_-"), family.partition(":")[0]
    inside = function.text().count(stem)
    return any(
        other.text.count(stem) > (inside if other is module else 0) or f"{first}:*" in other.text
        for other in code.mentioning(stem, f"{first}:*")
    )
