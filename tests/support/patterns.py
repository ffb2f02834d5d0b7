"""Every regular expression of the package, how it is used, and texts that are as bad for it as its own parts can make.

What is found: whatever is given to a function of ``re``, as it stands in the source; where a part of it is only known
when it runs, a word stands there instead.
"""

from __future__ import annotations

import ast
import importlib
import math
import pkgutil
import re
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = Path(__file__).parents[2] / "reviewbot"
FUNCTIONS = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
# Those that begin at one place begin once.
_ONCE = frozenset({"match", "fullmatch"})
_WORD = "name"
_LONG = 4000
# What is exponential is seen early, or never comes back.
_GUARDS = (20, 24, 100, 200, 400, 1000)
_MOST_EXPONENT = 1.3


@dataclass(frozen=True)
class Used:
    """A regular expression.

    Attributes:
        where: File and line.
        pattern: Its text.
        flags: Of ``re``.
        ways: The methods that it is used by.
    """

    where: str
    pattern: str
    flags: int
    ways: frozenset[str]


@cache
def all_used() -> list[Used]:
    """Give every regular expression of the package."""
    found = [used for path in sorted(PACKAGE.rglob("*.py")) for used in _of_file(path)]
    known = {used.pattern for used in found}
    return found + [used for used in _in_modules() if used.pattern not in known]


def _in_modules() -> Iterator[Used]:
    """Give what the modules hold, however it was made."""
    for module in pkgutil.walk_packages([str(PACKAGE)], "reviewbot."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                for pattern in _inside(value):
                    yield Used(f"{module.name}.{name}", pattern.pattern, pattern.flags, frozenset({"search"}))


def _inside(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from (pattern for one in (*value, *value.values()) for pattern in _inside(one))
    elif isinstance(value, (tuple, list, set, frozenset)):
        yield from (pattern for one in value for pattern in _inside(one))


def _of_file(path: Path) -> Iterator[Used]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names = {id(value): name for name, value in constants.items()}
    parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _is_of_re(node.func) and node.args):
            continue
        assert isinstance(node.func, ast.Attribute)
        text = _text(node.args[0], constants)
        ways = {node.func.attr}
        if ways == {"compile"}:
            parent = parents.get(id(node))
            if isinstance(parent, ast.Attribute):
                ways = {parent.attr}
            elif name := names.get(id(node)):
                ways = _ways(name, path) or {"search"}
            else:
                ways = {"search"}
        yield Used(f"{path.relative_to(PACKAGE)}:{node.lineno}", text, _flags(node), frozenset(ways))


def _is_of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in FUNCTIONS
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
    )


@cache
def _uses(file: Path) -> dict[str, set[str]]:
    """Give the names that a file reads, and the methods it calls on each; whatever else is done may be a search."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    uses: dict[str, set[str]] = {}
    called = {id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            way = called.get(id(node), "search")
            uses.setdefault(node.id, set()).add(way if way in FUNCTIONS else "search")
    return uses


def _ways(name: str, home: Path) -> set[str]:
    """Give the methods that a pattern is used by."""
    files = [home] if name.startswith("_") else sorted(PACKAGE.rglob("*.py"))
    return {way for file in files for way in _uses(file).get(name, ())}


def _flags(node: ast.Call) -> int:
    named = {
        part.attr
        for argument in (*node.args[1:], *(k.value for k in node.keywords))
        for part in ast.walk(argument)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "re"
    }
    flags = 0
    for name in named:
        flags |= int(value) if isinstance(value := getattr(re, name), re.RegexFlag) else 0
    return flags


def _text(node: ast.expr, constants: dict[str, ast.expr]) -> str:
    """Give a text as it is known before it runs."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, constants) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, constants)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left, constants) + _text(node.right, constants)
    if isinstance(node, ast.Name) and node.id in constants and not isinstance(constants[node.id], ast.Call):
        return _text(constants[node.id], {name: value for name, value in constants.items() if name != node.id})
    return _WORD


def hostile(pattern: str, flags: int) -> Iterator[tuple[str, str, str]]:
    """Give texts in three parts, of which the middle one is repeated: what each loop takes, behind what leads there."""
    seen = set()
    for before, body in _loops(parser.parse(pattern, flags), ""):
        for middle in dict.fromkeys(piece for piece in body if piece):
            for start in ("", before):
                for end in ("", "\0", "\n\0"):
                    if (start, middle, end) not in seen:
                        seen.add((start, middle, end))
                        yield start, middle, end
    # And what any of it may begin with, again and again.
    whole = _sample(parser.parse(pattern, flags))
    for cut in (whole, whole[:1], whole[: len(whole) // 2], whole[:-1]):
        if cut:
            yield "", cut, "\0"
            yield "", f"{cut}\n", "\0"


def _loops(parsed: Any, before: str) -> Iterator[tuple[str, list[str]]]:
    """Give the loops of a pattern: what leads there, and what one turn may take."""
    lead = before
    for op, value in parsed:
        if op in {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}:
            _, most, inner = value
            if most is kinds.MAXREPEAT or most >= 1000:
                yield lead, _turns(inner)
            yield from _loops(inner, lead)
        elif op is kinds.SUBPATTERN:
            yield from _loops(value[-1], lead)
        elif op is kinds.ATOMIC_GROUP:
            yield from _loops(value, lead)
        elif op is kinds.BRANCH:
            for branch in value[1]:
                yield from _loops(branch, lead)
        elif op in {kinds.ASSERT, kinds.ASSERT_NOT}:
            yield from _loops(value[1], lead)
        lead += _sample([(op, value)])


def _turns(inner: Any) -> list[str]:
    """Give what one turn of a loop may take: each of its alternatives, and of a class several characters."""
    turns = [_sample(inner)]
    if len(inner) == 1:
        op, value = inner[0]
        if op is kinds.SUBPATTERN:
            turns += _turns(value[-1])
        elif op is kinds.BRANCH:
            turns += [_sample(branch) for branch in value[1]]
        elif op in {kinds.IN, kinds.NOT_LITERAL, kinds.ANY}:
            turns += [c for c in " \t\na0_.-#\"'(),:/\\`*[{<" if re.compile(_source(inner)).fullmatch(c)]
    return turns


def _source(inner: Any) -> str:
    op, value = inner[0]
    if op is kinds.ANY:
        return "."
    if op is kinds.NOT_LITERAL:
        return f"[^{re.escape(chr(value))}]"
    return "[" + "".join(_class(*part) for part in value) + "]"


def _class(op: Any, value: Any) -> str:
    if op is kinds.NEGATE:
        return "^"
    if op is kinds.LITERAL:
        return re.escape(chr(value))
    if op is kinds.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return _CATEGORIES[value]


_CATEGORIES = {
    kinds.CATEGORY_DIGIT: r"\d",
    kinds.CATEGORY_NOT_DIGIT: r"\D",
    kinds.CATEGORY_SPACE: r"\s",
    kinds.CATEGORY_NOT_SPACE: r"\S",
    kinds.CATEGORY_WORD: r"\w",
    kinds.CATEGORY_NOT_WORD: r"\W",
}


def _sample(parsed: Any) -> str:
    """Give a short text that a part of a pattern takes, as far as one can tell by looking at each part alone."""
    made = ""
    for op, value in parsed:
        if op is kinds.LITERAL:
            made += chr(value)
        elif op in {kinds.IN, kinds.NOT_LITERAL, kinds.ANY}:
            one = re.compile(_source([(op, value)]))
            made += next((c for c in "a0 _.-#\"'(),:/\\\n`*[{<!=>" if one.fullmatch(c)), "")
        elif op in {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}:
            made += _sample(value[2]) * max(value[0], 1)
        elif op is kinds.SUBPATTERN:
            made += _sample(value[-1])
        elif op is kinds.ATOMIC_GROUP:
            made += _sample(value)
        elif op is kinds.BRANCH:
            made += _sample(value[1][0])
    return made


def slowest(used: Used, floor: float = 0.003) -> str:
    """Give the text for which a pattern takes more than in proportion to its length; empty where there is none.

    Args:
        used: The pattern.
        floor: Seconds below which nobody can tell.
    """
    compiled = re.compile(used.pattern, used.flags)
    way = getattr(compiled, "fullmatch" if used.ways == {"fullmatch"} else "match" if used.ways <= _ONCE else "search")

    def once(text: str) -> None:
        if way.__name__ == "search":
            for _ in compiled.finditer(text):
                pass
        else:
            way(text)

    for before, middle, after in hostile(used.pattern, used.flags):

        def takes(length: int, parts: tuple[str, str, str] = (before, middle, after)) -> float:
            text = parts[0] + parts[1] * max(1, length // len(parts[1])) + parts[2]
            return min(_seconds(once, text) for _ in range(3)) if length > _GUARDS[-1] else _seconds(once, text)

        if any(all(takes(length) > 4 * floor for _ in range(3)) for length in _GUARDS) or (
            _seconds(once, before + middle * max(1, _LONG // len(middle)) + after) > floor
            and takes(_LONG) > floor
            and math.log(takes(_LONG) / max(takes(_LONG // 4), 1e-6), 4) > _MOST_EXPONENT
        ):
            return repr((before, middle, after))
    return ""


def _seconds(once: Callable[[str], None], text: str) -> float:
    began = time.thread_time()  # what other processes take does not count
    once(text)
    return time.thread_time() - began
