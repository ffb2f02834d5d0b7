"""Agents that no file of a repository would ever get, each with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.agents.evidence import business
from reviewbot.changes.repository import Repository
from reviewbot.changes.trees import WorkTree
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.file_kinds import is_code
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reviewbot.core.agent import Agent
    from reviewbot.core.change import Tree
    from reviewbot.core.review import Candidate, Routing
    from reviewbot.settings.loading import Settings

# As much is held in memory at once, whatever the size of the repository.
_MOST_FILES = 500


def unused(folder: Path, settings: Settings) -> Iterator[tuple[str, str]]:
    """Route every file of a work tree, and give name and reason of each agent that gets none.

    Never the fallback: what no other agent claims differs from change to change.

    Raises:
        RepositoryError: git failed.
    """
    idle = {agent.name: agent for agent in settings.agents if agent != settings.fallback or settings.forced}
    nearest: dict[str, tuple[str, Candidate]] = {}
    for changes in _parts(WorkTree(Repository(folder)), settings):
        routing = settings.assign(changes)
        for assignment in routing.assignments:
            idle.pop(assignment.agent, None)
        for path, loser in _losers(routing):
            if loser.agent not in nearest or nearest[loser.agent][1].score < loser.score:
                nearest[loser.agent] = path, loser
        if not idle:
            return
    for name, agent in idle.items():
        yield name, _why(agent, nearest.get(name), settings)


def _parts(tree: Tree, settings: Settings) -> Iterator[ChangeSet]:
    """Give the files that may be somebody's as changes, each of them to a repository that has all the others."""
    whatever = settings.config.pins or settings.forced
    paths = sorted(path for path in tree.paths if whatever or _may_be_somebodys(path, settings))
    parts = max(2, -(-len(paths) // _MOST_FILES))
    for part in range(parts):
        texts = tree.read(paths[part::parts])
        files = tuple(ChangedFile(path, FileKind.ADDED, new_text=text) for path, text in texts.items())
        yield ChangeSet("git", files, head_tree=tree)


def _may_be_somebodys(path: str, settings: Settings) -> bool:
    return any(business(agent, path) or (agent.stack.any and is_code(path)) for agent in settings.agents)


def _losers(routing: Routing) -> Iterator[tuple[str, Candidate]]:
    matches = [match for assignment in routing.assignments for match in assignment.matches]
    yield from ((match.path, loser) for match in matches for loser in match.losers)
    yield from ((file.path, loser) for file in routing.unassigned for loser in file.losers)


def _why(agent: Agent, nearest: tuple[str, Candidate] | None, settings: Settings) -> str:
    if settings.forced:
        return f"every file is for {' and '.join(reviewer.name for reviewer in settings.forced)}"
    if agent.stack.any:
        return f"it is for any code, and `reviewers` is {settings.config.reviewers}"
    if agent.stack.fallback:
        return f"the fallback is {settings.fallback.name if settings.fallback else 'none'}"
    if not agent.stack.signals:
        return "no technology is known of it, and nothing is pinned to it"
    if nearest is not None:
        path, loser = nearest
        return f"{sentence(loser.reason)}, at best in {path}"
    return "no file is of its kind"
