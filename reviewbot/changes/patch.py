"""A change from a diff, with whole files from a folder where they are the diff's own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.changes.diff.parse import parse
from reviewbot.changes.diff.patching import completed
from reviewbot.changes.repository import Repository
from reviewbot.changes.trees import WorkTree, too_large
from reviewbot.core.change import ChangeSet, FileKind
from reviewbot.core.errors import RepositoryError
from reviewbot.core.text import MAX_TEXT, decoded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviewbot.core.change import ChangedFile

_WITHOUT_TEXT = frozenset({FileKind.BINARY, FileKind.SUBMODULE, FileKind.MODE_ONLY})


def read(data: bytes, folder: Path | None = None) -> ChangeSet:
    """Read a diff.

    Args:
        data: The diff.
        folder: A repository, or a plain folder, in which the whole files may be found. A file is used where the
            diff's blob ids, or else its old or new side, are the file's; a remark names those that are not.

    Raises:
        DiffError: It is no diff, or a broken one.
    """
    files = _files(data)
    if folder is None:
        return _bare(files)
    repository = Repository(folder)
    return _in_repository(files, folder, WorkTree(repository), _blobs(repository, files))


def _files(data: bytes) -> tuple[ChangedFile, ...]:
    return tuple(_new(file) for file in parse(data))


def _bare(files: tuple[ChangedFile, ...]) -> ChangeSet:
    return ChangeSet("patch", files, remarks=too_large(file.path for file in files if _is_large(file)))


def _in_repository(
    files: tuple[ChangedFile, ...], folder: Path, tree: WorkTree, blobs: Mapping[str, bytes]
) -> ChangeSet:
    complete = tuple(_completed(file, blobs, tree) for file in files)
    lacking = [
        file.path
        for file in complete
        if file.kind not in {*_WITHOUT_TEXT, FileKind.DELETED} and file.hunks and file.new_text is None
    ]
    return ChangeSet("patch", complete, base_tree=tree, head_tree=tree, remarks=_remark(lacking, folder))


def read_here(data: bytes, folder: Path) -> ChangeSet:
    """Read a diff, with whole files from the repository around a folder where it is a diff of that repository.

    It is where git knows a side of every file that is not new; elsewhere the diff is all there is. The files around
    the change are those of the work tree, and are read only where that is what the diff leads to.

    Raises:
        DiffError: It is no diff, or a broken one.
    """
    files = _files(data)
    old = [file for file in files if file.old_blob and file.kind not in _WITHOUT_TEXT]
    repository = Repository(folder)
    try:
        if not old or not repository.exists:
            return _bare(files)
    except RepositoryError as error:
        return replace(_bare(files), remarks=(f"Only the diff was read, and no file around it: {error}",))
    blobs = _blobs(repository, files)
    if not all(file.old_blob in blobs or (file.new_blob or "") in blobs for file in old):
        return _bare(files)
    tree = WorkTree(repository)
    changes = _in_repository(files, tree.root, tree, blobs)
    texts = tree.read(file.path for file in changes.files)
    if all(texts.get(file.path) == file.new_text for file in changes.files if file.kind not in _WITHOUT_TEXT):
        return changes
    return replace(changes, base_tree=None, head_tree=None)


def _new(file: ChangedFile) -> ChangedFile:
    """Give an added file with its text, all of which is in the diff."""
    if file.kind is not FileKind.ADDED or _is_large(file):
        return file
    return completed(file, "", None)


def _is_large(file: ChangedFile) -> bool:
    return sum(len(line.text) for hunk in file.hunks for line in hunk.lines) > MAX_TEXT


def _blobs(repository: Repository, files: tuple[ChangedFile, ...]) -> Mapping[str, bytes]:
    if not repository.exists:
        return {}
    wanted = (
        blob for file in files if file.kind not in _WITHOUT_TEXT for blob in (file.old_blob, file.new_blob) if blob
    )
    return repository.blobs(wanted)


def _completed(file: ChangedFile, blobs: Mapping[str, bytes], tree: WorkTree) -> ChangedFile:
    """Give the file with the texts of both sides, where one of them can be found."""
    if file.kind in _WITHOUT_TEXT or file.new_text is not None:
        return file
    old = _text(blobs.get(file.old_blob or ""))
    new = _text(blobs.get(file.new_blob or ""))
    if old is None and new is None:
        old, new = _from_tree(file, tree)
    return completed(file, old, new)


def _from_tree(file: ChangedFile, tree: WorkTree) -> tuple[str | None, str | None]:
    """Look for either side in the folder: by blob id where the diff has ids, else by fitting the hunks."""
    for path in dict.fromkeys((file.path, file.old_path or file.path)):
        data = tree.read_bytes(path)
        if data is None:
            continue
        text = decoded(data)
        if file.old_blob or file.new_blob:
            blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
            if file.new_blob and blob.startswith(file.new_blob):
                return None, text
            if file.old_blob and blob.startswith(file.old_blob):
                return text, None
        else:
            return text, text  # whichever side it is, the other one will not fit
    return None, None


def _text(data: bytes | None) -> str | None:
    return None if data is None else decoded(data)


def _remark(lacking: list[str], folder: Path) -> tuple[str, ...]:
    if not lacking:
        return ()
    named = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
    return (f"Not found as the diff has them in {folder}, so only their hunks were read: {named}.",)
