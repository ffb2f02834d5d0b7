"""The Alembic graph: the revisions of the head, and those of the base's tip that the change does not know yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.project.migration_files import migration_files
from reviewbot.python.module import Module
from reviewbot.python.nodes import call, string, strings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.change import Tree
    from reviewbot.python.syntax import Node

_WORDS = re.compile(r"^(?:down_)?revision\b", re.MULTILINE)
_FOLDER = re.compile(r"(?:^|.*/)(?:versions[^/]*|\w*_versions|migrations)(?=/)", re.DOTALL)


@dataclass(frozen=True)
class Revision:
    """One migration.

    Attributes:
        path: Its file.
        id: Its revision.
        down: The revisions it follows; empty for a first one.
        down_node: What ``down_revision`` is assigned.
        id_node: What ``revision`` is assigned.
        labels: What ``branch_labels`` is assigned, in double quotes; empty where it names no branch.
    """

    path: str
    id: str
    down: tuple[str, ...]
    down_node: Node | None
    id_node: Node
    labels: str = ""

    @property
    def branched(self) -> bool:
        """Whether it names a branch, so that a second head is meant to be."""
        return bool(self.labels)

    @property
    def folder(self) -> str:
        """The folder of revisions it lies in: each has a chain of its own."""
        return folder(self.path)


class Migrations:
    """The revisions of a project.

    Args:
        head: The tree after the change.
        base: The tip of the base branch, where it can be read: another change may have been merged meanwhile.
        touched: Paths that the change adds, alters, removes or renames, before and after.
    """

    def __init__(self, head: Tree, base: Tree | None, touched: frozenset[str]) -> None:
        self._head = head
        self._base = base
        self._touched = touched

    @cached_property
    def _head_revisions(self) -> dict[str, Revision | None]:
        return _read(self._head, _paths(self._head))

    @cached_property
    def _merged_revisions(self) -> dict[str, Revision | None]:
        """Path → revision once the change is merged: of what it touches the head's, of all else the base tip's."""
        if self._base is None:
            return self._head_revisions
        own = {path: migration for path, migration in self._head_revisions.items() if path in self._touched}
        return {**_read(self._base, _paths(self._base) - self._touched), **own}

    def chain(self, within: str) -> dict[str, list[Revision]] | None:
        """Give the revisions of a folder by their id, as they will be once the change is merged.

        Args:
            within: The folder, as :func:`folder` gives it.

        Returns:
            Several with one id are duplicates. None where a file of the folder cannot be understood.
        """
        revisions: dict[str, list[Revision]] = {}
        for path, migration in self._merged_revisions.items():
            if folder(path) != within:
                continue
            if migration is None:
                return None
            revisions.setdefault(migration.id, []).append(migration)
        return revisions


def heads(chain: Mapping[str, list[Revision]]) -> list[Revision]:
    """Give the revisions that no other one follows."""
    followed = {down for revisions in chain.values() for migration in revisions for down in migration.down}
    return [migration for revisions in chain.values() for migration in revisions if migration.id not in followed]


def folder(path: str) -> str:
    """Give the folder of revisions that a migration lies in, however deep below it."""
    match = _FOLDER.match(path)
    return match[0] if match is not None else path.rpartition("/")[0]


def _paths(tree: Tree) -> frozenset[str]:
    return frozenset(path for path in migration_files(tree) if not path.endswith("__init__.py"))


def _read(tree: Tree, paths: frozenset[str]) -> dict[str, Revision | None]:
    texts = tree.read(sorted(paths))
    return {path: revision(path, texts[path]) for path in sorted(texts) if _WORDS.search(texts[path])}


def revision(path: str, text: str) -> Revision | None:
    """Read one migration; None where it has no id, or one that is computed."""
    # What it does comes after what it is called, and is not parsed.
    assigned = Module(path, text.partition("\ndef ")[0]).assignments
    name = assigned.get("revision")
    own = string(name)
    down = assigned.get("down_revision")
    downs = _downs(down)
    if name is None or own is None or downs is None:
        return None
    labels = assigned.get("branch_labels")
    said = labels.text().replace("'", '"') if labels is not None else "None"
    return Revision(path, own, downs, down, name, "" if said in {"None", "()", "[]"} else said)


def _downs(node: Node | None) -> tuple[str, ...] | None:
    if node is None or node.text() == "None":
        return ()
    single = string(node)
    if single is not None:
        return (single,)
    wrapper = call(node)
    return strings(wrapper.positional[0] if wrapper is not None and wrapper.positional else node)
