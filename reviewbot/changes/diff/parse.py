"""Diff text → changed files. The only importer of unidiff.

unidiff reads the hunks. Around it stands what it leaves to its callers: finding where the files of
a diff begin, git's extended headers and quoted names, several patches in one text, and telling a broken
diff, or no diff at all, from an empty one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from reviewbot.changes.diff.names import DEV_NULL, safe, unquoted, without_prefixes
from reviewbot.changes.diff.patching import apply, compose, unapply
from reviewbot.changes.diff.scan import Scanner
from reviewbot.core.change import ChangedFile, FileKind, Hunk, Line, LineKind
from reviewbot.core.errors import DiffError
from reviewbot.core.text import NO_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.changes.diff.scan import Entry

__all__ = ["apply", "parse", "unapply"]

_COLOURED = re.compile(r"^\x1b\[[0-9;]*m(?:diff --git |--- |@@ )", re.MULTILINE)
_COMBINED = re.compile(r"^(?:diff --(?:cc|combined) |@@@+ -)", re.MULTILINE)
_COUNTS = re.compile(r"(?:(\d+)\t(\d+)|-\t-)\t")
_UNMERGED = "* Unmerged path "
_NO_NEWLINE = "\\ No newline at end of file\n"
_SUBMODULE = "160000"
_KINDS = {" ": LineKind.CONTEXT, "+": LineKind.ADDED, "-": LineKind.REMOVED}


def parse(data: bytes, *, counted: bool = False) -> tuple[ChangedFile, ...]:
    """Read a unified diff: git's, plain ``diff -u``, or ``git format-patch`` mails.

    Bytes that are not UTF-8 become U+FFFD. Where several patches change one file, they are joined.

    Args:
        data: The diff; empty for no change.
        counted: Whether git's ``--numstat`` stands ahead of it, to which it is held.

    Returns:
        The changed files in the order of the diff; empty for an empty diff.

    Raises:
        DiffError: No diff at all, one in a form that cannot be reviewed (coloured, combined), or a
            truncated or corrupt one; with the line where it can be told.
    """
    text = data.decode("utf-8", errors="replace")
    if not text.strip():
        return ()
    _refuse_other_forms(text)
    lines = text.split("\n")
    if _converted_to_crlf(lines):
        lines = [line.removesuffix("\r") for line in lines]
    entries = Scanner(lines).scan()
    if counted:
        _refuse_a_part(entries, lines)
    if not entries:
        raise DiffError("this is not a unified diff; make one with `git diff` or `diff -u`")
    return _joined([_changed_file(entry, lines) for entry in entries])


def _refuse_other_forms(text: str) -> None:
    for pattern, message in (
        (_COLOURED, "the diff is coloured; make it with `git diff --no-color`"),
        (
            _COMBINED,
            "a combined diff of a merge cannot be reviewed; make one against one parent: `git diff BASE...HEAD`",
        ),
    ):
        match = pattern.search(text)
        if match:
            raise DiffError(message, text.count("\n", 0, match.start()) + 1)


def _refuse_a_part(entries: Sequence[Entry], lines: Sequence[str]) -> None:
    """Refuse a diff that breaks off where a file or a hunk ends, by what git counts ahead of it."""
    counts = [match for line in takewhile(bool, lines) if (match := _COUNTS.match(line))]
    # A file of which something else became, such as a link, is counted once and shown twice, under the same header.
    files = len({lines[entry.at] for entry in entries}) + sum(line.startswith(_UNMERGED) for line in lines)
    marks = Counter(line[:1] for entry in entries for start, end in entry.hunks for line in lines[start + 1 : end])
    for what, stated, found in (
        ("changed files", len(counts), min(files, len(counts))),
        ("added lines", sum(int(count[1] or 0) for count in counts), marks["+"]),
        ("removed lines", sum(int(count[2] or 0) for count in counts), marks["-"]),
    ):
        if stated != found:
            raise DiffError(f"the diff has {found} of {stated} {what}; it was truncated: make it again", len(lines))


def _converted_to_crlf(lines: list[str]) -> bool:
    """Tell whether the diff itself was converted: then its header lines end in CR as well."""
    header = next((line for line in lines if line.startswith(("diff --git ", "--- "))), "")
    return header.endswith("\r")


def _changed_file(entry: Entry, lines: list[str]) -> ChangedFile:
    headers = entry.headers
    hunks = _hunks(entry, lines)
    old, new = _paths(entry)
    old_blob, new_blob, index_mode = _index(headers.get("index", ""))
    old_mode = headers.get("old mode") or headers.get("deleted file mode") or index_mode
    new_mode = headers.get("new mode") or headers.get("new file mode") or index_mode
    added = "new file mode" in headers or old == DEV_NULL
    deleted = "deleted file mode" in headers or new == DEV_NULL
    if not entry.git and len(hunks) == 1:
        # Plain `diff -N` says only by the counts that a side does not exist.
        added = added or hunks[0].old_start == hunks[0].old_length == 0
        deleted = deleted or hunks[0].new_start == hunks[0].new_length == 0
    path = safe(old if deleted else new, entry.at + 1)
    old_path = safe(old, entry.at + 1) if entry.git and old not in (DEV_NULL, path) else None
    kind = _kind(entry, hunks, added=added, deleted=deleted, submodule=_SUBMODULE in (old_mode, new_mode))
    return ChangedFile(
        path,
        kind,
        hunks,
        old_path=old_path,
        old_blob=old_blob,
        new_blob=new_blob,
        old_mode=None if added else old_mode,
        new_mode=None if deleted else new_mode,
    )


def _kind(entry: Entry, hunks: Sequence[Hunk], *, added: bool, deleted: bool, submodule: bool) -> FileKind:
    headers = entry.headers
    for holds, kind in (
        (submodule, FileKind.SUBMODULE),
        (entry.binary, FileKind.BINARY),
        (added, FileKind.ADDED),
        (deleted, FileKind.DELETED),
        ("rename from" in headers, FileKind.RENAMED),
        ("copy from" in headers, FileKind.COPIED),
        (hunks, FileKind.MODIFIED),
        ("old mode" in headers, FileKind.MODE_ONLY),
    ):
        if holds:
            return kind
    raise DiffError("the diff ends before the first hunk of this file; it was truncated: make it again", entry.at + 1)


def _paths(entry: Entry) -> tuple[str, str]:
    for word in ("rename", "copy"):
        names = [entry.headers[name] for name in (f"{word} from", f"{word} to") if name in entry.headers]
        if len(names) == 1:
            raise DiffError(f"the header says only one of the two names of a {word}", entry.at + 1)
        if names:
            return unquoted(names[0]), unquoted(names[1])
    if entry.old is None or entry.new is None:
        raise DiffError("cannot tell the file's name from this line", entry.at + 1)
    old, new = without_prefixes(entry.old, entry.new)
    if DEV_NULL in (old, new) and not entry.git:
        # One side alone: a prefix can only be guessed, and git's own is by far the likeliest.
        return (old, new.removeprefix("b/")) if old == DEV_NULL else (old.removeprefix("a/"), new)
    return old, new


def _index(text: str) -> tuple[str | None, str | None, str | None]:
    """Read ``1a2b..3c4d 100644``: both blob ids (None for the null id) and the mode."""
    ids, _, mode = text.partition(" ")
    old, _, new = ids.partition("..")

    def known(blob: str) -> str | None:
        return blob if blob.strip("0") else None

    return known(old), known(new), mode or None


def _hunks(entry: Entry, lines: list[str]) -> tuple[Hunk, ...]:
    if not entry.hunks:
        return ()
    # Any "\" line is the marker, in whatever language git spoke.
    text = (
        _NO_NEWLINE if line.startswith("\\") else f"{line}\n" for start, end in entry.hunks for line in lines[start:end]
    )
    try:
        (patched,) = PatchSet(iter(["--- a\n", "+++ b\n", *text]))
    except UnidiffParseError as error:
        raise DiffError(f"this file's hunks cannot be read: {error}", entry.at + 1) from error
    result = []
    for hunk in patched:
        built: list[Line] = []
        for line in hunk:
            if line.line_type == "\\":
                if not built:
                    raise DiffError("a hunk says that its last line has no newline before it has a line", entry.at + 1)
                built[-1] = replace(built[-1], newline=False)
                continue
            kind = _KINDS[line.line_type]
            built.append(Line(kind, line.source_line_no, line.target_line_no, line.value.removesuffix("\n")))
        result.append(
            Hunk(
                hunk.source_start,
                hunk.source_length,
                hunk.target_start,
                hunk.target_length,
                hunk.section_header,
                tuple(built),
            )
        )
    return tuple(result)


def _joined(files: Sequence[ChangedFile]) -> tuple[ChangedFile, ...]:
    """Join what several patches in one text do to the same file."""
    result: dict[str, _Patched] = {}
    for file in files:
        source = file.old_path if file.kind is FileKind.RENAMED and file.old_path else file.path
        earlier = result.pop(source, None) if source != file.path else result.get(source)
        patched = _Patched(file, [file.hunks])
        joined = patched if earlier is None else _join(earlier, patched)
        if joined is None:
            result.pop(file.path, None)
        else:
            result[file.path] = joined
    return tuple(replace(one.file, hunks=compose(one.patches)) for one in result.values())


class _Patched(NamedTuple):
    """A file as its patches leave it, and their hunks, which are joined in the end."""

    file: ChangedFile
    patches: list[Sequence[Hunk]]


def _join(one: _Patched, other: _Patched) -> _Patched | None:
    first, second = one.file, other.file
    if first.old_blob and second.new_blob and not _follows(first, second) and _follows(second, first):
        (first, second), (one, other) = (second, first), (other, one)  # `git log -p` gives the newest first
    if first.kind is FileKind.ADDED and second.kind is FileKind.DELETED:
        # Two files, where the name has bytes that are no text: what was added is there.
        return one if NO_CHARACTER in first.path else None
    if first.kind in (FileKind.SUBMODULE, FileKind.BINARY) and second.kind is FileKind.ADDED:
        return other  # a file in its place: all of its text is new
    kind = next((k for k in (first.kind, second.kind) if k is not FileKind.MODIFIED), FileKind.MODIFIED)
    if second.kind in (FileKind.DELETED, FileKind.BINARY, FileKind.SUBMODULE):
        kind = second.kind
    elif first.kind is FileKind.DELETED:
        kind = FileKind.MODIFIED
    old_path = first.old_path or second.old_path
    joined = replace(second, kind=kind, old_path=old_path, old_blob=first.old_blob, old_mode=first.old_mode)
    return _Patched(joined, [*one.patches, *other.patches])


def _follows(first: ChangedFile, second: ChangedFile) -> bool:
    return bool(
        first.new_blob
        and second.old_blob
        and (first.new_blob.startswith(second.old_blob) or second.old_blob.startswith(first.new_blob))
    )
