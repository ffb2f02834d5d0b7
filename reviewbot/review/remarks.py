"""Sentences that the reader of a review must know besides its findings."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reviewbot.agents.folders import BUNDLED, OWN
from reviewbot.core.agent import BEYOND
from reviewbot.core.change import LineKind
from reviewbot.core.check import Reach
from reviewbot.settings.config import FILE_NAME, Config

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.check import CheckRun

_MOST_NAMED = 5


def remarks(
    changes: ChangeSet, runs: Sequence[CheckRun], config: Config | None = None, left_out: Sequence[str] = ()
) -> tuple[str, ...]:
    """Give what could not be seen, who was not asked, and whether the change touches what steers the review."""
    return (
        *_left_out(left_out, config or Config()),
        *_unlisted(changes),
        *changes.remarks,
        *_carriage_returns(changes),
        *_limits(changes, runs),
        *_beyond(runs),
        *_steering(changes, config or Config()),
    )


def _left_out(agents: Sequence[str], config: Config) -> list[str]:
    if not agents:
        return []
    named = ", ".join(agents[:_MOST_NAMED]) + (
        f" and {len(agents) - _MOST_NAMED} more" if len(agents) > _MOST_NAMED else ""
    )
    return [f"For any code, and not asked, since `reviewers` is {config.reviewers}: {named}."]


def _beyond(runs: Sequence[CheckRun]) -> list[str]:
    """Say for which agents checks run that none of their items is about."""
    by_agent: dict[str, list[str]] = {}
    for run in runs:
        by_agent.setdefault(run.agent, []).append(run.item)
    return [
        f"{len(items)} checks ran for {agent}, {items.count(BEYOND)} of them beyond its checklist; "
        f"`reviewbot checks list --agent {agent}` names them."
        for agent, items in by_agent.items()
        if BEYOND in items
    ]


def _unlisted(changes: ChangeSet) -> list[str]:
    if not changes.unlisted:
        return []
    listed = len(changes.files)
    counted = f"GitHub lists {listed:,} of the {listed + changes.unlisted:,} changed files"
    return [f"{counted}; the others were not reviewed. A checkout with the whole history (fetch-depth: 0) has them."]


def _carriage_returns(changes: ChangeSet) -> list[str]:
    """Name the added lines that are several to Python: what follows the return may look like a comment, and is run."""
    places = [
        f"{file.path}:{line.new}"
        for file in changes.files
        if file.path.endswith(".py")
        for hunk in file.hunks
        for line in hunk.lines
        if line.kind is LineKind.ADDED and "\r" in line.text.rstrip("\r")
    ]
    if not places:
        return []
    more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    named = f"{', '.join(places[:_MOST_NAMED])}{more}"
    why = "Python ends a line at a carriage return inside of it; diffs, editors and most checks do not"
    return [f"{why}. Read what follows it yourself: {named}."]


def _limits(changes: ChangeSet, runs: Sequence[CheckRun]) -> list[str]:
    """Say in one line what a bare diff kept from the checks."""
    partial = _ids(run.check for run in runs if run.reach is Reach.PARTIAL)
    nothing = _ids(run.check for run in runs if run.reach is Reach.NOTHING)
    clauses = []
    if partial:
        clauses.append(f"{len(partial)} {'check' if len(partial) == 1 else 'checks'} saw only the hunks")
    if nothing:
        more = f" and {len(nothing) - _MOST_NAMED} more" if len(nothing) > _MOST_NAMED else ""
        clauses.append(f"{len(nothing)} could not run ({', '.join(nothing[:_MOST_NAMED])}{more})")
    if not clauses:
        return []
    bare = changes.source == "patch" and changes.head_tree is None
    way_out = "; --repo DIR gives them the whole files" if bare else ""
    return [f"Without the whole files, {' and '.join(clauses)}{way_out}."]


def _steering(changes: ChangeSet, config: Config) -> list[str]:
    agents = tuple(f"{posixpath.normpath(name)}/" for name in config.agents_dir if name != BUNDLED)
    edited = [file.path for file in changes.files if file.path.startswith(agents) or _steers(file.path, config)]
    return (
        [f"This change edits files that can steer a review: {', '.join(edited)}. Read them yourself."] if edited else []
    )


def _steers(path: str, config: Config) -> bool:
    folders = (f"{OWN}/", ".reviewbot/")
    return (
        PurePosixPath(path).name == FILE_NAME
        or path == config.baseline
        or any(f"/{folder}" in f"/{path}" for folder in folders)
    )


def _ids(checks: Iterable[str]) -> list[str]:
    return sorted(set(checks))
