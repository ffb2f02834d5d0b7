"""Whose the decided files around a file are: what says nothing of its own follows its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reviewbot.core.file_kinds import is_migration

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Decided:
    """The decided files below a folder: the first of them, and whose they all are."""

    first: str
    agents: set[str]


def by_folder(decided: Mapping[str, str]) -> dict[str, Decided]:
    """Give for each folder whose the decided files below it are; ``decided`` is path → agent."""
    folders: dict[str, Decided] = {}
    for path, agent in decided.items():
        for folder in PurePosixPath(path).parents:
            folders.setdefault(str(folder), Decided(path, set())).agents.add(agent)
    return folders


def neighbours(path: str, decided: Mapping[str, Decided]) -> Decided | None:
    """Give the decided files of the nearest folder; of the whole tree only to files at its top, and to migrations."""
    *folders, top = map(str, PurePosixPath(path).parents)
    nearest = next((decided[folder] for folder in folders if folder in decided), None)
    return decided.get(top) if nearest is None and (not folders or is_migration(path)) else nearest
