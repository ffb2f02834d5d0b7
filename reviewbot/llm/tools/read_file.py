"""Reads lines of a file as it is after the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.llm.tools import Tool
from reviewbot.llm.tools.lines import MOST_LINES, Lines, excerpt, existing

if TYPE_CHECKING:
    from reviewbot.llm.workspace import Workspace


def _run(workspace: Workspace, arguments: Lines) -> str:
    file = workspace.changes.file(arguments.path)
    added = file.added_lines if file is not None else frozenset[int]()
    return excerpt(arguments.path, existing(workspace, arguments.path), arguments.start, arguments.end, added)


TOOL = Tool(
    "read_file",
    "Read a file as it is after the change: each line with its number, and + where the change added it. "
    f"{MOST_LINES} lines at most in one call.",
    Lines,
    _run,
)
