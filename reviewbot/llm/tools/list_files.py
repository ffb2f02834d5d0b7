"""Lists files of the tree after the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.forms import Field
from reviewbot.llm.tools import Arguments, Tool
from reviewbot.llm.tools.lines import named
from reviewbot.llm.tools.path_patterns import matching

if TYPE_CHECKING:
    from reviewbot.llm.workspace import Workspace

_MOST = 300


class _Arguments(Arguments):
    paths: str = Field(description="A folder or a glob such as app/services/**/*.py; . for everything")


def _run(workspace: Workspace, arguments: _Arguments) -> str:
    paths = sorted(matching(workspace.paths, arguments.paths))
    if len(paths) > _MOST:
        folders: dict[str, int] = {}
        for path in paths:
            folder = path.rpartition("/")[0]
            folders[folder] = folders.get(folder, 0) + 1
        rows = [f"{named(folder) or '.'}/ ({count} files)" for folder, count in sorted(folders.items())]
        more = f"\n… and {len(rows) - _MOST} more folders" if len(rows) > _MOST else ""
        return f"{len(paths)} files, by folder:\n" + "\n".join(rows[:_MOST]) + more
    marked = (f"{named(path)}{' (changed here)' if workspace.changes.file(path) else ''}" for path in paths)
    return f"{len(paths)} files\n" + "\n".join(marked)


TOOL = Tool("list_files", "List the files in a folder, or those that a glob matches.", _Arguments, _run)
