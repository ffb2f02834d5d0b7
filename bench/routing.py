"""Who would review the Python files of real histories, commit by commit, with the whole tree.

    python bench/routing.py [--last 150] [--show GRADE] NAME=REPOSITORY@TIP...

A commit is routed as its pull request would be: from its first parent to itself. Each changed Python file counts once
for each commit; `--show` prints those of a grade, with the reason: `project`, `stack`, `fallback`, `unassigned`.
"""

from __future__ import annotations

import argparse
import collections
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.agents import agent_files
from reviewbot.agents.routing import route
from reviewbot.changes import git
from reviewbot.core.errors import ReviewbotError
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.core.agent import Agent

NOBODY = "unassigned"


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line of figures for each history."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("histories", nargs="+", metavar="NAME=REPOSITORY@TIP")
    options.add_argument("--last", type=int, default=150, help="how many commits of each history")
    options.add_argument("--show", action="append", default=[], metavar="GRADE", help="print the files of this grade")
    arguments = options.parse_args(argv)
    agents, _ = agent_files.load_dir(agent_files.bundled_dir())
    for history in arguments.histories:
        name, _, where = history.partition("=")
        repository, _, tip = where.rpartition("@")
        counted: collections.Counter[tuple[str, str]] = collections.Counter()
        for commit, path, agent, grade, reason in routed(Path(repository), tip, arguments.last, agents):
            counted[agent, grade] += 1
            if grade in arguments.show:
                print(f"{name} {commit[:10]} {grade} {agent} {path}: {reason}")
        print(said(name, counted))
    return 0


def routed(repository: Path, tip: str, last: int, agents: Sequence[Agent]) -> Iterator[tuple[str, str, str, str, str]]:
    """Give commit, path, agent, grade and reason of every Python file that the last commits up to a tip changed."""
    listing = ("git", "-C", str(repository), "rev-list", "--first-parent", f"--max-count={last}", tip)
    fallback = next(agent for agent in agents if agent.stack.fallback)
    for commit in subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split():
        try:
            routing = route(git.read(repository, f"{commit}^", commit), agents, fallback=fallback)
        except ReviewbotError as error:
            print(f"{commit[:10]}: {error}", file=sys.stderr)
            continue
        for one in routing.assignments:
            for match in one.matches:
                if match.path.endswith(".py"):
                    yield commit, match.path, one.agent, one.grade, sentence(match.reason)
        for file in routing.unassigned:
            if file.path.endswith(".py"):
                yield commit, file.path, "", NOBODY, sentence(file.reason)


def said(name: str, counted: collections.Counter[tuple[str, str]]) -> str:
    """Give the figures of one history in a line."""
    total = sum(counted.values()) or 1
    parts = [
        f"{agent or 'nobody'} {grade} {count} ({count / total:.1%})" for (agent, grade), count in counted.most_common()
    ]
    return f"{name}: {sum(counted.values())} Python files; {', '.join(parts)}"


if __name__ == "__main__":
    sys.exit(main())
