"""Numbered lines for a model: ``number mark code``, as the hunks have them, and cut where they are too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.forms import Field
from reviewbot.core.text import printable
from reviewbot.llm.tools import Arguments, LookError

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviewbot.llm.workspace import Workspace

MOST_LINES = 400
# A line longer than this is data.
MOST_OF_LINE = 400
_MOST_CHARACTERS = 30_000
_MOST_OF_NAME = 300


class Lines(Arguments):
    """Which lines of which file."""

    path: str = Field(description="Path from the top of the repository, as listed or shown")
    start: int = Field(default=1, ge=1, description="First line; 1 where it is left out")
    end: int | None = Field(default=None, ge=1, description="Last line; the end of the file where it is left out")


def named(path: str) -> str:
    """Give a path on one line, whatever is in it: a name must not look like lines of a file."""
    return " ".join(printable(path).split("\n"))[:_MOST_OF_NAME]


def existing(workspace: Workspace, path: str) -> str:
    """Give the text of a file after the change.

    Raises:
        LookError: There is none; names the nearest.
    """
    text = workspace.text(path)
    if text is None:
        raise LookError(unknown(workspace, path))
    return text


def unknown(workspace: Workspace, path: str) -> str:
    """Say that there is no such file, and which ones may have been meant."""
    if path in workspace.paths:
        return f"{named(path)} is not text, or could not be read"
    near = ", ".join(map(named, workspace.nearest(path)))
    return f"there is no file {named(path)} here" + (f"; did you mean {near}?" if near else "")


def numbered(lines: list[str], first: int, last: int, added: Collection[int] = (), most: int = MOST_OF_LINE) -> str:
    """Give lines of a file with their numbers.

    Args:
        lines: All lines of the file.
        first: Number of the first one to give.
        last: Number of the last one to give.
        added: Numbers of the lines that the change added; they have a ``+``.
        most: How many characters of a line are given.
    """
    width = len(str(last))
    rows = (
        f"{number:>{width}} {'+' if number in added else ' '}{short(lines[number - 1], most)}".rstrip()
        for number in range(first, last + 1)
    )
    return "\n".join(rows)


def excerpt(path: str, text: str, start: int, end: int | None, added: Collection[int] = ()) -> str:
    """Give a part of a file under a heading that says what it is and what was left out.

    Raises:
        LookError: The file has no such lines.
    """
    lines = text.removesuffix("\n").split("\n")
    if start > len(lines):
        raise LookError(f"{named(path)} has {len(lines)} lines")
    stop = min(len(lines), end or len(lines), start + MOST_LINES - 1)
    while stop > start and sum(len(short(line)) + 8 for line in lines[start - 1 : stop]) > _MOST_CHARACTERS:
        stop = start + (stop - start) // 2
    cut = "" if stop >= min(end or len(lines), len(lines)) else f"; cut here, go on with start={stop + 1}"
    return f"{named(path)}, lines {start}-{stop} of {len(lines)}{cut}\n{numbered(lines, start, stop, added)}"


def short(line: str, most: int = MOST_OF_LINE) -> str:
    """Give a line without its CR, and only the beginning of a very long one."""
    line = line.rstrip("\r")
    return line if len(line) <= most else f"{line[:most]} … ({len(line) - most:,} more characters)"
