"""The files of a revision, or of a work tree, read only when somebody asks."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core.text import MAX_TEXT, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewbot.changes.repository import Repository

# Not files of the project, in a folder that no git describes.
_SKIPPED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})


def too_large(paths: Iterable[str]) -> tuple[str, ...]:
    """Say which files are more than anybody reads; empty where there are none."""
    named = ", ".join(paths)
    return (f"Too large to be read as a whole: {named}.",) if named else ()


class RevisionTree:
    """The files of one commit.

    Args:
        repository: Where it is.
        commit: Its id.
    """

    def __init__(self, repository: Repository, commit: str) -> None:
        self._repository = repository
        self._commit = commit

    @cached_property
    def _blobs(self) -> dict[str, str]:
        """Path → object id of every file."""
        listing = self._repository.run("ls-tree", "-r", "-z", "--full-tree", self._commit)
        blobs = {}
        for entry in listing.split(b"\0"):
            head, _, path = entry.partition(b"\t")
            if b" blob " in head:
                blobs[path.decode("utf-8", errors="replace")] = head.rpartition(b" ")[2].decode("ascii")
        return blobs

    @cached_property
    def paths(self) -> frozenset[str]:
        """All file paths."""
        return frozenset(self._blobs)

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Give the text of those ``paths`` that exist and are text."""
        ids = {path: self._blobs[path] for path in paths if path in self._blobs}
        contents = self._repository.contents(ids.values())
        texts = {path: decoded(contents[blob]) for path, blob in ids.items() if blob in contents}
        return {path: text for path, text in texts.items() if text is not None}


class WorkTree:
    """The files of a folder as they lie there: what git tracks and what it does not ignore, or everything.

    Args:
        repository: A repository, or a plain folder.
    """

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    @cached_property
    def root(self) -> Path:
        """The folder that paths are relative to."""
        return self._repository.top if self._repository.exists else self._repository.folder.resolve()

    @cached_property
    def paths(self) -> frozenset[str]:
        """All file paths."""
        if self._repository.exists:
            command = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
            names = self._repository.run(*command, with_files=True).decode("utf-8", errors="replace").split("\0")
            return frozenset(name for name in names if name)
        paths = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in _SKIPPED]
            paths += [(Path(folder) / name).relative_to(self.root).as_posix() for name in files]
        return frozenset(paths)

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Give the text of those ``paths`` that exist and are text."""
        texts = {}
        for path in paths:
            data = self.read_bytes(path)
            text = decoded(data) if data is not None else None
            if text is not None:
                texts[path] = text
        return texts

    def read_bytes(self, path: str) -> bytes | None:
        """Give a file's content; None where there is none, or where a link leads out of the folder."""
        file = self.root / path
        try:
            if file.is_symlink():
                # As git has it: a link is the name of what it leads to, which may be anything.
                return os.fsencode(file.readlink())
            if not file.resolve().is_relative_to(self.root) or not file.is_file() or file.stat().st_size > MAX_TEXT:
                return None
            return file.read_bytes()
        except OSError:
            return None
