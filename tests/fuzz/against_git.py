"""Diffs, beside git's own reader: whatever git would apply and we read, we see changed, by as many lines."""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from functools import cache
from typing import Any

from fuzz.diff import TOKENS

from reviewbot.changes.diff.parse import parse
from reviewbot.core.change import LineKind
from reviewbot.core.errors import ReviewbotError

__all__ = ["TOKENS", "judge", "run"]


def run(data: bytes) -> Any:
    return parse(data)


def judge(data: bytes, result: Any) -> None:
    if isinstance(result, ReviewbotError) or not result:
        return
    if b"\0" in data or data.count(b"rename to") > data.count(b"diff --git "):
        return  # git goes by the first of several, and by what stands before a zero
    if data.count(b"deleted file mode") != data.count(b"+++ /dev/null"):
        return
    read = _by_git(data)
    seen = Counter(path for path, _, _ in read)
    ours = {name: file for file in result for name in (file.path, file.old_path) if name}
    for path, added, removed in read:
        if not added and not removed:
            continue
        # Git takes the first folder off, whatever it is.
        assert path in ours or any(name.endswith(f"/{path}") for name in ours), (
            f"git changes {path!r} in {sorted(ours)}"
        )
        if seen[path] > 1 or path not in ours or len(read) != len(result):
            continue
        lines = [line.kind for hunk in ours[path].hunks for line in hunk.lines]
        assert (lines.count(LineKind.ADDED), lines.count(LineKind.REMOVED)) == (added, removed), path


@cache
def _folder() -> str:
    return tempfile.mkdtemp()


def _by_git(data: bytes) -> list[tuple[str, int | None, int | None]]:
    """Give path, added and removed lines of each file that git would change; none where it refuses."""
    command = ["git", "apply", "--numstat", "-z", "-"]
    told = subprocess.run(command, cwd=_folder(), input=data, capture_output=True, check=False, timeout=20)
    if told.returncode:
        return []
    result = []
    fields = told.stdout.decode("utf-8", "replace").split("\0")
    while fields and fields[0]:
        added, removed, path = fields.pop(0).split("\t", 2)
        if not path:  # renamed: the two names follow
            fields.pop(0)
            path = fields.pop(0)
        result.append((path, None if added == "-" else int(added), None if removed == "-" else int(removed)))
    return result
