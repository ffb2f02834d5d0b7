"""Finds where a name is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.forms import Field
from reviewbot.llm.tools import Arguments, Tool
from reviewbot.llm.tools.hits import MOST_AROUND, find, literal, pattern, told
from reviewbot.llm.tools.path_patterns import matching

if TYPE_CHECKING:
    from reviewbot.llm.workspace import Workspace


class _Arguments(Arguments):
    name: str = Field(description="A name: a function, class, field, constant, setting, status or key")
    paths: str | None = Field(default=None, description="Folders, files or globs to look in, separated by commas")
    around: int = Field(
        default=0, ge=0, description=f"How many lines to show before and after each, {MOST_AROUND} at most"
    )


def _run(workspace: Workspace, arguments: _Arguments) -> str:
    name = arguments.name.strip().rpartition(".")[2] or arguments.name
    whole = pattern(rf"\b{literal(name)}\b" if name.isidentifier() else literal(name))
    hits = find(workspace, whole, matching(workspace.paths, arguments.paths))
    return told(workspace, hits, f"the name `{name}`", arguments.around)


TOOL = Tool(
    "find_references",
    "Find every line that has a name as a whole word: who calls a function, who reads and who sets a field or flag, "
    "which queries and pages a status stands in.",
    _Arguments,
    _run,
)
