"""A pull request from GitHub's interfaces alone, without a checkout."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reviewbot.agents.evidence import manifests
from reviewbot.agents.witnesses import witnesses
from reviewbot.changes.diff.parse import parse
from reviewbot.changes.diff.patching import completed
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.file_kinds import is_source
from reviewbot.github.contents import ApiTree, Blob, Blobs
from reviewbot.github.shapes import understood
from reviewbot.settings.config import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reviewbot.core.change import Hunk
    from reviewbot.github.client import Client
    from reviewbot.github.pull import PullRequest

_KINDS = {
    "added": FileKind.ADDED,
    "removed": FileKind.DELETED,
    "modified": FileKind.MODIFIED,
    "renamed": FileKind.RENAMED,
    "copied": FileKind.COPIED,
    "changed": FileKind.MODE_ONLY,
}
_WITHOUT_PATCH = frozenset({FileKind.SUBMODULE, FileKind.MODE_ONLY, FileKind.BINARY})
# The object id of a file without content, the same in every repository.
_EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
# After about a megabyte of patches GitHub shows the other files as if nothing were changed in them.
_PATCHES_SPENT = 800_000


def read(
    client: Client,
    pull: PullRequest,
    difference: Callable[[str, str], tuple[Hunk, ...]],
    also: Iterable[str] = (),
) -> ChangeSet:
    """Read the change of a pull request: its files, their whole texts, and the trees around it.

    Args:
        client: How to ask.
        pull: The pull request.
        difference: Gives the hunks between two texts, as git makes them; GitHub leaves out large patches.
        also: Paths of the base branch that will be read too (the configuration), to ask for them at the same time.

    Raises:
        GithubError: GitHub cannot be asked.
    """
    entries = list(client.pages(f"{pull.ref.path}/pulls/{pull.ref.number}/files"))
    blobs = Blobs(client, pull.ref)
    base = ApiTree(client, pull.ref, pull.base, blobs)
    head = ApiTree(client, pull.ref, pull.head, blobs)
    spent = sum(len(entry.get("patch") or "") for entry in entries) > _PATCHES_SPENT or _attributed(base, head)
    files = [_file(entry, head, spent=spent) for entry in entries]
    both = zip(files, entries, strict=True)
    lacking = {file.path for file, entry in both if _lacks_patch(file, entry, base, spent=spent)}
    merge_base = _merge_base(client, pull, blobs) if lacking else None
    wanted = [Blob(file.new_blob, _size(head, file)) for file in files if file.new_blob and _readable(file)]
    # What routing reads of the repository comes in the same request; see reviewbot/agents/witnesses.py.
    around = (FILE_NAME, *also, *manifests(base.paths), *witnesses(base.paths, files))
    wanted += [base.blobs[path] for path in around if path in base.blobs]
    if merge_base is not None:
        old_paths = [_old_path(file) for file in files if file.path in lacking]
        wanted += [merge_base.blobs[path] for path in old_paths if path in merge_base.blobs]
    texts = blobs.texts(wanted)
    whole = tuple(
        _rebuilt(file, texts, merge_base, difference)
        if merge_base and file.path in lacking
        else _completed(file, texts)
        for file in files
    )
    return ChangeSet(
        "github",
        whole,
        base=pull.base,
        head=pull.head,
        title=pull.title,
        description=pull.body,
        base_tree=base,
        head_tree=head,
        remarks=tuple(_remarks(whole, (base, head))),
        unlisted=max(0, pull.changed_files - len(files)),
    )


def _attributed(*trees: ApiTree) -> bool:
    """Tell whether files may be called binary by attributes; GitHub shows those as if nothing were changed in them."""
    paths = (path for tree in trees for path in tree.paths)
    return any(tree.truncated for tree in trees) or any(path.rpartition("/")[2] == ".gitattributes" for path in paths)


@understood
def _file(entry: Mapping[str, Any], head: ApiTree, *, spent: bool) -> ChangedFile:
    """Read one entry of the list of files; its patch has hunks only, in git's format."""
    path, patch = entry["filename"], entry.get("patch")
    kind = _KINDS.get(entry["status"], FileKind.MODIFIED)
    if kind is not FileKind.DELETED and path not in head.paths and not head.truncated:
        kind, patch = FileKind.SUBMODULE, None
    hunks = parse(f"--- a/file\n+++ b/file\n{patch}\n".encode())[0].hunks if patch else ()
    if kind is FileKind.MODE_ONLY and (hunks or entry["changes"]):
        kind = FileKind.MODIFIED
    # Where the name promises a text, it is looked for all the same.
    nothing_shown = not hunks and not entry["changes"] and not spent and not is_source(path)
    if nothing_shown and kind in {FileKind.ADDED, FileKind.MODIFIED} and entry["sha"] != _EMPTY:
        kind = FileKind.BINARY
    return ChangedFile(
        path,
        kind,
        hunks,
        old_path=entry.get("previous_filename"),
        new_text="" if kind is FileKind.ADDED and entry["sha"] == _EMPTY else None,
        new_blob=None if kind is FileKind.DELETED else entry["sha"],
    )


@understood
def _lacks_patch(file: ChangedFile, entry: Mapping[str, Any], base: ApiTree, *, spent: bool) -> bool:
    """Tell whether GitHub left out the hunks: too large, after too much, or of what it takes for binary."""
    if file.hunks or file.new_text is not None or file.kind in _WITHOUT_PATCH:
        return False
    old = base.blobs.get(_old_path(file))
    same = old is not None and old.oid == file.new_blob
    return bool(spent or entry["changes"] or not (same or file.kind is FileKind.DELETED))


def _readable(file: ChangedFile) -> bool:
    """Tell whether the new text must be asked for; of an added file, the patch has all of it."""
    if file.kind is FileKind.ADDED and (file.hunks or file.new_text is not None):
        return False
    return file.kind not in {FileKind.SUBMODULE, FileKind.BINARY, FileKind.MODE_ONLY}


def _completed(file: ChangedFile, texts: Mapping[str, str]) -> ChangedFile:
    new = texts.get(file.new_blob or "")
    if not file.hunks:
        return file if file.new_text is not None else replace(file, new_text=new)
    return completed(file, "" if file.kind is FileKind.ADDED else None, "" if file.kind is FileKind.DELETED else new)


def _rebuilt(
    file: ChangedFile, texts: Mapping[str, str], merge_base: ApiTree, difference: Callable[[str, str], tuple[Hunk, ...]]
) -> ChangedFile:
    """Give a file with the hunks that GitHub left out."""
    old_blob = merge_base.blobs.get(_old_path(file))
    if old_blob is not None and old_blob.oid == file.new_blob:
        return _completed(file, texts)  # renamed or copied, and nothing else
    old = "" if file.kind is FileKind.ADDED else texts.get(old_blob.oid if old_blob else "")
    new = "" if file.kind is FileKind.DELETED else texts.get(file.new_blob or "")
    if file.kind is FileKind.DELETED and old is None:
        return file
    if old is None or new is None:
        return replace(file, kind=FileKind.BINARY)
    return replace(
        file,
        hunks=difference(old, new),
        old_text=None if file.kind is FileKind.ADDED else old,
        new_text=None if file.kind is FileKind.DELETED else new,
    )


@understood
def _merge_base(client: Client, pull: PullRequest, blobs: Blobs) -> ApiTree:
    # GitHub lists the files of a comparison on its first page only; here nobody wants them.
    path = f"{pull.ref.path}/compare/{pull.base}...{pull.head}"
    commit = client.get(path, per_page=1, page=2)["merge_base_commit"]["sha"]
    return ApiTree(client, pull.ref, commit, blobs)


def _old_path(file: ChangedFile) -> str:
    return file.old_path or file.path


def _size(tree: ApiTree, file: ChangedFile) -> int:
    blob = tree.blobs.get(file.path)
    return blob.size if blob else 0


def _remarks(files: Sequence[ChangedFile], trees: Iterable[ApiTree]) -> Iterable[str]:
    lacking = [file.path for file in files if file.hunks and file.new_text is None and file.old_text is None]
    if lacking:
        named = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
        yield f"Could not be read as a whole, so only their hunks were: {named}."
    if any(tree.truncated for tree in trees):
        yield "The repository has more files than GitHub lists, so what the tree around the change says is incomplete."
