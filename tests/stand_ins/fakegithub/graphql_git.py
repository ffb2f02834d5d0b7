"""GraphQL: commits, trees and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakegithub.users import node_id

if TYPE_CHECKING:
    from fakegithub.git import Entry
    from fakegithub.world import World


def git_object(world: World, name: str | None) -> dict[str, Any] | None:
    """Give the object of a name, or an expression such as ``main:folder/file``."""
    if not name:
        return None
    revision, colon, path = name.partition(":")
    commit = world.git.commit_of(revision)
    found = world.git.read(f"{commit or revision}{colon}{path}")
    if found is None:
        return None
    oid, kind, content = found
    if kind == "commit":
        return commit_fields(world, oid)
    return _tree(world, oid) if kind == "tree" else _blob(world, oid, content) if kind == "blob" else None


def commit_fields(world: World, oid: str) -> dict[str, Any]:
    """Give a commit."""
    info = world.git.commit(oid)

    def file(_info: Any, path: str) -> dict[str, Any] | None:
        entries = world.git.tree(oid, recursive=True)
        return next((_entry(world, entry) for entry in entries if entry.path == path), None)

    return {
        "__typename": "Commit",
        "id": node_id("C", int(oid[:8], 16)),
        "oid": oid,
        "message": info.message,
        "committedDate": info.committer[2],
        "tree": lambda _info: _tree(world, info.tree),
        "file": file,
    }


def _tree(world: World, oid: str, folder: str = "") -> dict[str, Any]:
    return {
        "__typename": "Tree",
        "id": node_id("T", int(oid[:8], 16)),
        "oid": oid,
        "entries": lambda _info: [_entry(world, entry, folder) for entry in world.git.tree(oid, recursive=False)],
    }


def _entry(world: World, entry: Entry, folder: str = "") -> dict[str, Any]:
    return {
        "name": entry.path.rpartition("/")[2],
        "path": f"{folder}{entry.path}",
        "type": entry.type,
        "mode": int(entry.mode, 8),
        "oid": entry.sha,
        "size": entry.size or 0,
        "object": lambda _info: git_object(world, entry.sha) if entry.type != "commit" else None,
    }


def _blob(world: World, oid: str, content: bytes) -> dict[str, Any]:
    binary = b"\0" in content[:8000]
    most = world.limits.text_bytes
    text = content[:most].decode(errors="ignore" if len(content) > most else "replace")
    return {
        "__typename": "Blob",
        "id": node_id("B", int(oid[:8], 16)),
        "oid": oid,
        "text": None if binary else text,
        "isBinary": binary,
        "isTruncated": len(content) > most,
        "byteSize": len(content),
    }
