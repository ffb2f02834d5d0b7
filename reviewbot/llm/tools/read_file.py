"""Reads lines of a file as it is after the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from reviewbot.llm.tools import Arguments, Tool
from reviewbot.llm.tools.lines import MOST_LINES, excerpt, existing

if TYPE_CHECKING:
    from reviewbot.llm.workspace import Workspace


class _Arguments(Arguments):
    path: str = Field(description="Path from the top of the repository, as listed or shown")
    start: int = Field(default=1, ge=1, description="First line; 1 where it is left out")
    end: int | None = Field(default=None, ge=1, description="Last line; the end of the file where it is left out")


def _run(workspace: Workspace, given: _Arguments) -> str:
    file = workspace.changes.file(given.path)
    added = file.added_lines if file is not None else frozenset[int]()
    return excerpt(given.path, existing(workspace, given.path), given.start, given.end, added)


TOOL = Tool(
    "read_file",
    "Read a file as it is after the change: each line with its number, and + where the change added it. "
    f"{MOST_LINES} lines at most in one call.",
    _Arguments,
    _run,
)
