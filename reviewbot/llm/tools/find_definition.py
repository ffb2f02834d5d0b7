"""Finds where a name is defined, and shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core.forms import Field
from reviewbot.llm.tools import Arguments, LookError, Tool
from reviewbot.llm.tools.hits import Hit, find, literal, pattern
from reviewbot.llm.tools.lines import named, numbered
from reviewbot.llm.tools.path_patterns import matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.llm.workspace import Workspace

_MOST_SHOWN = 6
_MOST_LINES = 260
# Declarations of Python, TypeScript, and of what is written alike; a value at the margin or in a class.
_DECLARED = (
    r"^\s*(?:(?:export|default|public|private|protected|static|abstract|async|declare)\s+)*"
    r"(?:def|class|function\*?|interface|type|enum|const|let|var|func|fn|struct|trait)\s+{name}\b"
    r"|^\s{{0,8}}{name}\s*(?::[^=]+)?=[^=]|^\s{{0,8}}{name}\s*:\s*[A-Za-z\"']"
)
_CLOSING = (")", "]", "}")
_FUNCTION = re.compile(r"\s*(?:async\s+)?def\s")


class _Arguments(Arguments):
    name: str = Field(description="A name, or Class.method")
    paths: str | None = Field(default=None, description="Folders, files or globs to look in, separated by commas")


def _run(workspace: Workspace, arguments: _Arguments) -> str:
    *owners, name = arguments.name.strip().split(".")
    if not name.isidentifier():
        raise LookError("name: give a name such as total_score or Service.finalize; search finds any text")
    declared = pattern(_DECLARED.format(name=literal(name)))
    hits = find(workspace, declared, matching(workspace.paths, arguments.paths)).hits
    places = [(hit, number) for hit in hits for number in hit.numbers if _starts(hit.lines, number, name)]
    if owners:
        inside = [(hit, number) for hit, number in places if owners[-1] in _owner(hit.lines, number)]
        places = inside or places
    else:
        # A class or function of that name comes before fields and variables of it.
        places.sort(key=lambda place: not re.search(r"\b(def|class|function|interface|enum|type)\s", _line(*place)))
    if not places:
        wanted = named(arguments.name)
        raise LookError(f"no definition of {wanted} found; it may come from a package, or be built at run time")
    shown = [_shown(workspace, hit, number) for hit, number in places[:_MOST_SHOWN]]
    if more := places[_MOST_SHOWN:]:
        shown.append("defined also at " + ", ".join(f"{named(hit.path)}:{number}" for hit, number in more[:20]))
    return "\n\n".join(shown)


def _line(hit: Hit, number: int) -> str:
    return hit.lines[number - 1]


def _starts(lines: Sequence[str], number: int, name: str) -> bool:
    """Leave out keyword arguments and annotations of parameters, which look like values."""
    line = lines[number - 1]
    return (
        not line.rstrip().endswith(",")
        or re.search(rf"\b(?:def|class|function|const|enum)\s+{name}\b", line) is not None
    )


def _owner(lines: Sequence[str], number: int) -> list[str]:
    indent = _indent(lines[number - 1])
    names = []
    for line in reversed(lines[: number - 1]):
        if indent == 0:
            break
        match = re.match(r"(\s*)(?:export\s+)?(?:abstract\s+)?(?:class|interface|enum)\s+(\w+)", line)
        if match and len(match[1]) < indent:
            names.append(match[2])
            indent = len(match[1])
    return names


def _shown(workspace: Workspace, hit: Hit, number: int) -> str:
    file = workspace.changes.file(hit.path)
    added = file.added_lines if file is not None else frozenset[int]()
    first, last = _extent(hit.lines, number)
    rows = list(range(first, last + 1))
    if len(rows) > _MOST_LINES:
        rows = list(_outline(hit.lines, first, last))[:_MOST_LINES]
    parts = [f"{named(hit.path)}, lines {first}-{last}{' (changed here)' if file else ''}"]
    begin = rows[0]
    for row, following in zip(rows, [*rows[1:], 0], strict=True):
        if following != row + 1:
            parts.append(numbered(hit.lines, begin, row, added))
            if following:
                parts.append(f"  … lines {row + 1}-{following - 1} left out")
            elif row < last:
                parts.append(f"  … lines {row + 1}-{last} left out: read_file shows them")
            begin = following
    return "\n".join(parts)


def _extent(lines: Sequence[str], number: int) -> tuple[int, int]:
    """Give the lines of a definition: its decorators and comments, and all that is indented below it."""
    indent = _indent(lines[number - 1])
    first = number
    while first > 1 and lines[first - 2].strip().startswith(("@", "#", "//")) and _indent(lines[first - 2]) == indent:
        first -= 1
    last = number
    for at in range(number, len(lines)):
        line = lines[at]
        if not line.strip():
            continue
        if _indent(line) < indent or (_indent(line) == indent and not line.lstrip().startswith(_CLOSING)):
            break
        last = at + 1
    return first, last


def _outline(lines: Sequence[str], first: int, last: int) -> Iterator[int]:
    """Give of a long class its fields and the signatures of its methods; of anything else its beginning."""
    inner = min((_indent(lines[at - 1]) for at in range(first + 1, last + 1) if lines[at - 1].strip()), default=0)
    body = False
    head = not _FUNCTION.match(lines[first - 1])
    if not head:
        yield from range(first, last + 1)
        return
    signature = False
    for at in range(first, last + 1):
        line = lines[at - 1]
        indent = _indent(line)
        if line.strip() and indent <= inner and not (signature and line.lstrip().startswith(_CLOSING)):
            body = False
            signature = _FUNCTION.match(line) is not None and at > first
        if not body:
            yield at
        if signature and line.rstrip().endswith(":"):
            signature, body = False, True


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


TOOL = Tool(
    "find_definition",
    "Find where a function, class, field or constant is defined, and show it whole (of a long class the fields and the "
    "signatures).",
    _Arguments,
    _run,
)
