"""Searches the tree after the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.forms import Field
from reviewbot.llm.tools import Arguments, Tool
from reviewbot.llm.tools.hits import MOST_AROUND, find, literal, pattern, told
from reviewbot.llm.tools.path_patterns import matching

if TYPE_CHECKING:
    from reviewbot.llm.workspace import Workspace


class _Arguments(Arguments):
    pattern: str = Field(
        description="A regular expression (RE2; (?i) for any case) or plain text, looked for in each line"
    )
    paths: str | None = Field(default=None, description="Folders, files or globs to search, separated by commas")
    around: int = Field(
        default=0, ge=0, description=f"How many lines to show before and after each, {MOST_AROUND} at most"
    )


def _run(workspace: Workspace, arguments: _Arguments) -> str:
    paths = matching(workspace.paths, arguments.paths)
    hits = find(workspace, pattern(arguments.pattern), paths)
    plain = literal(arguments.pattern)
    if not hits.hits and plain != arguments.pattern:
        # `save(row)` is a regular expression too, but nobody means it as one.
        hits = find(workspace, pattern(plain), paths)
    return told(workspace, hits, f"`{arguments.pattern}`", arguments.around)


TOOL = Tool(
    "search",
    "Search the files as they are after the change. Gives numbered lines by file with the function around each, code "
    "before tests; what is too much is counted by file.",
    _Arguments,
    _run,
)
