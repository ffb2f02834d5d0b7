"""The agents of one or several folders, on the disk or in a revision.

An earlier folder counts more: its agent takes the place of one of the same name in a later folder, so that a team
can have `bundled` agents beside its own and still change one of them.
"""

from __future__ import annotations

import posixpath
from functools import cache
from typing import TYPE_CHECKING

from reviewbot.agents import agent_files
from reviewbot.core.errors import AgentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reviewbot.agents.problem import Problem
    from reviewbot.core.agent import Agent
    from reviewbot.core.change import Tree

# The agents that come with reviewbot; a folder of that name is `./bundled`.
BUNDLED = "bundled"
# Where Claude Code keeps the agents of a repository.
OWN = ".claude/agents"


class NoAgentsError(AgentError):
    """A folder that is to have agents is not there, or has none."""


def on_disk(folders: Sequence[str], start: Path) -> tuple[tuple[Agent, ...], tuple[str, ...]]:
    """Load the agents of folders on the disk.

    Args:
        folders: Their names, or ``bundled``; none for the bundled agents alone.
        start: What the names are relative to.

    Returns:
        The agents, folder by folder, and sentences on what their files leave to be desired.

    Raises:
        NoAgentsError: A folder is not there or has no agent.
        AgentError: An agent file cannot be used.
    """
    names = dict.fromkeys(folders or (BUNDLED,))
    return _joined(_bundled() if name == BUNDLED else _folder(start / name) for name in names)


def in_tree(folders: Sequence[str], tree: Tree) -> tuple[tuple[Agent, ...], tuple[str, ...]]:
    """Load the agents of folders in a revision; as :func:`on_disk`, with names relative to its top."""
    names = list(dict.fromkeys(name if name == BUNDLED else _normal(name) for name in folders or (BUNDLED,)))
    paths = {name: _below(tree, name) for name in names if name != BUNDLED}
    # All in one go, since on GitHub each is a request.
    texts = tree.read(sorted({path for below in paths.values() for path in below}))
    return _joined(
        _bundled()
        if name == BUNDLED
        else (name, *agent_files.load_files({path: texts[path].encode() for path in paths[name] if path in texts}))
        for name in names
    )


def _normal(name: str) -> str:
    return posixpath.normpath(name).strip("/")


def _below(tree: Tree, folder: str) -> list[str]:
    prefix = "" if folder == "." else f"{folder}/"
    paths = sorted(path for path in tree.paths if path.endswith(".md") and path.startswith(prefix))
    if not paths:
        raise NoAgentsError(f"{folder}: no agent files (*.md) in this folder of the base branch")
    return paths


@cache
def _bundled() -> tuple[str, tuple[Agent, ...], tuple[Problem, ...]]:
    return BUNDLED, *agent_files.load_dir(agent_files.bundled_dir())


def _folder(directory: Path) -> tuple[str, tuple[Agent, ...], tuple[Problem, ...]]:
    if not directory.is_dir():
        raise NoAgentsError(f"{directory}: no such folder of agents")
    return str(directory), *agent_files.load_dir(directory)


def _joined(
    loaded: Iterable[tuple[str, tuple[Agent, ...], tuple[Problem, ...]]],
) -> tuple[tuple[Agent, ...], tuple[str, ...]]:
    by_name: dict[str, Agent] = {}
    remarks: list[str] = []
    for where, agents, problems in loaded:
        errors = [problem for problem in problems if problem.level == "error"]
        if errors:
            raise AgentError("\n".join(f"{problem.path}:{problem.line}: {problem.message}" for problem in errors))
        if not agents:
            raise NoAgentsError(f"{where}: no agent files (*.md) in this folder")
        if problems:
            count = "1 remark" if len(problems) == 1 else f"{len(problems)} remarks"
            remarks.append(f"{count} on the agent files in {where}; see `reviewbot agents lint {where}`")
        for agent in agents:
            first = by_name.setdefault(agent.name, agent)
            if first.path != agent.path:
                remarks.append(f"{first.path} takes the place of {agent.name} of {where}")
    return tuple(by_name.values()), tuple(remarks)
