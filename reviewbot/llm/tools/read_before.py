"""Reads lines of a file as it was before the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.llm.tools import LookError, Tool
from reviewbot.llm.tools.lines import Lines, excerpt, named, unknown

if TYPE_CHECKING:
    from reviewbot.llm.workspace import Workspace


def _run(workspace: Workspace, arguments: Lines) -> str:
    text = workspace.old_text(arguments.path)
    if text is None:
        file = workspace.changed(arguments.path)
        known = file is not None or arguments.path in workspace.paths
        gone = f"{named(arguments.path)} was not there before, or is not text"
        raise LookError(gone if known else unknown(workspace, arguments.path))
    return f"before the change: {excerpt(arguments.path, text, arguments.start, arguments.end)}"


TOOL = Tool(
    "read_before",
    "Read a file as it was before the change: what was removed, replaced or deleted.",
    Lines,
    _run,
)
