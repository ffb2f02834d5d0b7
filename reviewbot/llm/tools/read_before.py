"""Reads lines of a file as it was before the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from reviewbot.llm.tools import Arguments, LookError, Tool
from reviewbot.llm.tools.lines import excerpt, unknown

if TYPE_CHECKING:
    from reviewbot.llm.workspace import Workspace


class _Arguments(Arguments):
    path: str = Field(description="Path from the top of the repository, before or after the change")
    start: int = Field(default=1, ge=1, description="First line; 1 where it is left out")
    end: int | None = Field(default=None, ge=1, description="Last line; the end of the file where it is left out")


def _run(workspace: Workspace, given: _Arguments) -> str:
    text = workspace.before(given.path)
    if text is None:
        file = workspace.changed(given.path)
        known = file is not None or given.path in workspace.paths
        raise LookError(
            f"{given.path} was not there before, or is not text" if known else unknown(workspace, given.path)
        )
    return f"before the change: {excerpt(given.path, text, given.start, given.end)}"


TOOL = Tool(
    "read_before",
    "Read a file as it was before the change: what was removed, replaced or deleted.",
    _Arguments,
    _run,
)
