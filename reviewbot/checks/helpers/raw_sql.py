"""What the raw SQL of a migration does to tables: each action of each statement by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = r'((?:"?\w+"?\.)?"?\w+"?)'
_TABLE = re.compile(rf"(?is)^\W*alter\s++table\s++(?:if\s++exists\s++)?(?:only\s++)?{_NAME}\s++(.*)$")
_INDEX = re.compile(
    rf"(?is)^\W*create\s++(?:unique\s++)?index\s++(concurrently\s++)?(?:if\s++not\s++exists\s++)?(?:{_NAME}\s++)?on\s++(?:only\s++)?{_NAME}"
)
_DROP_TABLE = re.compile(rf"(?is)^\W*drop\s++table\s++(?:if\s++exists\s++)?({_NAME}(?:\s*+,\s*+{_NAME})*)")
_CONSTRAINT = r"(?!(?:constraint|primary|foreign|unique|check|exclude)\b)"
_ADD = re.compile(rf"(?is)^add\s++(?:column\s++)?(?:if\s++not\s++exists\s++)?{_CONSTRAINT}{_NAME}\s++(.*)$")
_DROP = re.compile(rf"(?is)^drop\s++(?:column\s++)?(?:if\s++exists\s++)?{_CONSTRAINT}{_NAME}")
_NOT_NULL = re.compile(rf"(?is)^alter\s++(?:column\s++)?{_NAME}\s++set\s++not\s++null\b")
_RENAME = re.compile(rf"(?is)^rename\s++(?:column\s++)?(?!to\b|constraint\b){_NAME}\s++to\b")
_RENAME_TABLE = re.compile(r"(?is)^rename\s++to\b")
_REQUIRED = re.compile(r"(?i)\bnot\s++null\b")
_FILLED = re.compile(r"(?i)\bdefault\b|\bgenerated\b|\bidentity\b|^\W*\w*serial\b")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a statement does.

    Attributes:
        does: ``add required`` (a NOT NULL column without a default), ``set not null``, ``drop``, ``rename``, ``index``.
        table: Of the table, as it is written, without quotes.
        column: Likewise; empty where it is about the table.
    """

    does: str
    table: str
    column: str = ""


def actions(sql: str) -> Iterator[Action]:
    """Give the actions of a text of SQL, in their order; those that nobody asks about are left out."""
    for statement in _split(sql, ";"):
        index, dropped, altered = _INDEX.match(statement), _DROP_TABLE.match(statement), _TABLE.match(statement)
        if index and not index[1]:
            yield Action("index", _plain(index[3]))
        elif dropped:
            yield from (Action("drop", _plain(name.split()[0])) for name in dropped[1].split(",") if name.strip())
        elif altered:
            for part in _split(altered[2], ","):
                yield from _action(_plain(altered[1]), part.strip())


def _action(table: str, part: str) -> Iterator[Action]:
    if added := _ADD.match(part):
        if _REQUIRED.search(added[2]) and not _FILLED.search(added[2]):
            yield Action("add required", table, _plain(added[1]))
    elif match := _NOT_NULL.match(part):
        yield Action("set not null", table, _plain(match[1]))
    elif match := _DROP.match(part):
        yield Action("drop", table, _plain(match[1]))
    elif _RENAME_TABLE.match(part):
        yield Action("rename", table)
    elif match := _RENAME.match(part):
        yield Action("rename", table, _plain(match[1]))


def _plain(name: str) -> str:
    return name.replace('"', "")


def _split(text: str, by: str) -> Iterator[str]:
    """Split outside of brackets and quotes."""
    depth, quote, start = 0, "", 0
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == by and depth <= 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]
