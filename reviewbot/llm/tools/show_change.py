"""Shows what the change does to one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.forms import Field
from reviewbot.llm.masking import private
from reviewbot.llm.prompt.change_text import hunks
from reviewbot.llm.tools import Arguments, LookError, Tool
from reviewbot.llm.tools.lines import named

if TYPE_CHECKING:
    from reviewbot.llm.workspace import Workspace

_MOST_CHARACTERS = 40_000


class _Arguments(Arguments):
    path: str = Field(description="A path from the list of changed files")
    start: int = Field(default=1, ge=1, description="First line of the diff to show; 1 where it is left out")


def _run(workspace: Workspace, arguments: _Arguments) -> str:
    file = workspace.changed(arguments.path)
    if file is None:
        raise LookError(f"{named(arguments.path)} is not changed here; read_file shows it as it is")
    if private(file.path):
        raise LookError(f"{named(file.path)} holds secrets by its name, and is not shown")
    if not file.hunks:
        return f"{named(file.path)}: no lines changed ({file.kind})"
    lines = hunks(file).split("\n")
    if arguments.start > len(lines):
        raise LookError(f"the diff of {named(file.path)} has {len(lines)} lines")
    shown: list[str] = []
    room = _MOST_CHARACTERS
    for line in lines[arguments.start - 1 :]:
        room -= len(line) + 1
        if shown and room < 0:
            shown.append(f"(cut here: go on with start={arguments.start + len(shown)} of {len(lines)})")
            break
        shown.append(line)
    return "\n".join(shown)


TOOL = Tool(
    "show_change",
    "Show the diff of one changed file, for files of this change that you were not shown whole.",
    _Arguments,
    _run,
)
