"""The front matter of an agent file: strict YAML first, line by line where it is none.

Most agent files people write are not valid YAML: the description is one unquoted line with
``: `` in it. Those are read line by line, and the reader is told how to mend them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.agents.problem import Problem
from reviewbot.core import yaml_nodes
from reviewbot.core.documents import NotYamlError
from reviewbot.core.yaml_nodes import Node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Keys that Claude Code gives a meaning to (https://code.claude.com/docs/en/sub-agents), and our own.
KNOWN_KEYS = frozenset(
    {"name", "description", "tools", "disallowedTools", "model", "permissionMode", "maxTurns", "skills", "mcpServers"}
    | {"hooks", "memory", "background", "effort", "isolation", "color", "initialPrompt", "stack"}
)
_RULE = re.compile(r"-{3,}\s*$")
_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*:(?:\s|$)")
_KEEPS_ONE_LINE = frozenset({"name", "model", "color"})


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """An agent file, cut in two.

    Attributes:
        keys: The values, by key; empty where there is no front matter.
        body: The Markdown after it.
        body_line: 1-based line of the file on which the body begins.
        present: False where the file has no front matter.
        problems: What was not as it should be.
    """

    keys: Mapping[str, Node]
    body: str
    body_line: int
    present: bool = True
    problems: tuple[Problem, ...] = field(default=())

    def text(self, key: str) -> str:
        """Give the scalar at ``key`` without white space around it; empty where there is none."""
        node = self.keys.get(key)
        return node.value.strip() if node is not None and isinstance(node.value, str) else ""

    def line(self, key: str) -> int:
        """Give the line of ``key``, 1 where it is missing."""
        node = self.keys.get(key)
        return 1 if node is None else node.line


def split(text: str, path: str) -> FrontMatter:
    """Cut ``text`` into front matter and body. Never fails: what cannot be read becomes a problem.

    Args:
        text: The whole file; CRLF and a byte order mark are taken off.
        path: For the problems.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    if start + 1 >= len(lines) or not _RULE.match(lines[start]) or not _begins_with_a_key(lines[start + 1 :]):
        return FrontMatter({}, "\n".join(lines), 1, present=False)
    end = next((i for i, line in enumerate(lines[start + 1 :], start + 1) if _RULE.match(line)), None)
    problems = []
    if end is None:
        end = next((i for i, line in enumerate(lines[start + 1 :], start + 1) if not line.strip()), len(lines))
        problems.append(Problem(path, start + 1, "warning", "the front matter is not closed: end it with a line `---`"))
    block = lines[start + 1 : end]
    first = start + 2
    keys, error = _strict("\n".join(block), first)
    if keys is None:
        keys = _line_by_line(block, first)
        problems.append(Problem(path, error[0], "warning", _advice(error[1], block, first)))
    # A file may end with its front matter.
    begins = min(end + 2, len(lines))
    return FrontMatter(keys, "\n".join(lines[end + 1 :]), begins, problems=tuple(problems))


def _begins_with_a_key(lines: Sequence[str]) -> bool:
    """Tell front matter from a text that begins with a horizontal rule."""
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return bool(_KEY.match(first) or _RULE.match(lines[0]))


def _advice(error: str, block: Sequence[str], first: int) -> str:
    message = f"the front matter is not valid YAML ({error}) and was read line by line"
    for number, line in enumerate(block, first):
        key, colon, value = line.partition(":")
        if key.strip() == "description" and colon and ": " in value and value.strip()[:1] not in {'"', "'", "|", ">"}:
            return f"{message}: line {number}: put the description in double quotes, since it has `: ` in it"
    return f"{message}: put values with `: `, `#` or quotes in them in double quotes"


def _strict(block: str, first: int) -> tuple[Mapping[str, Node] | None, tuple[int, str]]:
    """Read ``block`` as YAML, all scalars as text; on failure None, with the line and the reason."""
    try:
        node = yaml_nodes.read(block, first)
    except NotYamlError as error:
        return None, (error.line, str(error))
    if isinstance(node.value, str | list):
        return None, (first, "no `key: value` lines")
    return node.value, (0, "")  # type: ignore[return-value]  # str and list are ruled out above


def _line_by_line(block: Sequence[str], first: int) -> Mapping[str, Node]:
    """Read known keys at the start of a line, each one's first occurrence; other lines continue the value before.

    An example inside a description may hold lines such as ``user: ...``; they are no keys.
    """
    starts: dict[str, int] = {}
    for index, line in enumerate(block):
        match = _KEY.match(line)
        if match and match[1] in KNOWN_KEYS:
            starts.setdefault(match[1], index)
    ends = [*sorted(starts.values()), len(block)]
    keys = {}
    for key, start in starts.items():
        chunk = block[start : ends[ends.index(start) + 1]]
        parsed, _ = _strict("\n".join(chunk), first + start)
        if parsed is not None and key in parsed and len(parsed) == 1 and key not in _KEEPS_ONE_LINE:
            keys[key] = parsed[key]
        else:
            if key in _KEEPS_ONE_LINE:
                chunk = chunk[:1]
            value = "\n".join([chunk[0].partition(":")[2].strip(), *chunk[1:]]).strip()
            keys[key] = Node(_unquoted(value), first + start)
    return keys


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
